#include "core_world.h"

static struct world *const w = &world_shared;

static void write_with(struct event e)
{
    e.kind = EVENT_TEXT;
    e.sid = span_of(arena_printf(w->arena, "SMwith%d", ++w->sids));
    e.to = SPAN(LINE);
    e.attempt = -1;
    world_again(w, e);
}

static const struct message *latest(void)
{
    const struct message *found = NULL;

    for (size_t i = 0; i < world_count(w, FACT_MESSAGE); i++) {
        const struct message *m = world_row(w, FACT_MESSAGE, i);
        if (m->direction == DIRECTION_IN)
            found = m;
    }
    return found;
}

static const struct consent *consent_of(const char *person)
{
    for (size_t i = 0; i < world_count(w, FACT_CONSENT); i++) {
        const struct consent *row = world_row(w, FACT_CONSENT, i);
        if (strcmp(row->person, person) == 0 && strcmp(row->line, LINE) == 0)
            return row;
    }
    return NULL;
}

static bool is_out(const char *person)
{
    const struct consent *row = consent_of(person);

    return row && row->is_out;
}

static size_t texts(void)
{
    return world_count_to(w, PRIMARY) + world_count_to(w, BACKUP) + world_count_to(w, OWNER) +
           world_count_to(w, ANNA);
}

/* ---- what goes to nobody ---- */

static void held_texts_are_on_record_and_tell_nobody(void **unused)
{
    (void)unused;
    static const struct row {
        const char *name, *from, *body;
    } rows[] = {
        {"the same text again", ANNA, "no heat"},
        {"an own line", LINE_2, "hello"},
        {"the line itself", LINE, "hello"},
        {"a short code", "24365", "your parcel"},
        {"an automatic reply", ANNA, "  AUTOMATIC REPLY: back on Monday"},
        {"out of office", ANNA, "Out of Office until 7"},
        {"a phone in a car", ANNA, "I\xe2\x80\x99m driving with Focus turned on."},
    };

    world_text(w, ANNA, "no heat");
    const size_t before = texts();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const size_t logged = world_logged(w, "text.held-back");
        world_text(w, rows[i].from, rows[i].body);
        const struct message *m = latest();
        if (m->kind != MESSAGE_HELD || !span_is_text(m->body, rows[i].body) || texts() != before ||
            world_logged(w, "text.held-back") != logged + 1)
            fail_msg("%s: goes somewhere", rows[i].name);
        assert_int_equal(w->answer.kind, ANSWER_NOTHING);
    }
    assert_int_equal(world_count(w, FACT_RELAY), 1);
}

static void what_only_looks_automatic_goes_on(void **unused)
{
    (void)unused;
    static const char *const bodies[] = {"I'm driving over to you now",
                                         "Do not disturb the neighbours", "this is automatic?",
                                         "my autoreply is on", "I am out of office supplies"};

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        world_text(w, ANNA, bodies[i]);
        SAYS(world_last_to(w, PRIMARY), bodies[i]);
    }
}

static void the_first_text_of_somebody_is_no_automatic_reply(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "Automatic reply: our boiler says E4");
    SAYS(world_last_to(w, PRIMARY), "E4");
}

static void an_operators_phone_does_not_answer_for_him(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const size_t before = texts();
    world_text(w, PRIMARY, "I'm driving with Do Not Disturb turned on.");
    assert_int_equal(texts(), before);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_int_equal(latest()->kind, MESSAGE_HELD);
    assert_string_equal(latest()->operator_id, "primary");
    const char *words = "I'm driving with Bo";
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), words));
    assert_true(span_is_text(world_to(w, ANNA, 0)->body, words)); /* with the mark it is his */
}

static void the_same_text_is_held_while_the_first_waits(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 10 * MIN - 1);
    world_text(w, ANNA, "no heat");
    assert_int_equal(world_count_to(w, PRIMARY), 1);
    world_wait(w, 10 * MIN);
    world_text(w, ANNA, "no heat"); /* long enough */
    assert_int_equal(latest()->kind, MESSAGE_INBOUND);
}

