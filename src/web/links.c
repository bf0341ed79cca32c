#include "web/links.h"

#include <string.h>

#include "base/id.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "model/facts.h"
#include "web/pages.h"

/* What a link is about, as read; rows live in the visit's arena. */
struct look {
    uint8_t hash[LINK_HASH_BYTES];
    int64_t now_ms;
    const struct link *link;
    const struct relay *relay;
    const struct cascade *cascade;
    const struct thread *thread;
    struct id_maker ids; /* facts want one; a reading makes no rows */
    struct facts facts;
};

static enum err read_subject(struct look *l, struct store *store)
{
    const struct link *link = l->link;
    const bool relay = link->purpose == LINK_ACKNOWLEDGE;
    struct facts *f = &l->facts;

    facts_want_id(f, relay ? FACT_RELAY : FACT_CASCADE, link->tenant, link->subject);
    enum err e = store_load(store, f);
    if (e)
        return e;
    if (relay)
        l->relay = facts_relay(f, link->tenant, link->subject);
    else
        l->cascade = facts_cascade(f, link->tenant, link->subject);
    if (!l->cascade || !l->cascade->relay)
        return ERR_NONE;
    facts_want_id(f, FACT_RELAY, link->tenant, l->cascade->relay);
    e = store_load(store, f);
    if (!e)
        l->relay = facts_relay(f, link->tenant, l->cascade->relay);
    return e;
}

static enum err read_thread(struct look *l, struct store *store)
{
    const int64_t id = l->relay ? l->relay->thread : l->cascade ? l->cascade->thread : 0;

    if (!id)
        return ERR_NONE;
    facts_want_id(&l->facts, FACT_THREAD, l->link->tenant, id);
    const enum err e = store_load(store, &l->facts);
    if (!e)
        l->thread = facts_thread_by_id(&l->facts, l->link->tenant, id);
    return e;
}

static enum err look_up(struct visit *v, struct store *store, int64_t now_ms)
{
    struct look *l = v->own;

    l->now_ms = now_ms;
    facts_init(&l->facts, v->arena, &l->ids, now_ms);
    facts_want_link(&l->facts, l->hash);
    enum err e = store_load(store, &l->facts);
    if (e)
        return e;
    l->link = facts_link(&l->facts, l->hash);
    if (!l->link)
        return ERR_NOT_FOUND;
    e = read_subject(l, store);
    return e ? e : read_thread(l, store);
}

/* ---- the page ---- */

static void paragraph(struct buf *page, const char *words)
{
    buf_add_text(page, "<p>");
    pages_text(page, span_of(words));
    buf_add_text(page, "</p>\n");
}

static const char *who(const struct look *l)
{
    if (l->thread && l->thread->customer[0])
        return l->thread->customer;
    if (l->cascade && l->cascade->caller[0])
        return l->cascade->caller;
    return "somebody who hides the number";
}

static const char *name_of(const struct visit *v, const struct look *l, const char *id)
{
    const struct roster *roster = engine_roster(v->site->engine, l->link->tenant);
    const int i = roster ? roster_operator_by_id(roster, span_of(id)) : -1;

    return i >= 0 ? roster->operators[i].name : id;
}

static const char *about(const struct visit *v, const struct look *l)
{
    if (!l->relay)
        return arena_printf(v->arena, "A call from %s", who(l));
    switch (l->relay->kind) {
    case RELAY_TEXT:
        return arena_printf(v->arena, "A text from %s", who(l));
    case RELAY_MISSED_CALL:
        return arena_printf(v->arena, "A missed call from %s", who(l));
    case RELAY_VOICEMAIL:
        return arena_printf(v->arena, "A voicemail from %s", who(l));
    case RELAY_KINDS:
        break;
    }
    return "nextring";
}

/* Why there is nothing to press; NULL when there is. */
static const char *closed(const struct visit *v, const struct look *l)
{
    if (l->relay && l->relay->state == RELAY_TAKEN)
        return l->relay->acked_by[0]
                   ? arena_printf(v->arena, "%s has it.", name_of(v, l, l->relay->acked_by))
                   : "It has been taken.";
    if (l->link->used_ms)
        return "This link has been used.";
    if (l->now_ms >= l->link->expires_ms)
        return "This link has expired.";
    if (l->relay)
        return NULL;
    if (l->cascade && l->cascade->accepted_by[0])
        return arena_printf(v->arena, "%s took the call.", name_of(v, l, l->cascade->accepted_by));
    if (l->cascade && l->cascade->state == CASCADE_RINGING)
        return "The phone still rings: answer it and press 1.";
    return "There is nothing left to do.";
}

