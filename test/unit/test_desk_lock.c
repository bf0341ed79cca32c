#include "desk/desk_lock.h"

#include "desk_story.h"

static struct world *const w = &world_shared;

/* Marks that are nobody's. */
static void guess(int times)
{
    for (int i = 0; i < times; i++) {
        const char *mark = world_tagged(w, story_about(PRIMARY, ANNA), "");
        world_text(w, PRIMARY, strncmp(mark, "Z9Z", 3) == 0 ? "Z8Z ok" : "Z9Z ok");
    }
}

static bool is_locked(void)
{
    return story_duty("primary").locked_ms > w->now_ms;
}

static void nothing_was_done(void)
{
    assert_int_equal(story_replies(ANNA), 0);
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
}

static void locked(void)
{
    w->people[AT_OWNER].last_resort = true;
    world_text(w, ANNA, "no heat");
    guess(DESK_LOCK_AFTER);
    assert_true(is_locked());
}

static void four_do_not_lock(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    guess(DESK_LOCK_AFTER - 1);
    assert_false(is_locked());
    SAYS(world_last_to(w, PRIMARY), "is no mark of yours");
    assert_int_equal(world_alarms(w), 0);
    story_mark(PRIMARY, ANNA, "ok");
    assert_string_equal(story_relay(ANNA)->acked_by, "primary");
}

static void five_lock_for_a_quarter_of_an_hour_and_people_are_told(void **unused)
{
    (void)unused;
    locked();
    assert_int_equal(world_logged(w, "operator.locked"), 1);
    assert_int_equal(world_alarms(w), 1);
    SAYS(world_last_to(w, OWNER), "Five wrong marks came from Pat");
    assert_int_equal(world_count_to(w, BACKUP), 0);
    assert_int_equal(story_duty("primary").locked_ms, WORLD_START + 15 * MIN);
}

/* Whatever he writes: none of it acts, each is answered with a link. */
static void locked_nothing_acts(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "Anna, on my way", "ok", "ok all", "on", "back", "off", "who", "1", "menu", "", "yes"};
    locked();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const size_t before = world_count_to(w, PRIMARY);
        world_text(w, PRIMARY, texts[i]);
        assert_int_equal(world_count_to(w, PRIMARY), before + 1);
        SAYS(world_last_to(w, PRIMARY), "https://relay.example.test/j/");
        assert_int_equal(story_row()->thread, 0);
        nothing_was_done();
    }
    story_mark(PRIMARY, ANNA, "ok"); /* the right mark as well: the next guess may be right */
    nothing_was_done();
    assert_int_equal(story_duty("primary").state, DUTY_HOURS);
}

static void a_right_guess_does_not_lift_the_lock(void **unused)
{
    (void)unused;
    locked();
    story_mark(PRIMARY, ANNA, "next");
    assert_true(is_locked());
    guess(3);
    assert_int_equal(story_duty("primary").locked_ms, WORLD_START + 15 * MIN); /* nor longer */
}

static void it_ends_to_the_millisecond(void **unused)
{
    (void)unused;
    locked();
    w->now_ms += 15 * MIN - 1;
    story_mark(PRIMARY, ANNA, "ok");
    nothing_was_done();
    w->now_ms += 1;
    story_mark(PRIMARY, ANNA, "ok");
    assert_string_equal(story_relay(ANNA)->acked_by, "primary");
}

static void others_are_not_locked(void **unused)
{
    (void)unused;
    locked();
    world_wait(w, 900 * S - 1);
    world_text(w, BACKUP, "who");
    SAYS(world_last_to(w, BACKUP), "On duty");
}

static void the_link_acts_once(void **unused)
{
    (void)unused;
    locked();
    story_mark(PRIMARY, ANNA, "Anna, on my way");
    nothing_was_done();
    const struct message *answer = world_last_to(w, PRIMARY);
    const size_t rows = world_count(w, FACT_MESSAGE);
    world_link(w, answer, LINK_TAKE);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_true(story_replied(ANNA, "Anna, on my way"));
    assert_string_equal(story_relay(ANNA)->acked_by, "primary");
    SAYS(world_last_to(w, PRIMARY), "Sent to " ANNA);
    assert_true(world_count(w, FACT_MESSAGE) > rows);
    world_link(w, answer, LINK_TAKE);
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(story_replies(ANNA), 1);
    assert_true(is_locked()); /* his number still is no proof */
}

static void the_link_does_not_live_for_ever(void **unused)
{
    (void)unused;
    locked();
    story_mark(PRIMARY, ANNA, "Anna, on my way");
    const struct message *answer = world_last_to(w, PRIMARY);
    world_wait(w, 60 * MIN);
    world_link(w, answer, LINK_TAKE);
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(story_replies(ANNA), 0);
}

