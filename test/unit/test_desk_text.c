#include "desk/desk_text.h"

#include "desk_story.h"

static struct world *const w = &world_shared;

static void nothing_was_sent(void)
{
    assert_int_equal(story_replies(ANNA) + story_replies(BORIS), 0);
}

static void say_last(const char *words)
{
    if (!world_says(w, world_last_to(w, PRIMARY), words))
        fail_msg("no '%s' in: %.*s", words, SPAN_ARG(world_last_to(w, PRIMARY)->body));
}

/* ---- with a mark ---- */

/* clang-format off */
static const struct marked {
    const char *says, *words;
    enum relay_state state; /* of Anna's relay after it */
    const char *sent;       /* to Anna; NULL: nothing */
    const char *told;       /* to the primary; NULL: whatever */
} marked[] = {
    {"words are a reply", "Anna, on my way", RELAY_TAKEN, "Anna, on my way", "Sent to " ANNA ": Anna, on my way"},
    {"ok takes it", "ok", RELAY_TAKEN, NULL, "is yours"},
    {"stray punctuation", " - OK!!", RELAY_TAKEN, NULL, "is yours"},
    {"the mark alone takes it", "", RELAY_TAKEN, NULL, "is yours"},
    {"ok and words are a reply", "ok Anna, ten minutes", RELAY_TAKEN, "ok Anna, ten minutes", NULL},
    {"done and words are a reply", "done, Anna", RELAY_TAKEN, "done, Anna", NULL},
    {"off and words are a reply", "off to you, Anna", RELAY_TAKEN, "off to you, Anna", NULL},
    {"next passes it on", "next", RELAY_OPEN, NULL, "went on to Bo"},
    {"next week is a reply", "next week, Anna", RELAY_TAKEN, "next week, Anna", NULL},
    {"done takes and closes", "done", RELAY_TAKEN, NULL, "is closed"},
    {"who asks who", "who", RELAY_OPEN, NULL, "On duty: Pat"},
    {"menu lists", "menu", RELAY_OPEN, NULL, "away 2h"},
    {"on does not touch the thread", "on", RELAY_OPEN, NULL, "You are on duty"},
    {"off must be confirmed", "off", RELAY_OPEN, NULL, "To confirm 'off'"},
    {"a swap with nobody of ours is a reply", "swap seats with me, Anna", RELAY_TAKEN, "swap seats with me, Anna", NULL},
    {"a swap with somebody is a command", "swap with bo", RELAY_OPEN, NULL, "To confirm 'swap with bo'"},
    {"stop is a reply", "stop", RELAY_TAKEN, "stop", NULL},
    {"a digit is a reply", "2", RELAY_TAKEN, "2", NULL},
    {"another's mark behind it is words", "B2B", RELAY_TAKEN, "B2B", NULL},
};
/* clang-format on */

static void a_mark_decides_what_follows(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof marked / sizeof marked[0]; i++) {
        const struct marked *r = &marked[i];
        world_close(w);
        world_open(w);
        story_two();
        story_mark(PRIMARY, ANNA, r->words);
        if (story_relay(ANNA)->state != r->state)
            fail_msg("%s: state %d", r->says, (int)story_relay(ANNA)->state);
        if (story_replies(ANNA) != (r->sent ? 1 : 0) || (r->sent && !story_replied(ANNA, r->sent)))
            fail_msg("%s: what Anna got", r->says);
        if (r->told && !world_says(w, world_last_to(w, PRIMARY), r->told))
            fail_msg("%s: told %.*s", r->says, SPAN_ARG(world_last_to(w, PRIMARY)->body));
        assert_int_equal(story_relay(BORIS)->state, RELAY_OPEN);
        assert_int_equal(story_replies(BORIS), 0);
        story_check();
    }
}

