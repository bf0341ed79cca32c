#include "model/facts.h"

#include <string.h>

#include "base/check.h"
#include "model/fact_index.h"
#include "model/fact_list.h"

/* Each row is held by one fact, the one of its own id (or hash, or key); a fact of a second key
 * (a thread's line and customer, a cascade's call) only points at that one with `same`. */

void facts_init(struct facts *f, struct arena *arena, struct id_maker *ids, int64_t now_ms)
{
    *f = (struct facts){.arena = arena, .ids = ids, .now_ms = now_ms};
    f->last = f->unread = &f->first;
    f->added_last = &f->added;
}

static const struct span no_key;

static void ask(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id, struct span key)
{
    if (fact_index_want(f, kind, tenant, id, key)->state == FACT_WANTED)
        f->short_of = true;
}

void facts_want_claim(struct facts *f, int32_t tenant, struct span key)
{
    ask(f, FACT_CLAIM, tenant, 0, key);
}

void facts_want_thread(struct facts *f, int32_t tenant, struct span line, struct span customer)
{
    char room[FACT_INDEX_PAIR_SIZE];

    ask(f, FACT_THREAD, tenant, 0, fact_index_pair(room, line, customer));
}

void facts_want_id(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id)
{
    CHECK(kind == FACT_THREAD || kind == FACT_RELAY || kind == FACT_CASCADE ||
          kind == FACT_MESSAGE || kind == FACT_OUTBOX || kind == FACT_JOB);
    ask(f, kind, tenant, id, no_key);
}

void facts_want_call(struct facts *f, int32_t tenant, struct span call_sid)
{
    ask(f, FACT_CASCADE, tenant, 0, call_sid);
}

void facts_want_sid(struct facts *f, int32_t tenant, struct span sid)
{
    ask(f, FACT_MESSAGE, tenant, 0, sid);
}

void facts_want_link(struct facts *f, const uint8_t hash[LINK_HASH_BYTES])
{
    ask(f, FACT_LINK, 0, 0, fact_index_hash(hash));
}

void facts_want_desk(struct facts *f, int32_t tenant, struct span operator_id)
{
    ask(f, FACT_DESK, tenant, 0, operator_id);
}

void facts_want_duties(struct facts *f, int32_t tenant)
{
    ask(f, FACT_DUTIES, tenant, 0, no_key);
}

void facts_want_consent(struct facts *f, int32_t tenant, struct span line, struct span person)
{
    char room[FACT_INDEX_PAIR_SIZE];

    ask(f, FACT_CONSENT, tenant, 0, fact_index_pair(room, line, person));
}

void facts_want_party(struct facts *f, int32_t tenant, struct span number)
{
    ask(f, FACT_PARTY, tenant, 0, number);
}

void facts_want_live(struct facts *f, int32_t tenant, struct span caller)
{
    ask(f, FACT_LIVE, tenant, 0, caller);
}

void facts_want_job(struct facts *f, int32_t tenant, struct span job_id)
{
    ask(f, FACT_JOB, tenant, 0, job_id);
}

void facts_want_jobs(struct facts *f, enum fact_kind kind, int32_t tenant, struct span number)
{
    CHECK(kind == FACT_CUSTOMER_JOBS || kind == FACT_CREW_JOBS);
    ask(f, kind, tenant, 0, number);
}

void facts_want_question(struct facts *f, int32_t tenant, struct span operator_id)
{
    ask(f, FACT_QUESTION, tenant, 0, operator_id);
}

/* The row of any kind but a claim; NULL: absent, or (short_of) not loaded yet. */
static void *find_row(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                      struct span key)
{
    const struct fact *fact = fact_index_find(f, kind, tenant, id, key);

    return fact ? fact->row : NULL;
}

bool facts_is_claimed(struct facts *f, int32_t tenant, struct span key)
{
    return fact_index_find(f, FACT_CLAIM, tenant, 0, key) != NULL;
}

int64_t facts_claimed_by(struct facts *f, int32_t tenant, struct span key)
{
    const struct fact *fact = fact_index_find(f, FACT_CLAIM, tenant, 0, key);

    return fact ? fact->claim.event : 0;
}

const struct claim_fact *facts_claimed(struct facts *f, int32_t tenant, struct span key)
{
    const struct fact *fact = fact_index_find(f, FACT_CLAIM, tenant, 0, key);

    return fact ? &fact->claim : NULL;
}

struct thread *facts_thread(struct facts *f, int32_t tenant, struct span line, struct span customer)
{
    char room[FACT_INDEX_PAIR_SIZE];

    return find_row(f, FACT_THREAD, tenant, 0, fact_index_pair(room, line, customer));
}

