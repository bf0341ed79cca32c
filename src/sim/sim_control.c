#include "sim/sim_control.h"

#include "codec/timestamp.h"
#include "codec/url.h"
#include "sim/sim_call.h"
#include "sim/sim_media.h"
#include "sim/sim_note.h"
#include "sim/sim_order.h"
#include "sim/sim_phone.h"
#include "sim/sim_setup.h"
#include "sim/sim_shape.h"
#include "sim/sim_text.h"

enum {
    ANSWER_BYTES_MAX = 64 << 20,
    SETTLE_MS = 3,
    PATIENCE_MS = 60000,
    RATE_MAX = 1000000,
    CONFIDENCE = 90, /* of what is said, in percent */
};

/* One request being answered. */
struct control {
    struct sim_world *world;
    struct sim_turn *turn;
    struct http_request *rq;
    const struct json *body; /* of a POST or PUT */
    struct span name;        /* what follows the route in the path, unescaped */
    struct buf out;
    char words[SIM_SETUP_WORDS];
};

static void answer_words(struct http_request *rq, int status, const char *words)
{
    struct buf b = buf_in(rq->arena, 4096);
    struct json_out o = json_out(&b);

    json_out_object(&o, NULL);
    json_out_text(&o, "error", span_of(words));
    json_out_end_object(&o);
    http_answer(rq, status, "application/json", buf_span(&b), NULL);
}

static void answer_buf(struct control *c)
{
    http_answer(c->rq, 200, "application/json", buf_span(&c->out), NULL);
}

static void answer_clock(struct sim_world *w, struct http_request *rq)
{
    struct buf b = buf_in(rq->arena, 4096);
    struct json_out o = json_out(&b);
    char at[TIMESTAMP_SIZE];
    const int64_t next = sim_agenda_next(w->agenda);

    timestamp_render(sim_world_now(w), at);
    json_out_object(&o, NULL);
    json_out_text(&o, "now", span_of(at));
    json_out_number(&o, "now_ms", sim_world_now(w));
    if (next == CLOCK_NEVER)
        json_out_null(&o, "next_ms");
    else
        json_out_number(&o, "next_ms", next);
    json_out_number(&o, "guests", clock_guests(w->clock));
    json_out_number(&o, "held", (int64_t)w->held_count);
    json_out_end_object(&o);
    http_answer(rq, 200, "application/json", buf_span(&b), NULL);
}

static void post_setup(struct control *c)
{
    if (sim_setup_take(c->world, c->rq->body, c->words)) {
        answer_words(c->rq, 400, c->words);
        return;
    }
    struct json_out o = json_out(&c->out);
    json_out_object(&o, NULL);
    json_out_number(&o, "accounts", (int64_t)c->world->account_count);
    json_out_number(&o, "phones", (int64_t)c->world->phone_count);
    json_out_end_object(&o);
    answer_buf(c);
}

/* A text of the body, or NULL. */
static const char *word(const struct control *c, const char *key)
{
    const struct span text = json_text(json_get(c->body, key));

    return text.size ? arena_text(c->rq->arena, text) : NULL;
}

/* Places a call as the body says; the words of what is wrong, or NULL. */
static const char *place_call(struct control *c, struct sim_leg **out)
{
    struct sim_call_plan plan = {.hang_up_ms = -1};
    const struct span key = json_text(json_get(c->body, "voicemail_key"));
    const struct json *then = json_get(c->body, "then");
    const struct span from = json_text(json_get(c->body, "from"));

    (void)json_number(json_get(c->body, "hangup_after_ms"), 0, INT32_MAX, &plan.hang_up_ms);
    (void)json_number(json_get(c->body, "voicemail_ms"), 0, INT32_MAX, &plan.voicemail_ms);
    plan.voicemail_key = key.size ? key.data[0] : 0;
    const struct span said = json_text(json_get(c->body, "voicemail_words"));
    if (said.size)
        plan.voicemail_words = arena_text(c->rq->arena, said);
    plan.behaviour.manner = SIM_ANSWER;
    if (!from.size || from.size >= LIMIT_PARTY_SIZE)
        return "from is missing or too long";
    plan.origin = (struct sim_origin){
        .forwarded_from = word(c, "forwarded_from"),
        .caller_name = word(c, "caller_name"),
        .city = word(c, "city"),
        .state = word(c, "state"),
        .zip = word(c, "zip"),
        .country = word(c, "country"),
    };
    if (then && sim_setup_steps(c->world, then, &plan.behaviour, c->words))
        return c->words;
    const enum err e =
        sim_call_place(c->world, from, json_text(json_get(c->body, "to")), &plan, out);
    if (e == ERR_NOT_FOUND)
        return "no account has the number in to";
    return e ? "there are too many calls" : NULL;
}

