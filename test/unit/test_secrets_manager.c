#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/secrets_manager.h"

static struct arena *arena;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open_locked(0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

#define ARN "arn:aws:secretsmanager:eu-central-1:123456789012:secret:nextring-AbCdEf"
#define KEYS .key_id = "AKIDEXAMPLE", .secret = "secret"

/* clang-format off */
static const struct {
    const char *says, *place;
    struct secrets_manager_login login;
    const char *url, *sign_as, *body; /* NULL: refused, and then */
    const char *why;
} asks[] = {
    {"a name in the region of the settings", "aws:prod/nextring", {.region = "us-west-2", KEYS},
        "https://secretsmanager.us-west-2.amazonaws.com/", "aws:amz:us-west-2:secretsmanager", "{\"SecretId\":\"prod/nextring\"}", NULL},
    {"an ARN tells its region", ARN, {.region = "us-west-2", KEYS},
        "https://secretsmanager.eu-central-1.amazonaws.com/", "aws:amz:eu-central-1:secretsmanager", "{\"SecretId\":\"" ARN "\"}", NULL},
    {"an ARN behind aws:", "aws: " ARN, {KEYS},
        "https://secretsmanager.eu-central-1.amazonaws.com/", "aws:amz:eu-central-1:secretsmanager", "{\"SecretId\":\"" ARN "\"}", NULL},
    {"China has an address of its own", "arn:aws-cn:secretsmanager:cn-north-1:1:secret:x", {KEYS},
        "https://secretsmanager.cn-north-1.amazonaws.com.cn/", "aws:amz:cn-north-1:secretsmanager", "{\"SecretId\":\"arn:aws-cn:secretsmanager:cn-north-1:1:secret:x\"}", NULL},
    {"an endpoint in Amazon's place", "aws:a\"b", {.region = "us-west-2", .endpoint = "http://127.0.0.1:1", KEYS},
        "http://127.0.0.1:1/", "aws:amz:us-west-2:secretsmanager", "{\"SecretId\":\"a\\\"b\"}", NULL},
    {"no name", "aws:", {.region = "us-west-2", KEYS}, NULL, NULL, NULL, "names no secret"},
    {"no region", "aws:x", {KEYS}, NULL, NULL, NULL, "set AWS_REGION"},
    {"no keys", "aws:x", {.region = "us-west-2"}, NULL, NULL, NULL, "AWS_ACCESS_KEY_ID"},
    {"the ARN of a bucket", "arn:aws:s3:::bucket", {.region = "us-west-2", KEYS}, NULL, NULL, NULL, "the ARN of something else"},
};

#define ERROR(type) "{\"__type\":\"" type "\",\"Message\":\"hidden\"}"
static const struct {
    const char *says;
    int status; /* 0: not answered */
    const char *body;
    const char *text; /* NULL: refused, and then */
    const char *why;
} answers[] = {
    {"a text", 200, "{\"Name\":\"x\",\"SecretString\":\"TWILIO_AUTH_TOKEN=t\\n\"}", "TWILIO_AUTH_TOKEN=t\n", NULL},
    {"bytes", 200, "{\"SecretBinary\":\"VFdJTElPPTE=\"}", "TWILIO=1", NULL},
    {"neither", 200, "{\"Name\":\"x\"}", NULL, "without a secret's text"},
    {"bytes that are no base64", 200, "{\"SecretBinary\":\"hidden!\"}", NULL, "without a secret's text"},
    {"no JSON", 200, "hidden", NULL, "without a secret's text"},
    {"a name that is not there", 400, ERROR("ResourceNotFoundException"), NULL, "answers 400 ResourceNotFoundException; no secret has that name"},
    {"a right that is not given", 400, ERROR("com.amazonaws.secretsmanager#AccessDeniedException"), NULL, "AccessDeniedException; allow these keys secretsmanager:GetSecretValue"},
    {"a wrong key", 400, ERROR("UnrecognizedClientException"), NULL, "check AWS_ACCESS_KEY_ID"},
    {"a wrong secret", 400, ERROR("InvalidSignatureException"), NULL, "this machine's clock"},
    {"a token that is over", 400, ERROR("ExpiredTokenException"), NULL, "session token has expired"},
    {"what has no name", 403, "hidden", NULL, "answers 403; check the secret's name"},
    {"a trouble of theirs", 500, "", NULL, "answers 500; ask again later"},
    {"nobody", 0, "", NULL, "cannot be reached: the network is away"},
};
/* clang-format on */

static void each_ask_is_what_amazon_wants(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        struct http_call call = {0};
        const char *why = NULL;

        const bool is_good =
            secrets_manager_call(arena, asks[i].place, &asks[i].login, &call, &why);
        if (is_good != (asks[i].url != NULL) || (!is_good && !strstr(why, asks[i].why)))
            fail_msg("not so: %s (%s)", asks[i].says, is_good ? call.url : why);
        if (!is_good)
            continue;
        assert_string_equal(call.url, asks[i].url);
        assert_string_equal(call.sign_as, asks[i].sign_as);
        assert_true(span_is_text(call.body, asks[i].body));
        assert_string_equal(call.method, "POST");
        assert_string_equal(call.headers[1], "X-Amz-Target: secretsmanager.GetSecretValue");
        assert_null(call.headers[2]);
    }
}

static void a_session_token_goes_along(void **unused)
{
    const struct secrets_manager_login login = {
        .region = "us-west-2", KEYS, .session_token = "session"};
    struct http_call call = {0};
    const char *why = NULL;

    (void)unused;
    assert_true(secrets_manager_call(arena, "aws:x", &login, &call, &why));
    assert_string_equal(call.headers[2], "X-Amz-Security-Token: session");
    assert_null(call.headers[3]);
}

static void each_answer_gives_the_text_or_says_why(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        const struct http_result r = {
            .outcome = answers[i].status ? HTTP_ANSWERED : HTTP_NOT_SENT,
            .status = answers[i].status,
            .body = span_of(answers[i].body),
            .why = "the network is away",
        };
        struct span text = {NULL, 0};
        const char *why = NULL;

        const bool is_good = secrets_manager_judge(arena, &r, &text, &why);
        if (is_good != (answers[i].text != NULL) || (!is_good && !strstr(why, answers[i].why)) ||
            (is_good && !span_is_text(text, answers[i].text)))
            fail_msg("not so: %s (%s)", answers[i].says, is_good ? "taken" : why);
        if (!is_good && strstr(why, "hidden"))
            fail_msg("a secret is shown: %s", why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_ask_is_what_amazon_wants, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_token_goes_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_answer_gives_the_text_or_says_why, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
