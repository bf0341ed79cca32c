#include "river/nodes.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum {
    TIMERS_MS = 250,   /* timers that nobody fires */
    AGAIN_MS = 250,    /* after a failure */
    TOTALS_MAX = 1000, /* tenants in one look: some 10 ms of the storage thread */
    TOTALS_MS = 1000,  /* from one to the next, while there are more of them */
    FAR_OFF_MS = 1000, /* the database's clock; said once a minute */
    COMPLAIN_MS = 60000,
    MISSED_MS = 24 * 3600 * 1000, /* for so long a node that has died is missed */
};

enum look_kind { LOOK_BEAT, LOOK_SENDERS, LOOK_TOTALS, LOOK_TOPICS, LOOK_CHANGES, LOOKS };

/* Something that is asked of the store every so often. */
struct look {
    struct nodes *owner;
    enum look_kind kind;
    struct reading reading;
    bool is_under_way;
    int64_t due_ns;
};

struct nodes {
    struct nodes_options o;
    struct look looks[LOOKS];
    struct store_pulse pulse;
    int64_t timers_ns; /* when they are looked at next */
    bool wants_batch;
    int64_t complained_ns;
    /* The readings' own, on the storage thread. */
    struct store_heard heard;
    struct store_totals totals;
    int64_t topics[STORE_TOPICS]; /* as read */
    int64_t rest_ms;              /* until the next beat */
    bool has_changed;             /* others live than at the beat before */
    /* ... and what the loop thread has made of them. */
    int64_t known[STORE_TOPICS];
    bool knows_topics;
};

/* ---- what a look asks; on the storage thread ---- */

static void note_sender(void *ctx, const struct store_sender *sender)
{
    const struct nodes *n = ctx;

    pace_note(n->o.apply->claim.pace, sender, clock_now_ms(n->o.clock));
}

static enum err read_senders(struct nodes *n, struct store *store, int64_t now_ms)
{
    (void)now_ms;
    return store_senders(store, note_sender, n);
}

/* What the dead have left is everybody's at once, and each has another part of the rates. */
static enum err look_after(struct nodes *n, struct store *store, int64_t now_ms)
{
    struct apply *a = n->o.apply;

    pace_share(a->claim.pace, (int)a->member.pulse.living);
    return read_senders(n, store, now_ms);
}

static enum err read_beat(struct nodes *n, struct store *store, int64_t now_ms)
{
    struct apply *a = n->o.apply;
    bool has_changed = false;

    n->has_changed = false;
    if (!a->has_begun) /* it joins with the first batch that finds the database there */
        return ERR_BUSY;
    enum err e = member_beat(&a->member, store, &a->ids, now_ms, &has_changed);
    if (!e && has_changed && store_nodes_are_shared(store))
        e = look_after(n, store, now_ms);
    n->has_changed = has_changed;
    n->rest_ms = member_rest_ms(&a->member);
    return e;
}

static void learn(void *ctx, const struct spent *row)
{
    budget_learn(ctx, row);
}

static enum err read_totals(struct nodes *n, struct store *store, int64_t now_ms)
{
    n->totals.since_day = budget_day(NULL, now_ms) - 1;
    n->totals.max = TOTALS_MAX;
    return store_nodes_totals(store, &n->totals, learn, n->o.apply->claim.budget);
}

static enum err read_topics(struct nodes *n, struct store *store, int64_t now_ms)
{
    (void)now_ms;
    return store_nodes_topics(store, n->topics);
}

static enum err read_changes(struct nodes *n, struct store *store, int64_t now_ms)
{
    (void)now_ms;
    return store_nodes_changes(store, &n->o.apply->member.pulse, &n->heard, n->o.changed, n->o.ctx);
}

/* ---- what comes of it; on the loop thread ---- */

static int64_t correct(struct clock *clock, const struct store_pulse *p)
{
    const struct clock_reading reading = {p->at_ms, p->at_ns, p->off_ns};

    return p->at_ms ? clock_correct(clock, &reading) : 0;
}

static void complain(struct nodes *n, int64_t off_ms)
{
    const int64_t now_ns = clock_mono_ns();

    if ((off_ms < FAR_OFF_MS && off_ms > -FAR_OFF_MS) ||
        (n->complained_ns && now_ns - n->complained_ns < COMPLAIN_MS * INT64_C(1000000)))
        return;
    n->complained_ns = now_ns;
    log_line(LOG_WARN,
             "nodes: the database's clock is %lld ms from ours, which follows it slowly;"
             " let NTP run on both",
             (long long)off_ms);
}

static void beat_is_done(struct nodes *n)
{
    n->pulse = n->o.apply->member.pulse;
    n->wants_batch |= n->has_changed;
    complain(n, correct(n->o.clock, &n->pulse));
}

static void topics_are_read(struct nodes *n)
{
    for (int i = 0; i < STORE_TOPICS; i++)
        if (n->knows_topics && n->topics[i] != n->known[i] && n->o.topic)
            n->o.topic(n->o.ctx, (enum store_topic)i);
    memcpy(n->known, n->topics, sizeof n->known);
    n->knows_topics = true;
}

