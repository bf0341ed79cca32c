#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/segments.h"
#include "rules/job_words.h"

static const char *const languages[] = {"en", "es", "de", "fr"};
#define LINK "https://relay.example.test/j/0123456789abcdefghijkl"

static struct job_words usual(enum job_news news, const char *language)
{
    struct job_words w = {.news = news, .language = span_of(language)};

    w.values[JOB_WORD_BUSINESS] = SPAN("Harbor Repair");
    w.values[JOB_WORD_JOB] = SPAN("2026-117");
    w.values[JOB_WORD_TITLE] = SPAN("Boiler leaks");
    w.values[JOB_WORD_CUSTOMER] = SPAN("Anna Alvarez");
    w.values[JOB_WORD_ADDRESS] = SPAN("12 Pier St");
    w.values[JOB_WORD_LINK] = SPAN(LINK);
    w.values[JOB_WORD_CREW] = SPAN("Ben");
    w.values[JOB_WORD_TIME] = SPAN("14:05");
    return w;
}

static void usual_fields_fit_one_segment_in_each_language(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        for (int news = 0; news < JOB_NEWSES; news++) {
            const struct job_words w = usual((enum job_news)news, languages[i]);
            const struct span text = job_words_render(arena, &w);
            const struct segments s = segments_count(text);
            assert_int_equal(s.count, 1);
            assert_int_equal(s.encoding, ENCODING_GSM7);
            assert_non_null(memmem(text.data, text.size, "Boiler leaks", 12));
        }
    arena_close(&arena);
}

static void a_long_field_is_cut_and_the_link_never(void **unused)
{
    struct arena *arena = arena_open(0);
    struct job_words w = usual(JOB_NEWS_ASSIGNED, "en");

    (void)unused;
    w.values[JOB_WORD_TITLE] =
        SPAN("A title that goes on and on about a boiler in the second cellar, behind the door, "
             "which has leaked for three weeks and is louder every day");
    const struct span text = job_words_render(arena, &w);
    assert_int_equal(segments_count(text).count, 1);
    assert_non_null(memmem(text.data, text.size, LINK, strlen(LINK)));
    arena_close(&arena);
}

static void a_field_brings_no_line_break_and_no_template(void **unused)
{
    struct arena *arena = arena_open(0);
    struct job_words w = usual(JOB_NEWS_COMPLETED, "xx");

    (void)unused;
    w.template = SPAN("{{business}}: {{title}} {{ crew }}.");
    w.values[JOB_WORD_TITLE] = SPAN("a\n\tb {{link}}");
    w.values[JOB_WORD_CREW] = (struct span){0};
    assert_true(span_is_text(job_words_render(arena, &w), "Harbor Repair: a b {{link}}."));
    arena_close(&arena);
}

static void an_unknown_field_is_found(void **unused)
{
    (void)unused;
    assert_int_equal(job_template_unknown(SPAN("{{job}} {{time}}")), -1);
    assert_int_equal(job_template_unknown(SPAN("{{job}} {{titel}}")), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_fields_fit_one_segment_in_each_language),
        cmocka_unit_test(a_long_field_is_cut_and_the_link_never),
        cmocka_unit_test(a_field_brings_no_line_break_and_no_template),
        cmocka_unit_test(an_unknown_field_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
