#include "core/request.h"

#include <string.h>

#include "call/call_back_ask.h"
#include "call/wish.h"
#include "desk/desk_close.h"
#include "desk/desk_find.h"
#include "desk/desk_reply.h"
#include "desk/desk_text.h"
#include "desk/shift.h"
#include "job/job_link.h"
#include "job/job_tell.h"
#include "relay/relay.h"
#include "rules/command.h"

static void done(const struct context *c, int64_t id, struct span words)
{
    c->answer->kind = ANSWER_DONE;
    c->answer->id = id;
    c->answer->words = words;
}

static void refused(const struct context *c, enum err err, struct span words)
{
    c->answer->kind = ANSWER_REFUSED;
    c->answer->error = err;
    c->answer->words = words;
}

/* Who acts: his index, -1 for the office. False: refused, as nobody has that id. */
static bool read_who(const struct context *c, int *out)
{
    const struct event *e = c->event;

    *out = e->operator_id.size ? roster_operator_by_id(c->roster, e->operator_id) : -1;
    if (!e->operator_id.size || e->is_own || *out >= 0)
        return true;
    refused(c, ERR_BAD_INPUT, SPAN("operator: nobody on the roster has this id"));
    return false;
}

enum err request_reply(const struct context *c)
{
    const struct event *e = c->event;
    int operator_index = -1;
    struct desk_target at = {0};

    if (!read_who(c, &operator_index))
        return ERR_NONE;
    if (!span_trim(e->body).size) {
        refused(c, ERR_BAD_INPUT, SPAN("body: empty"));
        return ERR_NONE;
    }
    if (e->thread) {
        at.thread = facts_thread_by_id(c->facts, e->tenant, e->thread);
        at.relay = at.thread && at.thread->relay
                       ? facts_relay(c->facts, e->tenant, at.thread->relay)
                       : NULL;
    } else if (operator_index >= 0) {
        const struct desk *desk = facts_desk(c->facts, e->tenant, e->operator_id);
        const struct command_text mark = command_read(e->tag);
        const struct tag *tag = mark.has_tag ? desk_find_tag(desk, mark.tag) : NULL;
        if (tag)
            (void)desk_find_pick(c, tag, &at);
    }
    const struct desk_reply reply = {
        .operator_index = operator_index,
        .thread = at.thread,
        .relay = at.relay,
        .words = e->body,
        .origin = e->origin,
    };
    if (c->facts->short_of || !desk_reply_gather(c, &reply))
        return ERR_BUSY;
    if (!at.thread) {
        refused(c, ERR_NOT_FOUND, SPAN("thread: there is none with this id or tag"));
        return ERR_NONE;
    }
    const int64_t id = desk_reply_send(c, &reply);
    if (id)
        done(c, id, SPAN("queued"));
    else
        refused(c, ERR_CONFLICT, span_of(desk_reply_hindrance(c, at.thread)));
    return ERR_NONE;
}

enum err request_ack(const struct context *c)
{
    const struct event *e = c->event;
    struct relay *r = facts_relay(c->facts, e->tenant, e->relay);
    int who = -1;

    if (c->facts->short_of || (r && !relay_gather(c, r, false)))
        return ERR_BUSY;
    if (!r) {
        refused(c, ERR_NOT_FOUND, SPAN("relay: there is none with this id"));
    } else if (read_who(c, &who)) {
        const bool taken = r->state == RELAY_TAKEN;
        relay_apply(c, r, RELAY_ACKED, who);
        done(c, r->id, taken ? SPAN("was taken already") : SPAN("taken"));
    }
    return ERR_NONE;
}

/* Why it cannot be passed on; NULL when it can. */
static const char *pass_hindrance(const struct context *c, const struct relay *r)
{
    const struct thread *t = facts_thread_by_id(c->facts, r->tenant, r->thread);

    if (r->state == RELAY_IDLE)
        return "relay: nobody is on duty; it goes to whoever comes on next";
    if (r->state == RELAY_EXHAUSTED)
        return "relay: everybody on the chain has been told; there is nobody left to pass it to";
    if (!t || t->relay != r->id)
        return "relay: there is a later one of this customer; pass that one on";
    if (t->closed)
        return "relay: its thread is closed; open that again first";
    if (!relay_can_pass(c, r))
        return "relay: nobody left on the chain is on duty to pass it to";
    return NULL;
}

