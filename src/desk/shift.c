#include "desk/shift.h"

#include <string.h>

#include "desk/duty.h"
#include "relay/outgoing.h"
#include "relay/tell.h"
#include "rules/moment.h"
#include "rules/route.h"
#include "rules/schedule.h"
#include "rules/words.h"

enum { CHANGES_MOST = 64 }; /* looked at for one beginning or end */
static const int64_t hour_ms = 3600000;
static const int64_t late_ms = 15 * 60000;
static const int64_t day_ms = INT64_C(24) * 3600000;

/* ---- when ---- */

/* Calls `look` for each place that he has, or may stand in for; until it says true. */
typedef bool place_fn(const struct schedule_ask *ask, int owner, int64_t at_ms, int64_t *found);

static bool each_place(const struct context *c, const struct duties *duties, int who, place_fn look,
                       int64_t at_ms, int64_t *found)
{
    const struct roster *roster = c->roster;

    for (int n = 0; n < roster->chain_count; n++)
        for (int s = 0; s < roster->chains[n].step_count; s++) {
            const struct step *step = &roster->chains[n].steps[s];
            for (int i = 0; i < step->operator_count; i++) {
                const struct schedule_ask ask = {roster, duties, who, (int)step->turns[i] - 1};
                if (look(&ask, step->operators[i], at_ms, found))
                    return true;
            }
        }
    return false;
}

static bool place_is_his(const struct schedule_ask *ask, int owner, int64_t at_ms, int64_t *found)
{
    const int who = ask->operator_index;

    (void)found;
    return (owner == who || schedule_stand_in(ask->roster, owner, at_ms) == who) &&
           schedule_on(ask, at_ms);
}

static bool place_changes(const struct schedule_ask *ask, int owner, int64_t at_ms, int64_t *found)
{
    bool may = owner == ask->operator_index;

    for (int i = 0; i < ask->roster->override_count && !may; i++)
        may = ask->roster->overrides[i].operator_index == ask->operator_index &&
              ask->roster->overrides[i].instead_of == owner;
    if (may) {
        const int64_t next_ms = schedule_next_change(ask, at_ms);
        *found = next_ms < *found ? next_ms : *found;
    }
    return false;
}

static bool is_on(const struct context *c, const struct duties *duties, int who, int64_t at_ms)
{
    return each_place(c, duties, who, place_is_his, at_ms, NULL);
}

static int64_t next_change(const struct context *c, const struct duties *duties, int who,
                           int64_t at_ms)
{
    int64_t found = INT64_MAX;

    (void)each_place(c, duties, who, place_changes, at_ms, &found);
    return found;
}

/* The first beginning after `after_ms`, by the roster; INT64_MAX when none is known. */
static int64_t next_start(const struct context *c, int who, int64_t after_ms)
{
    int64_t at_ms = after_ms - hour_ms, off_ms = at_ms;
    bool on = is_on(c, NULL, who, at_ms);

    for (int i = 0; i < CHANGES_MOST; i++) {
        at_ms = next_change(c, NULL, who, at_ms);
        if (at_ms == INT64_MAX)
            break;
        const bool then = is_on(c, NULL, who, at_ms);
        if (then && !on && at_ms > after_ms && at_ms - off_ms >= hour_ms)
            return at_ms;
        if (!then && on)
            off_ms = at_ms;
        on = then;
    }
    return INT64_MAX;
}

static int64_t end_of(const struct context *c, int who)
{
    const struct duties *duties = context_duties(c);
    int64_t at_ms = c->facts->now_ms;

    for (int i = 0; i < CHANGES_MOST && at_ms != INT64_MAX; i++) {
        at_ms = next_change(c, duties, who, at_ms);
        if (at_ms != INT64_MAX && !is_on(c, duties, who, at_ms))
            return at_ms;
    }
    return INT64_MAX;
}

/* ---- the timer ---- */

