#include "call/menu.h"

#include <string.h>

#include "call/call_back.h"
#include "call/call_back_ask.h"
#include "call/call_update.h"
#include "call/cascade_row.h"
#include "call/leg.h"
#include "relay/outgoing.h"
#include "rules/party.h"
#include "rules/words.h"

enum {
    TALK_END_MS = (4 * 3600 + 300) * 1000, /* the carrier ends a Dial after four hours */
    MATTERS = 10,                          /* of his latest, that are looked at */
    LAST_DIGITS = 4,
    PARTING_MS = 2 * 1000, /* the caller's own request comes first, as a rule */
};

static struct span claim_of(const struct context *c, const struct cascade *k)
{
    return span_of(arena_printf(c->facts->arena, "menu:%lld", (long long)k->id));
}

/* ---- what there is ---- */

static struct cascade *find_waiting(const struct context *c, const struct cascade *k)
{
    const struct live *live = facts_live(c->facts, k->tenant, (struct span){NULL, 0});
    struct cascade *oldest = NULL;

    for (size_t i = 0; live && i < live->count; i++) {
        struct cascade *other = facts_cascade(c->facts, k->tenant, live->cascades[i]);
        if (!oldest && other && other->state == CASCADE_RINGING && other->id != k->id &&
            strcmp(other->caller, k->caller) != 0)
            oldest = other;
    }
    return oldest;
}

static bool is_his(const struct thread *t, const struct relay *r, const char *operator_id)
{
    if (r && (r->state == RELAY_OPEN || r->state == RELAY_EXHAUSTED))
        return true;
    return !t->closed && strcmp(t->owner, operator_id) == 0;
}

/* Of the threads that he was told of, the latest that is his or waits for him. */
static struct thread *find_matter(const struct context *c, const struct cascade *k,
                                  const char *operator_id)
{
    const struct desk *desk = facts_desk(c->facts, k->tenant, span_of(operator_id));
    struct thread *latest = NULL;

    for (size_t i = 0; desk && i < desk->count && i < MATTERS; i++) {
        struct thread *t = facts_thread_by_id(c->facts, k->tenant, desk->tags[i].thread);
        const struct relay *r = t && t->relay ? facts_relay(c->facts, k->tenant, t->relay) : NULL;
        if (!latest && t && strcmp(t->customer, k->caller) != 0 && is_his(t, r, operator_id))
            latest = t;
    }
    return latest;
}

static struct thread *find_missed(const struct context *c, const struct cascade *k)
{
    const int64_t id = facts_waiting(c->facts, k->tenant, span_of(k->line));
    const struct relay *r = id ? facts_relay(c->facts, k->tenant, id) : NULL;

    return r ? facts_thread_by_id(c->facts, k->tenant, r->thread) : NULL;
}

bool menu_gather(const struct context *c, const struct cascade *k, struct menu *out)
{
    *out = (struct menu){
        .operator_index = roster_operator_by_phone(c->roster, span_of(k->caller)),
        .served = facts_claimed_by(c->facts, k->tenant, claim_of(c, k)),
    };
    if (out->served) {
        (void)facts_cascade(c->facts, k->tenant, out->served);
        (void)facts_message(c->facts, k->tenant, out->served);
    } else if (out->operator_index >= 0) {
        out->waiting = find_waiting(c, k);
        if (!out->waiting)
            out->thread = find_matter(c, k, c->roster->operators[out->operator_index].id);
        if (!out->waiting && !out->thread)
            out->thread = find_missed(c, k);
    }
    return !c->facts->short_of;
}

/* ---- what he hears ---- */

/* ", the number ends in 0 1 5 0" */
static struct span ending(const struct context *c, const char *party)
{
    const struct span number = span_of(party);

    if (!party_is_number(number))
        return SPAN(", the number is withheld");
    const struct span last = span_skip(number, number.size - LAST_DIGITS);
    return span_of(arena_printf(c->facts->arena, ", the number ends in %.*s",
                                SPAN_ARG(words_spelled(c->facts->arena, last))));
}

static void ask(const struct context *c, const struct cascade *k, const struct menu *menu,
                struct span before)
{
    struct arena *arena = c->facts->arena;
    struct words_about w = {.business = span_of(c->roster->name)};
    enum words_spoken what = WORDS_SPOKEN_MENU_NOBODY;

    if (menu->waiting) {
        what = WORDS_SPOKEN_MENU_WAITING;
        w.body = ending(c, menu->waiting->caller);
    } else if (menu->thread) {
        what = WORDS_SPOKEN_MENU_BACK;
        w.body = ending(c, menu->thread->customer);
    }
    if (before.size) {
        what = WORDS_SPOKEN_MENU_REFUSED;
        w.body = before;
    }
    c->answer->kind = ANSWER_ASK;
    c->answer->id = k->id;
    c->answer->round = menu->waiting != NULL; /* what key 1 was offered for */
    c->answer->words = words_spoken(arena, what, &w);
    c->answer->again = c->answer->words;
}

static void hang_up(const struct context *c)
{
    c->answer->kind = ANSWER_HANGUP;
}

