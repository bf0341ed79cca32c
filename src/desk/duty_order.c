#include "desk/duty_order.h"

#include "desk/duty.h"
#include "desk/shift.h"
#include "relay/tell.h"
#include "relay/wake.h"
#include "rules/moment.h"
#include "rules/route.h"
#include "rules/words.h"

static void refuse(const struct context *c, enum err err, struct span words)
{
    c->answer->kind = ANSWER_REFUSED;
    c->answer->error = err;
    c->answer->words = words;
}

static struct span time_words(const struct context *c, int operator_index,
                              const struct duty_term *term)
{
    const struct roster_operator *o = &c->roster->operators[operator_index];

    if (!term->until_ms || term->until_ms == INT64_MAX)
        return (struct span){NULL, 0};
    return moment_words(c->facts->arena, o->zone ? o->zone : c->roster->zone, term->until_ms,
                        c->facts->now_ms);
}

/* True: of those who could be asked at his line nobody is left. */
static bool is_nobody_left(const struct context *c, const struct line *line)
{
    const struct route_ask ask = {.line = line, .duties = context_duties(c)};
    struct plan *plan = ARENA_NEW(c->facts->arena, struct plan);

    route_plan(c->roster, &ask, c->facts->now_ms, plan);
    return plan->count == 0;
}

/* He is told once, in the same words whoever did it. */
static void tell(const struct context *c, int operator_index, const struct duty_term *term)
{
    struct arena *arena = c->facts->arena;
    const struct line *line = c->roster->line_count ? shift_line(c, operator_index) : NULL;

    if (!line)
        return;
    struct span words = words_duty_order(arena, duty_state_name(term->state), context_office(c),
                                         time_words(c, operator_index, term));
    if (is_nobody_left(c, line)) {
        context_alarm(c, "duty.nobody", 0, c->event->id, "nobody is on duty now");
        words = span_of(
            arena_printf(arena, "%.*s%.*s", SPAN_ARG(words), SPAN_ARG(words_nobody_left())));
    }
    if (!c->event->is_own)
        tell_plainly(c, c->roster->operators[operator_index].id, span_of(line->number), words);
}

enum err duty_order(const struct context *c)
{
    const struct event *e = c->event;
    const int who = roster_operator_by_id(c->roster, e->operator_id);

    if (who < 0) {
        refuse(c, ERR_NOT_FOUND, SPAN("operator: nobody on the roster has this id"));
        return ERR_NONE;
    }
    if (e->until_ms && e->until_ms <= c->facts->now_ms) {
        refuse(c, ERR_BAD_INPUT, SPAN("until: is over already"));
        return ERR_NONE;
    }
    if (!wake_gather(c))
        return ERR_BUSY;
    struct duty_term term = duty_term(c, who, e->duty);
    if (e->until_ms)
        term = (struct duty_term){e->duty, e->until_ms};
    const char *by = context_by(c);
    duty_put(c, who, &term, by[0] ? span_of(by) : SPAN("by the office"));
    if (e->duty == DUTY_ON || e->duty == DUTY_HOURS)
        wake_now(c);
    tell(c, who, &term);
    c->answer->kind = ANSWER_DONE;
    c->answer->words = SPAN("set");
    return ERR_NONE;
}
