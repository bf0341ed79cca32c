#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/url.h"

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

/* `want` is scheme, user, host, port, path, query ("-" for none) and fragment between '|'. */
/* clang-format off */
static const struct {
    const char *says, *text, *want;
} parts[] = {
    {"all parts",                    "https://u:p@h.example:8443/a/b?c=d&e#f", "https|u:p|h.example|8443|/a/b|c=d&e|f"},
    {"a host alone",                 "http://h",                               "http||h|||-|"},
    {"no path but a query",          "http://h?a",                             "http||h|||a|"},
    {"an empty query",               "http://h/?",                             "http||h||/||"},
    {"a question in the fragment",   "http://h/#a?b",                          "http||h||/|-|a?b"},
    {"an at sign in the path",       "http://h/a@b:1",                         "http||h||/a@b:1|-|"},
    {"IPv6 with a port",             "http://[::1]:8080/",                     "http||[::1]|8080|/|-|"},
    {"IPv6 without",                 "http://[::1]",                           "http||[::1]|||-|"},
    {"the shortest IPv6",            "http://[::]/",                           "http||[::]||/|-|"},
    {"nothing is normalised",        "HTTPS://H/%7e/../x?A=%2f",               "HTTPS||H||/%7e/../x|A=%2f|"},
    {"the last at sign ends the user", "http://a@b@h/",                        "http|a@b|h||/|-|"},
};

static const struct {
    const char *says, *text;
} refused[] = {
    {"nothing", ""}, {"a path", "/a/b"}, {"another scheme", "ftp://h/"}, {"one slash", "http:/h"},
    {"no host", "http:///a"}, {"a port without a host", "http://:80/"}, {"an empty port", "http://h:/"},
    {"port 0", "http://h:0/"}, {"a port too high", "http://h:65536/"}, {"a port of letters", "http://h:8o/"},
    {"a negative port", "http://h:-1/"}, {"two ports", "http://h:1:2/"}, {"a blank", "http://h/a b"},
    {"a line's end", "http://h/a\r\nb"}, {"a bracket left open", "http://[::1/"},
    {"words after the bracket", "http://[::1]a/"}, {"a backslash in the host", "http://h\\x/"},
    {"an escape in the host", "http://h%41/"}, {"a user alone", "http://u@/"},
};

static const struct {
    const char *says, *base, *reference, *want;
} resolved[] = {
    {"an absolute address stands",    "http://h/a/b?q", "https://i/c",  "https://i/c"},
    {"another scheme stands",         "http://h/a/b?q", "mailto:x",     "mailto:x"},
    {"another host",                  "http://h/a/b?q", "//i:8/c",      "http://i:8/c"},
    {"an absolute path",              "http://h:81/a/b?q#f", "/c?d",    "http://h:81/c?d"},
    {"a relative path",               "http://h/a/b?q", "c?d",          "http://h/a/c?d"},
    {"a colon later is no scheme",    "http://h/a/b",   "c?d=e:f",      "http://h/a/c?d=e:f"},
    {"a query alone",                 "http://h/a/b?q", "?d",           "http://h/a/b?d"},
    {"a fragment alone",              "http://h/a/b?q#e", "#f",         "http://h/a/b?q#f"},
    {"nothing is the address itself", "http://h/a/b?q#f", "",           "http://h/a/b?q"},
    {"a base without a path",         "http://h",       "c",            "http://h/c"},
    {"and with a port",               "http://h:81?q",  "c",            "http://h:81/c"},
    {"the user stays",                "http://u:p@h/a", "/b",           "http://u:p@h/b"},
    {"a step up",                     "http://a/b/c/d;p?q", "../g",     "http://a/b/g"},
    {"two steps up",                  "http://a/b/c/d;p?q", "../../g",  "http://a/g"},
    {"more steps than there are",     "http://a/b/c/d;p?q", "../../../g", "http://a/g"},
    {"a step alone",                  "http://a/b/c/d;p?q", "..",       "http://a/b/"},
    {"no step",                       "http://a/b/c/d;p?q", "./g/.",    "http://a/b/c/g/"},
    {"steps on the way",              "http://a/b/c/d;p?q", "g;x=1/../y", "http://a/b/c/y"},
    {"of an absolute path",           "http://a/b/c/d;p?q", "/./x/../g", "http://a/g"},
    {"of another host",               "http://a/b", "//i/x/../../y?z",  "http://i/y?z"},
    {"a query has none",              "http://a/b/c/d;p?q", "g?y/../x", "http://a/b/c/g?y/../x"},
    {"names that only begin with dots", "http://a/b/c", "..g/g..",      "http://a/b/..g/g.."},
    {"a base without a path, up",     "http://h", "../c",               "http://h/c"},
    {"an empty part is one",          "http://a/b/", "c//../d",         "http://a/b/c/d"},
    {"an address stays as it is",     "http://a/b", "http://i/c/../d",  "http://i/c/../d"},
};
/* clang-format on */

