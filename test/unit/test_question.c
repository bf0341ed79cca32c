#include "desk/question.h"

#include "desk_story.h"

static struct world *const w = &world_shared;

static void nothing_was_sent(void)
{
    assert_int_equal(story_replies(ANNA) + story_replies(BORIS), 0);
}

static void held(void)
{
    story_two();
    world_text(w, PRIMARY, "Anna, on my way");
    nothing_was_sent();
    SAYS(world_last_to(w, PRIMARY), "to which one");
    SAYS(world_last_to(w, PRIMARY), ANNA);
    SAYS(world_last_to(w, PRIMARY), BORIS);
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
    assert_int_equal(story_relay(BORIS)->state, RELAY_OPEN);
}

/* The digit by which the last question to the primary has a customer. */
static const char *digit_of(const char *customer)
{
    const struct outbox *o = world_outbox(w, world_last_to(w, PRIMARY)->id);
    const char *at = strstr(arena_text(w->arena, o->body), customer);

    assert_non_null(at);
    return arena_printf(w->arena, "%c", at[-6]); /* "1 K7F +1312..." */
}

/* The same, of a batch that is not saved yet: the question itself knows. */
static const char *digit_of_batch(const char *customer)
{
    const struct question *q = facts_question(&w->facts, WORLD_TENANT, SPAN("primary"));
    const struct thread *t = facts_thread(&w->facts, WORLD_TENANT, SPAN(LINE), span_of(customer));

    assert_true(q && t);
    for (int i = 0; i < q->thread_count; i++)
        if (q->threads[i] == t->id)
            return arena_printf(w->arena, "%d", i + 1);
    fail_msg("%s is no choice", customer);
    return "";
}

/* ---- which one ---- */

static void one_character_sends_it(void **unused)
{
    (void)unused;
    static const char *const forms[] = {"%s", " %s.", "(%s)", "%s!\r\n", "\"%s\"", "#%s"};

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        world_close(w);
        world_open(w);
        held();
        char text[16];
        memset(text, 0, sizeof text);
        const char *pattern = forms[i], *digit = digit_of(ANNA), *cut = strstr(pattern, "%s");
        memcpy(text, pattern, (size_t)(cut - pattern));
        strcat(text, digit);
        strcat(text, cut + 2);
        world_text(w, PRIMARY, text);
        assert_true(story_replied(ANNA, "Anna, on my way"));
        assert_int_equal(story_replies(BORIS), 0);
        assert_string_equal(story_relay(ANNA)->acked_by, "primary");
        assert_int_equal(story_relay(BORIS)->state, RELAY_OPEN);
        SAYS(world_last_to(w, PRIMARY), "Sent to " ANNA ": Anna, on my way");
        assert_false(story_has_question("primary"));
        story_check();
    }
}

static void the_mark_is_an_answer_too(void **unused)
{
    (void)unused;
    held();
    story_mark(PRIMARY, ANNA, "");
    assert_true(story_replied(ANNA, "Anna, on my way"));
    assert_int_equal(story_replies(BORIS), 0);
    assert_false(story_has_question("primary"));
}

static void a_mark_with_words_is_another_reply(void **unused)
{
    (void)unused;
    held();
    story_mark(PRIMARY, BORIS, "Boris, later");
    assert_true(story_replied(BORIS, "Boris, later"));
    assert_int_equal(story_replies(ANNA), 0);
    world_wait(w, 2 * MIN);
    SAYS(world_last_to(w, PRIMARY), "Not sent, as you did not say to whom: Anna, on my way");
    assert_int_equal(story_replies(ANNA), 0);
}

static void out_of_range_sends_nothing_and_may_be_answered_again(void **unused)
{
    (void)unused;
    held();
    const char *digit = digit_of(ANNA);
    world_text(w, PRIMARY, "3");
    nothing_was_sent();
    SAYS(world_last_to(w, PRIMARY), "none of the choices");
    world_text(w, PRIMARY, "9");
    nothing_was_sent();
    world_text(w, PRIMARY, digit);
    assert_true(story_replied(ANNA, "Anna, on my way"));
}

static void zero_is_no_answer(void **unused)
{
    (void)unused;
    held();
    world_text(w, PRIMARY, "0");
    nothing_was_sent();
}

