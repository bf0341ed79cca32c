#include "desk/desk_find.h"

#include "desk_story.h"

static struct world *const w = &world_shared;

static const int64_t twelve_hours = 12 * (int64_t)HOUR;

/* ---- twelve hours ---- */

static void the_last_text_to_him_counts_for_twelve_hours_and_not_a_millisecond_more(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_mark(PRIMARY, ANNA, "ok");
    world_wait(w, twelve_hours);
    world_text(w, PRIMARY, "Anna, still warm?");
    assert_true(story_replied(ANNA, "Anna, still warm?"));
    world_wait(w, 1);
    world_text(w, PRIMARY, "Anna, and now?");
    assert_int_equal(story_replies(ANNA), 1);
    SAYS(world_last_to(w, PRIMARY), "nobody has written");
}

static void a_text_found_late_means_what_he_knew_when_he_wrote_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_mark(PRIMARY, ANNA, "ok");
    const int64_t written_ms = w->now_ms + 11 * (int64_t)HOUR;
    world_wait(w, 13 * (int64_t)HOUR); /* we were away meanwhile */
    world_text(w, BORIS, "no water");
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = SPAN("SMlate"),
                                  .from = SPAN(PRIMARY),
                                  .to = SPAN(LINE),
                                  .body = SPAN("Anna, on my way"),
                                  .attempt = -1,
                                  .late = true,
                                  .at_ms = written_ms});
    assert_int_equal(story_replies(ANNA) + story_replies(BORIS), 0);
    SAYS(world_last_to(w, PRIMARY), "to which one");
}

static void a_closed_thread_counts_among_the_two(void **unused)
{
    (void)unused;
    story_two();
    story_mark(PRIMARY, ANNA, "done");
    story_mark(PRIMARY, BORIS, "ok");
    world_text(w, PRIMARY, "Anna, thank you");
    assert_int_equal(story_replies(ANNA) + story_replies(BORIS), 0);
    SAYS(world_last_to(w, PRIMARY), "to which one");
}

static void a_closed_thread_alone_is_sure(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_mark(PRIMARY, ANNA, "done");
    assert_true(world_thread(w, ANNA)->closed);
    world_text(w, PRIMARY, "Anna, one more thing");
    assert_true(story_replied(ANNA, "Anna, one more thing"));
    assert_false(world_thread(w, ANNA)->closed);
}

static void what_was_sent_to_others_does_not_count(void **unused)
{
    (void)unused;
    w->roster.routes = w->routes;
    const struct event job = {.kind = EVENT_TEXT,
                              .sid = SPAN("SMjob"),
                              .from = SPAN(BORIS),
                              .to = SPAN(LINE),
                              .body = SPAN("no water"),
                              .job = SPAN("boiler"),
                              .attempt = -1};
    world_text(w, ANNA, "no heat");
    world_again(w, job); /* Sam's */
    world_text(w, PRIMARY, "Anna, on my way");
    world_text(w, SPARE, "Boris, on my way");
    assert_true(story_replied(ANNA, "Anna, on my way"));
    assert_true(story_replied(BORIS, "Boris, on my way"));
}

static void of_three_only_what_is_recent_counts(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_mark(PRIMARY, ANNA, "ok");
    world_wait(w, twelve_hours + 1);
    world_text(w, BORIS, "no water");
    world_text(w, PRIMARY, "Boris, on my way");
    assert_true(story_replied(BORIS, "Boris, on my way"));
    story_mark(PRIMARY, ANNA, "Anna, here as well"); /* her mark lives on */
    world_text(w, PRIMARY, "Boris, five minutes");   /* and its echo brought her back */
    assert_int_equal(story_replies(BORIS), 1);
    SAYS(world_last_to(w, PRIMARY), "to which one");
}

/* ---- lines ---- */

static void two_lines_for_the_primary(void)
{
    w->people[AT_PRIMARY].via[0] = 0;
    w->people[AT_PRIMARY].via[1] = 1;
    w->people[AT_PRIMARY].via_count = 2;
}

static void two_customers_come_by_two_lines(void **unused)
{
    (void)unused;
    two_lines_for_the_primary();
    story_two();
    assert_string_equal(story_about(PRIMARY, ANNA)->from, LINE);
    assert_string_equal(story_about(PRIMARY, BORIS)->from, LINE_2);
    story_say(PRIMARY, LINE_2, "Boris, on my way", NULL);
    story_say(PRIMARY, LINE, "Anna, on my way", NULL);
    assert_true(story_replied(ANNA, "Anna, on my way"));
    assert_true(story_replied(BORIS, "Boris, on my way"));
    assert_string_equal(world_to(w, BORIS, 0)->from, LINE); /* the line that he wrote to */
    SAYS(world_last_to(w, PRIMARY), "Sent to " ANNA);
    assert_string_equal(world_last_to(w, PRIMARY)->from, LINE);
}

static void a_bare_ok_takes_what_waits_on_its_own_line(void **unused)
{
    (void)unused;
    two_lines_for_the_primary();
    story_two();
    story_say(PRIMARY, LINE_2, "ok", NULL);
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
    assert_string_equal(story_relay(BORIS)->acked_by, "primary");
}

