#include "call/hearing.h"

#include "model/wall.h"
#include "relay/known.h"
#include "rules/party.h"
#include "rules/words.h"

/* Whether the answer's id is that of a call which goes down a chain. */
static bool is_of_cascade(const struct context *c)
{
    const enum event_kind kind = c->event->kind;

    return c->roster && c->answer->id &&
           (kind == EVENT_CALL || kind == EVENT_KEY || kind == EVENT_CHOICE ||
            kind == EVENT_SCREEN || kind == EVENT_PRESS);
}

static bool kind_of(const struct context *c, const struct cascade *k, enum script_kind *out)
{
    const enum answer_kind kind = c->answer->kind;

    if (kind == ANSWER_RING || kind == ANSWER_WAIT)
        *out = SCRIPT_INBOUND_ROUTING;
    else if (kind == ANSWER_SCREEN)
        *out = SCRIPT_SCREEN;
    else if (kind == ANSWER_VOICEMAIL)
        *out = SCRIPT_VOICEMAIL;
    else if (kind == ANSWER_SAY && k->state == CASCADE_CLOSED &&
             (c->event->kind == EVENT_CALL || c->event->kind == EVENT_KEY))
        *out = SCRIPT_CLOSED;
    else
        return false;
    return true;
}

/* What stands before the step is heard once: by the caller when his call comes in, by the
 * operator when he picks up. */
static bool is_later(const struct context *c, enum script_kind kind)
{
    const struct event *e = c->event;
    const int first = c->answer->kind == ANSWER_WAIT ? -1 : 0; /* a turn of the loop names it */

    if (kind == SCRIPT_INBOUND_ROUTING)
        return e->kind != EVENT_KEY && (e->kind != EVENT_CALL || e->attempt > first);
    return kind == SCRIPT_SCREEN && e->kind == EVENT_PRESS;
}

/* "3:05 pm" by the business's own clock. */
static struct span clock_words(struct arena *arena, const struct zone *zone, int64_t now_ms)
{
    enum { MINUTE_MS = 60 * 1000, DAY_MINUTES = 24 * 60 };

    if (!zone)
        return (struct span){NULL, 0};
    const int64_t local_ms = wall_time(zone, now_ms);
    const int minute = (int)(local_ms / MINUTE_MS % DAY_MINUTES);
    const int hour = minute / 60 % 12;
    return span_of(arena_printf(arena, "%d:%02d %s", hour ? hour : 12, minute % 60,
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

const struct script_use *hearing_use(struct arena *arena, enum script_kind kind, bool later,
                                     const struct hearing_call *call)
{
    struct script_use *use = ARENA_NEW(arena, struct script_use);
    const struct span caller = words_spelled(arena, party_words(call->caller));

    use->kind = kind;
    use->later = later;
    use->values[SCRIPT_BUSINESS] = span_of(call->roster->name);
    use->values[SCRIPT_CALLER] = caller;
    use->values[SCRIPT_CALLER_NAME] = call->caller_name.size ? call->caller_name : caller;
    use->values[SCRIPT_JOB] = call->job;
    use->values[SCRIPT_LINE] = words_spelled(arena, call->line);
    use->values[SCRIPT_OPERATOR] = call->operator_name;
    use->values[SCRIPT_TIME] = clock_words(arena, call->roster->zone, call->now_ms);
    return use;
}

void hearing_fill(const struct context *c)
{
    struct cascade *k =
        is_of_cascade(c) ? facts_cascade(c->facts, c->event->tenant, c->answer->id) : NULL;
    enum script_kind kind;

    if (!k || !kind_of(c, k, &kind))
        return;
    const struct hearing_call call = {
        .roster = c->roster,
        .caller = span_of(k->caller),
        .caller_name = known_name(c, k->caller),
        .job = span_of(k->job),
        .line = span_of(k->line),
        .operator_name = operator_words(c, k),
        .now_ms = c->facts->now_ms,
    };
    c->answer->script = hearing_use(c->facts->arena, kind, is_later(c, kind), &call);
}
