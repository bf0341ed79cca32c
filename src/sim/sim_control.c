#include "sim/sim_control.h"

#include "codec/timestamp.h"
#include "codec/url.h"
#include "sim/sim_hand.h"
#include "sim/sim_order.h"
#include "sim/sim_stream.h"
#include "sim/sim_view.h"
#include "simrest/sim_shape.h"
#include "simsetup/sim_setup.h"
#include "simtext/sim_inbox.h"
#include "simtext/sim_media.h"
#include "simvoice/sim_call.h"
#include "simvoice/sim_phone.h"
#include "simworld/sim_note.h"

enum {
    ANSWER_BYTES_MAX = 64 << 20,
    SETTLE_MS = 3,
    PATIENCE_MS = 60000,
    RATE_MAX = 1000000,
    SETTLE_MAX_MS = 10000,
    PATIENCE_MAX_MS = 600000,
    CONFIDENCE = 90, /* of what is said, in percent */
};

#define LAST_MS INT64_C(253402300799999) /* the year 9999 ends */

/* clang-format off */
static const struct sim_order_key call_keys[] = {
    {"from",            JSON_TEXT, 0}, {"to",           JSON_TEXT, 0},
    {"hangup_after_ms", JSON_NUMBER, INT32_MAX},
    {"voicemail_ms",    JSON_NUMBER, INT32_MAX},
    {"voicemail_key",   JSON_TEXT, 0}, {"voicemail_words", JSON_TEXT, 0},
    {"then",            JSON_LIST, 0}, {"forwarded_from", JSON_TEXT, 0},
    {"caller_name",     JSON_TEXT, 0}, {"city",         JSON_TEXT, 0},
    {"state",           JSON_TEXT, 0}, {"zip",          JSON_TEXT, 0},
    {"country",         JSON_TEXT, 0}, {"stir",         JSON_TEXT, 0},
    {NULL, JSON_ABSENT, 0},
};
static const struct sim_order_key hand_keys[] = {
    {"answer", JSON_BOOL, 0}, {"press", JSON_TEXT, 0}, {"say", JSON_TEXT, 0},
    {"confidence", JSON_NUMBER, 100}, {"hangup", JSON_BOOL, 0}, {NULL, JSON_ABSENT, 0},
};
static const struct sim_order_key clock_keys[] = {
    {"rate", JSON_NUMBER, RATE_MAX}, {"set_ms", JSON_NUMBER, LAST_MS}, {NULL, JSON_ABSENT, 0},
};
static const struct sim_order_key turn_keys[] = {
    {"for_ms", JSON_NUMBER, LAST_MS}, {"until_ms", JSON_NUMBER, LAST_MS}, {"next", JSON_BOOL, 0},
    {"settle_ms", JSON_NUMBER, SETTLE_MAX_MS}, {"patience_ms", JSON_NUMBER, PATIENCE_MAX_MS},
    {NULL, JSON_ABSENT, 0},
};
/* clang-format on */

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
    const struct span said = json_text(json_get(c->body, "voicemail_words"));
    const struct json *then = json_get(c->body, "then");
    const struct span from = json_text(json_get(c->body, "from"));

    (void)json_number(json_get(c->body, "hangup_after_ms"), 0, INT32_MAX, &plan.hang_up_ms);
    (void)json_number(json_get(c->body, "voicemail_ms"), 0, INT32_MAX, &plan.voicemail_ms);
    if (key.size > 1 || !sim_order_are_keys(key))
        return "voicemail_key is not one of 0-9 * # A-D";
    plan.voicemail_key = key.size ? key.data[0] : 0;
    if (said.size)
        plan.voicemail_words = arena_text(c->rq->arena, said);
    plan.behaviour.manner = SIM_ANSWER;
    if (!from.size || from.size >= LIMIT_PARTY_SIZE)
        return "from is missing or too long";
    plan.origin = (struct sim_origin){
        .forwarded_from = word(c, "forwarded_from"),
        .caller_name = word(c, "caller_name"),
        .stir = word(c, "stir"),
        .place = {.city = word(c, "city"),
                  .state = word(c, "state"),
                  .zip = word(c, "zip"),
                  .country = word(c, "country")},
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
    const char *why = sim_order_keys(c->body, call_keys, c->words) ? c->words : place_call(c, &leg);

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
    } else if (sim_order_keys(c->body, hand_keys, c->words)) {
        answer_words(c->rq, 400, c->words);
    } else if (!sim_order_are_keys(keys)) {
        answer_words(c->rq, 400, "keys are 0-9 * # A-D");
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

    if (sim_order_text(c->rq->arena, c->body, &d, c->words)) {
        answer_words(c->rq, 400, c->words);
        return;
    }
    const enum err e = sim_inbox_receive(c->world, &d, &text);
    if (e)
        answer_words(c->rq, 400,
                     e == ERR_NOT_FOUND ? "no account has the number in to"
                                        : "there are too many texts");
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

/* What somebody does with the phone in his hand. */
static void post_phone(struct control *c)
{
    const struct sim_hand_order order = {c->world, c->rq->arena, c->name, c->body};
    const int status = sim_hand_act(&order, &c->out, c->words);

    if (status == 200)
        answer_buf(c);
    else
        answer_words(c->rq, status, c->words);
}

static void get_phones(struct control *c)
{
    sim_stream_whole(c->world->streams, &c->out);
    answer_buf(c);
}

static void get_stream(struct control *c)
{
    sim_stream_take(c->world->streams, c->rq);
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

/* ?after= of the request; false when it has been refused. */
static bool read_after(struct control *c, int64_t *out)
{
    const struct span after = url_query_get(c->rq->query, "after");

    if (!after.data || span_number(after, 0, INT64_MAX, out))
        return true;
    answer_words(c->rq, 400, "after is not the number of an entry");
    return false;
}

static void get_timeline(struct control *c)
{
    int64_t after = 0;

    if (!read_after(c, &after))
        return;
    sim_note_list(c->world, after, &c->out);
    answer_buf(c);
}

static void get_warnings(struct control *c)
{
    int64_t after = 0;

    if (!read_after(c, &after))
        return;
    sim_note_warnings(c->world, after, &c->out);
    answer_buf(c);
}

static void get_clock(struct control *c)
{
    answer_clock(c->world, c->rq);
}

static void post_clock(struct control *c)
{
    int64_t rate = -1, set_ms = -1;

    if (sim_order_keys(c->body, clock_keys, c->words)) {
        answer_words(c->rq, 400, c->words);
        return;
    }
    const bool has_rate = json_number(json_get(c->body, "rate"), 0, RATE_MAX, &rate);
    const bool has_set = json_number(json_get(c->body, "set_ms"), 0, LAST_MS, &set_ms);
    if (!has_rate && !has_set) {
        answer_words(c->rq, 400, "rate or set_ms is expected");
        return;
    }
    if (has_set && set_ms < sim_world_now(c->world)) {
        answer_words(c->rq, 400, "set_ms is past: the clock only goes on");
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

/* Reads what a turn is to be; the words of what is wrong, or NULL. */
static const char *read_turn(struct control *c, struct sim_turn *out)
{
    int64_t for_ms = 0;

    if (sim_order_keys(c->body, turn_keys, c->words))
        return c->words;
    const bool has_for = json_number(json_get(c->body, "for_ms"), 0, LAST_MS, &for_ms);
    const bool has_until = json_number(json_get(c->body, "until_ms"), 0, LAST_MS, &out->until_ms);
    const bool has_next = json_bool(json_get(c->body, "next"));
    if (has_for + has_until + has_next != 1)
        return "one of for_ms, until_ms and next is expected";
    if (has_for)
        out->until_ms = sim_world_now(c->world) + for_ms;
    if (has_for && out->until_ms > LAST_MS)
        return "for_ms leads out of the year 9999";
    if (has_next)
        out->until_ms = sim_view_next(c->world);
    (void)json_number(json_get(c->body, "settle_ms"), 0, SETTLE_MAX_MS, &out->settle_ms);
    (void)json_number(json_get(c->body, "patience_ms"), 0, PATIENCE_MAX_MS, &out->patience_ms);
    return NULL;
}

static void post_turn(struct control *c)
{
    struct sim_turn turn = {.rq = c->rq, .settle_ms = SETTLE_MS, .patience_ms = PATIENCE_MS};
    const char *why = read_turn(c, &turn);

    if (why) {
        answer_words(c->rq, 400, why);
    } else if (turn.until_ms == CLOCK_NEVER) {
        answer_words(c->rq, 409, "nothing is planned");
    } else if (c->turn->rq && !http_has_gone(c->turn->rq)) {
        answer_words(c->rq, 409, "the clock is being turned already");
    } else {
        if (c->turn->rq)
            sim_control_stuck(c->world, c->turn, "whoever turned it has gone");
        turn.since_ns = clock_mono_ns();
        *c->turn = turn;
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
    } else if (sim_order_fault_put(c->world, &fault)) {
        answer_words(c->rq, 400, "there are too many faults waiting");
    } else {
        buf_add_text(&c->out, "{}");
        answer_buf(c);
    }
}

static void get_fault(struct control *c)
{
    sim_order_faults_list(&c->world->faults, &c->out);
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

/* A picture of a text, for the page that shows it: no fetch of the carrier's, so neither the
 * timeline nor a fault knows of it. Whatever it is, opened alone it may do nothing. */
static void get_photo(struct control *c)
{
    const struct sim_media *m = sim_world_media(c->world, c->name);
    static const struct http_field fields[] = {
        {"Content-Security-Policy", SPAN("default-src 'none'; sandbox")},
        {"X-Content-Type-Options", SPAN("nosniff")},
        {"Cross-Origin-Resource-Policy", SPAN("same-origin")},
        {"Cache-Control", SPAN("private, max-age=3600")},
        {NULL, {0}},
    };

    if (!m || !m->bytes || !span_is_text(c->name, m->key))
        answer_words(c->rq, 404, "no such picture");
    else
        http_answer(c->rq, 200,
                    span_starts(span_of(m->type), SPAN("image/")) ? m->type
                                                                  : "application/octet-stream",
                    (struct span){m->bytes, m->size}, fields);
}

/* clang-format off */
static const struct {
    const char *method, *path;
    bool named; /* a name follows the path */
    bool json;  /* a body is expected, and parsed */
    void (*answer)(struct control *c);
    const char *does; /* for docs/simulator.md */
} routes[] = {
    {"POST",   "/sim/setup",    false, false, post_setup,
     "accounts, numbers and phones, from JSON; what is not named stays"},
    {"POST",   "/sim/calls",    false, true,  post_calls,
     "a phone calls a number"},
    {"POST",   "/sim/calls/",   true,  true,  post_call,
     "{sid}: answers, presses keys, says words, hangs up"},
    {"POST",   "/sim/texts",    false, true,  post_texts,
     "a phone sends a text"},
    {"GET",    "/sim/stream",   false, false, get_stream,
     "everything that happens, as an event stream"},
    {"GET",    "/sim/phones",   false, false, get_phones,
     "all phones"},
    {"POST",   "/sim/phones/",  true,  true,  post_phone,
     "{number}: a hand on the phone"},
    {"PUT",    "/sim/phones/",  true,  true,  put_phone,
     "{number}: what the phone does by itself"},
    {"GET",    "/sim/phones/",  true,  false, get_phone,
     "{number}: texts it has, calls, words it heard"},
    {"GET",    "/sim/timeline", false, false, get_timeline,
     "what happened, above entry ?after="},
    {"GET",    "/sim/warnings", false, false, get_warnings,
     "the warnings among it"},
    {"GET",    "/sim/clock",    false, false, get_clock,
     "what time it is, and when the next thing happens"},
    {"POST",   "/sim/clock",    false, true,  post_clock,
     "sets the clock, or lets it run"},
    {"POST",   "/sim/turn",     false, true,  post_turn,
     "turns the clock on, from one due instant to the next"},
    {"POST",   "/sim/fault",    false, true,  post_fault,
     "something will go wrong"},
    {"GET",    "/sim/fault",    false, false, get_fault,
     "what waits to go wrong, and how often it has"},
    {"DELETE", "/sim/fault",    false, false, delete_fault,
     "all is well again, or ?what="},
    {"GET",    "/sim/media/",   true,  false, get_media,
     "{key}: the bytes of a medium"},
    {"GET",    "/sim/photos/",  true,  false, get_photo,
     "{key}: the bytes of a photo"},
};
/* clang-format on */

void sim_control_print(struct buf *out)
{
    buf_add_text(out, "| method | path | does |\n|---|---|---|\n");
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        buf_printf(out, "| %s | `%s` | %s |\n", routes[i].method, routes[i].path,
                   routes[i].does ? routes[i].does : "");
    sim_hand_print(out);
}

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

void sim_control_refuse(struct http_request *rq, const char *words)
{
    answer_words(rq, 403, words);
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
