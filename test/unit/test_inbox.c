#include "core_world.h"

static struct world *const w = &world_shared;

static void two_wait_for_the_primary(void)
{
    world_text(w, ANNA, "no heat");
    world_text(w, BORIS, "no water");
}

/* ---- without a mark ---- */

static void a_bare_reply_goes_to_the_only_one(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "on my way");
    assert_int_equal(world_count_to(w, ANNA), 1);
    assert_true(span_is_text(world_to(w, ANNA, 0)->body, "on my way"));
    assert_int_equal(world_to(w, ANNA, 0)->origin, ORIGIN_OPERATOR);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_TAKEN);
    world_text(w, PRIMARY, "ten minutes"); /* the thread is open and his */
    assert_int_equal(world_count_to(w, ANNA), 2);
}

static void a_bare_reply_with_two_is_not_sent(void **unused)
{
    (void)unused;
    two_wait_for_the_primary();
    world_text(w, PRIMARY, "on my way");
    assert_int_equal(world_count_to(w, ANNA), 0);
    assert_int_equal(world_count_to(w, BORIS), 0);
    SAYS(world_last_to(w, PRIMARY), "which one");
    SAYS(world_last_to(w, PRIMARY), ANNA);
    SAYS(world_last_to(w, PRIMARY), BORIS);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_OPEN);
    assert_int_equal(world_relay_of(w, BORIS)->state, RELAY_OPEN);
}

static void a_taken_thread_counts_among_the_two(void **unused)
{
    (void)unused;
    two_wait_for_the_primary();
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "ok"));
    world_text(w, PRIMARY, "on my way");
    assert_int_equal(world_count_to(w, ANNA) + world_count_to(w, BORIS), 0);
}

static void a_bare_reply_looks_back_twelve_hours(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "coming"));
    world_wait(w, 12 * (int64_t)HOUR);
    world_text(w, PRIMARY, "done, all warm");
    assert_int_equal(world_count_to(w, ANNA), 2);
    world_wait(w, 1);
    world_text(w, PRIMARY, "one more thing");
    assert_int_equal(world_count_to(w, ANNA), 2);
    SAYS(world_last_to(w, PRIMARY), "nobody has written");
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "one more thing"));
    assert_int_equal(world_count_to(w, ANNA), 3); /* the mark lives on */
}

static void whom_he_was_just_told_of_counts_too(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 11 * (int64_t)HOUR);
    world_text(w, BORIS, "no water");
    world_wait(w, 150 * MIN); /* Anna's text to the primary is out of sight */
    world_text(w, BACKUP, world_tagged(w, world_about(w, BACKUP, ANNA), "ok"));
    SAYS(world_last_to(w, PRIMARY), "is with Bo"); /* of Anna, a moment ago */
    world_text(w, PRIMARY, "great, thanks Bo");
    assert_int_equal(world_count_to(w, ANNA) + world_count_to(w, BORIS), 0);
}

static void what_he_just_took_counts_too(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 11 * (int64_t)HOUR);
    world_text(w, BORIS, "no water");
    world_wait(w, 150 * MIN);
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "ok"));
    SAYS(world_last_to(w, PRIMARY), "is yours");
    world_text(w, PRIMARY, "on my way"); /* to Anna, he thinks; to Boris, one who counts wrongly */
    assert_int_equal(world_count_to(w, ANNA) + world_count_to(w, BORIS), 0);
}

static void a_bare_ok_takes_the_one_that_waits(void **unused)
{
    (void)unused;
    two_wait_for_the_primary();
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "ok"));
    world_text(w, PRIMARY, "OK!");
    assert_string_equal(world_relay_of(w, BORIS)->acked_by, "primary");
    SAYS(world_last_to(w, PRIMARY), BORIS " is yours");
    assert_int_equal(world_count_to(w, ANNA) + world_count_to(w, BORIS), 0);
}

static void a_bare_ok_with_several_asks_which(void **unused)
{
    (void)unused;
    two_wait_for_the_primary();
    world_text(w, PRIMARY, "ok");
    SAYS(world_last_to(w, PRIMARY), "Which one do you take");
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_OPEN);
    assert_int_equal(world_relay_of(w, BORIS)->state, RELAY_OPEN);
    const char *first = world_says(w, world_last_to(w, PRIMARY), "1 ") &&
                                world_says(w, world_last_to(w, PRIMARY), ANNA ", 2")
                            ? ANNA
                            : BORIS;
    world_text(w, PRIMARY, "1");
    assert_string_equal(world_relay_of(w, first)->acked_by, "primary");
    assert_int_equal(world_relay_of(w, strcmp(first, ANNA) == 0 ? BORIS : ANNA)->state, RELAY_OPEN);
}

