#include "desk/desk_reply.h"

#include "desk_story.h"

static struct world *const w = &world_shared;

static void office(const char *operator_id, int64_t thread, const char *tag, const char *body)
{
    world_again(w, (struct event){.kind = EVENT_REPLY,
                                  .thread = thread,
                                  .tag = span_of(tag),
                                  .operator_id = span_of(operator_id),
                                  .body = span_of(body),
                                  .origin = ORIGIN_DASHBOARD});
}

static void a_reply_leaves_by_the_customers_line_and_shows_nobody(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "Anna, on my way");
    const struct message *m = world_to(w, ANNA, 0);
    assert_string_equal(m->from, LINE);
    assert_true(span_is_text(m->body, "Anna, on my way"));
    assert_false(world_says(w, m, PRIMARY));
    assert_false(world_says(w, m, "Pat"));
    assert_int_equal(m->kind, MESSAGE_REPLY);
    assert_int_equal(m->origin, ORIGIN_OPERATOR);
    assert_int_equal(m->thread, world_thread(w, ANNA)->id);
    assert_string_equal(m->operator_id, "primary");
}

static void a_reply_takes_what_waits_and_the_chain_hears_of_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    story_mark(BACKUP, ANNA, "Anna, on my way");
    assert_string_equal(story_relay(ANNA)->acked_by, "backup");
    assert_string_equal(world_thread(w, ANNA)->owner, "backup");
    SAYS(world_last_to(w, PRIMARY), "is with Bo");
    world_wait(w, HOUR);
    assert_int_equal(world_count_to(w, OWNER), 0); /* no clock runs on */
}

static void a_held_reply_takes_nothing_until_it_is_placed(void **unused)
{
    (void)unused;
    story_two();
    world_text(w, PRIMARY, "somebody, on my way");
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
    assert_int_equal(story_relay(BORIS)->state, RELAY_OPEN);
    world_wait(w, 900 * S); /* not sent, and the clock ran on */
    assert_int_equal(story_relay(ANNA)->step, 1);
    assert_int_equal(story_relay(BORIS)->step, 1);
}

static void a_reply_of_another_leaves_the_owner_alone(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    story_mark(BACKUP, ANNA, "ok");
    story_mark(PRIMARY, ANNA, "Anna, Bo will come");
    assert_true(story_replied(ANNA, "Anna, Bo will come"));
    assert_string_equal(world_thread(w, ANNA)->owner, "backup");
    assert_string_equal(story_relay(ANNA)->acked_by, "backup");
}

static void a_reply_opens_a_thread_that_was_closed_and_it_closes_again(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_mark(PRIMARY, ANNA, "done");
    assert_true(world_thread(w, ANNA)->closed);
    assert_string_equal(world_thread(w, ANNA)->owner, "");
    world_wait(w, HOUR);
    story_mark(PRIMARY, ANNA, "Anna, one thing more");
    assert_false(world_thread(w, ANNA)->closed);
    assert_string_equal(world_thread(w, ANNA)->owner, "primary");
    world_wait(w, 24 * (int64_t)HOUR - 1);
    assert_false(world_thread(w, ANNA)->closed);
    world_wait(w, 1);
    assert_true(world_thread(w, ANNA)->closed);
}

static void after_it_was_exhausted_a_reply_still_takes_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 2 * HOUR);
    assert_int_equal(story_relay(ANNA)->state, RELAY_EXHAUSTED);
    story_mark(PRIMARY, ANNA, "Anna, sorry");
    assert_string_equal(story_relay(ANNA)->acked_by, "primary");
    SAYS(world_last_to(w, OWNER), "is with Pat");
}

static void the_office_replies_by_thread(void **unused)
{
    (void)unused;
    story_two();
    office("", world_thread(w, BORIS)->id, "", "Boris, we are on it");
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_true(story_replied(BORIS, "Boris, we are on it"));
    assert_int_equal(story_relay(BORIS)->state, RELAY_TAKEN);
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
    assert_string_equal(world_thread(w, BORIS)->owner, "");
    SAYS(world_last_to(w, PRIMARY), "is with the office");
}

static void an_operators_mark_serves_the_api_too(void **unused)
{
    (void)unused;
    story_two();
    const char *mark = world_tagged(w, story_about(PRIMARY, ANNA), "");
    office("primary", 0, mark, "Anna, on my way");
    assert_true(story_replied(ANNA, "Anna, on my way"));
    office("backup", 0, mark, "Anna, no");
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    office("", 0, mark, "Anna, no");
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    office("nobody", 0, mark, "Anna, no");
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(story_replies(ANNA) + story_replies(BORIS), 1);
}

static void a_thread_of_another_tenant_is_not_found(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct event e = {.kind = EVENT_REPLY,
                            .tenant = WORLD_TENANT + 1,
                            .thread = world_thread(w, ANNA)->id,
                            .body = SPAN("Anna, no")};
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(w->answer.error, ERR_NOT_FOUND);
    assert_int_equal(story_replies(ANNA), 0);
}

static void whoever_has_no_number_gets_nothing(void **unused)
{
    (void)unused;
    static const char *const parties[] = {"anonymous", "+266696687", "24365", "client:kitchen"};

    for (size_t i = 0; i < sizeof parties / sizeof parties[0]; i++) {
        world_close(w);
        world_open(w);
        world_text(w, parties[i], "hello");
        const struct thread *t = world_row(w, FACT_THREAD, 0);
        const size_t rows = world_count(w, FACT_OUTBOX);
        office("", t->id, "", "hello?");
        assert_int_equal(w->answer.kind, ANSWER_REFUSED);
        assert_int_equal(world_count(w, FACT_OUTBOX), rows);
        assert_int_equal(world_count_to(w, parties[i]), 0);
    }
}

static void words_pass_as_they_are(void **unused)
{
    (void)unused;
    static const char *const words[] = {
        "a\001b",
        "1 < 2 & \"3\"",
        "\xe2\x80\xab\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
        "%s%n {w}",
        "two\nlines",
        "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"};

    world_text(w, ANNA, "no heat");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        story_mark(PRIMARY, ANNA, words[i]);
        assert_int_equal(story_replies(ANNA), i + 1);
        assert_true(story_replied(ANNA, words[i]));
        SAYS(world_last_to(w, ANNA), words[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_reply_leaves_by_the_customers_line_and_shows_nobody),
        STORY(a_reply_takes_what_waits_and_the_chain_hears_of_it),
        STORY(a_held_reply_takes_nothing_until_it_is_placed),
        STORY(a_reply_of_another_leaves_the_owner_alone),
        STORY(a_reply_opens_a_thread_that_was_closed_and_it_closes_again),
        STORY(after_it_was_exhausted_a_reply_still_takes_it),
        STORY(the_office_replies_by_thread),
        STORY(an_operators_mark_serves_the_api_too),
        STORY(a_thread_of_another_tenant_is_not_found),
        STORY(whoever_has_no_number_gets_nothing),
        STORY(words_pass_as_they_are),
    };

    return cmocka_run_group_tests_name("desk_reply", tests, NULL, NULL);
}
