/* provider/carrier_log.h - the carrier's own log: addresses to list it by, and a page of it as
 * rows.
 *
 * What a row says is taken or left out field by field: a field of an unexpected type is empty,
 * a row without a SID or of another account is none. The carrier writes numbers as texts here and
 * as numbers there; both are read. Owns: nothing; everything lives in the caller's arena, addresses
 * end in a NUL. Errors: ERR_BAD_INPUT for what is no page of that kind. Threads: any. Pure. Source:
 * sections 5.1, 5.2, 5.4 and 5.5 of the carrier's reference.
 */
#ifndef PROVIDER_CARRIER_LOG_H
#define PROVIDER_CARRIER_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "model/rows.h"

/* Fifty texts of the longest body, every character escaped, are below a mebibyte, which is all
 * that net/http_client.h takes of an answer. */
enum { CARRIER_LOG_PAGE_ROWS = 50 };

struct carrier_log_query {
    struct span api; /* base of the REST API, without a slash at the end */
    struct span account;
    struct span from, to; /* empty: any */
    struct span parent;   /* calls: the legs of this one; empty: any */
    int64_t since_ms;     /* texts sent and calls started since; 0: ever */
    int64_t ended_ms;     /* calls ended since, whenever they started; 0: any */
};

enum carrier_log_way { CARRIER_LOG_IN, CARRIER_LOG_OUT, CARRIER_LOG_OTHER };

/* A text or a call. */
struct carrier_log_row {
    struct span sid, from, to, body;
    struct span parent; /* the call that this one is a leg of; empty: none */
    /* CARRIER_LOG_OUT is what was asked for by REST: the legs of a Dial and what a document sent
     * are CARRIER_LOG_OTHER. */
    enum carrier_log_way way;
    enum delivery delivery;
    int32_t error_code, media_count;
    int64_t at_ms, end_ms; /* when it was made; when the call ended, 0: not yet */
    int32_t seconds;       /* the call's duration */
};

struct carrier_log_page {
    struct carrier_log_row *rows; /* newest first, as the carrier gives them */
    size_t count;
    struct span next; /* address of the next page; empty: this is the last */
    bool strayed;     /* there is a next page, but its address is not one of ours to follow */
};

struct span carrier_log_texts_url(struct arena *arena, const struct carrier_log_query *query);
struct span carrier_log_calls_url(struct arena *arena, const struct carrier_log_query *query);
/* The list of what came with the text `sid`. */
struct span carrier_log_media_url(struct arena *arena, const struct carrier_log_query *query,
                                  struct span sid);

/* `query` tells which next pages are of the same API and account. */
MUST_USE enum err carrier_log_texts_parse(struct arena *arena,
                                          const struct carrier_log_query *query, struct span body,
                                          struct carrier_log_page *out);
MUST_USE enum err carrier_log_calls_parse(struct arena *arena,
                                          const struct carrier_log_query *query, struct span body,
                                          struct carrier_log_page *out);
/* The carrier's addresses of what came with the text `sid`, one a line, as its webhook would
 * have given them. */
MUST_USE enum err carrier_log_media_parse(struct arena *arena,
                                          const struct carrier_log_query *query, struct span sid,
                                          struct span body, struct span *out);

#endif
