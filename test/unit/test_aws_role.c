#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"
#include "keys/aws_role.h"

/* Nobody listens there: what is asked is told by what cannot be reached, or is refused before. */
#define NOBODY "http://127.0.0.1:1"

/* clang-format off */
static const struct {
    const char *says;
    const char *environment[5];
    enum err err;
    const char *why; /* begins so */
} rows[] = {
    {"switched off", {"AWS_EC2_METADATA_DISABLED=TRUE"}, ERR_NOT_FOUND,
        "there is no role: AWS_EC2_METADATA_DISABLED is true"},
    {"the instance is asked when nothing else is named", {"AWS_EC2_METADATA_SERVICE_ENDPOINT=" NOBODY}, ERR_DENIED,
        "the instance's role gives no keys: it cannot be reached: "},
    {"an empty variable is none", {"AWS_CONTAINER_CREDENTIALS_FULL_URI=", "AWS_EC2_METADATA_DISABLED=true"}, ERR_NOT_FOUND,
        "there is no role"},
    {"a name that another begins with is not that one", {"AWS_EC2_METADATA_DISABLED_=true", "AWS_EC2_METADATA_SERVICE_ENDPOINT=" NOBODY}, ERR_DENIED,
        "the instance's role"},
    {"a container goes before the instance", {"AWS_EC2_METADATA_DISABLED=true", "AWS_CONTAINER_CREDENTIALS_FULL_URI=" NOBODY}, ERR_DENIED,
        "the container's role gives no keys: it cannot be reached: "},
    {"a web identity goes before the container", {"AWS_CONTAINER_CREDENTIALS_FULL_URI=" NOBODY, "AWS_ROLE_ARN=arn", "AWS_WEB_IDENTITY_TOKEN_FILE=/nowhere/token"}, ERR_DENIED,
        "the role of AWS_ROLE_ARN gives no keys: /nowhere/token cannot be read: "},
    {"a role without a token's file is no web identity", {"AWS_ROLE_ARN=arn", "AWS_EC2_METADATA_DISABLED=true"}, ERR_NOT_FOUND,
        "there is no role"},
    {"an empty token's file", {"AWS_ROLE_ARN=arn", "AWS_WEB_IDENTITY_TOKEN_FILE=/dev/null"}, ERR_DENIED,
        "the role of AWS_ROLE_ARN gives no keys: /dev/null is empty or too long"},
    {"the token is told to nobody far away in the clear", {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://example.com/", "AWS_CONTAINER_AUTHORIZATION_TOKEN=secret"}, ERR_DENIED,
        "the container's role gives no keys: AWS_CONTAINER_CREDENTIALS_FULL_URI is no https address and none of this machine's"},
    {"nor to a name that looks near", {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.example.com/"}, ERR_DENIED,
        "the container's role gives no keys: AWS_CONTAINER_CREDENTIALS_FULL_URI is no https"},
    {"nor behind a password that looks near", {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1@example.com/"}, ERR_DENIED,
        "the container's role gives no keys: AWS_CONTAINER_CREDENTIALS_FULL_URI is no https"},
    {"what is no address", {"AWS_CONTAINER_CREDENTIALS_FULL_URI=file:///etc/passwd"}, ERR_DENIED,
        "the container's role gives no keys: AWS_CONTAINER_CREDENTIALS_FULL_URI is no https"},
    {"a token of two lines adds no header", {"AWS_CONTAINER_CREDENTIALS_FULL_URI=" NOBODY, "AWS_CONTAINER_AUTHORIZATION_TOKEN=a\nHost: b"}, ERR_DENIED,
        "the container's role gives no keys: the authorization token has more than one line"},
};
/* clang-format on */

static void who_is_asked(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_open_locked(0);
        struct aws_role_keys keys = {.key_id = "untouched"};
        const char *why = "";
        char *const *environment = (char *const *)(uintptr_t)rows[i].environment;
        const enum err e = aws_role_get(arena, environment, "us-west-2", &keys, &why);
        if (e != rows[i].err || strncmp(why, rows[i].why, strlen(rows[i].why)) != 0)
            fail_msg("%s: %d, \"%s\"", rows[i].says, e, why);
        if (strcmp(keys.key_id, "untouched") != 0 || strstr(why, "secret"))
            fail_msg("%s: it is touched, or told", rows[i].says);
        arena_close(&arena);
    }
}

static void what_of_the_environment_is_read_and_is_secret(void **unused)
{
    (void)unused;
    assert_true(aws_role_reads(SPAN("AWS_ROLE_ARN")));
    assert_true(aws_role_reads(SPAN("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")));
    assert_false(aws_role_reads(SPAN("AWS_ROLE_ARN_")));
    assert_false(aws_role_reads(SPAN("AWS_ROLE")));
    assert_true(aws_role_is_secret(SPAN("AWS_CONTAINER_AUTHORIZATION_TOKEN")));
    assert_false(aws_role_is_secret(SPAN("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_asked),
        cmocka_unit_test(what_of_the_environment_is_read_and_is_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
