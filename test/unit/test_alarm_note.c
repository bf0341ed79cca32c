#include "core_world.h"

#include "core/alarm_note.h"

static struct world *const w = &world_shared;
static const uint16_t owner[] = {AT_OWNER}, backup[] = {AT_BACKUP};

static struct event by(const char *way)
{
    return (struct event){.kind = EVENT_ALARM,
                          .message = 77,
                          .by = span_of(way),
                          .name = SPAN("relay.nobody-on-duty"),
                          .from = SPAN("Acme")};
}

static void a_text_and_a_call_go_to_those_whom_the_roster_names(void **unused)
{
    (void)unused;
    w->roster.alarms = (struct roster_alarms){
        .is_given = true, .text = owner, .text_count = 1, .voice = backup, .voice_count = 1};
    assert_int_equal(world_do(w, by("text")), ERR_NONE);
    const struct message *m = world_last_to(w, OWNER);
    assert_int_equal(world_outbox(w, m->id)->class, OUTBOX_URGENT);
    SAYS(m, "Acme ALARM: A customer waits: nobody is on duty.");
    assert_int_equal(world_do(w, by("voice")), ERR_NONE);
    m = world_last_to(w, BACKUP);
    assert_int_equal(m->kind, MESSAGE_SPOKEN);
    assert_int_equal(world_outbox(w, m->id)->kind, OUTBOX_CALL);
    assert_int_equal(world_logged(w, "alarm.told"), 2);
}

static void each_reads_it_in_his_language(void **unused)
{
    static const uint16_t both[] = {AT_OWNER, AT_BACKUP};
    struct event e = by("text");

    (void)unused;
    w->roster.alarms = (struct roster_alarms){.is_given = true, .text = both, .text_count = 2};
    strcpy(((struct roster_operator *)(uintptr_t)w->roster.operators)[AT_BACKUP].language, "de");
    e.name = SPAN("duty.gap");
    world_do(w, e);
    SAYS(world_last_to(w, OWNER), "Acme ALARM: Nobody is on duty for some time.");
    SAYS(world_last_to(w, BACKUP), "Acme ALARM: Eine Zeit lang hat niemand Dienst.");
}

static void each_is_called_in_his_language(void **unused)
{
    static const uint16_t both[] = {AT_OWNER, AT_BACKUP};
    struct event e = by("voice");

    (void)unused;
    w->roster.alarms = (struct roster_alarms){.is_given = true, .voice = both, .voice_count = 2};
    strcpy(((struct roster_operator *)(uintptr_t)w->roster.operators)[AT_BACKUP].language, "de");
    e.name = SPAN("duty.gap");
    world_do(w, e);
    const struct message *m = world_last_to(w, OWNER);
    SAYS(m, "Nobody is on duty for some time.\nPress 1 to say that you have heard it.");
    assert_true(span_is_text(world_outbox(w, m->id)->media, "en-US"));
    m = world_last_to(w, BACKUP);
    SAYS(m, "Eine Zeit lang hat niemand Dienst.\nDr\xc3\xbc");
    assert_true(span_is_text(world_outbox(w, m->id)->media, "de-DE"));
    e = (struct event){
        .kind = EVENT_HEARD, .message = m->id, .sid = SPAN("CA9"), .digits = SPAN("5")};
    world_do(w, e);
    assert_int_equal(w->answer.kind, ANSWER_READ);
    assert_true(span_is_text(w->answer.language, "de-DE"));
    assert_true(span_is_text(w->answer.words,
                             "Dr\xc3\xbc"
                             "cken Sie 1, um zu sagen, dass Sie es geh\xc3\xb6rt haben."));
    e.attempt = 1;
    world_do(w, e);
    world_assert_spoken(w, "Auf Wiederh\xc3\xb6ren");
    assert_true(span_is_text(w->answer.language, "de-DE"));
    e.digits = SPAN("1");
    world_do(w, e);
    world_assert_spoken(w, "Danke");
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

/* The call that is on or waits is over; returns how many wait then, `out` the one that came. */
static size_t over(const char *to, const char *status, struct message *out)
{
    const struct message *m = world_last_to(w, to);
    const size_t before = world_count_to(w, to);

    world_do(
        w, (struct event){.kind = EVENT_CALL_STATUS,
                          .message = m->id,
                          .sid = span_of(arena_printf(w->facts.arena, "CA%lld", (long long)m->id)),
                          .call_status = span_of(status)});
    const size_t now = world_count_to(w, to);
    *out = *world_last_to(w, to);
    return now - before;
}

static void press(const char *to, const char *digits)
{
    const struct message *m = world_last_to(w, to);

    world_do(
        w, (struct event){.kind = EVENT_HEARD,
                          .message = m->id,
                          .sid = span_of(arena_printf(w->facts.arena, "CA%lld", (long long)m->id)),
                          .attempt = 1,
                          .digits = span_of(digits)});
}

static void without_a_key_he_is_called_again_three_times_in_all(void **unused)
{
    static const char *const ends[] = {"no-answer", "completed", "busy"};
    struct message m;

    (void)unused;
    w->roster.alarms = (struct roster_alarms){.is_given = true, .voice = owner, .voice_count = 1};
    world_do(w, by("voice"));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(world_logged(w, "alarm.not-heard"), 0);
        const bool is_last = i == 2;
        assert_int_equal(over(OWNER, ends[i], &m), !is_last);
        if (is_last)
            break;
        SAYS(&m, ". Alarm. A customer waits: nobody is on duty.");
        const struct outbox *o = world_outbox(w, m.id);
        assert_int_equal(o->kind, OUTBOX_CALL);
        assert_int_equal(o->due_ms - w->facts.now_ms, 120000);
    }
    assert_int_equal(world_logged(w, "alarm.not-heard"), 1);
    assert_int_equal(world_alarms(w), 1);
    assert_int_equal(over(OWNER, "completed", &m), 0); /* said twice */
    assert_int_equal(world_logged(w, "alarm.not-heard"), 1);
}