static void two_minutes_without_a_choice_and_he_is_told(void **unused)
{
    (void)unused;
    held();
    const size_t before = world_count_to(w, PRIMARY);
    world_wait(w, 2 * MIN - 1);
    assert_int_equal(world_count_to(w, PRIMARY), before);
    assert_true(story_has_question("primary"));
    world_wait(w, 1);
    assert_int_equal(world_count_to(w, PRIMARY), before + 1);
    SAYS(world_last_to(w, PRIMARY), "Not sent, as you did not say to whom: Anna, on my way");
    nothing_was_sent();
    world_wait(w, 10 * MIN);
    assert_int_equal(world_count_to(w, PRIMARY), before + 1); /* once */
}

static void an_answer_that_comes_too_late_is_no_reply(void **unused)
{
    (void)unused;
    held();
    const char *digit = digit_of(ANNA);
    world_wait(w, 2 * MIN);
    world_text(w, PRIMARY, digit);
    nothing_was_sent();
    world_text(w, PRIMARY, digit); /* impatient: his "1" is no text for anybody */
    nothing_was_sent();
    world_wait(w, 10 * MIN);
    nothing_was_sent();
}

static void what_he_writes_while_it_is_held_goes_along(void **unused)
{
    (void)unused;
    held();
    world_wait(w, MIN);
    const char *digit = digit_of(ANNA);
    world_text(w, PRIMARY, "with a new pump");
    world_wait(w, MIN + 59 * S); /* two minutes from the second */
    assert_true(story_has_question("primary"));
    nothing_was_sent();
    world_text(w, PRIMARY, "and a hose");
    world_text(w, PRIMARY, digit);
    assert_true(story_replied(ANNA, "Anna, on my way\nwith a new pump\nand a hose"));
    assert_int_equal(story_replies(ANNA), 1);
    assert_int_equal(story_replies(BORIS), 0);
}

static void a_photo_while_words_are_held_is_not_lost_unseen(void **unused)
{
    (void)unused;
    held();
    const char *digit = digit_of(ANNA);
    story_say(PRIMARY, LINE, "this one", PHOTO);
    SAYS(world_last_to(w, PRIMARY), "to which one");
    world_text(w, PRIMARY, digit);
    /* Either his first words went along, or he has read that they did not. */
    const struct message *m = world_to(w, ANNA, 0) ? world_to(w, ANNA, 0) : world_to(w, BORIS, 0);
    assert_non_null(m);
    assert_true(span_is_text(m->media, PHOTO));
    SAYS(m, "/j/");
    bool told = world_says(w, m, "on my way");
    for (size_t i = 0; !told && world_to(w, PRIMARY, i); i++)
        told = world_says(w, world_to(w, PRIMARY, i), "Not sent, as you did not say to whom: Anna");
    assert_true(told);
}

static void a_digit_with_a_photo_is_no_answer(void **unused)
{
    (void)unused;
    held();
    story_say(PRIMARY, LINE, digit_of(ANNA), PHOTO);
    nothing_was_sent();
    SAYS(world_last_to(w, PRIMARY), "to which one");
}

static void a_mark_with_a_photo_is_a_reply(void **unused)
{
    (void)unused;
    held();
    story_say(PRIMARY, LINE, world_tagged(w, story_about(PRIMARY, ANNA), ""), PHOTO);
    assert_int_equal(story_replies(ANNA), 1);
    assert_true(span_is_text(world_to(w, ANNA, 0)->media, PHOTO));
    assert_int_equal(story_replies(BORIS), 0);
}

static void held_photos_go_along(void **unused)
{
    (void)unused;
    story_two();
    story_say(PRIMARY, LINE, "", PHOTO);
    nothing_was_sent();
    world_text(w, PRIMARY, digit_of(BORIS));
    assert_int_equal(story_replies(BORIS), 1);
    assert_true(span_is_text(world_to(w, BORIS, 0)->media, PHOTO));
    assert_int_equal(story_replies(ANNA), 0);
}

static void held_photos_alone_are_named_when_they_are_not_sent(void **unused)
{
    (void)unused;
    story_two();
    story_say(PRIMARY, LINE, "", PHOTO);
    world_wait(w, 2 * MIN);
    nothing_was_sent();
    SAYS(world_last_to(w, PRIMARY), "Not sent, as you did not say to whom: (1 photo)");
}

