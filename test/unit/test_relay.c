#include "core_world.h"

#include "relay/relay.h"
#include "rules/command.h"

static struct world *const w = &world_shared;

static size_t clocks(enum timer_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < w->timer_count; i++)
        n += w->timers[i].kind == kind;
    return n;
}

static void assert_clock(int64_t due_ms)
{
    const struct relay *r = world_relay(w);

    assert_int_equal(r->state, RELAY_OPEN);
    assert_int_equal(r->due_ms, due_ms);
    assert_true(world_has_timer(w, TIMER_RELAY, r->id, due_ms));
    assert_int_equal(clocks(TIMER_RELAY), 1);
}

static void assert_counts(size_t primary, size_t backup, size_t owner, size_t spare)
{
    assert_int_equal(world_count_to(w, PRIMARY), primary);
    assert_int_equal(world_count_to(w, BACKUP), backup);
    assert_int_equal(world_count_to(w, OWNER), owner);
    assert_int_equal(world_count_to(w, SPARE), spare);
}

static void a_text_goes_to_the_first_step_alone(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    assert_int_equal(w->answer.kind, ANSWER_NOTHING);
    assert_counts(1, 0, 0, 0);
    const struct message *m = world_to(w, PRIMARY, 0);
    SAYS(m, ANNA);
    SAYS(m, "no heat");
    SAYS(m, "https://relay.example.test/j/");
    assert_int_equal(m->kind, MESSAGE_FORWARD);
    assert_string_equal(m->from, LINE);
    assert_true(command_is_tag((struct span){m->body.data, 3}));
    const struct relay *r = world_relay(w);
    assert_int_equal(r->forwarded_to_primary_at, WORLD_START);
    assert_int_equal(r->final_status, FINAL_NONE);
    assert_clock(WORLD_START + 900 * S);
    assert_int_equal(world_count_to(w, ANNA), 0);
    assert_int_equal(world_logged(w, "relay.raised"), 1);
    assert_int_equal(world_thread(w, ANNA)->relay, r->id);
}

static void a_step_that_lapses_goes_on_and_is_told(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S - 1);
    assert_counts(1, 0, 0, 0);
    world_wait(w, 1);
    assert_counts(2, 1, 0, 0);
    SAYS(world_last_to(w, PRIMARY), "went on to Bo");
    SAYS(world_last_to(w, BACKUP), "no heat");
    const struct relay *r = world_relay(w);
    assert_int_equal(r->final_status, FINAL_BACKUP_TRIGGERED);
    assert_int_equal(r->forwarded_to_backup_at, WORLD_START + 900 * S);
    assert_int_equal(r->plan->rungs[0].state, RUNG_MISSED);
    assert_clock(WORLD_START + 1800 * S);
}

static void the_backup_replies_and_has_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    world_text(w, BACKUP, world_tagged(w, world_last_to(w, BACKUP), "on my way"));
    const struct relay *r = world_relay(w);
    assert_int_equal(r->state, RELAY_TAKEN);
    assert_string_equal(r->acked_by, "backup");
    assert_int_equal(r->final_status, FINAL_ACKED);
    assert_int_equal(r->primary_ack_at, 0);
    assert_int_equal(clocks(TIMER_RELAY), 0);
    assert_string_equal(world_thread(w, ANNA)->owner, "backup");
    assert_int_equal(world_count_to(w, ANNA), 1);
    assert_true(span_is_text(world_to(w, ANNA, 0)->body, "on my way"));
    assert_string_equal(world_to(w, ANNA, 0)->from, LINE);
    SAYS(world_last_to(w, PRIMARY), "is with Bo");
    SAYS(world_last_to(w, BACKUP), "Sent to " ANNA ": on my way"); /* the first is echoed */
    assert_counts(3, 2, 0, 0);
}

static void exhausted_tells_everybody_and_alarms(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 3600 * S);
    const struct relay *r = world_relay(w);
    assert_int_equal(r->state, RELAY_EXHAUSTED);
    assert_int_equal(r->final_status, FINAL_FAILED);
    assert_int_equal(w->timer_count, 0);
    assert_int_equal(world_logged(w, "relay.exhausted"), 1);
    assert_int_equal(world_alarms(w), 1);
    SAYS(world_last_to(w, PRIMARY), "NOBODY HAS ANSWERED");
    SAYS(world_last_to(w, BACKUP), "NOBODY HAS ANSWERED");
    SAYS(world_last_to(w, OWNER), "NOBODY HAS ANSWERED");
    assert_int_equal(world_count_to(w, SPARE), 0);
}

