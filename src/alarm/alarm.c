#include "alarm/alarm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/alarm_bell.h"
#include "alarm/alarm_hold.h"
#include "alarm/alarm_look.h"
#include "alarm/alarm_note_in.h"
#include "alarm/alarm_send.h"
#include "alarm/alarm_words.h"
#include "base/clock.h"
#include "base/log.h"

enum {
    BELLS_MAX = 2000,
    HELPED_AT = 3, /* tries of a way, after which the host's are gone as well */
    BUSY_MS = 500,
    IDLE_MS = 5000,
    AGAIN_NS = 1000000000,
};
static const int64_t for_ms = INT64_C(24) * 3600 * 1000;
static const int64_t waits_ms[] = {30000, 120000, 600000, 1800000, 3600000};

struct alarm {
    struct alarm_options o;
    struct arena *locked; /* of the host's secret */
    struct alarm_look *look;
    struct alarm_hold *hold;
    struct alarm_send *send;
    struct alarm_bell *first;
    size_t count;
    int64_t unstored; /* ids of those that have none: -1, -2 and so on */
    uint64_t undelivered;
    bool has_any;   /* somebody would be told of something */
    int64_t any_ns; /* ... looked at again from then on */
};

/* ---- who is told ---- */

/* The one tenant there is; 0: there are several, or none. */
static int32_t sole_tenant(const struct alarm *a)
{
    return engine_tenants(a->o.engine) == 1 ? engine_tenant_at(a->o.engine, 0) : 0;
}

/* Whose ways are meant beside the host's; 0: nobody's. */
static int32_t whose_ways(const struct alarm *a, const struct alarm_row *row)
{
    return row->tenant ? row->tenant : sole_tenant(a);
}

static const struct roster *roster_of(const struct alarm *a, const struct alarm_row *row)
{
    const int32_t tenant = whose_ways(a, row);

    return tenant ? engine_roster(a->o.engine, tenant) : NULL;
}

static struct alarm_way_ask ask_of(const struct alarm *a, const struct alarm_row *row)
{
    const struct roster *roster = roster_of(a, row);

    return (struct alarm_way_ask){
        .tenant = roster ? &roster->alarms : NULL,
        .is_hosts = row->tenant == 0,
        .has_command = helper_has(a->o.helper, "NEXTRING_ALARM_COMMAND"),
        .has_webhook = a->o.webhook != NULL,
        .kind = row->kind,
    };
}

bool alarm_has_ways(const struct alarm *a)
{
    const struct alarm_row host = {.tenant = 0};
    const struct alarm_way_ask ask = ask_of(a, &host);

    return alarm_way_of(&ask) != 0;
}

/* ---- on record ---- */

static void record(const struct alarm *a, const struct alarm_row *row, enum alarm_way way,
                   bool is_lost)
{
    const struct event e = {.kind = EVENT_ALARM,
                            .tenant = row->tenant,
                            .message = row->id,
                            .by = span_of(alarm_way_name(way)),
                            .failed = is_lost};

    if (row->id > 0)
        alarm_note_in(a->o.engine, &e, NULL, NULL);
}

/* ---- how it went ---- */

static struct alarm_bell *find(const struct alarm *a, int64_t id)
{
    for (struct alarm_bell *b = a->first; b; b = b->next)
        if (b->row.id == id)
            return b;
    return NULL;
}

static void arrived(const struct alarm *a, struct alarm_bell *b, enum alarm_way way)
{
    b->done |= 1u << way;
    record(a, &b->row, way, false);
}

static void give_up(const struct alarm *a, struct alarm_bell *b, enum alarm_way way)
{
    b->lost |= 1u << way;
    record(a, &b->row, way, true);
    log_event(LOG_ERROR, &(struct log_fields){.tenant = b->row.tenant, .kind = b->row.kind},
              "an alarm (%s) could not be told by %s", b->row.kind, alarm_way_name(way));
}

static void failed(const struct alarm *a, struct alarm_bell *b, enum alarm_way way, const char *why)
{
    const int64_t now_ms = engine_now_ms(a->o.engine);
    const int tries = b->tries[way]++;
    const int last = (int)(sizeof waits_ms / sizeof waits_ms[0]) - 1;
    const struct alarm_way_ask ask = ask_of(a, &b->row);

    if (tries == 0)
        log_event(LOG_WARN, &(struct log_fields){.tenant = b->row.tenant, .kind = b->row.kind},
                  "an alarm (%s) could not be told by %s: %s; it is tried again", b->row.kind,
                  alarm_way_name(way), why);
    b->due_ms[way] = now_ms + waits_ms[tries < last ? tries : last];
    if (b->tries[way] == HELPED_AT && !b->done)
        b->wanted |= alarm_way_hosts(&ask);
    if (now_ms - b->row.at_ms > for_ms)
        give_up(a, b, way);
}

