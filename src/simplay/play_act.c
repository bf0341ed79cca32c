#include "simplay/play_act.h"

#include <string.h>

#include "sim/sim_order.h"
#include "simplay/play.h"
#include "simplay/play_behaviour.h"
#include "simsetup/sim_setup.h"
#include "simtext/sim_inbox.h"
#include "simvoice/sim_call.h"
#include "simvoice/sim_phone.h"
#include "simworld/sim_note.h"

enum { MEDIA_BYTES = 64, CONFIDENCE = 90, REQUEST_MS = 30000 };

typedef const struct play_statement statement;

static const struct play_arg *arg(statement *s, size_t index)
{
    return &s->args.list[index];
}

/* ---- settings ---- */

static void set_nothing(struct play *p, statement *s)
{
    (void)p;
    (void)s;
}

static void set_clock(struct play *p, statement *s)
{
    p->start_ms = arg(s, 0)->n;
}

static void set_seed(struct play *p, statement *s)
{
    if (!p->seed)
        p->seed = (uint64_t)arg(s, 0)->n + 1;
}

static void set_env(struct play *p, statement *s)
{
    if (p->server.env_count == PLAY_ENV_MAX)
        play_give_up(p, "there are too many settings by env");
    else
        p->server.env[p->server.env_count++] = arena_printf(
            p->arena, "%.*s=%.*s", SPAN_ARG(arg(s, 0)->text), SPAN_ARG(arg(s, 1)->text));
}

static void set_roster(struct play *p, statement *s)
{
    p->roster = arg(s, 0)->text;
}

static void set_drops_at_pickup(struct play *p, statement *s)
{
    (void)s;
    p->drops = "pickup";
}

static void set_drops_at_bridge(struct play *p, statement *s)
{
    (void)s;
    p->drops = "bridge";
}

/* ---- calls ---- */

static void do_call(struct play *p, statement *s)
{
    struct sim_call_plan plan = {.hang_up_ms = arg(s, 2)->given ? arg(s, 2)->n : -1};
    struct sim_leg *leg = NULL;
    const struct play_arg *hides = arg(s, 3), *through = arg(s, 4);
    const struct span from = hides->given ? SPAN("+266696687") : span_of(arg(s, 0)->party->number);

    plan.behaviour.manner = SIM_ANSWER;
    if (through->given)
        plan.origin.forwarded_from = through->party->number;
    if (!play_behaviour_steps(p, s, &plan))
        return;
    const enum err e =
        sim_call_place(p->world, from, span_of(arg(s, 1)->party->number), &plan, &leg);
    if (e)
        play_give_up(p, "the call cannot be placed: %s", err_name(e));
}

/* The newest call of the phone that is not over. */
static struct sim_leg *leg_of(struct play *p, const struct play_party *phone)
{
    for (size_t i = p->world->leg_count; i-- > 0;) {
        struct sim_leg *leg = p->world->legs[i];
        if (!sim_leg_is_over(leg) && leg->phone && !strcmp(leg->phone->number, phone->number))
            return leg;
    }
    play_give_up(p, "%s is in no call", phone->name);
    return NULL;
}

static void do_pick_up(struct play *p, statement *s)
{
    struct sim_leg *leg = leg_of(p, arg(s, 0)->party);

    if (leg)
        sim_phone_answer(leg);
}

static void do_press(struct play *p, statement *s)
{
    struct sim_leg *leg = leg_of(p, arg(s, 0)->party);
    const struct span keys = arg(s, 1)->text;

    for (size_t i = 0; leg && i < keys.size; i++)
        sim_leg_press(leg, keys.data[i]);
}

static void do_say(struct play *p, statement *s)
{
    struct sim_leg *leg = leg_of(p, arg(s, 0)->party);

    if (leg)
        sim_leg_speak(leg, play_fill(p, NULL, arg(s, 1)->text), CONFIDENCE);
}

static void do_hang_up(struct play *p, statement *s)
{
    struct sim_leg *leg = leg_of(p, arg(s, 0)->party);

    if (leg)
        sim_phone_hang_up(leg);
}

/* ---- texts ---- */

