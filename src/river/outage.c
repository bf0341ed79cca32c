#include "river/outage.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/offline.h"
#include "spool/spool.h"
#include "spool/spool_event.h"

enum {
    SPOOL_BYTES = 16 << 20, /* some 30,000 events */
    WIPE_BYTES = 1 << 20,   /* of what is in the store, at a time, so that nobody waits long */
    REPLAY_MAX = 256,       /* events of one batch */
    AGAIN_MS = 250,         /* real time until the store is tried again */
    COMPLAIN_MS = 10000,    /* real time between complaints that the spool is full */
    CALLS = 4096,           /* calls whose accept is remembered */
    RINGS_MS = 110000,      /* a call that rings for longer is a rare one */
    LATE_MS = 60000,        /* a text that was kept for longer is marked as late */
};

_Static_assert((int)OUTAGE_WHY_SIZE == (int)SPOOL_WHY_SIZE, "the same words");

/* A call that this node has answered without the store. */
struct call {
    int64_t cascade;
    char sid[LIMIT_SID_SIZE];
    char leg[LIMIT_SID_SIZE]; /* that has accepted it; empty before */
    bool joins;               /* ... and waits in a conference */
    int rung;                 /* it rang last; -1 before */
    char caller[LIMIT_PARTY_SIZE], line[LIMIT_NUMBER_SIZE], job[JOB_SIZE];
};

struct outage {
    struct spool *spool;
    struct arena *arena; /* of the events on their way back */
    struct id_maker ids;
    struct call *calls; /* a ring: the oldest is forgotten */
    size_t next_call;
    bool is_failing, is_told, is_slow; /* the last two: that has been said */
    int64_t again_ns, complained_ns;
    size_t replayed; /* events that are on their way back */
    uint64_t brought_in;
};

/* What is in the store is not left in the spool, where nobody could forget it. */
static void wipe(struct outage *o)
{
    if (spool_dirty(o->spool) < WIPE_BYTES && outage_is_on(o))
        return;
    if (spool_wipe(o->spool))
        log_line(LOG_ERROR, "the spool cannot be wiped: what is in the store is in it as well, "
                            "until the next time");
}

enum err outage_open(const char *path, uint8_t node, struct outage **out, char why[OUTAGE_WHY_SIZE])
{
    struct outage *o = arena_must_alloc(sizeof *o);

    const enum err err = spool_open(path, SPOOL_BYTES, &o->spool, why);
    if (err) {
        free(o);
        return err;
    }
    o->arena = arena_open(REPLAY_MAX << 10);
    o->ids = (struct id_maker){.node = node, .is_aside = true};
    o->calls = arena_must_alloc(CALLS * sizeof *o->calls);
    if (outage_is_on(o))
        log_line(LOG_WARN,
                 "%zu events were kept while the store could not be written: they are "
                 "brought in now",
                 spool_count(o->spool));
    wipe(o);
    *out = o;
    return ERR_NONE;
}

void outage_close(struct outage **outage)
{
    struct outage *o = *outage;

    if (!o)
        return;
    spool_close(&o->spool);
    arena_close(&o->arena);
    free(o->calls);
    free(o);
    *outage = NULL;
}

void outage_renumber(struct outage *o, uint8_t node)
{
    o->ids.node = node;
}

bool outage_is_on(const struct outage *o)
{
    return spool_count(o->spool) > 0;
}

bool outage_is_failing(const struct outage *o)
{
    return o->is_failing;
}

bool outage_is_ending(const struct outage *o)
{
    return o->replayed == spool_count(o->spool);
}

uint64_t outage_count(const struct outage *o)
{
    return spool_count(o->spool);
}

void outage_size(const struct outage *o, uint64_t *out_used, uint64_t *out_bytes)
{
    spool_size(o->spool, out_used, out_bytes);
}

bool outage_keeps(const struct work *w)
{
    /* What was found in the carrier's log is found there again; what may be anybody's is answered
     * when it is stored, or not at all. */
    return spool_event_is_kept(w->event.kind) && !w->event.late && !w->event.is_unproven;
}

/* ---- keeping ---- */

static struct call *call_by_id(struct outage *o, int64_t cascade)
{
    for (size_t i = 0; i < CALLS; i++)
        if (o->calls[i].cascade == cascade)
            return &o->calls[i];
    return NULL;
}

static struct call *call_by_sid(struct outage *o, struct span sid)
{
    for (size_t i = 0; i < CALLS; i++)
        if (span_is_text(sid, o->calls[i].sid))
            return &o->calls[i];
    return NULL;
}

static struct call *add_call(struct outage *o, int64_t cascade)
{
    struct call *call = &o->calls[o->next_call];

