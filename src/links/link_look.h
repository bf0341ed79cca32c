/* links/link_look.h - what a link in a text leads to, as the store has it.
 *
 * Owns: nothing; rows live in the arena it was looked up in.
 * Threads: link_look_up on the storage thread; the rest any.
 */
#ifndef LINKS_LINK_LOOK_H
#define LINKS_LINK_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/span.h"
#include "codec/form.h"
#include "model/facts.h"
#include "model/roster.h"
#include "store/store.h"

struct link_look {
    struct form form; /* what was sent; of a press alone */
    uint8_t hash[LINK_HASH_BYTES];
    int64_t now_ms;
    const struct link *link;
    /* Whatever it leads to, directly or by one another; NULL without. */
    const struct relay *relay;
    const struct cascade *cascade;
    const struct message *message;
    const struct thread *thread;
    struct job *job;
    struct id_maker ids; /* facts want one; a reading makes no rows */
    struct facts facts;
};

/* The hash by which a link is found; false when the text cannot be a link's secret. */
bool link_look_hash(struct span secret, uint8_t out[LINK_HASH_BYTES]);
/* Fills the rest of *look; ERR_NOT_FOUND: there is no such link. */
MUST_USE enum err link_look_up(struct link_look *look, struct arena *arena, struct store *store,
                               int64_t now_ms);

bool link_look_has_expired(const struct link_look *look);
/* Whoever it was given to is no longer on the tenant's roster; NULL: there is none in force. What
 * names nobody has nobody who could leave. */
bool link_look_is_orphan(const struct link_look *look, const struct roster *roster);
/* The carrier's address of the n-th medium of the message; "-": it could not be taken; empty:
 * it has fewer. */
struct span link_look_medium(const struct link_look *look, size_t n);

#endif