static void each_address_is_taken_apart(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct url u;

        if (url_parse(span_of(parts[i].text), &u))
            fail_msg("refused: %s", parts[i].says);
        const char *got =
            arena_printf(arena, "%.*s|%.*s|%.*s|%.*s|%.*s|%s%.*s|%.*s", SPAN_ARG(u.scheme),
                         SPAN_ARG(u.user), SPAN_ARG(u.host), SPAN_ARG(u.port), SPAN_ARG(u.path),
                         u.has_query ? "" : "-", SPAN_ARG(u.query), SPAN_ARG(u.fragment));
        if (strcmp(got, parts[i].want) != 0)
            fail_msg("not so: %s: %s", parts[i].says, got);
    }
}

static void what_is_no_address_is_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct url u = {.has_query = true};

        if (url_parse(span_of(refused[i].text), &u) != ERR_BAD_INPUT || !u.has_query)
            fail_msg("accepted: %s", refused[i].says);
    }
}

static void references_are_resolved_as_browsers_do(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof resolved / sizeof resolved[0]; i++) {
        const struct span got =
            url_resolve(arena, span_of(resolved[i].base), span_of(resolved[i].reference));

        if (!span_is_text(got, resolved[i].want))
            fail_msg("not so: %s: %.*s", resolved[i].says, SPAN_ARG(got));
    }
}

static void escapes_go_both_ways(void **unused)
{
    struct buf out = buf_in(arena, 256);
    struct span back = {NULL, 0};
    char c;

    (void)unused;
    url_escape(&out, SPAN("aZ09-._~ /?&=+%\xe2\x82\xac"));
    assert_string_equal(out.data, "aZ09-._~%20%2F%3F%26%3D%2B%25%E2%82%AC");
    assert_int_equal(url_unescape(arena, buf_span(&out), &back), ERR_NONE);
    assert_true(span_is_text(back, "aZ09-._~ /?&=+%\xe2\x82\xac"));
    assert_int_equal(url_unescape(arena, SPAN("a+b%2b"), &back), ERR_NONE);
    assert_true(span_is_text(back, "a+b+"));
    assert_int_equal(url_unescape(arena, SPAN("%"), &back), ERR_BAD_INPUT);
    assert_int_equal(url_unescape(arena, SPAN("%4"), &back), ERR_BAD_INPUT);
    assert_int_equal(url_unescape(arena, SPAN("%x0"), &back), ERR_BAD_INPUT);
    assert_int_equal(url_unescape(arena, SPAN("a%00"), &back), ERR_BAD_INPUT);
    assert_true(span_is_text(back, "a+b+"));
    assert_true(url_escape_take(SPAN("%4aB"), &c));
    assert_int_equal(c, 'J');
    assert_false(url_escape_take(SPAN("4a%"), &c));
}

static void a_query_gives_the_first_value_as_it_stands(void **unused)
{
    const struct span query = SPAN("a=%41&b=&c&a=2&attempt=1");

    (void)unused;
    assert_true(span_is_text(url_query_get(query, "a"), "%41"));
    assert_non_null(url_query_get(query, "b").data);
    assert_non_null(url_query_get(query, "c").data);
    assert_true(span_is_text(url_query_get(query, "attempt"), "1"));
    assert_null(url_query_get(query, "att").data);
    assert_null(url_query_get((struct span){NULL, 0}, "a").data);
}

/* clang-format off */
static const struct dots_row {
    const char *path;
    bool want;
} dots[] = {
    {"", false}, {"/", false}, {"/a.b/c..d", false}, {"/a/b.", false},
    {"/..", true}, {"/a/./b", true}, {"/a/../b", true}, {"/a/%2e%2e/b", true}, {"/%2E", true},
};
/* clang-format on */

static void a_step_in_a_path_is_seen(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof dots / sizeof dots[0]; i++)
        if (url_has_dots(span_of(dots[i].path)) != dots[i].want)
            fail_msg("not so: %s", dots[i].path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_address_is_taken_apart),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(references_are_resolved_as_browsers_do),
        cmocka_unit_test(escapes_go_both_ways),
        cmocka_unit_test(a_query_gives_the_first_value_as_it_stands),
        cmocka_unit_test(a_step_in_a_path_is_seen),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
