#include "desk/duty.h"

#include "desk_story.h"

static struct world *const w = &world_shared;

/* Chicago: summer time from 8 March 2026, 2:00, until 1 November, 2:00. */
static const int64_t spring_ms = WORLD_START - 28 * (int64_t)HOUR;
static const int64_t autumn_ms = WORLD_START + (237 * 24 - 5) * (int64_t)HOUR;
static const struct zone chicago = {
    "America/Chicago",
    (const struct zone_change[]){{0, -6 * 3600},
                                 {WORLD_START - 28 * (int64_t)HOUR, -5 * 3600},
                                 {WORLD_START + (237 * 24 - 5) * (int64_t)HOUR, -6 * 3600}},
    3};
static const struct hours every_day[] = {{0x7f, 8 * 60, 17 * 60}};

static void say_last(const char *phone, const char *words)
{
    if (!world_says(w, world_last_to(w, phone), words))
        fail_msg("no '%s' in: %.*s", words, SPAN_ARG(world_last_to(w, phone)->body));
}

static void confirmed(const char *phone, const char *words)
{
    world_text(w, phone, words);
    say_last(phone, "To confirm '");
    story_confirm(phone);
}

/* ---- confirmed by a fresh mark ---- */

static void off_away_and_swap_act_when_the_fresh_mark_comes_back(void **unused)
{
    (void)unused;
    static const struct {
        const char *words;
        enum duty_state state;
    } rows[] = {
        {"off", DUTY_OFF}, {"away", DUTY_AWAY}, {"Away 2H!", DUTY_AWAY}, {"swap", DUTY_OFF}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world_close(w);
        world_open(w);
        world_text(w, PRIMARY, rows[i].words);
        assert_int_equal(story_duty("primary").since_ms, 0);
        say_last(PRIMARY, "To confirm '");
        story_confirm(PRIMARY);
        assert_int_equal(story_duty("primary").state, rows[i].state);
        assert_false(story_has_question("primary"));
        world_text(w, ANNA, "no heat");
        assert_int_equal(world_count_to(w, BACKUP), strcmp(rows[i].words, "swap") == 0 ? 2 : 1);
        story_check();
    }
}

/* What comes back instead of the fresh mark; "K7F" stands for it. */
static void nothing_else_confirms(void **unused)
{
    (void)unused;
    static const char *const answers[] = {
        "yes", "ok", "off", "1", "2", "K7F no", "K7F cancel", "K7F never mind", "K7F next"};

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        world_close(w);
        world_open(w);
        world_text(w, PRIMARY, "off");
        const struct span asked = world_last_to(w, PRIMARY)->body;
        const bool marked = answers[i][0] == 'K';
        world_text(w, PRIMARY,
                   !marked ? answers[i]
                           : arena_printf(w->arena, "%.3s%s", asked.data + asked.size - 3,
                                          answers[i] + 3));
        if (story_duty("primary").state != DUTY_HOURS)
            fail_msg("'%s' confirmed", answers[i]);
    }
}

static void the_fresh_mark_may_come_with_ok_or_the_command(void **unused)
{
    (void)unused;
    static const char *const forms[] = {"%.3s.", "[%.3s]", "%.3s ok", "%.3s off"};

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        world_close(w);
        world_open(w);
        world_text(w, PRIMARY, "off");
        const struct span asked = world_last_to(w, PRIMARY)->body;
        char text[16];
        const char *cut = strstr(forms[i], "%.3s");
        memset(text, 0, sizeof text);
        memcpy(text, forms[i], (size_t)(cut - forms[i]));
        memcpy(text + strlen(text), asked.data + asked.size - 3, 3);
        strcat(text, cut + 4);
        world_text(w, PRIMARY, text);
        if (story_duty("primary").state != DUTY_OFF)
            fail_msg("'%s' did nothing", text);
    }
}

static void an_old_mark_does_nothing(void **unused)
{
    (void)unused;
    world_text(w, PRIMARY, "off");
    const struct message *old = world_last_to(w, PRIMARY);
    const char *mark = arena_text(w->arena, span_skip(old->body, old->body.size - 3));
    world_text(w, PRIMARY, "away 2h"); /* asks anew */
    world_text(w, PRIMARY, mark);
    assert_int_equal(story_duty("primary").state, DUTY_HOURS);
    say_last(PRIMARY, "is no mark of yours");
}

static void ten_minutes_later_it_is_over_and_he_is_told(void **unused)
{
    (void)unused;
    world_text(w, PRIMARY, "off");
    const struct message *asked = world_last_to(w, PRIMARY);
    world_wait(w, 10 * MIN - 1);
    assert_ptr_equal(world_last_to(w, PRIMARY), asked);
    world_wait(w, 1);
    say_last(PRIMARY, "'off' was not confirmed");
    world_text(w, PRIMARY, arena_text(w->arena, span_skip(asked->body, asked->body.size - 3)));
    assert_int_equal(story_duty("primary").state, DUTY_HOURS);
}

