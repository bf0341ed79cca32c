#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "links/job_page.h"

enum { PAGE_BYTES = 64 << 10 };

static const struct job_page_person two[] = {
    {{"crew:1", 6}, {"Second crew member", 18}},
    {{"operator:backup", 15}, {"Backup dispatcher", 17}},
};

/* All can be pressed. */
static struct job_page plain(void)
{
    return (struct job_page){
        .business = SPAN("Bright Plumbing"),
        .job = SPAN("17"),
        .title = SPAN("Leaking tap"),
        .address = SPAN("1 Main St, San Diego"),
        .customer = SPAN("The customer"),
        .state = SPAN("Not claimed yet."),
        .reader = SPAN("First crew member"),
        .mark = SPAN("AAAAAAAAAAAAAAAAAAAAAA"),
        .people = two,
        .people_count = 2,
    };
}

static const char *rendered(struct arena *arena, const struct job_page *p)
{
    struct buf out = buf_in(arena, PAGE_BYTES);

    job_page_render(&out, p);
    assert_false(out.full);
    return arena_text(arena, buf_span(&out));
}

static size_t count(const char *page, const char *what)
{
    size_t n = 0;

    for (const char *at = strstr(page, what); at; at = strstr(at + 1, what))
        n++;
    return n;
}

static void every_word_leads_back_to_its_deed(void **unused)
{
    (void)unused;
    for (int i = 0; i < JOB_PAGE_DEEDS; i++)
        assert_int_equal(job_page_parse(span_of(job_page_word((enum job_page_deed)i))), i);
    assert_int_equal(job_page_parse(SPAN("explode")), JOB_PAGE_DEEDS);
    assert_int_equal(job_page_parse(SPAN("")), JOB_PAGE_DEEDS);
}

static void what_can_be_done_has_a_form_with_the_mark_and_the_rest_says_why(void **unused)
{
    (void)unused;
    for (unsigned can = 0; can < 1u << JOB_PAGE_DEEDS; can++) {
        struct arena *arena = arena_open(0);
        struct job_page p = plain();
        size_t open = 0;
        for (int i = 0; i < JOB_PAGE_DEEDS; i++) {
            p.hindrance[i] = can & 1u << i ? NULL : "Not now & never.";
            open += (can >> i) & 1u;
        }
        const char *page = rendered(arena, &p);
        assert_int_equal(count(page, "<form"), open);
        assert_int_equal(count(page, "name=\"once\" value=\"AAAAAAAAAAAAAAAAAAAAAA\""), open);
        assert_int_equal(count(page, "Not now &amp; never."), JOB_PAGE_DEEDS - open);
        for (int i = 0; i < JOB_PAGE_DEEDS; i++) {
            const char *button = arena_printf(arena, "name=\"action\" value=\"%s\"",
                                              job_page_word((enum job_page_deed)i));
            assert_int_equal(count(page, button), (can >> i) & 1u);
        }
        assert_int_equal(count(page, "<form"), count(page, "</form>"));
        assert_int_equal(count(page, "<details"), count(page, "</details>"));
        arena_close(&arena);
    }
}

static void without_a_mark_nothing_can_be_pressed(void **unused)
{
    (void)unused;
    struct arena *arena = arena_open(0);
    struct job_page p = plain();

    p.mark = SPAN("");
    p.told = SPAN("Handed over to Second crew member at 14:05.");
    const char *page = rendered(arena, &p);
    assert_int_equal(count(page, "<form") + count(page, "<button"), 0);
    assert_int_equal(count(page, "Handed over to Second crew member at 14:05."), 1);
    arena_close(&arena);
}

static void what_people_wrote_is_text(void **unused)
{
    (void)unused;
    struct arena *arena = arena_open(0);
    const struct span nasty = SPAN("<script>\"x\"</script>&'\n");
    const struct job_page_person people[] = {{nasty, nasty}};
    const struct job_page p = {
        .business = nasty,
        .job = nasty,
        .title = nasty,
        .address = nasty,
        .notes = nasty,
        .customer = nasty,
        .state = nasty,
        .told = nasty,
        .reader = nasty,
        .mark = nasty,
        .people = people,
        .people_count = 1,
    };
    const char *page = rendered(arena, &p);

    assert_null(strstr(page, "<script"));
    assert_non_null(strstr(page, "geo:0,0?q=%3Cscript%3E%22x%22%3C%2Fscript%3E%26%27%0A\""));
    arena_close(&arena);
}

static void what_is_empty_is_left_out(void **unused)
{
    (void)unused;
    struct arena *arena = arena_open(0);
    const struct job_page p = {.job = SPAN("17")};
    const char *page = rendered(arena, &p);

    assert_string_equal(page, "<p class=\"soft\">Job <bdi>17</bdi></p>\n");
    arena_close(&arena);
}

static void it_can_be_handed_to_each_of_the_people(void **unused)
{
    (void)unused;
    struct arena *arena = arena_open(0);
    const struct job_page p = plain();
    const char *page = rendered(arena, &p);

    assert_int_equal(count(page, "<option"), 2);
    assert_non_null(strstr(page, "<option value=\"operator:backup\">Backup dispatcher</option>"));
    arena_close(&arena);
}

static void there_is_neither_script_nor_a_foreign_host(void **unused)
{
    (void)unused;
    struct arena *arena = arena_open(0);
    const struct job_page p = plain();
    const char *page = rendered(arena, &p);

    assert_null(strstr(page, "http"));
    assert_null(strstr(page, "style="));
    assert_null(strstr(page, " on"));
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_leads_back_to_its_deed),
        cmocka_unit_test(what_can_be_done_has_a_form_with_the_mark_and_the_rest_says_why),
        cmocka_unit_test(without_a_mark_nothing_can_be_pressed),
        cmocka_unit_test(what_people_wrote_is_text),
        cmocka_unit_test(what_is_empty_is_left_out),
        cmocka_unit_test(it_can_be_handed_to_each_of_the_people),
        cmocka_unit_test(there_is_neither_script_nor_a_foreign_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
