/* alarm/alarm_send with a client and a helper that the test plays: what leaves the house. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "alarm/alarm_send.h"
#include "net/http_client.h"
#include "net/worker.h"

static struct scene {
    struct alarm_send *send;
    char url[200], header[200], body[200], why[300];
    bool public_only;
    http_done_fn *done;
    void *ctx;
    int sent, told;
    bool has_why;
} scene;

/* ---- what alarm_send.c calls ---- */

enum err http_client_open(struct loop *loop, struct http_client **out)
{
    (void)loop;
    *out = (struct http_client *)&scene;
    return ERR_NONE;
}

void http_client_close(struct http_client **client)
{
    *client = NULL;
}

void http_client_send(struct http_client *client, const struct http_call *call, http_done_fn *done,
                      void *ctx)
{
    (void)client;
    snprintf(scene.url, sizeof scene.url, "%s", call->url);
    snprintf(scene.header, sizeof scene.header, "%s", call->headers[1] ? call->headers[1] : "");
    snprintf(scene.body, sizeof scene.body, "%.*s", SPAN_ARG(call->body));
    scene.public_only = call->public_only;
    scene.done = done;
    scene.ctx = ctx;
    scene.sent++;
}

bool helper_has(const struct helper *helper, const char *name)
{
    (void)helper, (void)name;
    return false;
}

enum err helper_run(struct helper *helper, const char *name, struct span input, struct arena *arena,
                    struct helper_answer *out, char why[HELPER_WHY_SIZE])
{
    (void)helper, (void)name, (void)input, (void)arena, (void)out, (void)why;
    fail_msg("there is no command");
    return ERR_BROKEN;
}

struct worker *worker_open(struct loop *loop, size_t max)
{
    (void)loop, (void)max;
    return NULL;
}

void worker_close(struct worker **worker)
{
    (void)worker;
}

enum err worker_put(struct worker *worker, struct worker_job *job)
{
    (void)worker, (void)job;
    return ERR_BUSY;
}

/* ---- */

static void told(void *ctx, int64_t alarm, enum alarm_way way, const char *why)
{
    (void)ctx, (void)way;
    assert_int_equal(alarm, 77);
    scene.told++;
    scene.has_why = why != NULL;
    snprintf(scene.why, sizeof scene.why, "%s", why ? why : "");
}

static void open_send(bool is_rehearsal)
{
    const struct alarm_send_options options = {.is_rehearsal = is_rehearsal};

    scene = (struct scene){.sent = 0};
    assert_int_equal(alarm_send_open(&options, told, NULL, &scene.send), ERR_NONE);
}

static void post(enum alarm_way way, const char *secret)
{
    alarm_send(scene.send, &(struct alarm_send_what){.alarm = 77,
                                                     .way = way,
                                                     .address = "https://h.example/5ecret",
                                                     .secret = span_of(secret),
                                                     .body = SPAN("{\"a\":1}"),
                                                     .now_ms = 1700000000999});
}

static int tear_down(void **unused)
{
    (void)unused;
    alarm_send_close(&scene.send);
    return 0;
}

/* Worked out by: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac KEY */
static void a_webhook_is_signed_by_its_secret(void **unused)
{
    static const char good[] = "X-Nextring-Signature: t=1700000000,v1="
                               "a377bb52dea22f02548bbd5c5fd2291045ccc8ffdbf249b85702ceaa88eea6be";

    (void)unused;
    open_send(false);
    post(ALARM_WAY_WEBHOOK, "a-secret-for-tests");
    assert_string_equal(scene.body, "{\"a\":1}");
    assert_string_equal(scene.header, good);
    post(ALARM_WAY_HOST_WEBHOOK, "a-secret-for-tests");
    assert_string_equal(scene.header, good);
    post(ALARM_WAY_WEBHOOK, "another");
    assert_string_not_equal(scene.header, good);
    post(ALARM_WAY_WEBHOOK, "");
    assert_string_equal(scene.header, "");
}

static void private_addresses_are_refused_where_a_tenant_has_written_them(void **unused)
{
    (void)unused;
    open_send(false);
    post(ALARM_WAY_WEBHOOK, "");
    assert_true(scene.public_only);
    post(ALARM_WAY_HOST_WEBHOOK, ""); /* the host's is his own affair */
    assert_false(scene.public_only);
    alarm_send_close(&scene.send);
    open_send(true); /* whose carrier is on this machine */
    post(ALARM_WAY_WEBHOOK, "");
    assert_false(scene.public_only);
}

static void any_2xx_is_an_arrival_and_all_else_is_told_without_the_address(void **unused)
{
    static const struct {
        struct http_result result;
        const char *why; /* NULL: it has arrived */
    } rows[] = {
        {{.outcome = HTTP_ANSWERED, .status = 200}, NULL},
        {{.outcome = HTTP_ANSWERED, .status = 299}, NULL},
        {{.outcome = HTTP_ANSWERED, .status = 302}, "it answers 302"},
        {{.outcome = HTTP_ANSWERED, .status = 500}, "it answers 500"},
        {{.outcome = HTTP_NOT_SENT, .why = "refused"}, "it cannot be reached: refused"},
        {{.outcome = HTTP_UNSURE, .why = "cut off"}, "it cannot be reached: cut off"},
    };

    (void)unused;
    open_send(false);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        post(ALARM_WAY_WEBHOOK, "");
        assert_string_equal(scene.url, "https://h.example/5ecret");
        scene.done(scene.ctx, &rows[i].result);
        assert_int_equal(scene.told, i + 1);
        assert_int_equal(scene.has_why, rows[i].why != NULL);
        assert_string_equal(scene.why, rows[i].why ? rows[i].why : "");
        assert_null(strstr(scene.why, "5ecret"));
    }
}

static void what_is_under_way_at_the_end_is_dropped(void **unused)
{
    (void)unused;
    open_send(false);
    for (int i = 0; i < 3; i++)
        post(ALARM_WAY_WEBHOOK, "x");
    alarm_send_close(&scene.send);
    assert_int_equal(scene.told, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_webhook_is_signed_by_its_secret, tear_down),
        cmocka_unit_test_teardown(private_addresses_are_refused_where_a_tenant_has_written_them,
                                  tear_down),
        cmocka_unit_test_teardown(any_2xx_is_an_arrival_and_all_else_is_told_without_the_address,
                                  tear_down),
        cmocka_unit_test_teardown(what_is_under_way_at_the_end_is_dropped, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