/* How phones and people write a mark; %s stands for it. */
static void a_mark_is_known_in_whatever_it_is_wrapped(void **unused)
{
    (void)unused;
    static const char *const forms[][2] = {
        {"", " Anna, yes"},
        {"\xe2\x80\x8f", " Anna, yes"},             /* right-to-left mark */
        {"\xe2\x80\x8e", "\xe2\x80\x8e Anna, yes"}, /* left-to-right marks */
        {"\xe2\x80\xab", "\xe2\x80\xac Anna, yes"}, /* embedding and its end */
        {"\xe2\x81\xa7", "\xe2\x81\xa9 Anna, yes"}, /* isolate and its end */
        {"\xef\xbb\xbf", " Anna, yes"},             /* byte order mark */
        {"", "\xc2\xa0"
             "Anna, yes"}, /* a space that does not break */
        {"", "\xe2\x80\x94"
             "Anna, yes"},                          /* a dash that the phone made */
        {"", "\xe2\x80\xa6 Anna, yes"},             /* and an ellipsis */
        {"\xe2\x80\x9c", "\xe2\x80\x9d Anna, yes"}, /* and quotes */
        {"\"", "\" Anna, yes"},
        {"*", "* Anna, yes"},
        {"> ", " Anna, yes"},
        {"\001", " Anna, yes"},
        {"\n\n", "\nAnna, yes"},
        {"", "/ Anna, yes"},
    };

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        world_close(w);
        world_open(w);
        world_text(w, ANNA, "no heat");
        story_mark(PRIMARY, ANNA, "ok");
        world_wait(w, 13 * (int64_t)HOUR);
        world_text(w, BORIS, "no water"); /* a bare reply would be his */
        const char *mark = world_tagged(w, story_about(PRIMARY, ANNA), "");
        world_text(w, PRIMARY, arena_printf(w->arena, "%s%.3s%s", forms[i][0], mark, forms[i][1]));
        if (!story_replied(ANNA, "Anna, yes") || story_replies(BORIS) != 0)
            fail_msg("form %zu", i);
        story_check();
    }
}

static void a_mark_of_nobody_another_operator_or_another_tenant_sends_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    struct tag foreign = {.tenant = WORLD_TENANT + 1,
                          .operator_id = "primary",
                          .tag = "Z9Z",
                          .thread = world_thread(w, ANNA)->id,
                          .sent_ms = WORLD_START};
    facts_put_tag(&w->facts, &foreign);
    foreign = (struct tag){.tenant = WORLD_TENANT,
                           .operator_id = "owner",
                           .tag = "X8X",
                           .thread = world_thread(w, ANNA)->id,
                           .sent_ms = WORLD_START};
    facts_put_tag(&w->facts, &foreign);
    world_commit(w);
    static const char *const texts[] = {"Z9Z Anna, yes", "X8X Anna, yes", "W7W Anna, yes",
                                        "Z9Z ok"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        world_text(w, PRIMARY, texts[i]);
        nothing_was_sent();
        say_last("is no mark of yours");
        assert_int_equal(world_logged(w, "text.unknown-tag"), i + 1);
        assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
        assert_int_equal(story_row()->thread, 0);
    }
}

static void a_mark_is_no_mark_in_the_hand_of_a_backup(void **unused)
{
    (void)unused;
    story_two();
    world_text(w, BACKUP, world_tagged(w, story_about(PRIMARY, ANNA), "Anna, yes"));
    SAYS(world_last_to(w, BACKUP), "is no mark of yours");
    nothing_was_sent();
}

static void a_customer_who_knows_a_mark_is_a_customer(void **unused)
{
    (void)unused;
    story_two();
    world_text(w, CLARA, world_tagged(w, story_about(PRIMARY, ANNA), "I come"));
    nothing_was_sent();
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
    say_last("I come");
    assert_int_equal(story_relay(CLARA)->state, RELAY_OPEN);
}

static void the_echo_is_for_the_first_reply_alone(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "Anna, on my way");
    say_last("Sent to " ANNA ": Anna, on my way");
    const size_t before = world_count_to(w, PRIMARY);
    world_text(w, PRIMARY, "Anna, ten minutes");
    story_mark(PRIMARY, ANNA, "Anna, at the door");
    assert_int_equal(story_replies(ANNA), 3);
    assert_int_equal(world_count_to(w, PRIMARY), before);
}

