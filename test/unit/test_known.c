#include "core_world.h"

#include "relay/known.h"
#include "rules/retry.h"

enum { LANDLINE = 21614 };
#define DAY (24 * (int64_t)HOUR)

static struct world *const w = &world_shared;

static const struct party *party(const char *number)
{
    const struct party *p;

    for (size_t i = 0; (p = world_row(w, FACT_PARTY, i)); i++)
        if (strcmp(p->number, number) == 0)
            return p;
    return NULL;
}

static void calls_as(const char *from, const char *name)
{
    const struct event e = {.kind = EVENT_CALL,
                            .account = SPAN("AC1"),
                            .sid = span_of(arena_printf(w->arena, "CAnamed%d", ++w->sids)),
                            .from = span_of(from),
                            .to = SPAN(LINE),
                            .name = span_of(name),
                            .call_status = SPAN("ringing"),
                            .attempt = -1};

    context_set(w->call, sizeof w->call, e.sid);
    assert_int_equal(world_do(w, e), ERR_NONE);
}

static void chooses(const char *digits)
{
    const struct event e = {
        .kind = EVENT_CHOICE, .cascade = world_cascade(w)->id, .digits = span_of(digits)};

    assert_int_equal(world_do(w, e), ERR_NONE);
}

/* The engine's part: what was asked is under way, and then it is known. */
static void looked_up(const char *number, const char *name, enum line_type line_type)
{
    const struct event e = {.kind = EVENT_LOOKUP,
                            .from = span_of(number),
                            .asked_name = w->roster.looks_up_names,
                            .asked_line_type = w->roster.looks_up_line_types,
                            .name = span_of(name),
                            .line_type = line_type};

    assert_int_equal(world_do(w, e), ERR_NONE);
}

static void lost(const struct message *m, int32_t code)
{
    const struct event e = {.kind = EVENT_RECEIPT,
                            .message = m->id,
                            .sid = SPAN("SMlost"),
                            .delivery = DELIVERY_UNDELIVERED,
                            .error_code = code};

    assert_int_equal(world_do(w, e), ERR_NONE);
}

static void pays(bool names, bool line_types)
{
    w->roster.looks_up_names = names;
    w->roster.looks_up_line_types = line_types;
}

/* ---- the carrier's word ---- */

static void a_name_that_comes_with_a_call_is_in_all_that_is_said_of_it(void **unused)
{
    (void)unused;
    calls_as(ANNA, "ROE JANE");
    SAYS(world_last_to(w, PRIMARY), "call from ROE JANE " ANNA);
    world_leg(w, 0, "CAleg", NULL);
    assert_non_null(memmem(w->answer.words.data, w->answer.words.size, "Call from ROE JANE.", 19));
    assert_true(span_is_text(w->answer.script->values[SCRIPT_CALLER_NAME], "ROE JANE"));
    world_call_status(w, "completed", "1");
    SAYS(world_last_to(w, PRIMARY), "Missed call from ROE JANE " ANNA);
    world_text(w, ANNA, "hello");
    SAYS(world_last_to(w, PRIMARY), "ROE JANE " ANNA ": hello");
    assert_int_equal(world_count(w, FACT_PARTY), 1);
}

static void without_one_the_number_is(void **unused)
{
    (void)unused;
    calls_as(ANNA, "");
    SAYS(world_last_to(w, PRIMARY), "call from " ANNA);
    world_leg(w, 0, "CAleg", NULL);
    assert_non_null(memmem(w->answer.words.data, w->answer.words.size, "1 3 1 2", 7));
    assert_int_equal(world_count(w, FACT_PARTY), 0);
}

static void a_name_that_is_known_is_noted_once_a_day(void **unused)
{
    (void)unused;
    calls_as(ANNA, "ROE JANE");
    world_wait(w, HOUR);
    calls_as(ANNA, "ROE JANE");
    assert_int_equal(party(ANNA)->name_ms, WORLD_START);
    calls_as(ANNA, "ROE J");
    assert_string_equal(party(ANNA)->name, "ROE J");
    world_wait(w, DAY);
    calls_as(ANNA, "ROE J");
    assert_int_equal(party(ANNA)->name_ms, w->now_ms);
}

