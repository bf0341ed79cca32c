#include "contract/contract_kit.h"

#include <stdio.h>
#include <string.h>

static void due_timers_come_in_order_and_the_rest_is_announced(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    const struct timer timers[] = {
        {.due_ms = NOW + 1, .tenant = one, .kind = TIMER_RELAY, .subject = 4},
        {.due_ms = NOW, .tenant = two, .kind = TIMER_CASCADE, .subject = 3},
        {.due_ms = NOW - 5, .tenant = one, .kind = TIMER_RELAY, .subject = 2},
        {.due_ms = NOW - 9, .tenant = two, .kind = TIMER_RELAY, .subject = 1},
    };
    struct timer due[8];
    size_t count = 0;
    int64_t next_ms = 0;

    (void)unused;
    GOOD(store_due(kit.store, NOW, 8, due, &count, &next_ms));
    assert_int_equal(count, 0);
    assert_int_equal(next_ms, INT64_MAX);
    for (size_t i = 0; i < 4; i++)
        facts_put_timer(&kit.facts, &timers[i]);
    kit_save();
    kit_reopen();

    GOOD(store_due(kit.store, NOW, 8, due, &count, &next_ms));
    assert_int_equal(count, 3);
    for (size_t i = 0; i < 3; i++)
        kit_same_timer(&due[i], &timers[3 - i]);
    assert_int_equal(next_ms, NOW + 1);

    GOOD(store_due(kit.store, NOW, 2, due, &count, &next_ms)); /* they stay */
    assert_int_equal(count, 2);
    assert_int_equal(due[0].subject, 1);
    assert_int_equal(next_ms, NOW);

    due[0].gone = true;
    facts_put_timer(&kit.facts, &due[0]);
    kit_save();
    GOOD(store_due(kit.store, NOW + 1, 8, due, &count, &next_ms));
    assert_int_equal(count, 3);
    assert_int_equal(due[0].subject, 2);
    assert_int_equal(next_ms, INT64_MAX);
}

static void others_timers_are_found_behind_those_of_one_who_has_many(void **unused)
{
    const int32_t many = kit_tenant("many"), two = kit_tenant("two"), three = kit_tenant("three");
    const int32_t hold[] = {many}, but[] = {many};
    struct store_due_ask ask = {
        .from_ms = NOW - 100, .until_ms = NOW, .but = but, .but_count = 1, .max = 2};
    struct timer due[4];
    size_t count = 0;
    int64_t up_to_ms = 0;

    (void)unused;
    for (int i = 0; i < 60; i++)
        facts_put_timer(&kit.facts, &(struct timer){.due_ms = NOW - 100 + i,
                                                    .tenant = i % 20 == 7 ? two : many,
                                                    .kind = TIMER_RELAY,
                                                    .subject = i + 1});
    facts_put_timer(
        &kit.facts,
        &(struct timer){.due_ms = NOW + 1, .tenant = three, .kind = TIMER_RELAY, .subject = 99});
    kit_save();
    GOOD(store_due_others(kit.store, &ask, due, &count, &up_to_ms));
    assert_int_equal(count, 2);
    assert_int_equal(due[0].subject, 8);
    assert_int_equal(due[1].subject, 28);
    assert_int_equal(up_to_ms, NOW - 100 + 47);

    ask.from_ms = up_to_ms;
    GOOD(store_hold(kit.store, hold, 1, NOW)); /* they join a batch of somebody else's events */
    GOOD(store_due_others(kit.store, &ask, due, &count, &up_to_ms));
    store_drop(kit.store);
    assert_int_equal(count, 1);
    assert_int_equal(due[0].subject, 48);
    assert_int_equal(up_to_ms, NOW + 1);

    ask = (struct store_due_ask){.from_ms = NOW - 100, .until_ms = NOW + 1, .max = 4};
    GOOD(store_due_others(kit.store, &ask, due, &count, &up_to_ms)); /* nobody is left out */
    assert_int_equal(count, 4);
    assert_int_equal(due[0].subject, 1);
    assert_int_equal(up_to_ms, NOW - 96);
}

static void a_timer_dropped_and_put_in_one_batch_stands(void **unused)
{
    const struct timer timer = {.due_ms = NOW, .tenant = kit_tenant("one"), .subject = 5};
    struct timer gone = timer, due[2];
    size_t count = 0;
    int64_t next_ms = 0;

    (void)unused;
    gone.gone = true;
    facts_put_timer(&kit.facts, &timer);
    facts_put_timer(&kit.facts, &gone);
    facts_put_timer(&kit.facts, &timer);
    kit_save();
    facts_put_timer(&kit.facts, &timer); /* again: the same row */
    kit_save();
    GOOD(store_due(kit.store, NOW, 2, due, &count, &next_ms));
    assert_int_equal(count, 1);
}

