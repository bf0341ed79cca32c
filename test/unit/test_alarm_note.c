#include "core_world.h"

#include "core/alarm_note.h"

static struct world *const w = &world_shared;
static const uint16_t owner[] = {AT_OWNER}, backup[] = {AT_BACKUP};

static struct event by(const char *way)
{
    return (struct event){
        .kind = EVENT_ALARM, .message = 77, .by = span_of(way), .body = SPAN("Nobody is on duty")};
}

static void a_text_and_a_call_go_to_those_whom_the_roster_names(void **unused)
{
    (void)unused;
    w->roster.alarms = (struct roster_alarms){
        .is_given = true, .text = owner, .text_count = 1, .voice = backup, .voice_count = 1};
    assert_int_equal(world_do(w, by("text")), ERR_NONE);
    const struct message *m = world_last_to(w, OWNER);
    assert_int_equal(world_outbox(w, m->id)->class, OUTBOX_URGENT);
    SAYS(m, "Nobody is on duty");
    assert_int_equal(world_do(w, by("voice")), ERR_NONE);
    m = world_last_to(w, BACKUP);
    assert_int_equal(m->kind, MESSAGE_SPOKEN);
    assert_int_equal(world_outbox(w, m->id)->kind, OUTBOX_CALL);
    assert_int_equal(world_logged(w, "alarm.told"), 2);
}

static void each_way_is_gone_once(void **unused)
{
    (void)unused;
    w->roster.alarms = (struct roster_alarms){.is_given = true, .text = owner, .text_count = 1};
    world_do(w, by("text"));
    world_do(w, by("text"));
    assert_int_equal(world_count_to(w, OWNER), 1);
    world_do(w, by("webhook"));
    world_do(w, by("webhook"));
    assert_int_equal(world_logged(w, "alarm.told"), 2);
}

static void what_was_given_up_and_what_nobody_gets_is_on_record(void **unused)
{
    (void)unused;
    struct event e = by("webhook");

    e.failed = true;
    world_do(w, e);
    world_do(w, by("text")); /* the roster names nobody */
    assert_int_equal(world_logged(w, "alarm.not-told"), 2);
    assert_int_equal(world_count(w, FACT_MESSAGE), 0);
}

static void one_of_the_host_s_is_raised(void **unused)
{
    (void)unused;
    world_do(w, (struct event){
                    .kind = EVENT_ALARM, .name = SPAN("carrier.away"), .body = SPAN("for long")});
    assert_int_equal(world_logged(w, "carrier.away"), 1);
    assert_int_equal(world_alarms(w), 1);
}

static void whoever_is_called_says_by_a_key_that_he_has_heard(void **unused)
{
    (void)unused;
    w->roster.alarms = (struct roster_alarms){.is_given = true, .voice = owner, .voice_count = 1};
    world_do(w, by("voice"));
    const struct message *m = world_last_to(w, OWNER);
    struct event e = {
        .kind = EVENT_HEARD, .message = m->id, .sid = SPAN("CA9"), .digits = SPAN("5")};

    world_do(w, e);
    assert_int_equal(w->answer.kind, ANSWER_READ);
    e.attempt = 1;
    e.digits = SPAN("1");
    world_do(w, e);
    world_assert_spoken(w, "Thank you");
    assert_int_equal(world_logged(w, "alarm.heard"), 1);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_text_and_a_call_go_to_those_whom_the_roster_names),
        EACH(each_way_is_gone_once),
        EACH(what_was_given_up_and_what_nobody_gets_is_on_record),
        EACH(one_of_the_host_s_is_raised),
        EACH(whoever_is_called_says_by_a_key_that_he_has_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
