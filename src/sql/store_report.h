/* sql/store_report.h - what a report is made of: rows as they are, for whoever counts.
 *
 * Units: instants are UTC milliseconds, 0 for "not yet"; days as in struct spent.
 */
#ifndef SQL_STORE_REPORT_H
#define SQL_STORE_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "model/rows.h"

struct store_report_ask {
    int32_t tenant;
    int64_t from_ms, to_ms;   /* what began then; the end is excluded */
    int32_t from_day, to_day; /* of what was spent, both included */
    struct span line;         /* empty: any; nobody knows by which line something was spent */
};

/* Spans live during the call. */
struct store_report_call {
    int64_t id, thread;
    struct span customer, name; /* name: only of those whom nobody took, empty without */
    int64_t started_ms, rang_ms, accepted_ms, ended_ms;
    enum cascade_state state;
    enum outcome outcome;
    struct span accepted_by;
    struct span plan; /* for plan_parse */
};
struct store_report_relay {
    int64_t id, thread;
    struct span customer, name; /* name: only of those that nobody took */
    enum relay_kind kind;
    enum relay_state state;
    int64_t raised_ms, acked_ms;
    int64_t told_ms; /* when it was sent to whoever took it; 0: never */
    struct span acked_by;
    struct span plan;
};

/* Calls and relays come newest first. */
struct store_report_reader {
    void *ctx;
    void (*call)(void *ctx, const struct store_report_call *row);
    void (*text)(void *ctx, int64_t at_ms, bool is_out); /* of a customer; or one of ours */
    void (*relay)(void *ctx, const struct store_report_relay *row);
    void (*spent)(void *ctx, int32_t day, int32_t texts, int32_t calls); /* each day */
};

#endif
