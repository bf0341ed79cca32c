/* cliops/event_stream.h - server-sent events, taken apart as they come in pieces.
 *
 * Owns: nothing; the event at hand lives in an arena of its own, until the next one.
 * Threads: one.
 * Source: the HTML standard's event stream format.
 */
#ifndef CLIOPS_EVENT_STREAM_H
#define CLIOPS_EVENT_STREAM_H

#include "base/buf.h"

/* An event is cut off beyond that: `is_cut`. */
enum { EVENT_STREAM_BYTES = 4 << 20, EVENT_STREAM_NAME = 32, EVENT_STREAM_ID = 1024 };

/* False: no more of them. */
typedef bool event_stream_fn(void *ctx, const char *name, struct span data);

struct event_stream {
    event_stream_fn *fn;
    void *ctx;
    struct arena *arena; /* the caller's, for this alone; reset after each event */
    struct buf line, data;
    char name[EVENT_STREAM_NAME];
    char id[EVENT_STREAM_ID]; /* the latest that was given; empty at first */
    bool is_cut;
};

/* Begins anew, but for the id. */
void event_stream_begin(struct event_stream *s);
/* Takes a piece; false once `fn` wants no more. */
bool event_stream_feed(struct event_stream *s, struct span piece);

#endif
