#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/form.h"

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

/* `want` is each field as name, '=', value, '|'. */
/* clang-format off */
static const struct row {
    const char *says;
    struct span body;
    enum err e;
    const char *want;
} rows[] = {
    {"an empty body has no field",           {NULL, 0},                 ERR_NONE, ""},
    {"two fields",                           SPAN("a=1&b=2"),           ERR_NONE, "a=1|b=2|"},
    {"order and repeats are kept",           SPAN("b=2&a=1&b=1&b=2"),   ERR_NONE, "b=2|a=1|b=1|b=2|"},
    {"a plus is a blank, an escape is not",  SPAN("a=+1%2b1+"),         ERR_NONE, "a= 1+1 |"},
    {"names are decoded too",                SPAN("a%20b=1&c+d=2"),     ERR_NONE, "a b=1|c d=2|"},
    {"escapes are decoded once",             SPAN("a=%2541"),           ERR_NONE, "a=%41|"},
    {"UTF-8",                                SPAN("a=%E2%82%AC"),       ERR_NONE, "a=\xe2\x82\xac|"},
    {"a second sign belongs to the value",   SPAN("a=b=c"),             ERR_NONE, "a=b=c|"},
    {"a field without a sign is empty",      SPAN("a&b"),               ERR_NONE, "a=|b=|"},
    {"a field without a name",               SPAN("=1"),                ERR_NONE, "=1|"},
    {"nothing between signs is no field",    SPAN("&&a=1&&"),           ERR_NONE, "a=1|"},
    {"lines' ends survive",                  SPAN("a=%0D%0A%09"),       ERR_NONE, "a=\r\n\t|"},
    {"an escape cut off",                    SPAN("a=%4"),              ERR_BAD_INPUT, NULL},
    {"an escape of no digits",               SPAN("a=%zz"),             ERR_BAD_INPUT, NULL},
    {"a sign alone at the end",              SPAN("a=1%"),              ERR_BAD_INPUT, NULL},
    {"a broken escape in a name",            SPAN("%g=1"),              ERR_BAD_INPUT, NULL},
    {"an escaped NUL",                       SPAN("a=%00"),             ERR_BAD_INPUT, NULL},
    {"a NUL",                                {"a=\0", 3},               ERR_BAD_INPUT, NULL},
    {"an escape that is not UTF-8",          SPAN("a=%ff"),             ERR_BAD_INPUT, NULL},
    {"a byte that is not UTF-8",             SPAN("a=\xff"),            ERR_BAD_INPUT, NULL},
};
/* clang-format on */

static const char *shown(const struct form *form)
{
    struct buf out = buf_in(arena, 4096);

    for (size_t i = 0; i < form->count; i++) {
        buf_add(&out, form->fields[i].name);
        buf_add_char(&out, '=');
        buf_add(&out, form->fields[i].value);
        buf_add_char(&out, '|');
    }
    return buf_span(&out).data;
}

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct form form = {NULL, 77};
        const enum err e = form_parse(arena, r->body, &form);

        if (e != r->e || (e && form.count != 77))
            fail_msg("not so: %s (%s)", r->says, err_name(e));
        if (!e && strcmp(shown(&form), r->want) != 0)
            fail_msg("not so: %s: %s", r->says, shown(&form));
    }
}

static void a_field_too_many_is_full(void **unused)
{
    struct buf body = buf_in(arena, 4096);
    struct form form;

    (void)unused;
    for (int i = 0; i < FORM_FIELDS_MAX; i++)
        form_add(&body, "a", SPAN("1"));
    assert_int_equal(form_parse(arena, buf_span(&body), &form), ERR_NONE);
    assert_int_equal(form.count, FORM_FIELDS_MAX);
    form_add(&body, "a", SPAN("1"));
    assert_int_equal(form_parse(arena, buf_span(&body), &form), ERR_FULL);
}

static void get_gives_the_first_and_tells_empty_from_absent(void **unused)
{
    struct form form;

    (void)unused;
    assert_int_equal(form_parse(arena, SPAN("a=1&b=&a=2&c"), &form), ERR_NONE);
    assert_true(span_is_text(form_get(&form, "a"), "1"));
    assert_int_equal(form_count(&form, "a"), 2);
    assert_non_null(form_get(&form, "b").data);
    assert_non_null(form_get(&form, "c").data);
    assert_int_equal(form_get(&form, "b").size, 0);
    assert_null(form_get(&form, "A").data);
    assert_int_equal(form_count(&form, "A"), 0);
}

static void what_is_written_is_read_again(void **unused)
{
    struct buf body = buf_in(arena, 4096);
    struct form form;

    (void)unused;
    form_add(&body, "Body", SPAN(" 1 + 1 = 2 & 100%\r\n\xf0\x9f\x9a\xa8"));
    form_add(&body, "To", SPAN("+16195550111"));
    assert_string_equal(body.data, "Body=%201%20%2B%201%20%3D%202%20%26%20100%25%0D%0A"
                                   "%F0%9F%9A%A8&To=%2B16195550111");
    assert_int_equal(form_parse(arena, buf_span(&body), &form), ERR_NONE);
    assert_string_equal(shown(&form),
                        "Body= 1 + 1 = 2 & 100%\r\n\xf0\x9f\x9a\xa8|To=+16195550111|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_field_too_many_is_full),
        cmocka_unit_test(get_gives_the_first_and_tells_empty_from_absent),
        cmocka_unit_test(what_is_written_is_read_again),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