/* ---- turns ---- */

/* clang-format off */
static const struct {
    int every_ms;
    bool is_of_others; /* nothing when nobody else lives */
    enum err (*read)(struct nodes *nodes, struct store *store, int64_t now_ms);
    void (*done)(struct nodes *nodes);
} kinds[LOOKS] = {
    [LOOK_BEAT]    = {1000, false, read_beat,    beat_is_done},
    [LOOK_SENDERS] = {1000, true,  read_senders, NULL},
    [LOOK_TOTALS]  = {3000, true,  read_totals,  NULL},
    [LOOK_TOPICS]  = {1000, false, read_topics,  topics_are_read},
    [LOOK_CHANGES] = {300,  true,  read_changes, NULL},
};
/* clang-format on */

static enum err read_look(struct reading *reading, struct store *store, int64_t now_ms)
{
    const struct look *l = reading->user;

    return kinds[l->kind].read(l->owner, store, now_ms);
}

static int64_t rest_of(const struct nodes *n, enum look_kind kind)
{
    if (kind == LOOK_BEAT)
        return n->rest_ms;
    return kind == LOOK_TOTALS && !n->totals.is_done ? TOTALS_MS : kinds[kind].every_ms;
}

static void look_is_done(struct reading *reading)
{
    struct look *l = reading->user;
    struct nodes *n = l->owner;
    int64_t rest_ms = rest_of(n, l->kind);

    l->is_under_way = false;
    if (reading->err)
        rest_ms = AGAIN_MS;
    else if (kinds[l->kind].done)
        kinds[l->kind].done(n);
    l->due_ns = clock_mono_ns() + rest_ms * 1000000;
}

enum err nodes_begin(struct clock *clock, struct apply *a)
{
    bool has_changed;

    const enum err err =
        member_beat(&a->member, a->store, &a->ids, clock_now_ms(clock), &has_changed);
    if (err)
        return err;
    (void)correct(clock, &a->member.pulse);
    pace_share(a->claim.pace, (int)a->member.pulse.living);
    return ERR_NONE;
}

struct nodes *nodes_open(const struct nodes_options *options)
{
    struct nodes *n = arena_must_alloc(sizeof *n);

    n->o = *options;
    n->rest_ms = kinds[LOOK_BEAT].every_ms;
    n->pulse = n->o.apply->member.pulse;
    for (int i = 0; i < LOOKS; i++)
        n->looks[i] = (struct look){.owner = n, .kind = (enum look_kind)i};
    return n;
}

void nodes_close(struct nodes **nodes)
{
    free(*nodes);
    *nodes = NULL;
}

static void start(struct look *l)
{
    const struct intake *intake = l->owner->o.intake;

    l->is_under_way = true;
    l->reading = (struct reading){.read = read_look, .done = look_is_done, .user = l};
    if (intake->read(intake->ctx, &l->reading)) {
        l->is_under_way = false;
        l->due_ns = clock_mono_ns() + AGAIN_MS * INT64_C(1000000);
    }
}

/* Timers and unsure rows are looked at by a batch, which is told that some may be due. */
static void look_at_timers(struct nodes *n, bool is_free, int64_t now_ns)
{
    struct apply *a = n->o.apply;

    if (n->pulse.living > 1 && now_ns >= n->timers_ns) {
        n->timers_ns = now_ns + TIMERS_MS * INT64_C(1000000);
        n->wants_batch = true;
    }
    if (!n->wants_batch || !is_free)
        return;
    a->next_timer_ms = 0;
    a->claim.next_unsure_ms = 0;
}

int64_t nodes_turn(struct nodes *n, bool is_free, bool *out_batch)
{
    const int64_t now_ns = clock_mono_ns();
    int64_t next_ns = now_ns + TIMERS_MS * INT64_C(1000000);

    *out_batch = false;
    if (!store_nodes_are_shared(n->o.apply->store) && n->pulse.count)
        return INT64_MAX;
    for (int i = 0; i < LOOKS; i++) {
        struct look *l = &n->looks[i];
        if (l->is_under_way || (kinds[i].is_of_others && n->pulse.living < 2))
            continue;
        if (now_ns >= l->due_ns)
            start(l);
        else if (l->due_ns < next_ns)
            next_ns = l->due_ns;
    }
    look_at_timers(n, is_free, now_ns);
    if (n->wants_batch && is_free) {
        n->wants_batch = false;
        *out_batch = true;
    }
    return (next_ns - now_ns) / 1000000 + 1;
}

void nodes_drain(struct nodes *n)
{
    n->o.apply->member.is_draining = true; /* a bool, read by the next beat */
    n->looks[LOOK_BEAT].due_ns = 0;
}

const struct store_pulse *nodes_pulse(const struct nodes *n)
{
    return &n->pulse;
}

/* One that ended in good order is not missed. */
int nodes_lost(const struct store_pulse *pulse)
{
    int count = 0;

    for (size_t i = 0; i < pulse->count; i++) {
        const struct store_node *n = &pulse->nodes[i];
        count += n->gone_ms && !n->is_draining && pulse->at_ms - n->gone_ms < MISSED_MS;
    }
    return count;
}
