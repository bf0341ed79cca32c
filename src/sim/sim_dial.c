#include "sim/sim_dial.h"

#include "codec/phone.h"
#include "sim/sim_conference.h"
#include "sim/sim_machine.h"
#include "sim/sim_note.h"
#include "sim/sim_phone.h"

enum { NOUNS_MAX = 10, ERROR_CALLER_ID = 13214, ERROR_NUMBER = 13224, ERROR_NOUN = 13215 };

struct dial {
    struct sim_run *run;
    const struct xml_node *verb;
    struct sim_leg *legs[NOUNS_MAX];
    const struct xml_node *nouns[NOUNS_MAX]; /* NULL: the number stands in the Dial itself */
    struct span numbers[NOUNS_MAX];
    const char *urls[NOUNS_MAX], *methods[NOUNS_MAX];
    size_t count, begun; /* begun: how many have been rung */
    struct sim_leg *joined, *last, *picked;
    int64_t timeout_ms;
    uint64_t limit_timer;
    bool released; /* the child went elsewhere */
    bool over;
};

static const char *const result_words[] = {"completed", "busy", "no-answer", "failed", "canceled"};

static size_t place_of(const struct dial *d, const struct sim_leg *leg)
{
    size_t i = 0;

    while (i < d->count && d->legs[i] != leg)
        i++;
    return i;
}

static void drop_others(struct dial *d, const struct sim_leg *kept)
{
    for (size_t i = 0; i < d->begun; i++)
        if (d->legs[i] && d->legs[i] != kept)
            sim_leg_end(d->legs[i], SIM_CANCELED);
}

static bool any_alive(const struct dial *d)
{
    for (size_t i = 0; i < d->begun; i++)
        if (d->legs[i] && !sim_leg_is_over(d->legs[i]))
            return true;
    return false;
}

static void result_params(const struct dial *d, struct sim_params *p)
{
    const struct sim_leg *leg = d->joined ? d->joined : d->picked ? d->picked : d->last;
    const bool ended = leg && leg->state >= SIM_COMPLETED;
    const size_t word = ended ? (size_t)(leg->state - SIM_COMPLETED) : d->released ? 0 : 3;

    sim_params_text(p, "DialCallStatus", result_words[word]);
    if (leg) {
        const int64_t since_ms = leg->answered_ms ? leg->answered_ms : leg->ended_ms;
        sim_params_text(p, "DialCallSid", leg->sid);
        if (ended)
            sim_params_number(p, "DialCallDuration", (leg->ended_ms - since_ms + 500) / 1000);
    }
    sim_params_text(p, "DialBridged", d->joined ? "true" : "false");
}

/* The Dial has come to its end: its action takes over, or else the next verb. */
static void finish(struct dial *d)
{
    struct sim_run *run = d->run;
    struct sim_params p = {.arena = arena_open(0)};

    if (d->over)
        return;
    d->over = true;
    sim_agenda_cancel(run->leg->world->agenda, &d->limit_timer);
    drop_others(d, NULL);
    result_params(d, &p);
    if (!run->closed || !run->leg->world->quiet_end)
        sim_run_action(run, d->verb, &p);
    arena_close(&p.arena);
}

static void begin_next(struct dial *d);

static void leg_rang(struct sim_leg *leg)
{
    sim_phone_take(leg);
}

static void limit_due(void *ctx)
{
    struct dial *d = ctx;

    d->limit_timer = 0;
    sim_leg_end(d->joined, SIM_COMPLETED);
}

static void join(struct dial *d, struct sim_leg *leg)
{
    struct sim_leg *caller = d->run->leg;
    const int64_t limit_s = sim_run_number(d->verb, "timeLimit", 1, 86400, 14400);

    if (d->joined || d->over) {
        sim_leg_end(leg, SIM_COMPLETED);
        return;
    }
    d->joined = leg;
    drop_others(d, leg);
    sim_leg_answer(caller);
    sim_leg_join(caller, leg);
    d->limit_timer = sim_agenda_add(leg->world->agenda, sim_world_now(leg->world) + limit_s * 1000,
                                    limit_due, d);
}

static void whisper_over(struct sim_run *run, enum sim_run_end how)
{
    if (how == SIM_RUN_OVER)
        join(run->leg->owner_ctx, run->leg);
    else
        sim_leg_end(run->leg, SIM_COMPLETED);
}

