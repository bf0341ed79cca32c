#include "contract/contract_kit.h"

#include <stdio.h>
#include <string.h>

static void pages_skip_no_row_and_give_none_twice(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    int64_t made[20], after = 0;
    size_t count = 0;

    (void)unused;
    for (int i = 0; i < 20; i++) {
        const struct message m = kit_message(tenant, i % 2 ? 5 : 6),
                             not_ours = kit_message(other, 5);
        made[i] = m.id;
        facts_add_message(&kit.facts, &m);
        facts_add_message(&kit.facts, &not_ours);
    }
    kit_save();
    for (;;) {
        const struct kit_seen seen = kit_look(
            VIEW_MESSAGES, (struct view_filter){.tenant = tenant, .after = after, .limit = 3});
        for (size_t i = 0; i < seen.count; i++)
            assert_int_equal(seen.ids[i], made[19 - count++]); /* newest first */
        if (seen.count < 3)
            break;
        after = seen.ids[seen.count - 1];
    }
    assert_int_equal(count, 20);
    const struct kit_seen thread =
        kit_look(VIEW_MESSAGES, (struct view_filter){.tenant = tenant, .thread = 5, .limit = 4});
    assert_int_equal(thread.count, 4);
    assert_int_equal(thread.ids[0], made[19]);
    assert_int_equal(thread.ids[1], made[17]);
}

static void events_after_a_number_come_oldest_first(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    int64_t made[6];

    (void)unused;
    for (int i = 0; i < 6; i++) {
        const struct event_row event = {.tenant = tenant,
                                        .kind = "relay.raised",
                                        .at_ms = NOW + i,
                                        .thread = i % 2 ? 5 : 0,
                                        .subject = 9,
                                        .operator_id = "anna",
                                        .detail = SPAN("step 1"),
                                        .alarm = i == 5};
        made[i] = facts_log(&kit.facts, &event)->id;
    }
    kit_save();
    struct kit_seen seen = kit_look(
        VIEW_EVENTS_AFTER, (struct view_filter){.tenant = tenant, .after = made[1], .limit = 3});
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.ids[0], made[2]);
    assert_int_equal(seen.ids[2], made[4]);
    seen = kit_look(VIEW_EVENTS, (struct view_filter){.tenant = tenant});
    assert_int_equal(seen.count, 6);
    assert_int_equal(seen.ids[0], made[5]);
    kit_has(&seen, "thread_id;");
    seen = kit_look(VIEW_THREAD_LOG, (struct view_filter){.tenant = tenant, .thread = 5});
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.ids[0], made[1]);
    kit_has(&seen, "kind=relay.raised;");
    kit_has(&seen, "subject_id=9;");
    kit_has(&seen, "operator=anna;");
    kit_has(&seen, "detail=step 1;");
    kit_has(&seen, "is_alarm=1;");
    seen = kit_look(VIEW_THREAD_LOG, (struct view_filter){.tenant = tenant});
    assert_int_equal(seen.count, 0);
}