    o->next_call = (o->next_call + 1) % CALLS;
    memset(call, 0, sizeof *call);
    call->cascade = cascade;
    call->rung = -1;
    return call;
}

static void set(char *field, size_t size, struct span text)
{
    const size_t n = text.size < size ? text.size : size - 1;

    if (n)
        memcpy(field, text.data, n);
    field[n] = 0;
}

#define SET(field, text) set((field), sizeof(field), (text))

static bool is_leg(const struct event *e)
{
    return e->kind == EVENT_SCREEN || e->kind == EVENT_PRESS;
}

/* The call that the event is of; NULL when it is of none. Its cascade gets an id when it has
 * none yet. */
static struct call *find_call(struct outage *o, struct event *e, int64_t now_ms)
{
    struct call *call = NULL;

    if (e->kind != EVENT_CALL && e->kind != EVENT_KEY && e->kind != EVENT_CHOICE && !is_leg(e))
        return NULL;
    if (e->cascade)
        call = call_by_id(o, e->cascade);
    else if (e->sid.size > 0)
        call = call_by_sid(o, e->sid);
    if (!call)
        call = add_call(o, e->cascade  ? e->cascade
                           : e->begins ? e->begins
                                       : id_next(&o->ids, now_ms));
    e->cascade = call->cascade;
    if (!is_leg(e)) {
        SET(call->sid, e->sid);
        SET(call->caller, e->from);
        SET(call->line, e->to);
    }
    if (e->kind == EVENT_CALL)
        SET(call->job, e->job);
    return call;
}

/* Another call of the same number may ring still, and this one be that one, come back. */
static bool may_go_round(const struct outage *o, const struct call *call, int64_t now_ms)
{
    for (size_t i = 0; call->caller[0] && i < CALLS; i++) {
        const struct call *other = &o->calls[i];
        if (other->cascade && other->cascade != call->cascade &&
            strcmp(other->caller, call->caller) == 0 &&
            now_ms - id_at_ms(other->cascade) < RINGS_MS)
            return true;
    }
    return false;
}

/* Who is told of a ring is told once, however often the carrier asks for it. */
static void note_ring(struct outage *o, struct call *call, struct event *e, int64_t now_ms)
{
    if (e->body.size && e->rung > call->rung)
        e->message = id_next(&o->ids, now_ms);
    else
        e->body = (struct span){NULL, 0};
    call->rung = e->rung;
}

static void answer(struct outage *o, const struct book *book, struct work *w, int64_t now_ms)
{
    struct event *e = &w->event;
    struct call *call = find_call(o, e, now_ms);
    const bool taken = call && call->leg[0];
    struct offline_ask ask = {
        .roster = w->roster ? w->roster : book_roster(book, e->tenant),
        .now_ms = now_ms,
        .taken = taken,
        .taken_elsewhere = taken && is_leg(e) && !span_is_text(e->leg_sid, call->leg),
        .arena = w->arena,
    };

    if (call) {
        ask.joins = taken && call->joins;
        ask.may_go_round = may_go_round(o, call, now_ms);
        ask.rung = call->rung > 0 ? call->rung : 0;
        ask.caller = span_of(call->caller);
        ask.line = span_of(call->line);
        ask.job = span_of(call->job);
    }
    offline_answer(&ask, e, &w->answer);
    if (e->offline == OFFLINE_TAKEN) {
        SET(call->leg, e->leg_sid);
        call->joins = e->apart;
    }
    if (e->offline == OFFLINE_RANG)
        note_ring(o, call, e, now_ms);
    w->err = ERR_NONE;
    w->unstored = false;
}

static void complain(struct outage *o, enum err err)
{
    const int64_t now_ns = clock_mono_ns();

    if (o->complained_ns && now_ns - o->complained_ns < (int64_t)COMPLAIN_MS * 1000000)
        return;
    o->complained_ns = now_ns;
    log_line(LOG_ERROR,
             "alarm: neither the store nor the spool takes events (%s): calls go on, but are not "
             "on record; all else is refused; free some space",
             err_name(err));
}

/* Nobody hears the answer, which would only say that it is kept. */
static bool is_refused_unkept(const struct work *w)
{
    return w->answer.kind == ANSWER_NOTHING;
}

void outage_fail(struct outage *o)
{
    o->is_failing = true;
    o->again_ns = clock_mono_ns() + (int64_t)AGAIN_MS * 1000000;
}

/* Once for each outage, and once more when it turns out that the store not only takes its time. */
static void tell_beginning(struct outage *o)
{
    if (!outage_is_on(o) || o->is_told)
        return;
    if (o->is_failing) {
        o->is_told = true;
        log_line(LOG_ERROR,
                 "alarm: the store cannot be written: calls go on by the last good roster, "
                 "and what comes is kept in the spool");
    } else if (!o->is_slow) {
        o->is_slow = true;
        log_line(LOG_WARN, "the store takes long: what comes is answered without it, and kept in "
                           "the spool");
    }
}

