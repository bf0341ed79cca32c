/* alarm/alarm_words: what people and programs read of an alarm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "alarm/alarm_words.h"
#include "codec/json.h"

static struct arena *arena;
static struct alarm_bell bell;
static struct alarm_words_of of;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    bell = (struct alarm_bell){.row = {.id = 0x1234,
                                       .tenant = 1,
                                       .slug = "acme",
                                       .kind = "relay.exhausted",
                                       .thread = 0x77,
                                       .at_ms = INT64_C(1700000000000)}};
    of = (struct alarm_words_of){
        .bell = &bell, .business = SPAN("Acme Heating"), .board = SPAN("https://r.example")};
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static void is(struct span got, const char *want)
{
    if (!span_is_text(got, want))
        fail_msg("%.*s, not %s", SPAN_ARG(got), want);
}

static void has(struct span got, const char *part)
{
    if (!strstr(arena_text(arena, got), part))
        fail_msg("%s is not in %.*s", part, SPAN_ARG(got));
}

static struct span text_of(void)
{
    const struct alarm_kind_about about = alarm_words_about(&of);

    return alarm_kind_text(arena, "en", &about);
}

static void a_text_says_what_where_and_how_many(void **unused)
{
    (void)unused;
    is(text_of(), "Acme Heating ALARM: A customer waits: nobody on the chain has "
                  "acknowledged. https://r.example");
    snprintf(bell.row.detail, sizeof bell.row.detail, "since noon");
    bell.more = 3;
    is(text_of(), "Acme Heating ALARM: A customer waits: nobody on the chain "
                  "has acknowledged: since noon. And 3 "
                  "more like it. https://r.example");
}

static void the_host_s_own_name_no_business(void **unused)
{
    (void)unused;
    of.business = (struct span){0};
    snprintf(bell.row.kind, sizeof bell.row.kind, "node.lost");
    is(text_of(), "nextring ALARM: A node has died. https://r.example");
}

static void what_is_read_out_has_no_address(void **unused)
{
    (void)unused;
    bell.more = 2;
    snprintf(bell.row.detail, sizeof bell.row.detail, "https://r.example");
    const struct alarm_kind_about about = alarm_words_about(&of);
    is(alarm_kind_spoken(arena, "fr", &about),
       "Acme Heating. Alarme. Un client attend : personne de la chaîne n'a répondu. Et 2 de plus "
       "de ce genre.\nAppuyez sur 1 pour dire que vous l'avez entendu.");
}

static void a_kind_without_words_is_told_all_the_same(void **unused)
{
    (void)unused;
    snprintf(bell.row.kind, sizeof bell.row.kind, "something.new");
    has(text_of(), "Something needs a look: something.new");
}

static void a_letter_has_its_headers_and_what_is_not_ascii_is_wrapped(void **unused)
{
    (void)unused;
    struct span mail = alarm_words_mail(arena, &of);
    is((struct span){mail.data, strcspn(mail.data, "\n")},
       "Subject: [Acme Heating] A customer waits: nobody on the chain has acknowledged");
    has(mail, "\nAuto-Submitted: auto-generated\n\n");
    has(mail, "\nKind:     relay.exhausted\n");
    has(mail, "\nSince:    2023-11-14T22:13:20");
    of.business = SPAN("M\xc3\xbcller");
    mail = alarm_words_mail(arena, &of);
    const char *end = strchr(mail.data, '\n');
    for (const char *c = mail.data; c < end; c++)
        assert_true(*c >= ' ' && *c <= '~');
    has(mail, "Subject: =?UTF-8?B?");
    /* No name can begin a header of its own. */
    of.business = SPAN("A\nBcc: x@example.com");
    assert_null(
        strstr(arena_text(arena, alarm_words_mail(arena, &of)), "\nBcc: x@example.com\nMIME"));
    assert_true(strncmp(alarm_words_mail(arena, &of).data, "Subject: =?UTF-8?B?", 19) == 0);
}

static void a_program_gets_json(void **unused)
{
    (void)unused;
    bell.more = 1;
    const struct span json = alarm_words_json(arena, &of);
    has(json, "\"type\":\"alarm\"");
    has(json, "\"kind\":\"relay.exhausted\"");
    has(json, "\"tenant\":\"acme\"");
    has(json, "\"more\":1");
    has(json, "\"subject_id\":null");
    bell.row.id = -3; /* it could not be stored */
    bell.row.slug[0] = 0;
    of.business = (struct span){0};
    has(alarm_words_json(arena, &of), "\"tenant\":null,\"business\":null");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_text_says_what_where_and_how_many),
        EACH(the_host_s_own_name_no_business),
        EACH(what_is_read_out_has_no_address),
        EACH(a_kind_without_words_is_told_all_the_same),
        EACH(a_letter_has_its_headers_and_what_is_not_ascii_is_wrapped),
        EACH(a_program_gets_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