static void of_1600_emoji_that_were_not_sent_a_few_are_shown(void **unused)
{
    (void)unused;
    story_two();
    char *body = arena_alloc(w->arena, 6401);
    for (size_t i = 0; i < 1600; i++)
        memcpy(body + i * 4, "\xf0\x9f\x94\xa5", 4);
    body[6400] = 0;
    world_text(w, PRIMARY, body);
    nothing_was_sent();
    world_wait(w, 2 * MIN);
    SAYS(world_last_to(w, PRIMARY), "Not sent");
    assert_true(world_outbox(w, world_last_to(w, PRIMARY)->id)->body.size < 600);
}

static void another_question_takes_its_place_and_the_old_text_is_known_unsent(void **unused)
{
    (void)unused;
    held();
    const size_t before = world_count_to(w, PRIMARY);
    world_text(w, PRIMARY, "off");
    SAYS(world_to(w, PRIMARY, before), "Not sent, as you did not say to whom: Anna, on my way");
    SAYS(world_last_to(w, PRIMARY), "'off'");
    world_text(w, PRIMARY, "2"); /* "off" to a customer: to which one? */
    nothing_was_sent();
    world_wait(w, 10 * MIN);
    nothing_was_sent();
    assert_int_equal(story_duty("primary").state, DUTY_HOURS);
}

static void the_customers_next_text_leaves_the_question_as_it_is(void **unused)
{
    (void)unused;
    held();
    const char *digit = digit_of(ANNA);
    world_text(w, BORIS, "hello?"); /* by now he is the latest */
    world_text(w, CLARA, "me too");
    world_text(w, PRIMARY, digit);
    assert_true(story_replied(ANNA, "Anna, on my way"));
    assert_int_equal(story_replies(BORIS) + story_replies(CLARA), 0);
}

static void asked_anew_the_digits_mean_what_they_meant(void **unused)
{
    (void)unused;
    held();
    const char *digit = digit_of(ANNA);
    world_text(w, BORIS, "hello?");
    world_text(w, ANNA, "hello?"); /* the order of the latest has changed */
    story_mark(PRIMARY, BORIS, "Boris, wait");
    world_text(w, PRIMARY, "Anna, and soon"); /* held with the first */
    world_text(w, PRIMARY, digit);
    assert_int_equal(story_replies(ANNA), 1);
    assert_int_equal(story_replies(BORIS), 1);
}

static void a_held_reply_to_a_thread_that_was_closed_meanwhile_opens_it(void **unused)
{
    (void)unused;
    held();
    const char *digit = digit_of(ANNA);
    story_mark(PRIMARY, ANNA, "done");
    world_text(w, PRIMARY, digit);
    assert_true(story_replied(ANNA, "Anna, on my way"));
    assert_false(world_thread(w, ANNA)->closed);
}

static void the_answer_of_somebody_else_is_none(void **unused)
{
    (void)unused;
    held();
    const char *digit = digit_of(ANNA);
    world_text(w, BACKUP, digit);
    nothing_was_sent();
    assert_true(story_has_question("primary"));
}

static void a_repeated_answer_sends_once(void **unused)
{
    (void)unused;
    held();
    world_text(w, PRIMARY, digit_of(ANNA));
    world_again(w, w->last);
    assert_int_equal(w->changes, 0);
    assert_int_equal(story_replies(ANNA), 1);
}

static void a_stale_timer_ends_nothing(void **unused)
{
    (void)unused;
    held();
    const struct timer old = w->timers[w->timer_count - 1];
    assert_int_equal(old.kind, TIMER_QUESTION);
    world_wait(w, MIN);
    world_text(w, PRIMARY, "more"); /* its clock begins anew */
    world_wait(w, MIN);
    const size_t before = world_count_to(w, PRIMARY);
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = old});
    assert_int_equal(world_count_to(w, PRIMARY), before);
    assert_true(story_has_question("primary"));
}

static void an_early_timer_ends_nothing(void **unused)
{
    (void)unused;
    held();
    const struct timer early = w->timers[w->timer_count - 1];
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = early});
    assert_true(story_has_question("primary"));
    assert_true(world_has_timer(w, TIMER_QUESTION, early.subject, early.due_ms));
}

