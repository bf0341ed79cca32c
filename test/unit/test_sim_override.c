#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simhook/sim_override.h"

#define USUAL 5000, 15000, 15000, 1, SIM_RETRY_CONNECT, true

/* clang-format off */
static const struct {
    const char *says, *fragment;
    int connect_ms, read_ms, total_ms, retries;
    unsigned retry_on;
    bool server_name;
    size_t mistakes;
} rows[] = {
    {"nothing", "", USUAL, 0},
    {"a fragment of a page", "section-2", USUAL, 0},
    {"all that there is", "ct=100&rt=200&tt=300&rc=5&rp=all&sni=n&e=dublin,frankfurt-ix",
     100, 200, 300, 5, SIM_RETRY_ALL, false, 0},
    {"the largest", "ct=10000&rt=15000&tt=15000&rc=5", 10000, 15000, 15000, 5, SIM_RETRY_CONNECT, true, 0},
    {"no retry", "rc=0", 5000, 15000, 15000, 0, SIM_RETRY_CONNECT, true, 0},
    {"two policies", "rp=5xx,rt", 5000, 15000, 15000, 1, SIM_RETRY_5XX | SIM_RETRY_READ, true, 0},
    {"two policies, escaped", "rp=4xx%2Cct", 5000, 15000, 15000, 1, SIM_RETRY_4XX | SIM_RETRY_CONNECT, true, 0},
    {"the last of two counts", "rc=2&rc=3", 5000, 15000, 15000, 3, SIM_RETRY_CONNECT, true, 0},
    {"empty pairs", "&&rc=2&", 5000, 15000, 15000, 2, SIM_RETRY_CONNECT, true, 0},
    {"too short", "ct=99", USUAL, 1},
    {"too long", "ct=10001&rt=15001&tt=15001", USUAL, 3},
    {"too many retries", "rc=6", USUAL, 1},
    {"no number", "rc=two&tt=&ct=-1", USUAL, 3},
    {"one bad policy spoils the list", "rp=5xx,often", USUAL, 1},
    {"no policy", "rp=", USUAL, 1},
    {"a word that is none", "sni=yes", USUAL, 1},
    {"an edge nobody knows", "e=atlantis", USUAL, 1},
    {"no edge", "e=", USUAL, 1},
    {"one bad does not spoil the others", "ct=1&rc=4", 5000, 15000, 15000, 4, SIM_RETRY_CONNECT, true, 1},
    {"a key nobody knows", "retries=2", USUAL, 1},
    {"a broken escape", "rc=%zz", USUAL, 1},
    {"more mistakes than are told", "a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&rc=2", USUAL, 8},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *mistakes[SIM_OVERRIDE_MISTAKES_MAX];
        struct sim_override got;
        const size_t count = sim_override_parse(arena, span_of(rows[i].fragment), &got, mistakes);

        if (count != rows[i].mistakes || got.connect_ms != rows[i].connect_ms ||
            got.read_ms != rows[i].read_ms || got.total_ms != rows[i].total_ms ||
            got.retries != rows[i].retries || got.retry_on != rows[i].retry_on ||
            got.server_name != rows[i].server_name)
            fail_msg("not so: %s (%zu mistakes)", rows[i].says, count);
    }
    arena_close(&arena);
}

static void a_mistake_names_its_mend(void **unused)
{
    struct arena *arena = arena_open(0);
    const char *mistakes[SIM_OVERRIDE_MISTAKES_MAX];
    struct sim_override got;

    (void)unused;
    assert_int_equal(sim_override_parse(arena, SPAN("rc=9&x=1&e=dublin"), &got, mistakes), 2);
    assert_string_equal(mistakes[0], "override rc is \"9\"; it is a number of retries from 0 to 5");
    assert_string_equal(mistakes[1], "override \"x\" is unknown; known are ct rt tt rc rp sni e");
    assert_true(span_is_text(got.edges, "dublin"));
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_mistake_names_its_mend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
