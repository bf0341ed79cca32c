#include "simtext/sim_inbox.h"

#include <string.h>

#include "simtext/sim_keyword.h"
#include "simtext/sim_response.h"
#include "simworld/sim_note.h"

struct reply {
    const struct sim_answer *answer;
    const struct sim_text *text;
};

static void reply_due(void *ctx)
{
    struct reply *r = ctx;
    struct sim_text *made = NULL;
    const struct sim_text_draft draft = {.from = span_of(r->text->to),
                                         .to = span_of(r->text->from),
                                         .body = span_of(r->answer->reply)};

    if (sim_inbox_receive(r->text->world, &draft, &made))
        sim_note(r->text->world, "warning", "%s replied to %s, which nobody has", r->text->to,
                 r->text->from);
}

/* A number of an account's that is written to by another one takes the text like any other. */
static void pass_on(struct sim_text *t)
{
    struct sim_text *made = NULL;
    const struct sim_text_draft draft = {
        .from = span_of(t->from), .to = span_of(t->to), .body = span_of(t->body)};

    if (!t->automatic && sim_inbox_receive(t->world, &draft, &made) == ERR_FULL)
        sim_note(t->world, "warning", "%s has no room for a text from %s", t->to, t->from);
}

/* Entries of on_text are used once each, in order, each by the first text that it matches. */
void sim_inbox_read(struct sim_text *t)
{
    struct sim_phone *p = sim_world_phone_made(t->world, span_of(t->to));

    pass_on(t);
    if (!p || p->texts_answered == p->on_text_count || t->automatic)
        return;
    const struct sim_answer *a = &p->on_text[p->texts_answered];
    if (a->match && !strstr(t->body, a->match))
        return;
    p->texts_answered++;
    if (!a->reply)
        return;
    struct reply *r = ARENA_NEW(t->world->arena, struct reply);
    *r = (struct reply){a, t};
    sim_agenda_add(t->world->agenda, sim_world_now(t->world) + a->after_ms, reply_due, r);
}

/* The network itself answers a keyword; its words are not in the account's list. */
static void answer_keyword(struct sim_text *t, enum sim_keyword keyword)
{
    const char *words = sim_keyword_answer(t->to, keyword);
    const struct sim_text_draft draft = {.from = span_of(t->to),
                                         .to = span_of(t->from),
                                         .body = span_of(words),
                                         .direction = SIM_OUTBOUND_REPLY,
                                         .automatic = true};

    if (words)
        (void)sim_text_send(t->world, t->account, &draft);
}

/* START means something only to whoever has stopped. */
static void obey(struct sim_text *t)
{
    const enum sim_keyword keyword = sim_keyword_of(t->to, span_of(t->body));
    const char *scope = sim_service_scope(t->number);
    const bool out = sim_text_is_unwanted(t->world, NULL, t->number, t->from);

    if (keyword == SIM_KEYWORD_NONE || (keyword == SIM_KEYWORD_START && !out))
        return;
    t->opt_out = sim_keyword_name(keyword);
    if (keyword == SIM_KEYWORD_STOP)
        sim_world_opt(t->world, scope, t->from, true);
    if (keyword == SIM_KEYWORD_START) {
        sim_world_opt(t->world, scope, t->from, false);
        sim_world_opt(t->world, t->to, t->from, false);
    }
    answer_keyword(t, keyword);
}

/* A service without an address is switched off: nothing of the text is kept. */
static bool is_switched_off(const struct sim_number *n)
{
    const struct sim_service *s = sim_service_of(n);

    return s && !s->use_inbound_webhook_on_number && !s->inbound_request_url[0];
}

enum err sim_inbox_receive(struct sim_world *w, const struct sim_text_draft *draft,
                           struct sim_text **out)
{
    struct sim_text_draft d = *draft;
    struct sim_number *number = NULL;
    struct sim_account *account = sim_world_owner(w, d.to, &number);

    d.direction = SIM_INBOUND;
    d.service = number ? sim_service_of(number) : NULL;
    struct sim_text *t = account ? sim_text_made(w, account, &d) : NULL;
    if (!account)
        return ERR_NOT_FOUND;
    if (!t)
        return ERR_FULL;
    t->state = SIM_TEXT_RECEIVED;
    t->settled = true;
    t->sent_ms = t->arrived_ms = t->created_ms;
    t->number = number;
    sim_text_note(t, "arrives");
    obey(t);
    *out = t;
    if (is_switched_off(number)) {
        sim_note(w, "text", "%s is in a service that takes no texts", t->to);
        t->deleted = true;
        return ERR_NONE;
    }
    const struct sim_response_place place = sim_response_place(number);
    sim_response_ask(t, &place);
    return ERR_NONE;
}