static void a_placed_reply_is_echoed_in_a_thread_of_his_own_too(void **unused)
{
    (void)unused;
    story_two();
    story_mark(PRIMARY, ANNA, "Anna, on my way");
    world_text(w, PRIMARY, "Anna, ten minutes");
    world_text(w, PRIMARY, digit_of(ANNA));
    assert_true(story_replied(ANNA, "Anna, ten minutes"));
    SAYS(world_last_to(w, PRIMARY), "Sent to " ANNA ": Anna, ten minutes");
}

static void a_story_in_one_batch_is_the_same_story(void **unused)
{
    (void)unused;
    w->batch = true;
    story_two();
    world_text(w, PRIMARY, "Anna, on my way");
    world_text(w, PRIMARY, digit_of_batch(ANNA));
    world_text(w, PRIMARY, "Boris, later");
    world_text(w, PRIMARY, "off");
    world_text(w, PRIMARY, "1");
    world_commit(w);
    w->batch = false;
    assert_true(story_replied(ANNA, "Anna, on my way"));
    assert_int_equal(story_replies(BORIS), 0);
    SAYS(world_last_to(w, PRIMARY), "To confirm 'off'");
    story_confirm(PRIMARY);
    assert_int_equal(story_duty("primary").state, DUTY_OFF);
    assert_false(story_has_question("primary"));
}

/* ---- what is an answer ---- */

static struct tag marks[] = {{.tag = "K7F", .thread = 5}, {.tag = "B2C", .thread = 6}};
static const struct desk desk = {.tags = marks, .count = 2};

static void a_digit_or_a_mark_of_his_alone_is_a_choice(void **unused)
{
    (void)unused;
    const struct question q = {.threads = {6, 5, 9}, .thread_count = 3};
    static const struct {
        const char *text;
        int choice;
    } rows[] = {{"1", 1},   {"3", 3},      {"4", 4},     {"K7F", 2}, {"b2c.", 1},
                {"D3D", 0}, {"K7F hi", 0}, {"K7F 1", 0}, {"hi", 0},  {"", 0}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (question_choice(&q, &desk, span_of(rows[i].text)) != rows[i].choice)
            fail_msg("'%s'", rows[i].text);
}

static void the_fresh_mark_confirms_and_nothing_beside_it(void **unused)
{
    (void)unused;
    struct question q = {.kind = QUESTION_CONFIRM, .tag = "D3D", .body = SPAN("Away 2h")};
    static const struct {
        const char *text;
        bool confirms;
    } rows[] = {{"D3D", true},     {"d3d!", true},      {"D3D ok", true},   {"D3D away 2h", true},
                {"D3D no", false}, {"D3D stop", false}, {"D3D ?", false},   {"D3D away", false},
                {"D3F", false},    {"K7F", false},      {"away 2h", false}, {"", false}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (question_is_confirmed(&q, &desk, span_of(rows[i].text)) != rows[i].confirms)
            fail_msg("'%s'", rows[i].text);
    strcpy(q.tag, "K7F"); /* drawn for a thread meanwhile: that goes first */
    assert_false(question_is_confirmed(&q, &desk, SPAN("K7F")));
}

/* ---- which to take ---- */

static void an_ok_with_several_waits_for_the_digit(void **unused)
{
    (void)unused;
    story_two();
    world_text(w, PRIMARY, "ok");
    SAYS(world_last_to(w, PRIMARY), "Which one do you take");
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
    assert_int_equal(story_relay(BORIS)->state, RELAY_OPEN);
    world_text(w, PRIMARY, digit_of(BORIS));
    assert_string_equal(story_relay(BORIS)->acked_by, "primary");
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
    SAYS(world_last_to(w, PRIMARY), BORIS " is yours");
    nothing_was_sent();
}

static void an_ok_without_a_choice_takes_nothing(void **unused)
{
    (void)unused;
    story_two();
    world_text(w, PRIMARY, "ok");
    world_wait(w, 2 * MIN);
    assert_false(story_has_question("primary"));
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
    world_text(w, PRIMARY, "1"); /* late */
    nothing_was_sent();
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
    assert_int_equal(story_relay(BORIS)->state, RELAY_OPEN);
}

static void ok_all_answers_which_to_take(void **unused)
{
    (void)unused;
    story_two();
    world_text(w, PRIMARY, "ok");
    world_text(w, PRIMARY, "ok all");
    assert_string_equal(story_relay(ANNA)->acked_by, "primary");
    assert_string_equal(story_relay(BORIS)->acked_by, "primary");
    nothing_was_sent();
}

static void words_instead_of_a_choice_are_held_in_its_place(void **unused)
{
    (void)unused;
    story_two();
    world_text(w, PRIMARY, "ok");
    world_text(w, PRIMARY, "Boris, on my way");
    nothing_was_sent();
    world_text(w, PRIMARY, digit_of(BORIS));
    assert_true(story_replied(BORIS, "Boris, on my way"));
    assert_int_equal(story_replies(ANNA), 0);
}

static void a_late_digit_answers_no_later_question(void **unused)
{
    (void)unused;
    held();
    world_wait(w, 3 * MIN); /* his answer of the first minute is still in the carrier's log */
    world_text(w, PRIMARY, "Boris, tomorrow");
    const char *choice = digit_of(BORIS);
    SAYS(world_last_to(w, PRIMARY), "to which one");
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = SPAN("SMlatedigit"),
                                  .from = SPAN(PRIMARY),
                                  .to = SPAN(LINE),
                                  .body = span_of(digit_of(ANNA)),
                                  .late = true,
                                  .at_ms = WORLD_START + MIN,
                                  .attempt = -1});
    nothing_was_sent();
    SAYS(world_last_to(w, PRIMARY), "came too late");
    world_text(w, PRIMARY, choice); /* the question stands */
    assert_true(story_replied(BORIS, "Boris, tomorrow"));
}