static void send_text(struct play *p, const struct play_party *from, const char *to,
                      const struct play_arg *words, const struct play_arg *type)
{
    struct sim_text_draft draft = {.from = span_of(from->number), .to = span_of(to)};
    struct sim_text *text = NULL;

    draft.body = play_fill(p, from, words->text);
    if (type->given) {
        char *bytes = arena_alloc(p->arena, MEDIA_BYTES);
        memset(bytes, 'm', MEDIA_BYTES);
        draft.media[0].type = type->text;
        draft.media[0].bytes = (struct span){bytes, MEDIA_BYTES};
        draft.media_count = 1;
    }
    if (!p->why && sim_inbox_receive(p->world, &draft, &text))
        play_give_up(p, "the text cannot be sent");
}

static void do_text(struct play *p, statement *s)
{
    send_text(p, arg(s, 0)->party, arg(s, 1)->party->number, arg(s, 2), arg(s, 3));
}

static void do_reply(struct play *p, statement *s)
{
    const struct play_party *phone = arg(s, 0)->party;
    const char *to = NULL;

    for (size_t i = 0; i < p->world->text_count; i++)
        if (p->world->texts[i]->arrived_ms && !strcmp(p->world->texts[i]->to, phone->number))
            to = p->world->texts[i]->from;
    if (to)
        send_text(p, phone, to, arg(s, 1), arg(s, 2));
    else
        play_give_up(p, "no text came to %s: there is nothing to reply to", phone->name);
}

/* ---- requests ---- */

static void answered(void *ctx, const struct http_result *r)
{
    struct play *p = ctx;

    p->answer_status = r->outcome == HTTP_ANSWERED ? r->status : 0;
    p->answer = arena_copy(p->arena, r->outcome == HTTP_ANSWERED ? r->body : span_of(r->why));
    p->world->stirred_ns = clock_mono_ns(); /* it may ask for something because of it */
    play_turn(p, 0);
}

static void request(struct play *p, const char *method, struct span to, struct span body,
                    bool by_socket)
{
    const bool is_json = body.size && (body.data[0] == '{' || body.data[0] == '[');
    const char *const headers[] = {is_json ? "Content-Type: application/json"
                                           : "Content-Type: application/x-www-form-urlencoded",
                                   NULL};
    const bool whole = span_starts(to, SPAN("http"));
    const char *base = by_socket ? "http://localhost" : play_server_base(&p->server);
    const struct http_call call = {
        .method = method,
        .url = arena_printf(p->arena, "%s%.*s", whole ? "" : base, SPAN_ARG(to)),
        .unix_socket = by_socket && !whole ? p->server.socket : NULL,
        .headers = headers,
        .body = body,
        .total_ms = REQUEST_MS,
        .max_bytes = PLAY_ANSWER_BYTES_MAX,
    };

    if (p->why)
        return;
    p->waits = PLAY_ASKS;
    http_client_send(p->client, &call, answered, p);
}

static void do_open(struct play *p, statement *s)
{
    request(p, "GET", play_fill(p, arg(s, 0)->party, arg(s, 1)->text), (struct span){0}, false);
}

static void do_post(struct play *p, statement *s)
{
    const struct play_party *phone = arg(s, 0)->party;

    request(p, "POST", play_fill(p, phone, arg(s, 1)->text), play_fill(p, phone, arg(s, 2)->text),
            false);
}

static void do_request(struct play *p, statement *s)
{
    request(p, arena_text(p->arena, arg(s, 0)->text), play_fill(p, NULL, arg(s, 1)->text),
            play_fill(p, NULL, arg(s, 2)->text), p->server.socket != NULL);
}

static void do_take_text(struct play *p, statement *s)
{
    const struct span text = play_last_text(p, arg(s, 1)->party);

    if (!play_take(p, arg(s, 0)->text, arg(s, 2)->text.data, text))
        play_give_up(p, "the pattern finds nothing in the last text to %s: \"%.*s\"",
                     arg(s, 1)->party->name, SPAN_ARG(text));
}

static void do_take_answer(struct play *p, statement *s)
{
    if (!play_take(p, arg(s, 0)->text, arg(s, 1)->text.data, p->answer))
        play_give_up(p, "the pattern finds nothing in the answer: %.*s", SPAN_ARG(p->answer));
}

/* ---- time, server, network ---- */

static void do_scene(struct play *p, statement *s)
{
    (void)s;
    play_turn(p, 1); /* so that nothing of the last scene bears the time of this one */
    p->scene_ms = p->until_ms;
}