static void of_the_withheld_and_our_own_nothing_is_kept(void **unused)
{
    static const char *const callers[] = {"anonymous", "", "+266696687", SPARE,
                                          "sip:x@example.test"};

    (void)unused;
    pays(true, true);
    for (size_t i = 0; i < sizeof callers / sizeof callers[0]; i++)
        calls_as(callers[i], "SOMEBODY");
    world_text(w, PRIMARY, "who");
    assert_int_equal(world_count(w, FACT_PARTY), 0);
}

/* ---- lookups ---- */

static void nothing_is_asked_unless_the_tenant_pays(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_text(w, BORIS, "hello");
    assert_int_equal(world_count(w, FACT_PARTY), 0);
}

static void a_number_is_asked_about_once_and_known_from_then_on(void **unused)
{
    (void)unused;
    pays(true, true);
    world_text(w, ANNA, "hello");
    assert_true(party(ANNA)->ask_name && party(ANNA)->ask_line_type);
    SAYS(world_last_to(w, PRIMARY), " " ANNA ": hello"); /* nobody waits for it */
    const int64_t again_ms = party(ANNA)->again_ms;
    world_wait(w, S);
    world_call(w, ANNA); /* it is under way */
    assert_int_equal(party(ANNA)->again_ms, again_ms);
    looked_up(ANNA, "Jane Roe", LINE_TYPE_MOBILE);
    assert_string_equal(party(ANNA)->name, "Jane Roe");
    assert_int_equal(party(ANNA)->line_type, LINE_TYPE_MOBILE);
    world_text(w, ANNA, "again");
    assert_false(party(ANNA)->ask_name || party(ANNA)->ask_line_type);
    SAYS(world_last_to(w, PRIMARY), "Jane Roe " ANNA ": again");
    world_wait(w, KNOWN_FOR_MS - HOUR);
    world_text(w, ANNA, "later");
    assert_false(party(ANNA)->ask_name);
    world_wait(w, 2 * HOUR);
    world_text(w, ANNA, "much later");
    assert_true(party(ANNA)->ask_name && party(ANNA)->ask_line_type);
}

static void a_name_is_also_in_texts_that_a_clock_sends(void **unused)
{
    (void)unused;
    pays(true, false);
    world_text(w, ANNA, "hello");
    looked_up(ANNA, "Jane Roe", LINE_TYPE_UNKNOWN);
    world_wait(w, 901 * S);
    SAYS(world_last_to(w, BACKUP), "Jane Roe " ANNA ": hello");
}

static void that_nobody_knows_a_name_is_known_too(void **unused)
{
    (void)unused;
    pays(true, false);
    world_call(w, ANNA);
    assert_false(party(ANNA)->ask_line_type);
    looked_up(ANNA, "", LINE_TYPE_UNKNOWN);
    world_wait(w, DAY);
    world_call(w, ANNA);
    assert_false(party(ANNA)->ask_name);
}

static void a_name_by_the_carriers_word_is_not_paid_for(void **unused)
{
    (void)unused;
    pays(true, true);
    calls_as(ANNA, "ROE JANE");
    assert_false(party(ANNA)->ask_name);
    assert_true(party(ANNA)->ask_line_type);
    looked_up(ANNA, "", LINE_TYPE_VOIP);
    assert_string_equal(party(ANNA)->name, "ROE JANE");
}

static void nothing_is_paid_for_robots_and_what_is_held_back(void **unused)
{
    (void)unused;
    pays(true, false);
    world_text(w, "22000", "your code");
    world_text(w, BORIS, "STOP");
    assert_int_equal(world_count(w, FACT_PARTY), 0);
    w->roster.screening = SCREENING_VOICEMAIL;
    world_call(w, ANNA);
    assert_int_equal(world_cascade(w)->state, CASCADE_ASKED);
    assert_null(party(ANNA));
    const struct event e = {.kind = EVENT_KEY,
                            .sid = span_of(w->call),
                            .from = SPAN(ANNA),
                            .to = SPAN(LINE),
                            .cascade = world_cascade(w)->id,
                            .digits = SPAN("1")};
    assert_int_equal(world_do(w, e), ERR_NONE);
    assert_int_equal(world_cascade(w)->state, CASCADE_RINGING);
    assert_true(party(ANNA)->ask_name);
}