static void sent(void *ctx, int64_t id, enum alarm_way way, const char *why)
{
    struct alarm *a = ctx;
    struct alarm_bell *b = find(a, id);

    if (!b) /* another node's by now */
        return;
    b->busy &= ~(1u << way);
    if (why)
        failed(a, b, way, why);
    else
        arrived(a, b, way);
    loop_wake(a->o.loop);
}

static void noted(void *ctx, const struct event *event, enum err err)
{
    struct alarm *a = ctx;
    struct alarm_bell *b = find(a, event->message);
    enum alarm_way way;

    if (!b || !alarm_way_parse(event->by, &way))
        return;
    b->busy &= ~(1u << way);
    if (err)
        failed(a, b, way, "it cannot be stored now");
    else if (event->tenant == b->row.tenant)
        b->done |= 1u << way; /* the event itself has put it on record */
    else
        arrived(a, b, way);
}

/* ---- one way ---- */

static void tell_people(struct alarm *a, struct alarm_bell *b, enum alarm_way way,
                        const struct alarm_words_of *of)
{
    const struct alarm_kind_about about = alarm_words_about(of);
    const struct event e = {
        .kind = EVENT_ALARM,
        .tenant = whose_ways(a, &b->row),
        .name = span_of(about.kind),
        .from = about.whose,
        .speech = about.detail,
        .to = about.board,
        .round = about.more,
        .message = b->row.id,
        .by = span_of(alarm_way_name(way)),
    };

    alarm_note_in(a->o.engine, &e, noted, a);
}

/* Where there is one business, it is the host's, and so is its secret. */
static struct span secret_of(const struct alarm *a, const struct alarm_row *row, enum alarm_way way)
{
    const int32_t tenant = whose_ways(a, row);
    const struct span own = way == ALARM_WAY_WEBHOOK && tenant
                                ? engine_alarm_secret(a->o.engine, tenant)
                                : (struct span){0};

    if (own.size || way == ALARM_WAY_COMMAND)
        return own;
    return way == ALARM_WAY_HOST_WEBHOOK || sole_tenant(a) ? a->o.secret : own;
}

static void start(struct alarm *a, struct alarm_bell *b, enum alarm_way way)
{
    struct arena *arena = arena_open(8192);
    const struct roster *roster = roster_of(a, &b->row);
    const struct alarm_words_of of = {
        .bell = b,
        .business = roster && b->row.tenant ? span_of(roster->name) : (struct span){0},
        .board = span_of(a->o.pages_url),
    };
    const struct alarm_send_what what = {
        .alarm = b->row.id,
        .way = way,
        .address = way == ALARM_WAY_WEBHOOK && roster ? roster->alarms.webhook : a->o.webhook,
        .secret = secret_of(a, &b->row, way),
        .body = way == ALARM_WAY_COMMAND && !a->o.is_json ? alarm_words_mail(arena, &of)
                                                          : alarm_words_json(arena, &of),
        .now_ms = engine_now_ms(a->o.engine),
    };

    b->busy |= 1u << way;
    if (way == ALARM_WAY_TEXT || way == ALARM_WAY_VOICE) {
        tell_people(a, b, way, &of);
    } else if (way == ALARM_WAY_WEBHOOK && !what.address) { /* the roster has changed */
        b->busy &= ~(1u << way);
        b->lost |= 1u << way;
    } else {
        alarm_send(a->send, &what);
    }
    arena_close(&arena);
}

/* ---- bells ---- */

static void ring(struct alarm *a, const struct alarm_row *row, unsigned ways, int more)
{
    struct alarm_bell *b;

    if (a->count >= BELLS_MAX) {
        log_line(LOG_ERROR, "more than %d alarms wait to be told: %s is not", BELLS_MAX, row->kind);
        a->undelivered++;
        return;
    }
    b = arena_must_alloc(sizeof *b);
    *b = (struct alarm_bell){.next = a->first, .row = *row, .more = more};
    b->wanted = ways;
    b->done = row->done;
    a->first = b;
    a->count++;
}

static void found(void *ctx, const struct alarm_row *row)
{
    struct alarm *a = ctx;
    const struct alarm_way_ask ask = ask_of(a, row);
    const unsigned ways = alarm_way_of(&ask);
    int more = 0;

    if (!ways)
        return;
    const bool is_new =
        alarm_hold_take(a->hold, row, row->done ? row->at_ms : engine_now_ms(a->o.engine), &more);
    if (row->done ? (ways & ~row->done) != 0 : is_new)
        ring(a, row, ways, more);
}

static void drop(struct alarm *a, struct alarm_bell **at)
{
    struct alarm_bell *gone = *at;

    *at = gone->next;
    a->count--;
    free(gone);
}

/* Another node tells them now. */
static void anew(void *ctx)
{
    struct alarm *a = ctx;

    while (a->first)
        drop(a, &a->first);
    alarm_hold_close(&a->hold);
    a->hold = alarm_hold_open();
}

