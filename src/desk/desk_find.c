#include "desk/desk_find.h"

#include <string.h>

#include "base/buf.h"
#include "relay/relay.h"
#include "rules/party.h"

enum { LOOKED_AT = 64 }; /* marks looked at for a text without one */

bool desk_find_pick(const struct context *c, const struct tag *tag, struct desk_target *out)
{
    struct thread *t = facts_thread_by_id(c->facts, c->event->tenant, tag->thread);
    struct relay *r = t && t->relay ? facts_relay(c->facts, c->event->tenant, t->relay) : NULL;

    if (c->facts->short_of || !t)
        return false;
    out->thread = t;
    out->relay = r;
    memcpy(out->tag, tag->tag, TAG_SIZE);
    return true;
}

const struct tag *desk_find_tag(const struct desk *desk, const char *tag)
{
    for (size_t i = 0; desk && i < desk->count; i++)
        if (strcmp(desk->tags[i].tag, tag) == 0)
            return &desk->tags[i];
    return NULL;
}

const struct tag *desk_find_thread(const struct desk *desk, int64_t thread)
{
    for (size_t i = 0; i < desk->count; i++)
        if (desk->tags[i].thread == thread)
            return &desk->tags[i];
    return NULL;
}

static bool belongs(const struct desk_target *one, enum desk_among among)
{
    if (among == DESK_AMONG_WAITING)
        return one->relay && relay_waits(one->relay);
    return among == DESK_AMONG_ALL || !one->thread->closed;
}

/* A text that was found in the carrier's log means what he had been told of when he wrote it. */
static int64_t written_ms(const struct context *c)
{
    const struct event *e = c->event;

    return e->late && e->at_ms && e->at_ms < c->facts->now_ms ? e->at_ms : c->facts->now_ms;
}

struct context desk_find_as_of(const struct context *c, int64_t at_ms, struct event *out_event)
{
    struct context then = *c;

    *out_event = *c->event;
    out_event->late = true;
    out_event->at_ms = at_ms;
    then.event = out_event;
    return then;
}

void desk_find_lately(const struct context *c, const struct desk *desk, struct span line,
                      enum desk_among among, struct desk_target *out)
{
    const int64_t since_ms = written_ms(c) - DESK_FIND_BACK_MS;
    struct buf list = buf_in(c->facts->arena, 1024);
    size_t looked = 0;

    *out = (struct desk_target){0};
    for (size_t i = 0; i < desk->count && looked < LOOKED_AT; i++) {
        const struct tag *tag = &desk->tags[i];
        struct desk_target one = {0};
        if (tag->sent_ms < since_ms || (tag->line[0] && !span_is_text(line, tag->line)))
            continue;
        looked++;
        if (!desk_find_pick(c, tag, &one) || !belongs(&one, among))
            continue;
        out->is_newer = out->is_newer || tag->sent_ms > written_ms(c);
        if (out->count++ == 0) {
            out->thread = one.thread;
            out->relay = one.relay;
            memcpy(out->tag, one.tag, TAG_SIZE);
        }
        if (out->choices.thread_count == QUESTION_CHOICES)
            continue;
        out->choices.threads[out->choices.thread_count++] = one.thread->id;
        const struct span who = party_words(span_of(one.thread->customer));
        buf_printf(&list, "%s%d %s %.*s", list.size ? ", " : "", out->choices.thread_count, one.tag,
                   SPAN_ARG(who));
    }
    out->list = buf_span(&list);
}
