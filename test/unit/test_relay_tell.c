#include "core_world.h"

#include "model/segments.h"
#include "relay/outgoing.h"
#include "rules/command.h"

static struct world *const w = &world_shared;

static const struct outbox *row_of(const struct message *m)
{
    assert_non_null(m);
    const struct outbox *o = world_outbox(w, m->id);
    assert_non_null(o);
    return o;
}

static void write_photo(const char *body, const char *media)
{
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = span_of(arena_printf(w->arena, "SMp%d", ++w->sids)),
                                  .from = SPAN(ANNA),
                                  .to = SPAN(LINE),
                                  .body = span_of(body),
                                  .media = span_of(media)});
}

static void everybody_off(void)
{
    world_off(w, AT_PRIMARY);
    world_off(w, AT_BACKUP);
    world_off(w, AT_OWNER);
}

static void a_forward_is_pointless_once_its_step_is_over(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 300 * S);
    world_text(w, ANNA, "and water");
    assert_int_equal(row_of(world_to(w, PRIMARY, 0))->expires_ms, WORLD_START + 900 * S);
    assert_int_equal(row_of(world_to(w, PRIMARY, 1))->expires_ms, WORLD_START + 900 * S);
    world_wait(w, 600 * S);
    assert_int_equal(row_of(world_to(w, BACKUP, 0))->expires_ms, WORLD_START + 1800 * S);
    const struct message *went_on = world_last_to(w, PRIMARY);
    SAYS(went_on, "went on to Bo");
    assert_int_equal(row_of(went_on)->expires_ms, 0); /* what he must know does not go stale */
    assert_int_equal(row_of(went_on)->class, OUTBOX_BULK);
}

static void a_forward_has_its_mark_the_customer_the_job_and_a_link(void **unused)
{
    (void)unused;
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = SPAN("SMjob"),
                                  .from = SPAN(ANNA),
                                  .to = SPAN(LINE),
                                  .body = SPAN("no heat"),
                                  .job = SPAN("J-17")});
    const struct message *m = world_to(w, PRIMARY, 0);
    assert_true(command_is_tag((struct span){row_of(m)->body.data, 3}));
    SAYS(m, ANNA " about J-17: no heat\n");
    SAYS(m, "https://relay.example.test/j/link-");
    assert_null(memmem(m->body.data, m->body.size, "link-", 5)); /* no secret on record */
    assert_int_equal(m->kind, MESSAGE_FORWARD);
    assert_int_equal(m->origin, ORIGIN_SYSTEM);
    assert_string_equal(m->job, "J-17");
    assert_string_equal(m->customer, ANNA);
    assert_int_equal(m->relay, world_relay(w)->id);
    assert_int_equal(m->thread, world_thread(w, ANNA)->id);
}

