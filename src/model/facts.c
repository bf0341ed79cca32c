#include "model/facts.h"

#include <string.h>

#include "base/check.h"

/* Each row is held by one fact, the one of its own id (or hash, or key); a fact of a second key
 * (a thread's line and customer, a cascade's call) only points at that one with `same`. */

void facts_init(struct facts *f, struct arena *arena, struct id_maker *ids, int64_t now_ms)
{
    *f = (struct facts){.arena = arena, .ids = ids, .now_ms = now_ms};
    f->last = f->unread = &f->first;
    f->added_last = &f->added;
}

static struct fact **bucket_of(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                               struct span key)
{
    /* FNV-1a; ids differ most in their low half, so the halves are folded at the end. */
    const uint64_t prime = 1099511628211u;
    uint64_t h = 14695981039346656037u;

    h = (h ^ (uint64_t)kind) * prime;
    h = (h ^ (uint32_t)tenant) * prime;
    h = (h ^ (uint64_t)id) * prime;
    for (size_t i = 0; i < key.size; i++)
        h = (h ^ (unsigned char)key.data[i]) * prime;
    return &f->buckets[(h ^ h >> 32) % FACT_BUCKETS];
}

static struct fact *look_up(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                            struct span key)
{
    struct fact *fact = *bucket_of(f, kind, tenant, id, key);

    while (fact && !(fact->kind == kind && fact->tenant == tenant && fact->id == id &&
                     span_is(fact->key, key)))
        fact = fact->in_bucket;
    return fact;
}

/* Returns the fact of that key, made when it is not there yet. */
static struct fact *want(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                         struct span key)
{
    struct fact *fact = look_up(f, kind, tenant, id, key);

    if (fact)
        return fact;
    struct fact **bucket = bucket_of(f, kind, tenant, id, key);
    fact = ARENA_NEW(f->arena, struct fact);
    fact->kind = kind;
    fact->tenant = tenant;
    fact->id = id;
    fact->key = key.size ? arena_copy(f->arena, key) : (struct span){0};
    fact->in_bucket = *bucket;
    *bucket = fact;
    *f->last = fact;
    f->last = &fact->next;
    return fact;
}

static const struct span no_key;

enum { PAIR_SIZE = LIMIT_NUMBER_SIZE + LIMIT_PARTY_SIZE };

/* "line customer"; what is too long for a row is cut, and so finds none. */
static struct span pair(char room[PAIR_SIZE], struct span line, struct span customer)
{
    const size_t first = line.size < LIMIT_NUMBER_SIZE ? line.size : LIMIT_NUMBER_SIZE - 1;
    const size_t left = PAIR_SIZE - first - 1;
    const size_t second = customer.size < left ? customer.size : left;

    if (first)
        memcpy(room, line.data, first);
    room[first] = ' ';
    if (second)
        memcpy(room + first + 1, customer.data, second);
    return (struct span){room, first + 1 + second};
}

static struct span hash_key(const uint8_t hash[LINK_HASH_BYTES])
{
    return (struct span){(const char *)hash, LINK_HASH_BYTES};
}

static void ask(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id, struct span key)
{
    if (want(f, kind, tenant, id, key)->state == FACT_WANTED)
        f->short_of = true;
}

void facts_want_claim(struct facts *f, int32_t tenant, struct span key)
{
    ask(f, FACT_CLAIM, tenant, 0, key);
}

void facts_want_thread(struct facts *f, int32_t tenant, struct span line, struct span customer)
{
    char room[PAIR_SIZE];

    ask(f, FACT_THREAD, tenant, 0, pair(room, line, customer));
}

void facts_want_id(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id)
{
    CHECK(kind == FACT_THREAD || kind == FACT_RELAY || kind == FACT_CASCADE ||
          kind == FACT_MESSAGE || kind == FACT_OUTBOX);
    ask(f, kind, tenant, id, no_key);
}

void facts_want_call(struct facts *f, int32_t tenant, struct span call_sid)
{
    ask(f, FACT_CASCADE, tenant, 0, call_sid);
}

void facts_want_link(struct facts *f, const uint8_t hash[LINK_HASH_BYTES])
{
    ask(f, FACT_LINK, 0, 0, hash_key(hash));
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
    char room[PAIR_SIZE];

    ask(f, FACT_CONSENT, tenant, 0, pair(room, line, person));
}

void facts_want_party(struct facts *f, int32_t tenant, struct span number)
{
    ask(f, FACT_PARTY, tenant, 0, number);
}

