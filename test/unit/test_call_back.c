#include "call_back_story.h"

static struct world *const w = &world_shared;

static void one_connects_him_and_the_line_is_shown(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    story_heard(m, "1", -1);
    assert_int_equal(w->answer.kind, ANSWER_CALL);
    assert_int_equal(w->answer.id, m->id);
    assert_true(span_is_text(w->answer.caller_id, LINE));
    assert_int_equal(w->answer.number_count, 1);
    assert_true(span_is_text(w->answer.numbers[0].number, ANNA));
    assert_true(world_outbox(w, m->id)->gone);
    assert_string_equal(m->sid, "CAback");
    assert_int_equal(world_relay(w)->state, RELAY_OPEN); /* nobody has talked yet */
    story_heard(m, "1", -1);                             /* repeated by the carrier */
    assert_int_equal(w->answer.kind, ANSWER_CALL);
    assert_int_equal(w->changes, 0);
}

static void a_talk_acknowledges(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    story_heard(m, "1", -1);
    story_called(m, "completed", 35);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    assert_string_equal(world_relay(w)->acked_by, "backup");
    assert_string_equal(world_thread(w, ANNA)->owner, "backup");
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    assert_int_equal(world_logged(w, "call-back.connected"), 1);
    story_called(m, "completed", 35);
    assert_int_equal(w->changes, 0);
    story_status(m, "CAback", "completed");
    assert_int_equal(w->changes, 0);
    story_heard(m, "1", -1); /* late: it is over */
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
}

static void after_a_short_talk_he_is_asked(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    story_heard(m, "1", -1);
    story_called(m, "completed", 14); /* a mailbox's greeting, perhaps */
    story_answers(ANSWER_READ, "If you have talked with");
    assert_int_equal(w->answer.id, m->id);
    assert_int_equal(w->answer.attempt, 2);
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_string_equal(world_thread(w, ANNA)->owner, "");
    assert_int_equal(world_logged(w, "call-back.connected"), 1);
    SAYS(world_last_to(w, BACKUP), "still waits");
    story_called(m, "completed", 14); /* repeated: the same question, nothing new */
    story_answers(ANSWER_READ, "If you have talked with");
    assert_int_equal(w->changes, 0);
    story_heard(m, "1", -1); /* the key that connected him, repeated, is no answer */
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    story_heard(m, "7", 2);
    story_answers(ANSWER_SAY, "Goodbye");
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    story_heard(m, "1", 2);
    story_answers(ANSWER_SAY, "is yours");
    assert_string_equal(world_relay(w)->acked_by, "backup");
    assert_string_equal(world_thread(w, ANNA)->owner, "backup");
    story_heard(m, "1", 2);
    story_answers(ANSWER_SAY, "is yours");
    assert_int_equal(w->changes, 0);
}

static void after_a_short_talk_his_ok_counts_as_any(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    story_heard(m, "1", -1);
    story_called(m, "completed", 3);
    world_text(w, BACKUP, world_tagged(w, world_last_to(w, BACKUP), "ok"));
    assert_string_equal(world_relay(w)->acked_by, "backup");
}

static void who_has_it_is_not_asked_after_a_short_talk(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    world_text(w, PRIMARY, "ok");
    const size_t told = world_count_to(w, BACKUP);
    story_heard(m, "1", -1);
    story_called(m, "completed", 3);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    assert_int_equal(world_count_to(w, BACKUP), told);
    story_heard(m, "1", 2); /* somebody took it while he was asked */
    assert_string_equal(world_relay(w)->acked_by, "primary");
    story_answers(ANSWER_SAY, "Pat has it already");
}

static void who_has_left_is_not_asked(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    story_heard(m, "1", -1);
    strcpy(w->people[AT_BACKUP].id, "somebody");
    story_called(m, "completed", 3);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    story_heard(m, "1", 2);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
}

