/* stream/log_rows.h - which part of the log is asked for, and its rows as the chain has them.
 *
 * Threads: any, but for log_rows_range: loop thread.
 */
#ifndef STREAM_LOG_ROWS_H
#define STREAM_LOG_ROWS_H

#include "journal/journal_text.h"
#include "visit/visit.h"

enum { LOG_ROWS_A_PAGE = 500 };

/* ?from= and ?to=, instants or days. */
struct log_range {
    int64_t from_ms, to_ms; /* 0: from the beginning; up to now */
    int64_t since, until;   /* the same as ids: from `since` on, and below `until`; 0: no bound */
};

/* False: it has been answered, 400. */
bool log_rows_range(struct visit *v, struct log_range *out);
/* The hash that comes before the range; *out_has says whether there is one. */
MUST_USE enum err log_rows_before(struct store *store, int32_t tenant,
                                  const struct log_range *range, bool *out_has,
                                  uint8_t out[JOURNAL_HASH_BYTES]);
/* The range's rows behind the id `after`, a page at most. */
MUST_USE enum err log_rows_page(struct store *store, int32_t tenant, const struct log_range *range,
                                int64_t after, view_row_fn *fn, void *ctx);
/* A row of VIEW_LOG; its spans live as long as the cells. */
struct journal_line log_rows_line(int32_t tenant, const struct view_cell *cells, size_t count);

#endif
