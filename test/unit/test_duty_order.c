#include "desk/duty_order.h"

#include "desk_story.h"

static struct world *const w = &world_shared;

static struct event order(const char *operator_id, enum duty_state state, int64_t until_ms)
{
    return (struct event){
        .kind = EVENT_DUTY,
        .operator_id = span_of(operator_id),
        .duty = state,
        .until_ms = until_ms,
        .origin = ORIGIN_DASHBOARD,
        .by = SPAN("Dana"),
    };
}

static void say_last(const char *phone, const char *words)
{
    if (!world_says(w, world_last_to(w, phone), words))
        fail_msg("no '%s' in: %.*s", words, SPAN_ARG(world_last_to(w, phone)->body));
}

static void he_is_taken_off_told_and_not_asked(void **unused)
{
    (void)unused;
    assert_int_equal(world_do(w, order("primary", DUTY_OFF, 0)), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(story_duty("primary").state, DUTY_OFF);
    say_last(PRIMARY, "You are off duty");
    say_last(PRIMARY, "set by the office (Dana)");
    assert_int_equal(world_count_to(w, PRIMARY), 1);
    world_text(w, ANNA, "no heat");
    assert_int_equal(world_count_to(w, PRIMARY), 1);
    assert_int_equal(world_count_to(w, BACKUP), 1);
}

static void until_the_end_that_is_named(void **unused)
{
    (void)unused;
    const int64_t until_ms = WORLD_START + 5 * (int64_t)HOUR;

    assert_int_equal(world_do(w, order("primary", DUTY_AWAY, until_ms)), ERR_NONE);
    assert_int_equal(story_duty("primary").state, DUTY_AWAY);
    assert_true(story_duty("primary").until_ms == until_ms);
    assert_int_equal(world_do(w, order("primary", DUTY_HOURS, 0)), ERR_NONE);
    assert_int_equal(story_duty("primary").state, DUTY_HOURS);
    assert_true(story_duty("primary").until_ms == 0);
    say_last(PRIMARY, "by your hours again");
}

static void his_own_is_not_told_to_him(void **unused)
{
    struct event e = order("primary", DUTY_AWAY, 0);

    (void)unused;
    e.is_own = true;
    assert_int_equal(world_do(w, e), ERR_NONE);
    assert_int_equal(story_duty("primary").state, DUTY_AWAY);
    assert_int_equal(world_count_to(w, PRIMARY), 0);
}

static void what_waits_finds_who_comes_on(void **unused)
{
    (void)unused;
    static const char *const all[] = {"primary", "backup", "owner"};

    for (int i = 0; i < 3; i++)
        assert_int_equal(world_do(w, order(all[i], DUTY_OFF, WORLD_START + 99 * (int64_t)HOUR)),
                         ERR_NONE);
    world_text(w, ANNA, "no heat");
    const size_t before = world_count_to(w, BACKUP);
    assert_int_equal(world_do(w, order("backup", DUTY_ON, 0)), ERR_NONE);
    assert_true(world_count_to(w, BACKUP) > before + 1); /* his duty, and what waits */
}

static void nobody_and_an_end_that_is_over_are_refused(void **unused)
{
    (void)unused;
    assert_int_equal(world_do(w, order("eve", DUTY_ON, 0)), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(w->answer.error, ERR_NOT_FOUND);
    assert_int_equal(world_do(w, order("primary", DUTY_ON, 1)), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(w->answer.error, ERR_BAD_INPUT);
    assert_int_equal(world_count_to(w, PRIMARY), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(he_is_taken_off_told_and_not_asked),
        STORY(until_the_end_that_is_named),
        STORY(his_own_is_not_told_to_him),
        STORY(what_waits_finds_who_comes_on),
        STORY(nobody_and_an_end_that_is_over_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