static void a_late_acknowledgement_counts(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 3600 * S);
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "ok"));
    const struct relay *r = world_relay(w);
    assert_int_equal(r->state, RELAY_TAKEN);
    assert_int_equal(r->final_status, FINAL_ACKED);
    assert_int_equal(r->primary_ack_at, w->now_ms);
    SAYS(world_last_to(w, PRIMARY), "is yours");
    SAYS(world_last_to(w, BACKUP), "is with Pat");
    SAYS(world_last_to(w, OWNER), "is with Pat");
    world_text(w, BACKUP, world_tagged(w, world_to(w, BACKUP, 0), "ok"));
    assert_string_equal(r->acked_by, "primary"); /* the first stays */
    SAYS(world_last_to(w, BACKUP), "is with Pat");
}

static void what_joins_shares_the_step_without_a_new_clock(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 600 * S);
    world_text(w, ANNA, "and water");
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    assert_counts(2, 0, 0, 0);
    SAYS(world_last_to(w, PRIMARY), "and water");
    assert_clock(WORLD_START + 900 * S);
    world_wait(w, 300 * S);
    SAYS(world_last_to(w, BACKUP), "no heat\nand water");
}

static void texts_that_follow_a_missed_call_reach_the_next_step(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_call_status(w, "completed", "1");
    world_text(w, ANNA, "no heat");
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    SAYS(world_last_to(w, PRIMARY), "no heat");
    world_wait(w, 900 * S);
    SAYS(world_last_to(w, BACKUP), "Missed call");
    SAYS(world_last_to(w, BACKUP), "no heat");
}

static void next_by_the_mark_goes_on_now(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 60 * S);
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "next"));
    assert_counts(2, 1, 0, 0);
    SAYS(world_last_to(w, PRIMARY), "went on to Bo");
    assert_int_equal(world_relay(w)->plan->rungs[0].state, RUNG_PASSED);
    assert_clock(WORLD_START + 960 * S);
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "next")); /* not his now */
    assert_clock(WORLD_START + 960 * S);
    assert_int_equal(world_count_to(w, OWNER), 0);
}

static void next_of_the_last_exhausts(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 1800 * S);
    world_text(w, OWNER, world_tagged(w, world_to(w, OWNER, 0), "next"));
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    assert_int_equal(w->timer_count, 0);
}

static void whoever_has_it_gives_it_back(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "ok"));
    world_wait(w, 60 * S);
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "next"));
    const struct relay *r = world_relay(w);
    assert_clock(WORLD_START + 960 * S);
    assert_int_equal(r->step, 1);
    assert_string_equal(r->acked_by, "");
    assert_int_equal(r->acked_at, 0);
    assert_int_equal(r->final_status, FINAL_BACKUP_TRIGGERED);
    assert_string_equal(world_thread(w, ANNA)->owner, "");
    assert_int_equal(r->plan->rungs[0].state, RUNG_PASSED);
    SAYS(world_last_to(w, PRIMARY), "went on to Bo");
    SAYS(world_last_to(w, BACKUP), "no heat");
}

static void given_back_twice_is_not_acknowledged(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    world_text(w, BACKUP, world_tagged(w, world_to(w, BACKUP, 0), "ok"));
    world_text(w, BACKUP, world_tagged(w, world_to(w, BACKUP, 0), "next"));
    assert_int_equal(world_relay(w)->step, 2);
    assert_int_equal(world_relay(w)->final_status, FINAL_BACKUP_TRIGGERED);
}

static void who_is_off_duty_by_then_is_passed_over(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_off(w, AT_BACKUP);
    world_wait(w, 900 * S);
    assert_counts(2, 0, 1, 0);
    SAYS(world_last_to(w, PRIMARY), "went on to Olga");
    assert_clock(WORLD_START + (900 + 1800) * S);
    world_wait(w, 1800 * S);
    SAYS(world_last_to(w, BACKUP), "NOBODY HAS ANSWERED"); /* exhaustion wakes everybody */
}

static void who_has_left_the_roster_is_passed_over(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    strcpy(w->people[AT_BACKUP].id, "somebody-else");
    w->chains[0].steps[1] = w->chains[0].steps[2];
    w->chains[0].step_count = 2;
    world_wait(w, 900 * S);
    assert_counts(2, 0, 1, 0);
}

static void without_a_roster_it_ends_with_an_alarm(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    w->roster = (struct roster){.zone = w->roster.zone};
    world_wait(w, 900 * S);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    assert_int_equal(world_alarms(w), 1);
    assert_int_equal(w->timer_count, 0);
}

