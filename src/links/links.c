#include "links/links.h"

#include <string.h>

#include "links/job_links.h"
#include "links/link_look.h"
#include "links/pages.h"
#include "rules/ring.h"
#include "rules/words.h"

static enum err look_up(struct visit *v, struct store *store, int64_t now_ms)
{
    return link_look_up(v->own, v->arena, store, now_ms);
}

/* ---- the page ---- */

static void paragraph(struct buf *page, const char *words)
{
    buf_add_text(page, "<p>");
    pages_text(page, span_of(words));
    buf_add_text(page, "</p>\n");
}

/* Whether the page is an operator's, who may read whom it is about. A link to photos goes to the
 * carrier, and one to the whole of a reply to the customer: theirs name nobody. */
static bool is_for_operator(const struct link_look *l)
{
    switch (l->link->purpose) {
    case LINK_ACKNOWLEDGE:
    case LINK_CALL:
    case LINK_RECORDING:
    case LINK_TEXT:
    case LINK_SHIFT:
        return true;
    case LINK_WORDS:
        return l->message &&
               (l->message->origin == ORIGIN_CUSTOMER || l->message->kind == MESSAGE_FORWARD);
    case LINK_MEDIA:
    case LINK_JOB:
    case LINK_PURPOSES:
        break;
    }
    return false;
}

/* The customer; empty where he is not to be named. */
static const char *who(const struct link_look *l)
{
    const struct message *m = l->message;

    if (!is_for_operator(l) || l->link->purpose == LINK_TEXT)
        return "";
    if (l->thread && l->thread->customer[0])
        return l->thread->customer;
    if (l->cascade && l->cascade->caller[0])
        return l->cascade->caller;
    if (m && m->customer[0])
        return m->customer;
    return "somebody who hides the number";
}

static const char *name_of(const struct visit *v, const struct link_look *l, const char *id)
{
    const struct roster *roster = engine_roster(v->site->engine, l->link->tenant);
    const int i = roster ? roster_operator_by_id(roster, span_of(id)) : -1;

    return i >= 0 ? roster->operators[i].name : id;
}

/* The same with the name, where one is known. */
static const char *shown(const struct visit *v, struct link_look *l)
{
    const struct party *p = facts_party_seen(&l->facts, l->link->tenant, span_of(who(l)));

    return p && p->name[0] ? arena_printf(v->arena, "%s, %s", p->name, who(l)) : who(l);
}

static const char *about_relay(const struct visit *v, struct link_look *l)
{
    if (l->link->purpose == LINK_RECORDING)
        return arena_printf(v->arena, "A voicemail from %s", shown(v, l));
    if (!l->relay)
        return arena_printf(v->arena, "A call from %s", shown(v, l));
    switch (l->relay->kind) {
    case RELAY_TEXT:
        return arena_printf(v->arena, "A text from %s", shown(v, l));
    case RELAY_MISSED_CALL:
        return arena_printf(v->arena, "A missed call from %s", shown(v, l));
    case RELAY_VOICEMAIL:
        return arena_printf(v->arena, "A voicemail from %s", shown(v, l));
    case RELAY_JOB:
        return arena_printf(v->arena, "Job %s", l->thread ? l->thread->job : "");
    case RELAY_KINDS:
        break;
    }
    return "nextring";
}

static const char *about(const struct visit *v, struct link_look *l)
{
    switch (l->link->purpose) {
    case LINK_ACKNOWLEDGE:
    case LINK_CALL:
    case LINK_RECORDING:
        return about_relay(v, l);
    case LINK_MEDIA:
        return "Sent with the text";
    case LINK_WORDS:
        return who(l)[0] ? arena_printf(v->arena, "A text from %s", shown(v, l)) : "The whole text";
    case LINK_TEXT:
        return "Your text";
    case LINK_SHIFT:
        return "Your shift";
    case LINK_JOB:
    case LINK_PURPOSES:
        break;
    }
    return "nextring";
}

