#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/command.h"

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
    {"a command word that is not served", "done", NULL, COMMAND_UNKNOWN, "done"},
    {"another", "away", NULL, COMMAND_UNKNOWN, NULL},
    {"away with a time is words here", "away 2h", NULL, COMMAND_NONE, NULL},
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
    {"accents are words", "ok\xc3\xa9", NULL, COMMAND_NONE, NULL},
    /* clang-format on */
};

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
        cmocka_unit_test(a_text_with_a_nul_is_words),
        cmocka_unit_test(the_longest_text_of_emoji_is_words),
        cmocka_unit_test(a_mark_is_consonant_digit_consonant_in_capitals),
    };

    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
