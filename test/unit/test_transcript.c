#include "core_world.h"

static struct world *const w = &world_shared;

static void transcribed(const char *text)
{
    world_again(w, (struct event){.kind = EVENT_TRANSCRIBED,
                                  .cascade = world_cascade(w)->id,
                                  .sid = arena_copy(w->arena, span_of(w->call)),
                                  .from = SPAN(ANNA),
                                  .to = SPAN(LINE),
                                  .body = span_of(text),
                                  .attempt = -1});
}

/* Nobody takes the call, and the caller speaks. */
static void speaks(void)
{
    world_call(w, ANNA);
    for (int i = 0; i < 3; i++) {
        world_wait(w, 15 * S);
        world_dialled(w, i, "no-answer");
    }
    world_recorded(w, 12);
    world_call_status(w, "completed", "1");
}

static void whoever_holds_it_is_sent_the_words_without_a_new_clock(void **unused)
{
    (void)unused;
    speaks();
    const int64_t due_ms = world_relay(w)->due_ms;
    const size_t before = world_count_to(w, PRIMARY);
    world_wait(w, 5 * S);
    transcribed(" The heat is out. ");
    assert_true(span_is_text(world_cascade(w)->transcript, "The heat is out."));
    assert_int_equal(world_count_to(w, PRIMARY), before + 1);
    SAYS(world_last_to(w, PRIMARY), "the voicemail says: The heat is out.");
    assert_int_equal(world_relay(w)->due_ms, due_ms);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    world_go(w, due_ms);
    SAYS(world_last_to(w, BACKUP), "The heat is out."); /* the next hears it, too */
}

static void twice_is_once(void **unused)
{
    (void)unused;
    speaks();
    transcribed("The heat is out.");
    const size_t before = world_count_to(w, PRIMARY);
    transcribed("The heat is out.");
    assert_int_equal(w->changes, 0);
    transcribed("Something else.");
    assert_int_equal(w->changes, 0);
    assert_int_equal(world_count_to(w, PRIMARY), before);
}

static void one_that_failed_changes_nothing(void **unused)
{
    (void)unused;
    speaks();
    transcribed("");
    assert_int_equal(w->changes, 0);
    transcribed("   ");
    assert_int_equal(w->changes, 0);
    assert_int_equal(world_alarms(w), 0);
}

static void whoever_has_taken_it_is_sent_the_words(void **unused)
{
    (void)unused;
    speaks();
    world_text(w, PRIMARY, world_tagged(w, world_last_to(w, PRIMARY), "ok"));
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    transcribed("The heat is out.");
    SAYS(world_last_to(w, PRIMARY), "the voicemail says: The heat is out.");
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
}

static void after_everybody_was_told_it_is_only_kept(void **unused)
{
    (void)unused;
    speaks();
    world_wait(w, 3 * HOUR);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    const size_t before = world_count_to(w, OWNER);
    transcribed("The heat is out.");
    assert_true(span_is_text(world_cascade(w)->transcript, "The heat is out."));
    assert_int_equal(world_count_to(w, OWNER), before);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
}

static void without_its_line_it_is_only_kept(void **unused)
{
    (void)unused;
    speaks();
    w->roster.line_count = 0;
    transcribed("The heat is out.");
    assert_true(world_cascade(w)->transcript.size > 0);
}

static void one_of_no_call_is_left_alone(void **unused)
{
    (void)unused;
    world_again(w, (struct event){.kind = EVENT_TRANSCRIBED, .cascade = 77, .body = SPAN("x")});
    assert_int_equal(w->changes, 0);
}

static void a_long_one_is_cut_at_a_character(void **unused)
{
    (void)unused;
    char text[LIMIT_BODY_BYTES + 1] = "x";

    for (size_t i = 1; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    text[LIMIT_BODY_BYTES - 1] = 0;
    speaks();
    transcribed(text);
    const struct span kept = world_cascade(w)->transcript;
    assert_int_equal(kept.size, LIMIT_BODY_BYTES / 2 - 1);
}

static void it_is_asked_for_where_the_tenant_pays(void **unused)
{
    (void)unused;
    for (int i = 0; i < 2; i++) {
        w->roster.transcribes = i;
        w->roster.anonymous = ANONYMOUS_VOICEMAIL;
        world_call(w, "anonymous");
        assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
        assert_int_equal(w->answer.transcribes, i);
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(whoever_holds_it_is_sent_the_words_without_a_new_clock),
        TEST(twice_is_once),
        TEST(one_that_failed_changes_nothing),
        TEST(whoever_has_taken_it_is_sent_the_words),
        TEST(after_everybody_was_told_it_is_only_kept),
        TEST(without_its_line_it_is_only_kept),
        TEST(one_of_no_call_is_left_alone),
        TEST(a_long_one_is_cut_at_a_character),
        TEST(it_is_asked_for_where_the_tenant_pays),
    };

    return cmocka_run_group_tests_name("transcript", tests, NULL, NULL);
}