static void a_long_text_gives_way_to_our_words(void **unused)
{
    (void)unused;
    static const struct row {
        const char *name, *character;
        size_t count;
        bool cut;
    } rows[] = {
        {"fits", "a", 700, false},
        {"too long in plain letters", "a", 1600, true},
        {"too long in emoji", "\xf0\x9f\x94\xa5", 400, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world_close(w);
        world_open(w);
        char *body = arena_alloc(w->arena, rows[i].count * strlen(rows[i].character) + 1);
        body[0] = 0;
        char *at = body;
        for (size_t k = 0; k < rows[i].count; k++)
            at = stpcpy(at, rows[i].character);
        world_text(w, ANNA, body);
        const struct message *m = world_to(w, PRIMARY, 0);
        const struct segments s = segments_count(row_of(m)->body);
        if (s.count > OUTGOING_SEGMENTS || world_says(w, m, " ...\n") != rows[i].cut)
            fail_msg("%s: %zu segments", rows[i].name, s.count);
        SAYS(m, "ok to take it: https://relay.example.test/j/link-");
        world_text(w, ANNA, arena_printf(w->arena, "b%s", body)); /* what joins has no link */
        assert_true(segments_count(row_of(world_last_to(w, PRIMARY))->body).count <=
                    OUTGOING_SEGMENTS);
    }
}

static void photos_go_along_to_every_step(void **unused)
{
    (void)unused;
    w->lines[0].mms = true;
    write_photo("look", "https://carrier.test/ME1");
    write_photo("", "https://carrier.test/ME2\nhttps://carrier.test/ME3");
    const struct outbox *first = row_of(world_to(w, PRIMARY, 0));
    const struct outbox *second = row_of(world_to(w, PRIMARY, 1));
    SAYS(world_to(w, PRIMARY, 0), "look (1 photo)");
    SAYS(world_to(w, PRIMARY, 1), "(2 photos)");
    assert_int_equal(first->media.size, strlen("https://relay.example.test/m//0") + 22);
    assert_int_equal(second->media.size, 2 * (strlen("https://relay.example.test/m//0") + 22) + 1);
    world_wait(w, 900 * S);
    const struct message *m = world_to(w, BACKUP, 0);
    SAYS(m, "look (1 photo)\n(2 photos)");
    assert_true(row_of(m)->media.size > 0);
    assert_true(span_is_text(m->media, "https://carrier.test/ME1"));
    assert_false(span_is(row_of(m)->media, first->media)); /* a link of his own */
}

static void policy_of_a_lost_answer_is_that_of_his_step(void **unused)
{
    (void)unused;
    w->chains[0].steps[1].again = true;
    world_text(w, ANNA, "no heat");
    assert_false(row_of(world_to(w, PRIMARY, 0))->again);
    world_wait(w, 900 * S);
    assert_true(row_of(world_to(w, BACKUP, 0))->again);
    world_text(w, ANNA, "and water");
    assert_true(row_of(world_last_to(w, BACKUP))->again);
    assert_false(row_of(world_last_to(w, PRIMARY))->again); /* a notice */
    world_wait(w, 900 * S);
    assert_true(row_of(world_to(w, OWNER, 0))->again); /* nobody comes after him */
}

static void policy_follows_him_when_somebody_goes_first(void **unused)
{
    (void)unused;
    w->chains[0].steps[1].again = true;
    world_again(w, (struct event){.kind = EVENT_TEXT, /* the job's operator is asked first */
                                  .sid = SPAN("SMjob"),
                                  .from = SPAN(ANNA),
                                  .to = SPAN(LINE),
                                  .body = SPAN("no heat"),
                                  .job = SPAN("boiler")});
    assert_false(row_of(world_to(w, SPARE, 0))->again);
    world_wait(w, 900 * S);
    assert_false(row_of(world_to(w, PRIMARY, 0))->again);
    world_wait(w, 900 * S);
    assert_true(row_of(world_to(w, BACKUP, 0))->again);
    world_off(w, AT_PRIMARY); /* his step is none of the plan's then */
    world_text(w, BORIS, "no water");
    assert_string_equal(world_last_to(w, BACKUP)->customer, BORIS);
    assert_true(row_of(world_last_to(w, BACKUP))->again);
}

static void an_owner_has_the_ways_of_the_first_step(void **unused)
{
    (void)unused;
    w->chains[0].steps[1].again = true;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    world_link(w, world_to(w, BACKUP, 0), LINK_TAKE);
    world_text(w, ANNA, "still cold");
    SAYS(world_last_to(w, BACKUP), "still cold");
    assert_false(row_of(world_last_to(w, BACKUP))->again);
}

static void the_exhausted_tell_all_of_the_chain_once(void **unused)
{
    (void)unused;
    w->people[AT_BACKUP].last_resort = true;
    world_off(w, AT_OWNER);
    w->chains[0].steps[2].operators[1] = AT_PRIMARY; /* stands there twice */
    w->chains[0].steps[2].operator_count = 2;
    world_text(w, ANNA, "no heat");
    world_wait(w, 1800 * S);
    static const char *const all[] = {PRIMARY, BACKUP, OWNER};
    for (size_t i = 0; i < 3; i++) {
        size_t told = 0;
        for (size_t k = 0; k < world_count_to(w, all[i]); k++)
            told += world_says(w, world_to(w, all[i], k), "NOBODY HAS ANSWERED");
        assert_int_equal(told, 1);
        assert_int_equal(world_last_to(w, all[i])->kind, MESSAGE_NOTICE);
        SAYS(world_last_to(w, all[i]), "/j/link-");
    }
    assert_int_equal(world_count_to(w, SPARE), 0);
}

static void the_customer_who_is_an_operator_is_not_told_of_himself(void **unused)
{
    (void)unused;
    world_call(w, BACKUP); /* he calls the line */
    world_call_status(w, "completed", "1");
    world_wait(w, 2 * (int64_t)HOUR);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    for (size_t k = 0; k < world_count_to(w, BACKUP); k++)
        assert_false(world_says(w, world_to(w, BACKUP, k), "NOBODY HAS ANSWERED"));
    SAYS(world_last_to(w, PRIMARY), "NOBODY HAS ANSWERED");
}

static void taken_is_told_to_whoever_heard_of_it_and_nobody_else(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    world_link(w, world_to(w, BACKUP, 0), LINK_TAKE);
    SAYS(world_last_to(w, PRIMARY), ANNA " is with Bo.");
    assert_int_equal(world_count_to(w, BACKUP), 1); /* the page told him */
    assert_int_equal(world_count_to(w, OWNER), 0);
    assert_int_equal(world_relay(w)->plan->rungs[1].state, RUNG_ACCEPTED);
}

static void the_closed_text_comes_once_in_twelve_hours(void **unused)
{
    (void)unused;
    static const struct hours never[] = {{64, 1, 2}}; /* Sunday night */

    everybody_off();
    for (int i = 0; i < WORLD_PEOPLE; i++)
        w->people[i].hours = never;
    world_text(w, ANNA, "no heat");
    assert_int_equal(world_count_to(w, ANNA), 1);
    SAYS(world_to(w, ANNA, 0), "Acme: nobody is on duty");
    assert_int_equal(row_of(world_to(w, ANNA, 0))->class, OUTBOX_BULK);
    world_text(w, BACKUP, "ok all"); /* knows nothing of it yet */
    for (int hour = 1; hour <= 25; hour++) {
        world_again(w, (struct event){.kind = EVENT_ACK, .relay = world_relay(w)->id});
        world_wait(w, HOUR);
        world_text(w, ANNA, arena_printf(w->arena, "hello %d", hour)); /* a relay anew */
        assert_int_equal(world_relay(w)->state, RELAY_IDLE);
        assert_int_equal(world_count_to(w, ANNA), 1 + (size_t)hour / 12);
    }
}

/* A reply takes what waits, also what came while nobody was there and he knows nothing of. */
static void issue_0007_whoever_takes_what_waited_unseen_hears_what_it_is(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const char *reply = world_tagged(w, world_about(w, PRIMARY, ANNA), "on my way");
    world_again(w, (struct event){.kind = EVENT_ACK, .relay = world_relay(w)->id});
    everybody_off();
    world_text(w, ANNA, "and no water");
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_IDLE);
    const size_t before = world_count_to(w, PRIMARY);
    world_text(w, PRIMARY, reply);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_TAKEN);
    SAYS(world_to(w, PRIMARY, before), "and no water");
    world_text(w, PRIMARY, reply); /* he has it */
    assert_int_equal(world_count_to(w, PRIMARY), before + 2);
}