static void a_full_desk_can_still_confirm(void **unused)
{
    (void)unused;
    world_use_all_marks(w, "primary", WORLD_START - 20 * (int64_t)HOUR, -1);
    world_text(w, PRIMARY, "off");
    SAYS(world_last_to(w, PRIMARY), "To confirm 'off'");
    story_confirm(PRIMARY);
    assert_int_equal(story_duty("primary").state, DUTY_OFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(one_character_sends_it),
        STORY(the_mark_is_an_answer_too),
        STORY(a_mark_with_words_is_another_reply),
        STORY(out_of_range_sends_nothing_and_may_be_answered_again),
        STORY(zero_is_no_answer),
        STORY(two_minutes_without_a_choice_and_he_is_told),
        STORY(an_answer_that_comes_too_late_is_no_reply),
        STORY(what_he_writes_while_it_is_held_goes_along),
        STORY(a_photo_while_words_are_held_is_not_lost_unseen),
        STORY(a_digit_with_a_photo_is_no_answer),
        STORY(a_mark_with_a_photo_is_a_reply),
        STORY(held_photos_go_along),
        STORY(held_photos_alone_are_named_when_they_are_not_sent),
        STORY(of_1600_emoji_that_were_not_sent_a_few_are_shown),
        STORY(another_question_takes_its_place_and_the_old_text_is_known_unsent),
        STORY(the_customers_next_text_leaves_the_question_as_it_is),
        STORY(asked_anew_the_digits_mean_what_they_meant),
        STORY(a_held_reply_to_a_thread_that_was_closed_meanwhile_opens_it),
        STORY(the_answer_of_somebody_else_is_none),
        STORY(a_repeated_answer_sends_once),
        STORY(a_stale_timer_ends_nothing),
        STORY(an_early_timer_ends_nothing),
        STORY(a_placed_reply_is_echoed_in_a_thread_of_his_own_too),
        STORY(a_story_in_one_batch_is_the_same_story),
        STORY(a_digit_or_a_mark_of_his_alone_is_a_choice),
        STORY(the_fresh_mark_confirms_and_nothing_beside_it),
        STORY(an_ok_with_several_waits_for_the_digit),
        STORY(an_ok_without_a_choice_takes_nothing),
        STORY(ok_all_answers_which_to_take),
        STORY(words_instead_of_a_choice_are_held_in_its_place),
        STORY(a_late_digit_answers_no_later_question),
        STORY(a_full_desk_can_still_confirm),
    };

    return cmocka_run_group_tests_name("question", tests, NULL, NULL);
}