static void relays_are_listed_by_state_thread_and_job(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct thread t = kit_thread(tenant, "+13125550150");
    struct relay full = kit_relay(tenant, t.id);
    const struct relay open = {.id = id_next(&kit.ids, NOW),
                               .tenant = tenant,
                               .thread = t.id,
                               .state = RELAY_OPEN,
                               .raised_ms = NOW,
                               .message = 3};
    struct message m = kit_message(tenant, t.id);
    struct kit_seen seen;

    (void)unused;
    m.relay = full.id;
    strcpy(m.job, "A-17");
    facts_add_thread(&kit.facts, &t);
    facts_add_relay(&kit.facts, &full);
    facts_add_relay(&kit.facts, &open);
    facts_add_message(&kit.facts, &m);
    kit_save();

    seen = kit_look(VIEW_RELAYS, (struct view_filter){.tenant = tenant, .state = SPAN("open")});
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ids[0], open.id);
    kit_has(&seen, "final_status;");
    kit_has(&seen, "forwarded_to_primary_at;");
    kit_has(&seen, "customer_phone=+13125550150;");
    kit_has(&seen, "message_id=3;");
    seen = kit_look(VIEW_RELAYS, (struct view_filter){.tenant = tenant, .state = SPAN("taken")});
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "final_status=acked;");
    seen = kit_look(VIEW_RELAYS, (struct view_filter){.tenant = tenant, .job = SPAN("A-17")});
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ids[0], full.id);
    seen = kit_look(VIEW_RELAYS, (struct view_filter){.tenant = tenant, .thread = t.id});
    assert_int_equal(seen.count, 2);
    seen = kit_look(VIEW_RELAYS, (struct view_filter){.tenant = tenant, .id = full.id});
    assert_int_equal(seen.count, 1);
    seen = kit_look(
        VIEW_THREADS,
        (struct view_filter){.tenant = tenant, .state = SPAN("open"), .job = SPAN("A-17")});
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "customer_phone=+13125550150;");
    assert_int_equal(
        kit_look(VIEW_THREADS, (struct view_filter){.tenant = tenant, .state = SPAN("closed")})
            .count,
        0);
    seen = kit_look(VIEW_MESSAGES, (struct view_filter){.tenant = tenant, .job = SPAN("A-17")});
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "customer_phone=+13125550150;");
    kit_has(&seen, "origin=system;");
}

static void calls_and_their_events_are_listed_by_call_and_job(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct kit_seen seen;
    int64_t calls[2];

    (void)unused;
    for (int i = 0; i < 2; i++) {
        struct cascade c = {.id = id_next(&kit.ids, NOW),
                            .tenant = tenant,
                            .account = "AC1",
                            .line = "+13125550101",
                            .caller = "+13125550150",
                            .state = i ? CASCADE_RINGING : CASCADE_OVER,
                            .started_ms = NOW};
        snprintf(c.call_sid, sizeof c.call_sid, "CA%d", i);
        snprintf(c.job, sizeof c.job, "A-%d", i);
        calls[i] = c.id;
        facts_add_cascade(&kit.facts, &c);
        for (int attempt = -1; attempt < 2; attempt++) {
            struct call_event e = {.tenant = tenant,
                                   .cascade = c.id,
                                   .kind = "attempt",
                                   .line = "+13125550101",
                                   .caller = "+13125550150",
                                   .operator_id = "anna",
                                   .attempt = (int16_t)attempt,
                                   .detail = SPAN("rings")};
            strcpy(e.call_sid, c.call_sid);
            facts_log_call(&kit.facts, &e);
        }
    }
    kit_save();
    seen = kit_look(VIEW_CALLS, (struct view_filter){.tenant = tenant});
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.ids[0], calls[1]);
    seen = kit_look(VIEW_CALLS, (struct view_filter){.tenant = tenant, .state = SPAN("ringing")});
    assert_int_equal(seen.count, 1);
    seen = kit_look(VIEW_CALLS, (struct view_filter){.tenant = tenant, .sid = SPAN("CA0")});
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "job_id=A-0;");
    kit_has(&seen, "state=over;");
    seen = kit_look(VIEW_CALLS, (struct view_filter){.tenant = tenant, .job = SPAN("A-1")});
    assert_int_equal(seen.count, 1);
    seen = kit_look(VIEW_CALL_EVENTS, (struct view_filter){.tenant = tenant, .sid = SPAN("CA1")});
    assert_int_equal(seen.count, 3);
    kit_has(&seen, "call_sid=CA1;");
    kit_has(&seen, "attempt;"); /* the first, without */
    kit_has(&seen, "operator=anna;");
    seen = kit_look(VIEW_CALL_EVENTS, (struct view_filter){.tenant = tenant, .job = SPAN("A-0")});
    assert_int_equal(seen.count, 3);
    assert_int_equal(kit_look(VIEW_CALL_EVENTS, (struct view_filter){.tenant = tenant}).count, 6);
}