static bool is_number(const char *party)
{
    return party[0] == '+' && strspn(party + 1, "0123456789") == strlen(party + 1);
}

static void call_back(struct buf *page, const char *party)
{
    if (!is_number(party))
        return;
    buf_add_text(page, "<p><a class=\"button quiet\" href=\"tel:");
    pages_text(page, span_of(party));
    buf_add_text(page, "\">Call ");
    pages_text(page, span_of(party));
    buf_add_text(page, "</a></p>\n");
}

static void buttons(struct buf *page, const struct look *l)
{
    buf_add_text(page, "<form method=\"post\"><button name=\"action\" value=\"take\">I take it"
                       "</button>");
    if (l->relay->state == RELAY_OPEN)
        buf_add_text(page, "<button class=\"quiet\" name=\"action\" value=\"pass\">Pass it on"
                           "</button>");
    buf_add_text(page, "</form>\n");
}

static void show(struct visit *v)
{
    const struct look *l = v->own;
    struct buf page = pages_begin(v, about(v, l));
    const char *why = closed(v, l);

    if (l->relay && l->relay->body.size > 0) {
        buf_add_text(&page, "<blockquote>");
        pages_text(&page, l->relay->body);
        buf_add_text(&page, "</blockquote>\n");
    }
    if (l->thread && l->thread->job[0])
        paragraph(&page, arena_printf(v->arena, "Job %s", l->thread->job));
    if (why)
        paragraph(&page, why);
    else
        buttons(&page, l);
    call_back(&page, who(l));
    buf_add_text(&page, "<p class=\"soft\">For ");
    pages_text(&page, span_of(name_of(v, l, l->link->operator_id)));
    buf_add_text(&page, "</p>\n");
    pages_answer(v, 200, &page);
}

/* ---- the act ---- */

static int status_of(enum err e)
{
    if (e == ERR_NOT_FOUND)
        return 404;
    return e == ERR_DENIED ? 403 : 409;
}

static void acted(struct visit *v)
{
    const struct answer *answer = &v->work.answer;

    if (v->work.err)
        pages_say(v, 503, SPAN("This cannot be done now. Try again in a moment."));
    else if (answer->kind == ANSWER_REFUSED)
        pages_say(v, status_of(answer->error), answer->words);
    else
        pages_say(v, 200, answer->words);
}

/* Of two who press at the same moment the second passes here, and the event refuses him. */
static void submit(struct visit *v)
{
    const struct look *l = v->own;
    const char *why = closed(v, l);

    if (why) {
        pages_say(v, 409, span_of(why));
        return;
    }
    v->work.roster = engine_roster(v->site->engine, l->link->tenant);
    if (!v->work.roster) {
        pages_say(v, 409, SPAN("The business has no roster in force."));
        return;
    }
    v->work.event.tenant = l->link->tenant;
    visit_submit(v, acted);
}

/* ---- both ---- */

static void looked(struct visit *v)
{
    if (v->reading.err == ERR_NOT_FOUND)
        pages_say(v, 404, SPAN("This link does not exist."));
    else if (v->reading.err)
        pages_say(v, 503, SPAN("This cannot be shown now. Try again in a moment."));
    else if (v->work.event.kind == EVENT_LINK)
        submit(v);
    else
        show(v);
}

static void look(struct visit *v)
{
    uint8_t secret[LINK_SECRET_BYTES];
    struct look *l = ARENA_NEW(v->arena, struct look);

    v->own = l;
    v->secret = true; /* the path holds the token */
    if (!base64_url_parse(v->param, secret, sizeof secret)) {
        pages_say(v, 404, SPAN("This link does not exist."));
        return;
    }
    digest_sha256(v->param, l->hash);
    memcpy(v->work.event.link, l->hash, sizeof l->hash);
    visit_read(v, look_up, looked);
}

void links_show(struct visit *v)
{
    look(v);
}

void links_act(struct visit *v)
{
    struct form form;

    if (form_parse(v->arena, v->body, &form)) {
        pages_say(v, 400, SPAN("The form is malformed."));
        return;
    }
    const struct span action = form_get(&form, "action");
    if (action.size > 0 && !span_is_text(action, "take") && !span_is_text(action, "pass")) {
        pages_say(v, 400, SPAN("There is no such action."));
        return;
    }
    v->work.event.kind = EVENT_LINK;
    v->work.event.attempt = -1;
    v->work.event.action = span_is_text(action, "pass") ? LINK_PASS : LINK_TAKE;
    look(v);
}
