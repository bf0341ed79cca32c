/* simhook/sim_document.h - what a server answered, read as a document the way the carrier does.
 *
 * Everything lives in the arena.
 * Threads: any. Pure.
 * Source: sections 3.1 and 4.3 of the carrier's reference.
 */
#ifndef SIMHOOK_SIM_DOCUMENT_H
#define SIMHOOK_SIM_DOCUMENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "codec/xml.h"

enum { SIM_DOCUMENT_BYTES_MAX = 64 << 10 };

/* By its content type; returns 0 or the carrier's code. The root is NULL when there is nothing
 * to do. */
int sim_document_read(struct arena *arena, bool voice, struct span type, struct span body,
                      const struct xml_node **out_root);
/* What such a code means, in words. */
const char *sim_document_words(int code);
/* More rows for sim_delivery_print's table. */
void sim_document_print(struct buf *out);
/* A document that plays the sound at `url`; NULL when `type` is none of a sound. Its line is 0,
 * as no document has it. */
const struct xml_node *sim_document_sound(struct arena *arena, struct span type, const char *url);

#endif
