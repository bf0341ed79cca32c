/* engine/news.h - what has been committed, for whoever shows it as it happens: of whom there is
 * something new in the log, and which rows have changed, here or on another node.
 *
 * It only tells that there is something to be read: the log itself is read from the store, by
 * position, so that none of its rows is ever missed. The last NEWS_ROWS changes of rows are kept,
 * with the place in the log at which they came; a reader who comes later than that misses changes
 * of rows, never rows of the log.
 * Owns: the changes it keeps.
 * Threads: news_note the storage thread, the rest the loop thread; it locks itself.
 */
#ifndef ENGINE_NEWS_H
#define ENGINE_NEWS_H

#include <stddef.h>
#include <stdint.h>

#include "model/facts.h"
#include "store/store_nodes.h"

struct news_row {
    int32_t tenant;
    enum store_change_kind kind;
    int64_t id;
    int64_t at; /* no id made later is below it */
};

enum { NEWS_ROWS = 4096 };

struct news;

struct news *news_open(void);
void news_close(struct news **news);

/* A store_watch_fn; `ctx` is the news. */
void news_note(void *ctx, const struct facts *facts);
/* A store_change_fn: what another node has committed. */
void news_hear(void *ctx, const struct store_change *change);

/* Copies the rows from place *seen on, oldest first, at most `max`, and moves *seen behind them;
 * returns how many. Begin with 0. */
size_t news_take(struct news *news, uint64_t *seen, struct news_row *out, size_t max);
/* The kept rows of the tenant, but for those of the log, whose `at` is `at` or later: each row
 * once, at most `max`. */
size_t news_since(struct news *news, int32_t tenant, int64_t at, struct news_row *out, size_t max);

#endif