static void the_link_sends_a_photo_too(void **unused)
{
    (void)unused;
    locked();
    story_say(PRIMARY, LINE, "", PHOTO);
    world_link(w, world_last_to(w, PRIMARY), LINK_TAKE);
    assert_int_equal(story_replies(ANNA), 1);
    assert_true(span_is_text(world_to(w, ANNA, 0)->media, PHOTO));
}

static void by_link_off_needs_no_mark_of_its_own(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_mark(PRIMARY, ANNA, "done");
    guess(DESK_LOCK_AFTER);
    world_text(w, PRIMARY, "off");
    assert_int_equal(story_duty("primary").state, DUTY_HOURS);
    world_link(w, world_last_to(w, PRIMARY), LINK_TAKE);
    assert_int_equal(story_duty("primary").state, DUTY_OFF);
    SAYS(world_last_to(w, PRIMARY), "You are off duty");
}

static void by_link_a_reply_with_two_is_still_held(void **unused)
{
    (void)unused;
    locked();
    world_text(w, BORIS, "no water");
    world_text(w, PRIMARY, "Anna, on my way");
    world_link(w, world_last_to(w, PRIMARY), LINK_TAKE);
    assert_int_equal(story_replies(ANNA) + story_replies(BORIS), 0);
    SAYS(world_last_to(w, PRIMARY), "to which one");
}

static void a_wrong_mark_by_link_is_no_guess(void **unused)
{
    (void)unused;
    locked();
    guess(1);
    const struct message *answer = world_last_to(w, PRIMARY);
    SAYS(answer, "/j/");
    world_link(w, answer, LINK_TAKE);
    SAYS(world_last_to(w, PRIMARY), "is no mark of yours");
    assert_int_equal(story_duty("primary").wrong_tags, 0);
    nothing_was_done();
}

static void a_right_mark_begins_the_count_anew(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    guess(4);
    story_mark(PRIMARY, ANNA, "ok");
    assert_int_equal(story_duty("primary").wrong_tags, 0);
    guess(4);
    assert_false(is_locked());
    guess(1);
    assert_true(is_locked());
}

static void a_bare_text_does_not_begin_the_count_anew(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    for (int i = 0; i < DESK_LOCK_AFTER; i++) {
        guess(1);
        world_text(w, PRIMARY, "Anna, on my way");
    }
    assert_true(is_locked());
}

static void a_repeated_text_is_one_guess(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    guess(4);
    for (int i = 0; i < 5; i++)
        world_again(w, w->last);
    assert_false(is_locked());
    assert_int_equal(story_duty("primary").wrong_tags, 4);
}

static void what_he_said_of_his_duty_outlives_the_lock(void **unused)
{
    (void)unused;
    world_text(w, PRIMARY, "away");
    story_confirm(PRIMARY);
    assert_int_equal(story_duty("primary").state, DUTY_AWAY);
    world_text(w, ANNA, "no heat"); /* goes to the backup */
    for (int i = 0; i < DESK_LOCK_AFTER; i++)
        world_text(w, PRIMARY, "Z9Z ok");
    assert_true(is_locked());
    assert_int_equal(story_duty("primary").state, DUTY_AWAY);
    w->now_ms += 20 * MIN;
    world_text(w, PRIMARY, "back");
    assert_int_equal(story_duty("primary").state, DUTY_HOURS);
}

static void by_link_a_text_means_whom_he_was_told_of_when_he_wrote(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "ok");
    world_wait(w, 11 * (int64_t)HOUR + 50 * (int64_t)MIN);
    world_text(w, BORIS, "no water");
    guess(DESK_LOCK_AFTER);
    assert_true(is_locked());
    world_text(w, PRIMARY, "Anna, on my way");
    const struct message *answer = world_last_to(w, PRIMARY);
    world_wait(w, 30 * MIN);
    world_link(w, answer, LINK_TAKE);
    assert_int_equal(story_replies(BORIS), 0);
    SAYS(world_last_to(w, PRIMARY), "to which one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(four_do_not_lock),
        STORY(five_lock_for_a_quarter_of_an_hour_and_people_are_told),
        STORY(locked_nothing_acts),
        STORY(a_right_guess_does_not_lift_the_lock),
        STORY(it_ends_to_the_millisecond),
        STORY(others_are_not_locked),
        STORY(the_link_acts_once),
        STORY(the_link_does_not_live_for_ever),
        STORY(the_link_sends_a_photo_too),
        STORY(by_link_off_needs_no_mark_of_its_own),
        STORY(by_link_a_reply_with_two_is_still_held),
        STORY(a_wrong_mark_by_link_is_no_guess),
        STORY(a_right_mark_begins_the_count_anew),
        STORY(a_bare_text_does_not_begin_the_count_anew),
        STORY(a_repeated_text_is_one_guess),
        STORY(what_he_said_of_his_duty_outlives_the_lock),
        STORY(by_link_a_text_means_whom_he_was_told_of_when_he_wrote),
    };

    return cmocka_run_group_tests_name("desk_lock", tests, NULL, NULL);
}
