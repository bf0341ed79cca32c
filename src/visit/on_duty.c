#include "visit/on_duty.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "codec/json.h"
#include "codec/json_instant.h"
#include "rules/route.h"
#include "rules/schedule.h"
#include "rules/shifts.h"

enum {
    PLACES = 32,          /* tenants whose answer is kept */
    TEXT_MAX = 1 << 20,   /* 64 lines with a chain of 160 */
    KEPT_MAX = 512 << 10, /* longer ones are made anew */
    KEPT_MS = 300000,
};

static const int64_t ahead_ms = SCHEDULE_AHEAD_DAYS * INT64_C(86400000);

struct kept {
    int32_t tenant; /* 0: free */
    uint64_t mark;  /* of the roster and the duties */
    int64_t from_ms, until_ms;
    char *text; /* JSON */
    size_t size;
};

struct on_duty {
    pthread_mutex_t lock;
    struct kept places[PLACES];
    size_t next;
};

struct on_duty *on_duty_open(void)
{
    struct on_duty *d = arena_must_alloc(sizeof *d);

    memset(d, 0, sizeof *d);
    pthread_mutex_init(&d->lock, NULL);
    return d;
}

void on_duty_close(struct on_duty **on_duty)
{
    if (!*on_duty)
        return;
    for (size_t i = 0; i < PLACES; i++)
        free((*on_duty)->places[i].text);
    pthread_mutex_destroy(&(*on_duty)->lock);
    free(*on_duty);
    *on_duty = NULL;
}

static uint64_t mark_of(const struct roster *roster, const struct duties *duties)
{
    uint64_t h = HASH_BEGIN;

    h = hash_bytes(h, roster->digest, sizeof roster->digest);
    h = hash_bytes(h, &roster->calendars_mark, sizeof roster->calendars_mark);
    h = hash_bytes(h, &roster->calendars_ms, sizeof roster->calendars_ms);
    for (size_t i = 0; duties && i < duties->count; i++) {
        const struct duty *row = &duties->rows[i];
        h = hash_bytes(h, row->operator_id, strlen(row->operator_id));
        h = hash_bytes(h, &row->state, sizeof row->state);
        h = hash_bytes(h, &row->until_ms, sizeof row->until_ms);
    }
    return h;
}

/* What one line's part is made from. */
struct part {
    const struct roster *roster;
    const struct line *line;
    const struct duties *duties;
    int64_t now_ms;
    struct shifts *shifts;
    struct plan *plan;
};