struct thread *facts_thread_by_id(struct facts *f, int32_t tenant, int64_t id)
{
    return find_row(f, FACT_THREAD, tenant, id, no_key);
}

struct relay *facts_relay(struct facts *f, int32_t tenant, int64_t id)
{
    return find_row(f, FACT_RELAY, tenant, id, no_key);
}

struct cascade *facts_cascade(struct facts *f, int32_t tenant, int64_t id)
{
    return find_row(f, FACT_CASCADE, tenant, id, no_key);
}

struct cascade *facts_cascade_by_call(struct facts *f, int32_t tenant, struct span call_sid)
{
    return find_row(f, FACT_CASCADE, tenant, 0, call_sid);
}

struct message *facts_message(struct facts *f, int32_t tenant, int64_t id)
{
    return find_row(f, FACT_MESSAGE, tenant, id, no_key);
}

struct outbox *facts_outbox(struct facts *f, int32_t tenant, int64_t id)
{
    return find_row(f, FACT_OUTBOX, tenant, id, no_key);
}

struct link *facts_link(struct facts *f, const uint8_t hash[LINK_HASH_BYTES])
{
    return find_row(f, FACT_LINK, 0, 0, fact_index_hash(hash));
}

struct desk *facts_desk(struct facts *f, int32_t tenant, struct span operator_id)
{
    return find_row(f, FACT_DESK, tenant, 0, operator_id);
}

struct message *facts_message_by_sid(struct facts *f, int32_t tenant, struct span sid)
{
    return find_row(f, FACT_MESSAGE, tenant, 0, sid);
}

struct duties *facts_duties(struct facts *f, int32_t tenant)
{
    return find_row(f, FACT_DUTIES, tenant, 0, no_key);
}

struct consent *facts_consent(struct facts *f, int32_t tenant, struct span line, struct span person)
{
    char room[FACT_INDEX_PAIR_SIZE];

    return find_row(f, FACT_CONSENT, tenant, 0, fact_index_pair(room, line, person));
}

struct party *facts_party(struct facts *f, int32_t tenant, struct span number)
{
    return find_row(f, FACT_PARTY, tenant, 0, number);
}

const struct party *facts_party_seen(struct facts *f, int32_t tenant, struct span number)
{
    const struct fact *fact = fact_index_look_up(f, FACT_PARTY, tenant, 0, number);

    return fact && fact->state == FACT_PRESENT ? fact->party : NULL;
}

struct question *facts_question(struct facts *f, int32_t tenant, struct span operator_id)
{
    const struct fact *fact = fact_index_find(f, FACT_QUESTION, tenant, 0, operator_id);

    return fact && !fact->question->gone ? fact->question : NULL;
}

const struct idle *facts_idle(struct facts *f, int32_t tenant)
{
    return find_row(f, FACT_IDLE, tenant, 0, no_key);
}

const struct live *facts_live(struct facts *f, int32_t tenant, struct span caller)
{
    return find_row(f, FACT_LIVE, tenant, 0, caller);
}

int64_t facts_waiting(struct facts *f, int32_t tenant, struct span line)
{
    const struct fact *fact = fact_index_find(f, FACT_WAITING, tenant, 0, line);

    return fact ? *fact->waiting : 0;
}

struct job *facts_job(struct facts *f, int32_t tenant, struct span job_id)
{
    return find_row(f, FACT_JOB, tenant, 0, job_id);
}

const struct job *facts_job_seen(struct facts *f, int32_t tenant, struct span job_id)
{
    const struct fact *fact = fact_index_look_up(f, FACT_JOB, tenant, 0, job_id);

    return fact && fact->state == FACT_PRESENT ? (fact->same ? fact->same : fact)->job : NULL;
}

struct job *facts_job_by_id(struct facts *f, int32_t tenant, int64_t id)
{
    return find_row(f, FACT_JOB, tenant, id, no_key);
}

const struct job_list *facts_jobs(struct facts *f, enum fact_kind kind, int32_t tenant,
                                  struct span number)
{
    CHECK(kind == FACT_CUSTOMER_JOBS || kind == FACT_CREW_JOBS);
    return find_row(f, kind, tenant, 0, number);
}

int64_t facts_burden(struct facts *f, int32_t tenant, struct span operator_id)
{
    const struct fact *fact = fact_index_find(f, FACT_BURDEN, tenant, 0, operator_id);

    return fact ? *fact->burden : 0;
}

/* Returns the fact that holds, or is to hold, `row`: the one of the row's own key. */
static struct fact *home_of(struct facts *f, enum fact_kind kind, const void *row)
{
    const struct thread *thread = row;
    const struct relay *relay = row;
    const struct cascade *cascade = row;
    const struct message *message = row;
    const struct outbox *outbox = row;
    const struct link *link = row;
    const struct consent *consent = row;
    const struct question *question = row;
    const struct party *party = row;
    const struct job *job = row;
    char room[FACT_INDEX_PAIR_SIZE];