static bool is_of_message(const struct link_look *l)
{
    const enum link_purpose purpose = l->link->purpose;

    return purpose == LINK_MEDIA || purpose == LINK_WORDS || purpose == LINK_TEXT;
}

static const char *closed_relay(const struct visit *v, const struct link_look *l)
{
    if (l->relay && l->relay->state == RELAY_TAKEN)
        return l->relay->acked_by[0]
                   ? arena_printf(v->arena, "%s has it.", name_of(v, l, l->relay->acked_by))
                   : "It has been taken.";
    if (l->link->used_ms)
        return "This link has been used.";
    if (link_look_has_expired(l))
        return "This link has expired.";
    if (l->relay)
        return NULL;
    if (l->cascade && l->cascade->accepted_by[0])
        return arena_printf(v->arena, "%s took the call.", name_of(v, l, l->cascade->accepted_by));
    return "There is nothing left to do.";
}

/* The operator's rung in the plan of a call that rings, and that nobody has taken; -1: none. */
static int own_rung(const struct link_look *l)
{
    const struct cascade *k = l->cascade;

    if (l->link->purpose != LINK_CALL || l->relay || !k || k->state != CASCADE_RINGING ||
        k->accepted_by[0] || l->link->used_ms || link_look_has_expired(l))
        return -1;
    return ring_own(k->plan, k->attempt, l->link->operator_id);
}

/* Why there is nothing to press; NULL when there is. */
static const char *closed(const struct visit *v, const struct link_look *l)
{
    if (l->link->purpose == LINK_SHIFT && l->link->used_ms)
        return "Your shift is confirmed.";
    if (l->link->purpose == LINK_SHIFT)
        return link_look_has_expired(l) ? "This link has expired." : NULL;
    if (!is_of_message(l))
        return own_rung(l) >= 0 ? NULL : closed_relay(v, l);
    if (link_look_has_expired(l))
        return "This link has expired.";
    if (l->link->used_ms)
        return "This link has been used.";
    if (!l->message)
        return "This text is no longer kept.";
    return l->link->purpose == LINK_TEXT ? NULL : "There is nothing to press here.";
}

static bool is_number(const char *party)
{
    return party[0] == '+' && strspn(party + 1, "0123456789") == strlen(party + 1);
}

static bool is_anothers(const struct link_look *l)
{
    const char *id = l->link->operator_id;

    if (l->relay)
        return l->relay->state == RELAY_TAKEN && strcmp(l->relay->acked_by, id) != 0;
    return l->cascade && l->cascade->accepted_by[0] && strcmp(l->cascade->accepted_by, id) != 0;
}

/* The customer's own call: whoever calls him now finds him busy. */
static bool is_going_on(const struct link_look *l)
{
    return l->cascade && l->cascade->state != CASCADE_OVER && l->cascade->state != CASCADE_CLOSED;
}

/* By the operator's phone, as the business. */
static bool can_call_back(const struct link_look *l)
{
    return !is_of_message(l) && l->thread && is_number(l->thread->customer) &&
           !link_look_has_expired(l) && !is_anothers(l);
}

static void call_back(const struct link_look *l, struct buf *page, const char *party)
{
    if (is_going_on(l))
        return;
    if (can_call_back(l))
        buf_add_text(page, "<form method=\"post\"><button class=\"quiet\" name=\"action\" "
                           "value=\"call\">Call back as the business</button></form>\n");
    if (!is_number(party))
        return;
    buf_add_text(page, "<p><a class=\"button quiet\" href=\"tel:");
    pages_text(page, span_of(party));
    buf_add_text(page, "\">Call ");
    pages_text(page, span_of(party));
    buf_add_text(page, "</a></p>\n");
}