static void answer_sid(struct control *c, const char *sid)
{
    struct json_out o = json_out(&c->out);

    json_out_object(&o, NULL);
    json_out_text(&o, "sid", span_of(sid));
    json_out_end_object(&o);
    answer_buf(c);
}

static void post_calls(struct control *c)
{
    struct sim_leg *leg = NULL;
    const char *why = sim_setup_keys(c->body,
                                     "from to hangup_after_ms voicemail_ms voicemail_key "
                                     "voicemail_words then forwarded_from caller_name city state "
                                     "zip country",
                                     c->words)
                          ? c->words
                          : place_call(c, &leg);

    if (why)
        answer_words(c->rq, 400, why);
    else
        answer_sid(c, leg->sid);
}

/* The hand of whoever holds the phone at the other end of a call. */
static void post_call(struct control *c)
{
    struct sim_leg *leg = sim_world_leg(c->world, c->name);
    const struct span keys = json_text(json_get(c->body, "press"));
    const struct span words = json_text(json_get(c->body, "say"));
    int64_t confidence = CONFIDENCE;

    (void)json_number(json_get(c->body, "confidence"), 0, 100, &confidence);
    if (!leg || !leg->phone) {
        answer_words(c->rq, 404, "no such call, or it has not rung");
    } else if (sim_setup_keys(c->body, "answer press say confidence hangup", c->words)) {
        answer_words(c->rq, 400, c->words);
    } else {
        if (json_bool(json_get(c->body, "answer")))
            sim_phone_answer(leg);
        for (size_t i = 0; i < keys.size; i++)
            sim_leg_press(leg, keys.data[i]);
        if (words.size)
            sim_leg_speak(leg, words, (int)confidence);
        if (json_bool(json_get(c->body, "hangup")))
            sim_phone_hang_up(leg);
        answer_sid(c, leg->sid);
    }
}

static void post_texts(struct control *c)
{
    struct sim_text *text = NULL;
    struct sim_text_draft d;

    if (sim_order_text(c->rq->arena, c->body, &d, c->words))
        answer_words(c->rq, 400, c->words);
    else if (sim_text_receive(c->world, &d, &text))
        answer_words(c->rq, 400, "no account has the number in to");
    else
        answer_sid(c, text->sid);
}

static void put_phone(struct control *c)
{
    if (sim_setup_phone(c->world, c->name, c->body, c->words)) {
        answer_words(c->rq, 400, c->words);
        return;
    }
    sim_note(c->world, "phone", "%.*s has a new script", SPAN_ARG(c->name));
    buf_add_text(&c->out, "{}");
    answer_buf(c);
}

static void get_phone(struct control *c)
{
    const struct sim_phone *p = sim_world_phone(c->world, c->name);
    struct json_out o = json_out(&c->out);

    if (!p) {
        answer_words(c->rq, 404, "no such phone");
        return;
    }
    sim_shape_phone(&o, c->world, p);
    answer_buf(c);
}

static void get_timeline(struct control *c)
{
    int64_t after = 0;

    if (url_query_get(c->rq->query, "after").data &&
        !span_number(url_query_get(c->rq->query, "after"), 0, INT64_MAX, &after)) {
        answer_words(c->rq, 400, "after is not the number of an entry");
        return;
    }
    sim_note_list(c->world, after, &c->out);
    answer_buf(c);
}