static void go_on(struct sim_leg *leg)
{
    struct dial *d = leg->owner_ctx;
    const size_t i = place_of(d, leg);

    if (!d->urls[i]) {
        join(d, leg);
        return;
    }
    struct sim_run *whisper = sim_run_open(leg, true, whisper_over);
    sim_run_fetch(whisper, span_of(d->urls[i]), span_of(d->methods[i]), NULL);
}

static void leg_answered(struct sim_leg *leg)
{
    struct dial *d = leg->owner_ctx;

    d->picked = d->picked ? d->picked : leg;
    if (!leg->world->drops_at_join)
        drop_others(d, leg);
    sim_machine_listen(leg, go_on);
}

static void leg_key(struct sim_leg *leg, char key)
{
    if (leg->run && leg->run->key)
        leg->run->key(leg->run, key);
}

static void leg_speech(struct sim_leg *leg, struct span words, int confidence)
{
    if (leg->run && leg->run->speech)
        leg->run->speech(leg->run, words, confidence);
}

static void leg_ended(struct sim_leg *leg)
{
    struct dial *d = leg->owner_ctx;

    if (leg->run)
        sim_run_close(leg->run, SIM_STOP_GONE);
    if (d->over)
        return;
    if (leg->state != SIM_CANCELED)
        d->last = leg;
    if (leg == d->joined || !any_alive(d)) {
        const bool settled = d->joined || (d->picked && !leg->world->drops_at_join);
        if (!settled && d->begun < d->count)
            begin_next(d);
        else
            finish(d);
    }
}

static const struct sim_leg_side side = {.rang = leg_rang,
                                         .answered = leg_answered,
                                         .key = leg_key,
                                         .speech = leg_speech,
                                         .ended = leg_ended};

/* The caller's star key ends the other side when the document says so. */
static void caller_key(struct sim_run *run, char key)
{
    struct dial *d = run->state;

    if (key == '*' && d->joined && sim_run_flag(d->verb, "hangupOnStar", false))
        sim_leg_end(d->joined, SIM_COMPLETED);
}

static void caller_stop(struct sim_run *run, enum sim_run_stop why)
{
    struct dial *d = run->state;
    struct sim_leg *shown = d->joined;

    for (size_t i = 0; i < d->begun && !shown; i++)
        shown = d->legs[i];
    if (why == SIM_STOP_REPLACED)
        d->over = true;
    else
        d->last = shown;
    sim_agenda_cancel(run->leg->world->agenda, &d->limit_timer);
    const bool over = d->over;
    d->over = true; /* the legs' ends are ours and start nothing */
    drop_others(d, NULL);
    d->over = over;
    finish(d);
}

void sim_dial_release(struct sim_leg *leg)
{
    struct dial *d = leg->owner_ctx;

    if (leg->owner != &side)
        return;
    leg->owner = NULL;
    if (d->over)
        return;
    d->legs[place_of(d, leg)] = NULL;
    d->last = leg;
    d->released = true;
    finish(d);
}

/* Fills in what a Number noun asks for beyond the number. */
static void noun_settings(struct dial *d, size_t i, struct sim_leg *leg)
{
    const struct xml_node *noun = d->nouns[i];

    if (!noun)
        return;
    const struct span method = sim_run_attr(noun, "method", "POST");
    const struct span told = sim_run_attr(noun, "statusCallbackMethod", "POST");
    d->urls[i] = sim_run_address(d->run, noun, "url");
    d->methods[i] = span_is_text(method, "GET") ? "GET" : "POST";
    leg->callback.url = sim_run_address(d->run, noun, "statusCallback");
    leg->callback.method = span_is_text(told, "GET") ? "GET" : "POST";
    leg->callback.events = sim_leg_events(sim_run_attr(noun, "statusCallbackEvent", "completed"));
    const struct span detect = xml_attr_get(noun, "machineDetection");
    leg->detection.async = true;
    leg->detection.mode = detect.size ? arena_text(leg->arena, detect) : NULL;
    leg->detection.callback.url = sim_run_address(d->run, noun, "amdStatusCallback");
    leg->detection.callback.method = "POST";
}

/* The caller id to show: one of the account's numbers, or the number that calls. */
static struct span caller_id(struct dial *d)
{
    const struct sim_leg *caller = d->run->leg;
    const bool in = caller->direction == SIM_INBOUND;
    const struct span said = xml_attr_get(d->verb, "callerId");
    const struct span given = said.size ? said : span_of(in ? caller->from : caller->to);