/* `take` or NULL: its words. */
static void buttons(struct buf *page, const char *take, bool passes)
{
    if (!take && !passes)
        return;
    buf_add_text(page, "<form method=\"post\">");
    if (take)
        buf_printf(page, "<button name=\"action\" value=\"take\">%s</button>", take);
    if (passes)
        buf_add_text(page, "<button class=\"quiet\" name=\"action\" value=\"pass\">Pass it on"
                           "</button>");
    buf_add_text(page, "</form>\n");
}

/* Who is rung now, and what he who looks can do. */
static void show_ringing(struct visit *v, struct buf *page, int own)
{
    const struct link_look *l = v->own;
    const struct plan *plan = l->cascade->plan;
    const struct rung *r = &plan->rungs[own];
    const struct roster *roster = engine_roster(v->site->engine, l->link->tenant);
    const int o = roster ? roster_operator_by_id(roster, span_of(r->operator_id)) : -1;
    const struct span how = words_accept(o >= 0 ? roster->operators[o].accept : ACCEPT_PRESS);
    const int from = l->cascade->attempt, end = from + ring_together(plan, from);
    const bool rings = ring_is_on(r) && own >= from && own < end;
    const char *names = "";

    for (int i = from; i < end; i++)
        if (ring_is_on(&plan->rungs[i]) && i != own)
            names = arena_printf(v->arena, "%s%s%s", names, names[0] ? ", " : "",
                                 name_of(v, l, plan->rungs[i].operator_id));
    if (rings)
        paragraph(page, arena_printf(v->arena, "Ringing you now: %.*s to take it.", SPAN_ARG(how)));
    else if (r->wish == WISH_AGAIN && r->state == RUNG_WAITING)
        paragraph(page, "Your phone rings next: answer it, that decides.");
    if (names[0])
        paragraph(page,
                  arena_printf(v->arena, rings ? "Also ringing: %s." : "Ringing now: %s.", names));
    if (rings && r->wish == WISH_KEPT)
        paragraph(page, "You said that you take it: if you miss it, it rings once more.");
    buttons(page, ring_is_wished(r) ? NULL : "I take it", rings);
}

static void quote(struct buf *page, struct span words)
{
    if (words.size == 0)
        return;
    buf_add_text(page, "<blockquote>");
    pages_text(page, words);
    buf_add_text(page, "</blockquote>\n");
}

/* Of what kind each is nobody knows before it is fetched: what is no photo leaves the words. */
static void photo(struct buf *page, struct span secret, size_t n)
{
    buf_printf(page,
               "<li><a href=\"/m/%.*s/%zu\"><img src=\"/m/%.*s/%zu\" alt=\"Open attachment %zu\">"
               "</a></li>\n",
               SPAN_ARG(secret), n, SPAN_ARG(secret), n, n + 1);
}

static void photos(struct visit *v, struct buf *page)
{
    const struct link_look *l = v->own;
    struct span line;

    if (link_look_medium(l, 0).size == 0)
        return;
    buf_add_text(page, "<ul class=\"photos\">\n");
    for (size_t n = 0; (line = link_look_medium(l, n)).size > 0; n++)
        if (span_is_text(line, "-"))
            buf_printf(page, "<li class=\"soft\">Attachment %zu could not be taken over.</li>\n",
                       n + 1);
        else
            photo(page, v->param, n);
    buf_add_text(page, "</ul>\n");
}

static void closing(struct visit *v, struct buf *page)
{
    const struct link_look *l = v->own;

    call_back(l, page, who(l));
    if (!is_for_operator(l))
        return;
    buf_add_text(page, "<p class=\"soft\">For ");
    pages_text(page, span_of(name_of(v, l, l->link->operator_id)));
    buf_add_text(page, "</p>\n");
}

/* What a voicemail says has joined its relay, unless somebody had taken that before. */
static bool stands_in(struct span words, const struct relay *r)
{
    return r && r->body.size >= words.size &&
           memmem(r->body.data, r->body.size, words.data, words.size) != NULL;
}