static void a_text_is_found_by_its_sid_either_way(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    struct message in = kit_message(tenant, 5), out = kit_message(tenant, 5);
    struct kit_seen seen;

    (void)unused;
    in.direction = DIRECTION_IN;
    strcpy(in.sid, "SM1");
    facts_claim(&kit.facts, tenant, SPAN("m:SM1"), in.id);
    facts_add_message(&kit.facts, &in);
    facts_add_message(&kit.facts, &out);
    kit_save();
    facts_want_id(&kit.facts, FACT_MESSAGE, tenant, out.id);
    kit_load();
    struct message *row = facts_message(&kit.facts, tenant, out.id);
    facts_bind_sid(&kit.facts, row, SPAN("SM2"));
    kit_save();

    seen = kit_look(VIEW_MESSAGES, (struct view_filter){.tenant = tenant, .sid = SPAN("SM1")});
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ids[0], in.id);
    seen = kit_look(VIEW_MESSAGES, (struct view_filter){.tenant = tenant, .sid = SPAN("SM2")});
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ids[0], out.id);
    seen = kit_look(VIEW_MESSAGES, (struct view_filter){.tenant = tenant, .sid = SPAN("SM3")});
    assert_int_equal(seen.count, 0);
    seen = kit_look(VIEW_MESSAGES, (struct view_filter){.tenant = other, .sid = SPAN("SM1")});
    assert_int_equal(seen.count, 0);
}

static void the_queue_and_the_timers_are_listed(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    const struct outbox o = kit_outbox(tenant, OUTBOX_URGENT, NOW);
    const struct timer timer = {.due_ms = NOW, .tenant = tenant, .subject = 5};
    struct kit_seen seen;

    (void)unused;
    facts_add_outbox(&kit.facts, &o);
    facts_put_timer(&kit.facts, &timer);
    kit_save();
    seen = kit_look(VIEW_OUTBOX, (struct view_filter){.tenant = tenant, .state = SPAN("queued")});
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "class=urgent;");
    seen = kit_look(VIEW_TIMERS, (struct view_filter){.tenant = tenant});
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "subject_id=5;");
}

static void what_is_unsure_late_or_doubled_is_shown(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    struct message late = kit_message(tenant, 5), unsure = kit_message(tenant, 5),
                   theirs = kit_message(other, 5);
    struct outbox o = kit_outbox(tenant, OUTBOX_NORMAL, NOW + 2);
    struct kit_seen seen;

    (void)unused;
    late.late = true;
    unsure.delivery = theirs.delivery = DELIVERY_UNSURE;
    unsure.duplicate = true;
    o.state = OUTBOX_UNSURE;
    o.unsure_ms = NOW + 1;
    o.again = true;
    o.attempt = 3;
    facts_add_message(&kit.facts, &unsure);
    facts_add_message(&kit.facts, &late);
    facts_add_message(&kit.facts, &theirs);
    facts_add_outbox(&kit.facts, &o);
    kit_save();

    seen = kit_look(VIEW_MESSAGES, (struct view_filter){.tenant = tenant, .state = SPAN("unsure")});
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ids[0], unsure.id);
    kit_has(&seen, "is_late=0;is_duplicate=1;");
    seen = kit_look(VIEW_MESSAGES, (struct view_filter){.tenant = tenant, .state = SPAN("queued")});
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ids[0], late.id);
    kit_has(&seen, "is_late=1;is_duplicate=0;");
    seen = kit_look(VIEW_OUTBOX, (struct view_filter){.tenant = tenant, .state = SPAN("unsure")});
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "attempt=3;");
    kit_has(&seen, "unsure_at=1790000000001;");
    kit_has(&seen, "is_again=1;");
}

