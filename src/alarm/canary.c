#include "alarm/canary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/alarm_note_in.h"
#include "base/id.h"
#include "base/log.h"
#include "store/store.h"
#include "store/store_nodes.h"
#include "store/view_cell.h"

enum {
    LOOK_MS = 10000,
    MINUTE = 60 * 1000,
    RETURNS_MS = 2 * MINUTE, /* one that has not come back by then is missing */
    MISSING_MOST = 2,
    ROWS = 50,
    MINE_MS = 60000,
};

struct canary {
    struct canary_options o;
    struct reading reading;
    bool is_under_way, is_mine, has_complained;
    int32_t tenant;
    int64_t opened_ms, next_ms;
    /* As the log has it; instants, 0: none. */
    int64_t sent_ms, returned_ms;
    int missing;  /* sent since the latest that came back, and long enough ago */
    bool is_told; /* of these */
    int64_t read_ms;
    /* The same as of the latest reading that is done. */
    int64_t known_returned_ms;
    int known_missing;
};

void canary_close(struct canary **canary)
{
    free(*canary);
    *canary = NULL;
}

int64_t canary_age_ms(const struct canary *y)
{
    const int64_t since_ms = y->known_returned_ms ? y->known_returned_ms : y->opened_ms;

    return engine_now_ms(y->o.engine) - since_ms;
}

int canary_missing(const struct canary *y)
{
    return y->known_missing >= MISSING_MOST ? y->known_missing : 0;
}

/* ---- what the log has ---- */

/* Latest first. */
static void take_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct canary *y = ctx;
    const struct span kind = view_cell(cells, count, "kind")->text;
    const int64_t at_ms = view_cell(cells, count, "created_at")->number;

    if (span_is_text(kind, "canary.sent")) {
        y->sent_ms = y->sent_ms ? y->sent_ms : at_ms;
        y->missing += !y->returned_ms && y->read_ms - at_ms >= RETURNS_MS;
    } else if (span_is_text(kind, "canary.returned")) {
        y->returned_ms = y->returned_ms ? y->returned_ms : at_ms;
    }
}

static void take_missing(void *ctx, const struct view_cell *cells, size_t count)
{
    struct canary *y = ctx;

    y->is_told = view_cell(cells, count, "created_at")->number > y->returned_ms;
}

/* The alarm is the host's, the texts are the tenant's. */
static enum err read_log(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct canary *y = reading->user;
    const int64_t since = id_floor(now_ms - (int64_t)ROWS * y->o.minutes * MINUTE);
    const struct view_filter filter = {
        .tenant = y->tenant, .kind = SPAN("canary."), .since = since, .limit = ROWS};
    const struct view_filter missing = {.kind = SPAN("canary.missing"), .since = since, .limit = 1};
    enum err err = store_nodes_chore(store, SPAN("canary"), now_ms, now_ms + MINE_MS, &y->is_mine);

    if (err)
        return err;
    y->sent_ms = y->returned_ms = 0;
    y->missing = 0;
    y->is_told = false;
    y->read_ms = now_ms;
    err = store_view(store, VIEW_EVENTS, &filter, take_row, y);
    return err ? err : store_view(store, VIEW_EVENTS, &missing, take_missing, y);
}

/* ---- what follows ---- */

static void send(struct canary *y)
{
    const int64_t now_ms = engine_now_ms(y->o.engine);
    const struct event e = {.kind = EVENT_CANARY,
                            .tenant = y->tenant,
                            .from = y->o.from,
                            .to = y->o.to,
                            .until_ms = now_ms + (int64_t)y->o.minutes * MINUTE};

    alarm_note_in(y->o.engine, &e, NULL, NULL);
}

static void looked(struct reading *reading)
{
    struct canary *y = reading->user;
    const int64_t now_ms = engine_now_ms(y->o.engine);
    char detail[100];

    y->is_under_way = false;
    if (reading->err)
        return;
    y->known_returned_ms = y->returned_ms;
    y->known_missing = y->missing;
    if (!y->is_mine)
        return;
    if (y->missing >= MISSING_MOST && !y->is_told) {
        snprintf(detail, sizeof detail, "the last %d did not come back", y->missing);
        alarm_raise(y->o.alarm, "canary.missing", detail);
    }
    if (!y->sent_ms || now_ms - y->sent_ms >= (int64_t)y->o.minutes * MINUTE)
        send(y);
}

/* Whose the lines are; 0: they are not both on one roster. */
static int32_t find_tenant(const struct canary *y)
{
    const int count = engine_tenants(y->o.engine);

    for (int i = 0; i < count; i++) {
        const int32_t tenant = engine_tenant_at(y->o.engine, i);
        const struct roster *roster = engine_roster(y->o.engine, tenant);
        if (roster && roster_line(roster, y->o.from) && roster_line(roster, y->o.to))
            return tenant;
    }
    return 0;
}

static void complain(struct canary *y)
{
    if (!y->has_complained)
        log_line(LOG_ERROR, "NEXTRING_CANARY_FROM and NEXTRING_CANARY_TO are not both lines of one "
                            "roster: no canary is sent");
    y->has_complained = true;
}

static int64_t turn(void *ctx)
{
    struct canary *y = ctx;
    const int64_t now_ms = engine_now_ms(y->o.engine);

    if (y->is_under_way || now_ms < y->next_ms)
        return LOOK_MS;
    y->next_ms = now_ms + LOOK_MS;
    y->tenant = find_tenant(y);
    if (!y->tenant) {
        complain(y);
        return LOOK_MS;
    }
    y->has_complained = false;
    y->reading = (struct reading){.read = read_log, .done = looked, .user = y};
    y->is_under_way = engine_read(y->o.engine, &y->reading) == ERR_NONE;
    loop_wake(y->o.loop); /* the engine's turn of this turn is over */
    return LOOK_MS;
}

struct canary *canary_open(const struct canary_options *options)
{
    struct canary *y = arena_must_alloc(sizeof *y);

    *y = (struct canary){.o = *options, .opened_ms = engine_now_ms(options->engine)};
    loop_add_turn(options->loop, turn, y);
    return y;
}
