#include "river/retention.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/store.h"
#include "store/store_nodes.h"

enum {
    ROWS_A_TURN = 100, /* some milliseconds of the storage thread */
    FIRST_MS = 60000,  /* the start has other things to do */
    PAUSE_MS = 250,
    REST_MS = 3600 * 1000,
    AGAIN_MS = 60000, /* after a failure, and until it is seen whether it is still another's */
    MINE_MS = 120000, /* no other node does it for so long */
};

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

struct retention {
    const struct clock *clock;
    const struct intake *intake;
    int bodies_days, metadata_days;
    struct reading reading;
    struct store_sweep_place place;
    bool is_under_way;
    int64_t due_ms;
    bool is_mine;    /* of all nodes */
    int64_t mine_ms; /* ... until then */
    size_t gone;     /* by the latest turn */
    uint64_t total;  /* by this round */
};

static int64_t days_before(int64_t now_ms, int days)
{
    return days > 0 ? now_ms - days * day_ms : 0;
}

/* Prolonged before it ends, and for as long as it then rests. */
static enum err make_mine(struct retention *r, struct store *store, int64_t now_ms, int64_t for_ms)
{
    bool is_mine = false;

    const enum err err =
        store_nodes_chore(store, SPAN("retention"), now_ms, now_ms + for_ms, &is_mine);
    if (err)
        return err;
    r->is_mine = is_mine;
    r->mine_ms = now_ms + for_ms;
    return ERR_NONE;
}

/* On the storage thread. */
static enum err sweep(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct retention *r = reading->user;
    enum err err = ERR_NONE;
    const struct store_sweep_ask ask = {
        .bodies_ms = days_before(now_ms, r->bodies_days),
        .metadata_ms = days_before(now_ms, r->metadata_days),
        .max = ROWS_A_TURN,
    };

    r->gone = 0;
    if (!r->is_mine || now_ms + MINE_MS / 2 > r->mine_ms)
        err = make_mine(r, store, now_ms, MINE_MS);
    if (err || !r->is_mine)
        return err;
    err = store_sweep(store, &ask, &r->place, &r->gone);
    if (!err && r->place.step == STORE_SWEEP_STEPS)
        err = make_mine(r, store, now_ms, REST_MS);
    return err;
}

static void end_round(struct retention *r)
{
    if (r->total)
        log_line(LOG_INFO, "retention: %llu old rows were erased or deleted",
                 (unsigned long long)r->total);
    r->total = 0;
    memset(&r->place, 0, sizeof r->place);
}

static void swept(struct reading *reading)
{
    struct retention *r = reading->user;
    int64_t wait_ms = PAUSE_MS;

    r->is_under_way = false;
    if (reading->err) {
        log_line(LOG_WARN, "retention: old rows stay for now (%s)", err_name(reading->err));
        wait_ms = AGAIN_MS;
    } else if (!r->is_mine) {
        memset(&r->place, 0, sizeof r->place);
        wait_ms = AGAIN_MS;
    } else {
        r->total += r->gone;
        if (r->place.step == STORE_SWEEP_STEPS) {
            end_round(r);
            wait_ms = REST_MS;
        }
    }
    r->due_ms = clock_now_ms(r->clock) + wait_ms;
}

struct retention *retention_open(const struct clock *clock, const struct intake *intake,
                                 int bodies_days, int metadata_days)
{
    struct retention *r = arena_must_alloc(sizeof *r);

    r->clock = clock;
    r->intake = intake;
    r->bodies_days = bodies_days;
    r->metadata_days = metadata_days;
    r->due_ms = bodies_days > 0 || metadata_days > 0 ? clock_now_ms(clock) + FIRST_MS : INT64_MAX;
    return r;
}

void retention_close(struct retention **retention)
{
    free(*retention);
    *retention = NULL;
}

int64_t retention_turn(struct retention *r)
{
    if (r->is_under_way)
        return INT64_MAX;
    if (clock_now_ms(r->clock) < r->due_ms)
        return r->due_ms;
    r->is_under_way = true;
    r->reading = (struct reading){.read = sweep, .done = swept, .user = r};
    if (r->intake->read(r->intake->ctx, &r->reading)) {
        r->is_under_way = false;
        r->due_ms = clock_now_ms(r->clock) + AGAIN_MS;
    }
    return INT64_MAX;
}
