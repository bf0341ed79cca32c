#include "hooks/live_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "codec/phone.h"

enum { SLOTS_FIRST = 64, AT_ONCE = 64, ANSWER_BYTES_MAX = 512 };

/* Real time: until a line is asked for in the store again, and until it is after a failure. */
static const int64_t ask_again_ns = INT64_C(600) * 1000000000;
static const int64_t try_again_ns = INT64_C(1000000000);

struct seen {
    struct seen *same; /* of the same slot */
    struct seen *next; /* of those that are still to be stored */
    int32_t tenant;
    char number[LIMIT_NUMBER_SIZE];
    const struct roster *roster; /* in force when it was stored; compared alone */
    int64_t at_ms;               /* when the carrier came */
    int64_t stored_ns;           /* real time */
    bool is_waiting;             /* in the list */
};

struct live_lines {
    struct engine *engine;
    struct loop *loop;
    struct seen **slots;
    size_t slot_count, count;
    struct seen *first, **last; /* to be stored */
    bool is_storing;
    int64_t next_ns; /* real time of the next try */
    struct reading reading;
    /* Of the reading, which must not look at what the loop thread changes. */
    struct seen batch[AT_ONCE];
    int batch_count;
};

/* ---- entries ---- */

static size_t hash_of(int32_t tenant, struct span number)
{
    return hash_span(hash_number(HASH_BEGIN, (uint32_t)tenant), number);
}

static void grow(struct live_lines *l)
{
    struct seen **const old = l->slots;
    const size_t old_count = l->slot_count;

    l->slot_count = 2 * old_count;
    l->slots = arena_must_alloc(l->slot_count * sizeof(struct seen *));
    for (size_t i = 0; i < old_count; i++)
        for (struct seen *s = old[i], *same; s; s = same) {
            struct seen **at =
                &l->slots[hash_of(s->tenant, span_of(s->number)) & (l->slot_count - 1)];
            same = s->same;
            s->same = *at;
            *at = s;
        }
    free(old);
}

static struct seen *find(const struct live_lines *l, int32_t tenant, struct span number)
{
    struct seen *s = l->slots[hash_of(tenant, number) & (l->slot_count - 1)];

    while (s && (s->tenant != tenant || !span_is_text(number, s->number)))
        s = s->same;
    return s;
}

static struct seen *add(struct live_lines *l, int32_t tenant, struct span number)
{
    if (l->count == l->slot_count)
        grow(l);
    struct seen **at = &l->slots[hash_of(tenant, number) & (l->slot_count - 1)];
    struct seen *s = arena_must_alloc(sizeof *s);
    s->tenant = tenant;
    memcpy(s->number, number.data, number.size);
    s->same = *at;
    *at = s;
    l->count++;
    return s;
}

/* ---- storing ---- */

static void wait_for_store(struct live_lines *l, struct seen *s)
{
    s->is_waiting = true;
    s->next = NULL;
    *l->last = s;
    l->last = &s->next;
}

static enum err store_batch(struct reading *reading, struct store *store, int64_t now_ms)
{
    const struct live_lines *l = reading->user;
    enum err err = ERR_NONE;

    (void)now_ms;
    for (int i = 0; i < l->batch_count && !err; i++)
        err = store_line_live(store, l->batch[i].tenant, span_of(l->batch[i].number),
                              l->batch[i].at_ms);
    return err;
}

/* What could not be stored waits for the next try. */
static void stored(struct reading *reading)
{
    struct live_lines *l = reading->user;
    const int64_t now_ns = clock_mono_ns();

    l->is_storing = false;
    l->next_ns = reading->err ? now_ns + try_again_ns : 0;
    for (int i = 0; i < l->batch_count; i++) {
        const struct seen *b = &l->batch[i];
        struct seen *s = find(l, b->tenant, span_of(b->number));
        if (reading->err && !s->is_waiting)
            wait_for_store(l, s);
        else if (!reading->err)
            s->stored_ns = now_ns;
    }
}

static void take_batch(struct live_lines *l)
{
    for (l->batch_count = 0; l->first && l->batch_count < AT_ONCE;) {
        struct seen *s = l->first;
        l->first = s->next;
        s->is_waiting = false;
        l->batch[l->batch_count++] = *s;
    }
    if (!l->first)
        l->last = &l->first;
}