static void everybody_off(void)
{
    world_off(w, AT_PRIMARY);
    world_off(w, AT_BACKUP);
    world_off(w, AT_OWNER);
}

static void nobody_on_duty_waits_for_whoever_comes_on(void **unused)
{
    (void)unused;
    everybody_off();
    w->people[AT_OWNER].last_resort = true;
    world_text(w, ANNA, "no heat");
    const struct relay *r = world_relay(w);
    assert_int_equal(r->state, RELAY_IDLE);
    assert_int_equal(r->due_ms, WORLD_TUESDAY);
    assert_counts(0, 0, 1, 0);
    SAYS(world_last_to(w, OWNER), "Nobody is on duty");
    assert_int_equal(world_count_to(w, ANNA), 1);
    SAYS(world_to(w, ANNA, 0), "nobody is on duty");
    assert_int_equal(world_alarms(w), 1);

    world_wait(w, HOUR);
    world_text(w, ANNA, "and water");
    assert_int_equal(world_count_to(w, ANNA), 1); /* the closed text once */
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    SAYS(world_last_to(w, OWNER), "and water"); /* he may be the one who takes it */
    world_go(w, WORLD_TUESDAY - 1);
    assert_counts(0, 0, 2, 0);
    world_go(w, WORLD_TUESDAY);
    assert_counts(1, 0, 2, 0);
    SAYS(world_last_to(w, PRIMARY), "no heat\nand water");
    assert_clock(WORLD_TUESDAY + 900 * S);
    assert_int_equal(r->forwarded_to_primary_at, WORLD_TUESDAY);
}

static void a_last_resort_takes_it_and_the_others_are_told(void **unused)
{
    (void)unused;
    everybody_off();
    w->people[AT_OWNER].last_resort = w->people[AT_BACKUP].last_resort = true;
    world_text(w, ANNA, "no heat");
    assert_counts(0, 1, 1, 0);
    world_text(w, OWNER, world_tagged(w, world_last_to(w, OWNER), "ok"));
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    SAYS(world_last_to(w, BACKUP), "is with Olga");
    assert_int_equal(clocks(TIMER_RELAY), 0);
}

static void a_job_that_joins_brings_its_operator_when_he_comes_on(void **unused)
{
    (void)unused;
    everybody_off();
    world_text(w, ANNA, "no heat");
    const struct event joined = {.kind = EVENT_TEXT,
                                 .sid = SPAN("SMjob"),
                                 .from = SPAN(ANNA),
                                 .to = SPAN(LINE),
                                 .body = SPAN("for the boiler"),
                                 .job = SPAN("boiler")};
    world_again(w, joined);
    world_go(w, WORLD_TUESDAY);
    assert_counts(0, 0, 0, 1);
    SAYS(world_last_to(w, SPARE), "for the boiler");
    assert_int_equal(world_relay(w)->plan->rungs[0].reason, REASON_JOB);
}

static void a_chain_that_changed_overnight_is_the_new_one(void **unused)
{
    (void)unused;
    everybody_off();
    world_text(w, ANNA, "no heat");
    w->chains[0].steps[0].operators[0] = AT_SPARE;
    world_go(w, WORLD_TUESDAY);
    assert_counts(0, 0, 0, 1);
}

static void nobody_ever_is_exhausted_at_once(void **unused)
{
    (void)unused;
    w->chains[0].step_count = 1;
    w->chains[0].steps[0].operators[0] = AT_SPARE;
    world_call(w, SPARE); /* the only one is the caller */
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    assert_int_equal(world_logged(w, "relay.exhausted"), 1);
    assert_int_equal(world_count_to(w, SPARE), 0);
}

static void two_of_one_step_hear_it_together(void **unused)
{
    (void)unused;
    w->chains[0].steps[0].operators[1] = AT_SPARE;
    w->chains[0].steps[0].operator_count = 2;
    world_text(w, ANNA, "no heat");
    assert_counts(1, 0, 0, 1);
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    assert_clock(WORLD_START + 900 * S); /* the other still has it */
    assert_counts(2, 0, 0, 1);
    assert_int_equal(world_to(w, PRIMARY, 1)->kind, MESSAGE_SPOKEN);
    world_receipt(w, world_to(w, SPARE, 0), DELIVERY_FAILED);
    assert_counts(2, 1, 0, 2);
    assert_int_equal(world_to(w, SPARE, 1)->kind, MESSAGE_SPOKEN);
    assert_int_equal(world_relay(w)->step, 1);
}

