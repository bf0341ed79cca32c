#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rules/command.h"

static const struct row {
    const char *says, *text;
    const char *tag; /* NULL without */
    enum command command;
    const char *words; /* NULL: not looked at */
} rows[] = {
    /* clang-format off */
    {"ok", "ok", NULL, COMMAND_OK, "ok"},
    {"capitals", "OK", NULL, COMMAND_OK, NULL},
    {"mixed", "oK", NULL, COMMAND_OK, NULL},
    {"ack", "Ack", NULL, COMMAND_OK, NULL},
    {"okay", "okay", NULL, COMMAND_OK, NULL},
    {"white space around", " \t ok \r\n", NULL, COMMAND_OK, NULL},
    {"a full stop", "Ok.", NULL, COMMAND_OK, NULL},
    {"exclamation marks", "ok!!", NULL, COMMAND_OK, NULL},
    {"quotes and brackets", "(\"ok\")", NULL, COMMAND_OK, NULL},
    {"control characters around", "\001ok\037", NULL, COMMAND_OK, NULL},
    {"ok all", "ok all", NULL, COMMAND_OK_ALL, NULL},
    {"ok all with stray spaces", "OK   All!", NULL, COMMAND_OK_ALL, NULL},
    {"ok all on two lines", "ok\nall", NULL, COMMAND_OK_ALL, NULL},
    {"ok all on two lines of an old phone", "ok\r\nall", NULL, COMMAND_OK_ALL, NULL},
    {"ack all", "ack all", NULL, COMMAND_OK_ALL, NULL},
    {"next", "Next", NULL, COMMAND_NEXT, NULL},
    {"only begins like a command", "ok I will come", NULL, COMMAND_NONE, "ok I will come"},
    {"a longer word", "okey-dokey", NULL, COMMAND_NONE, NULL},
    {"next with more", "next week is fine", NULL, COMMAND_NONE, "next week is fine"},
    {"ends like a command", "all ok", NULL, COMMAND_NONE, NULL},
    {"a comma makes no command", "ok, all", NULL, COMMAND_NONE, NULL},
    {"the carrier's stop", "STOP", NULL, COMMAND_RESERVED, NULL},
    {"stop all", "stopall", NULL, COMMAND_RESERVED, NULL},
    {"unsubscribe", "Unsubscribe", NULL, COMMAND_RESERVED, NULL},
    {"cancel", "cancel", NULL, COMMAND_RESERVED, NULL},
    {"end", "END.", NULL, COMMAND_RESERVED, NULL},
    {"quit", "quit", NULL, COMMAND_RESERVED, NULL},
    {"start", "start", NULL, COMMAND_RESERVED, NULL},
    {"yes", "Yes!", NULL, COMMAND_RESERVED, NULL},
    {"help", "help", NULL, COMMAND_RESERVED, NULL},
    {"info", "INFO", NULL, COMMAND_RESERVED, NULL},
    {"stop within words", "stop by at nine", NULL, COMMAND_NONE, NULL},
    {"done", "done", NULL, COMMAND_DONE, "done"},
    {"away", "away", NULL, COMMAND_AWAY, NULL},
    {"away with a time", "away 2h", NULL, COMMAND_AWAY, NULL},
    {"nothing", "", NULL, COMMAND_NONE, ""},
    {"white space alone", " \n ", NULL, COMMAND_NONE, ""},
    {"punctuation alone", "?!", NULL, COMMAND_NONE, "?!"},
    {"a mark alone", "K7F", "K7F", COMMAND_NONE, ""},
    {"a mark in small letters", "k7f ok", "K7F", COMMAND_OK, "ok"},
    {"a mark with a colon", "K7F: on my way", "K7F", COMMAND_NONE, "on my way"},
    {"a mark in brackets", "[K7F] on my way", "K7F", COMMAND_NONE, "on my way"},
    {"a mark after a hash", "#k7f on my way", "K7F", COMMAND_NONE, "on my way"},
    {"a mark with a comma", "K7F, ok", "K7F", COMMAND_OK, "ok"},
    {"a mark with a dash", "K7F - ok", "K7F", COMMAND_OK, "ok"},
    {"a mark with a full stop", "K7F.", "K7F", COMMAND_NONE, ""},
    {"a mark on a line of its own", "K7F\nI come", "K7F", COMMAND_NONE, "I come"},
    {"a mark and next", "K7F next", "K7F", COMMAND_NEXT, "next"},
    {"a mark and ok all", "K7F ok all", "K7F", COMMAND_OK_ALL, NULL},
    {"a mark and words that begin like a command", "K7F ok I come", "K7F", COMMAND_NONE, "ok I come"},
    {"a mark and a reserved word", "K7F stop", "K7F", COMMAND_RESERVED, "stop"},
    {"a mark that runs on is none", "K7Fs are fine", NULL, COMMAND_NONE, "K7Fs are fine"},
    {"a mark with a digit after is none", "K7F9", NULL, COMMAND_NONE, NULL},
    {"a vowel makes no mark", "A7F ok", NULL, COMMAND_NONE, NULL},
    {"a vowel at the end makes no mark", "K7E ok", NULL, COMMAND_NONE, NULL},
    {"a one makes no mark", "K1F ok", NULL, COMMAND_NONE, NULL},
    {"a zero makes no mark", "K0F ok", NULL, COMMAND_NONE, NULL},
    {"a y makes no mark", "Y7F ok", NULL, COMMAND_NONE, NULL},
    {"a mark in the middle is words", "is K7F yours", NULL, COMMAND_NONE, "is K7F yours"},
    {"two marks: the first counts", "K7F B2B", "K7F", COMMAND_NONE, "B2B"},
    {"brackets without a mark stay", "[note] hi", NULL, COMMAND_NONE, "[note] hi"},
    {"control characters within words stay", "a\001b", NULL, COMMAND_NONE, "a\001b"},
    {"a mark behind a right-to-left mark", "\xe2\x80\x8fK7F ok", "K7F", COMMAND_OK, "ok"},
    {"a mark within isolates", "\xe2\x81\xa7k7f\xe2\x81\xa9 hi", "K7F", COMMAND_NONE, "hi"},
    {"a mark in quotes", "\"K7F\" hi", "K7F", COMMAND_NONE, "hi"},
    {"a mark in a phone's quotes", "\xe2\x80\x9cK7F\xe2\x80\x9d hi", "K7F", COMMAND_NONE, "hi"},
    {"a mark and words in quotes", "K7F \"hi\"", "K7F", COMMAND_NONE, "\"hi\""},
    {"a mark and a dash of a phone", "K7F\xe2\x80\x94hi", "K7F", COMMAND_NONE, "hi"},
    {"a mark and a space that does not break", "K7F\xc2\xa0ok", "K7F", COMMAND_OK, NULL},
    {"a mark and a question mark is a question", "K7F ?", "K7F", COMMAND_NONE, "?"},
    {"a mark with an exclamation mark", "K7F!", "K7F", COMMAND_NONE, ""},
    {"a mark and an accent runs on", "K7F\xc3\xa9", NULL, COMMAND_NONE, NULL},
    {"a mark and what nobody sees", "K7F \xe2\x80\x8b\001", "K7F", COMMAND_NONE, ""},
    {"words keep their direction", "\xe2\x80\xabshalom\xe2\x80\xac", NULL, COMMAND_NONE, "\xe2\x80\xabshalom\xe2\x80\xac"},
    {"words behind a mark keep theirs", "K7F \xe2\x80\xabshalom", "K7F", COMMAND_NONE, "\xe2\x80\xabshalom"},
    {"ok within right-to-left marks", "\xe2\x80\x8fok\xe2\x80\x8f", NULL, COMMAND_OK, NULL},
    {"ok with an ellipsis", "Ok\xe2\x80\xa6", NULL, COMMAND_OK, NULL},
    {"ok all with a space that does not break", "ok\xc2\xa0" "all", NULL, COMMAND_OK_ALL, NULL},
    {"ok with an emoji is words", "ok \xf0\x9f\x91\x8d", NULL, COMMAND_NONE, NULL},
    {"what nobody sees is nothing", "\xe2\x80\x8f\xef\xbb\xbf\001 ", NULL, COMMAND_NONE, ""},
    {"one byte of a longer character", "\xe2", NULL, COMMAND_NONE, "\xe2"},
    {"two bytes of a longer character", "ok\xe2\x80", NULL, COMMAND_NONE, NULL},
    {"back", "Back.", NULL, COMMAND_BACK, NULL},
    {"on", "ON", NULL, COMMAND_ON, NULL},
    {"off", "off!", NULL, COMMAND_OFF, NULL},
    {"who", "who?", NULL, COMMAND_WHO, NULL},
    {"menu", "(menu)", NULL, COMMAND_MENU, NULL},
    {"on my way", "on my way", NULL, COMMAND_NONE, "on my way"},
    {"off now", "off now", NULL, COMMAND_NONE, NULL},
    {"back in five", "back in 5", NULL, COMMAND_NONE, NULL},
    {"who is it", "who is it?", NULL, COMMAND_NONE, NULL},
    {"done with it", "done with it", NULL, COMMAND_NONE, NULL},
    {"on, next line", "on\n\n", NULL, COMMAND_ON, NULL},
    {"accents are words", "ok\xc3\xa9", NULL, COMMAND_NONE, NULL},
    /* clang-format on */
};

