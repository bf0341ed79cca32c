#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/http_client.h"

/* No name server is asked for a part of a name that is over 63 bytes. */
#define LONG_LABEL "nobody-has-a-name-like-this-one-which-is-longer-than-a-label-may-be"

enum { CONNECTIONS = 64, REQUEST_SIZE = 256 << 10 };

/* A raw server that does what the path says, one thread a connection. */
struct peer {
    int tcp, unix_fd, stop[2];
    int port;
    char path[64];
    pthread_t thread, workers[CONNECTIONS];
    atomic_int accepted, requests, drops;
    char last[REQUEST_SIZE]; /* the last request whole; read when nobody writes */
};

struct scene {
    struct loop *loop;
    struct http_client *client;
    int done, expected;
    struct http_result last; /* its spans are copies */
    struct arena *arena;
    int outcomes[HTTP_OUTCOMES];
};

static struct peer peer;
static struct scene scene;

/* ---- the server ---- */

static size_t read_request(int fd, char *text)
{
    size_t size = 0, need = 0;

    while (!need || size < need) {
        struct pollfd fds[] = {{fd, POLLIN, 0}, {peer.stop[0], POLLIN, 0}};
        poll(fds, 2, -1);
        if (fds[1].revents)
            return 0;
        const ssize_t n = recv(fd, text + size, REQUEST_SIZE - 1 - size, 0);
        if (n <= 0)
            return 0;
        size += (size_t)n;
        text[size] = 0;
        const char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "Content-Length:");
        if (end && !need)
            need = (size_t)(end - text) + 4 + (length ? strtoul(length + 15, NULL, 10) : 0);
    }
    return size;
}

