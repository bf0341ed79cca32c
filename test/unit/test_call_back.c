#include "core_world.h"

#include "call/call_back.h"

static struct world *const w = &world_shared;

static bool is_no_premium(const char *number)
{
    return strncmp(number, "+1900", 5) != 0;
}

static void ask(const char *operator_id)
{
    world_do(w, (struct event){.kind = EVENT_CALL_BACK,
                               .thread = world_thread(w, ANNA)->id,
                               .operator_id = span_of(operator_id),
                               .origin = ORIGIN_API,
                               .attempt = -1});
}

static void answers(enum answer_kind kind, const char *words)
{
    assert_int_equal(w->answer.kind, kind);
    if (!memmem(w->answer.words.data, w->answer.words.size, words, strlen(words)))
        fail_msg("says: %.*s", SPAN_ARG(w->answer.words));
}

static void refuses(enum err err, const char *words)
{
    answers(ANSWER_REFUSED, words);
    assert_int_equal(w->answer.error, err);
    assert_int_equal(w->changes, 0);
}

/* A call that nobody took; the backup calls back. */
static struct message *asked(void)
{
    world_text(w, ANNA, "no heat");
    ask("backup");
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    struct message *m = world_last_to(w, BACKUP);
    assert_int_equal(m->kind, MESSAGE_CALL_BACK);
    assert_int_equal(w->answer.id, m->id);
    return m;
}

static void heard(const struct message *m, const char *digits, int attempt)
{
    world_again(w, (struct event){.kind = EVENT_HEARD,
                                  .message = m->id,
                                  .sid = SPAN("CAback"),
                                  .digits = span_of(digits),
                                  .attempt = attempt});
}

static void called(const struct message *m, const char *dial_status, int seconds)
{
    world_again(w, (struct event){.kind = EVENT_CALLED,
                                  .message = m->id,
                                  .sid = SPAN("CAback"),
                                  .dial_status = span_of(dial_status),
                                  .seconds = seconds,
                                  .attempt = -1});
}

static void status(const struct message *m, const char *sid, const char *call_status)
{
    world_again(w, (struct event){.kind = EVENT_CALL_STATUS,
                                  .message = m->id,
                                  .sid = span_of(sid),
                                  .call_status = span_of(call_status),
                                  .attempt = -1});
}

static void his_own_phone_rings_first(void **unused)
{
    (void)unused;
    const struct message *m = asked();
    const struct outbox *o = world_outbox(w, m->id);

    assert_int_equal(o->kind, OUTBOX_CALL);
    assert_int_equal(o->class, OUTBOX_URGENT);
    assert_string_equal(o->from, LINE);
    assert_string_equal(o->to, BACKUP);
    assert_false(o->again);
    assert_true(o->expires_ms > w->now_ms);
    SAYS(m, "Call back to");
    SAYS(m, "Press 1 to be connected.");
    assert_string_equal(m->customer, ANNA);
    assert_string_equal(m->operator_id, "backup");
    assert_int_equal(m->origin, ORIGIN_API);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_int_equal(world_logged(w, "call-back.asked"), 1);
}

static void one_connects_him_and_the_line_is_shown(void **unused)
{
    (void)unused;
    struct message *m = asked();

    heard(m, "1", -1);
    assert_int_equal(w->answer.kind, ANSWER_CALL);
    assert_int_equal(w->answer.id, m->id);
    assert_true(span_is_text(w->answer.caller_id, LINE));
    assert_int_equal(w->answer.number_count, 1);
    assert_true(span_is_text(w->answer.numbers[0].number, ANNA));
    assert_true(world_outbox(w, m->id)->gone);
    assert_string_equal(m->sid, "CAback");
    assert_int_equal(world_relay(w)->state, RELAY_OPEN); /* nobody has talked yet */
    heard(m, "1", -1);                                   /* repeated by the carrier */
    assert_int_equal(w->answer.kind, ANSWER_CALL);
    assert_int_equal(w->changes, 0);
}