static void the_second_of_a_step_hears_who_took_it(void **unused)
{
    (void)unused;
    w->chains[0].steps[0].operators[1] = AT_SPARE;
    w->chains[0].steps[0].operator_count = 2;
    world_text(w, ANNA, "no heat");
    world_text(w, SPARE, world_tagged(w, world_to(w, SPARE, 0), "ok"));
    SAYS(world_last_to(w, PRIMARY), "is with Sam");
    assert_int_equal(world_relay(w)->primary_ack_at, WORLD_START);
}

static void after_it_was_taken_the_owner_is_asked_first(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    world_text(w, BACKUP, world_tagged(w, world_last_to(w, BACKUP), "ok"));
    const size_t before = world_count_to(w, PRIMARY);
    world_text(w, ANNA, "still cold");
    assert_int_equal(world_count(w, FACT_RELAY), 2);
    assert_int_equal(world_count_to(w, PRIMARY), before);
    SAYS(world_last_to(w, BACKUP), "still cold");
    assert_clock(w->now_ms + 900 * S);
    world_wait(w, 900 * S); /* an owner silent past his clock is skipped and told */
    SAYS(world_last_to(w, BACKUP), "went on to Pat");
    SAYS(world_last_to(w, PRIMARY), "still cold");
}

static void after_it_was_exhausted_a_text_starts_anew(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 3600 * S);
    world_text(w, ANNA, "hello?");
    assert_int_equal(world_count(w, FACT_RELAY), 2);
    SAYS(world_last_to(w, PRIMARY), "hello?");
    assert_clock(w->now_ms + 900 * S);
}

static void the_office_takes_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_again(w, (struct event){.kind = EVENT_ACK, .relay = world_relay(w)->id});
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    SAYS(world_last_to(w, PRIMARY), "is with the office");
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "ok"));
    SAYS(world_last_to(w, PRIMARY), "is with the office");
}

static void marks_are_unique_and_stay_with_the_thread(void **unused)
{
    (void)unused;
    enum { CUSTOMERS = 120 };

    for (int i = 0; i < CUSTOMERS; i++)
        world_text(w, arena_printf(w->arena, "+1%d5550121", 400 + i), "hello");
    for (size_t i = 0; i < CUSTOMERS; i++) {
        const struct span one = world_to(w, PRIMARY, i)->body;
        assert_true(command_is_tag((struct span){one.data, 3}));
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(one.data, world_to(w, PRIMARY, k)->body.data, 3);
    }
    world_text(w, "+14075550121", "again");
    world_wait(w, 900 * S);
    assert_memory_equal(world_to(w, PRIMARY, CUSTOMERS)->body.data,
                        world_to(w, PRIMARY, 7)->body.data, 3);
    assert_int_equal(world_count_to(w, BACKUP), CUSTOMERS);
}

static void when_all_marks_are_used_the_oldest_gives_way(void **unused)
{
    (void)unused;
    world_use_all_marks(w, "primary", WORLD_START - HOUR, 777);
    world_text(w, ANNA, "no heat");
    const struct desk *desk = world_desk(w, "primary");
    assert_int_equal(desk->count, 3200);
    assert_int_equal(desk->tags[0].thread, world_thread(w, ANNA)->id);
    for (size_t i = 0; i < desk->count; i++)
        assert_int_not_equal(desk->tags[i].thread, 100 + 777);
}

static bool is_with(const struct relay *r, const char *operator_id)
{
    const struct context c = {.facts = &w->facts, .roster = &w->roster};

    (void)facts_thread_by_id(&w->facts, r->tenant, r->thread);
    for (struct fact *f = w->facts.first; f; f = f->next)
        if (f->state == FACT_WANTED)
            facts_settle(&w->facts, f, world_thread(w, ANNA));
    w->facts.short_of = false;
    return relay_is_with(&c, r, roster_operator_by_id(&w->roster, span_of(operator_id)));
}

static void an_earlier_one_of_the_thread_is_with_nobody(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct relay *first = world_relay(w);
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "ok"));
    assert_true(is_with(first, "primary"));
    world_wait(w, MIN);
    world_text(w, ANNA, "still cold");
    assert_true(is_with(world_relay(w), "primary"));
    assert_ptr_not_equal(first, world_relay(w));
    assert_false(is_with(first, "primary"));
    /* His old link passes nothing on: the thread would have two open ones. */
    world_link(w, world_to(w, PRIMARY, 0), LINK_PASS);
    assert_int_equal(first->state, RELAY_TAKEN);
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
}