    switch (kind) {
    case FACT_THREAD:
        return fact_index_want(f, kind, thread->tenant, thread->id, no_key);
    case FACT_RELAY:
        return fact_index_want(f, kind, relay->tenant, relay->id, no_key);
    case FACT_CASCADE:
        return fact_index_want(f, kind, cascade->tenant, cascade->id, no_key);
    case FACT_MESSAGE:
        return fact_index_want(f, kind, message->tenant, message->id, no_key);
    case FACT_OUTBOX:
        return fact_index_want(f, kind, outbox->tenant, outbox->id, no_key);
    case FACT_LINK:
        return fact_index_want(f, kind, 0, 0, fact_index_hash(link->hash));
    case FACT_CONSENT:
        return fact_index_want(
            f, kind, consent->tenant, 0,
            fact_index_pair(room, span_of(consent->line), span_of(consent->person)));
    case FACT_QUESTION:
        return fact_index_want(f, kind, question->tenant, 0, span_of(question->operator_id));
    case FACT_PARTY:
        return fact_index_want(f, kind, party->tenant, 0, span_of(party->number));
    case FACT_JOB:
        return fact_index_want(f, kind, job->tenant, job->id, no_key);
    case FACT_CLAIM:
    case FACT_DESK:
    case FACT_DUTIES:
    case FACT_IDLE:
    case FACT_LIVE:
    case FACT_WAITING:
    case FACT_CUSTOMER_JOBS:
    case FACT_CREW_JOBS:
    case FACT_BURDEN:
    case FACT_KINDS:
        break;
    }
    check_failed(__FILE__, __LINE__, "a row with a key of its own");
}

/* Makes the row findable by its second key too. */
static void name_again(struct facts *f, struct fact *home)
{
    struct fact *other = NULL;

    if (home->kind == FACT_THREAD) {
        char room[FACT_INDEX_PAIR_SIZE];
        const struct thread *t = home->thread;
        other = fact_index_want(f, FACT_THREAD, t->tenant, 0,
                                fact_index_pair(room, span_of(t->line), span_of(t->customer)));
    } else if (home->kind == FACT_CASCADE) {
        other = fact_index_want(f, FACT_CASCADE, home->tenant, 0, span_of(home->cascade->call_sid));
    } else if (home->kind == FACT_JOB) {
        other = fact_index_want(f, FACT_JOB, home->tenant, 0, span_of(home->job->job_id));
    } else if (home->kind == FACT_MESSAGE && home->message->direction == DIRECTION_OUT &&
               home->message->sid[0]) {
        other = fact_index_want(f, FACT_MESSAGE, home->tenant, 0, span_of(home->message->sid));
    }
    if (!other)
        return;
    other->same = home;
    other->state = FACT_PRESENT;
}

void facts_bind_sid(struct facts *f, struct message *m, struct span sid)
{
    const size_t size = sid.size < sizeof m->sid ? sid.size : sizeof m->sid - 1;

    if (size)
        memcpy(m->sid, sid.data, size);
    m->sid[size] = 0;
    m->binds = true;
    facts_touch(f, FACT_MESSAGE, m);
    name_again(f, home_of(f, FACT_MESSAGE, m));
}

static void set_row(struct fact *fact, void *row)
{
    if (fact->kind == FACT_CLAIM)
        fact->claim = *(const struct claim_fact *)row;
    else
        fact->row = row;
    fact->state = FACT_PRESENT;
}

void facts_touch(struct facts *f, enum fact_kind kind, const void *row)
{
    struct fact *home = home_of(f, kind, row);

    CHECK(home->state == FACT_PRESENT && home->row == row);
    home->dirty = true;
    if (kind == FACT_JOB)
        fact_list_hear_job(f, row); /* its people may be others now, or it is active again */
}

void facts_settle(struct facts *f, struct fact *fact, void *row)
{
    if (!row)
        row = fact_list_empty(f, fact);
    if (!row) {
        fact->state = FACT_ABSENT;
        return;
    }
    if (fact->kind == FACT_CLAIM || fact_list_is(fact->kind)) {
        set_row(fact, row);
        fact_list_complete(f, fact);
        return;
    }
    struct fact *home = home_of(f, fact->kind, row);
    if (home->state != FACT_PRESENT) {
        set_row(home, row);
        name_again(f, home);
    }
    if (fact != home) {
        fact->same = home;
        fact->state = FACT_PRESENT;
    }
}