static void the_same_text_goes_on_once_the_first_is_taken(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "thanks");
    world_text(w, PRIMARY, "ok");
    world_wait(w, MIN - 1);
    world_text(w, ANNA, "thanks");
    assert_int_equal(latest()->kind, MESSAGE_HELD);
    world_wait(w, MIN);
    world_text(w, ANNA, "thanks");
    assert_int_equal(latest()->kind, MESSAGE_INBOUND);
}

static void the_same_text_goes_on_once_nobody_answered_the_first(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 59 * MIN);
    world_text(w, ANNA, "hello?");
    world_wait(w, 2 * MIN);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    world_text(w, ANNA, "hello?");
    assert_int_equal(world_count(w, FACT_RELAY), 2);
}

static void other_photos_are_no_repeat(void **unused)
{
    (void)unused;
    write_with((struct event){.from = SPAN(ANNA), .media = SPAN("https://carrier.test/ME1")});
    write_with((struct event){.from = SPAN(ANNA), .media = SPAN("https://carrier.test/ME2")});
    assert_int_equal(latest()->kind, MESSAGE_INBOUND);
    write_with((struct event){.from = SPAN(ANNA), .media = SPAN("https://carrier.test/ME2")});
    assert_int_equal(latest()->kind, MESSAGE_HELD);
}

static void a_burst_of_one_customer_is_held_and_is_one_alarm(void **unused)
{
    (void)unused;
    for (int i = 0; i < 20; i++)
        world_text(w, ANNA, arena_printf(w->arena, "no heat %d", i));
    assert_int_equal(world_count_to(w, PRIMARY), 10);
    assert_int_equal(world_logged(w, "text.held-back"), 10);
    assert_int_equal(world_logged(w, "text.flood"), 1);
    assert_int_equal(world_alarms(w), 1);
    world_text(w, BORIS, "no water"); /* nobody else is held */
    assert_int_equal(world_count_to(w, PRIMARY), 11);
    world_wait(w, MIN);
    world_text(w, ANNA, "still here");
    assert_int_equal(world_count_to(w, PRIMARY), 12);
}

static void late_texts_are_no_burst(void **unused)
{
    (void)unused;
    world_wait(w, 2 * HOUR);
    for (int i = 0; i < 30; i++)
        write_with((struct event){.from = SPAN(ANNA),
                                  .body = i % 2 ? SPAN("hello?") : SPAN("anybody?"),
                                  .late = true,
                                  .at_ms = WORLD_START + i * 2 * (int64_t)MIN});
    assert_int_equal(world_logged(w, "text.held-back"), 0);
    assert_int_equal(world_count_to(w, PRIMARY), 30);
    SAYS(world_last_to(w, PRIMARY), "(late) hello?");
    assert_true(latest()->late);
    write_with((struct event){.from = SPAN(ANNA),
                              .body = SPAN("hello?"),
                              .late = true,
                              .at_ms = WORLD_START + 58 * (int64_t)MIN + 5 * S});
    assert_int_equal(latest()->kind, MESSAGE_HELD); /* written twice in five seconds */
}

/* ---- STOP, START, HELP and their like ---- */