static void a_held_reply_goes_where_the_digit_says(void **unused)
{
    (void)unused;
    two_wait_for_the_primary();
    world_text(w, PRIMARY, "on my way");
    const bool anna_is_first = world_says(w, world_last_to(w, PRIMARY), ANNA ", 2");
    world_text(w, PRIMARY, "2");
    const char *right = anna_is_first ? BORIS : ANNA;
    assert_int_equal(world_count_to(w, right), 1);
    assert_int_equal(world_count_to(w, anna_is_first ? ANNA : BORIS), 0);
    assert_true(span_is_text(world_to(w, right, 0)->body, "on my way"));
    assert_int_equal(world_relay_of(w, right)->state, RELAY_TAKEN);
    SAYS(world_last_to(w, PRIMARY), "Sent to");
}

static void an_ok_that_nothing_waits_for_is_a_reply(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "ok");
    assert_int_equal(world_count_to(w, ANNA), 0);
    world_text(w, PRIMARY, "ok");
    assert_int_equal(world_count_to(w, ANNA), 1);
    assert_true(span_is_text(world_to(w, ANNA, 0)->body, "ok"));
}

static void ok_all_takes_all(void **unused)
{
    (void)unused;
    two_wait_for_the_primary();
    world_text(w, CLARA, "hello");
    world_wait(w, 900 * S); /* all three with the backup */
    world_text(w, BACKUP, "ok all");
    assert_string_equal(world_relay_of(w, ANNA)->acked_by, "backup");
    assert_string_equal(world_relay_of(w, BORIS)->acked_by, "backup");
    assert_string_equal(world_relay_of(w, CLARA)->acked_by, "backup");
    for (size_t i = 0; i < w->timer_count; i++)
        assert_int_equal(w->timers[i].kind, TIMER_THREAD);
    world_text(w, BACKUP, "ok all");
    SAYS(world_last_to(w, BACKUP), "nothing of yours waits");
}

static void nobody_wrote(void **unused)
{
    (void)unused;
    static const char *const bodies[] = {"hello", "ok", "ok all", "next", ""};

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        world_text(w, PRIMARY, bodies[i]);
        assert_int_equal(world_count_to(w, PRIMARY), i + 1);
        SAYS(world_last_to(w, PRIMARY),
             bodies[i][0] == 'n' || i == 2 ? "nothing of yours waits" : "nobody has written");
    }
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

static void passing_on_needs_the_mark(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "next");
    SAYS(world_last_to(w, PRIMARY), "'next': answer 1");
    world_text(w, PRIMARY, "1");
    SAYS(world_last_to(w, PRIMARY), "begin with the mark");
    assert_int_equal(world_relay_of(w, ANNA)->step, 0);
    assert_int_equal(world_count_to(w, BACKUP), 0);
}

static void a_bare_command_word_may_be_meant_for_the_customer(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "done");
    SAYS(world_last_to(w, PRIMARY), "'done': answer 1");
    assert_int_equal(world_count_to(w, ANNA), 0);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_OPEN);
    world_text(w, PRIMARY, "2");
    assert_true(span_is_text(world_to(w, ANNA, 0)->body, "done"));
    assert_false(world_thread(w, ANNA)->closed);
}

static void a_word_of_the_carriers_is_a_reply_behind_the_mark(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "help"));
    assert_true(span_is_text(world_to(w, ANNA, 0)->body, "help"));
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_TAKEN);
}

/* ---- with a mark ---- */

static void a_mark_decides(void **unused)
{
    (void)unused;
    two_wait_for_the_primary();
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, BORIS), "on my way"));
    assert_int_equal(world_count_to(w, ANNA), 0);
    assert_true(span_is_text(world_to(w, BORIS, 0)->body, "on my way"));
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_OPEN);
    assert_int_equal(world_relay_of(w, BORIS)->state, RELAY_TAKEN);
}

static void a_mark_is_his_alone(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, BACKUP, world_tagged(w, world_about(w, PRIMARY, ANNA), "on my way"));
    SAYS(world_last_to(w, BACKUP), "is no mark of yours");
    assert_int_equal(world_count_to(w, ANNA), 0);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_OPEN);
    assert_int_equal(world_logged(w, "text.unknown-tag"), 1);
}

static void an_unknown_mark_sends_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const char *mark = arena_printf(w->arena, "%.3s", world_about(w, PRIMARY, ANNA)->body.data);
    world_text(w, PRIMARY, strcmp(mark, "Z9Z") == 0 ? "Z8Z on my way" : "Z9Z on my way");
    SAYS(world_last_to(w, PRIMARY), "is no mark of yours");
    assert_int_equal(world_count_to(w, ANNA), 0);
}