/* He must be able to hear it, whatever the thread's relay was raised by. */
static void a_voicemail_that_joins_has_a_link_of_its_own(void **unused)
{
    (void)unused;
    static const bool nobody_on_duty[] = {false, true};

    for (size_t i = 0; i < 2; i++) {
        world_tear_down(NULL);
        world_set_up(NULL);
        world_call(w, ANNA);
        world_call_status(w, "completed", "1");
        w->people[AT_OWNER].last_resort = true;
        if (nobody_on_duty[i]) {
            world_relay(w)->state = RELAY_IDLE;
            world_relay(w)->due_ms = 0;
        }
        world_recorded(w, 12);
        const char *who = nobody_on_duty[i] ? OWNER : PRIMARY;
        const struct message *m = world_last_to(w, who);
        SAYS(m, "voicemail of 12 s https://relay.example.test/j/link-");
        assert_null(memmem(m->body.data, m->body.size, "link-", 5)); /* no secret on record */
        world_text(w, ANNA, "hello?");
        assert_false(world_says(w, world_last_to(w, who), "/j/")); /* words need none */
    }
}

static void who_cannot_be_texted_hears_nothing_of_it(void **unused)
{
    (void)unused;
    everybody_off();
    world_text(w, "anonymous", "no heat");
    assert_int_equal(world_relay(w)->state, RELAY_IDLE);
    assert_int_equal(world_count_to(w, "anonymous"), 0);
    world_call(w, BORIS); /* and of a call the closed script has told him */
    world_call_status(w, "completed", "1");
    for (size_t i = 0; i < world_count_to(w, BORIS); i++)
        assert_false(world_says(w, world_to(w, BORIS, i), "We have your text"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_forward_is_pointless_once_its_step_is_over),
        TEST(a_forward_has_its_mark_the_customer_the_job_and_a_link),
        TEST(a_long_text_gives_way_to_our_words),
        TEST(photos_go_along_to_every_step),
        TEST(policy_of_a_lost_answer_is_that_of_his_step),
        TEST(policy_follows_him_when_somebody_goes_first),
        TEST(an_owner_has_the_ways_of_the_first_step),
        TEST(the_exhausted_tell_all_of_the_chain_once),
        TEST(the_customer_who_is_an_operator_is_not_told_of_himself),
        TEST(taken_is_told_to_whoever_heard_of_it_and_nobody_else),
        TEST(the_closed_text_comes_once_in_twelve_hours),
        TEST(issue_0007_whoever_takes_what_waited_unseen_hears_what_it_is),
        TEST(a_voicemail_that_joins_has_a_link_of_its_own),
        TEST(who_cannot_be_texted_hears_nothing_of_it),
    };

    return cmocka_run_group_tests_name("relay_tell", tests, NULL, NULL);
}
