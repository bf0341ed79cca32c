#include "core_world.h"

#include "core/spoken.h"

static struct world *const w = &world_shared;

static struct message *call_to(const char *phone)
{
    struct message *m;

    for (size_t i = 0; (m = world_to(w, phone, i)) != NULL; i++)
        if (m->kind == MESSAGE_SPOKEN)
            return m;
    return NULL;
}

/* A text is lost on the only step; its operator's phone rings. */
static struct message *ringing(void)
{
    w->chains[0].step_count = 1;
    world_text(w, ANNA, "no heat");
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    struct message *m = call_to(PRIMARY);
    assert_non_null(m);
    return m;
}

static void heard(const struct message *m, const char *digits, int attempt)
{
    world_again(w, (struct event){.kind = EVENT_HEARD,
                                  .message = m->id,
                                  .sid = SPAN("CAout"),
                                  .digits = span_of(digits),
                                  .attempt = attempt});
}

static void status(const struct message *m, const char *sid, const char *call_status)
{
    world_again(w, (struct event){.kind = EVENT_CALL_STATUS,
                                  .message = m->id,
                                  .sid = span_of(sid),
                                  .call_status = span_of(call_status),
                                  .attempt = -1});
}

static void answers(enum answer_kind kind, const char *words)
{
    assert_int_equal(w->answer.kind, kind);
    if (!memmem(w->answer.words.data, w->answer.words.size, words, strlen(words)))
        fail_msg("says: %.*s", SPAN_ARG(w->answer.words));
}

static void one_acknowledges(void **unused)
{
    (void)unused;
    struct message *m = ringing();
    heard(m, "1", -1);
    answers(ANSWER_SAY, "It is yours");
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    assert_string_equal(world_relay(w)->acked_by, "primary");
    assert_string_equal(world_thread(w, ANNA)->owner, "primary");
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    assert_string_equal(m->sid, "CAout");
    assert_true(world_outbox(w, m->id)->gone); /* the call is there, whatever our request says */
    world_again(w, w->last);
    assert_int_equal(w->changes, 0);
    answers(ANSWER_SAY, "It is yours");
}

static void one_acknowledges_late_too(void **unused)
{
    (void)unused;
    struct message *m = ringing();
    world_wait(w, 900 * S);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    heard(m, "1", -1);
    answers(ANSWER_SAY, "It is yours");
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
}

static void two_passes_on(void **unused)
{
    (void)unused;
    w->chains[0].steps[0].operators[w->chains[0].steps[0].operator_count++] = AT_SPARE;
    world_text(w, ANNA, "no heat");
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    struct message *m = call_to(PRIMARY);
    assert_int_equal(world_relay(w)->step, 0);
    heard(m, "2", -1);
    answers(ANSWER_SAY, "passed on");
    assert_int_equal(world_relay(w)->step, 0); /* the other of the step has it still */
    heard(m, "2", -1);                         /* once more: it is not with him now */
    answers(ANSWER_SAY, "not with you any more");
    assert_int_equal(world_relay(w)->step, 0);
}

static void on_the_last_step_two_exhausts(void **unused)
{
    (void)unused;
    heard(ringing(), "2", -1);
    answers(ANSWER_SAY, "passed on");
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
}

static void another_key_is_asked_once_more(void **unused)
{
    (void)unused;
    static const char *const keys[] = {"7", "", "*", "11"};

    struct message *m = ringing();
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        heard(m, keys[i], -1);
        answers(ANSWER_READ, "Press 1");
        assert_int_equal(w->answer.id, m->id);
        heard(m, keys[i], 1);
        answers(ANSWER_SAY, "Goodbye");
    }
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    heard(m, "1", 1);
    answers(ANSWER_SAY, "It is yours");
}

static void who_is_too_late_hears_who_has_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    world_text(w, BACKUP, "ok");
    heard(call_to(PRIMARY), "1", -1);
    answers(ANSWER_SAY, "Bo has it already");
    assert_string_equal(world_relay(w)->acked_by, "backup");
    heard(call_to(PRIMARY), "2", -1);
    answers(ANSWER_SAY, "Bo has it already");
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
}

static void after_it_went_on_one_still_takes_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    assert_int_equal(world_relay(w)->step, 1);
    heard(call_to(PRIMARY), "1", -1);
    assert_string_equal(world_relay(w)->acked_by, "primary");
}