static void start_due(struct alarm *a, struct alarm_bell *b, int64_t now_ms)
{
    for (int way = 0; way < ALARM_WAYS; way++)
        if ((b->wanted & ~b->done & ~b->lost & ~b->busy) & 1u << way && b->due_ms[way] <= now_ms)
            start(a, b, (enum alarm_way)way);
}

static void turn_bells(struct alarm *a, int64_t now_ms)
{
    for (struct alarm_bell **at = &a->first; *at;) {
        struct alarm_bell *b = *at;
        start_due(a, b, now_ms);
        if (b->busy || (b->wanted & ~b->done & ~b->lost)) {
            at = &b->next;
            continue;
        }
        a->undelivered += !b->done;
        drop(a, at);
    }
}

static void turn_hold(struct alarm *a, int64_t now_ms)
{
    struct alarm_row row;
    int more = 0;

    while (alarm_hold_due(a->hold, now_ms, &row, &more)) {
        const struct alarm_way_ask ask = ask_of(a, &row);
        ring(a, &row, alarm_way_of(&ask), more);
    }
}

/* Of many tenants: not in each turn. */
static void look_for_ways(struct alarm *a)
{
    const int64_t now_ns = clock_mono_ns();
    const int count = engine_tenants(a->o.engine);

    if (now_ns < a->any_ns)
        return;
    a->any_ns = now_ns + AGAIN_NS;
    a->has_any = alarm_has_ways(a);
    for (int i = 0; i < count && !a->has_any; i++) {
        const struct roster *roster = engine_roster(a->o.engine, engine_tenant_at(a->o.engine, i));
        a->has_any = roster && roster->alarms.is_given;
    }
}

static int64_t turn(void *ctx)
{
    struct alarm *a = ctx;
    const int64_t now_ms = engine_now_ms(a->o.engine);

    look_for_ways(a);
    if (a->count == 0 && !a->has_any)
        return IDLE_MS;
    alarm_look_turn(a->look);
    turn_hold(a, now_ms);
    turn_bells(a, now_ms);
    return a->count ? BUSY_MS : IDLE_MS;
}

/* ---- of the host ---- */

void alarm_raise_unstored(struct alarm *a, const char *kind, const char *detail)
{
    struct alarm_row row = {.id = --a->unstored, .at_ms = engine_now_ms(a->o.engine)};
    const struct alarm_way_ask ask = {.has_command =
                                          helper_has(a->o.helper, "NEXTRING_ALARM_COMMAND"),
                                      .has_webhook = a->o.webhook != NULL,
                                      .is_hosts = true,
                                      .kind = kind};
    int more = 0;

    log_event(LOG_ERROR, &(struct log_fields){.kind = kind}, "alarm %s: %s", kind, detail);
    snprintf(row.kind, sizeof row.kind, "%s", kind);
    snprintf(row.detail, sizeof row.detail, "%s", detail);
    if (alarm_hold_take(a->hold, &row, row.at_ms, &more) && alarm_way_hosts(&ask))
        ring(a, &row, alarm_way_hosts(&ask), more);
}

static void raised(void *ctx, const struct event *event, enum err err)
{
    if (err)
        alarm_raise_unstored(ctx, event->name.data, event->body.data);
}

void alarm_raise(struct alarm *a, const char *kind, const char *detail)
{
    const struct event e = {.kind = EVENT_ALARM, .name = span_of(kind), .body = span_of(detail)};

    log_event(LOG_WARN, &(struct log_fields){.kind = kind}, "alarm %s: %s", kind, detail);
    alarm_note_in(a->o.engine, &e, raised, a);
}

uint64_t alarm_undelivered(const struct alarm *a)
{
    return a->undelivered;
}

enum err alarm_open(const struct alarm_options *options, struct alarm **out)
{
    struct alarm *a = arena_must_alloc(sizeof *a);

    *a = (struct alarm){.o = *options};
    const struct alarm_send_options send = {
        .loop = options->loop, .helper = options->helper, .is_rehearsal = options->is_rehearsal};
    const enum err err = alarm_send_open(&send, sent, a, &a->send);
    a->locked = arena_open_locked(4096);
    a->o.secret = arena_copy(a->locked, options->secret);
    if (err) {
        arena_close(&a->locked);
        free(a);
        return err;
    }
    a->look = alarm_look_open(options->engine, found, anew, a);
    a->hold = alarm_hold_open();
    loop_add_turn(options->loop, turn, a);
    *out = a;
    return ERR_NONE;
}

void alarm_close(struct alarm **alarm)
{
    struct alarm *a = *alarm;

    if (!a)
        return;
    alarm_send_close(&a->send);
    while (a->first)
        drop(a, &a->first);
    alarm_look_close(&a->look);
    alarm_hold_close(&a->hold);
    arena_close(&a->locked);
    free(a);
    *alarm = NULL;
}
