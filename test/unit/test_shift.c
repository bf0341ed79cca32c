#include "desk/shift.h"

#include "desk_story.h"

static struct world *const w = &world_shared;
static const struct hours afternoons[] = {{0x7f, 14 * 60, 22 * 60}}; /* it is Monday, 12:00 */
static const struct hours with_a_break[] = {{0x7f, 14 * 60, 18 * 60},
                                            {0x7f, 18 * 60 + 30, 22 * 60}};

static void new_roster(void)
{
    world_again(w, (struct event){.kind = EVENT_WAKE});
}

static void begin(void)
{
    w->roster.shift_texts = true;
    w->roster.shift_confirm_s = 900;
    w->people[AT_PRIMARY].hours = afternoons;
    w->people[AT_PRIMARY].hours_count = 1;
    new_roster();
}

static void at_the_beginning_he_is_told_until_when(void **unused)
{
    (void)unused;
    begin();
    world_wait(w, 2 * HOUR - 1);
    assert_int_equal(world_count_to(w, PRIMARY), 0);
    world_wait(w, 1);
    assert_int_equal(world_count_to(w, PRIMARY), 1);
    SAYS(world_last_to(w, PRIMARY), "You are on call for ");
    SAYS(world_last_to(w, PRIMARY), " until 22:00. Reply ok or ");
    SAYS(world_last_to(w, PRIMARY), "/j/");
    assert_int_equal(world_count_to(w, BACKUP), 0); /* who is always on call begins nothing */
}

static void unless_asked_for_nobody_is_told(void **unused)
{
    (void)unused;
    begin();
    w->roster.shift_texts = false;
    world_wait(w, 24 * (int64_t)HOUR);
    assert_int_equal(world_count_to(w, PRIMARY), 0);
}

static void each_shift_is_told_once_and_every_day(void **unused)
{
    (void)unused;
    begin();
    for (int i = 0; i < 8; i++) { /* rosters come into force all the time */
        world_wait(w, HOUR / 2);
        new_roster();
    }
    assert_int_equal(world_logged(w, "shift.begun"), 1);
    world_wait(w, 48 * (int64_t)HOUR);
    assert_int_equal(world_logged(w, "shift.begun"), 3);
}

static void a_short_break_begins_no_shift(void **unused)
{
    (void)unused;
    begin();
    w->people[AT_PRIMARY].hours = with_a_break;
    w->people[AT_PRIMARY].hours_count = 2;
    world_wait(w, 9 * (int64_t)HOUR);
    assert_int_equal(world_logged(w, "shift.begun"), 1);
}

static void a_restart_a_little_later_loses_none(void **unused)
{
    (void)unused;
    begin();
    w->timer_count = 0;
    w->now_ms += 2 * HOUR + 10 * MIN;
    new_roster();
    world_wait(w, 0);
    assert_int_equal(world_logged(w, "shift.begun"), 1);
}

static void who_said_off_is_not_told(void **unused)
{
    (void)unused;
    begin();
    world_text(w, PRIMARY, "away 8h");
    story_confirm(PRIMARY);
    world_wait(w, 3 * HOUR);
    assert_int_equal(world_logged(w, "shift.begun"), 0);
}

static void ok_confirms_when_nothing_waits(void **unused)
{
    (void)unused;
    begin();
    world_wait(w, 2 * HOUR);
    world_text(w, PRIMARY, "ok");
    SAYS(world_last_to(w, PRIMARY), "Thank you: you are on call until 22:00.");
    assert_int_equal(world_logged(w, "shift.confirmed"), 1);
    world_wait(w, HOUR);
    assert_int_equal(world_logged(w, "shift.unconfirmed"), 0);
    assert_int_equal(world_count_to(w, BACKUP), 0);
}

static void what_waits_has_the_ok_first(void **unused)
{
    (void)unused;
    begin();
    world_wait(w, 2 * HOUR);
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "ok");
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    assert_int_equal(world_logged(w, "shift.confirmed"), 0);
    world_text(w, PRIMARY, "ack");
    assert_int_equal(world_logged(w, "shift.confirmed"), 1);
}

static void the_link_confirms_once(void **unused)
{
    (void)unused;
    begin();
    world_wait(w, 2 * HOUR);
    const struct message *m = world_last_to(w, PRIMARY);
    world_link(w, m, LINK_TAKE);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(world_logged(w, "shift.confirmed"), 1);
    world_link(w, m, LINK_TAKE);
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    world_wait(w, HOUR);
    assert_int_equal(world_logged(w, "shift.unconfirmed"), 0);
}

static void not_confirmed_is_an_alarm_and_the_next_one_knows(void **unused)
{
    (void)unused;
    begin();
    world_wait(w, 2 * HOUR + 900 * S - 1);
    assert_int_equal(world_logged(w, "shift.unconfirmed"), 0);
    world_wait(w, 1);
    assert_int_equal(world_logged(w, "shift.unconfirmed"), 1);
    assert_int_equal(world_count_to(w, BACKUP), 1);
    SAYS(world_last_to(w, BACKUP), "is on call and has not confirmed it. You are the next one.");
    world_wait(w, HOUR);
    assert_int_equal(world_count_to(w, BACKUP), 1);
    world_link(w, world_last_to(w, PRIMARY), LINK_TAKE); /* late, and known */
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(world_logged(w, "shift.confirmed"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(at_the_beginning_he_is_told_until_when),
        STORY(unless_asked_for_nobody_is_told),
        STORY(each_shift_is_told_once_and_every_day),
        STORY(a_short_break_begins_no_shift),
        STORY(a_restart_a_little_later_loses_none),
        STORY(who_said_off_is_not_told),
        STORY(ok_confirms_when_nothing_waits),
        STORY(what_waits_has_the_ok_first),
        STORY(the_link_confirms_once),
        STORY(not_confirmed_is_an_alarm_and_the_next_one_knows),
    };
    return cmocka_run_group_tests_name("shift", tests, NULL, NULL);
}
