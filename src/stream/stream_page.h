/* stream/stream_page.h - a piece of a tenant's log with the rows that it speaks of as they are now,
 * written as server-sent events: read once, for everybody who watches the tenant.
 *
 * `change`: a row of the log, with its place as the id, and the thread, relay, call, job or message
 * beside it. `touch`: such a row that has changed, without a row of the log and without a place.
 * Owns: its memory.
 * Threads: filled on the loop thread, read on a reader's.
 * Source: the HTML standard's event stream format; docs/stream.md.
 */
#ifndef STREAM_STREAM_PAGE_H
#define STREAM_STREAM_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "engine/news.h"
#include "model/roster.h"
#include "store/store.h"

enum {
    STREAM_PAGE_EVENTS = 64,
    STREAM_PAGE_TOUCHES = 64,
    STREAM_PAGE_BYTES = 96 << 10, /* the page ends behind what passes it */
    STREAM_BEHIND_MAX = 5000,     /* rows that are caught up with */
};

struct stream_page {
    /* Filled by who asks. */
    int32_t tenant;
    const struct roster *roster; /* held until it has been read */
    bool is_first;               /* of a reader who comes back: is he too far behind? */
    int64_t after;
    struct news_row touched[STREAM_PAGE_TOUCHES];
    size_t touched_count;
    /* Filled by reading. */
    struct arena *arena;
    struct span text;
    struct {
        int64_t id;
        size_t end; /* of its event in the text */
    } marks[STREAM_PAGE_EVENTS];
    size_t mark_count;
    size_t touched_done; /* of the rows asked for */
    int64_t last;        /* place behind the page */
    bool is_more;
    bool must_reload; /* the log is not kept that far back, or it is too long: `last` is its end */
};

struct stream_page *stream_page_open(void);
void stream_page_close(struct stream_page **page);
/* Ready to be filled and read again; what it gave is gone. */
void stream_page_reset(struct stream_page *page);

MUST_USE enum err stream_page_read(struct stream_page *page, struct store *store, int64_t now_ms);

#endif