static const struct time_row {
    const char *says, *text;
    enum command command;
    int kind, minutes;
    bool is_vague;
} time_rows[] = {
    /* clang-format off */
    {"no time", "away", COMMAND_AWAY, TIME_NONE, 0, false},
    {"hours", "away 2h", COMMAND_AWAY, TIME_FOR, 120, false},
    {"hours in capitals", "Away 2 H", COMMAND_AWAY, TIME_FOR, 120, false},
    {"minutes", "away 90 min", COMMAND_AWAY, TIME_FOR, 90, false},
    {"minutes, short", "away 45m", COMMAND_AWAY, TIME_FOR, 45, false},
    {"minutes with a full stop", "away 30 mins.", COMMAND_AWAY, TIME_FOR, 30, false},
    {"for hours", "away for 2 hours", COMMAND_AWAY, TIME_FOR, 120, false},
    {"one hour", "away for 1 hour", COMMAND_AWAY, TIME_FOR, 60, false},
    {"days", "away 3 days", COMMAND_AWAY, TIME_FOR, 3 * 1440, false},
    {"a month at most", "away 31 days", COMMAND_AWAY, TIME_FOR, 31 * 1440, false},
    {"no more than that", "away 32 days", COMMAND_NONE, 0, 0, false},
    {"nor 9999 hours", "away 9999 h", COMMAND_NONE, 0, 0, false},
    {"nor five digits", "away 10000 min", COMMAND_NONE, 0, 0, false},
    {"nor nothing of them", "away 0h", COMMAND_NONE, 0, 0, false},
    {"a number alone is no time", "away 2", COMMAND_NONE, 0, 0, false},
    {"a unit alone is none", "away h", COMMAND_NONE, 0, 0, false},
    {"less than nothing is none", "away -2h", COMMAND_NONE, 0, 0, false},
    {"a fraction is none", "away 1.5h", COMMAND_NONE, 0, 0, false},
    {"until seven", "away until 7", COMMAND_AWAY, TIME_UNTIL, 420, true},
    {"until seven, full stop", "Away until 7.", COMMAND_AWAY, TIME_UNTIL, 420, true},
    {"until half past", "away until 7:30", COMMAND_AWAY, TIME_UNTIL, 450, true},
    {"with a dot", "away until 7.30", COMMAND_AWAY, TIME_UNTIL, 450, true},
    {"of twenty-four", "away until 19:30", COMMAND_AWAY, TIME_UNTIL, 1170, false},
    {"in the morning", "away till 7am", COMMAND_AWAY, TIME_UNTIL, 420, false},
    {"in the evening", "away til 7 pm", COMMAND_AWAY, TIME_UNTIL, 1140, false},
    {"noon", "away until 12pm", COMMAND_AWAY, TIME_UNTIL, 720, false},
    {"midnight by am", "away until 12am", COMMAND_AWAY, TIME_UNTIL, 0, false},
    {"midnight by 24", "away until 24:00", COMMAND_AWAY, TIME_UNTIL, 0, false},
    {"midnight by 0", "away until 0:15", COMMAND_AWAY, TIME_UNTIL, 15, false},
    {"past 24 is no time", "away until 24:30", COMMAND_NONE, 0, 0, false},
    {"25 is none", "away until 25", COMMAND_NONE, 0, 0, false},
    {"13pm is none", "away until 13pm", COMMAND_NONE, 0, 0, false},
    {"0am is none", "away until 0am", COMMAND_NONE, 0, 0, false},
    {"60 minutes are none", "away until 7:60", COMMAND_NONE, 0, 0, false},
    {"minutes have two digits", "away until 7:5", COMMAND_NONE, 0, 0, false},
    {"a day is none", "away until tomorrow", COMMAND_NONE, 0, 0, false},
    {"nothing is none", "away until", COMMAND_NONE, 0, 0, false},
    {"for nothing is none", "away for", COMMAND_NONE, 0, 0, false},
    {"a place is words", "away from home", COMMAND_NONE, 0, 0, false},
    {"more behind the time is words", "away 2h sorry", COMMAND_NONE, 0, 0, false},
    {"two times are words", "away 2h until 7", COMMAND_NONE, 0, 0, false},
    {"a run-on is words", "away2h", COMMAND_NONE, 0, 0, false},
    /* clang-format on */
};