static void the_echo_fits_into_one_part(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    char *body = arena_alloc(w->arena, 6401);
    for (size_t i = 0; i < 1600; i++)
        memcpy(body + i * 4, "\xf0\x9f\x94\xa5", 4);
    body[6400] = 0;
    world_text(w, PRIMARY, body);
    assert_int_equal(story_replies(ANNA), 1);
    const struct span sent = world_outbox(w, world_last_to(w, PRIMARY)->id)->body;
    SAYS(world_last_to(w, PRIMARY), "Sent to " ANNA);
    assert_true(sent.size <= 3 * 70 && sent.size > 60);
    assert_int_equal(world_to(w, ANNA, 0)->body.size, 6400); /* the record has all */
    SAYS(world_to(w, ANNA, 0), " ... https://relay.example.test/j/");
}

static void a_closed_thread_is_opened_by_a_reply(void **unused)
{
    (void)unused;
    story_two();
    story_mark(PRIMARY, ANNA, "done");
    assert_true(world_thread(w, ANNA)->closed);
    world_wait(w, 30 * (int64_t)HOUR);
    story_mark(PRIMARY, ANNA, "Anna, did it last?");
    assert_true(story_replied(ANNA, "Anna, did it last?"));
    assert_false(world_thread(w, ANNA)->closed);
    say_last("Sent to " ANNA);
    world_text(w, ANNA, "yes it did");
    SAYS(world_last_to(w, PRIMARY), "yes it did"); /* he has it again */
}

static void done_by_another_is_known_to_whoever_had_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    story_mark(BACKUP, ANNA, "ok");
    story_mark(PRIMARY, ANNA, "done");
    assert_true(world_thread(w, ANNA)->closed);
    SAYS(world_last_to(w, BACKUP), "is closed");
}

static void next_of_what_nobody_has_says_so(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 2 * HOUR);
    assert_int_equal(story_relay(ANNA)->state, RELAY_EXHAUSTED);
    story_mark(PRIMARY, ANNA, "next");
    say_last("is with nobody");
    assert_int_equal(story_relay(ANNA)->state, RELAY_EXHAUSTED);
}

static void an_ok_to_a_notice_of_stop_is_answered(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "STOP");
    say_last("wrote STOP");
    const size_t before = world_count_to(w, PRIMARY);
    story_mark(PRIMARY, ANNA, "ok");
    assert_int_equal(world_count_to(w, PRIMARY), before + 1);
    nothing_was_sent();
}

static void whoever_cannot_be_texted_gets_nothing(void **unused)
{
    (void)unused;
    world_text(w, "anonymous", "hello");
    world_text(w, PRIMARY, "who are you?");
    say_last("cannot be texted");
    assert_int_equal(world_count_to(w, "anonymous"), 0);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
}

/* ---- photos ---- */

static void a_photo_without_words_is_a_reply(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_say(PRIMARY, LINE, "", PHOTO);
    assert_int_equal(story_replies(ANNA), 1);
    assert_true(span_is_text(world_to(w, ANNA, 0)->media, PHOTO));
    SAYS(world_to(w, ANNA, 0), "https://relay.example.test/j/");
    say_last("Sent to " ANNA ": (1 photo)");
}

static void a_photo_beside_a_command_word_reaches_the_customer(void **unused)
{
    (void)unused;
    static const char *const words[] = {"ok", "done", "next", "off", "menu", "ok all"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        world_close(w);
        world_open(w);
        story_two();
        story_say(PRIMARY, LINE, world_tagged(w, story_about(PRIMARY, ANNA), words[i]), PHOTO);
        assert_int_equal(story_replies(ANNA), 1);
        assert_true(span_is_text(world_to(w, ANNA, 0)->media, PHOTO));
        assert_int_equal(story_replies(BORIS), 0);
        story_check();
    }
}

static void an_empty_text_is_no_reply(void **unused)
{
    (void)unused;
    static const char *const bodies[] = {"", "  \r\n", "\xe2\x80\x8f", "\001\037"};

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        world_close(w);
        world_open(w);
        world_text(w, ANNA, "no heat");
        world_text(w, PRIMARY, bodies[i]);
        nothing_was_sent();
        assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
        assert_int_equal(world_count_to(w, PRIMARY), 2); /* he hears of it */
    }
}

/* ---- without a mark ---- */

static void a_bare_ok_takes_the_one_that_waits(void **unused)
{
    (void)unused;
    story_two();
    story_mark(PRIMARY, ANNA, "ok");
    world_text(w, PRIMARY, "  Ok. ");
    assert_string_equal(story_relay(BORIS)->acked_by, "primary");
    say_last(BORIS " is yours");
    say_last("next"); /* how to undo it */
    nothing_was_sent();
}