static void ready_rows_come_by_class_then_due_then_id(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    struct outbox rows[] = {
        kit_outbox(tenant, OUTBOX_BULK, NOW - 9),   kit_outbox(tenant, OUTBOX_NORMAL, NOW - 1),
        kit_outbox(tenant, OUTBOX_NORMAL, NOW - 2), kit_outbox(tenant, OUTBOX_URGENT, NOW),
        kit_outbox(tenant, OUTBOX_URGENT, NOW),     kit_outbox(tenant, OUTBOX_URGENT, NOW + 3),
        kit_outbox(tenant, OUTBOX_NORMAL, NOW + 2), kit_outbox(other, OUTBOX_URGENT, NOW),
        kit_outbox(tenant, OUTBOX_URGENT, NOW),     kit_outbox(tenant, OUTBOX_URGENT, NOW),
        kit_outbox(tenant, OUTBOX_URGENT, NOW),
    };
    static const int want[] = {3, 4, 2, 1, 0};
    const struct store_sender sender = {tenant, "+13125550101", OUTBOX_TEXT};
    struct outbox *got[8];
    size_t count = 0;
    int64_t next_ms = 0;

    (void)unused;
    rows[8].kind = OUTBOX_CALL;
    strcpy(rows[9].from, "+13125550102");
    rows[10].state = OUTBOX_SENDING;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        facts_add_outbox(&kit.facts, &rows[i]);
    kit_save();
    kit_reopen();

    GOOD(store_ready(kit.store, &kit.facts, &sender, NOW, 8, got, &count, &next_ms));
    assert_int_equal(count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(got[i]->id, rows[want[i]].id);
    assert_int_equal(next_ms, NOW + 2);

    kit_begin();
    GOOD(store_ready(kit.store, &kit.facts, &sender, NOW, 2, got, &count, &next_ms));
    assert_int_equal(count, 2);
    assert_int_equal(got[1]->id, rows[4].id);
    assert_true(next_ms <= NOW); /* more are due */

    got[0]->state = OUTBOX_SENDING;
    got[1]->gone = true;
    facts_touch(&kit.facts, FACT_OUTBOX, got[0]);
    facts_touch(&kit.facts, FACT_OUTBOX, got[1]);
    GOOD(store_ready(kit.store, &kit.facts, &sender, NOW, 2, got, &count, &next_ms));
    assert_int_equal(count, 2); /* what this batch has changed already is left out */
    assert_int_equal(got[0]->id, rows[2].id);
    kit_save();
    GOOD(store_ready(kit.store, &kit.facts, &sender, NOW, 8, got, &count, &next_ms));
    assert_int_equal(count, 3);
}

static void count_sender(void *ctx, const struct store_sender *sender)
{
    char *told = ctx;

    snprintf(told + strlen(told), 200 - strlen(told), "%d %s %s;", (int)sender->tenant,
             sender->from, outbox_kind_name(sender->kind));
}

static void every_sender_with_queued_rows_is_told_once(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    char told[200] = "", want[200];

    (void)unused;
    GOOD(store_senders(kit.store, count_sender, told));
    assert_string_equal(told, "");
    for (int i = 0; i < 12; i++) {
        struct outbox o =
            kit_outbox(i < 8 ? tenant : other, (enum outbox_class)(i % OUTBOX_CLASSES), NOW + 1000);
        if (i % 2)
            o.kind = OUTBOX_CALL;
        if (i == 11) {
            strcpy(o.from, "+13125550103");
            o.state = OUTBOX_UNSURE; /* not queued: no sender */
        }
        facts_add_outbox(&kit.facts, &o);
    }
    kit_save();
    GOOD(store_senders(kit.store, count_sender, told));
    snprintf(want, sizeof want,
             "%d +13125550101 call;%d +13125550101 text;%d +13125550101 call;"
             "%d +13125550101 text;",
             (int)tenant, (int)tenant, (int)other, (int)other);
    assert_string_equal(told, want);
}

static void unsure_rows_come_by_when_they_are_looked_for(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    struct outbox rows[] = {
        kit_outbox(one, OUTBOX_BULK, NOW - 1),   kit_outbox(two, OUTBOX_NORMAL, NOW - 9),
        kit_outbox(one, OUTBOX_URGENT, NOW),     kit_outbox(one, OUTBOX_URGENT, NOW + 5),
        kit_outbox(one, OUTBOX_URGENT, NOW - 9), kit_outbox(one, OUTBOX_URGENT, NOW - 9),
    };
    static const int want[] = {1, 0, 2};
    struct outbox *got[8];
    size_t count = 9;
    int64_t next_ms = 0;

    (void)unused;
    GOOD(store_unsure(kit.store, &kit.facts, NOW, 8, got, &count, &next_ms));
    assert_int_equal(count, 0);
    assert_int_equal(next_ms, INT64_MAX);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rows[i].state = OUTBOX_UNSURE;
        rows[i].unsure_ms = NOW - 20;
    }
    rows[1].kind = OUTBOX_CALL;
    rows[4].state = OUTBOX_QUEUED;
    rows[5].state = OUTBOX_SENDING;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        facts_add_outbox(&kit.facts, &rows[i]);
    kit_save();
    kit_reopen();

    GOOD(store_unsure(kit.store, &kit.facts, NOW, 8, got, &count, &next_ms));
    assert_int_equal(count, 3);
    for (size_t i = 0; i < 3; i++)
        kit_same_outbox(got[i], &rows[want[i]]);
    assert_int_equal(next_ms, NOW + 5);

    kit_begin();
    GOOD(store_unsure(kit.store, &kit.facts, NOW, 1, got, &count, &next_ms));
    assert_int_equal(count, 1);
    assert_int_equal(next_ms, NOW - 1); /* more are due */
}