static void a_key_ends_the_calls_of_all(void **unused)
{
    static const uint16_t both[] = {AT_OWNER, AT_BACKUP};
    struct message m;

    (void)unused;
    w->roster.alarms = (struct roster_alarms){.is_given = true, .voice = both, .voice_count = 2};
    world_do(w, by("voice"));
    assert_int_equal(over(OWNER, "no-answer", &m), 1);
    const int64_t waits = m.id;
    assert_non_null(world_outbox(w, waits));
    press(BACKUP, "1");
    assert_true(!world_outbox(w, waits) || world_outbox(w, waits)->gone);
    assert_int_equal(over(BACKUP, "completed", &m), 0);
    assert_int_equal(world_logged(w, "alarm.not-heard"), 0);
}

static void nobody_has_heard_it_once_all_were_called(void **unused)
{
    static const uint16_t both[] = {AT_OWNER, AT_BACKUP};
    struct message m;

    (void)unused;
    w->roster.alarms = (struct roster_alarms){.is_given = true, .voice = both, .voice_count = 2};
    world_do(w, by("voice"));
    for (int i = 0; i < 3; i++)
        over(OWNER, "no-answer", &m);
    assert_int_equal(world_logged(w, "alarm.not-heard"), 0);
    for (int i = 0; i < 3; i++)
        over(BACKUP, "no-answer", &m);
    assert_int_equal(world_logged(w, "alarm.not-heard"), 1);
}

static void news_of_a_call_that_goes_on_calls_nobody(void **unused)
{
    struct message m;

    (void)unused;
    w->roster.alarms = (struct roster_alarms){.is_given = true, .voice = owner, .voice_count = 1};
    world_do(w, by("voice"));
    assert_int_equal(over(OWNER, "ringing", &m), 0);
    assert_int_equal(over(OWNER, "in-progress", &m), 0);
    assert_int_equal(over(OWNER, "completed", &m), 1);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_text_and_a_call_go_to_those_whom_the_roster_names),
        EACH(each_reads_it_in_his_language),
        EACH(each_is_called_in_his_language),
        EACH(each_way_is_gone_once),
        EACH(what_was_given_up_and_what_nobody_gets_is_on_record),
        EACH(one_of_the_host_s_is_raised),
        EACH(whoever_is_called_says_by_a_key_that_he_has_heard),
        EACH(without_a_key_he_is_called_again_three_times_in_all),
        EACH(a_key_ends_the_calls_of_all),
        EACH(nobody_has_heard_it_once_all_were_called),
        EACH(news_of_a_call_that_goes_on_calls_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