static void a_mailbox_acknowledges_nothing(void **unused)
{
    (void)unused;
    struct message *m = ringing();
    status(m, "CAout", "initiated");
    status(m, "CAout", "in-progress");
    status(m, "CAout", "completed");
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_int_equal(world_relay(w)->plan->rungs[0].state, RUNG_REACHED);
    assert_int_equal(world_relay(w)->final_status, FINAL_NONE); /* no text was delivered */
    world_wait(w, 900 * S);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
}

static void a_call_that_fails_is_the_end_of_the_last_step(void **unused)
{
    (void)unused;
    static const char *const ends[] = {"busy", "no-answer", "failed", "canceled"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        world_tear_down(NULL);
        world_set_up(NULL);
        struct message *m = ringing();
        status(m, "CAout", "ringing");
        assert_int_equal(world_relay(w)->state, RELAY_OPEN);
        status(m, "CAout", ends[i]);
        if (world_relay(w)->state != RELAY_EXHAUSTED ||
            world_relay(w)->plan->rungs[0].state != RUNG_FAILED)
            fail_msg("not so: %s", ends[i]);
        world_again(w, w->last);
        assert_int_equal(w->changes, 0);
    }
}

static void a_call_that_fails_after_it_went_on_moves_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    status(call_to(PRIMARY), "CAout", "no-answer");
    assert_int_equal(world_relay(w)->step, 1);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_int_equal(world_count_to(w, OWNER), 0);
}

static void news_in_any_order_end_alike(void **unused)
{
    (void)unused;
    struct message *m = ringing();
    status(m, "CAout", "completed");
    status(m, "CAout", "ringing");
    assert_int_equal(w->changes, 0);
    status(m, "CAout", "no-answer");
    assert_int_equal(w->changes, 0);
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
}

static void the_status_settles_a_call_whose_answer_was_lost(void **unused)
{
    (void)unused;
    struct message *m = ringing();
    world_sent(w, m, SENT_UNSURE);
    assert_int_equal(world_outbox(w, m->id)->state, OUTBOX_UNSURE);
    status(m, "CAout", "initiated");
    assert_true(world_outbox(w, m->id)->gone);
    assert_string_equal(m->sid, "CAout");
    status(m, "CAother", "failed"); /* an earlier call of the same row */
    assert_int_equal(w->changes, 0);
    status(m, "CAother", "completed"); /* but that one he has heard */
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    assert_string_equal(m->sid, "CAout");
}

static void what_is_unknown_hears_goodbye(void **unused)
{
    (void)unused;
    struct message *m = ringing();
    world_text(w, BORIS, "hello");
    struct message *text = world_last_to(w, PRIMARY);
    const struct message unknown = {.id = 77};

    heard(&unknown, "1", -1);
    answers(ANSWER_SAY, "Goodbye");
    heard(text, "1", -1); /* no call */
    answers(ANSWER_SAY, "Goodbye");
    status(&unknown, "CAout", "failed");
    assert_int_equal(w->changes, 0);
    status(text, "CAout", "failed");
    assert_int_equal(w->changes, 0);
    strcpy(w->people[AT_PRIMARY].id, "somebody"); /* left the roster */
    heard(m, "1", -1);
    answers(ANSWER_SAY, "Goodbye");
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
}

static void a_call_that_fails_after_he_took_it_by_text_changes_nothing_for_him(void **unused)
{
    (void)unused;
    struct message *m = ringing();
    world_text(w, PRIMARY, "ok");
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    status(m, "CAout", "no-answer");
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    assert_int_equal(world_relay(w)->plan->rungs[0].state, RUNG_ACCEPTED);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(one_acknowledges),
        TEST(one_acknowledges_late_too),
        TEST(two_passes_on),
        TEST(on_the_last_step_two_exhausts),
        TEST(another_key_is_asked_once_more),
        TEST(who_is_too_late_hears_who_has_it),
        TEST(after_it_went_on_one_still_takes_it),
        TEST(a_mailbox_acknowledges_nothing),
        TEST(a_call_that_fails_is_the_end_of_the_last_step),
        TEST(a_call_that_fails_after_it_went_on_moves_nothing),
        TEST(a_call_that_fails_after_he_took_it_by_text_changes_nothing_for_him),
        TEST(news_in_any_order_end_alike),
        TEST(the_status_settles_a_call_whose_answer_was_lost),
        TEST(what_is_unknown_hears_goodbye),
    };

    return cmocka_run_group_tests_name("spoken", tests, NULL, NULL);
}