static int64_t turn(void *ctx)
{
    struct live_lines *l = ctx;
    const int64_t wait_ns = l->next_ns - clock_mono_ns();

    if (l->is_storing || !l->first)
        return -1;
    if (wait_ns > 0)
        return wait_ns / 1000000 + 1;
    take_batch(l);
    l->reading = (struct reading){.read = store_batch, .done = stored, .user = l};
    l->is_storing = true;
    if (engine_read(l->engine, &l->reading)) {
        l->reading.err = ERR_BUSY;
        stored(&l->reading);
        return try_again_ns / 1000000;
    }
    return 0; /* it is handed over at the end of a turn */
}

void live_lines_see(struct live_lines *l, const struct engine_place *place, struct span number)
{
    const int64_t now_ns = clock_mono_ns();
    struct seen *s = find(l, place->tenant, number);

    if (s &&
        (s->is_waiting || (s->roster == place->roster && now_ns - s->stored_ns < ask_again_ns)))
        return;
    if (!s)
        s = add(l, place->tenant, number);
    s->roster = place->roster;
    s->at_ms = engine_now_ms(l->engine);
    s->stored_ns = now_ns; /* once is enough: what fails is tried again by itself */
    wait_for_store(l, s);
    loop_wake(l->loop);
}

/* ---- what provision and the doctor have seen ---- */

struct told {
    struct engine_place place;
    char number[LIMIT_NUMBER_SIZE];
    bool is_live;
};

static enum err keep(struct visit *v, struct store *store, int64_t now_ms)
{
    const struct told *t = v->own;

    return t->is_live ? store_line_live(store, t->place.tenant, span_of(t->number), now_ms)
                      : store_line_leave(store, t->place.tenant, span_of(t->number));
}

static void kept(struct visit *v)
{
    const struct told *t = v->own;
    struct live_lines *l = v->site->live_lines;
    struct seen *s = find(l, t->place.tenant, span_of(t->number));
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    if (s)
        s->roster = NULL; /* the next webhook asks the store */
    json_out_object(&json, NULL);
    json_out_text(&json, "number", span_of(t->number));
    json_out_bool(&json, "is_live", t->is_live);
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

static void tell(struct visit *v, bool is_live)
{
    struct told *t = ARENA_NEW(v->arena, struct told);
    const struct roster *roster = v->tenant ? engine_roster(v->site->engine, v->tenant) : NULL;
    const char *region = roster && roster->region[0] ? roster->region : NULL;

    *t = (struct told){.is_live = is_live};
    v->own = t;
    if (!roster || phone_parse(v->param.data, v->param.size, region, t->number) != PHONE_GOOD ||
        !engine_find_line(v->site->engine, span_of(roster->account_sid), span_of(t->number),
                          &t->place) ||
        t->place.tenant != v->tenant) {
        visit_fail(v,
                   &(struct visit_error){.status = 404, .message = "the roster has no such line"});
        return;
    }
    visit_read(v, keep, kept);
}

void live_lines_begin(struct visit *v)
{
    tell(v, true);
}

void live_lines_end(struct visit *v)
{
    tell(v, false);
}

/* ---- its life ---- */

void live_lines_open(struct site *site, struct loop *loop)
{
    struct live_lines *l = arena_must_alloc(sizeof *l);

    l->engine = site->engine;
    l->loop = loop;
    l->slot_count = SLOTS_FIRST;
    l->slots = arena_must_alloc(l->slot_count * sizeof(struct seen *));
    l->last = &l->first;
    site->live_lines = l;
    loop_add_turn(loop, turn, l);
}

void live_lines_close(struct site *site)
{
    struct live_lines *l = site->live_lines;

    if (!l)
        return;
    loop_drop_turn(l->loop, turn, l);
    for (size_t i = 0; i < l->slot_count; i++)
        for (struct seen *s = l->slots[i], *same; s; s = same) {
            same = s->same;
            free(s);
        }
    free(l->slots);
    free(l);
    site->live_lines = NULL;
}