static void write_now(const struct part *p, struct json_out *json)
{
    json_out_list(json, "now");
    for (int i = 0; i < p->plan->count; i++) {
        const struct rung *r = &p->plan->rungs[i];
        const int o = roster_operator_by_id(p->roster, span_of(r->operator_id));
        json_out_object(json, NULL);
        json_out_text(json, "operator", span_of(r->operator_id));
        json_out_text(json, "name", span_of(o < 0 ? r->operator_id : p->roster->operators[o].name));
        json_out_number(json, "step", r->step + 1);
        json_out_text(json, "reason", span_of(reason_name(r->reason)));
        json_out_text(json, "words", span_of(reason_words(r->reason)));
        json_instant(json, "until", o < 0 ? INT64_MAX : shifts_until(p->shifts, o, p->now_ms));
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

static void write_next(const struct part *p, struct json_out *json)
{
    int64_t at_ms = 0;
    const int next = shifts_next(p->shifts, p->now_ms, &at_ms);
    const struct stretch *gap = shifts_gap(p->shifts, p->now_ms);

    if (next < 0) {
        json_out_null(json, "next");
    } else {
        json_out_object(json, "next");
        json_out_text(json, "operator", span_of(p->roster->operators[next].id));
        json_out_text(json, "name", span_of(p->roster->operators[next].name));
        json_instant(json, "at", at_ms);
        json_out_end_object(json);
    }
    if (!gap) {
        json_out_null(json, "gap");
        return;
    }
    json_out_object(json, "gap");
    json_instant(json, "from", gap->from_ms);
    json_instant(json, "to", gap->to_ms < p->shifts->to_ms ? gap->to_ms : INT64_MAX);
    json_out_end_object(json);
}

static void write_line(const struct part *p, struct json_out *json)
{
    json_out_object(json, NULL);
    json_out_text(json, "line", span_of(p->line->number));
    json_out_text(json, "chain", span_of(p->roster->chains[p->line->chain].id));
    write_now(p, json);
    write_next(p, json);
    json_out_end_object(json);
}

/* Lines of one chain have the same people: these are looked for once. */
static int64_t write_all(struct part *p, struct arena *arena, struct json_out *json)
{
    int64_t until_ms = p->now_ms + KEPT_MS;
    int of = -1;

    json_out_list(json, NULL);
    for (int i = 0; i < p->roster->line_count; i++) {
        p->line = &p->roster->lines[i];
        if (p->line->chain != of) {
            const struct route_ask ask = {.line = p->line, .duties = p->duties};
            of = p->line->chain;
            shifts_find(arena, p->roster, p->line, p->duties, p->now_ms, p->now_ms + ahead_ms,
                        p->shifts);
            route_plan(p->roster, &ask, p->now_ms, p->plan);
        }
        const int64_t change_ms = shifts_change(p->shifts, p->now_ms);
        until_ms = change_ms < until_ms ? change_ms : until_ms;
        write_line(p, json);
    }
    json_out_end_list(json);
    return until_ms;
}

static struct kept *find(struct on_duty *d, int32_t tenant)
{
    for (size_t i = 0; i < PLACES; i++)
        if (d->places[i].tenant == tenant)
            return &d->places[i];
    return NULL;
}

static void keep(struct on_duty *d, struct kept fresh, struct span text)
{
    pthread_mutex_lock(&d->lock);
    struct kept *k = find(d, fresh.tenant);
    if (!k) {
        k = &d->places[d->next];
        d->next = (d->next + 1) % PLACES;
    }
    free(k->text);
    *k = (struct kept){0};
    if (text.size <= KEPT_MAX) {
        *k = fresh;
        k->text = arena_must_alloc(text.size + 1);
        memcpy(k->text, text.data, text.size);
        k->size = text.size;
    }
    pthread_mutex_unlock(&d->lock);
}

/* What is kept and still holds; NULL data without. */
static struct span look_up(struct on_duty *d, struct arena *arena, int32_t tenant, uint64_t mark,
                           int64_t now_ms)
{
    struct span text = {NULL, 0};

    pthread_mutex_lock(&d->lock);
    const struct kept *k = find(d, tenant);
    if (k && k->mark == mark && k->from_ms <= now_ms && now_ms < k->until_ms)
        text = arena_copy(arena, (struct span){k->text, k->size});
    pthread_mutex_unlock(&d->lock);
    return text;
}

struct span on_duty_render(struct on_duty *d, struct arena *arena, int32_t tenant,
                           const struct roster *roster, const struct duties *duties, int64_t now_ms)
{
    if (!roster)
        return SPAN("[]");
    const uint64_t mark = mark_of(roster, duties);
    const struct span kept = look_up(d, arena, tenant, mark, now_ms);
    if (kept.data)
        return kept;
    struct arena *scratch = arena_open(65536);
    struct buf out = buf_in(scratch, TEXT_MAX);
    struct json_out fresh = json_out(&out);
    struct part p = {.roster = roster,
                     .duties = duties,
                     .now_ms = now_ms,
                     .shifts = ARENA_NEW(scratch, struct shifts),
                     .plan = ARENA_NEW(scratch, struct plan)};
    const int64_t until_ms = write_all(&p, scratch, &fresh);
    const struct span text = out.full ? SPAN("[]") : arena_copy(arena, buf_span(&out));
    keep(d, (struct kept){.tenant = tenant, .mark = mark, .from_ms = now_ms, .until_ms = until_ms},
         text);
    arena_close(&scratch);
    return text;
}
