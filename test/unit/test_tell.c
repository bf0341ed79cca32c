#include "relay/tell.h"

#include "desk_story.h"
#include "rules/command.h"
#include "rules/words.h"

static struct world *const w = &world_shared;

/* A decision of the test's own, about which nothing is known but the time. */
static struct context in_hand(void)
{
    static const struct event event = {.kind = EVENT_WAKE, .tenant = WORLD_TENANT};

    return (struct context){
        .facts = &w->facts, .roster = &w->roster, .event = &event, .dice = &w->dice};
}

static struct desk filled(struct tag *tags, size_t count)
{
    static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";

    for (size_t i = 0; i < count; i++) {
        tags[i] = (struct tag){.thread = (int64_t)i + 1, .sent_ms = WORLD_START + (int64_t)i};
        tags[i].tag[0] = letters[i / 160];
        tags[i].tag[1] = (char)('2' + i / 20 % 8);
        tags[i].tag[2] = letters[i % 20];
    }
    return (struct desk){.tags = tags, .count = count};
}

enum { ALL_MARKS = 3200 };

static void a_drawn_mark_is_a_mark_and_nobody_elses(void **unused)
{
    (void)unused;
    struct tag *tags = arena_alloc(w->arena, ALL_MARKS * sizeof *tags);
    const struct context c = in_hand();
    char mark[TAG_SIZE];

    for (size_t count = 0; count < ALL_MARKS; count += 97) {
        const struct desk desk = filled(tags, count);
        tell_draw(&c, &desk, mark);
        assert_true(command_is_tag(span_of(mark)));
        for (size_t i = 0; i < count; i++)
            assert_string_not_equal(tags[i].tag, mark);
    }
}

static void the_last_free_mark_is_found(void **unused)
{
    (void)unused;
    struct tag *tags = arena_alloc(w->arena, ALL_MARKS * sizeof *tags);
    const struct context c = in_hand();
    const struct desk desk = filled(tags, ALL_MARKS);
    char mark[TAG_SIZE];

    strcpy(tags[1234].tag, "B2B"); /* twice; its own is free */
    tell_draw(&c, &desk, mark);
    for (size_t i = 0; i < ALL_MARKS; i++)
        assert_string_not_equal(tags[i].tag, mark);
}

static void when_all_are_used_the_longest_silent_gives_its_own_up(void **unused)
{
    (void)unused;
    struct tag *tags = arena_alloc(w->arena, ALL_MARKS * sizeof *tags);
    const struct context c = in_hand();
    const struct desk desk = filled(tags, ALL_MARKS);
    char mark[TAG_SIZE];

    tags[777].sent_ms = 1;
    tell_draw(&c, &desk, mark);
    assert_string_equal(mark, tags[777].tag);
}

static void two_operators_have_marks_of_their_own(void **unused)
{
    (void)unused;
    story_two();
    world_wait(w, 900 * S);
    const struct desk *of_primary = world_desk(w, "primary"), *of_backup = world_desk(w, "backup");
    assert_int_equal(of_primary->count, 2);
    assert_int_equal(of_backup->count, 2);
    assert_string_not_equal(of_backup->tags[0].tag, of_backup->tags[1].tag);
    /* His mark for Anna does nothing in the other's hand, unless it is one of his own too. */
    story_mark(BACKUP, ANNA, "Anna, yes");
    assert_int_equal(story_replies(ANNA), 1);
}

static void the_mark_stays_and_each_text_notes_the_instant(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct tag first = world_desk(w, "primary")->tags[0];
    assert_int_equal(first.sent_ms, WORLD_START);
    assert_string_equal(first.line, LINE);
    world_wait(w, MIN);
    world_text(w, ANNA, "hello?");
    const struct desk *desk = world_desk(w, "primary");
    assert_int_equal(desk->count, 1);
    assert_string_equal(desk->tags[0].tag, first.tag);
    assert_int_equal(desk->tags[0].sent_ms, WORLD_START + MIN);
    story_mark(PRIMARY, ANNA, "done");
    world_wait(w, 48 * (int64_t)HOUR);
    world_text(w, ANNA, "again");
    assert_string_equal(world_desk(w, "primary")->tags[0].tag, first.tag);
}