static void get_warnings(struct control *c)
{
    int64_t after = 0;

    (void)span_number(url_query_get(c->rq->query, "after"), 0, INT64_MAX, &after);
    sim_note_warnings(c->world, after, &c->out);
    answer_buf(c);
}

static void get_clock(struct control *c)
{
    answer_clock(c->world, c->rq);
}

static void post_clock(struct control *c)
{
    int64_t rate = -1, set_ms = 0;
    const bool has_rate = json_number(json_get(c->body, "rate"), 0, RATE_MAX, &rate);
    const bool has_set = json_number(json_get(c->body, "set_ms"), 0, INT64_MAX / 1000, &set_ms);

    if (sim_setup_keys(c->body, "rate set_ms", c->words) || (!has_rate && !has_set)) {
        answer_words(c->rq, 400, c->words[0] ? c->words : "rate or set_ms is expected");
        return;
    }
    if (has_set)
        clock_turn(c->world->clock, set_ms);
    if (has_rate)
        clock_run(c->world->clock, rate * 1000);
    answer_clock(c->world, c->rq);
}

static void turn_gone(struct http_request *rq)
{
    struct sim_turn *turn = rq->user;

    turn->rq = NULL;
}

static void post_turn(struct control *c)
{
    int64_t for_ms = 0, until_ms = sim_world_now(c->world), settle_ms = SETTLE_MS;
    int64_t patience_ms = PATIENCE_MS;
    const bool has_for = json_number(json_get(c->body, "for_ms"), 0, INT64_MAX / 1000, &for_ms);
    const bool has_until =
        json_number(json_get(c->body, "until_ms"), 0, INT64_MAX / 1000, &until_ms);

    (void)json_number(json_get(c->body, "settle_ms"), 0, 10000, &settle_ms);
    (void)json_number(json_get(c->body, "patience_ms"), 1, 600000, &patience_ms);
    if (sim_setup_keys(c->body, "for_ms until_ms settle_ms patience_ms", c->words) ||
        has_for == has_until) {
        answer_words(c->rq, 400, c->words[0] ? c->words : "one of for_ms and until_ms is expected");
    } else if (c->turn->rq) {
        answer_words(c->rq, 409, "the clock is being turned already");
    } else {
        *c->turn = (struct sim_turn){.rq = c->rq,
                                     .until_ms = until_ms + for_ms,
                                     .settle_ms = settle_ms,
                                     .patience_ms = patience_ms,
                                     .since_ns = clock_mono_ns()};
        c->rq->user = c->turn;
        c->rq->gone = turn_gone;
        c->world->stirred_ns = clock_mono_ns();
    }
}

static void post_fault(struct control *c)
{
    struct sim_fault fault;

    if (sim_order_fault(c->world->arena, c->body, &fault, c->words)) {
        answer_words(c->rq, 400, c->words);
    } else if (sim_fault_add(&c->world->faults, &fault)) {
        answer_words(c->rq, 400, "there are too many faults waiting");
    } else {
        sim_note(c->world, "fault", "%s waits", sim_fault_name(fault.kind));
        buf_add_text(&c->out, "{}");
        answer_buf(c);
    }
}

static void get_fault(struct control *c)
{
    const struct sim_faults *faults = &c->world->faults;
    struct json_out o = json_out(&c->out);

    json_out_object(&o, NULL);
    json_out_list(&o, "faults");
    for (size_t i = 0; i < faults->count; i++) {
        const struct sim_fault *f = &faults->list[i];
        json_out_object(&o, NULL);
        json_out_text(&o, "what", span_of(sim_fault_name(f->kind)));
        json_out_text(&o, "resource", span_of(f->resource));
        json_out_text(&o, "to", span_of(f->to));
        json_out_number(&o, "left", f->left);
        json_out_number(&o, "percent", f->percent);
        json_out_number(&o, "hits", f->hits);
        json_out_end_object(&o);
    }
    json_out_end_list(&o);
    json_out_end_object(&o);
    answer_buf(c);
}