    if (sim_world_number(caller->account, given) || caller->account->any_caller_id)
        return given;
    if (!caller->account->caller_id_refused &&
        (!said.size || span_is_text(given, caller->from) || span_is_text(given, caller->to)))
        return given;
    sim_note_warning(caller->world, ERROR_CALLER_ID, caller->sid, "callerId %.*s is not yours",
                     SPAN_ARG(given));
    return (struct span){0};
}

static void begin_one(struct dial *d, size_t i)
{
    struct sim_leg *caller = d->run->leg;
    char number[PHONE_TEXT_SIZE] = "";
    const struct span from = caller_id(d);
    const bool address = d->nouns[i] && !span_is_text(d->nouns[i]->name, "Number");
    const bool good =
        address || phone_parse(d->numbers[i].data, d->numbers[i].size, "US", number) == PHONE_GOOD;
    struct sim_leg *leg = sim_leg_new(caller->world, caller->account, SIM_OUTBOUND_DIAL, from,
                                      number[0] ? span_of(number) : d->numbers[i]);

    d->legs[i] = leg;
    if (!leg)
        return;
    leg->parent = caller;
    leg->timeout_ms = d->timeout_ms;
    leg->fallback_url = caller->fallback_url;
    noun_settings(d, i, leg);
    sim_leg_dial(leg);
    if (good && from.size) {
        leg->owner = &side;
        leg->owner_ctx = d;
        return;
    }
    sim_note_warning(caller->world, ERROR_NUMBER, caller->sid, "\"%.*s\" cannot be dialled",
                     SPAN_ARG(d->numbers[i]));
    d->last = leg;
    sim_leg_end(leg, SIM_FAILED); /* without an owner: begin_next sees to what follows */
}

/* Rings all of them, or, one after the other, the next. */
static void begin_next(struct dial *d)
{
    const bool one = sim_run_flag(d->verb, "sequential", false);
    const size_t first = d->begun, end = one && d->count ? d->begun + 1 : d->count;

    d->begun = end;
    for (size_t i = first; i < end; i++)
        begin_one(d, i);
    if (!d->over && !any_alive(d)) {
        if (d->begun < d->count)
            begin_next(d);
        else
            finish(d);
    }
}

static void add_number(struct dial *d, const struct xml_node *noun, struct span number)
{
    if (d->count == NOUNS_MAX) {
        sim_note_warning(d->run->leg->world, ERROR_NOUN, d->run->leg->sid,
                         "only %d numbers ring at once", NOUNS_MAX);
        return;
    }
    d->nouns[d->count] = noun;
    d->numbers[d->count++] = arena_copy(d->run->leg->arena, number);
}

static void collect(struct dial *d)
{
    const struct span plain = xml_text(d->run->arena, d->verb);

    for (const struct xml_node *n = d->verb->child; n; n = n->next) {
        if (span_is_text(n->name, "Number") || span_is_text(n->name, "Sip"))
            add_number(d, n, sim_run_words(d->run, n));
        else if (span_is_text(n->name, "Client"))
            add_number(d, n,
                       span_of(arena_printf(d->run->arena, "client:%.*s",
                                            SPAN_ARG(sim_run_words(d->run, n)))));
        else if (n->name.size)
            sim_note_warning(d->run->leg->world, ERROR_NOUN, d->run->leg->sid,
                             "<%.*s> is not played here", SPAN_ARG(n->name));
    }
    if (!d->count && plain.size)
        add_number(d, NULL, plain);
}

void sim_dial_start(struct sim_run *run, const struct xml_node *verb)
{
    struct dial *d = ARENA_NEW(run->leg->arena, struct dial);

    for (const struct xml_node *n = verb->child; n; n = n->next)
        if (span_is_text(n->name, "Conference")) {
            sim_conference_enter(run, verb, n);
            return;
        }
    *d = (struct dial){
        .run = run, .verb = verb, .timeout_ms = sim_run_number(verb, "timeout", 5, 600, 30) * 1000};
    run->state = d;
    run->key = caller_key;
    run->stop = caller_stop;
    if (!sim_run_flag(verb, "answerOnBridge", false))
        sim_leg_answer(run->leg);
    collect(d);
    begin_next(d);
}