static void every_time(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof time_rows / sizeof time_rows[0]; i++) {
        const struct time_row *r = &time_rows[i];
        const struct command_text t = command_read(span_of(r->text));
        if (t.command != r->command)
            fail_msg("%s: command %d", r->says, (int)t.command);
        if (r->command == COMMAND_AWAY &&
            ((int)t.time.kind != r->kind || t.time.minutes != r->minutes ||
             t.time.is_vague != r->is_vague))
            fail_msg("%s: %d minutes, kind %d", r->says, t.time.minutes, (int)t.time.kind);
    }
}

static void whom_a_swap_names(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        enum command command;
        const char *name;
    } names[] = {
        {"swap", COMMAND_SWAP, ""},
        {"Swap!", COMMAND_SWAP, ""},
        {"swap Bo", COMMAND_SWAP, "Bo"},
        {"SWAP WITH bo", COMMAND_SWAP, "bo"},
        {"  swap   with   Bo.", COMMAND_SWAP, "Bo"},
        {"swap with Bo Smith", COMMAND_SWAP, "Bo Smith"},
        {"K7F swap Bo", COMMAND_SWAP, "Bo"},
        /* Whoever has the roster sees that it is nobody, and so words. */
        {"swap seats with me please", COMMAND_SWAP, "seats with me please"},
        {"swapped the pump", COMMAND_NONE, ""},
        {"swap the pump with the one from the van, then call me please", COMMAND_NONE, ""},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct command_text t = command_read(span_of(names[i].text));
        if (t.command != names[i].command || !span_is_text(t.name, names[i].name))
            fail_msg("%s: '%.*s'", names[i].text, SPAN_ARG(t.name));
    }
}

