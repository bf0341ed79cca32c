#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/alarm_kind.h"

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

static void is(const char *language, int more, const char *want)
{
    const struct alarm_kind_about about = {.kind = "node.lost",
                                           .whose = SPAN("nextring"),
                                           .detail = SPAN("1"),
                                           .board = SPAN("https://r.example"),
                                           .more = more};
    const struct span got = alarm_kind_text(arena, language, &about);

    if (!span_is_text(got, want))
        fail_msg("%.*s, not %s", SPAN_ARG(got), want);
}

static void each_language_has_its_own_words(void **unused)
{
    (void)unused;
    is("en", 0, "nextring ALARM: A node has died: 1. https://r.example");
    is("es", 2,
       "nextring ALARMA: Un nodo ha ca\xc3\xad"
       "do: 1. Y 2 m\xc3\xa1s como esta. https://r.example");
    is("de", 2,
       "nextring ALARM: Ein Knoten ist ausgefallen: 1. Und 2 weitere dieser Art. "
       "https://r.example");
    is("fr", 0, "nextring ALARME: Un n\xc5\x93ud est tomb\xc3\xa9: 1. https://r.example");
}

static void another_language_reads_english(void **unused)
{
    (void)unused;
    assert_string_equal(alarm_kind_language(SPAN("de")), "de");
    assert_string_equal(alarm_kind_language(SPAN("pt")), "en");
    assert_string_equal(alarm_kind_language(SPAN("")), "en");
    assert_string_equal(alarm_kind_what(arena, "node.lost", "pt"), "A node has died");
}

static void a_kind_without_a_row_is_named(void **unused)
{
    (void)unused;
    assert_string_equal(alarm_kind_what(arena, "x.y", "de"), "Etwas braucht Aufmerksamkeit: x.y");
}

/* Of every kind that the guide or the code names a few: none is left in English by an oversight. */
static void no_row_says_the_same_in_two_languages(void **unused)
{
    static const char *const kinds[] = {
        "relay.exhausted", "duty.gap",         "carrier.away", "certificate.trouble",
        "alarm.not-heard", "line.report-only", "text.denied"};
    static const char *const codes[] = {"es", "de", "fr"};

    (void)unused;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (size_t l = 0; l < 3; l++) {
            const char *what = alarm_kind_what(arena, kinds[k], codes[l]);
            assert_string_not_equal(what, alarm_kind_what(arena, kinds[k], "en"));
            assert_null(strstr(what, kinds[k]));
        }
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(each_language_has_its_own_words),
        EACH(another_language_reads_english),
        EACH(a_kind_without_a_row_is_named),
        EACH(no_row_says_the_same_in_two_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
