/* relay/outgoing.h - decides that a text or a call shall leave: its message row, its outbox row,
 * its links.
 *
 * Pure but for the facts it adds to. Threads: one at a time.
 */
#ifndef RELAY_OUTGOING_H
#define RELAY_OUTGOING_H

#include "rules/context.h"

struct outgoing {
    enum message_kind kind;
    enum outbox_class class;
    const char *line; /* the sender */
    const char *to;
    const char *operator_id; /* who is told or wrote it; NULL without */
    struct span body;
    struct span shown; /* what its record says in place of the body; empty: the body */
    enum origin origin;
    int64_t thread, relay, cascade; /* 0 without */
    const char *customer, *job;     /* NULL without */
    int64_t wait_ms;                /* leaves that much later */
    int64_t expires_ms;             /* 0: never */
    bool again;                     /* when nothing is known of it, it is sent again */
    int64_t photos_of;              /* the message whose photos go along, 0 without */
    struct span photos;             /* their addresses at the carrier, one a line */
    bool by_page;                   /* the carrier would not pass the photos on as such */
};

/* What every text about a call begins with: what it is about, its line, its caller, and that it
 * comes from us. */
struct outgoing outgoing_about_call(const struct cascade *k);

/* Returns the message's id. A body that is longer than the carrier takes is cut at a character
 * and followed by a link to the whole. Photos go as such where the line can carry them, else as
 * addresses at the end. */
int64_t outgoing_text(const struct context *c, const struct outgoing *text);

/* Both, where what brings it about is of a time before the database came back from a backup: the
 * row is unsure from the start, as the database that is lost may have sent the same. */

/* A call shall be made: adds the message, which has the numbers and what is said, and its row.
 * `again`: made again when nothing is known of it. */
void outgoing_call(const struct context *c, const struct message *m, int64_t expires_ms,
                   bool again);

enum {
    OUTGOING_CHARACTERS = 1500, /* the carrier takes 1600 */
    OUTGOING_SEGMENTS = 6,      /* of a text to an operator, who has a link to the whole */
};

/* Makes a link for one person and one purpose; returns its whole address, in the arena: below
 * /j/ for people, below /m/ for LINK_MEDIA. */
struct span outgoing_link(const struct context *c, enum link_purpose purpose, int64_t subject,
                          const char *operator_id, int64_t expires_ms);

#endif
