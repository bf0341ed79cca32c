#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "provider/twiml.h"

static struct arena *arena;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define LEG "?c=0000000000001&amp;attempt=2&amp;t=acme"

static const uint8_t key[CALLBACK_KEY_BYTES] = {1};
static const struct callback callback = {{"https://example.test", 20}, key};
static const struct twiml_place place = {
    .callback = &callback,
    .public_url = {"https://example.test", 20},
    .path = {"/webhook/twilio/voice", 21},
    .tenant = {"acme", 4},
};

/* clang-format off */
static const struct row {
    const char *says;
    struct answer answer;
    const char *want;
} rows[] = {
    {"nothing is an empty document", {.kind = ANSWER_NOTHING}, HEAD "<Response/>"},
    {"falling off a leg's document connects", {.kind = ANSWER_CONNECT, .id = 1}, HEAD "<Response/>"},
    {"what is for people is no document", {.kind = ANSWER_DONE, .words = SPAN("done")}, HEAD "<Response/>"},
    {"hang up", {.kind = ANSWER_HANGUP}, HEAD "<Response><Hangup/></Response>"},
    {"words, then hang up, escaped", {.kind = ANSWER_SAY, .words = SPAN("A & B <C>")},
     HEAD "<Response><Say>A &amp; B &lt;C&gt;</Say><Hangup/></Response>"},
    {"who is asked twice at the door goes on without a key", {.kind = ANSWER_ASK, .id = 1, .words = SPAN("Press 1"), .again = SPAN("Press it")},
     HEAD "<Response><Gather numDigits=\"1\" timeout=\"5\" action=\"https://example.test/webhook/twilio/voice/key?c=0000000000001\""
     " method=\"POST\"><Say>Press 1</Say></Gather>"
     "<Gather numDigits=\"1\" timeout=\"5\" action=\"https://example.test/webhook/twilio/voice/key?c=0000000000001\""
     " method=\"POST\"><Say>Press it</Say></Gather>"
     "<Redirect method=\"POST\">https://example.test/webhook/twilio/voice/key?c=0000000000001&amp;attempt=1</Redirect></Response>"},
    {"and the last time tells so, and what was offered", {.kind = ANSWER_ASK, .id = 1, .attempt = 1, .round = 1, .words = SPAN("Press 1")},
     HEAD "<Response><Gather numDigits=\"1\" timeout=\"5\" action=\"https://example.test/webhook/twilio/voice/key?c=0000000000001&amp;round=1&amp;attempt=1\""
     " method=\"POST\"><Say>Press 1</Say></Gather>"
     "<Redirect method=\"POST\">https://example.test/webhook/twilio/voice/key?c=0000000000001&amp;round=1&amp;attempt=1</Redirect></Response>"},
    {"no words are not said", {.kind = ANSWER_SAY}, HEAD "<Response><Hangup/></Response>"},
    {"a ring names its leg, its tenant and the next attempt",
     {.kind = ANSWER_RING, .id = 1, .attempt = 2, .ring_s = 15, .numbers = {{SPAN("+16195550111"), 2}}, .number_count = 1,
      .caller_id = SPAN("+16195550122")},
     HEAD "<Response><Dial answerOnBridge=\"true\" timeout=\"15\" callerId=\"+16195550122\""
     " action=\"https://example.test/webhook/twilio/voice?attempt=3&amp;c=0000000000001\" method=\"POST\">"
     "<Number url=\"https://example.test/webhook/twilio/voice/screen" LEG "\""
     " statusCallback=\"https://example.test/webhook/twilio/call-status" LEG "\""
     " statusCallbackEvent=\"initiated ringing answered completed\">+16195550111</Number>"
     "</Dial></Response>"},
    {"a ring made without the store says that it rang alone",
     {.kind = ANSWER_RING, .id = 1, .attempt = 2, .ring_s = 15, .alone = true},
     HEAD "<Response><Dial answerOnBridge=\"true\" timeout=\"15\""
     " action=\"https://example.test/webhook/twilio/voice?attempt=3&amp;c=0000000000001&amp;alone=1\""
     " method=\"POST\"/></Response>"},
    {"without a caller id the carrier's default holds",
     {.kind = ANSWER_RING, .id = 1, .attempt = 2, .ring_s = 5, .numbers = {{SPAN("+16195550111"), 2}}, .number_count = 1},
     HEAD "<Response><Dial answerOnBridge=\"true\" timeout=\"5\""
     " action=\"https://example.test/webhook/twilio/voice?attempt=3&amp;c=0000000000001\" method=\"POST\">"
     "<Number url=\"https://example.test/webhook/twilio/voice/screen" LEG "\""
     " statusCallback=\"https://example.test/webhook/twilio/call-status" LEG "\""
     " statusCallbackEvent=\"initiated ringing answered completed\">+16195550111</Number>"
     "</Dial></Response>"},
    {"a caller whose phones ring apart hears it, and asks again",
     {.kind = ANSWER_WAIT, .id = 1, .attempt = 2},
     HEAD "<Response><Gather numDigits=\"1\" timeout=\"1\""
     " action=\"https://example.test/webhook/twilio/voice?attempt=2&amp;c=0000000000001\" method=\"POST\">"
     "<Play>https://example.test/webhook/twilio/ringing.wav</Play></Gather>"
     "<Redirect method=\"POST\">https://example.test/webhook/twilio/voice?attempt=2&amp;c=0000000000001</Redirect>"
     "</Response>"},
    {"... and may choose from the second step on",
     {.kind = ANSWER_WAIT, .id = 1, .attempt = 2, .has_choice = true, .still = SPAN("still")},
     HEAD "<Response><Gather numDigits=\"1\" timeout=\"3\""
     " action=\"https://example.test/webhook/twilio/voice/choice?c=0000000000001\" method=\"POST\">"
     "<Say>still</Say></Gather>"
     "<Redirect method=\"POST\">https://example.test/webhook/twilio/voice?attempt=2&amp;c=0000000000001</Redirect>"
     "</Response>"},
    {"whoever took it waits in the conference, which ends with him",
     {.kind = ANSWER_CONFERENCE, .id = 1, .attempt = 2, .for_leg = true},
     HEAD "<Response><Dial><Conference beep=\"false\" startConferenceOnEnter=\"true\""
     " endConferenceOnExit=\"true\" waitUrl=\"\">0000000000001</Conference></Dial><Hangup/></Response>"},
    {"the caller may leave it and come back",
     {.kind = ANSWER_CONFERENCE, .id = 1, .attempt = 2},
     HEAD "<Response><Dial action=\"https://example.test/webhook/twilio/voice?attempt=3&amp;c=0000000000001\""
     " method=\"POST\"><Conference beep=\"false\" startConferenceOnEnter=\"true\""
     " endConferenceOnExit=\"false\" waitUrl=\"\">0000000000001</Conference></Dial></Response>"},
    {"a leg that is a call of its own says so when it presses",
     {.kind = ANSWER_SCREEN, .id = 1, .attempt = 2, .words = SPAN("please"), .apart = true},
     HEAD "<Response>"
     "<Gather numDigits=\"1\" timeout=\"4\" action=\"https://example.test/webhook/twilio/voice/press" LEG
     "&amp;apart=1\" method=\"POST\"><Say>please</Say></Gather><Hangup/></Response>"},
    {"who stands later in line says so at each step",
     {.kind = ANSWER_SCREEN, .id = 1, .attempt = 2, .words = SPAN("please"), .after = 1},
     HEAD "<Response>"
     "<Gather numDigits=\"1\" timeout=\"4\" action=\"https://example.test/webhook/twilio/voice/press" LEG
     "&amp;after=1\" method=\"POST\"><Say>please</Say></Gather><Hangup/></Response>"},
    {"... and may have to wait",
     {.kind = ANSWER_HOLD, .id = 1, .attempt = 2, .after = 1, .ring_s = 4},
     HEAD "<Response><Pause length=\"4\"/>"
     "<Redirect method=\"POST\">https://example.test/webhook/twilio/voice/press" LEG
     "&amp;after=1&amp;held=1</Redirect></Response>"},
    {"a leg is asked twice, then dropped",
     {.kind = ANSWER_SCREEN, .id = 1, .attempt = 2, .words = SPAN("press 1"), .again = SPAN("please")},
     HEAD "<Response>"
     "<Gather numDigits=\"1\" timeout=\"4\" action=\"https://example.test/webhook/twilio/voice/press" LEG
     "\" method=\"POST\"><Say>press 1</Say></Gather>"
     "<Gather numDigits=\"1\" timeout=\"4\" action=\"https://example.test/webhook/twilio/voice/press" LEG
     "\" method=\"POST\"><Say>please</Say></Gather><Hangup/></Response>"},
    {"after a wrong key a leg is asked once",
     {.kind = ANSWER_SCREEN, .id = 1, .attempt = 2, .words = SPAN("please")},
     HEAD "<Response>"
     "<Gather numDigits=\"1\" timeout=\"4\" action=\"https://example.test/webhook/twilio/voice/press" LEG
     "\" method=\"POST\"><Say>please</Say></Gather><Hangup/></Response>"},
    {"who pressed another key hears the keys once more",
     {.kind = ANSWER_READ, .id = 1, .words = SPAN("press 1")},
     HEAD "<Response>"
     "<Gather numDigits=\"1\" timeout=\"8\" action=\"https://example.test/webhook/twilio/voice/read"
     "?m=0000000000001&amp;k=49004a557854021e&amp;attempt=1\" method=\"POST\"><Say>press 1</Say></Gather>"
     "<Hangup/></Response>"},
    {"a call back rings the customer from the line",
     {.kind = ANSWER_CALL, .id = 1, .ring_s = 30, .caller_id = SPAN("+16195550100"),
      .numbers = {{SPAN("+16195550150"), 0}}, .number_count = 1},
     HEAD "<Response><Dial answerOnBridge=\"true\" timeout=\"30\" callerId=\"+16195550100\""
     " action=\"https://example.test/webhook/twilio/voice/called?m=0000000000001&amp;k=49004a557854021e\""
     " method=\"POST\"><Number statusCallback=\"https://example.test/webhook/twilio/voice/called"
     "?m=0000000000001&amp;k=49004a557854021e\">+16195550150</Number></Dial></Response>"},
    {"after a short talk the key is another's",
     {.kind = ANSWER_READ, .id = 1, .attempt = 2, .words = SPAN("press 1")},
     HEAD "<Response>"
     "<Gather numDigits=\"1\" timeout=\"8\" action=\"https://example.test/webhook/twilio/voice/read"
     "?m=0000000000001&amp;k=49004a557854021e&amp;attempt=2\" method=\"POST\"><Say>press 1</Say></Gather>"
     "<Hangup/></Response>"},
    {"voicemail speaks, records and ends",
     {.kind = ANSWER_VOICEMAIL, .id = 1, .words = SPAN("speak"), .again = SPAN("thanks")},
     HEAD "<Response><Say>speak</Say>"
     "<Record action=\"https://example.test/webhook/twilio/voice/recorded?c=0000000000001\""
     " method=\"POST\" maxLength=\"120\" timeout=\"5\" finishOnKey=\"#\" playBeep=\"true\"/>"
     "<Say>thanks</Say><Hangup/></Response>"},
    {"one that is written down is shorter than two minutes",
     {.kind = ANSWER_VOICEMAIL, .id = 1, .words = SPAN("speak"), .transcribes = true},
     HEAD "<Response><Say>speak</Say>"
     "<Record action=\"https://example.test/webhook/twilio/voice/recorded?c=0000000000001\""
     " method=\"POST\" maxLength=\"119\" timeout=\"5\" finishOnKey=\"#\" playBeep=\"true\""
     " transcribe=\"true\" transcribeCallback=\"https://example.test/webhook/twilio/voice/transcribed"
     "?m=0000000000001&amp;k=49004a557854021e\"/><Hangup/></Response>"},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct span got = twiml_render(arena, &rows[i].answer, &place);
        if (!span_is_text(got, rows[i].want))
            fail_msg("not so: %s: %.*s", rows[i].says, SPAN_ARG(got));
    }
}

