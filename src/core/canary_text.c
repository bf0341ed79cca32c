#include "core/canary_text.h"

#include "base/id.h"
#include "relay/outgoing.h"

static const struct span words = {"nextring canary ", 16};

static struct span key_of(const struct context *c, int64_t canary)
{
    return span_of(arena_printf(c->facts->arena, "canary:%lld", (long long)canary));
}

static void send(const struct context *c)
{
    const struct event *e = c->event;
    const char *to = arena_text(c->facts->arena, e->to);
    char mark[ID_TEXT_SIZE + 1];

    id_render(e->id, mark);
    facts_claim(c->facts, e->tenant, key_of(c, e->id), e->id);
    const int64_t message = outgoing_text(
        c, &(struct outgoing){
               .kind = MESSAGE_NOTICE,
               .class = OUTBOX_NORMAL,
               .line = arena_text(c->facts->arena, e->from),
               .to = to,
               .body = span_of(arena_printf(c->facts->arena, "%s%s", words.data, mark)),
               .origin = ORIGIN_SYSTEM,
               .expires_ms = e->until_ms,
           });
    context_log(c, "canary.sent", 0, message, NULL, "");
}

enum err canary_text_send(const struct context *c)
{
    const struct event *e = c->event;
    const bool has_both =
        c->roster && roster_line(c->roster, e->from) && roster_line(c->roster, e->to);

    c->answer->kind = has_both ? ANSWER_DONE : ANSWER_REFUSED;
    c->answer->error = has_both ? ERR_NONE : ERR_BAD_INPUT;
    if (has_both)
        send(c);
    return ERR_NONE;
}

/* Its id; 0 when it is none. */
static int64_t canary_of(const struct event *e)
{
    const struct span body = span_trim(e->body);
    int64_t id = 0;

    if (!span_starts(body, words) || !id_parse(span_skip(body, words.size), &id))
        return 0;
    return id;
}

bool canary_text_is(const struct context *c)
{
    const int64_t canary = canary_of(c->event);

    return canary && roster_line(c->roster, c->event->from) &&
           facts_is_claimed(c->facts, c->event->tenant, key_of(c, canary));
}

void canary_text_note(const struct context *c)
{
    const int64_t sent_ms = id_at_ms(canary_of(c->event));

    context_log(
        c, c->event->late ? "canary.late" : "canary.returned", 0, c->event->id, NULL,
        arena_printf(c->facts->arena, "after %lld ms", (long long)(c->facts->now_ms - sent_ms)));
}