/* Both sides talk in the conference of the caller's call. */
static void meet(const struct context *c, const struct cascade *waiting)
{
    c->answer->kind = ANSWER_CONFERENCE;
    c->answer->id = waiting->id;
    c->answer->for_leg = true;
    c->answer->words = words_spoken(c->facts->arena, WORDS_SPOKEN_MENU_HOLD,
                                    &(struct words_about){.business = {NULL, 0}});
}

/* He asks once more for what he got. */
static void answer_served(const struct context *c, const struct cascade *k, int64_t served)
{
    const struct cascade *waiting = facts_cascade(c->facts, k->tenant, served);
    const struct message *m = facts_message(c->facts, k->tenant, served);

    if (waiting && waiting->state == CASCADE_ACCEPTED && strcmp(waiting->leg_sid, k->call_sid) == 0)
        meet(c, waiting);
    else if (!m || !call_back_connect_again(c, m))
        hang_up(c);
}

void menu_answer(const struct context *c, const struct cascade *k, const struct menu *menu,
                 bool again)
{
    if (menu->served)
        answer_served(c, k, menu->served);
    else if (menu->operator_index < 0)
        hang_up(c); /* he has left the roster meanwhile */
    else
        ask(c, k, menu, (struct span){NULL, 0});
    if (again)
        c->answer->again = (struct span){NULL, 0};
    if (c->answer->kind == ANSWER_ASK)
        c->answer->attempt = again;
}

/* ---- what he gets ---- */

/* If it was not he who called, he shall know. */
static void tell_him(const struct context *c, const struct cascade *waiting,
                     const struct roster_operator *o)
{
    const struct words_about w = cascade_row_about(c, waiting);
    const struct outgoing text = {
        .kind = MESSAGE_NOTICE,
        .class = OUTBOX_NORMAL,
        .line = waiting->line,
        .to = o->phone,
        .operator_id = o->id,
        .body = words_menu_took(c->facts->arena, &w),
        .origin = ORIGIN_SYSTEM,
        .thread = waiting->thread,
        .cascade = waiting->id,
        .customer = waiting->caller,
        .job = waiting->job,
    };

    outgoing_text(c, &text);
}

static void note_served(const struct context *c, struct cascade *k, int64_t id, const char *what,
                        const struct roster_operator *o)
{
    facts_claim(c->facts, k->tenant, claim_of(c, k), id);
    cascade_row_end(c, k, c->facts->now_ms + TALK_END_MS);
    cascade_row_note(c, k, "menu", -1, what);
    context_log(c, "call.menu", k->thread, k->id, o->id, what);
    facts_touch(c->facts, FACT_CASCADE, k);
}

static enum err call_back(const struct context *c, struct cascade *k, const struct menu *menu)
{
    const struct roster_operator *o = &c->roster->operators[menu->operator_index];
    struct span why = {NULL, 0};
    int64_t message = 0;

    const enum err err = call_back_ask_own(c, menu->operator_index, menu->thread,
                                           span_of(k->call_sid), &message, &why);
    if (err == ERR_BUSY)
        return err;
    if (err)
        ask(c, k, menu, why);
    else
        note_served(c, k, message, "calls a customer back", o);
    return ERR_NONE;
}

enum err menu_serve(const struct context *c, struct cascade *k, const struct menu *menu)
{
    const bool was_waiting = c->event->round > 0;

    if (menu->served || menu->operator_index < 0 || was_waiting != (menu->waiting != NULL)) {
        menu_answer(c, k, menu, false); /* not what he was offered: he is asked anew */
        return ERR_NONE;
    }
    if (menu->waiting) {
        const struct roster_operator *o = &c->roster->operators[menu->operator_index];
        leg_take_over(c, menu->waiting, o->id, span_of(k->call_sid));
        tell_him(c, menu->waiting, o);
        note_served(c, k, menu->waiting->id, "takes the waiting caller", o);
        meet(c, menu->waiting);
        return ERR_NONE;
    }
    if (menu->thread)
        return call_back(c, k, menu);
    menu_answer(c, k, menu, true);
    return ERR_NONE;
}

enum err menu_left(const struct context *c, const struct cascade *k, struct cascade **out_lost)
{
    const int64_t served = facts_claimed_by(c->facts, k->tenant, claim_of(c, k));
    struct cascade *waiting = served ? facts_cascade(c->facts, k->tenant, served) : NULL;
    struct message *m = served ? facts_message(c->facts, k->tenant, served) : NULL;

    if (c->facts->short_of)
        return ERR_BUSY;
    *out_lost = NULL;
    if (m)
        call_back_hung_up(c, m);
    if (!waiting || waiting->state != CASCADE_ACCEPTED ||
        strcmp(waiting->leg_sid, k->call_sid) != 0)
        return ERR_NONE;  /* it is over, or somebody else has the caller */
    if (waiting->turn_ms) /* they have met: nobody is left alone */
        call_update_move(c, waiting, waiting->attempt + 1, PARTING_MS);
    else
        *out_lost = waiting;
    return ERR_NONE;
}