void facts_want_live(struct facts *f, int32_t tenant, struct span caller)
{
    ask(f, FACT_LIVE, tenant, 0, caller);
}

void facts_want_question(struct facts *f, int32_t tenant, struct span operator_id)
{
    ask(f, FACT_QUESTION, tenant, 0, operator_id);
}

/* Returns the fact that holds the row, or NULL: absent, or (short_of) not loaded yet. */
static struct fact *find(struct facts *f, enum fact_kind kind, int32_t tenant, int64_t id,
                         struct span key)
{
    struct fact *fact = want(f, kind, tenant, id, key);

    if (fact->state == FACT_WANTED)
        f->short_of = true;
    if (fact->state != FACT_PRESENT)
        return NULL;
    return fact->same ? fact->same : fact;
}

bool facts_is_claimed(struct facts *f, int32_t tenant, struct span key)
{
    return find(f, FACT_CLAIM, tenant, 0, key) != NULL;
}

int64_t facts_claimed_by(struct facts *f, int32_t tenant, struct span key)
{
    const struct fact *fact = find(f, FACT_CLAIM, tenant, 0, key);

    return fact ? fact->claim : 0;
}

struct thread *facts_thread(struct facts *f, int32_t tenant, struct span line, struct span customer)
{
    char room[PAIR_SIZE];
    const struct fact *fact = find(f, FACT_THREAD, tenant, 0, pair(room, line, customer));

    return fact ? fact->thread : NULL;
}

struct thread *facts_thread_by_id(struct facts *f, int32_t tenant, int64_t id)
{
    const struct fact *fact = find(f, FACT_THREAD, tenant, id, no_key);

    return fact ? fact->thread : NULL;
}

struct relay *facts_relay(struct facts *f, int32_t tenant, int64_t id)
{
    const struct fact *fact = find(f, FACT_RELAY, tenant, id, no_key);

    return fact ? fact->relay : NULL;
}

struct cascade *facts_cascade(struct facts *f, int32_t tenant, int64_t id)
{
    const struct fact *fact = find(f, FACT_CASCADE, tenant, id, no_key);

    return fact ? fact->cascade : NULL;
}

struct cascade *facts_cascade_by_call(struct facts *f, int32_t tenant, struct span call_sid)
{
    const struct fact *fact = find(f, FACT_CASCADE, tenant, 0, call_sid);

    return fact ? fact->cascade : NULL;
}

struct message *facts_message(struct facts *f, int32_t tenant, int64_t id)
{
    const struct fact *fact = find(f, FACT_MESSAGE, tenant, id, no_key);

    return fact ? fact->message : NULL;
}

struct outbox *facts_outbox(struct facts *f, int32_t tenant, int64_t id)
{
    const struct fact *fact = find(f, FACT_OUTBOX, tenant, id, no_key);

    return fact ? fact->outbox : NULL;
}

struct link *facts_link(struct facts *f, const uint8_t hash[LINK_HASH_BYTES])
{
    const struct fact *fact = find(f, FACT_LINK, 0, 0, hash_key(hash));

    return fact ? fact->link : NULL;
}

struct desk *facts_desk(struct facts *f, int32_t tenant, struct span operator_id)
{
    const struct fact *fact = find(f, FACT_DESK, tenant, 0, operator_id);

    return fact ? fact->desk : NULL;
}

struct message *facts_message_by_sid(struct facts *f, int32_t tenant, struct span sid)
{
    const struct fact *fact = find(f, FACT_MESSAGE, tenant, 0, sid);

    return fact ? fact->message : NULL;
}

struct duties *facts_duties(struct facts *f, int32_t tenant)
{
    const struct fact *fact = find(f, FACT_DUTIES, tenant, 0, no_key);

    return fact ? fact->duties : NULL;
}

struct consent *facts_consent(struct facts *f, int32_t tenant, struct span line, struct span person)
{
    char room[PAIR_SIZE];
    const struct fact *fact = find(f, FACT_CONSENT, tenant, 0, pair(room, line, person));

    return fact ? fact->consent : NULL;
}

struct party *facts_party(struct facts *f, int32_t tenant, struct span number)
{
    const struct fact *fact = find(f, FACT_PARTY, tenant, 0, number);

    return fact ? fact->party : NULL;
}

const struct party *facts_party_seen(struct facts *f, int32_t tenant, struct span number)
{
    const struct fact *fact = look_up(f, FACT_PARTY, tenant, 0, number);

    return fact && fact->state == FACT_PRESENT ? fact->party : NULL;
}