static void watch_from(const struct context *c, int64_t after_ms)
{
    int64_t due_ms = INT64_MAX;

    if (!c->roster->shift_texts)
        return;
    for (int i = 0; i < c->roster->operator_count; i++) {
        const struct duty row = duty_row(c, i);
        const int64_t start_ms =
            next_start(c, i, row.shift_ms > after_ms ? row.shift_ms : after_ms);
        due_ms = start_ms < due_ms ? start_ms : due_ms;
    }
    const struct timer timer = {.due_ms = due_ms, .tenant = c->event->tenant, .kind = TIMER_SHIFT};
    if (due_ms != INT64_MAX)
        facts_put_timer(c->facts, &timer);
}

void shift_watch(const struct context *c)
{
    watch_from(c, c->facts->now_ms - late_ms);
}

/* ---- telling ---- */

static bool has_place(const struct context *c, const struct line *line, int who)
{
    const struct chain *chain = &c->roster->chains[line->chain];

    for (int s = 0; s < chain->step_count; s++)
        for (int i = 0; i < chain->steps[s].operator_count; i++)
            if (chain->steps[s].operators[i] == who)
                return true;
    return false;
}

const struct line *shift_line(const struct context *c, int who)
{
    const struct roster_operator *o = &c->roster->operators[who];

    if (o->via_count)
        return &c->roster->lines[o->via[0]];
    for (int i = 0; i < c->roster->line_count; i++)
        if (has_place(c, &c->roster->lines[i], who))
            return &c->roster->lines[i];
    return &c->roster->lines[0];
}

static struct span until(const struct context *c, int who, int64_t end_ms)
{
    const struct roster_operator *o = &c->roster->operators[who];

    if (end_ms == INT64_MAX)
        return (struct span){0};
    return moment_words(c->facts->arena, o->zone ? o->zone : c->roster->zone, end_ms,
                        c->facts->now_ms);
}

static void begin(const struct context *c, int who, int64_t start_ms)
{
    const struct roster_operator *o = &c->roster->operators[who];
    const int64_t end_ms = end_of(c, who), now_ms = c->facts->now_ms;
    struct duty row = duty_row(c, who);

    row.shift_ms = start_ms;
    row.shift_id = id_next(c->facts->ids, now_ms);
    row.shift_due_ms = now_ms + (int64_t)c->roster->shift_confirm_s * 1000;
    const struct span link = outgoing_link(c, LINK_SHIFT, row.shift_id, o->id,
                                           end_ms == INT64_MAX ? now_ms + day_ms : end_ms);
    tell_plainly(
        c, o->id, span_of(shift_line(c, who)->number),
        words_shift(c->facts->arena, span_of(c->roster->name), until(c, who, end_ms), link));
    const struct timer timer = {row.shift_due_ms, c->event->tenant, TIMER_CONFIRM, row.shift_id,
                                false};
    facts_put_timer(c->facts, &timer);
    facts_put_duty(c->facts, &row);
    context_log(c, "shift.begun", 0, row.shift_id, o->id, "");
}

static void drop_timer(const struct context *c)
{
    struct timer gone = c->event->timer;

    gone.gone = true;
    facts_put_timer(c->facts, &gone);
}

enum err shift_timer(const struct context *c)
{
    const int64_t start_ms = c->event->timer.due_ms, now_ms = c->facts->now_ms;

    if (start_ms > now_ms)
        return ERR_NONE; /* early: its row stays */
    drop_timer(c);
    if (!c->roster->shift_texts || !c->roster->line_count)
        return ERR_NONE;
    for (int i = 0; i < c->roster->operator_count; i++) {
        const struct duty row = duty_row(c, i);
        if (row.shift_ms < start_ms && is_on(c, context_duties(c), i, now_ms) &&
            next_start(c, i, start_ms - 1) == start_ms)
            begin(c, i, start_ms);
    }
    watch_from(c, start_ms > now_ms - day_ms ? start_ms : now_ms - day_ms);
    return ERR_NONE;
}

