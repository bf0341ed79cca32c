/* relay/tell.h - a text to an operator: by which line he gets it, and with which mark of the
 * thread.
 *
 * Whom a decision may tell is gathered first (tell_gather). His mark of a thread is drawn when
 * he first hears of it and stays; each text about the thread notes the instant, since a reply
 * without a mark looks back at that.
 * Pure but for the facts it adds to. Threads: one at a time.
 */
#ifndef RELAY_TELL_H
#define RELAY_TELL_H

#include "relay/outgoing.h"
#include "rules/context.h"

/* Asks for what telling him needs; facts->short_of tells whether it is there. */
void tell_gather(const struct context *c, const char *operator_id);

/* His mark of the thread and the line by which he hears of it, noted as told now. */
struct tag tell_mark(const struct context *c, const struct thread *t, const char *operator_id);

/* A mark that nobody else has at this desk. */
void tell_draw(const struct context *c, const struct desk *desk, char out[TAG_SIZE]);

/* The customer of a thread, for words; `tag` may be NULL. */
struct words_about tell_about(const struct context *c, const struct thread *t,
                              const struct tag *tag);

struct tell {
    enum message_kind kind;
    enum outbox_class class;
    const char *operator_id;
    const struct thread *thread; /* what it is about; NULL: nothing */
    const char *line;            /* the sender */
    struct span words;
    int64_t relay, cascade; /* 0 without */
    int64_t wait_ms;        /* leaves that much later */
    int64_t expires_ms;     /* 0: never */
    bool again;             /* when nothing is known of it, it is sent again */
    int64_t photos_of;      /* the message whose photos go along, 0 without */
    struct span photos;     /* their addresses at the carrier */
};

/* Returns the message's id; 0 when he is no longer on the roster. */
int64_t tell_operator(const struct context *c, const struct tell *tell);
/* A notice about the thread, by the tag's line. */
void tell_notice(const struct context *c, const struct thread *t, const struct tag *tag,
                 struct span words);
/* A notice about no thread, by the line at which he wrote. */
void tell_plainly(const struct context *c, const char *operator_id, struct span line,
                  struct span words);

#endif