static void who_is_not_reached_changes_nothing(void **unused)
{
    (void)unused;
    static const struct {
        const char *status, *words;
        int seconds;
    } rows[] = {
        {"busy", "is busy", 0},
        {"no-answer", "does not answer", 0},
        {"failed", "cannot be reached", 0},
        {"canceled", "cannot be reached", 0},
        {"completed", "cannot be reached", 0},
        {"", "cannot be reached", 9},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world_tear_down(NULL);
        world_set_up(NULL);
        struct message *m = story_asked();
        story_heard(m, "1", -1);
        story_called(m, rows[i].status, rows[i].seconds);
        story_answers(ANSWER_SAY, rows[i].words);
        assert_int_equal(world_relay(w)->state, RELAY_OPEN);
        assert_string_equal(world_thread(w, ANNA)->owner, "");
        assert_int_equal(m->delivery, DELIVERY_UNDELIVERED);
        story_called(m, rows[i].status, rows[i].seconds);
        assert_int_equal(w->changes, 0);
        story_answers(ANSWER_SAY, rows[i].words);
        story_ask("backup"); /* at once again */
        assert_int_equal(w->answer.kind, ANSWER_DONE);
    }
}

static void a_mailbox_is_never_connected(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    story_status(m, "CAback", "ringing");
    story_status(m, "CAback", "in-progress");
    assert_int_equal(m->delivery, DELIVERY_SENT);
    story_status(m, "CAback", "completed");
    assert_int_equal(m->delivery, DELIVERY_UNDELIVERED);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_int_equal(world_logged(w, "call-back.ended"), 1);
}

static void another_key_is_asked_once_more(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    story_heard(m, "7", -1);
    story_answers(ANSWER_READ, "Press 1");
    assert_int_equal(w->answer.id, m->id);
    story_heard(m, "", 1);
    story_answers(ANSWER_SAY, "Goodbye");
    story_heard(m, "1", 1);
    assert_int_equal(w->answer.kind, ANSWER_CALL);
}

static void the_talk_counts_though_the_end_came_first(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    story_heard(m, "1", -1);
    story_status(m, "CAback", "completed");
    story_called(m, "completed", 15);
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    assert_string_equal(world_relay(w)->acked_by, "backup");
}

static void who_took_it_keeps_it(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    world_text(w, PRIMARY, "ok");
    story_heard(m, "1", -1);
    story_called(m, "completed", 15);
    assert_string_equal(world_relay(w)->acked_by, "primary");
    assert_string_equal(world_thread(w, ANNA)->owner, "primary");
}

static void late_it_still_counts(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    story_heard(m, "1", -1);
    world_wait(w, 3 * HOUR);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    story_called(m, "completed", 15);
    assert_string_equal(world_relay(w)->acked_by, "backup");
}

static void who_has_left_meanwhile_is_not_connected(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    strcpy(w->people[AT_BACKUP].id, "somebody");
    story_heard(m, "1", -1);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
}

static void what_is_unknown_changes_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct message *text = world_last_to(w, PRIMARY);
    const struct message unknown = {.id = 77};

    story_called(text, "completed", 9);
    assert_int_equal(w->changes, 0);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    story_called(&unknown, "completed", 9);
    assert_int_equal(w->changes, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, story_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(one_connects_him_and_the_line_is_shown),
        TEST(a_talk_acknowledges),
        TEST(after_a_short_talk_he_is_asked),
        TEST(after_a_short_talk_his_ok_counts_as_any),
        TEST(who_has_it_is_not_asked_after_a_short_talk),
        TEST(who_has_left_is_not_asked),
        TEST(who_is_not_reached_changes_nothing),
        TEST(a_mailbox_is_never_connected),
        TEST(another_key_is_asked_once_more),
        TEST(the_talk_counts_though_the_end_came_first),
        TEST(who_took_it_keeps_it),
        TEST(late_it_still_counts),
        TEST(who_has_left_meanwhile_is_not_connected),
        TEST(what_is_unknown_changes_nothing),
    };

    return cmocka_run_group_tests_name("call_back", tests, NULL, NULL);
}