static void a_threads_mark_confirms_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_mark(PRIMARY, ANNA, "off");
    say_last(PRIMARY, "To confirm 'off'");
    story_mark(PRIMARY, ANNA, "");
    assert_int_equal(story_duty("primary").state, DUTY_HOURS);
    assert_string_equal(story_relay(ANNA)->acked_by, "primary"); /* what it says by itself */
}

static void the_mark_of_somebody_else_confirms_nothing(void **unused)
{
    (void)unused;
    world_text(w, PRIMARY, "off");
    const struct message *asked = world_last_to(w, PRIMARY);
    world_text(w, BACKUP, arena_text(w->arena, span_skip(asked->body, asked->body.size - 3)));
    assert_int_equal(story_duty("primary").state, DUTY_HOURS);
    assert_int_equal(story_duty("backup").state, DUTY_HOURS);
}

static void a_reply_meanwhile_is_a_reply(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    story_mark(PRIMARY, ANNA, "off");
    const struct message *asked = world_last_to(w, PRIMARY);
    world_text(w, PRIMARY, "Anna, on my way");
    assert_true(story_replied(ANNA, "Anna, on my way"));
    world_text(w, PRIMARY, arena_text(w->arena, span_skip(asked->body, asked->body.size - 3)));
    assert_int_equal(story_duty("primary").state, DUTY_OFF);
}

static void a_repeated_confirmation_changes_nothing(void **unused)
{
    (void)unused;
    confirmed(PRIMARY, "off");
    world_again(w, w->last);
    assert_int_equal(w->changes, 0);
}

/* ---- on, back ---- */

static void on_and_back_act_at_once_and_wake_what_waits(void **unused)
{
    (void)unused;
    static const char *const words[] = {"on", "back"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        world_close(w);
        world_open(w);
        world_off(w, AT_BACKUP);
        world_off(w, AT_OWNER);
        confirmed(PRIMARY, "away");
        say_last(PRIMARY, "NOBODY ELSE IS ON DUTY");
        assert_int_equal(world_logged(w, "duty.nobody"), 1);
        story_two();
        assert_int_equal(story_relay(ANNA)->state, RELAY_IDLE);
        world_text(w, PRIMARY, words[i]);
        assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
        assert_int_equal(story_relay(BORIS)->state, RELAY_OPEN);
        assert_int_equal(story_relay(ANNA)->due_ms, w->now_ms + 900 * S);
        SAYS(story_about(PRIMARY, ANNA), "no heat");
        SAYS(story_about(PRIMARY, BORIS), "no water");
        assert_int_equal(story_duty("primary").state, DUTY_HOURS);
        story_check();
    }
}

static void on_outside_his_hours_holds_until_they_begin(void **unused)
{
    (void)unused;
    world_off(w, AT_PRIMARY);
    world_text(w, PRIMARY, "on");
    assert_int_equal(story_duty("primary").state, DUTY_ON);
    assert_int_equal(story_duty("primary").until_ms, WORLD_TUESDAY);
    world_text(w, ANNA, "no heat");
    SAYS(world_last_to(w, PRIMARY), "no heat");
}

static void back_outside_his_hours_says_so(void **unused)
{
    (void)unused;
    world_off(w, AT_PRIMARY);
    world_text(w, PRIMARY, "back");
    say_last(PRIMARY, "Your hours say that you are off duty");
    assert_int_equal(story_duty("primary").state, DUTY_HOURS);
    world_text(w, ANNA, "no heat");
    assert_int_equal(world_count_to(w, PRIMARY), 1);
    assert_int_equal(world_count_to(w, BACKUP), 1);
}

static void whoever_is_on_no_chain_wakes_nobody(void **unused)
{
    (void)unused;
    world_off(w, AT_PRIMARY);
    world_off(w, AT_BACKUP);
    world_off(w, AT_OWNER);
    world_text(w, ANNA, "no heat");
    world_text(w, SPARE, "on");
    assert_int_equal(story_relay(ANNA)->state, RELAY_IDLE);
    assert_int_equal(world_count_to(w, SPARE), 1);
    assert_int_equal(world_count_to(w, ANNA), 1); /* the closed text, once */
}

/* ---- off, away ---- */

static void off_holds_until_his_next_shift(void **unused)
{
    (void)unused;
    w->people[AT_PRIMARY].hours = every_day;
    w->people[AT_PRIMARY].hours_count = 1;
    confirmed(PRIMARY, "off");
    say_last(PRIMARY, "You are off duty until Tue 08:00");
    assert_int_equal(story_duty("primary").until_ms, WORLD_TUESDAY);
    w->now_ms = WORLD_TUESDAY;
    world_text(w, ANNA, "no heat");
    SAYS(world_last_to(w, PRIMARY), "no heat");
}