static void a_failure_is_remembered_for_a_day(void **unused)
{
    (void)unused;
    pays(true, false);
    world_call(w, ANNA);
    world_again(w, (struct event){.kind = EVENT_LOOKUP, .from = SPAN(ANNA), .failed = true});
    world_wait(w, DAY - S);
    world_call(w, ANNA);
    assert_false(party(ANNA)->ask_name);
    world_wait(w, 2 * S);
    world_call(w, ANNA);
    assert_true(party(ANNA)->ask_name);
}

static void one_that_never_came_back_is_asked_again(void **unused)
{
    (void)unused;
    pays(true, false);
    world_call(w, ANNA);
    world_wait(w, HOUR);
    world_call(w, ANNA);
    assert_true(party(ANNA)->ask_name);
}

static void a_lookup_of_nobody_changes_nothing(void **unused)
{
    (void)unused;
    world_again(w, (struct event){.kind = EVENT_LOOKUP,
                                  .from = SPAN(ANNA),
                                  .asked_name = true,
                                  .name = SPAN("Jane Roe")});
    assert_int_equal(w->changes, 0);
}

/* ---- landlines ---- */

static void misses(const char *customer)
{
    world_call(w, customer);
    world_call_status(w, "completed", "1");
}

static void a_landline_is_not_texted_when_it_is_missed(void **unused)
{
    (void)unused;
    pays(false, true);
    world_call(w, ANNA);
    looked_up(ANNA, "", LINE_TYPE_LANDLINE);
    world_call_status(w, "completed", "1");
    assert_int_equal(world_count_to(w, ANNA), 0);
    assert_int_equal(world_logged(w, "call.not-texted"), 1);
    SAYS(world_last_to(w, PRIMARY), "Missed call from " ANNA); /* people are told all the same */
}

static void a_landline_is_not_promised_a_text(void **unused)
{
    (void)unused;
    pays(false, true);
    world_call(w, ANNA);
    chooses("2");
    assert_non_null(memmem(w->answer.words.data, w->answer.words.size, "text you", 8));
    world_call(w, BORIS);
    looked_up(BORIS, "", LINE_TYPE_LANDLINE);
    chooses("2");
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_null(memmem(w->answer.words.data, w->answer.words.size, "text you", 8));
}

static void a_refused_text_tells_that_it_is_one(void **unused)
{
    static const int32_t codes[] = {21614, 30006};

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        const char *customer = i ? BORIS : ANNA;
        misses(customer);
        assert_int_equal(world_count_to(w, customer), 1);
        lost(world_to(w, customer, 0), codes[i]);
        assert_int_equal(party(customer)->line_type, LINE_TYPE_LANDLINE);
        world_wait(w, DAY);
        misses(customer);
        assert_int_equal(world_count_to(w, customer), 1);
    }
    assert_int_equal(world_logged(w, "customer.landline"), 2);
}

static void other_failures_tell_nothing_of_it(void **unused)
{
    (void)unused;
    misses(ANNA);
    lost(world_to(w, ANNA, 0), 30003);
    assert_null(party(ANNA));
    assert_false(retry_is_landline(30003));
    assert_false(retry_is_landline(30005));
}

static void an_operator_may_still_try_and_hears_why_it_failed(void **unused)
{
    (void)unused;
    misses(ANNA);
    lost(world_to(w, ANNA, 0), LANDLINE);
    world_text(w, PRIMARY, world_tagged(w, world_last_to(w, PRIMARY), "on my way"));
    const struct message *reply = world_last_to(w, ANNA);
    assert_int_equal(reply->kind, MESSAGE_REPLY);
    lost(reply, LANDLINE);
    SAYS(world_last_to(w, PRIMARY), "a landline takes no texts. Please call.");
}

