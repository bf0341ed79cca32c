#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simhook/sim_jars.h"

/* 2026-11-24 02:05:00 UTC */
static const int64_t NOW = INT64_C(1795485900000);

static struct url parsed(const char *text)
{
    struct url u;

    assert_int_equal(url_parse(span_of(text), &u), ERR_NONE);
    return u;
}

/* clang-format off */
static const struct {
    const char *says, *from, *lines[4], *to;
    int64_t later_ms;
    const char *want;
} rows[] = {
    {"a cookie comes back", "http://h.test/a", {"s=1"}, "http://h.test/b", 0, "s=1"},
    {"its attributes do not", "http://h.test/a", {"s=1; Path=/; HttpOnly; SameSite=Lax"}, "http://h.test/b", 0, "s=1"},
    {"a value may be empty, and hold =", "http://h.test/", {"s=", "t=a=b"}, "http://h.test/", 0, "s=; t=a=b"},
    {"in quotes as written", "http://h.test/", {"s=\"a b\""}, "http://h.test/", 0, "s=\"a b\""},
    {"the younger takes the place", "http://h.test/", {"s=1", "s=2"}, "http://h.test/", 0, "s=2"},
    {"another path is another cookie, longest first", "http://h.test/a/b", {"s=1; Path=/", "s=2; Path=/a"}, "http://h.test/a/c", 0, "s=2; s=1"},
    {"below its own folder by itself", "http://h.test/a/b", {"s=1"}, "http://h.test/a/x/y?q=1", 0, "s=1"},
    {"not beside it", "http://h.test/a/b", {"s=1"}, "http://h.test/ab", 0, ""},
    {"a path that ends in a slash", "http://h.test/", {"s=1; Path=/a/"}, "http://h.test/a", 0, ""},
    {"an address without a path", "http://h.test", {"s=1"}, "http://h.test", 0, "s=1"},
    {"the port does not matter", "http://h.test:8001/", {"s=1"}, "http://h.test:8002/", 0, "s=1"},
    {"nor does the case of a host", "http://H.test/", {"s=1"}, "http://h.TEST/", 0, "s=1"},
    {"another host", "http://h.test/", {"s=1"}, "http://i.test/", 0, ""},
    {"a host below", "http://h.test/", {"s=1"}, "http://i.h.test/", 0, ""},
    {"a host below, by domain", "http://h.test/", {"s=1; Domain=h.test"}, "http://i.h.test/", 0, "s=1"},
    {"a dot before the domain is none", "http://a.h.test/", {"s=1; Domain=.h.test"}, "http://h.test/", 0, "s=1"},
    {"a domain of somebody else", "http://h.test/", {"s=1; Domain=other.test"}, "http://h.test/", 0, ""},
    {"a domain without a dot", "http://h.test/", {"s=1; Domain=test"}, "http://h.test/", 0, ""},
    {"an end that is no label", "http://xh.test/", {"s=1; Domain=h.test"}, "http://xh.test/", 0, ""},
    {"a part of an address", "http://127.0.0.1/", {"s=1; Domain=0.0.1"}, "http://127.0.0.1/", 0, ""},
    {"a whole address", "http://127.0.0.1/", {"s=1; Domain=127.0.0.1"}, "http://127.0.0.1/", 0, "s=1"},
    {"secure over http", "https://h.test/", {"s=1; Secure"}, "http://h.test/", 0, ""},
    {"secure over https", "https://h.test/", {"s=1; secure"}, "https://h.test/", 0, "s=1"},
    {"before its end", "http://h.test/", {"s=1; Max-Age=10"}, "http://h.test/", 9999, "s=1"},
    {"at its end", "http://h.test/", {"s=1; Max-Age=10"}, "http://h.test/", 10000, ""},
    {"the age beats the date", "http://h.test/", {"s=1; Max-Age=10; Expires=Wed, 21 Oct 2015 07:28:00 GMT"}, "http://h.test/", 0, "s=1"},
    {"a date to come", "http://h.test/", {"s=1; Expires=Tue, 24 Nov 2026 02:05:10 GMT"}, "http://h.test/", 9999, "s=1"},
    {"a date that came", "http://h.test/", {"s=1; Expires=Tue, 24-Nov-2026 02:05:10 GMT"}, "http://h.test/", 10000, ""},
    {"a date nobody reads", "http://h.test/", {"s=1; Expires=soon"}, "http://h.test/", 0, "s=1"},
    {"taken back", "http://h.test/", {"s=1", "s=; Max-Age=0"}, "http://h.test/", 0, ""},
    {"taken back by date", "http://h.test/", {"s=1", "s=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, "http://h.test/", 0, ""},
    {"no name", "http://h.test/", {"=1", "x", "; Path=/", ""}, "http://h.test/", 0, ""},
    {"a control character", "http://h.test/", {"s=1\r\nX: y"}, "http://h.test/", 0, ""},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_open(0);
        struct sim_jar jar = {0};
        const struct url from = parsed(rows[i].from), to = parsed(rows[i].to);

        for (size_t k = 0; k < 4 && rows[i].lines[k]; k++)
            sim_jar_put(&jar, &from, span_of(rows[i].lines[k]), NOW);
        const struct span got = sim_jar_get(&jar, arena, &to, NOW + rows[i].later_ms);
        if (!span_is_text(got, rows[i].want))
            fail_msg("not so: %s: \"%.*s\"", rows[i].says, SPAN_ARG(got));
        sim_jar_done(&jar);
        arena_close(&arena);
    }
}

static void the_jar_is_never_over_full(void **unused)
{
    struct arena *arena = arena_open(0);
    struct sim_jar jar = {0};
    const struct url at = parsed("http://h.test/");
    char *large = arena_alloc(arena, SIM_JAR_COOKIE_BYTES + 2);

    (void)unused;
    memset(large, 'x', SIM_JAR_COOKIE_BYTES + 1);
    large[1] = '=';
    sim_jar_put(&jar, &at, span_of(large), NOW);
    assert_int_equal(jar.count, 0);
    for (int i = 0; i < SIM_JAR_MAX + 5; i++)
        sim_jar_put(&jar, &at, span_of(arena_printf(arena, "c%d=%d", i, i)), NOW);
    assert_int_equal(jar.count, SIM_JAR_MAX);
    const struct span got = sim_jar_get(&jar, arena, &at, NOW);
    assert_true(span_starts(got, SPAN("c5=5; c6=6; ")));
    sim_jar_done(&jar);
    assert_null(jar.first);
    arena_close(&arena);
}

static void a_login_is_shown_where_it_was_asked_for(void **unused)
{
    struct sim_jar jar = {0};
    const struct url at = parsed("https://h.test/a"), same = parsed("https://H.test:443/b");
    const struct url plain = parsed("http://h.test/a"), other = parsed("https://h.test:8443/a");

    (void)unused;
    assert_null(sim_jar_login(&jar, &at));
    sim_jar_log_in(&jar, &at, "Basic one");
    sim_jar_log_in(&jar, &at, "Basic two");
    assert_string_equal(sim_jar_login(&jar, &at), "Basic two");
    assert_string_equal(sim_jar_login(&jar, &same), "Basic two");
    assert_null(sim_jar_login(&jar, &plain));
    assert_null(sim_jar_login(&jar, &other));
    sim_jar_done(&jar);
}

static void a_pair_keeps_its_jar_for_four_hours(void **unused)
{
    enum { HOUR = 3600 * 1000 };
    struct sim_jars jars = {0};
    const struct url at = parsed("http://h.test/");
    const struct span a = SPAN("+16195550111"), b = SPAN("+16195550112");

    (void)unused;
    struct sim_jar *jar = sim_jars_open(&jars, a, b, NOW);
    sim_jars_release(&jars, jar, NOW);
    assert_int_equal(jars.count, 0); /* an empty one is not kept */
    jar = sim_jars_open(&jars, a, b, NOW);
    sim_jar_put(jar, &at, SPAN("s=1"), NOW);
    struct sim_jar *other = sim_jars_open(&jars, b, a, NOW);
    assert_int_equal(other->count, 0);
    sim_jars_release(&jars, other, NOW);
    assert_ptr_equal(sim_jars_open(&jars, a, b, NOW), jar);
    sim_jars_release(&jars, jar, NOW);
    sim_jars_release(&jars, jar, NOW);
    jar = sim_jars_open(&jars, a, b, NOW + 4 * HOUR);
    assert_int_equal(jar->count, 1);
    sim_jars_release(&jars, jar, NOW + 4 * HOUR);
    jar = sim_jars_open(&jars, a, b, NOW + 8 * HOUR + 1);
    assert_int_equal(jar->count, 0);
    sim_jars_release(&jars, jar, NOW + 8 * HOUR + 1);
    assert_int_equal(jars.count, 0);
}

static void the_oldest_pair_gives_way(void **unused)
{
    struct arena *arena = arena_open(0);
    struct sim_jars jars = {0};
    const struct url at = parsed("http://h.test/");
    const struct span to = SPAN("+16195550100");

    (void)unused;
    struct sim_jar *held = sim_jars_open(&jars, SPAN("held"), to, NOW);
    for (int i = 0; i < SIM_JARS_MAX + 3; i++) {
        const struct span from = span_of(arena_printf(arena, "%d", i));
        struct sim_jar *jar = sim_jars_open(&jars, from, to, NOW + i);
        sim_jar_put(jar, &at, SPAN("s=1"), NOW);
        sim_jars_release(&jars, jar, NOW + i);
    }
    assert_int_equal(jars.count, SIM_JARS_MAX);
    assert_ptr_equal(sim_jars_open(&jars, SPAN("held"), to, NOW), held);
    assert_int_equal(sim_jars_open(&jars, SPAN("3"), to, NOW)->count, 0);
    assert_int_equal(sim_jars_open(&jars, SPAN("5"), to, NOW)->count, 1);
    sim_jars_done(&jars);
    assert_int_equal(jars.count, 0);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(the_jar_is_never_over_full),
        cmocka_unit_test(a_login_is_shown_where_it_was_asked_for),
        cmocka_unit_test(a_pair_keeps_its_jar_for_four_hours),
        cmocka_unit_test(the_oldest_pair_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