static void duties_are_listed_by_operator(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    const struct duty rows[] = {
        {.tenant = tenant, .operator_id = "ben", .state = DUTY_AWAY, .until_ms = NOW + 1},
        {.tenant = tenant, .operator_id = "cy", .state = DUTY_ON, .wrong_tags = 2},
        {.tenant = tenant, .operator_id = "anna", .state = DUTY_ON, .since_ms = NOW},
        {.tenant = other, .operator_id = "abe", .state = DUTY_ON},
    };
    struct kit_seen seen;

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        facts_put_duty(&kit.facts, &rows[i]);
    kit_save();
    seen = kit_look(VIEW_DUTIES, (struct view_filter){.tenant = tenant});
    assert_int_equal(seen.count, 3);
    kit_has(&seen, "operator=cy;state=on;since_at;until_at;wrong_tags=2;wrong_at;locked_at;");
    seen = kit_look(VIEW_DUTIES, (struct view_filter){.tenant = tenant, .limit = 1});
    kit_has(&seen, "place=1;operator=anna;state=on;since_at=1790000000000;");
    seen = kit_look(VIEW_DUTIES, (struct view_filter){.tenant = tenant, .after = 1, .limit = 1});
    kit_has(&seen, "place=2;operator=ben;state=away;since_at;until_at=1790000000001;");
    seen = kit_look(VIEW_DUTIES, (struct view_filter){.tenant = tenant, .state = SPAN("on")});
    assert_int_equal(seen.count, 2);
}

static void consents_are_listed_newest_first_and_none_is_skipped(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    struct kit_seen seen;
    int64_t after = 0;

    (void)unused;
    for (int i = 0; i < 5; i++) {
        struct consent c = {.tenant = i < 4 ? tenant : other,
                            .line = "+13125550101",
                            .is_out = i > 0,
                            .at_ms = NOW + (i == 3)}; /* three of one instant */
        snprintf(c.person, sizeof c.person, "+1312555015%d", i);
        facts_add_consent(&kit.facts, &c);
    }
    kit_save();
    for (int i = 3; i >= 0; i--) {
        char want[64];
        seen = kit_look(VIEW_CONSENTS,
                        (struct view_filter){.tenant = tenant, .after = after, .limit = 1});
        assert_int_equal(seen.count, 1);
        snprintf(want, sizeof want, "line=+13125550101;person=+1312555015%d;is_out=%d;", i, i > 0);
        kit_has(&seen, want);
        assert_int_equal(sscanf(seen.last, "place=%ld;", &after), 1);
    }
    seen = kit_look(VIEW_CONSENTS, (struct view_filter){.tenant = tenant, .after = after});
    assert_int_equal(seen.count, 0);
    seen = kit_look(VIEW_CONSENTS, (struct view_filter){.tenant = tenant, .state = SPAN("in")});
    assert_int_equal(seen.count, 1);
    kit_has(&seen, "changed_at=1790000000000;");
}

static void a_filter_that_a_list_does_not_know_is_refused(void **unused)
{
    const struct view_filter filter = {.tenant = kit_tenant("one"), .sid = SPAN("CA1"), .limit = 1};
    struct kit_seen seen = {.count = 0};

    (void)unused;
    assert_int_equal(store_view(kit.store, VIEW_TIMERS, &filter, kit_see, &seen), ERR_BAD_INPUT);
    assert_int_equal(seen.count, 0);
}

const struct CMUnitTest contract_views[] = {
    KIT_TEST(pages_skip_no_row_and_give_none_twice),
    KIT_TEST(events_after_a_number_come_oldest_first),
    KIT_TEST(relays_are_listed_by_state_thread_and_job),
    KIT_TEST(calls_and_their_events_are_listed_by_call_and_job),
    KIT_TEST(a_text_is_found_by_its_sid_either_way),
    KIT_TEST(the_queue_and_the_timers_are_listed),
    KIT_TEST(what_is_unsure_late_or_doubled_is_shown),
    KIT_TEST(duties_are_listed_by_operator),
    KIT_TEST(consents_are_listed_newest_first_and_none_is_skipped),
    KIT_TEST(a_filter_that_a_list_does_not_know_is_refused),
};
const size_t contract_views_count = sizeof contract_views / sizeof contract_views[0];