static void do_turn(struct play *p, statement *s)
{
    play_turn(p, arg(s, 0)->n);
}

static void put_fault(struct play *p, const struct sim_fault *fault)
{
    if (sim_order_fault_put(p->world, fault))
        play_give_up(p, "there are too many faults waiting");
}

static void do_jump(struct play *p, statement *s)
{
    struct sim_fault f = sim_fault_usual(SIM_CLOCK_JUMP);

    f.after_ms = arg(s, 0)->n;
    put_fault(p, &f);
}

static void do_carrier_down(struct play *p, statement *s)
{
    struct sim_fault f = sim_fault_usual(SIM_CARRIER_DOWN);

    f.for_ms = arg(s, 0)->n;
    put_fault(p, &f);
}

static void do_carrier_up(struct play *p, statement *s)
{
    (void)s;
    sim_fault_clear(&p->world->faults, SIM_CARRIER_DOWN);
    sim_note(p->world, "fault", "%s cleared", sim_fault_name(SIM_CARRIER_DOWN));
}

static void do_fault(struct play *p, statement *s)
{
    struct sim_fault f = sim_fault_usual((enum sim_fault_kind)arg(s, 0)->n);

    if (arg(s, 1)->given)
        f.resource = arena_text(p->arena, arg(s, 1)->text);
    if (arg(s, 2)->given)
        f.to = arg(s, 2)->party->number;
    if (arg(s, 3)->given)
        f.left = (int)arg(s, 3)->n;
    if (arg(s, 4)->given)
        f.after_ms = arg(s, 4)->n;
    if (arg(s, 5)->given) {
        f.for_ms = arg(s, 5)->n;
        f.left = 0;
    }
    put_fault(p, &f);
}

static void do_fault_ends(struct play *p, statement *s)
{
    const enum sim_fault_kind kind = (enum sim_fault_kind)arg(s, 0)->n;

    sim_fault_clear(&p->world->faults, kind);
    sim_note(p->world, "fault", "%s is over", sim_fault_name(kind));
}

static bool has_command(struct play *p)
{
    if (p->server.url)
        play_give_up(p, "a server that runs elsewhere can be neither stopped nor started here");
    return !p->server.url;
}

static void do_kill(struct play *p, statement *s)
{
    (void)s;
    if (has_command(p))
        play_server_kill(&p->server);
}

static void do_stop(struct play *p, statement *s)
{
    (void)s;
    if (!has_command(p))
        return;
    play_server_ask_to_end(&p->server);
    p->waits = PLAY_STOPS;
    p->since_ns = clock_mono_ns();
}

static void do_start(struct play *p, statement *s)
{
    (void)s;
    if (!has_command(p))
        return;
    if (p->server.pid)
        play_give_up(p, "the server runs already");
    else
        play_start_server(p);
}

/* clang-format off */
const struct play_row play_act_settings[] = {
    {"line {new} {number} [voice {word}] [text {word}] [status {word}] [fallback {word}]",
     set_nothing, "a number of the account, and the paths of its webhooks at the server (as nextring's when not said)", false, PLAY_LINE},
    {"phone {new} {number}", set_nothing, "a phone outside: of a person, whose name it has here", false, PLAY_PHONE},
    {"clock {instant}", set_clock, "the instant at which it begins (Monday, 2026-11-23 18:05 in Los Angeles when not said)", false, PLAY_SETTING},
    {"seed {n}", set_seed, "another seed of SIDs, tags and links; --seed goes before it", false, PLAY_SETTING},
    {"env {word} {word}", set_env, "a variable of the server's environment; may be in quotes and have placeholders", false, PLAY_SETTING},
    {"roster {rest}", set_roster, "a roster for {roster}: a file beside the scenario, or JSON on indented lines", false, PLAY_SETTING},
    {"dial drops others at pickup", set_drops_at_pickup, "of several numbers in one Dial, those not answered stop ringing at the first pick-up", false, PLAY_SETTING},
    {"dial drops others at bridge", set_drops_at_bridge, "the same, only once the first is joined with the caller", false, PLAY_SETTING},
    {NULL, NULL, NULL, false, PLAY_NOTHING},
};

