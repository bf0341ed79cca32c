#include "core/hearing.h"

#include "rules/hours.h"
#include "rules/party.h"
#include "rules/words.h"

/* Whether the answer's id is that of a call which goes down a chain. */
static bool is_of_cascade(const struct context *c)
{
    const enum event_kind kind = c->event->kind;

    return c->roster && c->answer->id &&
           (kind == EVENT_CALL || kind == EVENT_CHOICE || kind == EVENT_SCREEN ||
            kind == EVENT_PRESS);
}

static bool kind_of(const struct context *c, const struct cascade *k, enum script_kind *out)
{
    const enum answer_kind kind = c->answer->kind;

    if (kind == ANSWER_RING)
        *out = SCRIPT_INBOUND_ROUTING;
    else if (kind == ANSWER_SCREEN)
        *out = SCRIPT_SCREEN;
    else if (kind == ANSWER_VOICEMAIL)
        *out = SCRIPT_VOICEMAIL;
    else if (kind == ANSWER_SAY && k->state == CASCADE_CLOSED && c->event->kind == EVENT_CALL)
        *out = SCRIPT_CLOSED;
    else
        return false;
    return true;
}

/* What stands before the step is heard once: by the caller when his call comes in, by the
 * operator when he picks up. */
static bool is_later(const struct event *e, enum script_kind kind)
{
    if (kind == SCRIPT_INBOUND_ROUTING)
        return e->kind != EVENT_CALL || e->attempt > 0;
    return kind == SCRIPT_SCREEN && e->kind == EVENT_PRESS;
}

/* "3:05 pm" by the business's own clock. */
static struct span clock_words(const struct context *c)
{
    enum { MINUTE_MS = 60 * 1000, DAY_MINUTES = 24 * 60 };

    if (!c->roster->zone)
        return (struct span){NULL, 0};
    const int64_t local_ms = hours_local(c->roster->zone, c->facts->now_ms);
    const int minute = (int)(local_ms / MINUTE_MS % DAY_MINUTES);
    const int hour = minute / 60 % 12;
    return span_of(arena_printf(c->facts->arena, "%d:%02d %s", hour ? hour : 12, minute % 60,
                                minute < DAY_MINUTES / 2 ? "am" : "pm"));
}

/* Of whom the leg that is answered is. */
static struct span operator_words(const struct context *c, const struct cascade *k)
{
    const int attempt = c->answer->attempt;

    if (attempt < 0 || attempt >= k->plan->count)
        return (struct span){NULL, 0};
    return span_of(context_name(c, k->plan->rungs[attempt].operator_id));
}

void hearing_fill(const struct context *c)
{
    struct arena *arena = c->facts->arena;
    struct cascade *k =
        is_of_cascade(c) ? facts_cascade(c->facts, c->event->tenant, c->answer->id) : NULL;
    enum script_kind kind;

    if (!k || !kind_of(c, k, &kind))
        return;
    struct script_use *use = ARENA_NEW(arena, struct script_use);
    const struct span caller = words_spelled(arena, party_words(span_of(k->caller)));
    use->kind = kind;
    use->later = is_later(c->event, kind);
    use->values[SCRIPT_BUSINESS] = span_of(c->roster->name);
    use->values[SCRIPT_CALLER] = caller;
    use->values[SCRIPT_CALLER_NAME] = caller;
    use->values[SCRIPT_JOB] = span_of(k->job);
    use->values[SCRIPT_LINE] = words_spelled(arena, span_of(k->line));
    use->values[SCRIPT_OPERATOR] = operator_words(c, k);
    use->values[SCRIPT_TIME] = clock_words(c);
    c->answer->script = use;
}