/* ---- confirming ---- */

bool shift_is_asked(const struct context *c, int operator_index)
{
    const struct duty row = duty_row(c, operator_index);

    return row.shift_id && row.shift_due_ms > 0;
}

static void confirm(const struct context *c, int who)
{
    struct duty row = duty_row(c, who);
    const struct timer gone = {row.shift_due_ms, c->event->tenant, TIMER_CONFIRM, row.shift_id,
                               true};

    if (row.shift_due_ms)
        facts_put_timer(c->facts, &gone);
    context_log(c, "shift.confirmed", 0, row.shift_id, row.operator_id,
                row.shift_due_ms ? "" : "late");
    row.shift_id = row.shift_due_ms = 0;
    facts_put_duty(c->facts, &row);
}

void shift_confirm(const struct context *c, int operator_index, struct span line)
{
    confirm(c, operator_index);
    tell_plainly(c, c->roster->operators[operator_index].id, line,
                 words_shift_confirmed(c->facts->arena,
                                       until(c, operator_index, end_of(c, operator_index))));
}

enum err shift_link(const struct context *c, struct link *link)
{
    const int who = context_operator(c, link->operator_id);
    const char *why = NULL;

    c->answer->kind = ANSWER_REFUSED;
    c->answer->error = ERR_CONFLICT;
    if (who < 0)
        why = "You are no longer on the roster.";
    else if (c->event->action != LINK_TAKE)
        why = "There is no such action.";
    else if (link->used_ms)
        why = "This link has been used.";
    else if (c->facts->now_ms >= link->expires_ms)
        why = "This link has expired.";
    if (why) {
        c->answer->words = span_of(why);
        return ERR_NONE;
    }
    if (duty_row(c, who).shift_id == link->subject)
        confirm(c, who);
    link->used_ms = c->facts->now_ms;
    facts_touch(c->facts, FACT_LINK, link);
    c->answer->kind = ANSWER_DONE;
    c->answer->error = ERR_NONE;
    c->answer->words = SPAN("Your shift is confirmed.");
    return ERR_NONE;
}

/* ---- not confirmed ---- */

/* Whoever comes after him in the plan of now, or else whoever is asked when nobody is there. */
static void tell_next(const struct context *c, int who, const struct line *line, struct span words)
{
    const struct roster_operator *o = &c->roster->operators[who];
    const struct route_ask ask = {.line = line, .duties = context_duties(c)};
    struct plan plan;

    route_plan(c->roster, &ask, c->facts->now_ms, &plan);
    for (int i = plan_find(&plan, span_of(o->id)) + 1; i < plan.count; i++)
        if (strcmp(plan.rungs[i].operator_id, o->id) != 0) {
            tell_plainly(c, plan.rungs[i].operator_id, span_of(line->number), words);
            return;
        }
    for (int i = 0; i < c->roster->operator_count; i++)
        if (i != who && c->roster->operators[i].last_resort)
            tell_plainly(c, c->roster->operators[i].id, span_of(line->number), words);
}

enum err shift_confirm_timer(const struct context *c)
{
    const struct timer *timer = &c->event->timer;

    if (timer->due_ms > c->facts->now_ms)
        return ERR_NONE; /* early: its row stays */
    drop_timer(c);
    for (int i = 0; i < c->roster->operator_count; i++) {
        struct duty row = duty_row(c, i);
        if (row.shift_id != timer->subject || row.shift_due_ms != timer->due_ms)
            continue;
        row.shift_due_ms = 0;
        facts_put_duty(c->facts, &row);
        context_alarm(c, "shift.unconfirmed", 0, row.shift_id,
                      arena_printf(c->facts->arena, "%s has not confirmed the shift",
                                   c->roster->operators[i].name));
        if (c->roster->line_count)
            tell_next(
                c, i, shift_line(c, i),
                words_shift_unconfirmed(c->facts->arena, span_of(c->roster->operators[i].name)));
    }
    return ERR_NONE;
}
