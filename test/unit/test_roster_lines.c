#include "reading.h"

#include <string.h>

#include "base/buf.h"

static enum err parse(const char *text)
{
    return reading_parse(text, &reading_defaults);
}

/* clang-format off */
#define PERSON(more) "{'dispatchers':[{'id':'a','name':'Primary','phone':'+16195550111'," more "}],'fallback_chain':['a']}"
#define LINE(l) "{'dispatchers':[{'id':'a','phone':'+16195550111'}],'fallback_chain':['a'],'lines':[" l "]}"
#define LETTERS_40 "abcdefghijabcdefghijabcdefghijabcdefghij"
#define LETTERS_160 LETTERS_40 LETTERS_40 LETTERS_40 LETTERS_40
#define LETTERS_320 LETTERS_160 LETTERS_160

static const struct wrong_row {
    const char *says, *text, *want; /* want: a part of the only mistake */
} wrong_rows[] = {
    {"lines of a wrong type", PERSON("'lines':'+16195550100'"), "dispatchers[0].lines: is a text; give a list of the numbers of lines"},
    {"no line to text him by", PERSON("'lines':[]"), "dispatchers[0].lines: is empty; name a line, or leave the key out"},
    {"a line to text him by that is none", PERSON("'lines':['+16195550100','619 555 0109']"), "dispatchers[0].lines[1]: +16195550109 is no line of this roster; did you mean +16195550100?"},
    {"a line to text him by that is far from any", PERSON("'lines':['+442079460100']"), "dispatchers[0].lines[0]: +442079460100 is no line of this roster; add it to \"lines\""},
    {"a line to text him by that is no number", PERSON("'lines':['first']"), "dispatchers[0].lines[0]: \"first\" "},
    {"a line to text him by that is no text", PERSON("'lines':[true]"), "dispatchers[0].lines[0]: is true or false; give a text in quotes"},
    {"a line to text him by twice", PERSON("'lines':['+16195550100','(619) 555-0100']"), "dispatchers[0].lines[1]: +16195550100 is in this list twice; take one of them out"},
    {"mms as text", LINE("{'number':'+16195550100','mms':'no'}"), "lines[0].mms: is a text; give true or false"},
    {"help that is no text", LINE("{'number':'+16195550100','help':true}"), "lines[0].help: is true or false; give a text in quotes"},
    {"help of nothing", LINE("{'number':'+16195550100','help':' '}"), "lines[0].help: is empty; fill it in or leave the key out"},
    {"help with a line end", LINE("{'number':'+16195550100','help':'a\\nb'}"), "lines[0].help: has a control character"},
    {"help above the limit", LINE("{'number':'+16195550100','help':'" LETTERS_320 "x'}"), "lines[0].help: has 321 characters; 320 are the limit"},
};
/* clang-format on */

static void each_wrong_row_is_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof wrong_rows / sizeof wrong_rows[0]; i++) {
        const struct wrong_row *r = &wrong_rows[i];

        mistakes_init(&reading.mistakes, reading.arena);
        if (parse(r->text) != ERR_BAD_INPUT || reading.roster)
            fail_msg("accepted: %s", r->says);
        if (reading.mistakes.count != 1 || !strstr(reading_line(0), r->want))
            fail_msg("not so: %s (%zu, %s)", r->says, reading.mistakes.count, reading_line(0));
    }
}

static void a_lines_choices_follow_its_number(void **unused)
{
    (void)unused;
    static const struct row {
        const char *says, *line;
        int rate;
        bool mms;
    } rows[] = {
        /* clang-format off */
        {"a number alone", "'+16195550100'", 1, true},
        {"of the United States", "{'number':'+1 (619) 555-0100'}", 1, true},
        {"of Canada", "'+12045550100'", 1, true},
        {"toll-free, 800", "'+18005550100'", 3, true},
        {"822", "'+18225550100'", 3, true},
        {"833", "'+18335550100'", 3, true},
        {"844", "'+18445550100'", 3, true},
        {"855", "'+18555550100'", 3, true},
        {"866", "'+18665550100'", 3, true},
        {"877", "'+18775550100'", 3, true},
        {"888, as people write it", "{'number':'+1 888-555-0100'}", 3, true},
        {"an area code that only begins so", "'+18055550100'", 1, true},
        {"elsewhere", "'+442079460100'", 10, false},
        {"what is said counts", "{'number':'+16195550100','texts_per_second':12,'mms':false}", 12, false},
        {"what is said elsewhere", "{'number':'+442079460100','texts_per_second':2,'mms':true}", 2, true},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (parse(arena_printf(reading.arena, LINE("%s"), rows[i].line)) != ERR_NONE)
            fail_msg("refused: %s (%s)", rows[i].says, reading_line(0));
        const struct line *l = &reading.roster->lines[0];
        if (l->texts_per_second != rows[i].rate || l->mms != rows[i].mms || l->help.size)
            fail_msg("not so: %s (%d, %d)", rows[i].says, l->texts_per_second, l->mms);
    }
}

