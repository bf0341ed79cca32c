#include "core_world.h"

#include "core/account.h"

static struct world w;

static int set_up(void **unused)
{
    (void)unused;
    world_open(&w);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    world_close(&w);
    return 0;
}

static struct event note(enum user_note what)
{
    return (struct event){.kind = EVENT_USER, .user_note = what, .user = 77, .body = SPAN("anna")};
}

static void each_note_is_one_row_of_the_log(void **unused)
{
    static const char *const kinds[USER_NOTES] = {
        "user.signed-in", "user.signed-out", "user.locked",  "user.code",
        "user.added",     "user.changed",    "user.removed", "user.link",
        "user.set-up",    "user.password",   "token.added",  "token.revoked"};

    (void)unused;
    for (int what = 0; what < USER_NOTES; what++) {
        struct event e = note((enum user_note)what);
        e.operator_id = span_of(world_id(AT_PRIMARY));
        e.digits = SPAN("123456");
        assert_int_equal(world_do(&w, e), ERR_NONE);
        assert_int_equal(world_logged(&w, kinds[what]), 1);
        assert_int_equal(w.answer.kind, ANSWER_DONE);
    }
}

static void many_failures_are_an_alarm_and_nothing_else_is(void **unused)
{
    (void)unused;
    world_do(&w, note(USER_NOTE_SIGNED_IN));
    assert_int_equal(world_alarms(&w), 0);
    world_do(&w, note(USER_NOTE_LOCKED));
    assert_int_equal(world_alarms(&w), 1);
}

static void a_code_goes_to_the_operators_own_phone_and_into_no_record(void **unused)
{
    struct event e = note(USER_NOTE_CODE);

    (void)unused;
    e.operator_id = span_of(world_id(AT_BACKUP));
    e.digits = SPAN("123456");
    world_do(&w, e);
    assert_int_equal(world_count(&w, FACT_MESSAGE), 1);
    const struct message *m = world_last_to(&w, BACKUP);
    const struct outbox *o = world_outbox(&w, m->id);
    assert_non_null(memmem(o->body.data, o->body.size, "123456", 6));
    assert_null(memmem(m->body.data, m->body.size, "123456", 6));
    assert_true(m->body.size > 0);
    assert_string_equal(m->from, LINE);
    assert_int_equal(o->class, OUTBOX_URGENT);
    assert_int_equal(o->expires_ms, w.now_ms + USER_NOTE_CODE_MS);
    assert_false(o->again); /* a second one would only confuse */
}

static void nobody_who_left_the_roster_gets_a_code(void **unused)
{
    struct event e = note(USER_NOTE_CODE);

    (void)unused;
    e.operator_id = SPAN("nobody-here");
    e.digits = SPAN("123456");
    world_do(&w, e);
    e.operator_id = SPAN("");
    world_do(&w, e);
    assert_int_equal(world_count(&w, FACT_MESSAGE), 0);
    assert_int_equal(world_logged(&w, "user.code"), 0);
}

static void a_roster_without_a_line_texts_nobody(void **unused)
{
    struct event e = note(USER_NOTE_CODE);

    (void)unused;
    e.operator_id = span_of(world_id(AT_BACKUP));
    e.digits = SPAN("123456");
    w.roster.line_count = 0;
    world_do(&w, e);
    assert_int_equal(world_count(&w, FACT_MESSAGE), 0);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(each_note_is_one_row_of_the_log),
        EACH(many_failures_are_an_alarm_and_nothing_else_is),
        EACH(a_code_goes_to_the_operators_own_phone_and_into_no_record),
        EACH(nobody_who_left_the_roster_gets_a_code),
        EACH(a_roster_without_a_line_texts_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