/* It is fetched only when somebody presses play. */
static void voicemail(const struct visit *v, struct buf *page)
{
    const struct link_look *l = v->own;

    if (l->cascade && l->cascade->recording.size > 0)
        buf_printf(page, "<p><audio controls preload=\"none\" src=\"/r/%.*s\"></audio></p>\n",
                   SPAN_ARG(v->param));
    if (l->cascade && l->cascade->transcript.size > 0 &&
        !stands_in(l->cascade->transcript, l->relay))
        quote(page, l->cascade->transcript);
}

static void show_relay(struct visit *v, struct buf *page)
{
    const struct link_look *l = v->own;
    const char *why = closed(v, l);

    if (!link_look_has_expired(l)) {
        if (l->relay && !span_is(l->relay->body, words_missed_call())) /* the title says that */
            quote(page, l->relay->body);
        voicemail(v, page);
        photos(v, page);
    }
    if (l->thread && l->thread->job[0])
        paragraph(page, arena_printf(v->arena, "Job %s", l->thread->job));
    if (why)
        paragraph(page, why);
    else if (l->relay)
        buttons(page, "I take it", l->relay->state == RELAY_OPEN);
    else
        show_ringing(v, page, own_rung(l));
}

static void show_message(struct visit *v, struct buf *page)
{
    const struct link_look *l = v->own;
    const enum link_purpose purpose = l->link->purpose;
    const char *why = closed(v, l);

    if (!l->message) {
        paragraph(page, why);
        return;
    }
    if (purpose != LINK_MEDIA)
        quote(page, l->message->body);
    photos(v, page);
    if (purpose != LINK_TEXT)
        return;
    if (why) {
        paragraph(page, why);
        return;
    }
    paragraph(page, "Your number is locked for a while, so this text did nothing yet. If it is "
                    "yours, press the button.");
    buttons(page, "Do it", false);
}

static void show_shift(struct visit *v, struct buf *page)
{
    const char *why = closed(v, v->own);

    paragraph(page, why ? why : "Press the button, so that everybody knows that you are there.");
    buttons(page, why ? NULL : "I am on call", false);
}

static void show(struct visit *v)
{
    struct link_look *l = v->own;

    if (l->link->purpose == LINK_JOB) {
        job_links_show(v);
        return;
    }
    if (is_of_message(l) && link_look_has_expired(l)) {
        pages_say(v, 410, SPAN("This link has expired."));
        return;
    }
    if (is_for_operator(l) &&
        link_look_is_orphan(l, engine_roster(v->site->engine, l->link->tenant))) {
        pages_say(v, 403, SPAN("You are no longer on the roster."));
        return;
    }
    struct buf page = pages_begin(v, about(v, l));
    if (is_of_message(l))
        show_message(v, &page);
    else if (l->link->purpose == LINK_SHIFT)
        show_shift(v, &page);
    else
        show_relay(v, &page);
    closing(v, &page);
    pages_answer_with_images(v, 200, &page);
}

/* ---- the act ---- */

static int status_of(enum err e)
{
    if (e == ERR_NOT_FOUND)
        return 404;
    return e == ERR_DENIED ? 403 : 409;
}

/* With the way back, where he may still call. */
static void confirm(struct visit *v, const char *words)
{
    struct buf page = pages_begin(v, "nextring");

    paragraph(&page, words);
    buf_printf(&page, "<p><a class=\"button quiet\" href=\"/j/%.*s\">Back</a></p>\n",
               SPAN_ARG(v->param));
    pages_answer(v, 200, &page);
}

static void acted(struct visit *v)
{
    const struct answer *answer = &v->work.answer;

    if (v->work.err)
        pages_say(v, 503,
                  SPAN("This cannot be done now: the records cannot be reached. Try again in a "
                       "minute; to reach the customer now, call the number in the text."));
    else if (answer->kind == ANSWER_REFUSED)
        pages_say(v, status_of(answer->error), answer->words);
    else
        confirm(v, arena_text(v->arena, answer->words));
}