static void the_mark_alone_takes_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), ""));
    assert_string_equal(world_relay_of(w, ANNA)->acked_by, "primary");
    assert_int_equal(world_count_to(w, ANNA), 0);
}

static void ok_with_a_mark_takes_one_of_several(void **unused)
{
    (void)unused;
    two_wait_for_the_primary();
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "ok"));
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_TAKEN);
    assert_int_equal(world_relay_of(w, BORIS)->state, RELAY_OPEN);
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "ok all"));
    assert_int_equal(world_relay_of(w, BORIS)->state, RELAY_TAKEN);
}

static void a_reply_after_somebody_took_it_is_sent_and_takes_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    world_text(w, BACKUP, world_tagged(w, world_about(w, BACKUP, ANNA), "ok"));
    world_text(w, PRIMARY, world_tagged(w, world_about(w, PRIMARY, ANNA), "Bo will come"));
    assert_int_equal(world_count_to(w, ANNA), 1);
    assert_string_equal(world_relay_of(w, ANNA)->acked_by, "backup");
}

static void a_picture_goes_without_the_mark(void **unused)
{
    (void)unused;
    w->lines[0].mms = true;
    world_text(w, ANNA, "no heat");
    struct event e = {.kind = EVENT_TEXT,
                      .sid = SPAN("SMpicture"),
                      .from = SPAN(PRIMARY),
                      .to = SPAN(LINE),
                      .media = SPAN("https://carrier.example.test/ME1")};
    e.body = span_of(world_tagged(w, world_about(w, PRIMARY, ANNA), "like this?"));
    world_again(w, e);
    assert_true(span_is_text(world_outbox(w, world_to(w, ANNA, 0)->id)->body, "like this?"));
    assert_true(span_starts(world_outbox(w, world_to(w, ANNA, 0)->id)->media,
                            SPAN("https://relay.example.test/m/")));
    e.sid = SPAN("SMpicture2");
    e.body = span_of(world_tagged(w, world_about(w, PRIMARY, ANNA), ""));
    world_again(w, e);
    assert_int_equal(world_outbox(w, world_to(w, ANNA, 1)->id)->body.size, 0);
    assert_true(world_outbox(w, world_to(w, ANNA, 1)->id)->media.size > 0);
    SAYS(world_last_to(w, PRIMARY), "Sent to " ANNA ": like this?"); /* the first alone */
}

static void the_longest_reply_is_cut_at_a_character(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    char *body = arena_alloc(w->arena, 6401);
    for (size_t i = 0; i < 1600; i++)
        memcpy(body + i * 4, "\xf0\x9f\x94\xa5", 4);
    world_text(w, PRIMARY, body);
    const struct span sent = world_outbox(w, world_to(w, ANNA, 0)->id)->body;
    assert_int_equal(world_to(w, ANNA, 0)->body.size, 6400); /* the record has all */
    assert_memory_equal(sent.data + 6000, " ... https://relay.example.test/j/", 34);
    assert_int_equal(sent.size, 6000 + 34 + 22);
}

static void who_withholds_his_number_cannot_be_texted(void **unused)
{
    (void)unused;
    world_text(w, "+266696687", "your parcel");
    world_text(w, PRIMARY, world_tagged(w, world_last_to(w, PRIMARY), "thanks"));
    SAYS(world_last_to(w, PRIMARY), "cannot be texted");
    assert_int_equal(world_count_to(w, "anonymous"), 0);
    assert_int_equal(world_count_to(w, "+266696687"), 0);
    assert_int_equal(world_relay_of(w, "anonymous")->state, RELAY_OPEN);
}

/* ---- what is kept back ---- */

static void a_repeated_text_changes_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct event first = w->last;
    world_again(w, first);
    assert_int_equal(w->changes, 0);
    assert_int_equal(w->answer.kind, ANSWER_NOTHING);
    world_text(w, PRIMARY, "on my way");
    const struct event reply = w->last;
    world_again(w, reply);
    assert_int_equal(w->changes, 0);
    world_wait(w, 24 * (int64_t)HOUR);
    world_again(w, first);
    world_again(w, reply);
    assert_int_equal(w->changes, 0);
    assert_int_equal(world_count_to(w, ANNA), 1);
}

static void a_text_twice_in_one_batch_is_one(void **unused)
{
    (void)unused;
    w->batch = true;
    world_text(w, ANNA, "no heat");
    world_again(w, w->last);
    world_text(w, ANNA, "and water");
    world_commit(w);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    assert_int_equal(world_count_to(w, PRIMARY), 2);
}