static void help_is_counted_in_characters(void **unused)
{
    (void)unused;
    struct buf b = buf_in(reading.arena, 1 << 12);

    for (int i = 0; i < 320; i++)
        buf_add_text(&b, "\xf0\x9f\x9a\x9a");
    if (parse(arena_printf(reading.arena, LINE("{'number':'+16195550100','help':' %s '}"), b.data)))
        fail_msg("refused: %s", reading_line(0));
    assert_true(span_is_text(reading.roster->lines[0].help, b.data));
}

static void an_operator_is_texted_by_lines_of_the_roster(void **unused)
{
    (void)unused;
    if (parse("{'dispatchers':[{'id':'a','phone':'+16195550111',"
              "'lines':['(619) 555-0102','+16195550100']},"
              "{'id':'b','phone':'+16195550112','lines':null},"
              "{'id':'c','phone':'+16195550113','lines':['+16195550100','+16195550101',"
              "'+16195550102','+16195550103']}],"
              "'fallback_chain':['a','+16195550119',"
              "{'name':'Service','phone':'+16195550118','lines':['+16195550101']}],"
              "'lines':['+16195550100','+16195550101',{'number':'+16195550102'},"
              "'+16195550103']}"))
        fail_msg("refused: %s", reading_line(0));
    const struct roster_operator *o = reading.roster->operators;

    assert_int_equal(reading.roster->operator_count, 5);
    assert_int_equal(o[0].via_count, 2);
    assert_int_equal(o[0].via[0], 2);
    assert_int_equal(o[0].via[1], 0);
    assert_int_equal(o[1].via_count, 0);
    assert_int_equal(o[2].via_count, LIMIT_VIA);
    assert_int_equal(o[2].via[3], 3);
    assert_int_equal(o[3].via_count, 0);
    assert_int_equal(o[4].via_count, 1);
    assert_int_equal(o[4].via[0], 1);
}

static void the_only_line_may_come_from_outside(void **unused)
{
    (void)unused;
    if (parse(PERSON("'lines':['+16195550100']")))
        fail_msg("refused: %s", reading_line(0));
    assert_int_equal(reading.roster->operators[0].via_count, 1);
    assert_int_equal(reading.roster->operators[0].via[0], 0);
}

static void more_lines_than_the_limit_are_refused_at_once(void **unused)
{
    (void)unused;
    assert_int_equal(
        parse("{'dispatchers':[{'id':'a','phone':'+16195550111','lines':['+16195550100',"
              "'+16195550101','+16195550102','+16195550103','+16195550104']}],"
              "'fallback_chain':['a'],'lines':['+16195550100','+16195550101','+16195550102',"
              "'+16195550103','+16195550104']}"),
        ERR_BAD_INPUT);
    assert_int_equal(reading.mistakes.count, 1);
    assert_non_null(strstr(reading_line(0), "dispatchers[0].lines: has 5 lines; 4 are the limit"));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, reading_set_up, reading_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_wrong_row_is_refused),
        CASE(a_lines_choices_follow_its_number),
        CASE(help_is_counted_in_characters),
        CASE(an_operator_is_texted_by_lines_of_the_roster),
        CASE(the_only_line_may_come_from_outside),
        CASE(more_lines_than_the_limit_are_refused_at_once),
    };
    return cmocka_run_group_tests_name("roster_lines", tests, NULL, NULL);
}
