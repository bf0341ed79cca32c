#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simplay/play_script.h"

/* clang-format off */
static const struct play_row acts[] = {
    {"phone {new} {number}", NULL, "", false, PLAY_PHONE},
    {"line {new} {number} [voice {word}] [text {word}]", NULL, "", false, PLAY_LINE},
    {"{who} [afterwards] answers [after {dur}]", NULL, "", true, PLAY_NOTHING},
    {"{who} texts {line} {words} [with {word}]", NULL, "", false, PLAY_NOTHING},
    {"expect [within {dur}] {who} rings [{count}] [{n} times]", NULL, "", false, PLAY_NOTHING},
    {"ask {word} {rest}", NULL, "", false, PLAY_NOTHING},
    {NULL, NULL, NULL, false, PLAY_NOTHING},
};
static const struct play_row steps[] = {
    {"presses {keys} [after {dur}]", NULL, "", false, PLAY_NOTHING},
    {"hangs up", NULL, "", false, PLAY_NOTHING},
    {NULL, NULL, NULL, false, PLAY_NOTHING},
};
/* clang-format on */
static const struct play_grammar grammar = {{acts, NULL, NULL}, steps};

#define HEAD "# What it shows.\n# More.\n\nphone ann +16195550111\nline firm +16195550100\n"
enum { HEAD_STATEMENTS = 2 };

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

static enum err parse(const char *text, struct play_script *out, struct buf *mistakes)
{
    *mistakes = buf_in(arena, 4096);
    return play_script_parse(arena, &grammar, "a.play", span_of(text), out, mistakes);
}

static const struct play_statement *one(const char *text, struct play_script *out)
{
    struct buf mistakes;

    if (parse(arena_printf(arena, HEAD "%s", text), out, &mistakes))
        fail_msg("%s: %s", text, mistakes.data);
    assert_int_equal(out->count, HEAD_STATEMENTS + 1);
    return &out->statements[HEAD_STATEMENTS];
}

static void what_is_left_out_keeps_its_place(void **unused)
{
    struct play_script s;

    (void)unused;
    const struct play_statement *full = one("expect within 1m30s ann rings 3 times\n", &s);
    assert_int_equal(full->args.count, 4);
    assert_int_equal(full->args.list[0].n, 90000);
    assert_string_equal(full->args.list[1].party->number, "+16195550111");
    assert_false(full->args.list[2].given);
    assert_int_equal(full->args.list[3].n, 3);
    const struct play_statement *bare = one("expect ann rings", &s);
    assert_int_equal(bare->args.count, 4);
    assert_false(bare->args.list[0].given);
    assert_string_equal(bare->args.list[1].party->name, "ann");
    const struct play_statement *never = one("expect ann rings never", &s);
    assert_true(never->args.list[2].given);
    assert_int_equal(never->args.list[2].n, 0);
}

static void a_bracket_of_words_tells_whether_they_were_there(void **unused)
{
    struct play_script s;

    (void)unused;
    assert_true(one("ann afterwards answers after 2s\n", &s)->args.list[1].given);
    const struct play_statement *plain = one("ann answers after 2s\n", &s);
    assert_false(plain->args.list[1].given);
    assert_int_equal(plain->args.list[2].n, 2000);
}

static void steps_follow_commas(void **unused)
{
    struct play_script s;

    (void)unused;
    const struct play_statement *a = one("ann answers,presses 1# after 3s , hangs up # done\n", &s);
    assert_int_equal(a->step_count, 2);
    assert_true(a->steps[0].row == &steps[0]);
    assert_true(span_is_text(a->steps[0].args.list[0].text, "1#"));
    assert_true(a->steps[1].row == &steps[1]);
}

static void quotes_hold_anything(void **unused)
{
    struct play_script s;

    (void)unused;
    const struct play_statement *a =
        one("ann texts firm \"a, \\\"b\\\" #c\\nd\" with image/png\n", &s);
    assert_true(span_is_text(a->args.list[2].text, "a, \"b\" #c\nd"));
    assert_true(span_is_text(a->args.list[3].text, "image/png"));
}

