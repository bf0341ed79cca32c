#include "core_world.h"

#include "relay/consent.h"

static struct world world;
static struct context context;
static const struct event event = {.kind = EVENT_TEXT, .id = 3, .tenant = WORLD_TENANT};

static int set_up(void **unused)
{
    (void)unused;
    world_open(&world);
    context = (struct context){.facts = &world.facts, .roster = &world.roster, .event = &event};
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    world_close(&world);
    return 0;
}

static void what_the_carrier_takes_a_text_for(void **unused)
{
    (void)unused;
    static const struct row {
        const char *body;
        enum opt_out says, means;
    } rows[] = {
        {"STOP", OPT_OUT_NONE, OPT_OUT_STOP},        {"stopall", OPT_OUT_NONE, OPT_OUT_STOP},
        {"Unsubscribe", OPT_OUT_NONE, OPT_OUT_STOP}, {"CANCEL", OPT_OUT_NONE, OPT_OUT_STOP},
        {"end", OPT_OUT_NONE, OPT_OUT_STOP},         {"Quit", OPT_OUT_NONE, OPT_OUT_STOP},
        {"optout", OPT_OUT_NONE, OPT_OUT_STOP},      {"revoke", OPT_OUT_NONE, OPT_OUT_STOP},
        {"\n stop\t", OPT_OUT_NONE, OPT_OUT_STOP},   {"start", OPT_OUT_NONE, OPT_OUT_START},
        {"YES", OPT_OUT_NONE, OPT_OUT_START},        {"unstop", OPT_OUT_NONE, OPT_OUT_START},
        {"help", OPT_OUT_NONE, OPT_OUT_HELP},        {"Info", OPT_OUT_NONE, OPT_OUT_HELP},
        {"stop it", OPT_OUT_NONE, OPT_OUT_NONE},     {"the end", OPT_OUT_NONE, OPT_OUT_NONE},
        {"yes!", OPT_OUT_NONE, OPT_OUT_NONE},        {"", OPT_OUT_NONE, OPT_OUT_NONE},
        {"basta", OPT_OUT_STOP, OPT_OUT_STOP}, /* its own word decides */
        {"stop", OPT_OUT_HELP, OPT_OUT_HELP},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct event e = {.body = span_of(rows[i].body), .opt_out = rows[i].says};
        if (consent_read(&e) != rows[i].means)
            fail_msg("%s: read as %d", rows[i].body, (int)consent_read(&e));
    }
}

static void put(const char *person, bool is_out, const char *operator_id)
{
    consent_gather(&context, SPAN(LINE), span_of(person));
    world.facts.short_of = false; /* nothing is stored */
    for (struct fact *f = world.facts.first; f; f = f->next)
        if (f->state == FACT_WANTED)
            facts_settle(&world.facts, f, NULL);
    consent_put(&context, SPAN(LINE), span_of(person), is_out, operator_id);
    world_commit(&world);
}

static void it_is_kept_by_line_and_person_and_logged_when_it_changes(void **unused)
{
    (void)unused;
    put(ANNA, false, NULL); /* nobody has to be told that he may be texted */
    assert_int_equal(world_count(&world, FACT_CONSENT), 0);
    put(ANNA, true, NULL);
    const struct consent *row = world_row(&world, FACT_CONSENT, 0);
    assert_string_equal(row->line, LINE);
    assert_string_equal(row->person, ANNA);
    assert_true(row->is_out);
    assert_int_equal(row->at_ms, WORLD_START);
    assert_int_equal(world_logged(&world, "consent.out"), 1);
    assert_int_equal(world_alarms(&world), 0);
}

static void an_operators_is_an_alarm(void **unused)
{
    (void)unused;
    put(PRIMARY, true, "primary");
    assert_int_equal(world_logged(&world, "operator.opted-out"), 1);
    assert_int_equal(world_alarms(&world), 1);
}

static void a_stop_that_is_found_late_does_not_overrule_a_newer_start(void **unused)
{
    (void)unused;
    const int64_t then_ms = world.now_ms;

    world_text(&world, ANNA, "STOP");
    world.now_ms += 60 * S;
    world_text(&world, ANNA, "START");
    world.now_ms += 60 * S;
    const struct event late = {.kind = EVENT_TEXT,
                               .sid = SPAN("SMlate"),
                               .from = SPAN(ANNA),
                               .to = SPAN(LINE),
                               .body = SPAN("STOP"),
                               .attempt = -1,
                               .late = true,
                               .at_ms = then_ms + 30 * S};
    assert_int_equal(world_do(&world, late), ERR_NONE);
    const struct consent *row = world_row(&world, FACT_CONSENT, 0);
    assert_non_null(row);
    assert_false(row->is_out);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_stop_that_is_found_late_does_not_overrule_a_newer_start),
        TEST(what_the_carrier_takes_a_text_for),
        TEST(it_is_kept_by_line_and_person_and_logged_when_it_changes),
        TEST(an_operators_is_an_alarm),
    };

    return cmocka_run_group_tests_name("consent", tests, NULL, NULL);
}
