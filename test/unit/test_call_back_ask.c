#include "call_back_story.h"

static struct world *const w = &world_shared;

static void his_own_phone_rings_first(void **unused)
{
    (void)unused;
    const struct message *m = story_asked();
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

static void an_opt_out_from_texts_does_not_matter(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, ANNA, "STOP");
    story_ask("backup");
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

/* While the line is in report-only mode a customer may be anybody's invention. */
static struct report_only row = {
    .tenant = WORLD_TENANT, .line = LINE, .since_ms = WORLD_START, .until_ms = WORLD_START + HOUR};
static const struct report_only_list list = {&row, 1};

static void nobody_is_called_back_in_report_only_mode(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    w->open = &list;
    story_ask("backup");
    story_refuses(ERR_CONFLICT, "report-only mode");
    world_wait(w, HOUR); /* it is over */
    story_ask("backup");
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void who_was_asked_before_it_is_not_put_through(void **unused)
{
    (void)unused;
    const struct message *m = story_asked();

    w->open = &list;
    story_heard(m, "1", -1);
    story_answers(ANSWER_SAY, "report-only mode");
}

static void one_is_under_way(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    story_ask("backup");
    story_refuses(ERR_CONFLICT, "under way");
    story_ask("primary");
    story_refuses(ERR_CONFLICT, "under way");
    world_wait(w, 9 * MIN + 59 * S);
    story_ask("primary");
    story_refuses(ERR_CONFLICT, "under way");
    story_status(m, "CAback", "no-answer");
    story_ask("primary");
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void there_are_a_few_in_ten_minutes(void **unused)
{
    (void)unused;
    story_status(story_asked(), "CA1", "no-answer");
    for (int i = 0; i < 2; i++) {
        story_ask("backup");
        assert_int_equal(w->answer.kind, ANSWER_DONE);
        story_status(world_last_to(w, BACKUP), i ? "CA2" : "CA3", "busy");
    }
    story_ask("backup");
    story_refuses(ERR_CONFLICT, "Three call backs");
    story_refuses(ERR_CONFLICT, "Try again in 10 minutes");
    world_wait(w, 9 * MIN + 1);
    story_ask("backup");
    story_refuses(ERR_CONFLICT, "Try again in 1 minute.");
    world_wait(w, MIN - 1);
    story_ask("backup");
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void a_request_that_the_carrier_refuses_is_over(void **unused)
{
    (void)unused;
    struct message *m = story_asked();

    world_sent(w, m, SENT_REFUSED);
    assert_int_equal(m->delivery, DELIVERY_FAILED);
    story_ask("backup");
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
        story_set_up(NULL);
        world_call(w, callers[i]);
        world_call_status(w, "completed", "1");
        const struct event e = {.kind = EVENT_CALL_BACK,
                                .thread = world_cascade(w)->thread,
                                .operator_id = SPAN("backup"),
                                .attempt = -1};
        world_do(w, e);
        story_refuses(ERR_CONFLICT, "no number that can be called");
    }
}

static void neither_a_line_nor_himself_is_called(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    strcpy(w->lines[1].number, ANNA);
    story_ask("backup");
    story_refuses(ERR_CONFLICT, "no number");
    strcpy(w->lines[1].number, LINE_2);
    strcpy(w->people[AT_BACKUP].phone, ANNA);
    story_ask("backup");
    story_refuses(ERR_CONFLICT, "no number");
    strcpy(w->lines[0].number, "+13125550199"); /* the thread's own line has left the roster */
    story_ask("primary");
    story_refuses(ERR_CONFLICT, "roster no more");
}

static void who_asks_must_name_what_is_there(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    struct event e = {.kind = EVENT_CALL_BACK, .thread = 77, .operator_id = SPAN("backup")};
    world_do(w, e);
    story_refuses(ERR_NOT_FOUND, "none with this id");
    e.thread = world_thread(w, ANNA)->id;
    e.operator_id = SPAN("nobody");
    world_do(w, e);
    story_refuses(ERR_BAD_INPUT, "nobody on the roster");
    e.operator_id = SPAN("backup");
    e.tenant = 2;
    world_do(w, e);
    story_refuses(ERR_NOT_FOUND, "none with this id");
}

static void a_customer_who_still_rings_is_not_called(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_link(w, world_last_to(w, PRIMARY), LINK_RING);
    story_refuses(ERR_CONFLICT, "still going on");
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
    story_heard(m, "1", -1);
    story_called(m, "completed", 20);
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
    story_refuses(ERR_CONFLICT, "Somebody else has it");
    story_ask("primary"); /* the office may */
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

static void the_link_of_who_has_left_does_not(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct message *told = world_last_to(w, PRIMARY);
    strcpy(w->people[AT_PRIMARY].id, "somebody");
    world_link(w, told, LINK_RING);
    story_refuses(ERR_DENIED, "no longer on the roster");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, story_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(his_own_phone_rings_first),
        TEST(an_opt_out_from_texts_does_not_matter),
        TEST(nobody_is_called_back_in_report_only_mode),
        TEST(who_was_asked_before_it_is_not_put_through),
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
    };

    return cmocka_run_group_tests_name("call_back_ask", tests, NULL, NULL);
}
