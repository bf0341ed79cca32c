#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/wire.h"

static void a_request_comes_whole_and_raw(void **state)
{
    (void)state;
    assert_int_equal(wire_ask("POST /a%2fb?c=%41+d" WIRE_HEAD "X-One: eins\r\nx-ONE: zwei\r\n"
                              "Content-Length: 4\r\n\r\nbody"),
                     200);
    assert_non_null(strstr(wire.answer, "POST|/a%2fb|c=%41+d|body|1|eins|2"));
    assert_non_null(strstr(wire.answer, "X-Target: /a%2fb?c=%41+d\r\n"));
    assert_non_null(strstr(wire.answer, "X-Peer: 127.0.0.1\r\n"));
    assert_non_null(strstr(wire.answer, "Content-Type: text/plain\r\n"));
    assert_int_equal(http_server_open_requests(wire.server), 0);
}

static void an_expected_body_is_asked_for(void **state)
{
    const int fd = wire_dial(wire.port);

    (void)state;
    wire_say(fd, "POST /" WIRE_HEAD "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    wire_hear_until(fd, "\r\n\r\n");
    assert_memory_equal(wire.answer, "HTTP/1.1 100", 12);
    wire_say(fd, "abc");
    assert_int_equal(wire_hear(fd), 200);
    assert_non_null(strstr(wire.answer, "|abc|"));
    close(fd);
}

static void a_head_request_gets_no_body(void **state)
{
    const int fd = wire_dial(wire.port);

    (void)state;
    wire_say(fd, "HEAD /x" WIRE_HEAD "Connection: close\r\n\r\n");
    wire_hear_until(fd, NULL);
    assert_non_null(strstr(wire.answer, "Content-Length: 14\r\n"));
    assert_string_equal(strstr(wire.answer, "\r\n\r\n"), "\r\n\r\n");
    close(fd);
}

static void a_field_cannot_smuggle_another(void **state)
{
    (void)state;
    assert_int_equal(wire_ask("GET /bad-field" WIRE_HEAD "\r\n"), 200);
    assert_null(strstr(wire.answer, "X-Evil"));
}

static void a_connection_is_used_again(void **state)
{
    const int fd = wire_dial(wire.port);
    char text[128];

    (void)state;
    for (int i = 0; i < 50; i++) {
        sprintf(text, "POST /%d" WIRE_HEAD "Content-Length: 2\r\n\r\n%02d", i, i);
        wire_say(fd, text);
        assert_int_equal(wire_hear(fd), 200);
        sprintf(text, "POST|/%d||%02d|", i, i);
        assert_non_null(strstr(wire.answer, text));
    }
    close(fd);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    const int fd = wire_dial(wire.port);
    char text[64];

    (void)state;
    wire_say(fd, "GET /0" WIRE_HEAD "\r\nGET /hook" WIRE_HEAD "\r\nPOST /2" WIRE_HEAD
                 "Content-Length: 1\r\n\r\nxGET /hook" WIRE_HEAD "\r\nGET /4" WIRE_HEAD "\r\n");
    static const char *const paths[] = {"GET|/0|", "GET|/hook|", "POST|/2||x", "GET|/hook|",
                                        "GET|/4|"};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(wire_hear(fd), 200);
        snprintf(text, sizeof text, "\r\n\r\n%s", paths[i]);
        assert_non_null(strstr(wire.answer, text));
    }
    close(fd);
}

static void an_answer_may_come_later_and_out_of_order(void **state)
{
    int fds[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        char text[64];
        fds[i] = wire_dial(wire.port);
        sprintf(text, "GET /later?%d" WIRE_HEAD "\r\n", i);
        wire_say(fds[i], text);
        wire_wait_for(&wire.handled, i + 1);
    }
    wire_release(3);
    for (int i = 0; i < 3; i++) {
        char text[64];
        assert_int_equal(wire_hear(fds[i]), 200);
        sprintf(text, "GET|/later|%d|", i);
        assert_non_null(strstr(wire.answer, text));
        close(fds[i]);
    }
    assert_int_equal(wire.gone, 0);
}

static void an_answer_to_nobody_vanishes(void **state)
{
    const int fd = wire_dial(wire.port);

    (void)state;
    wire_say(fd, "GET /later" WIRE_HEAD "\r\n");
    wire_wait_for(&wire.handled, 1);
    close(fd);
    wire_release(1);
    wire_wait_for(&wire.release, 0);
    assert_int_equal(wire_ask("GET /" WIRE_HEAD "\r\n"), 200);
    assert_int_equal(http_server_open_requests(wire.server), 0);
}

static void closing_the_server_ends_waiting_requests(void **state)
{
    const int fd = wire_dial(wire.port), stream = wire_dial(wire.port);

    (void)state;
    wire_say(stream, "GET /stream" WIRE_HEAD "\r\n");
    wire_hear_until(stream, "data: 1");
    wire_say(fd, "GET /later" WIRE_HEAD "\r\n");
    wire_wait_for(&wire.handled, 2);
    wire_stop();
    assert_int_equal(wire.gone, 2);
    assert_int_equal(wire_hear_until(fd, NULL), 0);
    close(fd);
    close(stream);
}

