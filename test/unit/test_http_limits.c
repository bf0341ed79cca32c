#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit/wire.h"

static void requests_are_judged_before_the_handler(void **state)
{
    static const struct {
        const char *sentence, *request;
        int status, handled;
    } rows[] = {
        {"a request without a body", "GET /" WIRE_HEAD "\r\n", 200, 1},
        {"an empty body", "POST /" WIRE_HEAD "Content-Length: 0\r\n\r\n", 200, 1},
        {"chunks", "POST /" WIRE_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
         200, 1},
        {"an answer without a body", "GET /empty" WIRE_HEAD "\r\n", 204, 1},
        {"no host", "GET / HTTP/1.1\r\n\r\n", 400, 0},
        {"no host in an old request", "GET / HTTP/1.0\r\n\r\n", 200, 1},
        {"two hosts", "GET /" WIRE_HEAD "Host: y\r\n\r\n", 400, 0},
        {"half a percent escape", "GET /a%2" WIRE_HEAD "\r\n", 400, 0},
        {"a wrong percent escape", "GET /a%zz" WIRE_HEAD "\r\n", 400, 0},
        {"a wrong percent escape in the query", "GET /?a=%" WIRE_HEAD "\r\n", 400, 0},
        {"a space in the target", "GET /a b" WIRE_HEAD "\r\n", 400, 0},
        {"no HTTP at all is shut without an answer", "hello\r\n\r\n", 0, 0},
        {"two lengths", "POST /" WIRE_HEAD "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400,
         0},
        {"a length beside chunks",
         "POST /" WIRE_HEAD "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
         0},
        {"a length in words", "POST /" WIRE_HEAD "Content-Length: one\r\n\r\na", 400, 0},
        {"a negative length", "POST /" WIRE_HEAD "Content-Length: -1\r\n\r\na", 400, 0},
        {"malformed chunks", "POST /" WIRE_HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, 0},
        {"another encoding", "POST /" WIRE_HEAD "Transfer-Encoding: gzip\r\n\r\na", 501, 0},
        {"a length far above the limit", "POST /" WIRE_HEAD "Content-Length: 1048577\r\n\r\n", 413,
         0},
        {"a length above 64 bits",
         "POST /" WIRE_HEAD "Content-Length: 99999999999999999999\r\n\r\n", 413, 0},
        {"a length above 63 bits",
         "POST /" WIRE_HEAD "Content-Length: 10000000000000000000\r\n\r\n", 413, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wire.handled = 0;
        const int status = wire_ask(rows[i].request);
        if (status != rows[i].status || wire.handled != rows[i].handled)
            fail_msg("%s: %d, handled %d", rows[i].sentence, status, wire.handled);
    }
}

static void the_header_limit_is_exact(void **state)
{
    static const struct {
        size_t bytes;
        int status;
    } rows[] = {{2048, 200}, {2049, 431}, {2400, 431}, {100000, 431}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = calloc(1, rows[i].bytes + 1);
        const int head = sprintf(text, "GET /" WIRE_HEAD "X-Fill: ");
        memset(text + head, 'x', rows[i].bytes - (size_t)head - 4);
        memcpy(text + rows[i].bytes - 4, "\r\n\r\n", 4);
        assert_int_equal(wire_ask(text), rows[i].status);
        free(text);
    }
}

static void cookies_of_half_the_limit_are_taken(void **state)
{
    char text[1024 + 64] = "GET /" WIRE_HEAD "Cookie: a=";
    const size_t head = strlen(text);

    (void)state;
    memset(text + head, 'x', 1024);
    memcpy(text + 600, "; b=", 4);
    memcpy(text + head + 1024, "\r\n\r\n", 5);
    assert_int_equal(wire_ask(text), 200);
}

static void many_small_headers_are_too_large(void **state)
{
    char text[8192] = "GET /" WIRE_HEAD;

    (void)state;
    for (size_t size = strlen(text); size < 7000; size += 5)
        strcpy(text + size, "a:b\r\n");
    strcat(text, "\r\n");
    assert_int_equal(wire_ask(text), 431);
}

static void a_long_target_is_refused(void **state)
{
    char text[8192] = "GET /";

    (void)state;
    memset(text + 5, 'a', 7000);
    strcpy(text + 7005, WIRE_HEAD "\r\n");
    assert_int_equal(wire_ask(text), 414);
}

/* The library loses such a request, and its connection waits for its deadline; a server that closes
 * before that has nothing left of it. */
static void a_query_of_too_many_parts_leaves_nothing_behind(void **state)
{
    char text[8192] = "GET /?";

    (void)state;
    for (size_t size = strlen(text); size < 1600; size += 4)
        strcpy(text + size, "a=1&");
    strcat(text, WIRE_HEAD "\r\n");
    const int fd = wire_dial(wire.port);
    wire_say(fd, text);
    for (int i = 0; i < 20; i++) /* it is read meanwhile */
        assert_int_equal(wire_ask("GET /" WIRE_HEAD "\r\n"), 200);
    assert_int_equal(wire.handled, 20);
    wire_stop();
    close(fd);
}

static void the_body_limit_is_exact(void **state)
{
    static const struct {
        const char *head, *tail;
        size_t bytes;
        int status;
    } rows[] = {
        {"Content-Length: 4096\r\n\r\n", "", 4096, 200},
        {"Content-Length: 4097\r\n\r\n", "", 4097, 413},
        {"Transfer-Encoding: chunked\r\n\r\n1000\r\n", "\r\n0\r\n\r\n", 4096, 200},
        {"Transfer-Encoding: chunked\r\n\r\n1001\r\n", "\r\n0\r\n\r\n", 4097, 413},
        {"Transfer-Encoding: chunked\r\n\r\n10000\r\n", "\r\n0\r\n\r\n", 65536, 413},
        {"Transfer-Encoding: chunked\r\n\r\n200000\r\n", "\r\n0\r\n\r\n", 2 << 20, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const int fd = wire_dial(wire.port);
        char *body = malloc(rows[i].bytes);
        memset(body, 'b', rows[i].bytes);
        wire_say(fd, "POST /" WIRE_HEAD);
        wire_say(fd, rows[i].head);
        wire_say_bytes(fd, body, rows[i].bytes);
        wire_say(fd, rows[i].tail);
        assert_int_equal(wire_hear(fd), rows[i].status);
        free(body);
        close(fd);
    }
}

static void slow_peers_are_shut_out(void **state)
{
    static const char *const rows[] = {"",
                                       "GET / HTTP",
                                       "GET /" WIRE_HEAD,
                                       "GET /" WIRE_HEAD "X-One: 1\r\n",
                                       "POST /" WIRE_HEAD "Content-Length: 9\r\n\r\nabc",
                                       "POST /" WIRE_HEAD
                                       "Transfer-Encoding: chunked\r\n\r\n3\r\nabc"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const int fd = wire_dial(wire.hasty_port);
        wire_say(fd, rows[i]);
        assert_int_equal(wire_hear_until(fd, NULL), 0);
        close(fd);
    }
    assert_int_equal(wire.handled, 0);
}

static void a_trickle_does_not_move_the_deadline(void **state)
{
    const int fd = wire_dial(wire.hasty_port);
    const struct timeval tick = {.tv_usec = 10000};
    ssize_t n = -1;

    (void)state;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
    wire_say(fd, "GET /" WIRE_HEAD);
    for (int i = 0; i < 1000 && n < 0; i++) {
        wire_say(fd, "X-One: 1\r\n");
        n = recv(fd, wire.answer, 1, 0);
        if (n < 0 && errno == ECONNRESET)
            n = 0;
    }
    assert_int_equal(n, 0);
    close(fd);
}

static void an_idle_connection_is_shut_but_a_waiting_one_is_not(void **state)
{
    const int idle = wire_dial(wire.hasty_port), waiting = wire_dial(wire.hasty_port);

    (void)state;
    wire_say(waiting, "GET /later" WIRE_HEAD "\r\n");
    wire_wait_for(&wire.handled, 1);
    wire_say(idle, "GET /" WIRE_HEAD "\r\n");
    assert_int_equal(wire_hear(idle), 200);
    assert_int_equal(wire_hear_until(idle, NULL), 0);
    wire_release(1);
    assert_int_equal(wire_hear(waiting), 200);
    close(idle);
    close(waiting);
}

static void connections_above_a_cap_are_closed(void **state)
{
    int fds[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        fds[i] = wire_dial(wire.narrow_port);
        wire_say(fds[i], "GET /" WIRE_HEAD "\r\n");
        assert_int_equal(wire_hear(fds[i]), 200);
    }
    for (int i = 0; i < 10; i++) {
        const int fd = wire_dial(wire.narrow_port);
        assert_int_equal(wire_hear_until(fd, NULL), 0);
        close(fd);
    }
    close(fds[0]);
    for (int status = 0; !status;) { /* the server sees the close in its own time */
        fds[0] = wire_dial(wire.narrow_port);
        wire_say(fds[0], "GET /" WIRE_HEAD "\r\n");
        status = wire_hear(fds[0]);
        close(fds[0]);
    }
    close(fds[1]);
}

static void a_unix_socket_is_for_the_owner_alone(void **state)
{
    struct stat st;
    const int fd = wire_dial_unix();

    (void)state;
    assert_int_equal(stat(wire.path + 5, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    wire_say(fd, "GET /x" WIRE_HEAD "\r\n");
    assert_int_equal(wire_hear(fd), 200);
    assert_non_null(strstr(wire.answer, "X-Peer: unix\r\n"));
    assert_non_null(strstr(wire.answer, "GET|/x|||2|"));
    close(fd);
}

static void connections_in_all_are_capped_on_a_unix_socket_too(void **state)
{
    enum { CAP = 64 };
    int fds[CAP];

    (void)state;
    for (int i = 0; i < CAP; i++) {
        fds[i] = wire_dial_unix();
        wire_say(fds[i], "GET /" WIRE_HEAD "\r\n");
        assert_int_equal(wire_hear(fds[i]), 200);
    }
    for (int i = 0; i < 100; i++) {
        const int fd = wire_dial_unix();
        assert_int_equal(wire_hear_until(fd, NULL), 0);
        close(fd);
    }
    for (int i = 0; i < CAP; i++)
        close(fds[i]);
}

static enum err try_listen(const char *address)
{
    struct loop *loop;
    struct http_server *server;

    assert_int_equal(loop_open(&loop), ERR_NONE);
    assert_int_equal(http_server_open(loop, wire_handle, &wire, &server), ERR_NONE);
    const enum err e = http_server_listen(server, span_of(address), 1, &wire_limits);
    http_server_close(&server);
    loop_close(&loop);
    return e;
}

static void bad_addresses_are_told_apart(void **state)
{
    static const struct {
        const char *address;
        enum err e;
    } rows[] = {
        {"127.0.0.1:0", ERR_NONE},
        {"[::1]:0", ERR_NONE},
        {"", ERR_BAD_INPUT},
        {"127.0.0.1", ERR_BAD_INPUT},
        {":80", ERR_BAD_INPUT},
        {"127.0.0.1:", ERR_BAD_INPUT},
        {"127.0.0.1:x", ERR_BAD_INPUT},
        {"127.0.0.1:65536", ERR_BAD_INPUT},
        {"::1:8080", ERR_BAD_INPUT},
        {"example:80", ERR_BAD_INPUT},
        {"300.0.0.1:0", ERR_BAD_INPUT},
        {"203.0.113.7:0", ERR_BAD_INPUT},
        {"unix:", ERR_BAD_INPUT},
        {"unix:/no/such/folder/x.sock", ERR_BAD_INPUT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (try_listen(rows[i].address) != rows[i].e)
            fail_msg("%s: %s", rows[i].address, err_name(try_listen(rows[i].address)));
}

static void an_address_in_use_is_a_conflict(void **state)
{
    char text[64];

    (void)state;
    snprintf(text, sizeof text, "127.0.0.1:%d", wire.port);
    assert_int_equal(try_listen(text), ERR_CONFLICT);
    assert_int_equal(try_listen(wire.path), ERR_CONFLICT);
}

static void an_old_socket_file_is_replaced_but_no_other(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char text[128];
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)state;
    snprintf(at.sun_path, sizeof at.sun_path, "%s/old", wire.folder);
    snprintf(text, sizeof text, "unix:%s", at.sun_path);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    close(fd);
    assert_int_equal(try_listen(text), ERR_NONE);
    close(open(at.sun_path, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(try_listen(text), ERR_CONFLICT);
    unlink(at.sun_path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, wire_set_up, wire_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(requests_are_judged_before_the_handler),
        TEST(the_header_limit_is_exact),
        TEST(cookies_of_half_the_limit_are_taken),
        TEST(many_small_headers_are_too_large),
        TEST(a_long_target_is_refused),
        TEST(a_query_of_too_many_parts_leaves_nothing_behind),
        TEST(the_body_limit_is_exact),
        TEST(slow_peers_are_shut_out),
        TEST(a_trickle_does_not_move_the_deadline),
        TEST(an_idle_connection_is_shut_but_a_waiting_one_is_not),
        TEST(connections_above_a_cap_are_closed),
        TEST(a_unix_socket_is_for_the_owner_alone),
        TEST(connections_in_all_are_capped_on_a_unix_socket_too),
        TEST(bad_addresses_are_told_apart),
        TEST(an_address_in_use_is_a_conflict),
        TEST(an_old_socket_file_is_replaced_but_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
