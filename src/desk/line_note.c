#include "desk/line_note.h"

#include "rules/moment.h"

struct span line_note_key(struct arena *arena, const struct event *e)
{
    switch (e->line_note) {
    case LINE_NOTE_ON: /* its first alarm */
        return span_of(
            arena_printf(arena, "report-only:%.*s:%lld:0", SPAN_ARG(e->from), (long long)e->at_ms));
    case LINE_NOTE_STILL:
        return span_of(arena_printf(arena, "report-only:%.*s:%lld:%d", SPAN_ARG(e->from),
                                    (long long)e->at_ms, e->round));
    case LINE_NOTE_OVER:
        return span_of(arena_printf(arena, "report-only:%.*s:%lld:over", SPAN_ARG(e->from),
                                    (long long)e->at_ms));
    case LINE_NOTE_OFF:
    case LINE_NOTES:
        break;
    }
    return (struct span){NULL, 0};
}

static const char *by_whom(const struct context *c)
{
    const struct span by = c->event->by;

    return by.size ? arena_printf(c->facts->arena, ", by %.*s", SPAN_ARG(by)) : "";
}

/* Each time in other words: what is the same would be told once an hour at most, and no more than
 * that. */
static void raise(const struct context *c)
{
    const struct event *e = c->event;
    const struct zone *zone = c->roster ? c->roster->zone : NULL;
    const struct span until = moment_words(c->facts->arena, zone, e->until_ms, c->facts->now_ms);
    const long long hours = (long long)((e->until_ms - c->facts->now_ms + 3599999) / 3600000);

    context_alarm(c, "line.report-only", 0, 0,
                  arena_printf(c->facts->arena,
                               "%.*s takes webhooks with a wrong signature until %.*s (%lld h)%s",
                               SPAN_ARG(e->from), SPAN_ARG(until), hours, by_whom(c)));
}

static void record(const struct context *c, const char *kind)
{
    context_log(c, kind, 0, 0, NULL,
                arena_printf(c->facts->arena, "%.*s%s", SPAN_ARG(c->event->from), by_whom(c)));
}

enum err line_note(const struct context *c)
{
    const struct event *e = c->event;
    const struct span key = line_note_key(c->facts->arena, e);
    const bool is_known = key.size && facts_is_claimed(c->facts, e->tenant, key);

    if (c->facts->short_of)
        return ERR_BUSY;
    c->answer->kind = ANSWER_DONE;
    if (e->line_note == LINE_NOTE_ON)
        record(c, "line.report-only-on");
    else if (e->line_note == LINE_NOTE_OFF)
        record(c, "line.report-only-off");
    if (!key.size || is_known)
        return ERR_NONE;
    facts_claim(c->facts, e->tenant, key, e->id);
    if (e->line_note == LINE_NOTE_OVER)
        record(c, "line.report-only-over");
    else
        raise(c);
    return ERR_NONE;
}