static void a_third_customer_makes_one_of_two_lines_unsure(void **unused)
{
    (void)unused;
    two_lines_for_the_primary();
    story_two();
    world_text(w, CLARA, "hello");
    const char *shared = story_about(PRIMARY, CLARA)->from;
    story_say(PRIMARY, shared, "somebody, on my way", NULL);
    assert_int_equal(story_replies(ANNA) + story_replies(BORIS) + story_replies(CLARA), 0);
    const bool with_anna = strcmp(shared, LINE) == 0;
    story_say(PRIMARY, with_anna ? LINE_2 : LINE, with_anna ? "Boris, yes" : "Anna, yes", NULL);
    assert_int_equal(story_replies(with_anna ? BORIS : ANNA), 1);
}

static void a_customers_line_stays_his_for_his_next_texts(void **unused)
{
    (void)unused;
    two_lines_for_the_primary();
    story_two();
    world_wait(w, MIN);
    world_text(w, BORIS, "please hurry");
    assert_string_equal(world_last_to(w, PRIMARY)->from, LINE_2);
    world_text(w, ANNA, "me too");
    assert_string_equal(world_last_to(w, PRIMARY)->from, LINE);
}

static void by_a_line_on_which_nobody_came_nothing_is_sent(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_say(PRIMARY, LINE_2, "Anna, on my way", NULL);
    assert_int_equal(story_replies(ANNA), 0);
    SAYS(world_last_to(w, PRIMARY), "nobody has written");
    assert_string_equal(world_last_to(w, PRIMARY)->from, LINE_2);
}

static void a_mark_decides_on_whichever_line(void **unused)
{
    (void)unused;
    two_lines_for_the_primary();
    story_two();
    story_mark(PRIMARY, BORIS, "Boris, on my way"); /* by Anna's line */
    assert_true(story_replied(BORIS, "Boris, on my way"));
    assert_int_equal(story_replies(ANNA), 0);
}

/* ---- many ---- */

static void of_many_nine_are_choices_and_the_rest_are_reached_by_mark(void **unused)
{
    (void)unused;
    enum { MANY = 12 };

    for (int i = 0; i < MANY; i++)
        world_text(w, arena_printf(w->arena, "+1%d5550121", 400 + i), "hello");
    world_text(w, PRIMARY, "on my way");
    SAYS(world_last_to(w, PRIMARY), "9 ");
    assert_false(world_says(w, world_last_to(w, PRIMARY), "10 "));
    const size_t before = world_count(w, FACT_OUTBOX);
    world_text(w, PRIMARY, "10"); /* no choice: words */
    assert_int_equal(world_count(w, FACT_OUTBOX), before + 1);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(story_replies(arena_printf(w->arena, "+1%d5550121", 400 + i)), 0);
    world_text(w, PRIMARY, "1"); /* the latest that was told */
    assert_int_equal(story_replies("+14115550121"), 1);
}

static void beyond_what_is_looked_at_nothing_becomes_sure(void **unused)
{
    (void)unused;
    enum { MANY = 70 };

    for (int i = 0; i < MANY; i++)
        world_text(w, arena_printf(w->arena, "+1%d5550121", 400 + i), "hello");
    for (int i = 1; i < MANY; i++) { /* all but the oldest are taken */
        const char *phone = arena_printf(w->arena, "+1%d5550121", 400 + i);
        story_mark(PRIMARY, phone, "ok");
    }
    world_text(w, PRIMARY, "ok");
    for (int i = 0; i < MANY; i++)
        assert_int_equal(story_replies(arena_printf(w->arena, "+1%d5550121", 400 + i)), 0);
}

static void a_mark_is_found_by_its_text_or_its_thread(void **unused)
{
    (void)unused;
    struct tag tags[] = {{.tag = "K7F", .thread = 5}, {.tag = "B2C", .thread = 6}};
    const struct desk desk = {.tags = tags, .count = 2};

    assert_ptr_equal(desk_find_tag(&desk, "B2C"), &tags[1]);
    assert_null(desk_find_tag(&desk, "b2c"));
    assert_null(desk_find_tag(&desk, ""));
    assert_null(desk_find_tag(NULL, "K7F"));
    assert_ptr_equal(desk_find_thread(&desk, 5), &tags[0]);
    assert_null(desk_find_thread(&desk, 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_last_text_to_him_counts_for_twelve_hours_and_not_a_millisecond_more),
        STORY(a_text_found_late_means_what_he_knew_when_he_wrote_it),
        STORY(a_closed_thread_counts_among_the_two),
        STORY(a_closed_thread_alone_is_sure),
        STORY(what_was_sent_to_others_does_not_count),
        STORY(of_three_only_what_is_recent_counts),
        STORY(two_customers_come_by_two_lines),
        STORY(a_bare_ok_takes_what_waits_on_its_own_line),
        STORY(a_third_customer_makes_one_of_two_lines_unsure),
        STORY(a_customers_line_stays_his_for_his_next_texts),
        STORY(by_a_line_on_which_nobody_came_nothing_is_sent),
        STORY(a_mark_decides_on_whichever_line),
        STORY(of_many_nine_are_choices_and_the_rest_are_reached_by_mark),
        STORY(beyond_what_is_looked_at_nothing_becomes_sure),
        STORY(a_mark_is_found_by_its_text_or_its_thread),
    };

    return cmocka_run_group_tests_name("desk_find", tests, NULL, NULL);
}
