/* links/links.h - the links in texts, /j/{token}: GET shows, POST acts, once.
 *
 * Message apps fetch links by themselves, so looking changes nothing. A link is found by the
 * hash of its token, which tells the tenant.
 * Threads: loop thread only, but for the reading.
 * Source: design section 4.
 */
#ifndef LINKS_LINKS_H
#define LINKS_LINKS_H

#include "visit/visit.h"

visit_fn links_show;
visit_fn links_act;

#endif