enum err request_pass(const struct context *c)
{
    const struct event *e = c->event;
    struct relay *r = facts_relay(c->facts, e->tenant, e->relay);
    int who = -1;

    if (c->facts->short_of || (r && !relay_gather(c, r, true)))
        return ERR_BUSY;
    if (!r) {
        refused(c, ERR_NOT_FOUND, SPAN("relay: there is none with this id"));
        return ERR_NONE;
    }
    if (!read_who(c, &who))
        return ERR_NONE;
    const char *why = pass_hindrance(c, r);
    if (!why && who >= 0 && !relay_is_with(c, r, who)) {
        if (!e->is_own)
            why = "operator: it is not with them; without an operator the office passes it on";
        who = -1;
    }
    if (why) {
        refused(c, ERR_CONFLICT, span_of(why));
        return ERR_NONE;
    }
    relay_apply(c, r, RELAY_PASSED, who);
    done(c, r->id, SPAN("passed on"));
    return ERR_NONE;
}

/* The thread and its latest relay; false when something must be loaded first. */
static bool find_thread(const struct context *c, struct thread **out_thread,
                        struct relay **out_relay)
{
    struct thread *t = facts_thread_by_id(c->facts, c->event->tenant, c->event->thread);
    struct relay *r = t && t->relay ? facts_relay(c->facts, t->tenant, t->relay) : NULL;

    *out_thread = t;
    *out_relay = r;
    return !c->facts->short_of && (!t || desk_close_gather(c, t, r));
}

enum err request_close(const struct context *c)
{
    struct thread *t = NULL;
    struct relay *r = NULL;
    int who = -1;

    if (!find_thread(c, &t, &r))
        return ERR_BUSY;
    if (!t) {
        refused(c, ERR_NOT_FOUND, SPAN("thread: there is none with this id"));
    } else if (!read_who(c, &who)) {
        return ERR_NONE;
    } else if (t->closed) {
        refused(c, ERR_CONFLICT, SPAN("thread: it is closed already"));
    } else {
        desk_close(c, t, r, who);
        done(c, t->id, SPAN("closed"));
    }
    return ERR_NONE;
}

enum err request_reopen(const struct context *c)
{
    struct thread *t = NULL;
    struct relay *r = NULL;
    int who = -1;

    if (!find_thread(c, &t, &r))
        return ERR_BUSY;
    if (!t) {
        refused(c, ERR_NOT_FOUND, SPAN("thread: there is none with this id"));
    } else if (!read_who(c, &who)) {
        return ERR_NONE;
    } else if (!t->closed) {
        refused(c, ERR_CONFLICT, SPAN("thread: it is open already"));
    } else {
        desk_close_undo(c, t, r, who);
        done(c, t->id, SPAN("open again"));
    }
    return ERR_NONE;
}

static void act_by_link(const struct context *c, struct link *l, struct relay *r)
{
    const int operator_index = context_operator(c, l->operator_id);

    if (operator_index < 0) {
        refused(c, ERR_DENIED, SPAN("You are no longer on the roster."));
        return;
    }
    if (!r) {
        refused(c, ERR_CONFLICT, SPAN("There is nothing left to do."));
        return;
    }
    const bool is_pass = c->event->action == LINK_PASS;
    const bool was_taken = r->state == RELAY_TAKEN;
    if (is_pass && !relay_is_with(c, r, operator_index)) {
        refused(c, ERR_CONFLICT, SPAN("It is not with you now."));
        return;
    }
    relay_apply(c, r, is_pass ? RELAY_PASSED : RELAY_ACKED, operator_index);
    l->used_ms = c->facts->now_ms;
    facts_touch(c->facts, FACT_LINK, l);
    const char *by = r->acked_by[0] ? context_name(c, r->acked_by) : "the office";
    const char *taken =
        arena_printf(c->facts->arena, was_taken ? "%s has it already." : "Taken by %s.", by);
    done(c, r->id, is_pass ? SPAN("Passed on.") : span_of(taken));
}

/* An operator's text that did not act, as his number was locked, acts now. */
static enum err act_on_text(const struct context *c, struct link *l)
{
    const struct message *m = facts_message(c->facts, l->tenant, l->subject);
    const int operator_index = context_operator(c, l->operator_id);