static void a_talk_acknowledges(void **unused)
{
    (void)unused;
    struct message *m = asked();

    heard(m, "1", -1);
    called(m, "completed", 35);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    assert_string_equal(world_relay(w)->acked_by, "backup");
    assert_string_equal(world_thread(w, ANNA)->owner, "backup");
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    assert_int_equal(world_logged(w, "call-back.connected"), 1);
    called(m, "completed", 35);
    assert_int_equal(w->changes, 0);
    status(m, "CAback", "completed");
    assert_int_equal(w->changes, 0);
    heard(m, "1", -1); /* late: it is over */
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
}

static void after_a_short_talk_he_is_asked(void **unused)
{
    (void)unused;
    struct message *m = asked();

    heard(m, "1", -1);
    called(m, "completed", 14); /* a mailbox's greeting, perhaps */
    answers(ANSWER_READ, "If you have talked with");
    assert_int_equal(w->answer.id, m->id);
    assert_int_equal(w->answer.attempt, 2);
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_string_equal(world_thread(w, ANNA)->owner, "");
    assert_int_equal(world_logged(w, "call-back.connected"), 1);
    SAYS(world_last_to(w, BACKUP), "still waits");
    called(m, "completed", 14); /* repeated: the same question, nothing new */
    answers(ANSWER_READ, "If you have talked with");
    assert_int_equal(w->changes, 0);
    heard(m, "1", -1); /* the key that connected him, repeated, is no answer */
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    heard(m, "7", 2);
    answers(ANSWER_SAY, "Goodbye");
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    heard(m, "1", 2);
    answers(ANSWER_SAY, "is yours");
    assert_string_equal(world_relay(w)->acked_by, "backup");
    assert_string_equal(world_thread(w, ANNA)->owner, "backup");
    heard(m, "1", 2);
    answers(ANSWER_SAY, "is yours");
    assert_int_equal(w->changes, 0);
}

static void after_a_short_talk_his_ok_counts_as_any(void **unused)
{
    (void)unused;
    struct message *m = asked();

    heard(m, "1", -1);
    called(m, "completed", 3);
    world_text(w, BACKUP, world_tagged(w, world_last_to(w, BACKUP), "ok"));
    assert_string_equal(world_relay(w)->acked_by, "backup");
}

static void who_has_it_is_not_asked_after_a_short_talk(void **unused)
{
    (void)unused;
    struct message *m = asked();

    world_text(w, PRIMARY, "ok");
    const size_t told = world_count_to(w, BACKUP);
    heard(m, "1", -1);
    called(m, "completed", 3);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    assert_int_equal(world_count_to(w, BACKUP), told);
    heard(m, "1", 2); /* somebody took it while he was asked */
    assert_string_equal(world_relay(w)->acked_by, "primary");
    answers(ANSWER_SAY, "Pat has it already");
}

static void who_has_left_is_not_asked(void **unused)
{
    (void)unused;
    struct message *m = asked();

    heard(m, "1", -1);
    strcpy(w->people[AT_BACKUP].id, "somebody");
    called(m, "completed", 3);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    heard(m, "1", 2);
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
        struct message *m = asked();
        heard(m, "1", -1);
        called(m, rows[i].status, rows[i].seconds);
        answers(ANSWER_SAY, rows[i].words);
        assert_int_equal(world_relay(w)->state, RELAY_OPEN);
        assert_string_equal(world_thread(w, ANNA)->owner, "");
        assert_int_equal(m->delivery, DELIVERY_UNDELIVERED);
        called(m, rows[i].status, rows[i].seconds);
        assert_int_equal(w->changes, 0);
        answers(ANSWER_SAY, rows[i].words);
        ask("backup"); /* at once again */
        assert_int_equal(w->answer.kind, ANSWER_DONE);
    }
}

static void a_mailbox_is_never_connected(void **unused)
{
    (void)unused;
    struct message *m = asked();

    status(m, "CAback", "ringing");
    status(m, "CAback", "in-progress");
    assert_int_equal(m->delivery, DELIVERY_SENT);
    status(m, "CAback", "completed");
    assert_int_equal(m->delivery, DELIVERY_UNDELIVERED);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_int_equal(world_logged(w, "call-back.ended"), 1);
}

