#include "simplay/play_behaviour.h"

#include <string.h>

#include "codec/json.h"
#include "simsetup/sim_setup.h"

enum { SCRIPT_BYTES_MAX = 64 << 10, PRESS_AFTER_MS = 2000, LEAVE_MS = 10000, REFUSED = 30005 };

/* ---- steps ---- */

static void put_after(struct json_out *o, const struct play_arg *after, int64_t usual_ms)
{
    json_out_number(o, "after_ms", after->given ? after->n : usual_ms);
}

static void put_press(struct play *p, const struct play_args *a, struct json_out *o)
{
    (void)p;
    json_out_text(o, "press", a->list[0].text);
    put_after(o, &a->list[1], PRESS_AFTER_MS);
}

static void put_say(struct play *p, const struct play_args *a, struct json_out *o)
{
    json_out_text(o, "say", play_fill(p, NULL, a->list[0].text));
    put_after(o, &a->list[1], PRESS_AFTER_MS);
}

static void put_talk(struct play *p, const struct play_args *a, struct json_out *o)
{
    (void)p;
    json_out_number(o, "talk_ms", a->list[0].n);
}

static void put_wait(struct play *p, const struct play_args *a, struct json_out *o)
{
    (void)p;
    json_out_number(o, "wait_ms", a->list[0].n);
}

static void put_hang_up(struct play *p, const struct play_args *a, struct json_out *o)
{
    (void)p;
    json_out_bool(o, "hangup", true);
    put_after(o, &a->list[0], 0);
}

typedef void put_fn(struct play *p, const struct play_args *a, struct json_out *o);

static const char leaves[] = "leaves {words} [for {dur}]";

/* By the pattern of the rows below, in their order; what is left on a voicemail is no step. */
/* clang-format off */
static put_fn *const puts_of[] = {put_press, put_say, put_talk, put_wait, put_hang_up, NULL};

const struct play_row play_act_steps[] = {
    {"presses {keys} [after {dur}]", NULL, "presses keys, 2 s after what was before when not said", false, PLAY_NOTHING},
    {"says {words} [after {dur}]", NULL, "speaks", false, PLAY_NOTHING},
    {"talks {dur}", NULL, "talks with whoever is there, once somebody is", false, PLAY_NOTHING},
    {"waits {dur}", NULL, "does nothing", false, PLAY_NOTHING},
    {"hangs up [after {dur}]", NULL, "puts the phone down", false, PLAY_NOTHING},
    {leaves, NULL, "of a caller: what he says on a voicemail, and for how long (10 s)", false, PLAY_NOTHING},
    {NULL, NULL, NULL, false, PLAY_NOTHING},
};
/* clang-format on */

