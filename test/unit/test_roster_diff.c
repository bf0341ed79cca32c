#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "edit/roster_diff.h"

/* clang-format off */
static const struct row {
    const char *says, *before, *after, *want; /* one line each: "change path before after" */
} rows[] = {
    {"the same says nothing", "{\"a\": 1, \"b\": [1, {\"c\": 2}]}", "{\"b\": [1, {\"c\": 2}], \"a\": 1}", ""},
    {"a value", "{\"wait_seconds\": 75}", "{\"wait_seconds\": 60}", "changed wait_seconds 75 60\n"},
    {"another type", "{\"a\": 1}", "{\"a\": \"1\"}", "changed a 1 \"1\"\n"},
    {"a member more and one less", "{\"a\": 1}", "{\"b\": 2}", "removed a 1 -\nadded b - 2\n"},
    {"null is a value", "{\"a\": null}", "{\"a\": 1}", "changed a null 1\n"},
    {"people are known by their ids, wherever they stand",
     "{\"dispatchers\": [{\"id\": \"ann\", \"phone\": \"1\"}, {\"id\": \"bob\", \"phone\": \"2\"}]}",
     "{\"dispatchers\": [{\"id\": \"bob\", \"phone\": \"2\"}, {\"id\": \"ann\", \"phone\": \"3\"}]}",
     "moved dispatchers[ann] 1 2\nchanged dispatchers[ann].phone \"1\" \"3\"\n"},
    {"one more, one less",
     "{\"dispatchers\": [{\"id\": \"ann\"}, {\"id\": \"bob\"}]}",
     "{\"dispatchers\": [{\"id\": \"bob\"}, {\"id\": \"cem\"}]}",
     "removed dispatchers[ann] {\"id\":\"ann\"} -\nadded dispatchers[cem] - {\"id\":\"cem\"}\n"},
    {"steps are known by their places",
     "{\"fallback_chain\": [{\"operator\": \"ann\", \"ring_seconds\": 15}, {\"operator\": \"bob\"}]}",
     "{\"fallback_chain\": [{\"operator\": \"ann\", \"ring_seconds\": 25}, {\"operator\": \"bob\"}]}",
     "changed fallback_chain[0].ring_seconds 15 25\n"},
    {"steps that change places are moved",
     "{\"chains\": {\"x\": [{\"operators\": [\"a\"]}, {\"operators\": [\"b\"]}, {\"operators\": [\"c\"]}]}}",
     "{\"chains\": {\"x\": [{\"operators\": [\"c\"]}, {\"operators\": [\"a\"]}, {\"operators\": [\"b\"]}]}}",
     "moved chains.x[0] 3 1\n"},
    {"a step that is put between", "{\"c\": [{\"o\": 1}, {\"o\": 2}]}", "{\"c\": [{\"o\": 1}, {\"o\": 3}, {\"o\": 2}]}",
     "added c[1] - {\"o\":3}\n"},
    {"names alone", "{\"fallback_chain\": [\"a\", \"b\"]}", "{\"fallback_chain\": [\"b\", \"a\", \"c\"]}",
     "moved fallback_chain[a] 1 2\nadded fallback_chain[c] - \"c\"\n"},
    {"lines by their number", "{\"lines\": [{\"number\": \"+1\", \"chain\": \"x\"}]}", "{\"lines\": [{\"number\": \"+1\", \"chain\": \"y\"}]}",
     "changed lines[+1].chain \"x\" \"y\"\n"},
    {"a line as a number alone and as an object is the same one", "{\"lines\": [\"+1\"]}", "{\"lines\": [{\"number\": \"+1\", \"mms\": true}]}",
     "changed lines[+1] \"+1\" {\"number\":\"+1\",\"mms\":true}\n"},
    {"keys with odd characters are quoted", "{\"a.b\": 1}", "{\"a.b\": 2}", "changed [\"a.b\"] 1 2\n"},
    {"what we publish is left out", "{\"relay\": {\"a\": 1}}", "{\"relay\": {\"a\": 2}}", ""},
    {"two with one id are known by their places", "{\"d\": [{\"id\": 1, \"x\": 1}, {\"id\": 1, \"x\": 2}]}", "{\"d\": [{\"id\": 1, \"x\": 1}, {\"id\": 1, \"x\": 3}]}",
     "changed d[1].x 2 3\n"},
    {"what is no JSON is nothing", "", "{\"a\": 1}", "added  - {\"a\":1}\n"},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_open(0);
        struct roster_diff *d = ARENA_NEW(arena, struct roster_diff);
        struct buf said = buf_in(arena, 65536);
        roster_diff(arena, span_of(rows[i].before), span_of(rows[i].after), d);
        for (size_t n = 0; n < d->count; n++)
            buf_printf(&said, "%s %s %.*s %.*s\n", roster_diff_kind_name(d->list[n].kind),
                       d->list[n].path,
                       SPAN_ARG(d->list[n].before.data ? d->list[n].before : SPAN("-")),
                       SPAN_ARG(d->list[n].after.data ? d->list[n].after : SPAN("-")));
        if (!span_is_text(buf_span(&said), rows[i].want))
            fail_msg("%s:\n%.*s", rows[i].says, SPAN_ARG(buf_span(&said)));
        arena_close(&arena);
    }
}

/* However much is otherwise, the answer is bounded, and says how much it leaves out. */
static void it_is_bounded(void **unused)
{
    struct arena *arena = arena_open(0);
    struct roster_diff *d = ARENA_NEW(arena, struct roster_diff);
    struct buf old = buf_in(arena, 1 << 20), fresh = buf_in(arena, 1 << 20);

    (void)unused;
    for (int i = 0; i < 5000; i++) {
        buf_printf(&old, "%c\"k%d\": %d", i ? ',' : '{', i, i);
        buf_printf(&fresh, "%c\"k%d\": %d", i ? ',' : '{', i, i + 1);
    }
    buf_add_text(&old, "}");
    buf_add_text(&fresh, "}");
    roster_diff(arena, buf_span(&old), buf_span(&fresh), d);
    assert_int_equal(d->count, ROSTER_DIFF_MOST);
    assert_int_equal(d->count + d->more, 5000);

    roster_diff(arena, SPAN("{}"), span_of(arena_printf(arena, "{\"a\": \"%05000d\"}", 1)), d);
    assert_int_equal(d->count, 1);
    assert_true(span_is_text(d->list[0].after, "\"(a text of 5002 bytes)\""));
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(it_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