static void another_key_is_asked_once_more(void **unused)
{
    (void)unused;
    struct message *m = asked();

    heard(m, "7", -1);
    answers(ANSWER_READ, "Press 1");
    assert_int_equal(w->answer.id, m->id);
    heard(m, "", 1);
    answers(ANSWER_SAY, "Goodbye");
    heard(m, "1", 1);
    assert_int_equal(w->answer.kind, ANSWER_CALL);
}

static void the_talk_counts_though_the_end_came_first(void **unused)
{
    (void)unused;
    struct message *m = asked();

    heard(m, "1", -1);
    status(m, "CAback", "completed");
    called(m, "completed", 15);
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    assert_string_equal(world_relay(w)->acked_by, "backup");
}

static void who_took_it_keeps_it(void **unused)
{
    (void)unused;
    struct message *m = asked();

    world_text(w, PRIMARY, "ok");
    heard(m, "1", -1);
    called(m, "completed", 15);
    assert_string_equal(world_relay(w)->acked_by, "primary");
    assert_string_equal(world_thread(w, ANNA)->owner, "primary");
}

static void late_it_still_counts(void **unused)
{
    (void)unused;
    struct message *m = asked();

    heard(m, "1", -1);
    world_wait(w, 3 * HOUR);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    called(m, "completed", 15);
    assert_string_equal(world_relay(w)->acked_by, "backup");
}

