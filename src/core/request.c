#include "core/request.h"

#include <string.h>

#include "core/command.h"
#include "core/inbox.h"
#include "core/relay.h"

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

enum err request_reply(const struct context *c)
{
    const struct event *e = c->event;
    const int operator_index =
        e->operator_id.size ? roster_operator_by_id(c->roster, e->operator_id) : -1;
    struct inbox_target at = {0};

    if (e->operator_id.size && operator_index < 0) {
        refused(c, ERR_BAD_INPUT, SPAN("operator: nobody on the roster has this id"));
        return ERR_NONE;
    }
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
        const struct tag *tag = mark.has_tag ? inbox_find_tag(desk, mark.tag) : NULL;
        if (tag)
            (void)inbox_pick(c, tag, &at);
    }
    if (c->facts->short_of || !inbox_gather(c, &at, false))
        return ERR_BUSY;
    if (!at.thread) {
        refused(c, ERR_NOT_FOUND, SPAN("thread: there is none with this id or tag"));
        return ERR_NONE;
    }
    const int64_t id = inbox_send_reply(c, operator_index, at.thread, at.relay, e->body);
    if (id)
        done(c, id, SPAN("queued"));
    else
        refused(c, ERR_CONFLICT, SPAN("thread: this customer cannot be texted"));
    return ERR_NONE;
}

enum err request_ack(const struct context *c)
{
    const struct event *e = c->event;
    const int operator_index =
        e->operator_id.size ? roster_operator_by_id(c->roster, e->operator_id) : -1;
    struct relay *r = facts_relay(c->facts, e->tenant, e->relay);

    if (c->facts->short_of || (r && !relay_gather(c, r, false)))
        return ERR_BUSY;
    if (!r) {
        refused(c, ERR_NOT_FOUND, SPAN("relay: there is none with this id"));
    } else if (e->operator_id.size && operator_index < 0) {
        refused(c, ERR_BAD_INPUT, SPAN("operator: nobody on the roster has this id"));
    } else {
        const bool taken = r->state == RELAY_TAKEN;
        relay_apply(c, r, RELAY_ACKED, operator_index);
        done(c, r->id, taken ? SPAN("was taken already") : SPAN("taken"));
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
        refused(c, ERR_CONFLICT, SPAN("The phone still rings or the call was taken: press 1."));
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

enum err request_link(const struct context *c)
{
    struct link *l = facts_link(c->facts, c->event->link);
    struct relay *r = NULL;

    if (c->facts->short_of)
        return ERR_BUSY;
    if (!l || l->tenant != c->event->tenant) {
        refused(c, ERR_NOT_FOUND, SPAN("This link does not exist."));
        return ERR_NONE;
    }
    if (l->purpose == LINK_ACKNOWLEDGE) {
        r = facts_relay(c->facts, l->tenant, l->subject);
    } else {
        const struct cascade *k = facts_cascade(c->facts, l->tenant, l->subject);
        r = k && k->relay ? facts_relay(c->facts, l->tenant, k->relay) : NULL;
    }
    if (c->facts->short_of || (r && !relay_gather(c, r, c->event->action == LINK_PASS)))
        return ERR_BUSY;
    if (c->facts->now_ms >= l->expires_ms)
        refused(c, ERR_CONFLICT, SPAN("This link has expired."));
    else if (l->used_ms)
        refused(c, ERR_CONFLICT, SPAN("This link has been used."));
    else
        act_by_link(c, l, r);
    return ERR_NONE;
}