struct question *facts_question(struct facts *f, int32_t tenant, struct span operator_id)
{
    const struct fact *fact = find(f, FACT_QUESTION, tenant, 0, operator_id);

    return fact && !fact->question->gone ? fact->question : NULL;
}

const struct idle *facts_idle(struct facts *f, int32_t tenant)
{
    const struct fact *fact = find(f, FACT_IDLE, tenant, 0, no_key);

    return fact ? fact->idle : NULL;
}

const struct live *facts_live(struct facts *f, int32_t tenant, struct span caller)
{
    const struct fact *fact = find(f, FACT_LIVE, tenant, 0, caller);

    return fact ? fact->live : NULL;
}

int64_t facts_waiting(struct facts *f, int32_t tenant, struct span line)
{
    const struct fact *fact = find(f, FACT_WAITING, tenant, 0, line);

    return fact ? *fact->waiting : 0;
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
    char room[PAIR_SIZE];

    switch (kind) {
    case FACT_THREAD:
        return want(f, kind, thread->tenant, thread->id, no_key);
    case FACT_RELAY:
        return want(f, kind, relay->tenant, relay->id, no_key);
    case FACT_CASCADE:
        return want(f, kind, cascade->tenant, cascade->id, no_key);
    case FACT_MESSAGE:
        return want(f, kind, message->tenant, message->id, no_key);
    case FACT_OUTBOX:
        return want(f, kind, outbox->tenant, outbox->id, no_key);
    case FACT_LINK:
        return want(f, kind, 0, 0, hash_key(link->hash));
    case FACT_CONSENT:
        return want(f, kind, consent->tenant, 0,
                    pair(room, span_of(consent->line), span_of(consent->person)));
    case FACT_QUESTION:
        return want(f, kind, question->tenant, 0, span_of(question->operator_id));
    case FACT_PARTY:
        return want(f, kind, party->tenant, 0, span_of(party->number));
    case FACT_CLAIM:
    case FACT_DESK:
    case FACT_DUTIES:
    case FACT_IDLE:
    case FACT_LIVE:
    case FACT_WAITING:
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
        char room[PAIR_SIZE];
        const struct thread *t = home->thread;
        other =
            want(f, FACT_THREAD, t->tenant, 0, pair(room, span_of(t->line), span_of(t->customer)));
    } else if (home->kind == FACT_CASCADE) {
        other = want(f, FACT_CASCADE, home->tenant, 0, span_of(home->cascade->call_sid));
    } else if (home->kind == FACT_MESSAGE && home->message->direction == DIRECTION_OUT &&
               home->message->sid[0]) {
        other = want(f, FACT_MESSAGE, home->tenant, 0, span_of(home->message->sid));
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
    facts_touch(f, FACT_MESSAGE, m);
    name_again(f, home_of(f, FACT_MESSAGE, m));
}

static void set_row(struct fact *fact, void *row)
{
    if (fact->kind == FACT_CLAIM)
        fact->claim = *(const int64_t *)row;
    else
        fact->row = row;
    fact->state = FACT_PRESENT;
}

void facts_touch(struct facts *f, enum fact_kind kind, const void *row)
{
    struct fact *home = home_of(f, kind, row);

    CHECK(home->state == FACT_PRESENT && home->row == row);
    home->dirty = true;
}

/* What is never absent, only empty. */
static void *empty(struct facts *f, const struct fact *fact)
{
    if (fact->kind == FACT_DUTIES)
        return ARENA_NEW(f->arena, struct duties);
    if (fact->kind == FACT_IDLE)
        return ARENA_NEW(f->arena, struct idle);
    if (fact->kind == FACT_LIVE)
        return ARENA_NEW(f->arena, struct live);
    if (fact->kind == FACT_WAITING)
        return ARENA_NEW(f->arena, int64_t);
    if (fact->kind != FACT_DESK)
        return NULL;
    struct desk *desk = ARENA_NEW(f->arena, struct desk);
    CHECK(fact->key.size < sizeof desk->operator_id);
    memcpy(desk->operator_id, fact->key.data, fact->key.size);
    return desk;
}

static bool is_a_list(enum fact_kind kind)
{
    return kind == FACT_DESK || kind == FACT_DUTIES || kind == FACT_IDLE || kind == FACT_LIVE ||
           kind == FACT_WAITING;
}

static bool is_among(const struct live *live, int64_t cascade)
{
    for (size_t i = 0; i < live->count; i++)
        if (live->cascades[i] == cascade)
            return true;
    return false;
}

/* The store has not seen what this batch has begun. */
static void add_unsaved(struct facts *f, const struct fact *list)
{
    for (const struct fact *fact = f->first; fact; fact = fact->next) {
        if (fact->kind != FACT_CASCADE || fact->state != FACT_PRESENT || fact->same ||
            !(fact->fresh || fact->dirty) || fact->tenant != list->tenant)
            continue;
        const struct cascade *k = fact->cascade;
        if ((!list->key.size || span_is_text(list->key, k->caller)) && !is_among(list->live, k->id))
            facts_fill_live(f, list->live, k->id);
    }
}

void facts_settle(struct facts *f, struct fact *fact, void *row)
{
    if (!row)
        row = empty(f, fact);
    if (!row) {
        fact->state = FACT_ABSENT;
        return;
    }
    if (fact->kind == FACT_CLAIM || is_a_list(fact->kind)) {
        set_row(fact, row);
        if (fact->kind == FACT_LIVE)
            add_unsaved(f, fact);
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
    struct fact *fact = want(f, FACT_CLAIM, tenant, 0, key);

    CHECK(fact->state != FACT_PRESENT);
    set_row(fact, &event);
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

static void add_live(struct facts *f, const struct cascade *row, struct span caller)
{
    const struct fact *fact = look_up(f, FACT_LIVE, row->tenant, 0, caller);

    if (fact && fact->state == FACT_PRESENT)
        facts_fill_live(f, fact->live, row->id);
}

struct cascade *facts_add_cascade(struct facts *f, const struct cascade *row)
{
    add_live(f, row, no_key);
    add_live(f, row, span_of(row->caller));
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

/* Makes room for one more; `items` of `size` bytes, *room of them there now. */
static void *grow(struct facts *f, void *items, size_t size, size_t count, size_t *room)
{
    if (count < *room)
        return items;
    *room = *room ? *room * 2 : 8;
    void *more = arena_alloc(f->arena, *room * size);
    if (count)
        memcpy(more, items, count * size);
    return more;
}

void facts_fill_desk(struct facts *f, struct desk *desk, const struct tag *tag)
{
    desk->tags = grow(f, desk->tags, sizeof *desk->tags, desk->count, &desk->room);
    desk->tags[desk->count++] = *tag;
}

void facts_fill_duties(struct facts *f, struct duties *duties, const struct duty *duty)
{
    duties->rows = grow(f, duties->rows, sizeof *duties->rows, duties->count, &duties->room);
    duties->rows[duties->count++] = *duty;
}

void facts_fill_idle(struct facts *f, struct idle *idle, int64_t relay)
{
    idle->relays = grow(f, idle->relays, sizeof *idle->relays, idle->count, &idle->room);
    idle->relays[idle->count++] = relay;
}

void facts_fill_live(struct facts *f, struct live *live, int64_t cascade)
{
    live->cascades = grow(f, live->cascades, sizeof *live->cascades, live->count, &live->room);
    live->cascades[live->count++] = cascade;
}

static void put_on_desk(struct facts *f, struct desk *desk, const struct tag *tag)
{
    for (size_t i = 0; i < desk->count; i++)
        if (strcmp(desk->tags[i].tag, tag->tag) == 0) {
            desk->tags[i] = *tag;
            return;
        }
    facts_fill_desk(f, desk, tag);
}

void facts_put_tag(struct facts *f, const struct tag *tag)
{
    struct appended *a = append(f);
    const struct fact *fact = look_up(f, FACT_DESK, tag->tenant, 0, span_of(tag->operator_id));

    a->kind = APPEND_TAG;
    a->tag = *tag;
    if (fact && fact->state == FACT_PRESENT)
        put_on_desk(f, fact->desk, tag);
}

static void put_among(struct facts *f, struct duties *duties, const struct duty *duty)
{
    for (size_t i = 0; i < duties->count; i++)
        if (strcmp(duties->rows[i].operator_id, duty->operator_id) == 0) {
            duties->rows[i] = *duty;
            return;
        }
    facts_fill_duties(f, duties, duty);
}

void facts_put_duty(struct facts *f, const struct duty *duty)
{
    struct appended *a = append(f);
    const struct fact *fact = look_up(f, FACT_DUTIES, duty->tenant, 0, no_key);

    a->kind = APPEND_DUTY;
    a->duty = *duty;
    if (fact && fact->state == FACT_PRESENT)
        put_among(f, fact->duties, duty);
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
