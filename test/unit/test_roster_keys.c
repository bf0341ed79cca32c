#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "config/roster_keys.h"

static const struct {
    const char *says, *text, *note; /* note: a part of the first one; NULL: none */
} rows[] = {
    {"one letter off", "{\"dispatcher\": []}",
     "r.json:1:16: dispatcher: looks like a misspelt \"dispatchers\"; write it so, or rename it"},
    {"a sign left out", "{\"fallbackchain\": []}", "\"fallback_chain\""},
    {"letters that changed places", "{\"job_ruoting\": {}}", "\"job_routing\""},
    {"of shifts", "{\"shift_text\": true}", "\"shift_texts\""},
    {"of their time", "{\"shift_confirm_second\": 60}", "\"shift_confirm_seconds\""},
    {"another case", "{\"Dispatchers\": []}", "\"dispatchers\""},
    {"the right one is there as well", "{\"dispatcher\": 1, \"dispatchers\": []}", NULL},
    {"what is right", "{\"dispatchers\": [], \"fallback_chain\": [], \"last_updated\": 1}", NULL},
    {"somebody else's", "{\"invoices\": [], \"x\": 1, \"theme\": {\"dispatcher\": 1}}", NULL},
    {"no object", "[\"dispatcher\"]", NULL},
    {"no JSON", "{\"dispatcher\": ", NULL},
    {"nothing", "", NULL},
};

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_open(0);
        struct mistakes notes;
        mistakes_init(&notes, arena);
        roster_keys_note(span_of(rows[i].text), "r.json", &notes);
        const char *got = notes.count ? mistakes_line(arena, &notes.list[0]).data : NULL;
        if (!rows[i].note != !got || (got && !strstr(got, rows[i].note)) || notes.count > 1)
            fail_msg("not so: %s: %s", rows[i].says, got ? got : "no note");
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
