#include "core_world.h"

#include "core/delivery_step.h"

static struct world *const w = &world_shared;

static void receipts_in_any_order_end_alike(void **unused)
{
    (void)unused;
    static const enum delivery all[] = {DELIVERY_ACCEPTED, DELIVERY_SENT, DELIVERY_DELIVERED};
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                    {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        world_text(w, i % 2 ? ANNA : BORIS, "hello");
        struct message *m = world_last_to(w, PRIMARY);
        for (int k = 0; k < 3; k++)
            world_receipt(w, m, all[orders[i][k]]);
        assert_int_equal(m->delivery, DELIVERY_DELIVERED);
        world_receipt(w, m, DELIVERY_UNDELIVERED); /* too late to be true */
        assert_int_equal(w->changes, 0);
        assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    }
    assert_int_equal(world_count_to(w, BACKUP), 0);
}

static struct message *a_forward(void)
{
    world_text(w, ANNA, "no heat");
    return world_last_to(w, PRIMARY);
}

static void accepted_binds_the_sid_and_settles(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    world_sent(w, m, SENT_ACCEPTED);
    assert_true(world_outbox(w, m->id)->gone);
    assert_int_equal(m->delivery, DELIVERY_ACCEPTED);
    assert_true(m->sid[0]);
    world_again(w, w->last);
    assert_int_equal(w->changes, 0);
}

static void refused_escalates_now(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    world_sent(w, m, SENT_REFUSED);
    assert_true(world_outbox(w, m->id)->gone);
    assert_int_equal(m->delivery, DELIVERY_FAILED);
    assert_int_equal(m->error_code, 21610);
    assert_int_equal(world_count_to(w, BACKUP), 1);
}

static void retries_wait_longer_and_longer(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    const struct outbox *o = world_outbox(w, m->id);
    int64_t last_ms = 0;

    for (int i = 1; i <= 6; i++) {
        world_sent(w, m, SENT_RETRY);
        const int64_t wait_ms = o->due_ms - w->now_ms;
        assert_int_equal(o->state, OUTBOX_QUEUED);
        assert_int_equal(o->attempt, i);
        assert_int_equal(o->fence, i);
        assert_in_range(wait_ms, 500 << (i - 1), 1000 << (i - 1));
        assert_true(wait_ms >= last_ms);
        last_ms = wait_ms;
    }
    assert_int_equal(m->delivery, DELIVERY_QUEUED);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
}

static void world_denied(const struct message *m)
{
    struct event e = {.kind = EVENT_SENT, .message = m->id, .sent = SENT_RETRY, .is_denied = true};

    world_claim(w, m);
    e.fence = world_outbox(w, m->id)->fence;
    e.error_code = 20003;
    assert_int_equal(world_do(w, e), ERR_NONE);
}

static void a_text_waits_for_credentials_and_is_told_of_once(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    const struct outbox *o = world_outbox(w, m->id);
    const size_t alarms = world_alarms(w);

    for (int i = 0; i < 20; i++) {
        world_denied(m);
        assert_int_equal(o->state, OUTBOX_QUEUED);
        assert_in_range(o->due_ms - w->now_ms, 1, 10000);
    }
    assert_int_equal(world_alarms(w), alarms + 1);
    assert_int_equal(m->delivery, DELIVERY_QUEUED);
    world_sent(w, m, SENT_ACCEPTED);
    assert_true(o->gone);
    assert_int_equal(m->delivery, DELIVERY_ACCEPTED);
    assert_int_equal(world_count_to(w, BACKUP), 0);
}

static void a_pre_alert_is_dropped_when_it_would_come_too_late(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    struct message *m = world_to(w, PRIMARY, 0);
    w->now_ms += 14500;
    world_commit(w);
    world_sent(w, m, SENT_RETRY);
    assert_true(world_outbox(w, m->id)->gone);
    assert_int_equal(m->delivery, DELIVERY_DROPPED);
    world_receipt(w, m, DELIVERY_DELIVERED); /* it had left after all */
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
}

static void unsure_is_not_queued_again_at_once(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    const struct outbox *o = world_outbox(w, m->id);

    world_sent(w, m, SENT_UNSURE);
    assert_int_equal(o->state, OUTBOX_UNSURE);
    assert_int_equal(o->unsure_ms, w->now_ms);
    assert_int_equal(o->due_ms, w->now_ms + 2 * S);
    assert_int_equal(m->delivery, DELIVERY_UNSURE);
    assert_int_equal(world_alarms(w), 1);
    world_again(w, w->last);
    assert_int_equal(w->changes, 0);
    world_sent(w, m, SENT_RETRY);
    assert_int_equal(o->state, OUTBOX_UNSURE);
    assert_int_equal(w->changes, 0);
    world_receipt(w, m, DELIVERY_SENT); /* the carrier's callback settles it */
    assert_true(o->gone);
    assert_int_equal(m->delivery, DELIVERY_SENT);
}

static void an_unsure_one_is_found_or_refused_after_all(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    world_sent(w, m, SENT_UNSURE);
    world_sent(w, m, SENT_ACCEPTED);
    assert_true(world_outbox(w, m->id)->gone);
    assert_int_equal(m->delivery, DELIVERY_ACCEPTED);
    world_text(w, BORIS, "hello");
    m = world_last_to(w, PRIMARY);
    world_sent(w, m, SENT_UNSURE);
    world_sent(w, m, SENT_REFUSED);
    assert_true(world_outbox(w, m->id)->gone);
    assert_int_equal(m->delivery, DELIVERY_FAILED);
}