static void a_stream_goes_on_until_it_is_ended(void **state)
{
    const int fd = wire_dial(wire.port);

    (void)state;
    wire_say(fd, "GET /stream" WIRE_HEAD "\r\n");
    wire_hear_until(fd, "data: 1\n\n\r\n");
    assert_non_null(strstr(wire.answer, "Content-Type: text/event-stream\r\n"));
    wire.end_stream = true;
    loop_wake(wire.loop);
    wire_hear_until(fd, "\r\n0\r\n\r\n");
    assert_non_null(strstr(wire.answer, "data: 2\n\n"));
    assert_int_equal(wire.gone, 0);
    wire_say(fd, "GET /after" WIRE_HEAD "\r\n");
    assert_int_equal(wire_hear(fd), 200);
    close(fd);
}

static void a_stream_to_an_old_client_ends_with_the_connection(void **state)
{
    const int fd = wire_dial(wire.port);

    (void)state;
    wire.end_stream = true;
    wire_say(fd, "GET /stream HTTP/1.0\r\n\r\n");
    wire_hear_until(fd, NULL);
    assert_non_null(strstr(wire.answer, "\r\n\r\ndata: 1\n\ndata: 2\n\n"));
    close(fd);
}

static void a_stream_for_head_is_over_at_once(void **state)
{
    const int fd = wire_dial(wire.port);

    (void)state;
    wire_say(fd, "HEAD /stream" WIRE_HEAD "\r\n");
    wire_hear_until(fd, "\r\n\r\n");
    wire_wait_for(&wire.gone, 1);
    close(fd);
}

static void a_stream_holds_only_so_much_for_a_slow_peer(void **state)
{
    const int fd = wire_dial(wire.port);

    (void)state;
    wire.flood = true;
    wire_say(fd, "GET /stream" WIRE_HEAD "\r\n");
    wire_wait_for(&wire.refused_writes, 1);
    wire.flood = false;
    wire.end_stream = false;
    shutdown(fd, SHUT_RDWR);
    close(fd);
    wire_wait_for(&wire.gone, 1);
}

static void an_idle_stream_sees_its_peer_go(void **state)
{
    const int fd = wire_dial(wire.port);

    (void)state;
    wire_say(fd, "GET /stream" WIRE_HEAD "\r\n");
    wire_hear_until(fd, "data: 1\n\n\r\n");
    close(fd);
    wire_wait_for(&wire.gone, 1);
}

static void a_request_behind_a_stream_waits_for_its_end(void **state)
{
    const int fd = wire_dial(wire.port);

    (void)state;
    wire_say(fd, "GET /stream" WIRE_HEAD "\r\n");
    wire_hear_until(fd, "data: 1\n\n\r\n");
    wire_say(fd, "GET /behind" WIRE_HEAD "\r\n");
    assert_int_equal(wire_ask("GET /" WIRE_HEAD "\r\n"), 200);
    assert_int_equal(wire.handled, 2);
    wire.end_stream = true;
    loop_wake(wire.loop);
    wire_hear_until(fd, "\r\n0\r\n\r\n");
    assert_int_equal(wire_hear(fd), 200);
    close(fd);
}

static void draining_serves_open_connections_on(void **state)
{
    const int fd = wire_dial(wire.port);
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)wire.port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    (void)state;
    wire_say(fd, "GET /" WIRE_HEAD "\r\n");
    assert_int_equal(wire_hear(fd), 200);
    wire.drain = true;
    loop_wake(wire.loop);
    for (int refused = 0; !refused;) {
        const int other = socket(AF_INET, SOCK_STREAM, 0);
        refused = connect(other, (const struct sockaddr *)&at, sizeof at) != 0;
        close(other);
    }
    wire_say(fd, "GET /later" WIRE_HEAD "\r\n");
    wire_wait_for(&wire.handled, 2);
    wire_release(1);
    assert_int_equal(wire_hear(fd), 200);
    close(fd);
}

static void a_large_answer_arrives_whole(void **state)
{
    (void)state;
    assert_int_equal(wire_ask("GET /large" WIRE_HEAD "\r\n"), 200);
    assert_non_null(strstr(wire.answer, "Content-Length: 300000\r\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, wire_set_up, wire_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_comes_whole_and_raw),
        TEST(an_expected_body_is_asked_for),
        TEST(a_head_request_gets_no_body),
        TEST(a_field_cannot_smuggle_another),
        TEST(a_connection_is_used_again),
        TEST(pipelined_requests_are_answered_in_order),
        TEST(an_answer_may_come_later_and_out_of_order),
        TEST(an_answer_to_nobody_vanishes),
        TEST(closing_the_server_ends_waiting_requests),
        TEST(a_stream_goes_on_until_it_is_ended),
        TEST(a_stream_to_an_old_client_ends_with_the_connection),
        TEST(a_stream_for_head_is_over_at_once),
        TEST(a_stream_holds_only_so_much_for_a_slow_peer),
        TEST(an_idle_stream_sees_its_peer_go),
        TEST(a_request_behind_a_stream_waits_for_its_end),
        TEST(draining_serves_open_connections_on),
        TEST(a_large_answer_arrives_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
