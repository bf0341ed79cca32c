#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "edit/roster_shown.h"

/* clang-format off */
static const struct row {
    const char *says, *text, *want; /* want NULL: as it is */
} rows[] = {
    {"a document without calendars", "{ \"dispatchers\": [ {\"id\": \"ann\"} ] }", NULL},
    {"an address leads to its host", "{\"dispatchers\": [{\"calendar\": \"https://c.example/secret.ics\", \"id\": \"ann\"}]}",
     "{\"dispatchers\": [{\"calendar\": \"https://c.example/...\", \"id\": \"ann\"}]}"},
    {"... without who signs in there", "{\"calendar\": \"https://ann:secret@c.example:8443/x?key=secret\"}", "{\"calendar\": \"https://c.example/...\"}"},
    {"... with its slashes escaped", "{\"calendar\": \"https:\\/\\/c.example\\/secret.ics\"}", "{\"calendar\": \"https://c.example/...\"}"},
    {"... by a key with escapes", "{\"c\\u0061lendar\": \"https://c.example/secret\"}", "{\"c\\u0061lendar\": \"https://c.example/...\"}"},
    {"time off too", "{\"away_calendar\": \"https://c.example/secret\"}", "{\"away_calendar\": \"https://c.example/...\"}"},
    {"of somebody who stands in a chain alone", "{\"fallback_chain\": [{\"phone\": \"1\", \"calendar\": \"https://c.example/secret\"}, \"ann\"]}",
     "{\"fallback_chain\": [{\"phone\": \"1\", \"calendar\": \"https://c.example/...\"}, \"ann\"]}"},
    {"what is no address that is known", "{\"calendar\": \"webcal:secret\"}", "{\"calendar\": \"...\"}"},
    {"... and no text", "{\"calendar\": [\"https://c.example/secret\"], \"a\": 1}", "{\"calendar\": \"...\", \"a\": 1}"},
    {"a file's name stays", "{\"calendar\": \"ann.ics\"}", NULL},
    {"none stays none", "{\"calendar\": null}", NULL},
    {"every one of them", "[{\"calendar\": \"http://a/s\"}, {\"calendar\": \"http://b/s\"} ]", "[{\"calendar\": \"http://a/...\"}, {\"calendar\": \"http://b/...\"} ]"},
    {"no document at all", "", NULL},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_open(0);
        const struct span got = roster_shown(arena, span_of(rows[i].text));

        if (!span_is_text(got, rows[i].want ? rows[i].want : rows[i].text))
            fail_msg("not so: %s: %.*s", rows[i].says, SPAN_ARG(got));
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_row_holds)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