static bool take_action(struct span word, enum link_action *out)
{
    static const char *const words[LINK_ACTIONS] = {
        [LINK_TAKE] = "take", [LINK_PASS] = "pass", [LINK_RING] = "call"};

    *out = LINK_TAKE;
    for (int i = 0; i < LINK_ACTIONS; i++) {
        if (!words[i] || !span_is_text(word, words[i]))
            continue;
        *out = (enum link_action)i;
        return true;
    }
    return word.size == 0;
}

/* False: it has been answered. */
static bool read_form(struct visit *v)
{
    const struct link_look *l = v->own;
    struct event *e = &v->work.event;

    if (l->link->purpose == LINK_JOB)
        return job_links_read(v, &l->form);
    if (take_action(form_get(&l->form, "action"), &e->action))
        return true;
    pages_say(v, 400, SPAN("There is no such action."));
    return false;
}

/* Of two who press at the same moment the second passes here, and the event refuses him. */
static void submit(struct visit *v)
{
    const struct link_look *l = v->own;

    if (!read_form(v))
        return;
    /* The event knows why not: of a job also that this very form has acted before. */
    const bool is_job = l->link->purpose == LINK_JOB;
    const bool is_call = v->work.event.action == LINK_RING;
    const char *why = is_job || is_call ? NULL : closed(v, l);
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
    visit_submit(v, is_job ? job_links_acted : acted);
}

/* ---- both ---- */

static void looked(struct visit *v)
{
    if (v->reading.err == ERR_NOT_FOUND)
        pages_say_no_link(v);
    else if (v->reading.err)
        pages_say(v, 503,
                  SPAN("This cannot be shown now: the records cannot be reached. Try again in a "
                       "minute; to reach the customer now, call the number in the text."));
    else if (v->work.event.kind == EVENT_LINK)
        submit(v);
    else
        show(v);
}

static void look(struct visit *v, const struct form *form)
{
    struct link_look *l = ARENA_NEW(v->arena, struct link_look);

    if (form)
        l->form = *form;
    v->own = l;
    v->secret = true; /* the path holds the token */
    if (!link_look_hash(v->param, l->hash)) {
        pages_say_no_link(v);
        return;
    }
    memcpy(v->work.event.link, l->hash, sizeof l->hash);
    visit_read(v, look_up, looked);
}

void links_show(struct visit *v)
{
    look(v, NULL);
}

/* A form on somebody else's page. From our own an origin is "null" or not told, as they tell no
 * referrer; which browser says what is the Fetch standard's. */
static bool is_from_elsewhere(const struct visit *v)
{
    const struct span site = http_header(v->rq, "Sec-Fetch-Site"),
                      origin = http_header(v->rq, "Origin"), ours = v->site->public_url;
    const struct span host = http_header(v->rq, "Host");

    if (span_is_text(site, "cross-site") || span_is_text(site, "same-site"))
        return true;
    if (origin.size == 0 || span_is_text(origin, "null"))
        return false;
    if (span_starts(ours, origin) && (ours.size == origin.size || ours.data[origin.size] == '/'))
        return false;
    const char *from = memmem(origin.data, origin.size, "://", 3);
    return !from || !span_is(span_skip(origin, (size_t)(from - origin.data) + 3), host);
}

void links_act(struct visit *v)
{
    struct form form;

    if (is_from_elsewhere(v)) {
        pages_say(v, 403,
                  SPAN("This came from another page. Open the link itself and press there."));
        return;
    }
    if (v->body.size > 0 && !visit_has_type(v, "application/x-www-form-urlencoded")) {
        pages_say(v, 415, SPAN("This is not what the page's own form sends."));
        return;
    }
    if (form_parse(v->arena, v->body, &form)) {
        pages_say(v, 400, SPAN("The form is malformed."));
        return;
    }
    v->work.event.kind = EVENT_LINK;
    v->work.event.attempt = -1;
    look(v, &form);
}