static void off_without_hours_holds_until_he_says_on(void **unused)
{
    (void)unused;
    confirmed(PRIMARY, "off");
    assert_int_equal(story_duty("primary").until_ms, 0);
    w->now_ms += 90 * 24 * (int64_t)HOUR;
    world_text(w, ANNA, "no heat");
    assert_int_equal(world_count_to(w, BACKUP), 1);
    world_text(w, PRIMARY, "on");
    world_text(w, BORIS, "no water");
    SAYS(story_about(PRIMARY, BORIS), "no water");
}

/* clang-format off */
static const struct until_row {
    const char *says, *words;
    int64_t now_ms, until_ms;
    const char *told;
} until_rows[] = {
    {"for hours", "away 2h", WORLD_START, WORLD_START + 2 * HOUR, "until 09:00"},
    {"for minutes", "away 90 min", WORLD_START, WORLD_START + 90 * MIN, "until 08:30"},
    {"until a time of this morning", "away until 9:30", WORLD_START, WORLD_START + 150 * MIN, "until 09:30"},
    {"a time that has gone by is this evening's", "away until 6", WORLD_START, WORLD_START + 11 * (int64_t)HOUR, "until 18:00"},
    {"the very minute is the next one", "away until 7", WORLD_START, WORLD_START + 12 * (int64_t)HOUR, "until 19:00"},
    {"am is tomorrow's", "away till 7am", WORLD_START, WORLD_START + 24 * (int64_t)HOUR, "until Tue 07:00"},
    {"of twenty-four hours", "away until 19:30", WORLD_START, WORLD_START + 750 * MIN, "until 19:30"},
    {"midnight", "away until 0:00", WORLD_START, WORLD_START + 17 * (int64_t)HOUR, "until Tue 00:00"},
    {"over the spring change the night is an hour shorter", "away until 7",
        WORLD_START - 32 * (int64_t)HOUR, WORLD_START - 24 * (int64_t)HOUR, "until Sun 07:00"},
    {"a time that the spring change skips is the change", "away until 2:30am",
        WORLD_START - 32 * (int64_t)HOUR, WORLD_START - 28 * (int64_t)HOUR, "until Sun 03:00"},
    {"over the autumn change the night is an hour longer", "away until 7",
        WORLD_START + (237 * 24 - 9) * (int64_t)HOUR, WORLD_START + (237 * 24 + 1) * (int64_t)HOUR, "until Sun 07:00"},
    {"two hours are two hours, whatever clocks do", "away 2h",
        WORLD_START - 29 * (int64_t)HOUR, WORLD_START - 27 * (int64_t)HOUR, "until 04:00"},
    {"an hour that comes twice, from its first pass: the second", "away until 1:30am",
        WORLD_START + (237 * 24 - 5) * (int64_t)HOUR - 15 * MIN,
        WORLD_START + (237 * 24 - 5) * (int64_t)HOUR + 30 * MIN, "until 01:30"},
};
/* clang-format on */

static void away_holds_until_his_own_clock_shows_the_time(void **unused)
{
    (void)unused;
    assert_true(spring_ms == chicago.changes[1].from_ms && autumn_ms == chicago.changes[2].from_ms);
    for (size_t i = 0; i < sizeof until_rows / sizeof until_rows[0]; i++) {
        const struct until_row *r = &until_rows[i];
        world_close(w);
        world_open(w);
        w->now_ms = r->now_ms;
        w->people[AT_PRIMARY].zone = &chicago;
        confirmed(PRIMARY, r->words);
        const struct duty said = story_duty("primary");
        if (said.state != DUTY_AWAY || said.until_ms != r->until_ms)
            fail_msg("%s: %lld minutes off", r->says,
                     (long long)(said.until_ms - r->until_ms) / MIN);
        if (!world_says(w, world_last_to(w, PRIMARY), r->told))
            fail_msg("%s: %.*s", r->says, SPAN_ARG(world_last_to(w, PRIMARY)->body));
        w->now_ms = r->until_ms - 1;
        world_text(w, ANNA, "no heat");
        assert_int_equal(world_count_to(w, BACKUP), 1);
        w->now_ms = r->until_ms;
        world_text(w, BORIS, "no water");
        assert_int_equal(world_count_to(w, BACKUP), 1);
        SAYS(story_about(PRIMARY, BORIS), "no water");
        story_check();
    }
}

/* ---- swap ---- */

