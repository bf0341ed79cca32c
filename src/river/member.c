#include "river/member.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"

enum {
    BEAT_MS = 1000,
    LATE_MS = 3000,   /* after the beat before: the others may have been held up as well */
    SWEEP_MS = 30000, /* what a dead node wrote after it was found dead */
    TOLD_MS = 30000,  /* a node that has not listened for as long reads the rows themselves */
};

static const int64_t ms_ns = 1000000;

/* ---- joining ---- */

static enum err join(struct member *m, struct store *store, struct id_maker *ids)
{
    const int64_t now_ns = clock_boot_ns();
    enum err e = store_nodes_join(store, &m->self);

    if (!e && m->callback_key)
        e = store_nodes_shared(store, "callback.key", m->callback_key);
    if (e)
        return e;
    ids->node = (uint8_t)store->node;
    m->unbroken_ns = now_ns;
    m->until_ns = store_nodes_are_shared(store) ? now_ns + STORE_LEASE_MS * ms_ns : INT64_MAX;
    m->has_joined = true;
    return ERR_NONE;
}

enum err member_join(struct member *m, struct store *store, struct id_maker *ids)
{
    return m->has_joined ? ERR_NONE : join(m, store, ids);
}

/* ---- beating ---- */

static uint64_t mark_of(const struct store_pulse *pulse)
{
    uint64_t mark = HASH_BEGIN;

    for (size_t i = 0; i < pulse->count; i++) {
        const struct store_node *n = &pulse->nodes[i];
        if (n->gone_ms)
            continue;
        mark = hash_number(mark, (uint64_t)n->number);
        mark = hash_number(mark, (uint64_t)n->incarnation);
    }
    return mark;
}

/* The beat before began at that time. */
static bool is_late(const struct member *m, int64_t now_ns)
{
    return now_ns > m->until_ns - (STORE_LEASE_MS - LATE_MS) * ms_ns;
}

/* A database that was away or stood still, or whose clock leaps, lets everybody's lease run out:
 * nobody is judged before each has had the time to beat again. */
static bool may_judge(const struct member *m, int64_t now_ns)
{
    return m->unbroken_ns && now_ns - m->unbroken_ns >= STORE_LEASE_MS * ms_ns;
}

/* What was told half a minute ago has been heard by whoever listens. */
static int64_t forget_before(struct member *m, int64_t last_id, int64_t now_ns)
{
    if (now_ns - m->told_ns < TOLD_MS * ms_ns)
        return 0;
    m->told_ns = now_ns;
    m->told[1] = m->told[0];
    m->told[0] = last_id;
    return m->told[1];
}

static enum err take_over(struct member *m, struct store *store, struct id_maker *ids,
                          int64_t now_ms)
{
    size_t count = 0;

    const enum err e = store_orphans(store, now_ms, ids, &count);
    if (e)
        return e;
    m->swept_ns = clock_boot_ns();
    m->taken_over += count;
    if (count)
        log_line(LOG_WARN, "nodes: %zu sends of a node that lives no more are unsure now", count);
    return ERR_NONE;
}

static enum err rejoin(struct member *m, struct store *store, struct id_maker *ids)
{
    log_line(LOG_WARN, "nodes: this node's lease was over, and others have taken over what it "
                       "did; it joins again");
    m->unbroken_ns = 0;
    m->rejoined++;
    return join(m, store, ids);
}

static void supersede(struct member *m)
{
    m->is_superseded = true;
    m->until_ns = 0;
    log_line(LOG_ERROR, "alarm: another program has joined with this one's node.key: two may not "
                        "use one state folder, nor copies of one; this one ends");
}

enum err member_beat(struct member *m, struct store *store, struct id_maker *ids, int64_t now_ms,
                     bool *out_changed)
{
    const int64_t now_ns = clock_boot_ns();

    if (is_late(m, now_ns))
        m->unbroken_ns = 0;
    struct store_beat beat = {
        .is_draining = m->is_draining,
        .judges = may_judge(m, now_ns),
        .told = forget_before(m, ids->last, now_ns),
        .at_ms = m->at_ms,
        .at_ns = m->at_ns,
    };
    enum err e = store_nodes_beat(store, &beat, &m->pulse);
    if (e == ERR_DENIED) {
        beat.judges = false;
        e = rejoin(m, store, ids);
        if (!e)
            e = store_nodes_beat(store, &beat, &m->pulse);
    }
    if (e == ERR_CONFLICT)
        supersede(m);
    if (e)
        return e;
    m->until_ns = m->pulse.until_ns;
    m->at_ms = m->pulse.at_ms;
    m->at_ns = m->pulse.at_ns;
    if (m->pulse.has_leapt)
        log_line(LOG_WARN, "nodes: the database's clock has leapt: nobody is taken for dead before "
                           "all have had the time to beat again");
    if (!m->unbroken_ns || m->pulse.has_leapt)
        m->unbroken_ns = now_ns;
    const uint64_t mark = mark_of(&m->pulse);
    const bool has_changed = mark != m->living_mark;
    if (store_nodes_are_shared(store) && (has_changed || now_ns - m->swept_ns >= SWEEP_MS * ms_ns))
        e = take_over(m, store, ids, now_ms);
    if (e)
        return e;
    *out_changed = has_changed;
    m->living_mark = mark;
    return ERR_NONE;
}

void member_leave(struct member *m, struct store *store)
{
    if (store && m->has_joined && !m->is_superseded && store_nodes_leave(store))
        log_line(LOG_WARN, "nodes: the others learn only in some seconds that this one has ended");
}

bool member_has_lease(const struct member *m)
{
    return clock_boot_ns() < m->until_ns;
}

int64_t member_rest_ms(const struct member *m)
{
    const struct store_pulse *p = &m->pulse;
    int64_t rest_ms = BEAT_MS;

    for (size_t i = 0; i < p->count; i++) {
        const int64_t left_ms = p->nodes[i].until_ms - p->at_ms + 1;
        if (p->nodes[i].gone_ms == 0 && left_ms > 0 && left_ms < rest_ms)
            rest_ms = left_ms;
    }
    return rest_ms;
}
