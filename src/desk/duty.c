#include "desk/duty.h"

#include <string.h>

#include "base/buf.h"
#include "model/wall.h"
#include "relay/tell.h"
#include "relay/wake.h"
#include "rules/moment.h"
#include "rules/route.h"
#include "rules/schedule.h"
#include "rules/words.h"

static const int64_t minute_ms = 60000;
static const int64_t day_ms = INT64_C(24) * 3600000;
static const int64_t swap_ms = INT64_C(12) * 3600000; /* of somebody without hours */

bool duty_is_command(enum command command)
{
    return command == COMMAND_WHO || command == COMMAND_AWAY || command == COMMAND_BACK ||
           command == COMMAND_ON || command == COMMAND_OFF || command == COMMAND_SWAP;
}

bool duty_must_be_confirmed(enum command command)
{
    return command == COMMAND_AWAY || command == COMMAND_OFF || command == COMMAND_SWAP;
}

bool duty_gather(const struct context *c, enum command command)
{
    if (command == COMMAND_ON || command == COMMAND_BACK || command == COMMAND_SWAP)
        return wake_gather(c);
    return !c->facts->short_of;
}

struct duty duty_row(const struct context *c, int operator_index)
{
    const char *id = c->roster->operators[operator_index].id;
    const struct duty *known = schedule_duty(context_duties(c), id);
    struct duty row = {.tenant = c->event->tenant};

    if (known)
        return *known;
    CONTEXT_SET(row.operator_id, span_of(id));
    return row;
}

/* Nothing for 0 and for an instant that is not known. */
static struct span time_words(const struct context *c, const struct roster_operator *o,
                              int64_t at_ms)
{
    const struct zone *zone = o->zone ? o->zone : c->roster->zone;

    if (!at_ms || at_ms == INT64_MAX || !zone)
        return (struct span){0};
    return moment_words(c->facts->arena, zone, at_ms, c->facts->now_ms);
}

/* The next instant at which his clock shows the time; of a vague one the sooner of both. */
static int64_t until_ms(const struct context *c, const struct roster_operator *o,
                        const struct command_time *time)
{
    const int64_t now_ms = c->facts->now_ms;
    const struct zone *zone = o->zone ? o->zone : c->roster->zone;
    int64_t soonest = INT64_MAX;

    if (time->kind == TIME_NONE)
        return 0;
    if (time->kind == TIME_FOR || !zone)
        return now_ms + time->minutes * minute_ms;
    const int64_t local_ms = wall_time(zone, now_ms);
    const int64_t midnight = local_ms - local_ms % day_ms;
    for (int day = 0; day <= 2; day++)
        for (int half = 0; half <= (time->is_vague ? 1 : 0); half++) {
            const int64_t minutes = (time->minutes + half * 12 * 60) % (24 * 60);
            const int64_t wanted = midnight + day * day_ms + minutes * minute_ms;
            const int64_t first = wall_instant(zone, wanted, WALL_FIRST);
            const int64_t second = wall_instant(zone, wanted, WALL_LAST);
            if (first > now_ms && first < soonest)
                soonest = first;
            if (second > now_ms && second < soonest) /* what the autumn change repeats */
                soonest = second;
        }
    return soonest;
}

static void put(const struct context *c, int operator_index, const struct duty_term *term)
{
    struct duty row = duty_row(c, operator_index);

    row.state = term->state;
    row.since_ms = c->facts->now_ms;
    row.until_ms = term->until_ms == INT64_MAX ? 0 : term->until_ms;
    facts_put_duty(c->facts, &row);
}

void duty_put(const struct context *c, int operator_index, const struct duty_term *term,
              struct span by)
{
    const char *name = duty_state_name(term->state);

    put(c, operator_index, term);
    context_log(c, "operator.duty", 0, c->event->id, c->roster->operators[operator_index].id,
                by.size ? arena_printf(c->facts->arena, "%s, %.*s", name, SPAN_ARG(by)) : name);
}

