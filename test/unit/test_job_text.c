#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "job/job_text.h"
#include "model/event.h"
#include "model/segments.h"
#include "relay/consent.h"

static const struct job boiler = {.job_id = "17"}, pump = {.job_id = "B-18 north"};
static const struct job *const jobs[] = {&boiler, &pump};

/* clang-format off */
static const struct row {
    const char *says, *text;
    enum job_text_kind kind;
    enum job_cause cause;
    int job;
    const char *name;
} rows[] = {
    {"a word alone", "claim", JOB_TEXT_MOVE, JOB_CLAIM, -1, ""},
    {"in capitals with punctuation", " CLAIM!!! ", JOB_TEXT_MOVE, JOB_CLAIM, -1, ""},
    {"in quotes", "'Begin.'", JOB_TEXT_MOVE, JOB_START, -1, ""},
    {"of two words", "Give  back", JOB_TEXT_MOVE, JOB_GIVE_BACK, -1, ""},
    {"... with a hyphen", "give-back", JOB_TEXT_MOVE, JOB_GIVE_BACK, -1, ""},
    {"the id in front", "17 complete", JOB_TEXT_MOVE, JOB_COMPLETE, 0, ""},
    {"the id behind", "complete 17.", JOB_TEXT_MOVE, JOB_COMPLETE, 0, ""},
    {"as it is spoken of", "Give back job #17", JOB_TEXT_MOVE, JOB_GIVE_BACK, 0, ""},
    {"with a colon", "#17: begin", JOB_TEXT_MOVE, JOB_START, 0, ""},
    {"an id with a space and a hyphen", "begin b-18 NORTH", JOB_TEXT_MOVE, JOB_START, 1, ""},
    {"... in front", "B-18 north claim", JOB_TEXT_MOVE, JOB_CLAIM, 1, ""},
    {"an id that is none of his", "claim 99", JOB_TEXT_MOVE, JOB_CLAIM, -1, "99"},
    {"Spanish", "Acepto", JOB_TEXT_MOVE, JOB_CLAIM, -1, ""},
    {"the word of the Spanish template", "acepte", JOB_TEXT_MOVE, JOB_CLAIM, -1, ""},
    {"the word of the German template", "ANNEHMEN", JOB_TEXT_MOVE, JOB_CLAIM, -1, ""},
    {"the word of the French template", "Accepter 17", JOB_TEXT_MOVE, JOB_CLAIM, 0, ""},
    {"German in capitals with dots", "Auftrag 17 ZUR\xc3\x9c" "CKGEBEN", JOB_TEXT_MOVE, JOB_GIVE_BACK, 0, ""},
    {"French with an accent", "Termin\xc3\xa9", JOB_TEXT_MOVE, JOB_COMPLETE, -1, ""},
    {"the carrier's START", "START", JOB_TEXT_START, JOB_START, -1, ""},
    {"... with a job", "start 17", JOB_TEXT_START, JOB_START, 0, ""},
    {"words for people", "claim the parking lot", JOB_TEXT_NONE, JOB_ASSIGN, -1, ""},
    {"a question", "is 17 complete or not", JOB_TEXT_NONE, JOB_ASSIGN, -1, ""},
    {"a word within a word", "reclaim", JOB_TEXT_NONE, JOB_ASSIGN, -1, ""},
    {"nothing", "", JOB_TEXT_NONE, JOB_ASSIGN, -1, ""},
    {"punctuation alone", "?!. #", JOB_TEXT_NONE, JOB_ASSIGN, -1, ""},
    {"half a letter", "claim \xc3", JOB_TEXT_NONE, JOB_ASSIGN, -1, ""},
    {"controls", "\x01\x02" "claim\x07now\x7f", JOB_TEXT_NONE, JOB_ASSIGN, -1, ""},
    {"controls around it", "\x01\x02" "claim 17\x7f", JOB_TEXT_MOVE, JOB_CLAIM, 0, ""},
    {"what cannot be shown", "claim 17\xff", JOB_TEXT_NONE, JOB_ASSIGN, -1, ""},
    {"a format", "claim %s%n1", JOB_TEXT_MOVE, JOB_CLAIM, -1, "%s%n1"},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct job_text got = job_text_read(span_of(r->text), jobs, 2);
        if (got.kind != r->kind || (got.kind && got.cause != r->cause) || got.job != r->job ||
            !span_is_text(got.name, r->name))
            fail_msg("not so: %s", r->says);
    }
}

static void a_text_of_any_length_is_read(void **unused)
{
    static char text[70000];

    (void)unused;
    memset(text, ' ', sizeof text);
    memcpy(text, "claim", 5);
    assert_int_equal(job_text_read((struct span){text, sizeof text}, jobs, 2).kind, JOB_TEXT_MOVE);
    memset(text + 5, '1', sizeof text - 5);
    assert_int_equal(job_text_read((struct span){text, sizeof text}, jobs, 2).kind, JOB_TEXT_NONE);
}

static void words_for_people_may_begin_with_a_job(void **unused)
{
    (void)unused;
    assert_int_equal(job_text_about(SPAN("17 where is the key"), jobs, 2), 0);
    assert_int_equal(job_text_about(SPAN("job 17: no key"), jobs, 2), 0);
    assert_int_equal(job_text_about(SPAN("b-18 north, no key"), jobs, 2), 1);
    assert_int_equal(job_text_about(SPAN("170 keys"), jobs, 2), -1);
    assert_int_equal(job_text_about(SPAN(""), jobs, 2), -1);
}

static const char *const languages[] = {"en", "es", "de", "fr", "xx"};

static void every_word_that_is_told_is_understood_and_not_the_carriers(void **unused)
{
    static const enum job_cause causes[] = {JOB_CLAIM, JOB_START, JOB_COMPLETE, JOB_GIVE_BACK};

    (void)unused;
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 4; k++) {
            const struct span word = job_text_word(span_of(languages[i]), causes[k]);
            const struct event e = {.body = word};
            assert_int_equal(job_text_read(word, NULL, 0).cause, causes[k]);
            assert_int_equal(consent_read(&e), OPT_OUT_NONE);
        }
}

static void every_answer_is_whole_and_one_segment(void **unused)
{
    struct arena *arena = arena_open(1 << 16);
    struct job_says says = {.job = &boiler,
                            .cause = JOB_CLAIM,
                            .name = SPAN("Mara Example"),
                            .list = SPAN("17, 18, 19, 20")};

    (void)unused;
    for (size_t i = 0; i < 5; i++)
        for (int r = 0; r < JOB_REPLIES; r++) {
            says.reply = (enum job_reply)r;
            says.language = span_of(languages[i]);
            const struct span text = job_text_answer(arena, &says);
            assert_true(text.size > 10);
            assert_null(memchr(text.data, '{', text.size));
            assert_int_equal(segments_count(text).count, 1);
            assert_int_equal(segments_count(text).encoding, ENCODING_GSM7);
            assert_int_equal(job_text_read(text, jobs, 2).kind,
                             JOB_TEXT_NONE); /* no echo of an echo */
        }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_text_of_any_length_is_read),
        cmocka_unit_test(words_for_people_may_begin_with_a_job),
        cmocka_unit_test(every_word_that_is_told_is_understood_and_not_the_carriers),
        cmocka_unit_test(every_answer_is_whole_and_one_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
