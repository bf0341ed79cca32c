/* stream/stream_rights.h - streams end whose token or session another node has ended.
 *
 * What this node ends itself it knows at once (stream.c); of the others it hears only that
 * something has changed, and asks the store for each stream.
 * Owns: its reading.
 * Threads: loop thread only, but for the reading.
 */
#ifndef STREAM_STREAM_RIGHTS_H
#define STREAM_STREAM_RIGHTS_H

#include "stream/stream_hub.h"

struct stream_rights;

struct stream_rights *stream_rights_open(struct stream_hub *all);
/* When its reading is under way no more. Accepts a pointer to NULL and leaves NULL. */
void stream_rights_close(struct stream_rights **rights);
/* Something has changed. */
void stream_rights_look(struct stream_rights *rights);

#endif