static void set(const struct context *c, int operator_index, enum duty_state state, int64_t until)
{
    duty_put(c, operator_index, &(struct duty_term){state, until}, (struct span){NULL, 0});
}

/* Who would be asked now about a text to the line. */
static void plan_now(const struct context *c, struct span line, struct plan *out)
{
    const struct route_ask ask = {.line = roster_line(c->roster, line),
                                  .duties = context_duties(c)};

    memset(out, 0, sizeof *out);
    if (ask.line)
        route_plan(c->roster, &ask, c->facts->now_ms, out);
}

static void tell(const struct context *c, int operator_index, struct span line, struct span words)
{
    struct plan plan;

    plan_now(c, line, &plan);
    if (plan.count == 0 && roster_line(c->roster, line)) {
        context_alarm(c, "duty.nobody", 0, c->event->id, "nobody is on duty now");
        words = span_of(arena_printf(c->facts->arena, "%.*s%.*s", SPAN_ARG(words),
                                     SPAN_ARG(words_nobody_left())));
    }
    tell_plainly(c, c->roster->operators[operator_index].id, line, words);
}

static void who(const struct context *c, int operator_index, struct span line)
{
    const struct line *at = roster_line(c->roster, line);
    struct buf names = buf_in(c->facts->arena, 1024);
    struct span next = {0};
    struct plan plan;

    plan_now(c, line, &plan);
    for (int i = 0; i < plan.count; i++)
        buf_printf(&names, "%s%s", i ? ", then " : "", context_name(c, plan.rungs[i].operator_id));
    const int64_t next_ms =
        at ? route_next_on(c->roster, at, context_duties(c), c->facts->now_ms) : INT64_MAX;
    const struct span time = time_words(c, &c->roster->operators[operator_index], next_ms);
    if (time.size)
        next = span_of(arena_printf(c->facts->arena, "Somebody comes on at %.*s.", SPAN_ARG(time)));
    tell_plainly(c, c->roster->operators[operator_index].id, line,
                 words_who(c->facts->arena, buf_span(&names), next));
}

static bool is_named(const struct roster_operator *o, struct span name)
{
    return span_is_nocase(name, span_of(o->id)) || span_is_nocase(name, span_of(o->name));
}

bool duty_has_partner(const struct context *c, struct span name)
{
    for (int i = 0; name.size && i < c->roster->operator_count; i++)
        if (is_named(&c->roster->operators[i], name))
            return true;
    return name.size == 0;
}

/* Whom he names; else the next on the line's chain; -1 without. */
static int partner(const struct context *c, int operator_index, struct span name, struct span line)
{
    struct plan plan;

    for (int i = 0; name.size && i < c->roster->operator_count; i++)
        if (i != operator_index && is_named(&c->roster->operators[i], name))
            return i;
    plan_now(c, line, &plan);
    for (int i = 0; !name.size && i < plan.count + plan.out_count; i++) {
        const struct rung *r = i < plan.count ? &plan.rungs[i] : &plan.out[i - plan.count];
        const int o = context_operator(c, r->operator_id);
        if (o >= 0 && o != operator_index && r->reason != REASON_AWAY)
            return o;
    }
    return -1;
}

/* By the roster alone, whatever anybody said. */
static struct schedule_ask by_roster(const struct context *c, int operator_index)
{
    return (struct schedule_ask){c->roster, NULL, operator_index, -1};
}

static void swap(const struct context *c, int operator_index, const struct command_text *text,
                 struct span line)
{
    const struct roster_operator *me = &c->roster->operators[operator_index];
    const int other = partner(c, operator_index, text->name, line);
    int64_t until = c->facts->now_ms + swap_ms;

