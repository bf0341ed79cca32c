#include "core/unsure.h"

#include "job/job_event.h"
#include "relay/fate.h"
#include "relay/settle.h"

enum { LISTED_MS = 60000, UNLISTED_MS = 90000, UNLISTED_EVERY_MS = 10000 };

/* When it is looked for, after the answer was lost: a list shows a new record within seconds. */
static const int32_t looks_ms[] = {2000, 5000, 10000, 20000, 30000, 45000, LISTED_MS};

/* What is to be done with a row, once all is there. */
struct verdict {
    enum { WAIT, FOUND, AGAIN, GIVE_UP, DROP } what;
    struct span sid;
    struct fate fate;
};

static int64_t next_look_ms(const struct outbox *o, int64_t now_ms)
{
    for (size_t i = 0; i < sizeof looks_ms / sizeof looks_ms[0]; i++)
        if (o->unsure_ms + looks_ms[i] > now_ms)
            return o->unsure_ms + looks_ms[i];
    return now_ms + UNLISTED_EVERY_MS;
}

/* The oldest that is nobody else's; NULL without. */
static const struct found *pick(const struct context *c, const struct message *m)
{
    const struct found *first = NULL;

    for (size_t i = c->event->found_count; i-- > 0;) {
        const struct found *f = &c->event->found[i];
        const struct message *holder = settle_holder(c, f->sid);
        if (f->sid.size && (!holder || holder == m))
            first = f;
    }
    return first;
}

static struct verdict judge(const struct context *c, const struct outbox *o,
                            const struct message *m)
{
    const int64_t now_ms = c->facts->now_ms;
    const bool is_listed = c->event->looked == LOOKED_LISTED;
    const struct found *found = is_listed ? pick(c, m) : NULL;
    const bool is_late = o->expires_ms && now_ms >= o->expires_ms;
    struct verdict v = {.what = WAIT};

    if (found) {
        v.what = FOUND;
        v.sid = found->sid;
        v.fate = (struct fate){found->delivery, found->error_code, false};
        if (v.fate.delivery < DELIVERY_ACCEPTED)
            v.fate.delivery = DELIVERY_ACCEPTED;
    } else if (m->kind == MESSAGE_PREALERT && is_late) {
        v.what = DROP;
        v.fate.delivery = DELIVERY_DROPPED;
    } else if (now_ms - o->unsure_ms >= (is_listed ? LISTED_MS : UNLISTED_MS)) {
        v.what = o->again && !is_late ? AGAIN : GIVE_UP;
        v.fate = (struct fate){DELIVERY_FAILED, 0, true};
    }
    return v;
}

/* Once: a row that is unsure a second time fails. */
static void send_again(const struct context *c, struct outbox *o, struct message *m)
{
    o->state = OUTBOX_QUEUED;
    o->due_ms = c->facts->now_ms;
    o->again = false;
    facts_touch(c->facts, FACT_OUTBOX, o);
    m->delivery = DELIVERY_QUEUED;
    m->duplicate = true;
    facts_touch(c->facts, FACT_MESSAGE, m);
    context_alarm(c, "text.sent-again", m->thread, m->id,
                  "nothing is known of it at the carrier: it may arrive twice");
}

static void carry_out(const struct context *c, const struct verdict *v, struct outbox *o,
                      struct message *m, struct relay *r, struct job *job)
{
    switch (v->what) {
    case WAIT:
        o->due_ms = next_look_ms(o, c->facts->now_ms);
        facts_touch(c->facts, FACT_OUTBOX, o);
        return;
    case AGAIN:
        send_again(c, o, m);
        return;
    case FOUND:
        settle_bind(c, m, v->sid);
        context_log(c, "text.found", m->thread, m->id, m->operator_id, "by the carrier's list");
        break;
    case GIVE_UP:
        context_log(c, "text.given-up", m->thread, m->id, m->operator_id,
                    "nothing is known of it: it counts as failed");
        break;
    case DROP:
        break;
    }
    settle_outbox(c, o);
    job_event_fate(c, m, r, job, &v->fate);
}

enum err unsure_looked(const struct context *c)
{
    const struct event *e = c->event;
    struct outbox *o = facts_outbox(c->facts, e->tenant, e->message);
    struct message *m = facts_message(c->facts, e->tenant, e->message);
    struct relay *r = fate_relay(c, m);

    for (size_t i = 0; i < e->found_count; i++)
        settle_gather(c, m, e->found[i].sid);
    if (c->facts->short_of)
        return ERR_BUSY;
    if (!o || !m || o->gone || o->state != OUTBOX_UNSURE || o->fence != e->fence)
        return ERR_NONE; /* settled since, or of an earlier claim */
    const struct verdict v = judge(c, o, m);
    struct job *job = fate_is_lost(v.fate.delivery) ? job_event_gather(c, m) : NULL;
    if (!fate_gather(c, m, r, &v.fate))
        return ERR_BUSY;
    carry_out(c, &v, o, m, r, job);
    return ERR_NONE;
}