static void ok_all_takes_what_waits_for_him_alone(void **unused)
{
    (void)unused;
    story_two();
    world_wait(w, 900 * S);
    world_text(w, CLARA, "hello"); /* of whom the backup knows nothing */
    world_text(w, BACKUP, "ok all");
    assert_string_equal(story_relay(ANNA)->acked_by, "backup");
    assert_string_equal(story_relay(BORIS)->acked_by, "backup");
    assert_int_equal(story_relay(CLARA)->state, RELAY_OPEN);
    SAYS(world_last_to(w, PRIMARY), "is with Bo");
}

/* clang-format off */
static const char *const asked_about[] =
    {"done", "Done!", "next", "off", "away", "away 2h", "away until 7", "back", "on", "swap", "swap with bo", "who", "menu"};
/* clang-format on */

static void a_bare_command_word_with_an_open_thread_is_asked_about(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof asked_about / sizeof asked_about[0]; i++) {
        world_close(w);
        world_open(w);
        world_text(w, ANNA, "no heat");
        world_text(w, PRIMARY, asked_about[i]);
        nothing_was_sent();
        say_last("answer 1");
        assert_int_equal(story_duty("primary").since_ms, 0);
        assert_false(world_thread(w, ANNA)->closed);
        world_text(w, PRIMARY, "2");
        assert_true(story_replied(ANNA, asked_about[i]));
        say_last("Sent to " ANNA);
        assert_false(story_has_question("primary"));
        assert_int_equal(story_duty("primary").since_ms, 0);
        story_check();
    }
}

static void one_has_the_command_done_and_says_nothing_wrong(void **unused)
{
    (void)unused;
    static const char *const answers[][2] = {
        {"done", "begin with the mark"},
        {"next", "begin with the mark"},
        {"off", "To confirm 'off'"},
        {"away 2h", "To confirm 'away 2h'"},
        {"swap bo", "To confirm 'swap bo'"},
        {"on", "You are on duty"},
        {"back", "Welcome back"},
        {"who", "On duty: Pat"},
        {"menu", "away 2h"},
    };

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        world_close(w);
        world_open(w);
        world_text(w, ANNA, "no heat");
        world_text(w, PRIMARY, answers[i][0]);
        const size_t before = world_count_to(w, PRIMARY);
        world_text(w, PRIMARY, "1");
        nothing_was_sent();
        say_last(answers[i][1]);
        assert_int_equal(world_count_to(w, PRIMARY), before + 1); /* and no "not sent" */
        assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
        story_check();
    }
}

static void two_with_several_threads_asks_to_which_one(void **unused)
{
    (void)unused;
    story_two();
    world_text(w, PRIMARY, "done");
    const size_t before = world_count_to(w, PRIMARY);
    world_text(w, PRIMARY, "2");
    nothing_was_sent();
    assert_int_equal(world_count_to(w, PRIMARY), before + 1); /* and no "not sent" */
    say_last("to which one");
    world_text(w, PRIMARY, "1");
    assert_int_equal(story_replies(ANNA) + story_replies(BORIS), 1);
}

static void without_a_thread_a_command_word_acts(void **unused)
{
    (void)unused;
    world_text(w, PRIMARY, "who");
    say_last("On duty: Pat, then Bo, then Olga");
    world_text(w, PRIMARY, "menu");
    say_last("away 2h");
    world_text(w, PRIMARY, "done");
    say_last("nothing of yours waits");
}

static void when_every_thread_is_closed_a_command_word_acts(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_mark(PRIMARY, ANNA, "done");
    world_text(w, PRIMARY, "who");
    say_last("On duty: Pat");
}

/* ---- what a tenant chose ---- */

static void without_bare_replies_a_single_one_is_asked_about_too(void **unused)
{
    (void)unused;
    w->roster.bare_replies = false;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "Anna, on my way");
    nothing_was_sent();
    say_last("to which one");
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
    world_text(w, PRIMARY, "1");
    assert_true(story_replied(ANNA, "Anna, on my way"));
    story_mark(PRIMARY, ANNA, "Anna, here");
    assert_true(story_replied(ANNA, "Anna, here"));
}