static void an_unsure_row_that_the_batch_postponed_is_left_alone(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct outbox rows[4], *got[4];
    size_t count = 0;
    int64_t next_ms = 0;

    (void)unused;
    for (int i = 0; i < 4; i++) {
        rows[i] = kit_outbox(tenant, OUTBOX_NORMAL, i < 3 ? NOW - 3 + i : NOW + 40000);
        rows[i].state = OUTBOX_UNSURE;
        facts_add_outbox(&kit.facts, &rows[i]);
    }
    kit_save();
    GOOD(store_unsure(kit.store, &kit.facts, NOW, 2, got, &count, &next_ms));
    assert_int_equal(count, 2);
    got[0]->due_ms = NOW + 35000;
    got[1]->gone = true;
    facts_touch(&kit.facts, FACT_OUTBOX, got[0]);
    facts_touch(&kit.facts, FACT_OUTBOX, got[1]);
    for (int saved = 0; saved < 2; saved++) {
        GOOD(store_unsure(kit.store, &kit.facts, NOW, 4, got, &count, &next_ms));
        assert_int_equal(count, 1);
        assert_int_equal(got[0]->id, rows[2].id);
        assert_int_equal(next_ms, NOW + 35000);
        kit_save();
    }
}

static void an_orphan_is_to_be_looked_for_at_once(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct message spoken = kit_message(tenant, 5);
    struct outbox noted = kit_outbox(tenant, OUTBOX_NORMAL, NOW - 900),
                  bare = kit_outbox(tenant, OUTBOX_NORMAL, NOW + 900), *got[4];
    size_t count = 0;
    int64_t next_ms = 0;

    (void)unused;
    spoken.kind = MESSAGE_SPOKEN;
    facts_add_message(&kit.facts, &spoken);
    noted.id = spoken.id;
    noted.kind = OUTBOX_CALL;
    noted.sent_ms = NOW - 700;
    noted.state = bare.state = OUTBOX_SENDING;
    facts_add_outbox(&kit.facts, &noted);
    facts_add_outbox(&kit.facts, &bare);
    kit_save();
    kit_reopen();
    GOOD(store_orphans(kit.store, NOW, &kit.ids, &count));
    assert_int_equal(count, 2);

    GOOD(store_unsure(kit.store, &kit.facts, NOW, 4, got, &count, &next_ms));
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        const struct outbox *was = got[i]->id == noted.id ? &noted : &bare;
        assert_int_equal(got[i]->unsure_ms, NOW);
        assert_int_equal(got[i]->due_ms, NOW);
        assert_int_equal(got[i]->sent_ms, was == &noted ? NOW - 700 : NOW);
    }
    facts_want_id(&kit.facts, FACT_MESSAGE, tenant, spoken.id);
    kit_load();
    assert_int_equal(facts_message(&kit.facts, tenant, spoken.id)->delivery, DELIVERY_UNSURE);
}

