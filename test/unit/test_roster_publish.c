#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "config/roster_publish.h"

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

static const struct roster_news_job jobs[] = {{{"7", 1}, {"completed", 9}},
                                              {{"J-8", 3}, {"assigned", 8}}};
static const struct roster_news news = {{"{\"version\": 1}", 14}, 1795000000000, jobs, 2};

#define TIME "\"2026-11-18T11:06:40.000Z\""

/* clang-format off */
static const struct row {
    const char *says, *text, *want;
} rows[] = {
    {"what is not there is added at the end, with the document's own indentation",
     "{\n\t\"dispatchers\": [],\n\t\"x\": 1.50\n}\n",
     "{\n\t\"dispatchers\": [],\n\t\"x\": 1.50,\n\t\"last_updated\": " TIME ",\n\t\"relay\": {\"version\": 1}\n}\n"},
    {"what is there is replaced where it stands",
     "{\"relay\":{\"old\":[1]},\"z\":{\"relay\":2},\"last_updated\":\"then\",\"a\":1}",
     "{\"relay\":{\"version\": 1},\"z\":{\"relay\":2},\"last_updated\":" TIME ",\"a\":1}"},
    {"seconds stay seconds", "{\"last_updated\": 12, \"relay\": null}",
     "{\"last_updated\": 1795000000, \"relay\": {\"version\": 1}}"},
    {"an empty object", "{}", "{\n  \"last_updated\": " TIME ",\n  \"relay\": {\"version\": 1}}"},
    {"states of jobs, in a list, by number or text",
     "{\"relay\":0,\"last_updated\":0,\"jobs\":[{\"id\":7,\"state\":\"pending\"},{\"job_id\":\"J-8\"},{\"id\":9,\"state\":\"odd\"}]}",
     "{\"relay\":{\"version\": 1},\"last_updated\":1795000000,\"jobs\":[{\"id\":7,\"state\":\"completed\"},"
     "{\"state\": \"assigned\", \"job_id\":\"J-8\"},{\"id\":9,\"state\":\"odd\"}]}"},
    {"states of jobs, by key", "{\"relay\":0,\"last_updated\":0,\"jobs\":{\"7\":{},\"J-8\":{\"status\" : \"x\"}}}",
     "{\"relay\":{\"version\": 1},\"last_updated\":1795000000,\"jobs\":{\"7\":{\"state\": \"completed\"},\"J-8\":{\"status\" : \"assigned\"}}}"},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span out, again;
        uint8_t before[32], after[32];

        assert_int_equal(roster_publish_merge(arena, span_of(rows[i].text), &news, &out), ERR_NONE);
        if (!span_is_text(out, rows[i].want))
            fail_msg("not so: %s: %.*s", rows[i].says, SPAN_ARG(out));
        assert_int_equal(roster_publish_merge(arena, out, &news, &again), ERR_NONE);
        assert_true(span_is(out, again));
        roster_publish_digest(span_of(rows[i].text), before);
        roster_publish_digest(out, after);
        assert_memory_equal(before, after, 32);
    }
}

static void what_is_no_object_is_left_alone(void **unused)
{
    struct span out;

    (void)unused;
    assert_int_equal(roster_publish_merge(arena, SPAN("[1]"), &news, &out), ERR_BAD_INPUT);
    assert_int_equal(roster_publish_merge(arena, SPAN("{\"a\":"), &news, &out), ERR_BAD_INPUT);
    assert_int_equal(roster_publish_merge(arena, SPAN(""), &news, &out), ERR_BAD_INPUT);
}

static void what_is_theirs_counts_as_a_change(void **unused)
{
    uint8_t a[32], b[32], c[32];

    (void)unused;
    roster_publish_digest(SPAN("{\"a\": 1, \"jobs\": [{\"id\": 7, \"crew\": \"x\"}]}"), a);
    roster_publish_digest(SPAN("{\"a\": 2, \"jobs\": [{\"id\": 7, \"crew\": \"x\"}]}"), b);
    roster_publish_digest(SPAN("{\"a\": 1, \"jobs\": [{\"id\": 7, \"crew\": \"y\"}]}"), c);
    assert_memory_not_equal(a, b, 32);
    assert_memory_not_equal(a, c, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(what_is_no_object_is_left_alone),
        cmocka_unit_test(what_is_theirs_counts_as_a_change),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
