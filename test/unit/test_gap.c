#include "relay/gap.h"

#include "core_world.h"

static struct world *const w = &world_shared;
static const struct hours days[] = {{0x7f, 8 * 60, 20 * 60}}; /* it is Monday, 12:00 */
static const struct hours evenings[] = {{0x7f, 20 * 60, 23 * 60}};

static void works(int who, const struct hours *hours)
{
    w->people[who].hours = hours;
    w->people[who].hours_count = 1;
}

static void by_day(void)
{
    works(AT_PRIMARY, days);
    works(AT_BACKUP, days);
    works(AT_OWNER, days);
    works(AT_SPARE, days);
}

static void new_roster(void)
{
    world_again(w, (struct event){.kind = EVENT_WAKE});
}

static const struct event_row *last_gap(void)
{
    const struct event_row *found = NULL;

    for (const struct appended *a = w->added; a; a = a->next)
        if (a->kind == APPEND_EVENT && strcmp(a->event.kind, "duty.gap") == 0)
            found = &a->event;
    return found;
}

static void says(const char *words)
{
    const struct event_row *row = last_gap();

    assert_non_null(row);
    assert_true(row->alarm);
    if (!memmem(row->detail.data, row->detail.size, words, strlen(words)))
        fail_msg("no '%s' in: %.*s", words, SPAN_ARG(row->detail));
}

static void without_a_gap_nothing_is_said(void **unused)
{
    (void)unused;
    new_roster();
    world_wait(w, 30 * (int64_t)HOUR);
    assert_int_equal(world_logged(w, "duty.gap"), 0);
}

static void a_gap_ahead_is_one_alarm_of_each_line(void **unused)
{
    (void)unused;
    by_day();
    new_roster();
    assert_int_equal(world_logged(w, "duty.gap"), 2); /* two lines */
    says("+13125550101: nobody is on duty from 20:00 until Tue 08:00 (UTC)");
    new_roster();
    assert_int_equal(world_logged(w, "duty.gap"), 2);
}

static void it_is_told_once_while_it_comes_and_while_it_lasts(void **unused)
{
    (void)unused;
    by_day();
    new_roster();
    world_wait(w, 8 * (int64_t)HOUR); /* 20:00 */
    assert_int_equal(world_logged(w, "duty.gap"), 2);
    world_go(w, WORLD_TUESDAY); /* since 20:00 and some the next night is within a day */
    assert_int_equal(world_logged(w, "duty.gap"), 4);
    world_wait(w, 11 * (int64_t)HOUR);
    assert_int_equal(world_logged(w, "duty.gap"), 4);
}

static void the_hour_finds_what_comes_near(void **unused)
{
    (void)unused;
    static const struct hours but_tuesday[] = {{0x7d, 0, 24 * 60}};

    for (int i = 0; i < WORLD_PEOPLE; i++)
        works(i, but_tuesday);
    w->now_ms -= 36 * (int64_t)HOUR; /* Sunday, 00:00 */
    new_roster();
    assert_int_equal(world_logged(w, "duty.gap"), 0);
    world_wait(w, 23 * (int64_t)HOUR);
    assert_int_equal(world_logged(w, "duty.gap"), 0);
    world_wait(w, 3 * (int64_t)HOUR);
    assert_int_equal(world_logged(w, "duty.gap"), 2);
    says("from Tue 00:00 until Wed 00:00");
}

static void the_timer_stands_once_and_hours_on_end(void **unused)
{
    size_t count = 0;

    (void)unused;
    for (int i = 0; i < 3; i++)
        new_roster();
    world_wait(w, 10 * (int64_t)HOUR + 1);
    for (size_t i = 0; i < w->timer_count; i++) {
        count += w->timers[i].kind == TIMER_GAPS;
        assert_true(w->timers[i].due_ms > w->now_ms && w->timers[i].due_ms <= w->now_ms + HOUR);
    }
    assert_int_equal(count, 1);
}

static void after_a_long_sleep_it_looks_once(void **unused)
{
    (void)unused;
    by_day();
    new_roster();
    const struct timer old = w->timers[0];
    w->now_ms += 100 * 24 * (int64_t)HOUR;
    world_do(w, (struct event){.kind = EVENT_TIMER, .timer = old});
    assert_int_equal(w->timer_count, 1);
    assert_true(w->timers[0].due_ms > w->now_ms);
}

static void an_early_timer_stays(void **unused)
{
    (void)unused;
    new_roster();
    const struct timer timer = w->timers[0];
    world_do(w, (struct event){.kind = EVENT_TIMER, .timer = timer});
    assert_true(world_has_timer(w, TIMER_GAPS, 0, timer.due_ms));
    assert_int_equal(w->changes, 0);
}

static void a_gap_under_way_begins_now(void **unused)
{
    (void)unused;
    works(AT_PRIMARY, evenings);
    works(AT_BACKUP, evenings);
    works(AT_OWNER, evenings);
    new_roster();
    assert_int_equal(world_logged(w, "duty.gap"), 2); /* and the night after it */
    world_wait(w, 3 * (int64_t)HOUR);
    assert_int_equal(world_logged(w, "duty.gap"), 2);
}

static void one_without_an_end_is_told_once_a_day(void **unused)
{
    (void)unused;
    static const struct stretch always[] = {{0, INT64_MAX}};

    w->people[AT_SPARE].away = always;
    w->people[AT_SPARE].away_count = 1;
    new_roster();
    assert_int_equal(world_logged(w, "duty.gap"), 1);
    says("from now until nobody knows when");
    world_wait(w, 11 * (int64_t)HOUR);
    assert_int_equal(world_logged(w, "duty.gap"), 1);
    world_wait(w, 2 * (int64_t)HOUR);
    assert_int_equal(world_logged(w, "duty.gap"), 2);
}

static void what_he_said_of_himself_counts(void **unused)
{
    (void)unused;
    by_day();
    works(AT_SPARE, NULL);
    w->people[AT_SPARE].hours_count = 0;
    new_roster();
    assert_int_equal(world_logged(w, "duty.gap"), 1);
    facts_put_duty(&w->facts, &(struct duty){.tenant = WORLD_TENANT,
                                             .operator_id = "spare",
                                             .state = DUTY_AWAY,
                                             .until_ms = w->now_ms + 2 * HOUR});
    world_commit(w);
    world_wait(w, HOUR);
    assert_int_equal(world_logged(w, "duty.gap"), 2);
    says("+13125550101: nobody is on duty from now until 14:00");
}

static void a_tenant_without_a_roster_is_asked_no_more(void **unused)
{
    (void)unused;
    new_roster();
    w->roster.line_count = 0;
    world_wait(w, HOUR);
    assert_int_equal(w->timer_count, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_gap_nothing_is_said),
        TEST(a_gap_ahead_is_one_alarm_of_each_line),
        TEST(it_is_told_once_while_it_comes_and_while_it_lasts),
        TEST(the_hour_finds_what_comes_near),
        TEST(the_timer_stands_once_and_hours_on_end),
        TEST(after_a_long_sleep_it_looks_once),
        TEST(an_early_timer_stays),
        TEST(a_gap_under_way_begins_now),
        TEST(one_without_an_end_is_told_once_a_day),
        TEST(what_he_said_of_himself_counts),
        TEST(a_tenant_without_a_roster_is_asked_no_more),
    };
    return cmocka_run_group_tests_name("gap", tests, NULL, NULL);
}