static void a_text_of_our_own_line_goes_nowhere(void **unused)
{
    (void)unused;
    world_text(w, LINE_2, "hello");
    assert_int_equal(world_count(w, FACT_OUTBOX), 0);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
    assert_int_equal(world_count(w, FACT_MESSAGE), 1);
    world_again(w, w->last);
    assert_int_equal(w->changes, 0);
}

static void a_stray_is_kept_with_an_alarm(void **unused)
{
    (void)unused;
    struct event e = {.kind = EVENT_STRAY,
                      .sid = SPAN("SMstray"),
                      .from = SPAN(ANNA),
                      .to = SPAN("+13125550199"),
                      .body = SPAN("hello")};
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_NOTHING);
    assert_int_equal(world_count(w, FACT_MESSAGE), 1);
    assert_int_equal(world_alarms(w), 1);
    world_again(w, e);
    assert_int_equal(w->changes, 0);
    e.sid = SPAN("CAstray");
    e.is_call = true;
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_int_equal(world_count(w, FACT_MESSAGE), 1);
    assert_int_equal(world_alarms(w), 2);
    world_again(w, e);
    assert_int_equal(w->changes, 0);
    assert_int_equal(w->answer.kind, ANSWER_SAY);
}

static void a_customers_words_are_relayed(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "YES");
    SAYS(world_last_to(w, PRIMARY), "YES");
    world_text(w, BORIS, "K7F ok");
    SAYS(world_last_to(w, PRIMARY), "K7F ok"); /* a customer's mark is words */
    assert_int_equal(world_relay_of(w, BORIS)->state, RELAY_OPEN);
}

static void a_customers_picture_is_forwarded(void **unused)
{
    (void)unused;
    w->lines[0].mms = true;
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = SPAN("SMp"),
                                  .from = SPAN(ANNA),
                                  .to = SPAN(LINE),
                                  .media = SPAN("https://carrier.example.test/ME1")});
    SAYS(world_last_to(w, PRIMARY), "(1 photo)");
    assert_true(span_starts(world_outbox(w, world_last_to(w, PRIMARY)->id)->media,
                            SPAN("https://relay.example.test/m/")));
}

static void a_late_ok_takes_nothing_that_came_after_it(void **unused)
{
    (void)unused;
    world_wait(w, HOUR);
    world_text(w, ANNA, "no heat");
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = SPAN("SMlateok"),
                                  .from = SPAN(PRIMARY),
                                  .to = SPAN(LINE),
                                  .body = SPAN("ok"),
                                  .late = true,
                                  .at_ms = WORLD_START + 30 * MIN,
                                  .attempt = -1});
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    SAYS(world_last_to(w, PRIMARY), "Which one do you take?");
    world_text(w, PRIMARY, "1");
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_bare_reply_goes_to_the_only_one),
        TEST(a_bare_reply_with_two_is_not_sent),
        TEST(a_taken_thread_counts_among_the_two),
        TEST(a_bare_reply_looks_back_twelve_hours),
        TEST(whom_he_was_just_told_of_counts_too),
        TEST(what_he_just_took_counts_too),
        TEST(a_bare_ok_takes_the_one_that_waits),
        TEST(a_bare_ok_with_several_asks_which),
        TEST(a_held_reply_goes_where_the_digit_says),
        TEST(an_ok_that_nothing_waits_for_is_a_reply),
        TEST(ok_all_takes_all),
        TEST(nobody_wrote),
        TEST(passing_on_needs_the_mark),
        TEST(a_bare_command_word_may_be_meant_for_the_customer),
        TEST(a_word_of_the_carriers_is_a_reply_behind_the_mark),
        TEST(a_mark_decides),
        TEST(a_mark_is_his_alone),
        TEST(an_unknown_mark_sends_nothing),
        TEST(the_mark_alone_takes_it),
        TEST(ok_with_a_mark_takes_one_of_several),
        TEST(a_reply_after_somebody_took_it_is_sent_and_takes_nothing),
        TEST(a_picture_goes_without_the_mark),
        TEST(the_longest_reply_is_cut_at_a_character),
        TEST(who_withholds_his_number_cannot_be_texted),
        TEST(a_repeated_text_changes_nothing),
        TEST(a_text_twice_in_one_batch_is_one),
        TEST(a_text_of_our_own_line_goes_nowhere),
        TEST(a_stray_is_kept_with_an_alarm),
        TEST(a_customers_words_are_relayed),
        TEST(a_customers_picture_is_forwarded),
        TEST(a_late_ok_takes_nothing_that_came_after_it),
    };

    return cmocka_run_group_tests_name("inbox", tests, NULL, NULL);
}