    if (c->facts->short_of)
        return ERR_BUSY;
    if (!m || operator_index < 0) {
        refused(c, ERR_DENIED, SPAN("You are no longer on the roster."));
        return ERR_NONE;
    }
    const struct desk_text x = {
        .operator_index = operator_index,
        .message = m->id,
        .body = m->body,
        .media = m->media,
        .line = span_of(m->to),
        .is_trusted = true,
    };
    struct event written;
    const struct context then = desk_find_as_of(c, m->at_ms, &written);
    const enum err err = desk_text_take(&then, &x);
    if (err)
        return err;
    l->used_ms = c->facts->now_ms;
    facts_touch(c->facts, FACT_LINK, l);
    done(c, m->id, SPAN("Done: what came of it is in your texts."));
    return ERR_NONE;
}

/* What a link that has a button is about. */
static bool is_about_relay(enum link_purpose purpose)
{
    return purpose == LINK_ACKNOWLEDGE || purpose == LINK_CALL || purpose == LINK_RECORDING;
}

static enum err call_of_job(const struct context *c, const struct link *l, const struct job *job)
{
    const struct line *line = job_tell_line(c, job);
    const struct call_back_ask_crew crew = {
        .job = job,
        .who = l->operator_id,
        .line = span_of(line ? line->number : ""),
    };

    const enum err err = call_back_ask_crew(c, &crew);
    if (!err && c->answer->kind == ANSWER_DONE)
        job_link_rings(c, l, job);
    return err;
}

static enum err act_on_job(const struct context *c, const struct link *l)
{
    struct job *job = NULL;

    enum err err = job_link_open(c, l, &job);
    if (err)
        return err == ERR_BUSY ? err : ERR_NONE;
    err = c->event->action == LINK_RING ? call_of_job(c, l, job) : job_link_act(c, l, job);
    if (!err && c->answer->kind == ANSWER_DONE)
        job_link_claim(c, job);
    return err;
}

static bool is_of_job(enum link_action action)
{
    return action == LINK_MOVE || action == LINK_WRITE;
}

enum err request_link(const struct context *c)
{
    struct link *l = facts_link(c->facts, c->event->link);
    struct relay *r = NULL;
    struct cascade *k = NULL;

    if (c->facts->short_of)
        return ERR_BUSY;
    if (!l || l->tenant != c->event->tenant) {
        refused(c, ERR_NOT_FOUND, SPAN("This link does not exist."));
        return ERR_NONE;
    }
    if (l->purpose == LINK_SHIFT)
        return shift_link(c, l);
    if (l->purpose == LINK_JOB)
        return act_on_job(c, l);
    if (is_of_job(c->event->action)) {
        refused(c, ERR_BAD_INPUT, SPAN("There is no such action."));
        return ERR_NONE;
    }
    if (c->event->action == LINK_RING)
        return call_back_ask_link(c, l); /* the matter can still be taken by the same link */
    const bool is_dead = l->used_ms || c->facts->now_ms >= l->expires_ms;
    if (l->purpose == LINK_TEXT && !is_dead)
        return act_on_text(c, l);
    if (!is_about_relay(l->purpose) && !is_dead) {
        refused(c, ERR_CONFLICT, SPAN("There is nothing to press here."));
        return ERR_NONE;
    }
    if (l->purpose == LINK_ACKNOWLEDGE) {
        r = facts_relay(c->facts, l->tenant, l->subject);
    } else if (is_about_relay(l->purpose)) {
        k = facts_cascade(c->facts, l->tenant, l->subject);
        r = k && k->relay ? facts_relay(c->facts, l->tenant, k->relay) : NULL;
    }
    if (c->facts->short_of || (r && !relay_gather(c, r, c->event->action == LINK_PASS)))
        return ERR_BUSY;
    if (c->facts->now_ms >= l->expires_ms)
        refused(c, ERR_CONFLICT, SPAN("This link has expired."));
    else if (l->used_ms)
        refused(c, ERR_CONFLICT, SPAN("This link has been used."));
    else if (l->purpose == LINK_CALL && k && !r && context_operator(c, l->operator_id) >= 0)
        return wish_press(c, k, l->operator_id);
    else
        act_by_link(c, l, r);
    return ERR_NONE;
}
