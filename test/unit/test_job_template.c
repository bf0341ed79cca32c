#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/job_template.h"

static void every_name_reads_back(void **unused)
{
    enum job_news news = JOB_NEWSES;

    (void)unused;
    for (int i = 0; i < JOB_NEWSES; i++) {
        assert_true(job_news_parse(span_of(job_news_name((enum job_news)i)), &news));
        assert_int_equal(news, i);
    }
    for (int i = 0; i < JOB_WORDS; i++)
        assert_int_equal(job_template_word(span_of(job_template_word_name((enum job_word)i))), i);
    assert_false(job_news_parse(SPAN("lost"), &news));
    assert_int_equal(job_template_word(SPAN("lost")), -1);
}

static void a_field_that_is_none_is_found(void **unused)
{
    /* clang-format off */
    static const struct row { const char *says, *text; int want; } rows[] = {
        {"no text", "", -1},
        {"no field", "done", -1},
        {"known ones", "{{job}} {{ link }}{{time}}", -1},
        {"an unknown one behind a known one", "{{job}} {{lnk}}", 10},
        {"one without a name", "{{}}", 2},
        {"one that is not closed", "{{job}} {{time", 10},
        {"one in capitals", "{{JOB}}", 2},
        {"braces that never end", "{{{{{{", 2},
    };
    /* clang-format on */

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (job_template_unknown(span_of(rows[i].text)) != rows[i].want)
            fail_msg("not so: %s", rows[i].says);
}

static void whether_there_is_a_link(void **unused)
{
    (void)unused;
    assert_true(job_template_has(SPAN("{{job}}: {{link}}"), JOB_WORD_LINK));
    assert_false(job_template_has(SPAN("{{job}}: link"), JOB_WORD_LINK));
    assert_true(job_template_needs_link(JOB_NEWS_ASSIGNED));
    assert_false(job_template_needs_link(JOB_NEWS_COMPLETED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_reads_back),
        cmocka_unit_test(a_field_that_is_none_is_found),
        cmocka_unit_test(whether_there_is_a_link),
    };
    return cmocka_run_group_tests_name("job_template", tests, NULL, NULL);
}