static void a_receipt_before_the_answer_settles(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    struct outbox *o = world_outbox(w, m->id);
    world_sent(w, m, SENT_RETRY);
    world_receipt(w, m, DELIVERY_DELIVERED); /* it had left: not to be sent again */
    assert_true(o->gone);
    world_sent(w, m, SENT_ACCEPTED);
    assert_int_equal(w->changes, 0);
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
}

static void the_answer_to_an_earlier_claim_is_ignored(void **unused)
{
    (void)unused;
    static const enum sent all[] = {SENT_ACCEPTED, SENT_REFUSED, SENT_RETRY, SENT_UNSURE};
    struct message *m = a_forward();
    world_sent(w, m, SENT_RETRY);
    world_claim(w, m);
    assert_int_equal(world_outbox(w, m->id)->fence, 2);
    for (size_t i = 0; i < 4; i++) {
        const struct event stale = {.kind = EVENT_SENT,
                                    .message = m->id,
                                    .sent = all[i],
                                    .sid = SPAN("SMstale"),
                                    .fence = 1};
        world_again(w, stale);
        assert_int_equal(w->changes, 0);
    }
    assert_string_equal(m->sid, "");
    assert_int_equal(world_outbox(w, m->id)->state, OUTBOX_SENDING);
}

static void a_receipt_of_another_sid_is_ignored(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    world_sent(w, m, SENT_ACCEPTED);
    world_again(w, (struct event){.kind = EVENT_RECEIPT,
                                  .message = m->id,
                                  .sid = SPAN("SMother"),
                                  .delivery = DELIVERY_FAILED});
    assert_int_equal(w->changes, 0);
    assert_int_equal(m->delivery, DELIVERY_ACCEPTED);
}

/* The first request was lost and the text sent again; then the first one's receipts come. */
static void of_what_was_sent_twice_an_arrival_counts(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    struct event e = {.kind = EVENT_RECEIPT, .message = m->id, .sid = SPAN("SMfirst")};

    world_sent(w, m, SENT_ACCEPTED);
    m->duplicate = true;
    e.delivery = DELIVERY_UNDELIVERED;
    m->delivery = DELIVERY_SENT;
    w->batch = true; /* nothing is saved, so that the row need not be marked */
    world_again(w, e);
    assert_int_equal(m->delivery, DELIVERY_SENT);
    e.delivery = DELIVERY_DELIVERED;
    world_again(w, e);
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    assert_string_not_equal(m->sid, "SMfirst");
    world_commit(w);
}

static void the_answers_sid_is_taken_from_whoever_has_it(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    world_text(w, BORIS, "hello");
    struct message *other = world_last_to(w, PRIMARY);
    const char *sid = arena_printf(w->arena, "SMout%lld", (long long)m->id);
    const struct found found = {span_of(sid), DELIVERY_SENT, 0};

    assert_ptr_not_equal(m, other);
    world_sent(w, m, SENT_UNSURE);
    world_sent(w, other, SENT_UNSURE);
    world_again(w, (struct event){.kind = EVENT_LOOKED,
                                  .message = other->id,
                                  .fence = world_outbox(w, other->id)->fence,
                                  .found = &found,
                                  .found_count = 1});
    assert_string_equal(other->sid, sid);
    world_sent(w, m, SENT_ACCEPTED); /* late, but it is our own request's */
    assert_string_equal(m->sid, sid);
    assert_string_equal(other->sid, "");
    assert_int_equal(other->delivery, DELIVERY_UNSURE);
}

static void what_is_unknown_changes_nothing(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    const struct event rows[] = {
        {.kind = EVENT_RECEIPT, .message = 77, .sid = SPAN("SM1"), .delivery = DELIVERY_FAILED},
        {.kind = EVENT_SENT, .message = 77, .sent = SENT_ACCEPTED, .sid = SPAN("SM1")},
        {.kind = EVENT_RECEIPT, .tenant = 2, .message = m->id, .delivery = DELIVERY_FAILED},
        {.kind = EVENT_SENT, .tenant = 2, .message = m->id, .sent = SENT_REFUSED},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world_again(w, rows[i]);
        assert_int_equal(w->changes, 0);
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(receipts_in_any_order_end_alike),
        TEST(accepted_binds_the_sid_and_settles),
        TEST(refused_escalates_now),
        TEST(retries_wait_longer_and_longer),
        TEST(a_text_waits_for_credentials_and_is_told_of_once),
        TEST(a_pre_alert_is_dropped_when_it_would_come_too_late),
        TEST(unsure_is_not_queued_again_at_once),
        TEST(an_unsure_one_is_found_or_refused_after_all),
        TEST(a_receipt_before_the_answer_settles),
        TEST(the_answer_to_an_earlier_claim_is_ignored),
        TEST(a_receipt_of_another_sid_is_ignored),
        TEST(of_what_was_sent_twice_an_arrival_counts),
        TEST(the_answers_sid_is_taken_from_whoever_has_it),
        TEST(what_is_unknown_changes_nothing),
    };

    return cmocka_run_group_tests_name("delivery_step", tests, NULL, NULL);
}
