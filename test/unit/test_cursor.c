#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "journal/cursor.h"

enum { NOW_MS = 5 };

static int64_t id_of(int node, int64_t at_ms)
{
    struct id_maker maker = {.node = (uint8_t)node};

    return id_next(&maker, 1600000000000 + at_ms);
}

static void a_cursor_comes_back_as_it_was(void **unused)
{
    (void)unused;
    const int nodes[][3] = {{0, -1, -1}, {63, -1, -1}, {0, 1, -1}, {0, 5, 63}};

    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++) {
        struct cursor c = {{0}}, back;
        char text[CURSOR_SIZE];
        for (int k = 0; k < 3 && nodes[i][k] >= 0; k++)
            cursor_note(&c, id_of(nodes[i][k], NOW_MS + k));
        cursor_render(&c, text);
        assert_true(cursor_parse(span_of(text), &back));
        assert_memory_equal(&back, &c, sizeof c);
    }
}

static void the_beginning_has_a_cursor_too(void **unused)
{
    (void)unused;
    struct cursor c = {{0}}, back = {{7}};
    char text[CURSOR_SIZE];

    cursor_render(&c, text);
    assert_string_equal(text, "0");
    assert_true(cursor_parse(SPAN("0"), &back));
    assert_int_equal(cursor_last(&back), 0);
}

static void each_node_has_its_own_position_and_none_goes_back(void **unused)
{
    (void)unused;
    struct cursor c = {{0}};

    cursor_note(&c, id_of(3, 10));
    cursor_note(&c, id_of(7, 20));
    cursor_note(&c, id_of(3, 5));
    assert_int_equal(c.at[3], id_of(3, 10));
    assert_int_equal(c.at[7], id_of(7, 20));
    assert_int_equal(cursor_last(&c), id_of(7, 20));
}

static void all_nodes_together_fit(void **unused)
{
    (void)unused;
    struct cursor c = {{0}}, back;
    char text[CURSOR_SIZE];

    for (int node = 0; node < CURSOR_NODES; node++)
        cursor_note(&c, id_of(node, NOW_MS));
    cursor_render(&c, text);
    assert_int_equal(strlen(text), CURSOR_SIZE - 1);
    assert_true(cursor_parse(span_of(text), &back));
    assert_memory_equal(&back, &c, sizeof c);
}

static void what_is_no_cursor_is_refused(void **unused)
{
    (void)unused;
    char one[ID_TEXT_SIZE + 1], other[ID_TEXT_SIZE + 1], text[CURSOR_SIZE + 20];
    struct cursor c = {{7}};

    id_render(id_of(1, NOW_MS), one);
    id_render(id_of(2, NOW_MS), other);
    const char *const bad[] = {"", "00", ".", "x", "0123456789ab", "ABCDEFGHJKMNP", " 0"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(cursor_parse(span_of(bad[i]), &c));
    snprintf(text, sizeof text, "%s.", one);
    assert_false(cursor_parse(span_of(text), &c));
    snprintf(text, sizeof text, ".%s", one);
    assert_false(cursor_parse(span_of(text), &c));
    snprintf(text, sizeof text, "%s.%s", one, one);
    assert_false(cursor_parse(span_of(text), &c));
    snprintf(text, sizeof text, "%s.%s", other, one);
    assert_false(cursor_parse(span_of(text), &c));
    memset(text, '7', sizeof text);
    assert_false(cursor_parse((struct span){text, sizeof text}, &c));
    assert_int_equal(c.at[0], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_comes_back_as_it_was),
        cmocka_unit_test(the_beginning_has_a_cursor_too),
        cmocka_unit_test(each_node_has_its_own_position_and_none_goes_back),
        cmocka_unit_test(all_nodes_together_fit),
        cmocka_unit_test(what_is_no_cursor_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
