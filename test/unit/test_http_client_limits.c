#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "net/http_client.h"
#include "unit/wire.h"

static struct {
    struct loop *loop;
    struct http_client *client;
    struct arena *arena;
    struct http_result last; /* its words are a copy */
} scene;

static int set_up(void **state)
{
    memset(&scene, 0, sizeof scene);
    scene.arena = arena_open(0);
    assert_int_equal(loop_open(&scene.loop), ERR_NONE);
    assert_int_equal(http_client_open(scene.loop, &scene.client), ERR_NONE);
    return wire_set_up(state);
}

static int tear_down(void **state)
{
    http_client_close(&scene.client);
    loop_close(&scene.loop);
    arena_close(&scene.arena);
    return wire_tear_down(state);
}

static void on_done(void *ctx, const struct http_result *result)
{
    (void)ctx;
    scene.last = *result;
    scene.last.why = result->why ? arena_text(scene.arena, span_of(result->why)) : NULL;
    loop_stop(scene.loop);
}

/* In both ways: over kept connections, and once. */
static const struct http_result *run(const struct http_call *call, bool once)
{
    if (once) {
        http_client_once(scene.arena, call, &scene.last);
    } else {
        http_client_send(scene.client, call, on_done, NULL);
        loop_run(scene.loop);
    }
    return &scene.last;
}

static const char *url(const char *host, const char *path)
{
    return arena_printf(scene.arena, "http://%s:%d%s", host, wire.port, path);
}

static void a_call_has_its_own_limit(void **state)
{
    enum { LARGE = 300000, STREAM = 18, OVER_THE_USUAL = (1 << 20) + 1 };
    static const struct {
        const char *sentence, *path;
        size_t max_bytes;
        bool fits;
    } rows[] = {
        {"the usual", "/large", 0, true},
        {"as much as is announced", "/large", LARGE, true},
        {"one byte less", "/large", LARGE - 1, false},
        {"more than the usual", "/large", OVER_THE_USUAL, true},
        {"as much as comes, told by chunks", "/stream", STREAM, true},
        {"one byte less, told by chunks", "/stream", STREAM - 1, false},
        {"the usual is in force again", "/large", 0, true},
    };

    (void)state;
    for (int once = 0; once < 2; once++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            const struct http_call call = {.method = "GET",
                                           .url = url("127.0.0.1", rows[i].path),
                                           .max_bytes = rows[i].max_bytes};
            wire.end_stream = true;
            const struct http_result *r = run(&call, once);
            if ((r->outcome == HTTP_ANSWERED) != rows[i].fits || r->too_large == rows[i].fits)
                fail_msg("%s: outcome %d", rows[i].sentence, (int)r->outcome);
        }
}

static bool is_refused(const char *target, const char *unix_socket, bool once)
{
    const struct http_call call = {
        .method = "POST", .url = target, .unix_socket = unix_socket, .public_only = true};
    const struct http_result *r = run(&call, once);

    return r->outcome == HTTP_NOT_SENT && r->why && !strcmp(r->why, "the address is private");
}

static void private_addresses_are_refused(void **state)
{
    static const char *const hosts[] = {"127.0.0.1",  "localhost",          "[::1]", "0.0.0.0",
                                        "2130706433", "[::ffff:127.0.0.1]", "0x7f.1"};

    (void)state;
    for (int once = 0; once < 2; once++) {
        for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
            if (!is_refused(url(hosts[i], "/x"), NULL, once))
                fail_msg("%s: outcome %d, %s", hosts[i], (int)scene.last.outcome, scene.last.why);
        assert_true(is_refused("http://x/", wire.path + strlen("unix:"), once));
    }
    assert_int_equal(wire.handled, 0);
}

static void a_kept_connection_to_one_is_refused_too(void **state)
{
    const struct http_call any = {.method = "GET", .url = url("127.0.0.1", "/x")};

    (void)state;
    assert_int_equal(run(&any, false)->status, 200);
    assert_true(is_refused(any.url, NULL, false));
    assert_int_equal(wire.handled, 1);
    assert_int_equal(run(&any, false)->status, 200); /* others may go on */
}

/* Here, for it needs a peer that takes the answer. */
static void the_server_tells_when_an_answer_is_over(void **state)
{
    const struct http_call any = {.method = "GET", .url = url("127.0.0.1", "/large")};

    (void)state;
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(run(&any, false)->status, 200);
        wire_wait_for(&wire.over, i);
    }
    wire_stop();
    assert_int_equal(wire.over, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_has_its_own_limit),
        TEST(private_addresses_are_refused),
        TEST(a_kept_connection_to_one_is_refused_too),
        TEST(the_server_tells_when_an_answer_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
