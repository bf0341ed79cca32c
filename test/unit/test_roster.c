#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/roster.h"

static const struct line lines[] = {{.number = "+13125550101"}, {.number = "+13125550102"}};
static const struct roster_operator operators[] = {
    {.id = "anna", .phone = "+13125550111"},
    {.id = "ben", .phone = "+13125550112"},
};
static const struct job_route routes[] = {
    {{"A-1", 3}, {1}, 1}, {{"A-10", 4}, {0}, 1}, {{"A-2", 3}, {1}, 1},
    {{"B", 1}, {0}, 1},   {{"b", 1}, {1}, 1},
};
static const struct roster roster = {
    .lines = lines,
    .line_count = 2,
    .operators = operators,
    .operator_count = 2,
    .routes = routes,
    .route_count = 5,
};

static int routed(const struct roster *of, struct span job)
{
    const struct job_route *route = roster_job_route(of, job);

    return route ? route->operators[0] : -1;
}

/* clang-format off */
static const struct row {
    const char *says;
    int (*find)(const struct roster *, struct span);
    const char *key;
    int want;
} rows[] = {
    {"the first operator by phone", roster_operator_by_phone, "+13125550111", 0},
    {"the last operator by phone", roster_operator_by_phone, "+13125550112", 1},
    {"a phone of nobody", roster_operator_by_phone, "+13125550113", -1},
    {"a phone cut short", roster_operator_by_phone, "+1312555011", -1},
    {"no phone", roster_operator_by_phone, "", -1},
    {"an operator by id", roster_operator_by_id, "ben", 1},
    {"an id in capitals is another", roster_operator_by_id, "Ben", -1},
    {"the first route", routed, "A-1", 1},
    {"a route that another begins with", routed, "A-10", 0},
    {"a middle route", routed, "A-2", 1},
    {"the last route", routed, "b", 1},
    {"a job before all", routed, "A", -1},
    {"a job between two", routed, "A-11", -1},
    {"a job behind all", routed, "c", -1},
    {"no job", routed, "", -1},
};
/* clang-format on */

static void each_search_finds_its_place(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].find(&roster, span_of(rows[i].key)) != rows[i].want)
            fail_msg("not so: %s", rows[i].says);
}

static void a_line_is_found_by_its_whole_number(void **unused)
{
    (void)unused;
    assert_ptr_equal(roster_line(&roster, SPAN("+13125550102")), &lines[1]);
    assert_null(roster_line(&roster, SPAN("+131255501020")));
    assert_null(roster_line(&roster, SPAN("")));
}

static void an_empty_roster_has_nobody(void **unused)
{
    static const struct roster empty;

    (void)unused;
    assert_null(roster_line(&empty, SPAN("+13125550101")));
    assert_int_equal(roster_operator_by_id(&empty, SPAN("anna")), -1);
    assert_int_equal(routed(&empty, SPAN("A-1")), -1);
}

static void every_name_reads_back(void **unused)
{
    enum prealert prealert = PREALERTS;
    enum ring_how how = RING_HOWS;

    (void)unused;
    for (int i = 0; i < PREALERTS; i++) {
        assert_true(prealert_parse(span_of(prealert_name((enum prealert)i)), &prealert));
        assert_int_equal(prealert, i);
    }
    for (int i = 0; i < RING_HOWS; i++) {
        assert_true(ring_how_parse(span_of(ring_how_name((enum ring_how)i)), &how));
        assert_int_equal(how, i);
    }
    assert_false(prealert_parse(SPAN("sometimes"), &prealert));
    for (int i = 0; i < CALLER_IDS; i++) {
        enum caller_id caller_id = CALLER_IDS;
        assert_true(caller_id_parse(span_of(caller_id_name((enum caller_id)i)), &caller_id));
        assert_int_equal(caller_id, i);
    }
    assert_false(caller_id_parse(SPAN("mine"), &(enum caller_id){CALLER_IDS}));
    assert_false(ring_how_parse(SPAN(""), &how));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_search_finds_its_place),
        cmocka_unit_test(a_line_is_found_by_its_whole_number),
        cmocka_unit_test(an_empty_roster_has_nobody),
        cmocka_unit_test(every_name_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