/* All faults, or with ?what= those of one kind. */
static void delete_fault(struct control *c)
{
    const struct span what = url_query_get(c->rq->query, "what");
    enum sim_fault_kind kind = SIM_FAULTS;

    if (what.data && sim_order_fault_kind(what, &kind, c->words)) {
        answer_words(c->rq, 400, c->words);
        return;
    }
    sim_fault_clear(&c->world->faults, kind);
    sim_note(c->world, "fault", "%s cleared", what.data ? sim_fault_name(kind) : "all");
    buf_add_text(&c->out, "{}");
    answer_buf(c);
}

static void get_media(struct control *c)
{
    sim_media_serve(c->world, c->name, c->rq);
}

/* clang-format off */
static const struct {
    const char *method, *path;
    bool named; /* a name follows the path */
    bool json;  /* a body is expected, and parsed */
    void (*answer)(struct control *c);
} routes[] = {
    {"POST",   "/sim/setup",    false, false, post_setup},
    {"POST",   "/sim/calls",    false, true,  post_calls},
    {"POST",   "/sim/calls/",   true,  true,  post_call},
    {"POST",   "/sim/texts",    false, true,  post_texts},
    {"PUT",    "/sim/phones/",  true,  true,  put_phone},
    {"GET",    "/sim/phones/",  true,  false, get_phone},
    {"GET",    "/sim/timeline", false, false, get_timeline},
    {"GET",    "/sim/warnings", false, false, get_warnings},
    {"GET",    "/sim/clock",    false, false, get_clock},
    {"POST",   "/sim/clock",    false, true,  post_clock},
    {"POST",   "/sim/turn",     false, true,  post_turn},
    {"POST",   "/sim/fault",    false, true,  post_fault},
    {"GET",    "/sim/fault",    false, false, get_fault},
    {"DELETE", "/sim/fault",    false, false, delete_fault},
    {"GET",    "/sim/media/",   true,  false, get_media},
};
/* clang-format on */

static void answer_with_body(struct control *c, void (*answer)(struct control *c))
{
    struct json *root = NULL;
    struct json_place place;

    if (json_parse(c->rq->body, &root, &place)) {
        answer_words(c->rq, 400,
                     arena_printf(c->rq->arena, "line %d, column %d: %s", place.line, place.column,
                                  place.words));
        return;
    }
    c->body = root;
    answer(c);
    json_close(&root);
}

void sim_control_handle(struct sim_world *w, struct sim_turn *turn, struct http_request *rq)
{
    struct control c = {.world = w, .turn = turn, .rq = rq};
    bool known = false;

    c.out = buf_in(rq->arena, ANSWER_BYTES_MAX);
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        const struct span path = span_of(routes[i].path);
        if (routes[i].named ? !span_starts(rq->path, path) : !span_is(rq->path, path))
            continue;
        known = true;
        if (!span_is_text(rq->method, routes[i].method))
            continue;
        if (url_unescape(rq->arena, span_skip(rq->path, path.size), &c.name))
            answer_words(rq, 400, "the path is not well-formed");
        else if (!routes[i].json)
            routes[i].answer(&c);
        else
            answer_with_body(&c, routes[i].answer);
        return;
    }
    answer_words(rq, known ? 405 : 404, known ? "not with this method" : "no such place");
}

void sim_control_turned(struct sim_world *w, struct sim_turn *turn)
{
    struct http_request *rq = turn->rq;

    turn->rq = NULL;
    answer_clock(w, rq);
}

void sim_control_stuck(struct sim_world *w, struct sim_turn *turn, const char *why)
{
    struct http_request *rq = turn->rq;

    turn->rq = NULL;
    sim_note(w, "warning", "the clock cannot be turned on: %s", why);
    answer_words(rq, 504, why);
}