static void what_a_customer_tells_the_carrier(void **unused)
{
    (void)unused;
    static const struct row {
        const char *body;
        enum opt_out says; /* the carrier */
        bool was_out, is_out, relayed;
    } rows[] = {
        {"STOP", OPT_OUT_NONE, false, true, false},
        {" stop ", OPT_OUT_NONE, false, true, false},
        {"Unsubscribe", OPT_OUT_NONE, false, true, false},
        {"basta", OPT_OUT_STOP, false, true, false},
        {"stop the water please", OPT_OUT_NONE, false, false, true},
        {"START", OPT_OUT_NONE, true, false, true},
        {"yes", OPT_OUT_NONE, true, false, true},
        {"yes please", OPT_OUT_NONE, true, true, true},
        {"weiter", OPT_OUT_START, true, false, true},
        {"HELP", OPT_OUT_NONE, false, false, true},
        {"info", OPT_OUT_HELP, false, false, true},
        {"INFO", OPT_OUT_NONE, true, true, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world_close(w);
        world_open(w);
        world_text(w, ANNA, rows[i].was_out ? "cancel" : "no heat");
        const size_t told = world_count_to(w, PRIMARY), relays = world_count(w, FACT_RELAY);
        write_with((struct event){
            .from = SPAN(ANNA), .body = span_of(rows[i].body), .opt_out = rows[i].says});
        const bool is_notice = world_says(w, world_last_to(w, PRIMARY), "wrote STOP");
        const bool has_words = world_says(w, world_last_to(w, PRIMARY), rows[i].body);
        if (is_out(ANNA) != rows[i].is_out || world_count_to(w, PRIMARY) != told + 1 ||
            is_notice == rows[i].relayed || (rows[i].relayed && !has_words) ||
            (!rows[i].relayed && world_count(w, FACT_RELAY) != relays))
            fail_msg("%s: not as it should be", rows[i].body);
        assert_int_equal(latest()->kind, MESSAGE_INBOUND);
        assert_int_equal(world_count_to(w, ANNA), 0); /* the line has no words for HELP */
    }
}

static void help_is_answered_only_with_the_lines_own_words(void **unused)
{
    (void)unused;
    w->lines[0].help = SPAN("Acme heating: call us any time.");
    world_text(w, ANNA, "help");
    assert_true(span_is_text(world_to(w, ANNA, 0)->body, "Acme heating: call us any time."));
    assert_int_equal(world_to(w, ANNA, 0)->kind, MESSAGE_CUSTOMER);
    SAYS(world_last_to(w, PRIMARY), "help");
    world_text(w, ANNA, "help");
    assert_int_equal(world_count_to(w, ANNA), 1); /* a repeat is held, and not answered */
    world_text(w, "anonymous", "help");
    assert_int_equal(world_count_to(w, "anonymous"), 0);
}

static void stop_is_told_to_whoever_holds_the_thread(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    const size_t primary = world_count_to(w, PRIMARY);
    world_text(w, ANNA, "STOP");
    SAYS(world_last_to(w, BACKUP), ANNA " wrote STOP");
    assert_int_equal(world_last_to(w, BACKUP)->kind, MESSAGE_NOTICE);
    assert_int_equal(world_count_to(w, PRIMARY), primary);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN); /* nothing was acknowledged by it */
    assert_int_equal(world_relay(w)->due_ms, WORLD_START + 1800 * S);
}

static void stop_is_told_to_the_owner(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    world_text(w, BACKUP, world_tagged(w, world_to(w, BACKUP, 0), "ok"));
    const size_t primary = world_count_to(w, PRIMARY);
    world_off(w, AT_BACKUP); /* it is his all the same */
    world_text(w, ANNA, "STOP");
    SAYS(world_last_to(w, BACKUP), ANNA " wrote STOP");
    assert_int_equal(world_count_to(w, PRIMARY), primary);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
}

static void stop_out_of_nowhere_is_told_to_the_first_step(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "STOP");
    SAYS(world_last_to(w, PRIMARY), "wrote STOP");
    assert_int_equal(world_count(w, FACT_RELAY), 0);
    assert_int_equal(w->timer_count, 0);
    assert_int_equal(world_count_to(w, BACKUP), 0);
}

static void stop_while_nobody_is_on_duty_is_told_to_the_last_resort(void **unused)
{
    (void)unused;
    world_off(w, AT_PRIMARY);
    world_off(w, AT_BACKUP);
    world_off(w, AT_OWNER);
    w->people[AT_SPARE].last_resort = true; /* he stands on no chain */
    world_text(w, ANNA, "STOP");
    SAYS(world_last_to(w, SPARE), ANNA " wrote STOP");
    world_text(w, BORIS, "no water");
    assert_int_equal(world_relay(w)->state, RELAY_IDLE);
    world_text(w, BORIS, "STOP"); /* of a relay that waits */
    SAYS(world_last_to(w, SPARE), BORIS " wrote STOP");
}

static void stop_again_and_again_is_one_notice(void **unused)
{
    (void)unused;
    for (int i = 0; i < 5; i++) {
        world_text(w, ANNA, i % 2 ? "quit" : "STOP");
        world_wait(w, HOUR);
    }
    assert_int_equal(world_count_to(w, PRIMARY), 1);
    assert_int_equal(world_logged(w, "consent.out"), 1);
}