static void say(int fd, const char *text)
{
    for (size_t left = strlen(text); left;) {
        const ssize_t n = send(fd, text, left, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        text += n;
        left -= (size_t)n;
    }
}

static void say_large(int fd, size_t size)
{
    char head[128], *body = calloc(1, size + 1);

    memset(body, 'x', size);
    sprintf(head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", size);
    say(fd, head);
    say(fd, body);
    free(body);
}

/* False: the connection is closed. */
static bool serve(int fd, const char *request)
{
    char path[64] = "";

    sscanf(request, "%*s %63s", path);
    if (!strcmp(path, "/drop")) {
        peer.drops++;
        return false;
    }
    if (!strcmp(path, "/half"))
        say(fd, "HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\nabc");
    else if (!strcmp(path, "/away"))
        say(fd, "HTTP/1.1 302 Found\r\nLocation: /else?a=1\r\nContent-Length: 0\r\n\r\n");
    else if (!strcmp(path, "/later"))
        say(fd, "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nSet-Cookie: a=1; Path=/\r\n"
                "Set-Cookie: b=2\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nslow");
    else if (!strcmp(path, "/date"))
        say(fd, "HTTP/1.1 503 Slow\r\nRetry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n"
                "Content-Length: 0\r\n\r\n");
    else if (!strcmp(path, "/full"))
        say_large(fd, 1 << 20);
    else if (!strcmp(path, "/over"))
        say_large(fd, (1 << 20) + 1);
    else if (!strcmp(path, "/noise"))
        say(fd, "this is not HTTP\r\n\r\n");
    else if (!strncmp(request, "HEAD", 4))
        say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    else if (strcmp(path, "/hang"))
        say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    return strcmp(path, "/half") && strcmp(path, "/noise");
}

static void *work(void *ctx)
{
    const int fd = (int)(intptr_t)ctx;
    char *text = malloc(REQUEST_SIZE);
    bool goes_on = true;

    while (goes_on && read_request(fd, text)) {
        peer.requests++;
        memcpy(peer.last, text, strlen(text) + 1);
        goes_on = serve(fd, text);
    }
    free(text);
    close(fd);
    return NULL;
}

static void *accept_all(void *ctx)
{
    (void)ctx;
    for (;;) {
        struct pollfd fds[] = {
            {peer.tcp, POLLIN, 0}, {peer.unix_fd, POLLIN, 0}, {peer.stop[0], POLLIN, 0}};
        poll(fds, 3, -1);
        if (fds[2].revents)
            return NULL;
        const intptr_t fd = accept(fds[0].revents ? peer.tcp : peer.unix_fd, NULL, NULL);
        const int n = peer.accepted++;
        pthread_create(&peer.workers[n], NULL, work, (void *)fd);
    }
}

static int bind_loopback(int *out_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    getsockname(fd, (struct sockaddr *)&at, &size);
    *out_port = ntohs(at.sin_port);
    return fd;
}

static int set_up(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    (void)state;
    memset(&peer, 0, sizeof peer);
    memset(&scene, 0, sizeof scene);
    peer.tcp = bind_loopback(&peer.port);
    listen(peer.tcp, 64);
    snprintf(peer.path, sizeof peer.path, "/tmp/test_http_client.%d", (int)getpid());
    strcpy(at.sun_path, peer.path);
    unlink(peer.path);
    peer.unix_fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(peer.unix_fd, (struct sockaddr *)&at, sizeof at), 0);
    listen(peer.unix_fd, 64);
    assert_int_equal(pipe(peer.stop), 0);
    assert_int_equal(pthread_create(&peer.thread, NULL, accept_all, NULL), 0);
    scene.arena = arena_open(0);
    assert_int_equal(loop_open(&scene.loop), ERR_NONE);
    assert_int_equal(http_client_open(scene.loop, &scene.client), ERR_NONE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    http_client_close(&scene.client);
    http_client_close(&scene.client);
    loop_close(&scene.loop);
    arena_close(&scene.arena);
    assert_int_equal(write(peer.stop[1], "x", 1), 1);
    pthread_join(peer.thread, NULL);
    for (int i = 0; i < peer.accepted; i++)
        pthread_join(peer.workers[i], NULL);
    close(peer.tcp);
    close(peer.unix_fd);
    close(peer.stop[0]);
    close(peer.stop[1]);
    unlink(peer.path);
    return 0;
}

/* ---- the client ---- */

static void on_done(void *ctx, const struct http_result *result)
{
    assert_ptr_equal(ctx, &scene);
    scene.last = *result;
    scene.last.body = arena_copy(scene.arena, result->body);
    scene.last.type = arena_copy(scene.arena, result->type);
    scene.last.location = arena_copy(scene.arena, result->location);
    scene.last.cookie = arena_copy(scene.arena, result->cookie);
    scene.last.head = arena_copy(scene.arena, result->head);
    scene.last.why = result->why ? arena_text(scene.arena, span_of(result->why)) : NULL;
    scene.outcomes[result->outcome]++;
    if (++scene.done == scene.expected)
        loop_stop(scene.loop);
}

static const char *url(const char *path)
{
    return arena_printf(scene.arena, "http://127.0.0.1:%d%s", peer.port, path);
}

/* Sends a copy that is gone when this returns, as the header allows. */
static void send_call(const struct http_call *call)
{
    char *target = strdup(call->url), *body = malloc(call->body.size + 1);
    struct http_call copy = *call;

    if (call->body.size)
        memcpy(body, call->body.data, call->body.size);
    copy.url = target;
    copy.body.data = body;
    scene.expected++;
    http_client_send(scene.client, &copy, on_done, &scene);
    memset(body, '!', call->body.size);
    free(target);
    free(body);
}

static const struct http_result *run(const struct http_call *call)
{
    send_call(call);
    assert_int_equal(http_client_busy(scene.client), scene.expected - scene.done);
    loop_run(scene.loop);
    return &scene.last;
}

static const struct http_result *ask(const char *method, const char *path, struct span body)
{
    return run(&(struct http_call){.method = method, .url = url(path), .body = body});
}

static const struct http_result *again(const struct http_call *call, bool once)
{
    if (!once)
        return run(call);
    http_client_once(scene.arena, call, &scene.last);
    return &scene.last;
}

/* ---- tests ---- */

static void a_request_goes_out_as_given(void **state)
{
    static const char *const headers[] = {"Content-Type: application/json", "X-One: 1", NULL};
    const struct http_call call = {.method = "POST",
                                   .url = url("/a/../b?c=d"),
                                   .user = "key",
                                   .password = "secret",
                                   .headers = headers,
                                   .body = SPAN("{\"a\":1}")};

    (void)state;
    for (int once = 0; once < 2; once++) {
        const struct http_result *r = again(&call, once);
        assert_int_equal(r->outcome, HTTP_ANSWERED);
        assert_int_equal(r->status, 200);
        assert_true(span_is_text(r->body, "ok"));
        assert_null(r->why);
        assert_true(r->took_us > 0);
        assert_memory_equal(peer.last, "POST /a/../b?c=d HTTP/1.1\r\n", 27);
        assert_non_null(strstr(peer.last, "Authorization: Basic a2V5OnNlY3JldA==\r\n"));
        assert_non_null(strstr(peer.last, "User-Agent: nextring\r\n"));
        assert_non_null(strstr(peer.last, "Content-Type: application/json\r\n"));
        assert_null(strstr(peer.last, "x-www-form-urlencoded"));
        assert_null(strstr(peer.last, "Expect"));
        assert_non_null(strstr(peer.last, "X-One: 1\r\n"));
        assert_string_equal(strstr(peer.last, "\r\n\r\n"), "\r\n\r\n{\"a\":1}");
    }
}

static void every_method_has_its_form(void **state)
{
    static const struct {
        const char *method;
        struct span body;
        const char *length; /* NULL: none is sent */
    } rows[] = {
        {"GET", {0}, NULL},
        {"HEAD", {0}, NULL},
        {"POST", {0}, "Content-Length: 0\r\n"},
        {"POST", SPAN("abc"), "Content-Length: 3\r\n"},
        {"PUT", SPAN("abc"), "Content-Length: 3\r\n"},
        {"DELETE", {0}, NULL},
        {"DELETE", SPAN("abc"), "Content-Length: 3\r\n"},
        {"GET", {0}, NULL}, /* nothing of the one before is left */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(ask(rows[i].method, "/m", rows[i].body)->status, 200);
        assert_memory_equal(peer.last, rows[i].method, strlen(rows[i].method));
        if (rows[i].length)
            assert_non_null(strstr(peer.last, rows[i].length));
        else
            assert_null(strstr(peer.last, "Content-Length"));
        assert_null(strstr(peer.last, "Authorization"));
    }
    assert_int_equal(peer.accepted, 1);
}

static void what_the_answer_says_is_handed_over(void **state)
{
    (void)state;
    for (int once = 0; once < 2; once++) {
        struct http_call call = {.method = "GET", .url = url("/later"), .keep_head = true};
        const struct http_result *r = again(&call, once);
        assert_true(span_is_text(r->head, "Retry-After: 7\nSet-Cookie: a=1; Path=/\n"
                                          "Set-Cookie: b=2\nContent-Type: text/plain\n"
                                          "Content-Length: 4\n"));
        assert_int_equal(r->status, 429);
        assert_int_equal(r->retry_after_s, 7);
        assert_true(span_is_text(r->cookie, "a=1; Path=/"));
        assert_true(span_is_text(r->type, "text/plain"));
        assert_true(span_is_text(r->body, "slow"));
        assert_int_equal(r->trouble, HTTP_FINE);
        call.url = url("/away");
        r = again(&call, once);
        assert_int_equal(r->status, 302);
        assert_true(span_is_text(r->location, "/else?a=1"));
        assert_int_equal(r->retry_after_s, -1);
        assert_int_equal(r->cookie.size, 0);
        call.url = url("/date");
        assert_int_equal(again(&call, once)->retry_after_s, -1);
    }
    assert_int_equal(peer.requests, 6); /* no redirect was followed */
}

static void a_connection_is_kept(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        assert_int_equal(ask("POST", "/x", SPAN("a=1"))->status, 200);
    assert_int_equal(peer.accepted, 1);
    assert_int_equal(peer.requests, 20);
}

static void many_run_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < 30; i++)
        send_call(&(struct http_call){.method = "POST", .url = url("/x"), .body = SPAN("a")});
    assert_int_equal(http_client_busy(scene.client), 30);
    assert_int_equal(scene.done, 0);
    loop_run(scene.loop);
    assert_int_equal(scene.outcomes[HTTP_ANSWERED], 30);
    assert_int_equal(peer.requests, 30);
    assert_int_equal(http_client_busy(scene.client), 0);
}

