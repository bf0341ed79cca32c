#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "rules/job_phrases.h"

static const char *const languages[] = {"en", "es", "de", "fr"};
enum { LANGUAGES = sizeof languages / sizeof languages[0] };

static void every_phrase_is_there_in_each_language_with_the_same_fields(void **unused)
{
    (void)unused;
    for (int p = 0; p < JOB_PHRASES; p++) {
        const char *english = job_phrases_text(SPAN("en"), (enum job_phrase)p);
        for (int i = 0; i < LANGUAGES; i++) {
            const char *text = job_phrases_text(span_of(languages[i]), (enum job_phrase)p);
            assert_non_null(text);
            assert_true(text[0] && utf8_is_valid(span_of(text)));
            assert_int_equal(!strstr(text, "{name}"), !strstr(english, "{name}"));
            assert_int_equal(!strstr(text, "{time}"), !strstr(english, "{time}"));
        }
    }
}

static void a_language_that_is_not_known_is_english(void **unused)
{
    (void)unused;
    for (int i = 0; i < LANGUAGES; i++)
        assert_string_equal(job_phrases_code(span_of(languages[i])), languages[i]);
    assert_string_equal(job_phrases_code(SPAN("nl")), "en");
    assert_string_equal(job_phrases_code(SPAN("")), "en");
    assert_string_equal(job_phrases_text(SPAN("nl"), JOB_PHRASE_START), "Start");
    assert_string_equal(job_phrases_day(SPAN("fr"), 0), "dimanche");
}

static void a_crew_member_reads_his_own_and_others_the_jobs(void **unused)
{
    (void)unused;
    const struct job job = {
        .language = "fr",
        .crew = {{"First", "+16195550160", "de"}, {"Second", "+16195550161", ""}},
        .crew_count = 2,
    };

    assert_true(span_is_text(job_phrases_language(&job, "+16195550160"), "de"));
    assert_true(span_is_text(job_phrases_language(&job, "+16195550161"), "fr"));
    assert_true(span_is_text(job_phrases_language(&job, "primary"), "fr"));
}

static void fields_are_filled_and_a_name_turns_nothing(void **unused)
{
    (void)unused;
    struct arena *arena = arena_open(0);
    const struct span evil = SPAN("\xe2\x80\xae"
                                  "Be\xe2\x81\xa7n \xe2\x80\x93 {time}\xe2\x80\x8f\xe2\x80");

    assert_string_equal(job_phrases_say(arena, SPAN("de"), JOB_PHRASE_HANDED, SPAN("Ben"), "14:05"),
                        "An Ben übergeben um 14:05.");
    assert_string_equal(job_phrases_say(arena, SPAN("en"), JOB_PHRASE_CLAIMED, evil, "14:05"),
                        "Claimed by Ben \xe2\x80\x93 {time}\xe2\x80 at 14:05.");
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_phrase_is_there_in_each_language_with_the_same_fields),
        cmocka_unit_test(a_language_that_is_not_known_is_english),
        cmocka_unit_test(a_crew_member_reads_his_own_and_others_the_jobs),
        cmocka_unit_test(fields_are_filled_and_a_name_turns_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