/* A phone that may ring is not rung again; ending a call is safe to repeat. */
static void an_orphan_leg_goes_and_an_update_waits_again(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct outbox leg = kit_outbox(tenant, OUTBOX_URGENT, NOW), update = leg;
    size_t count = 9;

    (void)unused;
    leg.kind = OUTBOX_CALL;
    leg.has_rung = true;
    update.id = id_next(&kit.ids, NOW);
    update.kind = OUTBOX_UPDATE;
    leg.state = update.state = OUTBOX_SENDING;
    leg.fence = update.fence = 1;
    facts_add_outbox(&kit.facts, &leg);
    facts_add_outbox(&kit.facts, &update);
    kit_save();
    GOOD(store_orphans(kit.store, NOW, &kit.ids, &count));
    assert_int_equal(count, 0);
    kit_begin();
    facts_want_id(&kit.facts, FACT_OUTBOX, tenant, leg.id);
    facts_want_id(&kit.facts, FACT_OUTBOX, tenant, update.id);
    kit_load();
    assert_null(facts_outbox(&kit.facts, tenant, leg.id));
    assert_int_equal(facts_outbox(&kit.facts, tenant, update.id)->state, OUTBOX_QUEUED);
    assert_int_equal(facts_outbox(&kit.facts, tenant, update.id)->fence, 1);
}

static void orphans_become_unsure_and_are_logged(void **unused)
{
    const int32_t tenant = kit_tenant("one");
    struct message sending = kit_message(tenant, 5), queued = kit_message(tenant, 5),
                   delivered = kit_message(tenant, 5);
    struct outbox rows[3];
    size_t count = 0;
    const struct message *const messages[] = {&sending, &queued, &delivered};

    (void)unused;
    delivered.delivery = DELIVERY_DELIVERED; /* its receipt overtook our answer */
    for (int i = 0; i < 3; i++) {
        facts_add_message(&kit.facts, messages[i]);
        rows[i] = kit_outbox(tenant, OUTBOX_NORMAL, NOW);
        rows[i].id = messages[i]->id;
        rows[i].state = i == 1 ? OUTBOX_QUEUED : OUTBOX_SENDING;
        facts_add_outbox(&kit.facts, &rows[i]);
    }
    kit_save();
    kit_reopen();
    GOOD(store_orphans(kit.store, NOW, &kit.ids, &count));
    assert_int_equal(count, 2);

    for (int i = 0; i < 3; i++) {
        facts_want_id(&kit.facts, FACT_OUTBOX, tenant, rows[i].id);
        facts_want_id(&kit.facts, FACT_MESSAGE, tenant, rows[i].id);
    }
    kit_load();
    assert_int_equal(facts_outbox(&kit.facts, tenant, sending.id)->state, OUTBOX_UNSURE);
    assert_int_equal(facts_message(&kit.facts, tenant, sending.id)->delivery, DELIVERY_UNSURE);
    assert_int_equal(facts_outbox(&kit.facts, tenant, queued.id)->state, OUTBOX_QUEUED);
    assert_int_equal(facts_message(&kit.facts, tenant, queued.id)->delivery, DELIVERY_QUEUED);
    assert_int_equal(facts_outbox(&kit.facts, tenant, delivered.id)->state, OUTBOX_UNSURE);
    assert_int_equal(facts_message(&kit.facts, tenant, delivered.id)->delivery, DELIVERY_DELIVERED);
    const struct kit_seen events = kit_look(VIEW_EVENTS, (struct view_filter){.tenant = tenant});
    assert_int_equal(events.count, 2);
    kit_has(&events, "is_alarm=1;");

    GOOD(store_orphans(kit.store, NOW, &kit.ids, &count));
    assert_int_equal(count, 0);
}

const struct CMUnitTest contract_queue[] = {
    KIT_TEST(due_timers_come_in_order_and_the_rest_is_announced),
    KIT_TEST(others_timers_are_found_behind_those_of_one_who_has_many),
    KIT_TEST(a_timer_dropped_and_put_in_one_batch_stands),
    KIT_TEST(ready_rows_come_by_class_then_due_then_id),
    KIT_TEST(every_sender_with_queued_rows_is_told_once),
    KIT_TEST(unsure_rows_come_by_when_they_are_looked_for),
    KIT_TEST(an_unsure_row_that_the_batch_postponed_is_left_alone),
    KIT_TEST(an_orphan_is_to_be_looked_for_at_once),
    KIT_TEST(an_orphan_leg_goes_and_an_update_waits_again),
    KIT_TEST(orphans_become_unsure_and_are_logged),
};
const size_t contract_queue_count = sizeof contract_queue / sizeof contract_queue[0];