static void a_jobs_call_stays_on_the_jobs_path(void **unused)
{
    struct twiml_place of_job = place;
    const struct answer answer = {
        .kind = ANSWER_RING, .id = 1, .numbers = {{SPAN("+16195550111"), 0}}, .number_count = 1};

    (void)unused;
    of_job.path = SPAN("/api/jobs/a%26b/call-webhook");
    const struct span got = twiml_render(arena, &answer, &of_job);
    assert_non_null(strstr(got.data, "action=\"https://example.test/api/jobs/a%26b/call-webhook"
                                     "?attempt=1&amp;c=0000000000001\""));
}

/* ---- scripts ---- */

static const struct script_part speak_part = {.field = SCRIPT_FIELDS, .text = {"speak", 5}};
static const struct script_part name_part = {.field = SCRIPT_BUSINESS};
static const struct script_node speak_text = {.parts = &speak_part};
static const struct script_node name_text = {.parts = &name_part};
static const struct script_node plain_step = {.name = SCRIPT_STEP};
static const struct script_node greeting = {&plain_step, &name_text, "Say", NULL, NULL};
static const struct script_node prompt = {NULL, &speak_text, "Say", NULL, NULL};
static const struct script_node worded_step = {NULL, &prompt, SCRIPT_STEP, NULL, NULL};
static const struct script_node goodbye = {NULL, &speak_text, "Say", NULL, NULL};

