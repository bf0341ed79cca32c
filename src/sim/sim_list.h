/* sim/sim_list.h - the API's lists: messages, calls, media; newest first, in pages.
 *
 * Threads: loop thread only.
 * Source: section 5.2 of the carrier's reference.
 */
#ifndef SIM_SIM_LIST_H
#define SIM_SIM_LIST_H

#include "sim/sim_resource.h"

/* Writes the page that the form asks for; `path` is the list's own. An unknown page leaves an
 * error in the resource and nothing in `out`. */
void sim_list_texts(struct sim_resource *r, struct span path, struct buf *out);
void sim_list_calls(struct sim_resource *r, struct span path, struct buf *out);
/* All media of r->text, on one page. */
void sim_list_media(struct sim_resource *r, struct span path, struct buf *out);

/* All recordings that the form asks for, on one page. */
void sim_list_recordings(struct sim_resource *r, struct span path, struct buf *out);

#endif
