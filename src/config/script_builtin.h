/* config/script_builtin.h - the texts of twiml/, which serve where a folder has no other.
 *
 * The source is made of them by tools/embed-scripts.
 * Threads: any.
 */
#ifndef CONFIG_SCRIPT_BUILTIN_H
#define CONFIG_SCRIPT_BUILTIN_H

#include "model/script.h"

extern const char *const script_builtin[SCRIPT_KINDS];

#endif
