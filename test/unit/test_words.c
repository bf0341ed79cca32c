#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "rules/words.h"

static struct arena *arena;
static const struct words_about about = {
    .business = {"Acme Heating", 12},
    .customer = {"+13125550121", 12},
    .job = {"boiler", 6},
    .tag = {"K7F", 3},
    .name = {"Bo", 2},
    .body = {"no heat", 7},
    .link = {"https://relay.example.test/j/abcdefghijklmnopqrstuv", 51},
};

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

static bool has(struct span text, const char *part)
{
    return memmem(text.data, text.size, part, strlen(part)) != NULL;
}

/* Plain letters only, so that one part of 160 characters is not two of 70. */
static void assert_is_plain(struct span text)
{
    for (size_t i = 0; i < text.size; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if ((c < ' ' && c != '\n') || c > 'z' || strchr("`[\\]^{|}~", c))
            fail_msg("'%c' in: %.*s", c, SPAN_ARG(text));
    }
}

/* Each sentence: whether it fits into one part, and what it must say. */
static void every_text(void **unused)
{
    (void)unused;
    const struct row {
        const char *says;
        struct span text;
        size_t most;
        const char *parts[4];
    } rows[] = {
        /* clang-format off */
        {"forward", words_forward_text(arena, &about), 160, {"K7F ", "+13125550121", "no heat", "/j/"}},
        {"joined", words_joined(arena, &about), 160, {"K7F ", "+13125550121", "no heat"}},
        {"exhausted", words_exhausted(arena, &about), 160, {"K7F ", "NOBODY", "no heat", "/j/"}},
        {"idle", words_idle(arena, &about), 160, {"K7F ", "Nobody is on duty", "no heat", "/j/"}},
        {"passed on", words_passed_on(arena, &about), 160, {"K7F ", "Bo", "+13125550121", "K7F ok"}},
        {"taken", words_taken(arena, &about), 160, {"K7F ", "Bo", "+13125550121"}},
        {"yours", words_yours(arena, &about), 160, {"K7F ", "yours", "K7F next"}},
        {"pre-alert", words_prealert(arena, &about, ACCEPT_SPEECH), 160, {"K7F ", "Acme Heating", "+13125550121", "/j/"}},
        {"you missed", words_you_missed(arena, &about), 160, {"Acme Heating", "+13125550121"}},
        {"not delivered", words_not_delivered(arena, &about), 160, {"+13125550121", "not reach"}},
        {"a landline", words_no_text_there(arena, &about), 160, {"+13125550121", "landline"}},
        {"unknown tag", words_unknown_tag(arena, &about), 160, {"K7F", "Not sent"}},
        {"which", words_which(arena, SPAN("K7F +13125550121, B2C +13125550122")), 160, {"Not sent yet", "K7F", "B2C"}},
        {"nobody wrote", words_nobody_wrote(arena), 160, {"Not sent"}},
        {"none waits", words_none_waits(), 160, {"Nothing done"}},
        {"cannot text", words_cannot_text(arena, &about), 160, {"K7F", "+13125550121"}},
        {"missed you", words_missed_you(arena, &about), 160, {"Acme Heating", "Reply here"}},
        {"closed text", words_closed_text(arena, &about), 160, {"Acme Heating"}},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_is_plain(rows[i].text);
        if (rows[i].text.size > rows[i].most)
            fail_msg("%s is too long: %zu", rows[i].says, rows[i].text.size);
        for (int p = 0; p < 4 && rows[i].parts[p]; p++)
            if (!has(rows[i].text, rows[i].parts[p]))
                fail_msg("%s lacks '%s': %.*s", rows[i].says, rows[i].parts[p],
                         SPAN_ARG(rows[i].text));
    }
}