static void put_steps(struct play *p, const struct play_statement *s, struct json_out *o,
                      const char *key)
{
    json_out_list(o, key);
    for (size_t i = 0; i < s->step_count; i++) {
        put_fn *put = puts_of[s->steps[i].row - play_act_steps];
        if (!put)
            continue;
        json_out_object(o, NULL);
        put(p, &s->steps[i].args, o);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

bool play_behaviour_steps(struct play *p, const struct play_statement *s, struct sim_call_plan *out)
{
    struct buf b = buf_in(p->arena, SCRIPT_BYTES_MAX);
    struct json_out o = json_out(&b);
    struct json *root = NULL;
    struct json_place place;
    char words[SIM_SETUP_WORDS] = "";

    put_steps(p, s, &o, NULL);
    for (size_t i = 0; i < s->step_count; i++)
        if (s->steps[i].row->pattern == leaves) {
            const struct play_arg *a = s->steps[i].args.list;
            out->voicemail_words = arena_text(p->arena, a[0].text);
            out->voicemail_ms = a[1].given ? a[1].n : LEAVE_MS;
        }
    if (json_parse(buf_span(&b), &root, &place) ||
        sim_setup_steps(p->world, root, &out->behaviour, words))
        play_give_up(p, "the steps are not understood: %s", words);
    json_close(&root);
    return p->why == NULL;
}

/* ---- phones ---- */

static struct play_phone *phone_of(struct play *p, const struct play_statement *s)
{
    return &p->phones[s->args.list[0].party - p->script->names->phones];
}

/* Tells the carrier's world what the phone is like now. */
static void adopt(struct play *p, const struct play_statement *s)
{
    const struct play_phone *phone = phone_of(p, s);
    struct buf b = buf_in(p->arena, SCRIPT_BYTES_MAX);
    struct json_out o = json_out(&b);
    struct json *root = NULL;
    struct json_place place;
    char words[SIM_SETUP_WORDS] = "";

    json_out_object(&o, NULL);
    json_out_bool(&o, "unreachable", phone->unreachable);
    json_out_bool(&o, "landline", phone->landline);
    if (phone->receipt)
        json_out_number(&o, "receipt_error", phone->receipt);
    json_out_list(&o, "on_call");
    for (size_t i = 0; i < phone->behaviour_count; i++)
        json_out_raw(&o, NULL, phone->behaviours[i]);
    json_out_end_list(&o);
    json_out_end_object(&o);
    if (json_parse(buf_span(&b), &root, &place) ||
        sim_setup_phone(p->world, span_of(s->args.list[0].party->number), root, words))
        play_give_up(p, "the phone is not understood: %s", words);
    json_close(&root);
}

/* `after` and `longer` may be NULL: not said; `key` is what the longer time is called. */
static void behave(struct play *p, const struct play_statement *s, const char *what,
                   const struct play_arg *after, const char *key, const struct play_arg *longer)
{
    struct play_phone *phone = phone_of(p, s);
    struct buf b = buf_in(p->arena, SCRIPT_BYTES_MAX);
    struct json_out o = json_out(&b);

    json_out_object(&o, NULL);
    json_out_text(&o, "do", span_of(what));
    if (after && after->given)
        json_out_number(&o, "after_ms", after->n);
    if (longer && longer->given)
        json_out_number(&o, key, longer->n);
    if (s->step_count)
        put_steps(p, s, &o, "then");
    json_out_end_object(&o);
    if (!s->args.list[1].given)
        phone->behaviour_count = 0;
    if (phone->behaviour_count == SIM_STEPS_MAX) {
        play_give_up(p, "a phone has up to %d behaviours", SIM_STEPS_MAX);
        return;
    }
    phone->behaviours[phone->behaviour_count++] = buf_span(&b);
    adopt(p, s);
}

void play_behaviour_ignore(struct play *p, const struct play_statement *s)
{
    behave(p, s, "ignore", NULL, NULL, NULL);
}

void play_behaviour_answer(struct play *p, const struct play_statement *s)
{
    behave(p, s, "answer", &s->args.list[2], NULL, NULL);
}

void play_behaviour_decline(struct play *p, const struct play_statement *s)
{
    behave(p, s, "decline", &s->args.list[2], NULL, NULL);
}

void play_behaviour_busy(struct play *p, const struct play_statement *s)
{
    behave(p, s, "busy", NULL, NULL, NULL);
}

void play_behaviour_voicemail(struct play *p, const struct play_statement *s)
{
    behave(p, s, "voicemail", &s->args.list[2], "greeting_ms", &s->args.list[3]);
}

void play_behaviour_screen(struct play *p, const struct play_statement *s)
{
    behave(p, s, "screening", &s->args.list[2], "record_ms", &s->args.list[3]);
}

void play_behaviour_unreachable(struct play *p, const struct play_statement *s)
{
    phone_of(p, s)->unreachable = true;
    adopt(p, s);
}

void play_behaviour_reachable(struct play *p, const struct play_statement *s)
{
    struct play_phone *phone = phone_of(p, s);

    phone->unreachable = phone->landline = false;
    phone->receipt = 0;
    adopt(p, s);
}

void play_behaviour_landline(struct play *p, const struct play_statement *s)
{
    phone_of(p, s)->landline = true;
    adopt(p, s);
}

void play_behaviour_refuse(struct play *p, const struct play_statement *s)
{
    const struct play_arg *code = &s->args.list[1];

    phone_of(p, s)->receipt = code->given ? code->n : REFUSED;
    adopt(p, s);
}