static void a_choice_is_one_digit_alone(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int choice;
    } choices[] = {
        {"1", 1},
        {" 9\r\n", 9},
        {"(2)", 2},
        {"3.", 3},
        {"#4!", 4},
        {"\xe2\x80\x8f"
         "5\xe2\x80\x8f",
         5},
        {"\xe2\x80\x9c"
         "6\xe2\x80\x9d",
         6},
        {"\xc2\xa0"
         "7",
         7},
        {"0", 0},
        {"10", 0},
        {"1 2", 0},
        {"1st", 0},
        {"one", 0},
        {"", 0},
        {"a", 0},
        {"?", 0},
        {"1\xef\xb8\x8f\xe2\x83\xa3", 0},
        {"K7F 1", 0},
        {"\xd9\xa1", 0},
    };

    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        if (command_choice(span_of(choices[i].text)) != choices[i].choice)
            fail_msg("'%s': %d", choices[i].text, command_choice(span_of(choices[i].text)));
    assert_int_equal(command_choice((struct span){"1\0", 2}), 1);
    assert_int_equal(command_choice((struct span){"\0", 1}), 0);
}

/* Never a word that the carrier keeps for itself. */
static void a_command_has_a_name_of_its_own(void **unused)
{
    (void)unused;
    for (enum command c = COMMAND_OK; c < COMMAND_RESERVED; c++) {
        assert_true(strlen(command_name(c)) > 1);
        assert_int_equal(command_read(span_of(command_name(c))).command, c);
    }
    assert_string_equal(command_name(COMMAND_NONE), "");
}