/* What was kept may leave now: it is on record that it was to. */
static struct errand *alerts(const struct book *book, const struct work *list)
{
    struct errand *first = NULL, **last = &first;

    for (const struct work *w = list; w; w = w->next) {
        const struct event *e = &w->event;
        const struct roster *roster = w->roster ? w->roster : book_roster(book, e->tenant);
        if (w->err || e->offline != OFFLINE_RANG || !e->message || !roster)
            continue;
        struct arena *arena = arena_open(1024 + e->body.size);
        struct errand *errand = ARENA_NEW(arena, struct errand);
        errand->arena = arena;
        errand->kind = ERRAND_SEND;
        errand->row = offline_alert(roster, e);
        errand->row.body = arena_copy(arena, e->body);
        *last = errand;
        last = &errand->next;
    }
    return first;
}

struct errand *outage_take(struct outage *o, const struct book *book, struct work *list,
                           int64_t now_ms)
{
    enum err worst = ERR_NONE;

    if (!list)
        return NULL;
    for (struct work *w = list; w; w = w->next) {
        answer(o, book, w, now_ms);
        w->err = spool_add(o->spool, spool_event_render(w->arena, &w->event));
    }
    const enum err err = spool_sync(o->spool);
    for (struct work *w = list; w; w = w->next) {
        if (err)
            w->err = err;
        if (w->err)
            worst = w->err;
    }
    struct errand *errands = alerts(book, list);
    for (struct work *w = list; w; w = w->next)
        if (w->err && !is_refused_unkept(w))
            w->err = ERR_NONE;
    tell_beginning(o);
    if (worst)
        complain(o, worst);
    return errands;
}

enum err outage_prove(struct outage *o)
{
    return spool_prove(o->spool);
}

int64_t outage_id(struct outage *o, int64_t now_ms)
{
    return id_next(&o->ids, now_ms);
}

/* ---- bringing in ---- */

/* Whatever stands at the head cannot be read: it would stand there for ever. */
static void skip_unreadable(struct outage *o)
{
    log_line(LOG_ERROR, "alarm: an event in the spool cannot be read, and is passed over");
    if (spool_drop(o->spool, 1)) {
        log_line(LOG_ERROR, "alarm: the spool cannot be read or written");
        o->again_ns = clock_mono_ns() + (int64_t)COMPLAIN_MS * 1000000;
    }
}

struct work *outage_replay(struct outage *o, int64_t now_ms)
{
    struct span records[REPLAY_MAX];
    struct work *first = NULL, **last = &first;
    size_t count = 0;

    if (!outage_is_on(o) || clock_mono_ns() < o->again_ns)
        return NULL;
    arena_reset(o->arena);
    o->replayed = 0;
    if (spool_peek(o->spool, o->arena, REPLAY_MAX, records, &count) && count == 0) {
        skip_unreadable(o);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        struct work *w = ARENA_NEW(o->arena, struct work);
        if (spool_event_parse(records[i], &w->event)) {
            if (i == 0)
                skip_unreadable(o);
            break;
        }
        w->arena = o->arena;
        w->event.late = w->event.kind == EVENT_TEXT && now_ms - w->event.at_ms >= LATE_MS;
        *last = w;
        last = &w->next;
        o->replayed++;
    }
    return first;
}

void outage_settle(struct outage *o, const struct work *list)
{
    size_t done = 0;

    for (const struct work *w = list; w && !(w->err && w->unstored); w = w->next, done++)
        if (w->err)
            log_event(LOG_ERROR,
                      &(struct log_fields){.tenant = w->event.tenant,
                                           .sid = w->event.sid,
                                           .kind = event_kind_name(w->event.kind)},
                      "alarm: event %s from the spool was refused (%s)",
                      event_kind_name(w->event.kind), err_name(w->err));
    o->replayed = 0;
    o->is_failing = false;
    o->again_ns = 0;
    if (!done)
        outage_fail(o);
    tell_beginning(o);
    o->brought_in += done;
    if (done && spool_drop(o->spool, done)) {
        log_line(LOG_ERROR, "the spool cannot note what is in the store; it is tried again");
        o->again_ns = clock_mono_ns() + (int64_t)AGAIN_MS * 1000000;
    }
    if (done)
        wipe(o);
    if (outage_is_on(o))
        return;
    log_line(LOG_INFO, "the store can be written again: %llu events were brought in",
             (unsigned long long)o->brought_in);
    o->is_told = o->is_slow = false;
    o->brought_in = 0;
}