static void an_operator_who_opts_out_is_an_alarm(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const size_t before = texts();
    world_text(w, PRIMARY, "STOP");
    assert_true(is_out(PRIMARY));
    assert_int_equal(world_logged(w, "operator.opted-out"), 1);
    assert_int_equal(world_alarms(w), 1);
    assert_int_equal(texts(), before); /* the carrier answers it */
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_int_equal(latest()->kind, MESSAGE_COMMAND);
    world_text(w, PRIMARY, "stop");
    assert_int_equal(world_alarms(w), 1);
    world_text(w, PRIMARY, "START");
    assert_false(is_out(PRIMARY));
    assert_int_equal(texts(), before);
}

static void an_operators_word_in_another_language_is_the_carriers(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    write_with(
        (struct event){.from = SPAN(PRIMARY), .body = SPAN("arret"), .opt_out = OPT_OUT_STOP});
    assert_true(is_out(PRIMARY));
    assert_int_equal(world_count_to(w, ANNA), 0);
}

static void an_operators_yes_is_a_reply_and_lets_him_be_texted(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "are you coming?");
    world_text(w, PRIMARY, "stop");
    world_text(w, PRIMARY, "Yes");
    assert_false(is_out(PRIMARY));
    assert_true(span_is_text(world_to(w, ANNA, 0)->body, "Yes"));
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
}

static void an_operators_help_is_the_menu(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "HELP");
    SAYS(world_last_to(w, PRIMARY), "With a mark");
    assert_int_equal(world_count_to(w, ANNA), 0);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
}

static void repeats_of_held_and_stopping_texts_change_nothing(void **unused)
{
    (void)unused;
    static const char *const senders[] = {LINE_2, "24365", ANNA, PRIMARY};

    for (size_t i = 0; i < sizeof senders / sizeof senders[0]; i++) {
        world_text(w, senders[i], "stop");
        world_again(w, w->last);
        assert_int_equal(w->changes, 0);
    }
}

static void somebody_elses_line_is_another_consent(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "stop");
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = SPAN("SMother"),
                                  .from = SPAN(ANNA),
                                  .to = SPAN(LINE_2),
                                  .body = SPAN("start")});
    assert_true(is_out(ANNA)); /* at the first line */
    assert_int_equal(world_count(w, FACT_CONSENT), 1);
}

static void the_same_answer_to_the_next_question_goes_on(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "are you at home?");
    world_text(w, ANNA, "yes I am");
    const size_t before = world_count_to(w, PRIMARY);
    world_wait(w, 5 * S);
    world_text(w, PRIMARY, "and tomorrow?");
    world_text(w, ANNA, "yes I am");
    assert_int_equal(latest()->kind, MESSAGE_INBOUND);
    assert_true(world_count_to(w, PRIMARY) > before);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(held_texts_are_on_record_and_tell_nobody),
        TEST(what_only_looks_automatic_goes_on),
        TEST(the_first_text_of_somebody_is_no_automatic_reply),
        TEST(an_operators_phone_does_not_answer_for_him),
        TEST(the_same_text_is_held_while_the_first_waits),
        TEST(the_same_text_goes_on_once_the_first_is_taken),
        TEST(the_same_text_goes_on_once_nobody_answered_the_first),
        TEST(other_photos_are_no_repeat),
        TEST(a_burst_of_one_customer_is_held_and_is_one_alarm),
        TEST(late_texts_are_no_burst),
        TEST(what_a_customer_tells_the_carrier),
        TEST(help_is_answered_only_with_the_lines_own_words),
        TEST(stop_is_told_to_whoever_holds_the_thread),
        TEST(stop_is_told_to_the_owner),
        TEST(stop_out_of_nowhere_is_told_to_the_first_step),
        TEST(stop_while_nobody_is_on_duty_is_told_to_the_last_resort),
        TEST(stop_again_and_again_is_one_notice),
        TEST(an_operator_who_opts_out_is_an_alarm),
        TEST(an_operators_word_in_another_language_is_the_carriers),
        TEST(an_operators_yes_is_a_reply_and_lets_him_be_texted),
        TEST(an_operators_help_is_the_menu),
        TEST(repeats_of_held_and_stopping_texts_change_nothing),
        TEST(somebody_elses_line_is_another_consent),
        TEST(the_same_answer_to_the_next_question_goes_on),
    };

    return cmocka_run_group_tests_name("inbox, what is held back", tests, NULL, NULL);
}