static void a_swap_gives_the_rest_of_the_shift(void **unused)
{
    (void)unused;
    w->people[AT_PRIMARY].hours = every_day;
    w->people[AT_PRIMARY].hours_count = 1;
    confirmed(PRIMARY, "swap with SAM");
    say_last(PRIMARY, "Sam has your duty until 17:00");
    say_last(SPARE, "You are on duty for Pat until 17:00");
    assert_int_equal(story_duty("primary").state, DUTY_OFF);
    assert_int_equal(story_duty("spare").state, DUTY_ON);
    assert_int_equal(story_duty("spare").until_ms, WORLD_START + 5 * (int64_t)HOUR);
    assert_int_equal(story_duty("backup").since_ms, 0);
}

static void whoever_took_a_shift_can_give_it_back(void **unused)
{
    (void)unused;
    confirmed(PRIMARY, "swap bo");
    say_last(BACKUP, "To give it back: swap Pat");
    confirmed(BACKUP, "swap Pat");
    assert_int_equal(story_duty("primary").state, DUTY_ON);
    assert_int_equal(story_duty("owner").since_ms, 0);
}

static void a_name_may_have_stray_spaces(void **unused)
{
    (void)unused;
    strcpy(w->people[AT_BACKUP].name, "Bo Smith");
    confirmed(PRIMARY, "Swap  with   bo smith.");
    say_last(PRIMARY, "Bo Smith has your duty");
}

static void a_swap_with_himself_or_nobody_changes_nothing(void **unused)
{
    (void)unused;
    confirmed(PRIMARY, "swap pat");
    say_last(PRIMARY, "nobody to swap with");
    assert_int_equal(story_duty("primary").since_ms, 0);
    world_text(w, PRIMARY, "swap Zoe"); /* nobody of ours: words, and for nobody */
    say_last(PRIMARY, "nobody has written");
}

static void a_swap_wakes_what_waits(void **unused)
{
    (void)unused;
    world_off(w, AT_PRIMARY);
    world_off(w, AT_BACKUP);
    world_off(w, AT_OWNER);
    world_text(w, ANNA, "no heat");
    confirmed(PRIMARY, "swap bo");
    assert_int_equal(story_relay(ANNA)->state, RELAY_OPEN);
    SAYS(world_last_to(w, BACKUP), "You are on duty for Pat");
    SAYS(story_about(BACKUP, ANNA), "no heat");
    assert_int_equal(story_duty("backup").state, DUTY_ON);
}

/* ---- who ---- */

static void who_names_those_who_would_be_asked_now(void **unused)
{
    (void)unused;
    world_text(w, BACKUP, "who");
    say_last(BACKUP, "On duty: Pat, then Bo, then Olga");
    confirmed(PRIMARY, "away 2h");
    world_text(w, BACKUP, "Who?");
    say_last(BACKUP, "On duty: Bo, then Olga");
    say_last(BACKUP, "at 14:00");
}

static void who_says_when_nobody_is(void **unused)
{
    (void)unused;
    world_off(w, AT_PRIMARY);
    world_off(w, AT_BACKUP);
    world_off(w, AT_OWNER);
    world_text(w, SPARE, "who");
    say_last(SPARE, "On duty: nobody. Somebody comes on at Tue 08:00.");
}

static void who_is_about_the_line_that_was_asked(void **unused)
{
    (void)unused;
    story_say(PRIMARY, LINE_2, "who", NULL);
    say_last(PRIMARY, "On duty: Sam");
    assert_string_equal(world_last_to(w, PRIMARY)->from, LINE_2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(off_away_and_swap_act_when_the_fresh_mark_comes_back),
        STORY(nothing_else_confirms),
        STORY(the_fresh_mark_may_come_with_ok_or_the_command),
        STORY(an_old_mark_does_nothing),
        STORY(ten_minutes_later_it_is_over_and_he_is_told),
        STORY(a_threads_mark_confirms_nothing),
        STORY(the_mark_of_somebody_else_confirms_nothing),
        STORY(a_reply_meanwhile_is_a_reply),
        STORY(a_repeated_confirmation_changes_nothing),
        STORY(on_and_back_act_at_once_and_wake_what_waits),
        STORY(on_outside_his_hours_holds_until_they_begin),
        STORY(back_outside_his_hours_says_so),
        STORY(whoever_is_on_no_chain_wakes_nobody),
        STORY(off_holds_until_his_next_shift),
        STORY(off_without_hours_holds_until_he_says_on),
        STORY(away_holds_until_his_own_clock_shows_the_time),
        STORY(a_swap_gives_the_rest_of_the_shift),
        STORY(whoever_took_a_shift_can_give_it_back),
        STORY(a_name_may_have_stray_spaces),
        STORY(a_swap_with_himself_or_nobody_changes_nothing),
        STORY(a_swap_wakes_what_waits),
        STORY(who_names_those_who_would_be_asked_now),
        STORY(who_says_when_nobody_is),
        STORY(who_is_about_the_line_that_was_asked),
    };

    return cmocka_run_group_tests_name("duty", tests, NULL, NULL);
}