static void *add(struct facts *f, enum fact_kind kind, const void *row, size_t size)
{
    void *copy = arena_alloc(f->arena, size);

    memcpy(copy, row, size);
    struct fact *home = home_of(f, kind, copy);
    CHECK(home->state != FACT_PRESENT);
    set_row(home, copy);
    home->fresh = true;
    name_again(f, home);
    return copy;
}

void facts_claim(struct facts *f, int32_t tenant, struct span key, int64_t event)
{
    facts_claim_with(f, tenant, key, &(struct claim_fact){.event = event});
}

void facts_claim_with(struct facts *f, int32_t tenant, struct span key,
                      const struct claim_fact *claimed)
{
    struct fact *fact = fact_index_want(f, FACT_CLAIM, tenant, 0, key);
    struct claim_fact row = *claimed;

    CHECK(fact->state != FACT_PRESENT);
    set_row(fact, &row);
    fact->fresh = true;
}

struct thread *facts_add_thread(struct facts *f, const struct thread *row)
{
    return add(f, FACT_THREAD, row, sizeof *row);
}

struct relay *facts_add_relay(struct facts *f, const struct relay *row)
{
    return add(f, FACT_RELAY, row, sizeof *row);
}

struct cascade *facts_add_cascade(struct facts *f, const struct cascade *row)
{
    fact_list_hear_cascade(f, row);
    return add(f, FACT_CASCADE, row, sizeof *row);
}

struct message *facts_add_message(struct facts *f, const struct message *row)
{
    return add(f, FACT_MESSAGE, row, sizeof *row);
}

struct outbox *facts_add_outbox(struct facts *f, const struct outbox *row)
{
    return add(f, FACT_OUTBOX, row, sizeof *row);
}

struct link *facts_add_link(struct facts *f, const struct link *row)
{
    return add(f, FACT_LINK, row, sizeof *row);
}

struct job *facts_add_job(struct facts *f, const struct job *row)
{
    fact_list_hear_job(f, row);
    return add(f, FACT_JOB, row, sizeof *row);
}

struct consent *facts_add_consent(struct facts *f, const struct consent *row)
{
    return add(f, FACT_CONSENT, row, sizeof *row);
}

struct party *facts_add_party(struct facts *f, const struct party *row)
{
    return add(f, FACT_PARTY, row, sizeof *row);
}

struct question *facts_put_question(struct facts *f, const struct question *row)
{
    struct fact *home = home_of(f, FACT_QUESTION, row);

    if (home->state != FACT_PRESENT)
        return add(f, FACT_QUESTION, row, sizeof *row);
    *home->question = *row;
    home->dirty = true;
    return home->question;
}

static struct appended *append(struct facts *f)
{
    struct appended *a = ARENA_NEW(f->arena, struct appended);

    *f->added_last = a;
    f->added_last = &a->next;
    return a;
}

void facts_put_tag(struct facts *f, const struct tag *tag)
{
    struct appended *a = append(f);

    a->kind = APPEND_TAG;
    a->tag = *tag;
    fact_list_hear_tag(f, tag);
}

void facts_put_duty(struct facts *f, const struct duty *duty)
{
    struct appended *a = append(f);

    a->kind = APPEND_DUTY;
    a->duty = *duty;
    fact_list_hear_duty(f, duty);
}

void facts_put_timer(struct facts *f, const struct timer *timer)
{
    struct appended *a = append(f);

    a->kind = APPEND_TIMER;
    a->timer = *timer;
}

static bool is_same_count(const struct spent *a, const struct spent *b)
{
    return a->tenant == b->tenant && a->day == b->day && strcmp(a->what, b->what) == 0;
}

void facts_put_spent(struct facts *f, const struct spent *spent)
{
    struct appended *a = f->spent;

    while (a && !is_same_count(&a->spent, spent))
        a = a->spent_before;
    if (a) { /* many of a batch are of one count: it is written once */
        a->spent.count += spent->count;
        return;
    }
    a = append(f);
    a->kind = APPEND_SPENT;
    a->spent = *spent;
    a->spent_before = f->spent;
    f->spent = a;
}

struct event_row *facts_log(struct facts *f, const struct event_row *row)
{
    struct appended *a = append(f);

    a->kind = APPEND_EVENT;
    a->event = *row;
    if (!a->event.id)
        a->event.id = id_next(f->ids, f->now_ms);
    if (!a->event.at_ms)
        a->event.at_ms = f->now_ms;
    return &a->event;
}

struct call_event *facts_log_call(struct facts *f, const struct call_event *row)
{
    struct appended *a = append(f);

    a->kind = APPEND_CALL_EVENT;
    a->call_event = *row;
    if (!a->call_event.id)
        a->call_event.id = id_next(f->ids, f->now_ms);
    if (!a->call_event.at_ms)
        a->call_event.at_ms = f->now_ms;
    return &a->call_event;
}