/* What operators are asked and answered: with ordinary facts each is one part. */
static void every_answer(void **unused)
{
    (void)unused;
    const struct span who = SPAN("Pat, then Bo"), seven = SPAN("Tue 07:00"), none = {0};
    const struct span two = SPAN("1 K7F +13125550121, 2 B2C +13125550122");
    const struct row {
        const char *says;
        struct span text;
        const char *parts[3];
    } rows[] = {
        /* clang-format off */
        {"which to take", words_which_take(arena, two), {"digit", "ok all", "2 B2C"}},
        {"which", words_which(arena, two), {"Not sent yet", "digit", "1 K7F"}},
        {"not placed", words_not_placed(arena, SPAN("on my way")), {"Not sent", "on my way"}},
        {"echo", words_echo(arena, &about), {"K7F ", "Sent to +13125550121", "no heat"}},
        {"needs a mark", words_needs_mark(arena, two, SPAN("done")), {"Nothing done", "K7F done", "2 B2C"}},
        {"command or text", words_command_or_text(arena, SPAN("away until 7")), {"'away until 7'", "answer 1", "2 to send"}},
        {"confirm", words_confirm(arena, SPAN("swap with Bo"), SPAN("D4F")), {"'swap with Bo'", "D4F"}},
        {"not confirmed", words_not_confirmed(arena, SPAN("off")), {"Nothing done", "'off'"}},
        {"no choice", words_nothing_asked(), {"Not sent"}},
        {"chosen too late", words_chosen_too_late(), {"Nothing done", "too late"}},
        {"nothing waits", words_nothing_waits(arena, &about), {"K7F ", "+13125550121"}},
        {"closed", words_done(arena, &about), {"K7F ", "closed"}},
        {"menu", words_menu(), {"ok", "swap", "away until 7"}},
        {"locked", words_locked(arena, &about), {"Nothing done", "/j/"}},
        {"lock notice", words_lock_notice(arena, &about), {"Bo", "15 min"}},
        {"stopped", words_stopped(arena, &about), {"K7F ", "STOP", "+13125550121"}},
        {"who", words_who(arena, who, SPAN("Somebody comes on at Tue 07:00.")), {"Pat, then Bo", "Tue 07:00"}},
        {"who, nobody", words_who(arena, none, none), {"nobody"}},
        {"on", words_on(arena, seven), {"until Tue 07:00", "off"}},
        {"off", words_off(arena, seven), {"until Tue 07:00", "on"}},
        {"away", words_away(arena, seven), {"until Tue 07:00", "back"}},
        {"away without end", words_away(arena, none), {"You are away."}},
        {"back on duty", words_back(arena, true), {"on duty"}},
        {"back off duty", words_back(arena, false), {"off duty", "on"}},
        {"swapped", words_swapped(arena, SPAN("Bo"), seven), {"Bo has", "until Tue 07:00"}},
        {"swapped to", words_swapped_to(arena, SPAN("Pat"), seven), {"for Pat until Tue 07:00", "swap Pat"}},
        {"nobody to swap with", words_no_swap(arena), {"Nothing done"}},
        {"nobody left", words_nobody_left(), {"NOBODY"}},
        {"reply of unknown fate", words_not_known(arena, &about), {"K7F ", "+13125550121"}},
        {"by the fallback", words_fallback_call(arena, 42), {"fallback", "42 s"}},
        {"a code to sign in", words_sign_in(arena, SPAN("Acme"), SPAN("123456")), {"123456", "Acme", "5 minutes"}},
        {"no photo", words_no_photo(), {"photo"}},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_is_plain(rows[i].text);
        if (rows[i].text.size > 160 || rows[i].text.size == 0)
            fail_msg("%s has %zu characters", rows[i].says, rows[i].text.size);
        for (int p = 0; p < 3 && rows[i].parts[p]; p++)
            if (!has(rows[i].text, rows[i].parts[p]))
                fail_msg("%s lacks '%s': %.*s", rows[i].says, rows[i].parts[p],
                         SPAN_ARG(rows[i].text));
    }
}

/* What is added to another answer leaves it one part. */
static void nobody_left_fits_behind_what_it_follows(void **unused)
{
    (void)unused;
    const struct span name = SPAN("Alexandra Petrova"), seven = SPAN("Tue 07:00");
    const struct span before[] = {words_off(arena, seven), words_away(arena, seven),
                                  words_back(arena, false), words_swapped(arena, name, seven)};

    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        assert_true(before[i].size + words_nobody_left().size <= 160);
}

static void a_customers_words_and_photos(void **unused)
{
    (void)unused;
    assert_true(span_is_text(words_body(arena, SPAN("hi"), 0, false), "hi"));
    assert_true(span_is_text(words_body(arena, SPAN("hi"), 1, false), "hi (1 photo)"));
    assert_true(span_is_text(words_body(arena, SPAN(""), 2, false), "(2 photos)"));
    assert_true(span_is_text(words_body(arena, SPAN("hi"), 0, true), "(late) hi"));
    assert_true(span_is_text(words_body(arena, SPAN("%s"), 1, true), "(late) %s (1 photo)"));
}