static void indented_lines_go_on(void **unused)
{
    struct play_script s;

    (void)unused;
    const struct play_statement *a = one("ask POST\n  {\"a\":\n   [1, 2]}\n", &s);
    assert_true(span_is_text(a->args.list[1].text, "{\"a\":\n   [1, 2]}"));
    assert_int_equal(a->line, 6);
    assert_true(span_is_text(s.about, "What it shows."));
}

static const struct row {
    const char *says, *text, *want;
} rows[] = {
    {"an unknown beginning names the nearest", "phnoe bob +16195550112\n",
     "a.play:6:1: \"phnoe\" is not understood; is \"phone\" meant?"},
    {"the column counts from 1", "ann answers after 2x\n",
     "a.play:6:19: \"2x\" is not understood; expected: a duration"},
    {"what came farthest explains", "ann texts frim \"x\"\n",
     "a.play:6:11: \"frim\" is not understood; is \"firm\" meant?"},
    {"an end that is too early", "ann texts firm\n",
     "a.play:6:15: something is missing; expected: text in"},
    {"a line below has its own number", "ann answers,\n  pushes 1\n",
     "a.play:7:3: \"pushes\" is not understood"},
    {"a name twice", "phone ann +16195550112\n",
     "a.play:6:7: \"ann\" is not understood: that name is given already"},
    {"a name that begins a statement", "phone expect +16195550112\n",
     "a.play:6:7: that name is a word"},
    {"a premium number", "phone bob 12\n", "a.play:6:11: \"12\" is not understood: a phone number"},
};

static void each_mistake_names_its_place(void **unused)
{
    struct play_script s;
    struct buf mistakes;

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = arena_printf(arena, HEAD "%s", rows[i].text);
        if (parse(text, &s, &mistakes) != ERR_BAD_INPUT || !strstr(mistakes.data, rows[i].want))
            fail_msg("not so: %s: %s", rows[i].says, mistakes.data ? mistakes.data : "none");
    }
}

static void durations(void **unused)
{
    static const struct {
        const char *text;
        int64_t want_ms; /* -1: none */
    } known[] = {{"4s", 4000},
                 {"1m30s", 90000},
                 {"500ms", 500},
                 {"2h", 7200000},
                 {"3d", 259200000},
                 {"30d", INT64_C(2592000000)},
                 {"31d", -1},
                 {"", -1},
                 {"4", -1},
                 {"s", -1},
                 {"4 s", -1},
                 {"-4s", -1},
                 {"99999999999999999999s", -1},
                 {"4sm", -1}};

    (void)unused;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        int64_t ms = -1;
        assert_int_equal(play_pattern_duration(span_of(known[i].text), &ms), known[i].want_ms >= 0);
        assert_int_equal(ms, known[i].want_ms);
    }
}

/* Whatever stands in the file, it is read or refused. */
static void cut_off_anywhere(void **unused)
{
    static const char whole[] = HEAD "ann afterwards answers after 2s, presses 1, hangs up\n"
                                     "ann texts firm \"x\\\"y\" with image/png\nask A {\n  }\n"
                                     "expect within 2s ann rings twice\n";
    struct play_script s;
    struct buf mistakes;

    (void)unused;
    for (size_t n = 0; n < sizeof whole; n++) {
        arena_reset(arena);
        char *text = arena_text(arena, (struct span){whole, n});
        (void)!parse(text, &s, &mistakes);
        for (size_t i = 0; i < n; i += 7) {
            char *twisted = arena_text(arena, span_of(whole));
            twisted[n % (sizeof whole - 1)] = twisted[i];
            (void)!parse(twisted, &s, &mistakes);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_out_keeps_its_place),
        cmocka_unit_test(a_bracket_of_words_tells_whether_they_were_there),
        cmocka_unit_test(steps_follow_commas),
        cmocka_unit_test(quotes_hold_anything),
        cmocka_unit_test(indented_lines_go_on),
        cmocka_unit_test(each_mistake_names_its_place),
        cmocka_unit_test(durations),
        cmocka_unit_test(cut_off_anywhere),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
