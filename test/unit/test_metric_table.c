#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "metric/metric_table.h"

static bool ends(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);

    return n >= m && strcmp(text + n - m, end) == 0;
}

static void every_metric_has_a_row_of_its_own(void **unused)
{
    (void)unused;
    for (int m = 0; m < METRICS; m++) {
        assert_non_null(metric_table[m].name);
        assert_true(strlen(metric_table[m].help) > 5);
        assert_true(ends(metric_table[m].help, "."));
        for (int k = 0; k < m; k++)
            assert_string_not_equal(metric_table[m].name, metric_table[k].name);
    }
}

static void names_are_as_prometheus_wants_them(void **unused)
{
    (void)unused;
    for (int m = 0; m < METRICS; m++) {
        const struct metric_row *row = &metric_table[m];
        const bool is_total = ends(row->name, "_total");
        assert_true(strncmp(row->name, "nextring_", 9) == 0 ||
                    strncmp(row->name, "process_", 8) == 0);
        assert_int_equal(is_total, row->kind == METRIC_COUNTER);
        assert_int_equal(ends(row->name, is_total ? "_seconds_total" : "_seconds"),
                         row->unit == METRIC_SECONDS);
        assert_int_equal(ends(row->name, "_bytes"), row->unit == METRIC_BYTES);
    }
}

static void labels_have_values_and_none_else(void **unused)
{
    (void)unused;
    for (int m = 0; m < METRICS; m++) {
        const struct metric_row *row = &metric_table[m];
        if (row->kind == METRIC_INFO)
            continue;
        assert_int_equal(row->label != NULL, row->values[0] != NULL);
        assert_true(metric_table_count((enum metric)m) >= 1);
    }
    assert_int_equal(metric_table_count(METRIC_WEBHOOK_SECONDS), 3);
    assert_int_equal(metric_table_count(METRIC_READY), 1);
}

static void the_page_names_each_once(void **unused)
{
    struct arena *arena = arena_open(0);
    struct buf page = buf_in(arena, 1 << 20);

    (void)unused;
    metric_table_print(&page);
    assert_false(page.full);
    for (int m = 0; m < METRICS; m++) {
        const char *row = arena_printf(arena, "| `%s` |", metric_table[m].name);
        const char *at = strstr(page.data, row);
        assert_non_null(at);
        assert_null(strstr(at + 1, row));
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_metric_has_a_row_of_its_own),
        cmocka_unit_test(names_are_as_prometheus_wants_them),
        cmocka_unit_test(labels_have_values_and_none_else),
        cmocka_unit_test(the_page_names_each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