const struct play_row play_act_rows[] = {
    {"{who} [afterwards] ignores calls", play_behaviour_ignore, "the phone rings out. `afterwards`, here and below: from the next call on, when the behaviours before it are used up", false, PLAY_NOTHING},
    {"{who} [afterwards] answers [after {dur}]", play_behaviour_answer, "picks up after so long; steps follow", true, PLAY_NOTHING},
    {"{who} [afterwards] declines [after {dur}]", play_behaviour_decline, "refuses the call", false, PLAY_NOTHING},
    {"{who} [afterwards] is busy", play_behaviour_busy, "busy tone", false, PLAY_NOTHING},
    {"{who} [afterwards] has voicemail [after {dur}] [greeting {dur}]", play_behaviour_voicemail, "a voicemail box picks up after so long and greets", false, PLAY_NOTHING},
    {"{who} [afterwards] screens calls [after {dur}] [listening {dur}]", play_behaviour_screen, "the phone itself picks up and asks who calls; with steps its owner takes the call once it has listened", true, PLAY_NOTHING},
    {"{who} is unreachable", play_behaviour_unreachable, "calls fail, texts come back undelivered", false, PLAY_NOTHING},
    {"{who} is reachable", play_behaviour_reachable, "no longer", false, PLAY_NOTHING},
    {"{who} is a landline", play_behaviour_landline, "texts come back undelivered, calls are taken", false, PLAY_NOTHING},
    {"{who} refuses texts [with {n}]", play_behaviour_refuse, "they come back undelivered with that code (30005)", false, PLAY_NOTHING},

    {"{who} calls {line} [hanging up after {dur}] [anonymously] [forwarded by {who}]", do_call, "places a call; steps follow once it is answered; forwarded: by a phone that it was for", true, PLAY_NOTHING},
    {"{who} picks up", do_pick_up, "takes the call that rings, now", false, PLAY_NOTHING},
    {"{who} presses {keys}", do_press, "presses keys in a call, now", false, PLAY_NOTHING},
    {"{who} says {words}", do_say, "speaks in a call, now", false, PLAY_NOTHING},
    {"{who} hangs up", do_hang_up, "puts the phone down, or declines, now", false, PLAY_NOTHING},
    {"{who} texts {line} {words} [with {word}]", do_text, "sends a text; with: a picture or the like of that type, image/jpeg", false, PLAY_NOTHING},
    {"{who} replies {words} [with {word}]", do_reply, "answers the last text that came to the phone", false, PLAY_NOTHING},
    {"{who} opens {words}", do_open, "gets a page, \"{link}\"", false, PLAY_NOTHING},
    {"{who} posts {words} [with {words}]", do_post, "posts a form to a page", false, PLAY_NOTHING},
    {"request {word} {word} {rest}", do_request, "method and path of the server's API, and a JSON body; of nextring by its control socket", false, PLAY_NOTHING},
    {"take {new} from answer by {words}", do_take_answer, "keeps what an extended regular expression (its first group) finds in the last answer, as {name}", false, PLAY_NOTHING},
    {"take {new} from {who} by {words}", do_take_text, "the same in the last text that came to the phone; {tag} and {link} are there by themselves", false, PLAY_NOTHING},

    {"scene {words}", do_scene, "begins a new scene: expectations look back as far as here", false, PLAY_NOTHING},
    {"turn {dur}", do_turn, "the clock goes on, and all that is due happens", false, PLAY_NOTHING},
    {"clock jumps {dur}", do_jump, "the clock leaps ahead, and nothing in between happens on time", false, PLAY_NOTHING},
    {"server is killed", do_kill, "kill -9", false, PLAY_NOTHING},
    {"server stops", do_stop, "it is asked to end, and ends", false, PLAY_NOTHING},
    {"server starts", do_start, "once more, with the same state; it is there at the beginning by itself", false, PLAY_NOTHING},
    {"carrier is down [for {dur}]", do_carrier_down, "no webhook gets through, and no request to the carrier", false, PLAY_NOTHING},
    {"carrier is up", do_carrier_up, "again", false, PLAY_NOTHING},
    {"fault {fault} ends", do_fault_ends, "forgets a fault that waits or lasts", false, PLAY_NOTHING},
    {"fault {fault} [on {resource}] [to {who}] [{n} times] [after {dur}] [for {dur}]", do_fault, "something goes wrong, see the faults", false, PLAY_NOTHING},
    {NULL, NULL, NULL, false, PLAY_NOTHING},
};
/* clang-format on */