    if (other < 0) {
        tell_plainly(c, me->id, line, words_no_swap(c->facts->arena));
        return;
    }
    const struct schedule_ask mine = by_roster(c, operator_index);
    const int64_t change = schedule_next_change(&mine, c->facts->now_ms);
    if (change != INT64_MAX && schedule_on(&mine, c->facts->now_ms))
        until = change;
    set(c, operator_index, DUTY_OFF, until);
    set(c, other, DUTY_ON, until);
    wake_now(c);
    const struct roster_operator *he = &c->roster->operators[other];
    tell_plainly(c, me->id, line,
                 words_swapped(c->facts->arena, span_of(he->name), time_words(c, me, until)));
    tell_plainly(c, he->id, line,
                 words_swapped_to(c->facts->arena, span_of(me->name), time_words(c, he, until)));
}

/* Until his hours or his turn end; by his hours alone where these hold him on. */
static struct duty_term on_term(const struct context *c, int operator_index, enum duty_state state)
{
    const struct schedule_ask ask = by_roster(c, operator_index);
    const int64_t now_ms = c->facts->now_ms;
    const int64_t turn = schedule_next_turn(c->roster, operator_index, now_ms);
    const bool on = schedule_on(&ask, now_ms);
    /* Who is in a rotation may be on by his hours and yet not be asked. */
    const bool by_hours = state == DUTY_HOURS || (on && turn == INT64_MAX);
    const int64_t until = by_hours ? 0 : schedule_next_change(&ask, now_ms);

    return (struct duty_term){by_hours ? DUTY_HOURS : DUTY_ON, until > turn ? turn : until};
}

static void come_on(const struct context *c, int operator_index, enum command command,
                    struct span line)
{
    const struct schedule_ask ask = by_roster(c, operator_index);
    const bool on = schedule_on(&ask, c->facts->now_ms);
    const struct duty_term term =
        on_term(c, operator_index, command == COMMAND_BACK ? DUTY_HOURS : DUTY_ON);

    set(c, operator_index, term.state, term.until_ms);
    wake_now(c);
    tell(c, operator_index, line,
         command == COMMAND_BACK ? words_back(c->facts->arena, on)
                                 : words_on(c->facts->arena, (struct span){0}));
}

/* When he comes on again without saying so; 0 when that is not known. */
static int64_t next_shift(const struct context *c, int operator_index)
{
    const struct schedule_ask ask = by_roster(c, operator_index);

    return schedule_next_on(&ask, c->facts->now_ms);
}

struct duty_term duty_term(const struct context *c, int operator_index, enum duty_state state)
{
    switch (state) {
    case DUTY_ON:
    case DUTY_HOURS:
        return on_term(c, operator_index, state);
    case DUTY_OFF:
        return (struct duty_term){state, next_shift(c, operator_index)};
    case DUTY_AWAY:
    case DUTY_STATES:
        break;
    }
    return (struct duty_term){state, 0};
}

void duty_do(const struct context *c, int operator_index, const struct command_text *text,
             struct span line)
{
    const struct roster_operator *o = &c->roster->operators[operator_index];
    struct arena *arena = c->facts->arena;
    int64_t until = 0;

    switch (text->command) {
    case COMMAND_WHO:
        who(c, operator_index, line);
        return;
    case COMMAND_ON:
    case COMMAND_BACK:
        come_on(c, operator_index, text->command, line);
        return;
    case COMMAND_OFF:
        until = next_shift(c, operator_index);
        set(c, operator_index, DUTY_OFF, until);
        tell(c, operator_index, line, words_off(arena, time_words(c, o, until)));
        return;
    case COMMAND_AWAY:
        until = until_ms(c, o, &text->time);
        set(c, operator_index, DUTY_AWAY, until);
        tell(c, operator_index, line, words_away(arena, time_words(c, o, until)));
        return;
    case COMMAND_SWAP:
        swap(c, operator_index, text, line);
        return;
    case COMMAND_NONE:
    case COMMAND_OK:
    case COMMAND_OK_ALL:
    case COMMAND_NEXT:
    case COMMAND_DONE:
    case COMMAND_MENU:
    case COMMAND_RESERVED:
    case COMMANDS:
        return;
    }
}
