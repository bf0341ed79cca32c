#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "simload/load_answer.h"
#include "simload/load_stats.h"

/* clang-format off */
static const struct row {
    const char *says, *bytes;
    bool ends; /* the peer closes after them */
    enum load_answer_state want;
    int status;
    bool closes;
    const char *holds;
} rows[] = {
    {"a length ends a body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false,
     LOAD_ANSWER_WHOLE, 200, false, "hello"},
    {"a field's name has any case", "HTTP/1.1 201 Made\r\ncontent-LENGTH:0\r\n\r\n", false,
     LOAD_ANSWER_WHOLE, 201, false, ""},
    {"a body that is short is not whole", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", false,
     LOAD_ANSWER_LENGTH, 200, false, "hello"},
    {"and broken when the peer closes", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", true,
     LOAD_ANSWER_BROKEN, 200, false, "hello"},
    {"more than was announced is broken", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhello", false,
     LOAD_ANSWER_BROKEN, 200, false, "hell"},
    {"a length that is none is broken", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", false,
     LOAD_ANSWER_BROKEN, 200, false, ""},
    {"204 has no body", "HTTP/1.1 204 No Content\r\n\r\n", false, LOAD_ANSWER_WHOLE, 204, false, ""},
    {"chunks end with an empty one",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", false,
     LOAD_ANSWER_WHOLE, 200, false, "hello"},
    {"a chunk may bear an extension, the end a trailer",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA;x=\"ff\"\r\n0123456789\r\n0;e\r\nA: b\r\n\r\n",
     false, LOAD_ANSWER_WHOLE, 200, false, "0123456789"},
    {"a chunk's size in no digits is broken",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", false, LOAD_ANSWER_BROKEN, 200,
     false, ""},
    {"chunks that the peer cuts off are broken",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", true, LOAD_ANSWER_BROKEN, 200,
     false, "hel"},
    {"without either the peer's close is the end", "HTTP/1.1 200 OK\r\n\r\nhello", true,
     LOAD_ANSWER_WHOLE, 200, true, "hello"},
    {"and before it the answer is open", "HTTP/1.1 200 OK\r\n\r\nhello", false, LOAD_ANSWER_TO_END,
     200, true, "hello"},
    {"HTTP/1.0 closes", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false, LOAD_ANSWER_WHOLE, 200,
     true, ""},
    {"who says that he closes, closes",
     "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n", false, LOAD_ANSWER_WHOLE, 200,
     true, ""},
    {"100 comes before the answer",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", false,
     LOAD_ANSWER_WHOLE, 200, false, "x"},
    {"another protocol is broken", "SSH-2.0-x\r\n\r\n", false, LOAD_ANSWER_BROKEN, 0, false, ""},
    {"a status out of range is broken", "HTTP/1.1 777 ?\r\n\r\n", false, LOAD_ANSWER_BROKEN, 777, false, ""},
    {"nothing, then the end, is broken", "", true, LOAD_ANSWER_BROKEN, 0, false, ""},
};
/* clang-format on */

static void check(const struct row *r, const struct load_answer *a, const char *how)
{
    if (a->state != r->want || a->status != r->status || a->closes != r->closes ||
        !load_answer_holds(a, r->holds))
        fail_msg("not so, %s: %s (state %d, status %d)", how, r->says, (int)a->state, a->status);
}

static void each_row_holds_in_one_piece_and_byte_by_byte(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct load_answer a = {.state = LOAD_ANSWER_HEAD};
        load_answer_feed(&a, span_of(r->bytes));
        if (r->ends)
            load_answer_end(&a);
        check(r, &a, "in one piece");
        load_answer_reset(&a);
        for (const char *c = r->bytes; *c; c++)
            load_answer_feed(&a, (struct span){c, 1});
        if (r->ends)
            load_answer_end(&a);
        check(r, &a, "byte by byte");
    }
}

static void a_large_body_is_counted_and_not_kept(void **unused)
{
    static char block[10000];
    struct load_answer a = {.state = LOAD_ANSWER_HEAD};

    (void)unused;
    memset(block, 'x', sizeof block);
    load_answer_feed(&a, SPAN("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"));
    for (int i = 0; i < 100; i++) {
        assert_int_equal(a.state, LOAD_ANSWER_LENGTH);
        load_answer_feed(&a, (struct span){block, sizeof block});
    }
    assert_int_equal(a.state, LOAD_ANSWER_WHOLE);
    assert_int_equal(a.kept, LOAD_ANSWER_KEPT);
}

static void a_head_without_an_end_is_given_up(void **unused)
{
    static char block[LOAD_ANSWER_HEAD_MAX + 1];
    struct load_answer a = {.state = LOAD_ANSWER_HEAD};

    (void)unused;
    memset(block, 'x', sizeof block);
    load_answer_feed(&a, (struct span){block, sizeof block});
    assert_int_equal(a.state, LOAD_ANSWER_BROKEN);
}

static void a_percentile_is_at_most_a_bucket_off(void **unused)
{
    static struct load_stats stats;

    (void)unused;
    assert_true(load_stats_us(&stats, 99) <= 0);
    for (uint64_t us = 1; us <= 10000; us++)
        load_stats_add(&stats, us * 1000);
    const struct {
        double percent, us;
    } want[] = {{50, 5000}, {90, 9000}, {99, 9900}, {99.9, 9990}, {100, 10000}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const double got = load_stats_us(&stats, want[i].percent);
        assert_true(got >= want[i].us && got <= want[i].us * 1.017);
    }
    load_stats_add(&stats, UINT64_MAX); /* beyond the last bucket it still counts */
    assert_int_equal(stats.count, 10001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds_in_one_piece_and_byte_by_byte),
        cmocka_unit_test(a_large_body_is_counted_and_not_kept),
        cmocka_unit_test(a_head_without_an_end_is_given_up),
        cmocka_unit_test(a_percentile_is_at_most_a_bucket_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
