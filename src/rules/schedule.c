#include "rules/schedule.h"

#include <string.h>

#include "rules/hours.h"
#include "rules/rotation.h"

static const int64_t ahead_ms = SCHEDULE_AHEAD_DAYS * INT64_C(86400000);

_Static_assert((int)SCHEDULE_AHEAD_DAYS <= (int)HOURS_AHEAD_DAYS, "hours look as far");

const struct duty *schedule_duty(const struct duties *duties, const char *operator_id)
{
    for (size_t i = 0; duties && i < duties->count; i++)
        if (strcmp(duties->rows[i].operator_id, operator_id) == 0)
            return &duties->rows[i];
    return NULL;
}

/* What he said and still holds; NULL leaves it to the roster. */
static const struct duty *said(const struct schedule_ask *ask, int64_t at_ms)
{
    const char *id = ask->roster->operators[ask->operator_index].id;
    const struct duty *row = schedule_duty(ask->duties, id);

    if (!row || row->state == DUTY_HOURS || (row->until_ms && row->until_ms <= at_ms))
        return NULL;
    return row;
}

/* ---- stretches ---- */

static bool is_in(const struct stretch *s, int64_t at_ms)
{
    return s->from_ms <= at_ms && at_ms < s->to_ms;
}

/* The first that ends after `at_ms`; `count` when none does. */
static int find_stretch(const struct stretch *list, int count, int64_t at_ms)
{
    int low = 0, high = count;

    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (list[middle].to_ms > at_ms)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool is_within(const struct stretch *list, int count, int64_t at_ms)
{
    const int i = find_stretch(list, count, at_ms);

    return i < count && is_in(&list[i], at_ms);
}

static void sooner(int64_t *soonest, int64_t after_ms, int64_t at_ms)
{
    if (at_ms > after_ms && at_ms < *soonest)
        *soonest = at_ms;
}

static void sooner_edge(int64_t *soonest, const struct stretch *list, int count, int64_t at_ms)
{
    const int i = find_stretch(list, count, at_ms);

    if (i == count)
        return;
    sooner(soonest, at_ms, list[i].from_ms);
    sooner(soonest, at_ms, list[i].to_ms);
}

/* ---- what the roster says ---- */

/* His hours and his calendar. */
static bool is_usual(const struct roster_operator *o, int64_t at_ms)
{
    if (o->has_calendar && is_within(o->calendar, o->calendar_count, at_ms))
        return true;
    return o->has_calendar && o->hours_count == 0 ? false : hours_on(o, at_ms);
}

static bool has_turn(const struct schedule_ask *ask, int operator_index, int64_t at_ms)
{
    return ask->rotation < 0 ||
           rotation_holder(&ask->roster->rotations[ask->rotation], at_ms) == operator_index;
}

/* The override of his own duty that holds; NULL without. */
static const struct roster_override *override_at(const struct schedule_ask *ask, int64_t at_ms)
{
    for (int i = ask->roster->override_count - 1; i >= 0; i--) {
        const struct roster_override *o = &ask->roster->overrides[i];
        if (o->instead_of < 0 && o->operator_index == ask->operator_index && is_in(&o->when, at_ms))
            return o;
    }
    return NULL;
}

int schedule_stand_in(const struct roster *roster, int operator_index, int64_t at_ms)
{
    for (int i = roster->override_count - 1; i >= 0; i--) {
        const struct roster_override *o = &roster->overrides[i];
        if (o->instead_of == operator_index && is_in(&o->when, at_ms))
            return o->operator_index;
    }
    return -1;
}

/* True when he has somebody's place who would be on duty himself. */
static bool stands_in(const struct schedule_ask *ask, int64_t at_ms)
{
    const struct roster *r = ask->roster;

    for (int i = 0; i < r->override_count; i++) {
        const struct roster_override *o = &r->overrides[i];
        if (o->instead_of >= 0 && o->operator_index == ask->operator_index &&
            is_in(&o->when, at_ms) &&
            schedule_stand_in(r, o->instead_of, at_ms) == ask->operator_index &&
            is_usual(&r->operators[o->instead_of], at_ms) && has_turn(ask, o->instead_of, at_ms))
            return true;
    }
    return false;
}

enum reason schedule_reason(const struct schedule_ask *ask, int64_t at_ms)
{
    const struct roster_operator *o = &ask->roster->operators[ask->operator_index];
    const struct duty *word = said(ask, at_ms);

    if (ask->roster->is_suspended)
        return REASON_OFF_DUTY;
    if (word)
        return word->state == DUTY_ON    ? REASON_ON_DUTY
               : word->state == DUTY_OFF ? REASON_OFF_DUTY
                                         : REASON_AWAY;
    const struct roster_override *forced = override_at(ask, at_ms);
    if (forced)
        return forced->on ? REASON_EXTRA : REASON_OVERRIDE;
    if (stands_in(ask, at_ms))
        return REASON_STANDS_IN;
    const bool usual = is_usual(o, at_ms), turn = has_turn(ask, ask->operator_index, at_ms);
    if (usual && turn && schedule_stand_in(ask->roster, ask->operator_index, at_ms) >= 0)
        return REASON_SWAPPED;
    if (is_within(o->away, o->away_count, at_ms))
        return REASON_VACATION;
    if (!usual)
        return REASON_OFF_DUTY;
    if (!turn)
        return REASON_NOT_TURN;
    return ask->rotation < 0 ? REASON_ON_DUTY : REASON_TURN;
}

int schedule_taker(const struct schedule_ask *ask, int64_t at_ms)
{
    const struct roster_operator *o = &ask->roster->operators[ask->operator_index];

    if (said(ask, at_ms) || override_at(ask, at_ms) || !is_usual(o, at_ms) ||
        !has_turn(ask, ask->operator_index, at_ms))
        return -1;
    return schedule_stand_in(ask->roster, ask->operator_index, at_ms);
}

bool schedule_on(const struct schedule_ask *ask, int64_t at_ms)
{
    return reason_is_taken(schedule_reason(ask, at_ms));
}

/* ---- until when ---- */

static void sooner_usual(int64_t *soonest, const struct roster_operator *o, int64_t at_ms)
{
    sooner(soonest, at_ms, hours_next_change(o, at_ms));
    sooner_edge(soonest, o->calendar, o->calendar_count, at_ms);
}

/* Whoever stands in for him then may be somebody else. */
static void sooner_swaps(int64_t *soonest, const struct roster *r, int operator_index,
                         int64_t at_ms)
{
    for (int i = 0; i < r->override_count; i++) {
        if (r->overrides[i].instead_of != operator_index)
            continue;
        sooner(soonest, at_ms, r->overrides[i].when.from_ms);
        sooner(soonest, at_ms, r->overrides[i].when.to_ms);
    }
}

int64_t schedule_next_look(const struct schedule_ask *ask, int64_t at_ms)
{
    const struct roster *r = ask->roster;
    const struct roster_operator *o = &r->operators[ask->operator_index];
    const struct duty *word = said(ask, at_ms);
    int64_t soonest = INT64_MAX;

    if (word) /* nothing else holds before its end */
        return word->until_ms ? word->until_ms : INT64_MAX;
    sooner_usual(&soonest, o, at_ms);
    sooner_edge(&soonest, o->away, o->away_count, at_ms);
    for (int i = 0; i < r->override_count; i++) {
        const struct roster_override *over = &r->overrides[i];
        if (over->operator_index != ask->operator_index && over->instead_of != ask->operator_index)
            continue;
        sooner(&soonest, at_ms, over->when.from_ms);
        sooner(&soonest, at_ms, over->when.to_ms);
        if (over->instead_of < 0 || !is_in(&over->when, at_ms))
            continue;
        sooner_usual(&soonest, &r->operators[over->instead_of], at_ms);
        sooner_swaps(&soonest, r, over->instead_of, at_ms);
    }
    if (ask->rotation >= 0)
        sooner(&soonest, at_ms, rotation_hand_over(&r->rotations[ask->rotation], at_ms));
    return soonest;
}

int64_t schedule_next_change(const struct schedule_ask *ask, int64_t at_ms)
{
    const bool on = schedule_on(ask, at_ms);
    int64_t look = at_ms;

    do
        look = schedule_next_look(ask, look);
    while (look <= at_ms + ahead_ms && schedule_on(ask, look) == on);
    return look <= at_ms + ahead_ms ? look : INT64_MAX;
}

int64_t schedule_next_on(const struct schedule_ask *ask, int64_t at_ms)
{
    int64_t next = schedule_next_change(ask, at_ms);

    if (next != INT64_MAX && !schedule_on(ask, next))
        next = schedule_next_change(ask, next);
    return next <= at_ms + ahead_ms ? next : INT64_MAX;
}

int64_t schedule_next_turn(const struct roster *roster, int operator_index, int64_t at_ms)
{
    int64_t soonest = INT64_MAX;

    for (int i = 0; i < roster->rotation_count; i++)
        for (int k = 0; k < roster->rotations[i].operator_count; k++)
            if (roster->rotations[i].operators[k] == operator_index)
                sooner(&soonest, at_ms, rotation_hand_over(&roster->rotations[i], at_ms));
    return soonest;
}
