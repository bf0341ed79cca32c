#include "api/forget_api.h"

#include <string.h>

#include "base/buf.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "store/store_forget.h"
#include "visit/fields.h"

enum {
    ROWS_A_TURN = 500, /* some milliseconds of the storage thread */
    TURNS_A_REQUEST = 25,
    ANSWER_BYTES_MAX = 8192,
    DIGITS_LEAST = 7,
    MARK_BYTES = 8,
};

struct forget {
    struct store_forget_ask ask;
    struct store_forget_place place;
    struct store_forget_sight sight;
    const struct roster *roster;
    bool is_confirmed;
    int64_t gone;
    int turns;
    struct span words;
};

/* ---- answers ---- */

static void out_next(struct visit *v, struct json_out *json)
{
    const struct forget *f = v->own;

    json_out_text(json, "next",
                  span_of(arena_printf(v->arena, "%d:%lld:%s", f->place.step,
                                       (long long)f->place.after, f->place.key)));
}

static void answer(struct visit *v, const char *phase)
{
    const struct forget *f = v->own;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_text(&json, "phase", span_of(phase));
    json_out_number(&json, "gone", f->gone);
    if (f->place.step < STORE_FORGET_STEPS)
        out_next(v, &json);
    else
        json_out_null(&json, "next");
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

/* What is in the way, for people; NULL: nothing is. */
static const char *hindrance(const struct visit *v)
{
    const struct store_forget_sight *s = &((const struct forget *)v->own)->sight;

    if (engine_stats(v->site->engine).spooled)
        return "what came while the database was away is being brought in: wait until it is";
    if (s->calls)
        return "a call of his is on: wait until it is over";
    if (s->relays)
        return "somebody still waits for him to be answered: acknowledge or close that first";
    if (s->jobs)
        return "a job that is not over names him: complete or cancel it, or take him off it";
    if (s->sends)
        return "a text or call to him, or with his number in it, is on its way: wait a minute";
    if (s->rosters)
        return "the roster in force names him (a block list, a job): take him out of it first";
    return NULL;
}

static void answer_sight(struct visit *v)
{
    const struct forget *f = v->own;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_text(&json, "phase", SPAN("look"));
    json_out_text_or_null(&json, "hindrance", span_of(hindrance(v)));
    json_out_object(&json, "rows");
    for (size_t i = 0; i < f->sight.count; i++)
        json_out_number(&json, f->sight.of[i].table, f->sight.of[i].rows);
    json_out_end_object(&json);
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

static void conflict(struct visit *v, const char *message)
{
    visit_fail(v, &(struct visit_error){.status = 409, .field = "number", .message = message});
}

/* ---- the deed ---- */

static enum err note(struct visit *v, struct store *store, int64_t now_ms)
{
    const struct forget *f = v->own;

    return store_forget_note(store, f->ask.tenant, now_ms, f->words);
}

static void noted(struct visit *v)
{
    if (v->reading.err)
        visit_fail_busy(v);
    else
        answer(v, "done");
}

/* Who did it, and a mark by which nobody finds the number, but whoever has it finds the deed. */
static void finish(struct visit *v)
{
    struct forget *f = v->own;
    uint8_t mark[DIGEST_SHA256_BYTES];

    digest_hmac_sha256((struct span){(const char *)v->site->callback_key, CALLBACK_KEY_BYTES},
                       span_of(f->ask.number), mark);
    f->words = span_of(arena_printf(v->arena, "by %.*s; mark %.*s", SPAN_ARG(visit_by(v)),
                                    SPAN_ARG(base64_hex_render(v->arena, mark, MARK_BYTES))));
    visit_read(v, note, noted);
}

static enum err turn(struct visit *v, struct store *store, int64_t now_ms)
{
    struct forget *f = v->own;
    int64_t gone = 0;

    f->ask.now_ms = now_ms;
    const enum err e = store_forget_turn(store, &f->ask, &f->place, &gone);
    if (!e)
        f->gone += gone;
    return e;
}

static bool is_same_place(const struct store_forget_place *a, const struct store_forget_place *b)
{
    return a->step == b->step && a->after == b->after && strcmp(a->key, b->key) == 0;
}

static void turned(struct visit *v);

static void take_turn(struct visit *v)
{
    visit_read(v, turn, turned);
}

static void turned(struct visit *v)
{
    struct forget *f = v->own;
    static const struct store_forget_place wait = {.step = 2};

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    engine_hurry(v->site->engine);
    if (f->place.step == STORE_FORGET_STEPS)
        finish(v);
    else if (is_same_place(&f->place, &wait) || ++f->turns == TURNS_A_REQUEST)
        answer(v, f->place.step <= wait.step ? "carrier" : "rows");
    else
        take_turn(v);
}

/* ---- before it ---- */

static enum err look(struct visit *v, struct store *store, int64_t now_ms)
{
    struct forget *f = v->own;

    f->ask.now_ms = now_ms;
    return store_forget_look(store, &f->ask, &f->sight);
}

static void looked(struct visit *v)
{
    struct forget *f = v->own;

    if (v->reading.err)
        visit_fail_busy(v);
    else if (!f->is_confirmed)
        answer_sight(v);
    else if (hindrance(v))
        conflict(v, hindrance(v));
    else
        take_turn(v);
}

static bool is_number(struct span text)
{
    if (text.size < DIGITS_LEAST || text.size >= LIMIT_NUMBER_SIZE || text.data[0] != '+')
        return false;
    for (size_t i = 1; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

/* "STEP:ID:KEY" of the request before. */
static bool take_next(struct span text, struct store_forget_place *out)
{
    struct span rest;
    int64_t step = 0;

    if (!text.size)
        return true;
    const struct span first = span_cut(text, ':', &rest);
    const struct span after = span_cut(rest, ':', &rest);
    if (!span_number(first, 0, STORE_FORGET_STEPS - 1, &step) ||
        !span_number(after, 0, INT64_MAX, &out->after) || rest.size >= sizeof out->key)
        return false;
    out->step = (int)step;
    if (rest.size)
        memcpy(out->key, rest.data, rest.size);
    return true;
}

void forget_api(struct visit *v)
{
    struct forget *f = ARENA_NEW(v->arena, struct forget);
    struct span number = {NULL, 0}, confirm = {NULL, 0}, next = {NULL, 0};
    const struct fields_want want[] = {
        {"number", &number}, {"confirm", &confirm}, {"next", &next}, {NULL, NULL}};

    if (!fields_read(v, want))
        return;
    f->roster = engine_roster(v->site->engine, v->tenant);
    if (!is_number(number)) {
        fields_refuse(v, "number", "write the number in full: +16195550123");
        return;
    }
    if (confirm.size && !span_is(confirm, number)) {
        fields_refuse(v, "confirm", "say the same number again, as nothing brings him back");
        return;
    }
    if (!take_next(next, &f->place)) {
        fields_refuse(v, "next", "next is what the request before was answered");
        return;
    }
    f->ask = (struct store_forget_ask){
        .tenant = v->tenant, .number = arena_text(v->arena, number), .max = ROWS_A_TURN};
    f->is_confirmed = confirm.size > 0;
    v->own = f;
    if (f->roster &&
        (roster_operator_by_phone(f->roster, number) >= 0 || roster_line(f->roster, number)))
        conflict(v, "it is an operator's or a line's on the roster: take it off first");
    else if (f->is_confirmed && next.size)
        take_turn(v);
    else
        visit_browse(v, look, looked);
}