static void where_the_mark_is_demanded_nothing_is_taken_without_it(void **unused)
{
    (void)unused;
    static const char *const bare[] = {"ok", "ack", "ok all"};

    for (size_t i = 0; i < sizeof bare / sizeof bare[0]; i++) {
        world_close(w);
        world_open(w);
        w->roster.tagged_only = true;
        story_two();
        world_text(w, PRIMARY, bare[i]);
        assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
        assert_int_equal(story_relay(BORIS)->state, RELAY_OPEN);
        say_last("begin with the mark, as in K7F ok");
        story_mark(PRIMARY, ANNA, "ok");
        assert_string_equal(story_relay(ANNA)->acked_by, "primary");
        nothing_was_sent();
    }
}

static void a_mark_is_no_digit_while_a_command_word_is_asked_about(void **unused)
{
    (void)unused;
    story_two();
    world_text(w, PRIMARY, "on");
    SAYS(world_last_to(w, PRIMARY), "answer 1");
    story_mark(PRIMARY, ANNA, "");
    assert_int_equal(story_relay(ANNA)->state, RELAY_TAKEN);
    story_mark(PRIMARY, BORIS, "");
    assert_int_equal(story_relay(BORIS)->state, RELAY_TAKEN);
    assert_int_equal(story_duty("primary").since_ms, 0); /* nothing was said of it */
}

static void of_a_closed_thread_nothing_is_his(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_mark(PRIMARY, ANNA, "done");
    story_mark(PRIMARY, ANNA, "ok");
    say_last("Nothing of " ANNA " waits");
}

static void nothing_waits_is_not_nobody_wrote(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "ok");
    world_text(w, PRIMARY, "ok all");
    say_last("nothing of yours waits");
    story_mark(PRIMARY, ANNA, "done");
    world_text(w, PRIMARY, "next");
    say_last("nothing of yours waits");
}

static void a_reply_to_whoever_opted_out_is_not_sent(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, ANNA, "STOP");
    story_mark(PRIMARY, ANNA, "Anna, on my way");
    say_last("cannot be texted");
    assert_int_equal(story_replies(ANNA), 0);
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN); /* nobody has answered her */
    world_text(w, ANNA, "START");
    story_mark(PRIMARY, ANNA, "Anna, on my way");
    assert_true(story_replied(ANNA, "Anna, on my way"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_mark_decides_what_follows),
        STORY(a_mark_is_known_in_whatever_it_is_wrapped),
        STORY(a_mark_of_nobody_another_operator_or_another_tenant_sends_nothing),
        STORY(a_mark_is_no_mark_in_the_hand_of_a_backup),
        STORY(a_customer_who_knows_a_mark_is_a_customer),
        STORY(the_echo_is_for_the_first_reply_alone),
        STORY(the_echo_fits_into_one_part),
        STORY(a_closed_thread_is_opened_by_a_reply),
        STORY(done_by_another_is_known_to_whoever_had_it),
        STORY(next_of_what_nobody_has_says_so),
        STORY(an_ok_to_a_notice_of_stop_is_answered),
        STORY(whoever_cannot_be_texted_gets_nothing),
        STORY(a_photo_without_words_is_a_reply),
        STORY(a_photo_beside_a_command_word_reaches_the_customer),
        STORY(an_empty_text_is_no_reply),
        STORY(a_bare_ok_takes_the_one_that_waits),
        STORY(ok_all_takes_what_waits_for_him_alone),
        STORY(a_bare_command_word_with_an_open_thread_is_asked_about),
        STORY(one_has_the_command_done_and_says_nothing_wrong),
        STORY(two_with_several_threads_asks_to_which_one),
        STORY(without_a_thread_a_command_word_acts),
        STORY(when_every_thread_is_closed_a_command_word_acts),
        STORY(without_bare_replies_a_single_one_is_asked_about_too),
        STORY(where_the_mark_is_demanded_nothing_is_taken_without_it),
        STORY(a_mark_is_no_digit_while_a_command_word_is_asked_about),
        STORY(of_a_closed_thread_nothing_is_his),
        STORY(nothing_waits_is_not_nobody_wrote),
        STORY(a_reply_to_whoever_opted_out_is_not_sent),
    };

    return cmocka_run_group_tests_name("desk_text", tests, NULL, NULL);
}