static void one_that_writes_or_gets_a_text_is_none(void **unused)
{
    (void)unused;
    misses(ANNA);
    lost(world_to(w, ANNA, 0), LANDLINE);
    world_text(w, ANNA, "hello");
    assert_int_equal(party(ANNA)->line_type, LINE_TYPE_UNKNOWN);
    misses(BORIS);
    lost(world_to(w, BORIS, 0), LANDLINE);
    world_text(w, PRIMARY, world_tagged(w, world_last_to(w, PRIMARY), "on my way"));
    world_receipt(w, world_last_to(w, BORIS), DELIVERY_DELIVERED);
    assert_int_equal(party(BORIS)->line_type, LINE_TYPE_UNKNOWN);
}

static void an_operators_phone_is_never_taken_for_one(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "hello");
    lost(world_last_to(w, PRIMARY), LANDLINE);
    assert_int_equal(world_count(w, FACT_PARTY), 0);
}

static void a_landline_in_the_carriers_log_is_not_texted_either(void **unused)
{
    (void)unused;
    misses(ANNA);
    lost(world_to(w, ANNA, 0), LANDLINE);
    const struct event e = {.kind = EVENT_LATE_CALL,
                            .account = SPAN("AC1"),
                            .sid = SPAN("CAlate"),
                            .from = SPAN(ANNA),
                            .to = SPAN(LINE_2), /* a thread of its own */
                            .at_ms = WORLD_START,
                            .attempt = -1,
                            .late = true};
    world_again(w, e);
    assert_int_equal(world_count_to(w, ANNA), 1);
}

static void one_of_a_jobs_crew_has_the_name_that_he_has_there(void **unused)
{
    struct job_draft d = {
        .job = {.job_id = "17", .crew = {{.name = "Ben", .phone = ANNA}}, .crew_count = 1},
        .given = 1u << JOB_FIELD_ID | 1u << JOB_FIELD_CREW,
    };
    const struct event e = {.kind = EVENT_JOB_IMPORT, .drafts = &d, .draft_count = 1};

    (void)unused;
    assert_int_equal(world_do(w, e), ERR_NONE);
    calls_as(ANNA, "ACME PAINTERS");
    SAYS(world_last_to(w, PRIMARY), "call from Ben " ANNA ", crew of job 17");
    calls_as(BORIS, "BORIS");
    assert_false(world_says(w, world_last_to(w, PRIMARY), "crew"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_name_that_comes_with_a_call_is_in_all_that_is_said_of_it),
        TEST(without_one_the_number_is),
        TEST(one_of_a_jobs_crew_has_the_name_that_he_has_there),
        TEST(a_name_that_is_known_is_noted_once_a_day),
        TEST(of_the_withheld_and_our_own_nothing_is_kept),
        TEST(nothing_is_asked_unless_the_tenant_pays),
        TEST(a_number_is_asked_about_once_and_known_from_then_on),
        TEST(a_name_is_also_in_texts_that_a_clock_sends),
        TEST(that_nobody_knows_a_name_is_known_too),
        TEST(a_name_by_the_carriers_word_is_not_paid_for),
        TEST(nothing_is_paid_for_robots_and_what_is_held_back),
        TEST(a_failure_is_remembered_for_a_day),
        TEST(one_that_never_came_back_is_asked_again),
        TEST(a_lookup_of_nobody_changes_nothing),
        TEST(a_landline_is_not_texted_when_it_is_missed),
        TEST(a_landline_is_not_promised_a_text),
        TEST(a_refused_text_tells_that_it_is_one),
        TEST(other_failures_tell_nothing_of_it),
        TEST(an_operator_may_still_try_and_hears_why_it_failed),
        TEST(one_that_writes_or_gets_a_text_is_none),
        TEST(an_operators_phone_is_never_taken_for_one),
        TEST(a_landline_in_the_carriers_log_is_not_texted_either),
    };

    return cmocka_run_group_tests_name("known", tests, NULL, NULL);
}
