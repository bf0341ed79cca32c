#include "desk/desk_lock.h"

#include "desk/duty.h"
#include "relay/outgoing.h"
#include "relay/tell.h"
#include "rules/route.h"
#include "rules/schedule.h"
#include "rules/words.h"

enum { LINK_LIVES_MS = 60 * 60 * 1000 };

bool desk_lock_is_on(const struct context *c, int operator_index)
{
    const struct duty *row =
        schedule_duty(context_duties(c), c->roster->operators[operator_index].id);

    return row && row->locked_ms > c->facts->now_ms;
}

void desk_lock_answer(const struct context *c, int operator_index, int64_t message,
                      struct span line)
{
    const char *id = c->roster->operators[operator_index].id;
    const struct words_about w = {
        .link = outgoing_link(c, LINK_TEXT, message, id, c->facts->now_ms + LINK_LIVES_MS)};

    tell_plainly(c, id, line, words_locked(c->facts->arena, &w));
    context_log(c, "text.locked", 0, message, id, "answered with a link that acts");
}

static void tell_people(const struct context *c, int operator_index, struct span line)
{
    const struct roster_operator *locked = &c->roster->operators[operator_index];
    const struct words_about w = {.name = span_of(locked->name)};

    context_alarm(c, "operator.locked", 0, c->event->id, locked->id);
    for (int i = 0; i < c->roster->operator_count; i++)
        if (i != operator_index && c->roster->operators[i].last_resort)
            tell_plainly(c, c->roster->operators[i].id, line,
                         words_lock_notice(c->facts->arena, &w));
}

void desk_lock_wrong_tag(const struct context *c, int operator_index, struct span line)
{
    struct duty row = duty_row(c, operator_index);

    if (c->facts->now_ms - row.wrong_ms >= DESK_LOCK_MS)
        row.wrong_tags = 0;
    if (row.wrong_tags++ == 0)
        row.wrong_ms = c->facts->now_ms;
    if (row.wrong_tags == DESK_LOCK_AFTER) {
        row.locked_ms = c->facts->now_ms + DESK_LOCK_MS;
        row.wrong_tags = 0;
        tell_people(c, operator_index, line);
    }
    facts_put_duty(c->facts, &row);
}

void desk_lock_right_tag(const struct context *c, int operator_index)
{
    struct duty row = duty_row(c, operator_index);

    if (row.wrong_tags == 0)
        return;
    row.wrong_tags = 0;
    facts_put_duty(c->facts, &row);
}