static const struct script_set scripts = {
    .verbs = {[SCRIPT_INBOUND_ROUTING] = &greeting,
              [SCRIPT_SCREEN] = &worded_step,
              [SCRIPT_VOICEMAIL] = &greeting,
              [SCRIPT_CLOSED] = &goodbye},
};

static struct span scripted(struct answer answer, const struct script_use *use)
{
    struct twiml_place with_scripts = place;

    with_scripts.scripts = &scripts;
    answer.id = 1;
    answer.attempt = 2;
    answer.script = use;
    return twiml_render(arena, &answer, &with_scripts);
}

#define PRESS                                                                             \
    "<Gather numDigits=\"1\" timeout=\"4\""                                               \
    " action=\"https://example.test/webhook/twilio/voice/press" LEG "\" method=\"POST\">" \
    "<Say>speak</Say></Gather>"

static void a_ring_stands_where_the_step_is(void **unused)
{
    struct script_use use = {.kind = SCRIPT_INBOUND_ROUTING};

    (void)unused;
    use.values[SCRIPT_BUSINESS] = SPAN("A & B");
    const struct span got = scripted((struct answer){.kind = ANSWER_RING, .ring_s = 9}, &use);
    assert_true(span_starts(got, SPAN(HEAD "<Response><Say>A &amp; B</Say><Dial ")));
    use.later = true;
    const struct span later = scripted((struct answer){.kind = ANSWER_RING, .ring_s = 9}, &use);
    assert_true(span_starts(later, SPAN(HEAD "<Response><Dial ")));
}