/* No beginning of a longer character reaches beyond the text. */
static void every_cut_of_every_row_is_read(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t n = 0; n <= strlen(rows[i].text); n++) {
            char *exact = malloc(n ? n : 1);
            memcpy(exact, rows[i].text, n);
            const struct command_text t = command_read((struct span){exact, n});
            assert_true(t.words.size <= n);
            (void)command_choice((struct span){exact, n});
            free(exact);
        }
}

static void every_row(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct command_text t = command_read(span_of(r->text));
        if (t.has_tag != (r->tag != NULL) || (r->tag && strcmp(t.tag, r->tag) != 0))
            fail_msg("%s: mark '%s'", r->says, t.tag);
        if (t.command != r->command)
            fail_msg("%s: command %d", r->says, (int)t.command);
        if (r->words && !span_is_text(t.words, r->words))
            fail_msg("%s: words '%.*s'", r->says, SPAN_ARG(t.words));
    }
}

static void a_text_with_a_nul_is_words(void **unused)
{
    (void)unused;
    const struct command_text t = command_read((struct span){"K7F\0ok", 6});

    assert_true(t.has_tag);
    assert_int_equal(t.command, COMMAND_OK);
    assert_int_equal(command_read((struct span){"o\0k", 3}).command, COMMAND_NONE);
    assert_false(command_read((struct span){"K\0F", 3}).has_tag);
    assert_false(command_read((struct span){"\0\0\0", 3}).has_tag);
}

static void the_longest_text_of_emoji_is_words(void **unused)
{
    (void)unused;
    static char body[1600 * 4 + 4];

    memcpy(body, "K7F ", 4);
    for (size_t i = 0; i < 1600; i++)
        memcpy(body + 4 + i * 4, "\xf0\x9f\x94\xa5", 4);
    const struct command_text bare = command_read((struct span){body + 4, 6400});
    assert_false(bare.has_tag);
    assert_int_equal(bare.command, COMMAND_NONE);
    assert_int_equal(bare.words.size, 6400);
    const struct command_text marked = command_read((struct span){body, sizeof body});
    assert_true(marked.has_tag);
    assert_int_equal(marked.words.size, 6400);
}

static void a_mark_is_consonant_digit_consonant_in_capitals(void **unused)
{
    (void)unused;
    int count = 0;

    for (int a = 0; a < 256; a++)
        for (int b = 0; b < 256; b++)
            for (int c = 0; c < 256; c++) {
                const char tag[3] = {(char)a, (char)b, (char)c};
                count += command_is_tag((struct span){tag, 3});
            }
    assert_int_equal(count, 3200);
    assert_false(command_is_tag(SPAN("k7f")));
    assert_false(command_is_tag(SPAN("K7")));
    assert_false(command_is_tag(SPAN("K7FF")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),
        cmocka_unit_test(every_time),
        cmocka_unit_test(whom_a_swap_names),
        cmocka_unit_test(a_choice_is_one_digit_alone),
        cmocka_unit_test(a_command_has_a_name_of_its_own),
        cmocka_unit_test(every_cut_of_every_row_is_read),
        cmocka_unit_test(a_text_with_a_nul_is_words),
        cmocka_unit_test(the_longest_text_of_emoji_is_words),
        cmocka_unit_test(a_mark_is_consonant_digit_consonant_in_capitals),
    };

    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
