#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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
    {"no words are not said", {.kind = ANSWER_SAY}, HEAD "<Response><Hangup/></Response>"},
    {"a ring names its leg, its tenant and the next attempt",
     {.kind = ANSWER_RING, .id = 1, .attempt = 2, .ring_s = 15, .to = SPAN("+16195550111"),
      .caller_id = SPAN("+16195550122")},
     HEAD "<Response><Dial answerOnBridge=\"true\" timeout=\"15\" callerId=\"+16195550122\""
     " action=\"https://example.test/webhook/twilio/voice?attempt=3\" method=\"POST\">"
     "<Number url=\"https://example.test/webhook/twilio/voice/screen" LEG "\""
     " statusCallback=\"https://example.test/webhook/twilio/call-status" LEG "\""
     " statusCallbackEvent=\"initiated ringing answered completed\">+16195550111</Number>"
     "</Dial></Response>"},
    {"without a caller id the carrier's default holds",
     {.kind = ANSWER_RING, .id = 1, .attempt = 2, .ring_s = 5, .to = SPAN("+16195550111")},
     HEAD "<Response><Dial answerOnBridge=\"true\" timeout=\"5\""
     " action=\"https://example.test/webhook/twilio/voice?attempt=3\" method=\"POST\">"
     "<Number url=\"https://example.test/webhook/twilio/voice/screen" LEG "\""
     " statusCallback=\"https://example.test/webhook/twilio/call-status" LEG "\""
     " statusCallbackEvent=\"initiated ringing answered completed\">+16195550111</Number>"
     "</Dial></Response>"},
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
    {"voicemail speaks, records and ends",
     {.kind = ANSWER_VOICEMAIL, .id = 1, .words = SPAN("speak"), .again = SPAN("thanks")},
     HEAD "<Response><Say>speak</Say>"
     "<Record action=\"https://example.test/webhook/twilio/voice/recorded?c=0000000000001\""
     " method=\"POST\" maxLength=\"120\" timeout=\"5\" finishOnKey=\"#\" playBeep=\"true\"/>"
     "<Say>thanks</Say><Hangup/></Response>"},
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
    const struct answer answer = {.kind = ANSWER_RING, .id = 1, .to = SPAN("+16195550111")};

    (void)unused;
    of_job.path = SPAN("/api/jobs/a%26b/call-webhook");
    const struct span got = twiml_render(arena, &answer, &of_job);
    assert_non_null(strstr(got.data, "action=\"https://example.test/api/jobs/a%26b/call-webhook"
                                     "?attempt=1\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_jobs_call_stays_on_the_jobs_path),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
