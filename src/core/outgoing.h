/* core/outgoing.h - decides that a text shall leave: its message row, its outbox row, its link.
 *
 * Pure but for the facts it adds to. Threads: one at a time.
 */
#ifndef CORE_OUTGOING_H
#define CORE_OUTGOING_H

#include "core/context.h"

struct outgoing {
    enum message_kind kind;
    enum outbox_class class;
    const char *line; /* the sender */
    const char *to;
    const char *operator_id; /* who is told or wrote it; NULL without */
    struct span body;
    enum origin origin;
    int64_t thread, relay, cascade; /* 0 without */
    const char *customer, *job;     /* NULL without */
    int64_t expires_ms;             /* 0: never */
};

/* Returns the message's id. A body of more than OUTGOING_CHARACTERS is cut at a character. */
int64_t outgoing_text(const struct context *c, const struct outgoing *text);

/* OUTGOING_WORDS: of somebody's words in a text that has a link and our own words too. */
enum { OUTGOING_CHARACTERS = 1500 /* the carrier takes 1600 */, OUTGOING_WORDS = 1200 };

/* The first `most` characters of a text. */
struct span outgoing_cut(struct span text, size_t most);

/* Makes a link for one person and one purpose; returns its whole address, in the arena. */
struct span outgoing_link(const struct context *c, enum link_purpose purpose, int64_t subject,
                          const char *operator_id, int64_t expires_ms);

#endif
