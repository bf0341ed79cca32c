#include "core/spoken.h"

#include <string.h>

#include "core/alarm_note.h"
#include "relay/fate.h"
#include "relay/known.h"
#include "relay/relay.h"
#include "relay/settle.h"
#include "rules/party.h"
#include "rules/words.h"

static void say(const struct context *c, enum words_spoken what, const struct words_about *a)
{
    c->answer->kind = ANSWER_SAY;
    c->answer->words = words_spoken(c->facts->arena, what, a);
}

static void ask_again(const struct context *c, const struct words_about *a)
{
    c->answer->kind = ANSWER_READ;
    c->answer->id = c->event->message;
    c->answer->words = words_spoken(c->facts->arena, WORDS_SPOKEN_AGAIN, a);
}

static void acknowledge(const struct context *c, struct relay *r, int operator_index,
                        const struct words_about *a)
{
    relay_apply(c, r, RELAY_ACKED, operator_index); /* once more, it changes nothing */
    say(c, WORDS_SPOKEN_YOURS, a);
}

static void pass_on(const struct context *c, struct relay *r, int operator_index,
                    const struct words_about *a)
{
    const bool is_his = relay_is_with(c, r, operator_index);

    if (is_his)
        relay_apply(c, r, RELAY_PASSED, operator_index);
    say(c, is_his ? WORDS_SPOKEN_PASSED : WORDS_SPOKEN_ELSEWHERE, a);
}

static void act(const struct context *c, const struct message *m, struct relay *r,
                int operator_index)
{
    const struct span digits = c->event->digits;
    struct words_about a = {.customer = party_words(span_of(m->customer)),
                            .customer_name = known_name(c, m->customer)};

    if (r->state == RELAY_TAKEN && strcmp(r->acked_by, m->operator_id) != 0) {
        a.name = r->acked_by[0] ? span_of(context_name(c, r->acked_by)) : SPAN("The office");
        say(c, WORDS_SPOKEN_TAKEN, &a);
    } else if (span_is_text(digits, "1")) {
        acknowledge(c, r, operator_index, &a);
    } else if (span_is_text(digits, "2")) {
        pass_on(c, r, operator_index, &a);
    } else if (c->event->attempt < 1) {
        ask_again(c, &a);
    } else {
        say(c, WORDS_SPOKEN_GOODBYE, &a);
    }
}

/* The call is there, and has this id, whatever became of our request's answer. */
static void settle(const struct context *c, struct message *m, struct relay *r, struct outbox *o,
                   const struct fate *fate)
{
    if (!m->sid[0])
        settle_bind(c, m, c->event->sid);
    settle_outbox(c, o);
    fate_apply(c, m, r, fate);
}

enum err spoken_heard(const struct context *c)
{
    const struct event *e = c->event;
    struct message *m = facts_message(c->facts, e->tenant, e->message);
    struct outbox *o = facts_outbox(c->facts, e->tenant, e->message);
    struct relay *r = fate_relay(c, m);
    const struct fate heard = {.delivery = DELIVERY_DELIVERED};

    settle_gather(c, m, e->sid);
    if (!fate_gather(c, m, r, &heard) || (r && !relay_gather(c, r, true)))
        return ERR_BUSY;
    if (m && !alarm_note_gather(c, m))
        return ERR_BUSY;
    const int operator_index = m ? context_operator(c, m->operator_id) : -1;
    if (m && !m->relay && m->kind == MESSAGE_SPOKEN && operator_index >= 0) {
        settle(c, m, NULL, o, &heard);
        alarm_note_heard(c, m);
        return ERR_NONE;
    }
    if (!r || m->kind != MESSAGE_SPOKEN || operator_index < 0) {
        say(c, WORDS_SPOKEN_GOODBYE, &(struct words_about){0});
        return ERR_NONE;
    }
    settle(c, m, r, o, &heard);
    act(c, m, r, operator_index);
    return ERR_NONE;
}

static bool is_over(struct span status)
{
    return span_is_text(status, "completed") || span_is_text(status, "busy") ||
           span_is_text(status, "no-answer") || span_is_text(status, "failed") ||
           span_is_text(status, "canceled");
}

enum err spoken_status(const struct context *c)
{
    const struct event *e = c->event;
    struct message *m = facts_message(c->facts, e->tenant, e->message);
    struct outbox *o = facts_outbox(c->facts, e->tenant, e->message);
    struct relay *r = fate_relay(c, m);
    const struct fate fate = {.delivery = settle_call_status(e->call_status)};

    settle_gather(c, m, e->sid);
    if (!fate_gather(c, m, r, &fate) || (m && !alarm_note_gather(c, m)))
        return ERR_BUSY;
    c->answer->kind = ANSWER_NOTHING;
    if (!m || m->kind != MESSAGE_SPOKEN)
        return ERR_NONE;
    if (m->sid[0] && !span_is_text(e->sid, m->sid) && fate.delivery != DELIVERY_DELIVERED)
        return ERR_NONE; /* of an earlier call, and somebody was called since */
    settle(c, m, r, o, &fate);
    if (is_over(e->call_status))
        alarm_note_over(c, m);
    return ERR_NONE;
}