static void a_missed_call_says_so_and_what_came_after(void **unused)
{
    (void)unused;
    struct words_about a = about;

    a.body = SPAN("missed call");
    const struct span bare = words_forward_call(arena, &a);
    assert_true(has(bare, "K7F Missed call from +13125550121 about boiler."));
    assert_false(has(bare, "missed call"));
    a.body = SPAN("missed call\nno heat");
    assert_true(has(words_forward_call(arena, &a), "no heat"));
    a.body = SPAN("voicemail of 12 s");
    const struct span voicemail = words_forward_call(arena, &a);
    assert_true(has(voicemail, "Missed call") && has(voicemail, "voicemail of 12 s"));
    a.body = SPAN("missed call\nvoicemail of 12 s\nno heat");
    const struct span all = words_forward_call(arena, &a);
    assert_true(has(all, "voicemail of 12 s") && has(all, "no heat") && has(all, "/j/"));
}

static void parts_that_are_missing_leave_no_hole(void **unused)
{
    (void)unused;
    const struct words_about bare = {
        .customer = about.customer, .tag = about.tag, .body = about.body};
    const struct span forward = words_forward_text(arena, &bare);

    assert_true(
        span_is_text(forward, "K7F +13125550121: no heat\nReply to answer, ok to take it:"));
    assert_false(has(forward, "about"));
}

static void braces_of_a_customer_are_text(void **unused)
{
    (void)unused;
    struct words_about a = about;

    a.body = SPAN("{b}{n}{ {");
    assert_true(has(words_forward_text(arena, &a), "{b}{n}{ {"));
}

static void the_longest_body_is_kept_whole(void **unused)
{
    (void)unused;
    struct words_about a = about;
    char *body = arena_alloc(arena, 6400);

    memset(body, 'a', 6400);
    a.body = (struct span){body, 6400};
    const struct span text = words_forward_text(arena, &a);
    assert_true(text.size > 6400 && has(text, "/j/"));
}

static void a_name_stands_before_the_number_and_is_spoken_in_its_place(void **unused)
{
    struct words_about a = about;

    (void)unused;
    a.customer_name = SPAN("Jane {n} Roe");
    assert_true(has(words_forward_text(arena, &a), "K7F Jane {n} Roe +13125550121 about"));
    assert_true(has(words_prealert(arena, &a, ACCEPT_PRESS), ": press 1 to take it."));
    assert_true(has(words_prealert(arena, &a, ACCEPT_SPEECH), ": press 1 or speak to take it."));
    assert_true(has(words_prealert(arena, &a, ACCEPT_NONE), ": pick up to take it."));
    assert_true(
        has(words_prealert(arena, &a, ACCEPT_PRESS), "call from Jane {n} Roe +13125550121 about"));
    assert_true(has(words_screen(arena, &a), "Call from Jane {n} Roe about"));
    assert_true(has(words_spoken(arena, WORDS_SPOKEN_YOURS, &a), "answer Jane {n} Roe."));
    assert_true(span_is_text(words_customer(arena, &a), "Jane {n} Roe"));
    assert_true(has(words_customer(arena, &about), "1 3 1 2"));
    assert_true(has(words_transcript(arena, SPAN("{b} is out")), "says: {b} is out"));
}

static void what_is_spoken(void **unused)
{
    (void)unused;
    const struct span screen = words_screen(arena, &about);
    assert_true(has(screen, "1 3 1 2 5 5 5 0 1 2 1"));
    assert_true(has(screen, "Acme Heating") && has(screen, "boiler") && has(screen, "Press 1"));
    struct words_about a = about;
    a.customer = SPAN("a withheld number");
    assert_true(has(words_screen(arena, &a), "Call from a withheld number about"));
    assert_true(has(words_screen_again(), "Press 1"));
    assert_true(has(words_voicemail(arena, &about), "recorded")); /* consent */
    assert_true(has(words_voicemail_of(arena, 12), "voicemail of 12 s"));
    assert_true(span_is_text(words_voicemail_of(arena, -1), "voicemail"));
    assert_true(has(words_closed(arena, &about), "Acme Heating"));
    assert_true(has(words_too_late(arena, SPAN("Bo")), "Bo has taken"));
    assert_true(has(words_too_late(arena, (struct span){0}), "passed on"));
    assert_true(words_recorded().size > 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_text),
        TEST(every_answer),
        TEST(nobody_left_fits_behind_what_it_follows),
        TEST(a_customers_words_and_photos),
        TEST(a_missed_call_says_so_and_what_came_after),
        TEST(parts_that_are_missing_leave_no_hole),
        TEST(braces_of_a_customer_are_text),
        TEST(the_longest_body_is_kept_whole),
        TEST(a_name_stands_before_the_number_and_is_spoken_in_its_place),
        TEST(what_is_spoken),
    };

    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