static void the_last_resort_hears_what_joins_while_nobody_is_there(void **unused)
{
    (void)unused;
    for (int who = 0; who < WORLD_PEOPLE; who++)
        world_off(w, who);
    w->people[AT_OWNER].last_resort = true;
    world_text(w, ANNA, "no heat");
    world_text(w, ANNA, "and smoke");
    assert_int_equal(world_count_to(w, OWNER), 2);
    SAYS(world_last_to(w, OWNER), "and smoke");
    assert_int_equal(world_relay(w)->state, RELAY_IDLE);
    world_text(w, OWNER, "ok");
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
}

static void a_long_text_drowns_none_after_it(void **unused)
{
    (void)unused;
    char longer[1001];

    memset(longer, 'x', 1000);
    longer[1000] = 0;
    for (int who = 0; who < WORLD_PEOPLE; who++)
        world_off(w, who);
    world_text(w, ANNA, longer);
    world_text(w, ANNA, "and smoke");
    assert_int_equal(world_relay(w)->state, RELAY_IDLE);
    assert_non_null(memmem(world_relay(w)->body.data, world_relay(w)->body.size, "and smoke", 9));
}

static void who_has_it_and_whether_it_waits(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct relay *r = world_relay(w);
    assert_true(is_with(r, "primary"));
    assert_false(is_with(r, "backup"));
    assert_true(relay_waits(r));
    world_wait(w, 901 * S);
    assert_false(is_with(r, "primary"));
    assert_true(is_with(r, "backup"));
    world_wait(w, 3600 * S);
    assert_false(is_with(r, "owner")); /* exhausted: it is with nobody */
    assert_true(relay_waits(r));
    world_text(w, OWNER, world_tagged(w, world_to(w, OWNER, 0), "ok"));
    assert_false(relay_waits(r));
    assert_true(is_with(r, "owner"));
    world_text(w, ANNA, "thanks"); /* a relay of its own */
    assert_false(is_with(r, "owner"));
    assert_true(is_with(world_relay(w), "owner"));
}

static void a_job_goes_to_its_operator_first(void **unused)
{
    (void)unused;
    struct event e = {.kind = EVENT_TEXT,
                      .sid = SPAN("SMjob"),
                      .from = SPAN(ANNA),
                      .to = SPAN(LINE),
                      .body = SPAN("no heat"),
                      .job = SPAN("boiler")};
    world_again(w, e);
    assert_counts(0, 0, 0, 1);
    SAYS(world_last_to(w, SPARE), "about boiler");
    world_wait(w, 900 * S);
    assert_counts(1, 0, 0, 2);
    assert_string_equal(world_thread(w, ANNA)->job, "boiler");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_text_goes_to_the_first_step_alone),
        TEST(a_step_that_lapses_goes_on_and_is_told),
        TEST(the_backup_replies_and_has_it),
        TEST(exhausted_tells_everybody_and_alarms),
        TEST(a_late_acknowledgement_counts),
        TEST(what_joins_shares_the_step_without_a_new_clock),
        TEST(texts_that_follow_a_missed_call_reach_the_next_step),
        TEST(next_by_the_mark_goes_on_now),
        TEST(next_of_the_last_exhausts),
        TEST(whoever_has_it_gives_it_back),
        TEST(given_back_twice_is_not_acknowledged),
        TEST(who_is_off_duty_by_then_is_passed_over),
        TEST(who_has_left_the_roster_is_passed_over),
        TEST(without_a_roster_it_ends_with_an_alarm),
        TEST(nobody_on_duty_waits_for_whoever_comes_on),
        TEST(a_last_resort_takes_it_and_the_others_are_told),
        TEST(a_job_that_joins_brings_its_operator_when_he_comes_on),
        TEST(a_chain_that_changed_overnight_is_the_new_one),
        TEST(nobody_ever_is_exhausted_at_once),
        TEST(two_of_one_step_hear_it_together),
        TEST(the_second_of_a_step_hears_who_took_it),
        TEST(after_it_was_taken_the_owner_is_asked_first),
        TEST(after_it_was_exhausted_a_text_starts_anew),
        TEST(the_office_takes_it),
        TEST(marks_are_unique_and_stay_with_the_thread),
        TEST(when_all_marks_are_used_the_oldest_gives_way),
        TEST(an_earlier_one_of_the_thread_is_with_nobody),
        TEST(a_long_text_drowns_none_after_it),
        TEST(the_last_resort_hears_what_joins_while_nobody_is_there),
        TEST(who_has_it_and_whether_it_waits),
        TEST(a_job_goes_to_its_operator_first),
    };

    return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