static void of_his_lines_the_one_with_fewest_customers_serves(void **unused)
{
    (void)unused;
    w->people[AT_PRIMARY].via[0] = 1;
    w->people[AT_PRIMARY].via[1] = 0;
    w->people[AT_PRIMARY].via_count = 2;
    static const char *const lines[] = {LINE_2, LINE, LINE_2, LINE};
    for (int i = 0; i < 4; i++) {
        world_text(w, arena_printf(w->arena, "+1%d5550121", 400 + i), "hello");
        assert_string_equal(world_last_to(w, PRIMARY)->from, lines[i]);
    }
    world_text(w, "+14015550121", "again");
    assert_string_equal(world_last_to(w, PRIMARY)->from, LINE);
    world_text(w, "+14085550121", "hello"); /* the fifth: three on that line, two on the other */
    assert_string_equal(world_last_to(w, PRIMARY)->from, LINE_2);
    w->now_ms += 13 * (int64_t)HOUR; /* long ago: both lines are free again */
    world_text(w, "+14095550121", "hello");
    assert_string_equal(world_last_to(w, PRIMARY)->from, LINE_2);
}

static void a_line_that_left_the_roster_serves_nobody(void **unused)
{
    (void)unused;
    w->people[AT_PRIMARY].via[0] = 1;
    w->people[AT_PRIMARY].via_count = 1;
    world_text(w, ANNA, "no heat");
    assert_string_equal(world_last_to(w, PRIMARY)->from, LINE_2);
    w->people[AT_PRIMARY].via_count = 0;
    w->roster.line_count = 1;
    world_text(w, ANNA, "hello?");
    assert_string_equal(world_last_to(w, PRIMARY)->from, LINE);
    world_text(w, PRIMARY, "Anna, on my way");
    assert_true(story_replied(ANNA, "Anna, on my way"));
    w->roster.line_count = 2; /* what left before is on record */
}

static void what_is_about_no_thread_has_none(void **unused)
{
    (void)unused;
    world_text(w, PRIMARY, "menu");
    const struct message *m = world_last_to(w, PRIMARY);
    assert_int_equal(m->thread, 0);
    assert_int_equal(m->kind, MESSAGE_NOTICE);
    assert_string_equal(m->operator_id, "primary");
    assert_string_equal(m->from, LINE);
    assert_int_equal(world_desk(w, "primary")->count, 0);
}

static void whoever_left_the_roster_is_not_told(void **unused)
{
    (void)unused;
    const struct context c = in_hand();
    const struct tell tell = {
        .kind = MESSAGE_NOTICE, .operator_id = "somebody", .line = LINE, .words = SPAN("hello")};

    assert_int_equal(tell_operator(&c, &tell), 0);
    assert_int_equal(world_count(w, FACT_OUTBOX), 0);
}

static void a_customer_is_shown_as_people_write_him(void **unused)
{
    (void)unused;
    const struct context c = in_hand();
    struct thread t = {.customer = ANNA, .job = "boiler"};
    const struct tag tag = {.tag = "K7F"};
    struct words_about a = tell_about(&c, &t, &tag);

    assert_true(span_is_text(a.customer, ANNA));
    assert_true(span_is_text(a.tag, "K7F"));
    assert_true(span_is_text(a.job, "boiler"));
    strcpy(t.customer, "anonymous");
    a = tell_about(&c, &t, NULL);
    assert_true(span_is_text(a.customer, "a withheld number"));
    assert_int_equal(a.tag.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_drawn_mark_is_a_mark_and_nobody_elses),
        STORY(the_last_free_mark_is_found),
        STORY(when_all_are_used_the_longest_silent_gives_its_own_up),
        STORY(two_operators_have_marks_of_their_own),
        STORY(the_mark_stays_and_each_text_notes_the_instant),
        STORY(of_his_lines_the_one_with_fewest_customers_serves),
        STORY(a_line_that_left_the_roster_serves_nobody),
        STORY(what_is_about_no_thread_has_none),
        STORY(whoever_left_the_roster_is_not_told),
        STORY(a_customer_is_shown_as_people_write_him),
    };

    return cmocka_run_group_tests_name("tell", tests, NULL, NULL);
}