static void a_create_is_never_sent_twice(void **state)
{
    static const struct {
        const char *sentence, *method;
        struct span body;
        int seen;
    } rows[] = {
        {"a form", "POST", SPAN("To=1"), 1},
        {"a create without a body", "POST", {0}, 1},
        {"a removal", "DELETE", {0}, 1},
        {"what only reads may be sent again", "GET", {0}, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(ask("GET", "/warm", (struct span){0})->status, 200);
        const int connections = peer.accepted;
        peer.drops = 0;
        const struct http_result *r = ask(rows[i].method, "/drop", rows[i].body);
        if (r->outcome != HTTP_UNSURE || peer.drops != rows[i].seen || !r->why)
            fail_msg("%s: outcome %d, seen %d", rows[i].sentence, (int)r->outcome, peer.drops);
        if (rows[i].seen == 2) /* the first went over the kept connection */
            assert_int_equal(peer.accepted, connections + 1);
    }
}

static void a_large_create_is_never_sent_twice(void **state)
{
    static char body[200000];

    (void)state;
    memset(body, 'b', sizeof body);
    assert_int_equal(ask("GET", "/warm", (struct span){0})->status, 200);
    assert_int_equal(ask("POST", "/drop", (struct span){body, sizeof body})->outcome, HTTP_UNSURE);
    assert_int_equal(peer.drops, 1);
}

static void what_left_without_a_whole_answer_is_unsure(void **state)
{
    static const struct {
        const char *path;
        enum http_trouble trouble;
        bool begun;
    } rows[] = {{"/drop", HTTP_BROKEN_OFF, false},
                {"/half", HTTP_BROKEN_OFF, true},
                {"/over", HTTP_TOO_LARGE, true},
                {"/noise", HTTP_NOT_HTTP, false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int once = 0; once < 2; once++) {
            const struct http_call call = {
                .method = "POST", .url = url(rows[i].path), .body = SPAN("a=1")};
            const struct http_result *r = again(&call, once);
            if (r->outcome != HTTP_UNSURE || !r->why || r->body.size ||
                r->trouble != rows[i].trouble || r->begun != rows[i].begun)
                fail_msg("%s: outcome %d, trouble %d, begun %d", rows[i].path, (int)r->outcome,
                         (int)r->trouble, r->begun);
        }
    assert_int_equal(ask("GET", "/full", (struct span){0})->outcome, HTTP_ANSWERED);
    assert_int_equal(scene.last.body.size, 1 << 20);
}

static void silence_is_unsure(void **state)
{
    struct http_call call = {
        .method = "POST", .url = url("/hang"), .body = SPAN("a"), .total_ms = 50};

    (void)state;
    assert_int_equal(run(&call)->outcome, HTTP_UNSURE);
    assert_int_equal(scene.last.trouble, HTTP_SILENT);
    assert_true(scene.last.took_us >= 49000);
    assert_int_equal(peer.requests, 1);
    call.total_ms = 0;
    call.idle_ms = 40;
    assert_int_equal(run(&call)->outcome, HTTP_UNSURE);
    assert_int_equal(scene.last.trouble, HTTP_SILENT);
    assert_true(scene.last.took_us >= 39000 && scene.last.took_us < 10000000);
    assert_string_equal(scene.last.why, "nothing more was heard for 40 ms");
    call.url = url("/later"); /* one that answers is not given up */
    assert_int_equal(run(&call)->status, 429);
}

static void what_never_left_is_not_sent(void **state)
{
    static const char *const bad_header[] = {"X-A: 1\r\nX-B: 2", NULL};
    int port;
    const int deaf = bind_loopback(&port);
    const char *refused = arena_printf(scene.arena, "http://127.0.0.1:%d/", port);
    const char *plain = arena_printf(scene.arena, "https://127.0.0.1:%d/noise", peer.port);
    const struct http_call rows[] = {
        {.method = "POST", .url = refused, .body = SPAN("a")},
        {.method = "POST", .url = "not an address", .body = SPAN("a")},
        {.method = "GET", .url = "file:///etc/hostname"},
        {.method = "GET", .url = "ftp://127.0.0.1/"},
        {.method = "GET", .url = url("/x"), .headers = bad_header},
        {.method = "GET", .url = "http://x/", .unix_socket = "/no/such/socket"},
        {.method = "POST", .url = plain, .body = SPAN("a"), .total_ms = 60},
        {.method = "GET", .url = "http://" LONG_LABEL "/"},
    };
    static const enum http_trouble troubles[] = {
        HTTP_REFUSED,       HTTP_NO_CONNECTION, HTTP_NOT_HTTP,   HTTP_NOT_HTTP,
        HTTP_NO_CONNECTION, HTTP_NO_CONNECTION, HTTP_TLS_FAILED, HTTP_NO_NAME};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int once = 0; once < 2; once++) {
            const struct http_result *r = again(&rows[i], once);
            if (r->outcome != HTTP_NOT_SENT || !r->why || !r->why[0] || r->trouble != troubles[i])
                fail_msg("%s: outcome %d, trouble %d", rows[i].url, (int)r->outcome,
                         (int)r->trouble);
        }
    assert_int_equal(peer.requests, 0);
    close(deaf);
}

static void a_connection_that_takes_too_long_is_not_sent(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int port, fillers[8];
    const int full = bind_loopback(&port);

    (void)state;
    listen(full, 0); /* the queue is full after a few; the next SYN is dropped */
    at.sin_port = htons((uint16_t)port);
    for (int i = 0; i < 8; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)!connect(fillers[i], (struct sockaddr *)&at, sizeof at);
    }
    const struct http_call call = {.method = "POST",
                                   .url = arena_printf(scene.arena, "http://127.0.0.1:%d/", port),
                                   .body = SPAN("a"),
                                   .connect_ms = 50};
    assert_int_equal(run(&call)->outcome, HTTP_NOT_SENT);
    assert_int_equal(scene.last.trouble, HTTP_CONNECT_SLOW);
    for (int i = 0; i < 8; i++)
        close(fillers[i]);
    close(full);
}