static void a_screening_speaks_the_scripts_words_and_never_falls_off_its_end(void **unused)
{
    const struct script_use use = {.kind = SCRIPT_SCREEN};

    (void)unused;
    const struct answer twice = {
        .kind = ANSWER_SCREEN, .words = SPAN("ours"), .again = SPAN("again")};
    assert_string_equal(scripted(twice, &use).data,
                        HEAD "<Response>" PRESS PRESS "<Hangup/></Response>");
    const struct answer once = {.kind = ANSWER_SCREEN, .words = SPAN("again")};
    assert_string_equal(scripted(once, &use).data, HEAD "<Response>" PRESS "<Hangup/></Response>");
}

static void a_voicemail_records_where_the_step_is(void **unused)
{
    struct script_use use = {.kind = SCRIPT_VOICEMAIL};

    (void)unused;
    use.values[SCRIPT_BUSINESS] = SPAN("Acme");
    const struct span got =
        scripted((struct answer){.kind = ANSWER_VOICEMAIL, .words = SPAN("ours")}, &use);
    assert_true(span_starts(got, SPAN(HEAD "<Response><Say>Acme</Say><Record ")));
    assert_null(strstr(got.data, "ours"));
}

static void a_closed_script_is_all_there_is(void **unused)
{
    const struct script_use use = {.kind = SCRIPT_CLOSED};

    (void)unused;
    assert_string_equal(
        scripted((struct answer){.kind = ANSWER_SAY, .words = SPAN("ours")}, &use).data,
        HEAD "<Response><Say>speak</Say></Response>");
}

/* As long as a script may be, and each of its characters one that is written as five. */
static void a_script_that_becomes_too_long_gives_way_to_our_own_words(void **unused)
{
    struct buf text = buf_in(arena, SCRIPT_BYTES_MAX);
    struct script_part part = {.field = SCRIPT_FIELDS};
    const struct script_node words = {.parts = &part};
    const struct script_node say = {NULL, &words, "Say", NULL, NULL};
    const struct script_set set = {.verbs = {[SCRIPT_CLOSED] = &say}};
    const struct script_use use = {.kind = SCRIPT_CLOSED};
    const struct answer answer = {.kind = ANSWER_SAY, .words = SPAN("ours"), .script = &use};
    struct twiml_place with_script = place;

    (void)unused;
    while (text.size < SCRIPT_BYTES_MAX)
        buf_add_char(&text, '&');
    part.text = buf_span(&text);
    with_script.scripts = &set;
    assert_string_equal(twiml_render(arena, &answer, &with_script).data,
                        HEAD "<Response><Say>ours</Say><Hangup/></Response>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ring_stands_where_the_step_is),
        cmocka_unit_test(a_screening_speaks_the_scripts_words_and_never_falls_off_its_end),
        cmocka_unit_test(a_voicemail_records_where_the_step_is),
        cmocka_unit_test(a_closed_script_is_all_there_is),
        cmocka_unit_test(a_script_that_becomes_too_long_gives_way_to_our_own_words),
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_jobs_call_stays_on_the_jobs_path),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