static void an_opt_out_from_texts_does_not_matter(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, ANNA, "STOP");
    ask("backup");
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void one_is_under_way(void **unused)
{
    (void)unused;
    struct message *m = asked();

    ask("backup");
    refuses(ERR_CONFLICT, "under way");
    ask("primary");
    refuses(ERR_CONFLICT, "under way");
    world_wait(w, 9 * MIN + 59 * S);
    ask("primary");
    refuses(ERR_CONFLICT, "under way");
    status(m, "CAback", "no-answer");
    ask("primary");
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void there_are_a_few_in_ten_minutes(void **unused)
{
    (void)unused;
    status(asked(), "CA1", "no-answer");
    for (int i = 0; i < 2; i++) {
        ask("backup");
        assert_int_equal(w->answer.kind, ANSWER_DONE);
        status(world_last_to(w, BACKUP), i ? "CA2" : "CA3", "busy");
    }
    ask("backup");
    refuses(ERR_CONFLICT, "Three call backs");
    refuses(ERR_CONFLICT, "Try again in 10 minutes");
    world_wait(w, 9 * MIN + 1);
    ask("backup");
    refuses(ERR_CONFLICT, "Try again in 1 minute.");
    world_wait(w, MIN - 1);
    ask("backup");
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void a_request_that_the_carrier_refuses_is_over(void **unused)
{
    (void)unused;
    struct message *m = asked();

    world_sent(w, m, SENT_REFUSED);
    assert_int_equal(m->delivery, DELIVERY_FAILED);
    ask("backup");
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void only_who_can_be_called_is(void **unused)
{
    (void)unused;
    static const char *const callers[] = {
        "911",        "+911",        "+19005550123",          "anonymous",
        "+266696687", "13125550121", "sip:anna@example.test", "+1312555012;1",
    };

    for (size_t i = 0; i < sizeof callers / sizeof callers[0]; i++) {
        world_tear_down(NULL);
        world_set_up(NULL);
        w->may_dial = is_no_premium;
        world_call(w, callers[i]);
        world_call_status(w, "completed", "1");
        const struct event e = {.kind = EVENT_CALL_BACK,
                                .thread = world_cascade(w)->thread,
                                .operator_id = SPAN("backup"),
                                .attempt = -1};
        world_do(w, e);
        refuses(ERR_CONFLICT, "no number that can be called");
    }
}

static void neither_a_line_nor_himself_is_called(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    strcpy(w->lines[1].number, ANNA);
    ask("backup");
    refuses(ERR_CONFLICT, "no number");
    strcpy(w->lines[1].number, LINE_2);
    strcpy(w->people[AT_BACKUP].phone, ANNA);
    ask("backup");
    refuses(ERR_CONFLICT, "no number");
    strcpy(w->lines[0].number, "+13125550199"); /* the thread's own line has left the roster */
    ask("primary");
    refuses(ERR_CONFLICT, "roster no more");
}

static void who_asks_must_name_what_is_there(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    struct event e = {.kind = EVENT_CALL_BACK, .thread = 77, .operator_id = SPAN("backup")};
    world_do(w, e);
    refuses(ERR_NOT_FOUND, "none with this id");
    e.thread = world_thread(w, ANNA)->id;
    e.operator_id = SPAN("nobody");
    world_do(w, e);
    refuses(ERR_BAD_INPUT, "nobody on the roster");
    e.operator_id = SPAN("backup");
    e.tenant = 2;
    world_do(w, e);
    refuses(ERR_NOT_FOUND, "none with this id");
}

static void a_customer_who_still_rings_is_not_called(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_link(w, world_last_to(w, PRIMARY), LINK_RING);
    refuses(ERR_CONFLICT, "still going on");
}

static void the_link_calls_back_and_still_takes(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_call_status(w, "completed", "1"); /* hung up: a missed call */
    const struct message *told = world_last_to(w, PRIMARY);
    world_link(w, told, LINK_RING);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    struct message *m = world_last_to(w, PRIMARY);
    assert_int_equal(m->kind, MESSAGE_CALL_BACK);
    assert_int_equal(m->origin, ORIGIN_OPERATOR);
    assert_int_equal(m->cascade, world_cascade(w)->id);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    heard(m, "1", -1);
    called(m, "completed", 20);
    assert_string_equal(world_relay(w)->acked_by, "primary");
    world_link(w, told, LINK_RING); /* once more */
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void about_what_another_has_no_link_calls(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct message *told = world_last_to(w, PRIMARY);
    world_text(w, BACKUP, "hello"); /* nobody's business */
    world_do(w, (struct event){
                    .kind = EVENT_ACK, .relay = world_relay(w)->id, .operator_id = SPAN("owner")});
    world_link(w, told, LINK_RING);
    refuses(ERR_CONFLICT, "Somebody else has it");
    ask("primary"); /* the office may */
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void the_link_of_who_has_left_does_not(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct message *told = world_last_to(w, PRIMARY);
    strcpy(w->people[AT_PRIMARY].id, "somebody");
    world_link(w, told, LINK_RING);
    refuses(ERR_DENIED, "no longer on the roster");
}

static void who_has_left_meanwhile_is_not_connected(void **unused)
{
    (void)unused;
    struct message *m = asked();

    strcpy(w->people[AT_BACKUP].id, "somebody");
    heard(m, "1", -1);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
}

static void what_is_unknown_changes_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct message *text = world_last_to(w, PRIMARY);
    const struct message unknown = {.id = 77};

    called(text, "completed", 9);
    assert_int_equal(w->changes, 0);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    called(&unknown, "completed", 9);
    assert_int_equal(w->changes, 0);
}

static int set_up(void **state)
{
    const int e = world_set_up(state);

    w->may_dial = is_no_premium;
    return e;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(his_own_phone_rings_first),
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
        TEST(an_opt_out_from_texts_does_not_matter),
        TEST(one_is_under_way),
        TEST(there_are_a_few_in_ten_minutes),
        TEST(a_request_that_the_carrier_refuses_is_over),
        TEST(only_who_can_be_called_is),
        TEST(neither_a_line_nor_himself_is_called),
        TEST(who_asks_must_name_what_is_there),
        TEST(a_customer_who_still_rings_is_not_called),
        TEST(the_link_calls_back_and_still_takes),
        TEST(about_what_another_has_no_link_calls),
        TEST(the_link_of_who_has_left_does_not),
        TEST(who_has_left_meanwhile_is_not_connected),
        TEST(what_is_unknown_changes_nothing),
    };

    return cmocka_run_group_tests_name("call_back", tests, NULL, NULL);
}