static void a_unix_socket_is_spoken_to(void **state)
{
    const struct http_call call = {
        .method = "GET", .url = "http://daemon/status", .unix_socket = peer.path};

    (void)state;
    for (int once = 0; once < 2; once++)
        assert_int_equal(again(&call, once)->status, 200);
    assert_non_null(strstr(peer.last, "Host: daemon\r\n"));
}

static void the_environment_names_no_proxy(void **state)
{
    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    assert_int_equal(ask("GET", "/x", (struct span){0})->status, 200);
    unsetenv("http_proxy");
}

static void closing_drops_what_is_under_way(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", "/x", (struct span){0})->status, 200);
    send_call(&(struct http_call){.method = "GET", .url = url("/hang")});
    send_call(&(struct http_call){.method = "GET", .url = url("/x")});
    send_call(&(struct http_call){.method = "GET", .url = "http:// /", .user = "a"});
    http_client_close(&scene.client);
    assert_int_equal(scene.done, 1);
}

static void send_next(void *ctx, const struct http_result *result)
{
    on_done(ctx, result);
    if (scene.done == 1)
        http_client_send(scene.client,
                         &(struct http_call){.method = "GET", .url = "not an address"}, send_next,
                         ctx);
    else if (scene.done == 2)
        http_client_send(scene.client, &(struct http_call){.method = "GET", .url = url("/x")},
                         send_next, ctx);
}

static void a_call_back_may_send(void **state)
{
    (void)state;
    scene.expected = 3;
    http_client_send(scene.client, &(struct http_call){.method = "GET", .url = url("/x")},
                     send_next, &scene);
    loop_run(scene.loop);
    assert_int_equal(scene.outcomes[HTTP_ANSWERED], 2);
    assert_int_equal(scene.outcomes[HTTP_NOT_SENT], 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_goes_out_as_given),
        TEST(every_method_has_its_form),
        TEST(what_the_answer_says_is_handed_over),
        TEST(a_connection_is_kept),
        TEST(many_run_at_once),
        TEST(a_create_is_never_sent_twice),
        TEST(a_large_create_is_never_sent_twice),
        TEST(what_left_without_a_whole_answer_is_unsure),
        TEST(silence_is_unsure),
        TEST(what_never_left_is_not_sent),
        TEST(a_connection_that_takes_too_long_is_not_sent),
        TEST(a_unix_socket_is_spoken_to),
        TEST(the_environment_names_no_proxy),
        TEST(closing_drops_what_is_under_way),
        TEST(a_call_back_may_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
