/* admin/script_api.h - the call scripts in force, and how one would be heard.
 *
 * GET /api/v1/scripts; POST /api/v1/scripts/preview {name, text, fields}: the text that is given,
 * or the one in force. Nothing is stored, and nothing but the text is looked at. Threads: loop
 * thread only. Source: docs/scripts.md.
 */
#ifndef ADMIN_SCRIPT_API_H
#define ADMIN_SCRIPT_API_H

#include "visit/visit.h"

visit_fn script_api_list;
visit_fn script_api_preview;

#endif
