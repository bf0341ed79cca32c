#include "core_world.h"

#include "core/unsure.h"

static struct world *const w = &world_shared;

static struct event look(const struct message *m, enum looked looked)
{
    return (struct event){.kind = EVENT_LOOKED,
                          .message = m->id,
                          .fence = world_outbox(w, m->id)->fence,
                          .looked = looked};
}

static void looked(const struct message *m, enum looked looked)
{
    world_again(w, look(m, looked));
}

static void found(const struct message *m, const struct found *list, size_t count)
{
    struct event e = look(m, LOOKED_LISTED);

    e.found = list;
    e.found_count = count;
    world_again(w, e);
}

/* Looks whenever the row is due, until that long after the answer was lost. */
static void look_until(const struct message *m, enum looked what, int64_t ms)
{
    const struct outbox *o = world_outbox(w, m->id);
    const int64_t end_ms = o->unsure_ms + ms;

    while (!o->gone && o->state == OUTBOX_UNSURE && o->due_ms <= end_ms) {
        w->now_ms = o->due_ms;
        world_commit(w);
        looked(m, what);
    }
}

static struct message *a_forward(void)
{
    world_text(w, ANNA, "no heat");
    struct message *m = world_last_to(w, PRIMARY);
    world_sent(w, m, SENT_UNSURE);
    return m;
}

static struct message *a_reply(void)
{
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "on my way");
    struct message *m = world_to(w, ANNA, 0);
    world_sent(w, m, SENT_UNSURE);
    return m;
}

/* The next look marks the row as changed. */
static void set_again(const struct message *m, bool again)
{
    world_outbox(w, m->id)->again = again;
}

static void it_is_looked_for_at_its_times(void **unused)
{
    (void)unused;
    static const int64_t seconds[] = {2, 5, 10, 20, 30, 45, 60};
    const struct message *m = a_forward();
    const struct outbox *o = world_outbox(w, m->id);
    const int64_t since_ms = w->now_ms;

    assert_int_equal(o->state, OUTBOX_UNSURE);
    assert_int_equal(o->unsure_ms, since_ms);
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        assert_int_equal(o->due_ms, since_ms + seconds[i] * S);
        w->now_ms = o->due_ms;
        world_commit(w);
        if (i + 1 < sizeof seconds / sizeof seconds[0])
            looked(m, LOOKED_LISTED);
    }
}

static void what_is_found_is_settled(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    const struct found list[] = {{SPAN("SM1"), DELIVERY_SENT, 0}, {SPAN("SM2"), DELIVERY_SENT, 0}};

    found(m, list, 2);
    assert_true(world_outbox(w, m->id)->gone);
    assert_string_equal(m->sid, "SM1"); /* the oldest */
    assert_int_equal(m->delivery, DELIVERY_SENT);
    assert_int_equal(world_logged(w, "text.found"), 1);
    world_again(w, w->last);
    assert_int_equal(w->changes, 0);
}

static void what_another_row_has_is_not_it(void **unused)
{
    (void)unused;
    struct message *first = a_reply();
    world_text(w, PRIMARY, "on my way");
    struct message *second = world_last_to(w, ANNA);
    const struct found list[] = {{SPAN("SM1"), DELIVERY_DELIVERED, 0},
                                 {SPAN("SM2"), DELIVERY_ACCEPTED, 0}};

    world_sent(w, second, SENT_UNSURE);
    found(first, list, 2);
    found(second, list, 2);
    assert_string_equal(first->sid, "SM1");
    assert_string_equal(second->sid, "SM2");
    assert_int_equal(first->delivery, DELIVERY_DELIVERED);
    assert_int_equal(second->delivery, DELIVERY_ACCEPTED);
}

static void what_is_found_failed_escalates(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    const struct found list[] = {{SPAN("SM1"), DELIVERY_UNDELIVERED, 30005}};

    found(m, list, 1);
    assert_int_equal(m->delivery, DELIVERY_UNDELIVERED);
    assert_int_equal(m->error_code, 30005);
    assert_int_equal(world_relay(w)->step, 1);
}

static void a_forward_that_may_is_sent_again_once(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    struct outbox *o = world_outbox(w, m->id);

    world_sent(w, m, SENT_UNSURE); /* repeated: nothing new */
    set_again(m, true);
    const int64_t alarms = (int64_t)world_alarms(w);
    look_until(m, LOOKED_LISTED, 60 * S);
    assert_int_equal(o->state, OUTBOX_QUEUED);
    assert_int_equal(o->due_ms, w->now_ms);
    assert_int_equal(m->delivery, DELIVERY_QUEUED);
    assert_true(m->duplicate);
    assert_int_equal(world_logged(w, "text.sent-again"), 1);
    assert_int_equal(world_alarms(w), alarms + 1);
    world_sent(w, m, SENT_UNSURE); /* that one is lost too */
    look_until(m, LOOKED_LISTED, 60 * S);
    assert_true(o->gone);
    assert_int_equal(m->delivery, DELIVERY_FAILED);
    assert_int_equal(world_logged(w, "text.sent-again"), 1);
    assert_int_equal(world_logged(w, "text.given-up"), 1);
    assert_int_equal(world_relay(w)->step, 1);
}

static void not_again_once_it_is_pointless(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    struct outbox *o = world_outbox(w, m->id);

    set_again(m, true);
    o->expires_ms = w->now_ms + 3 * S;
    look_until(m, LOOKED_LISTED, 45 * S);
    assert_int_equal(o->state, OUTBOX_UNSURE); /* it may still be found */
    assert_false(o->gone);
    look_until(m, LOOKED_LISTED, 60 * S);
    assert_int_equal(m->delivery, DELIVERY_FAILED);
    assert_int_equal(world_logged(w, "text.sent-again"), 0);
}

static void one_that_may_not_escalates(void **unused)
{
    (void)unused;
    struct message *m = a_forward();

    set_again(m, false);
    look_until(m, LOOKED_LISTED, 60 * S);
    assert_int_equal(m->delivery, DELIVERY_FAILED);
    assert_false(m->duplicate);
    assert_int_equal(world_relay(w)->step, 1);
    assert_int_equal(world_logged(w, "text.given-up"), 1);
}

static void a_reply_fails_and_its_writer_hears_that_nobody_knows(void **unused)
{
    (void)unused;
    struct message *m = a_reply();

    set_again(m, false);
    look_until(m, LOOKED_LISTED, 60 * S);
    assert_int_equal(m->delivery, DELIVERY_FAILED);
    SAYS(world_last_to(w, PRIMARY), "do not know whether your reply reached " ANNA);
}

static void the_truth_may_still_come_after_it_was_given_up(void **unused)
{
    (void)unused;
    struct message *m = a_reply();
    const size_t told = world_count_to(w, PRIMARY);

    set_again(m, false);
    look_until(m, LOOKED_LISTED, 60 * S);
    world_receipt(w, m, DELIVERY_DELIVERED);
    assert_int_equal(m->delivery, DELIVERY_DELIVERED);
    assert_int_equal(world_count_to(w, PRIMARY), told + 1);
}

static void without_a_list_it_waits_for_a_minute_and_a_half(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    const struct outbox *o = world_outbox(w, m->id);

    set_again(m, false);
    look_until(m, LOOKED_FAILED, 89 * S);
    assert_int_equal(o->state, OUTBOX_UNSURE);
    assert_false(o->gone);
    look_until(m, LOOKED_FAILED, 90 * S);
    assert_true(o->gone);
    assert_int_equal(m->delivery, DELIVERY_FAILED);
}

static void a_pre_alert_is_dropped_when_it_is_too_late(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    struct message *m = world_to(w, PRIMARY, 0);

    world_sent(w, m, SENT_UNSURE);
    looked(m, LOOKED_LISTED);
    assert_false(world_outbox(w, m->id)->gone);
    w->now_ms = world_outbox(w, m->id)->expires_ms;
    world_commit(w);
    looked(m, LOOKED_LISTED);
    assert_true(world_outbox(w, m->id)->gone);
    assert_int_equal(m->delivery, DELIVERY_DROPPED);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

static void what_is_stale_or_unknown_changes_nothing(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    const struct found list[] = {{SPAN("SM1"), DELIVERY_SENT, 0}};
    struct event e = look(m, LOOKED_LISTED);

    e.found = list;
    e.found_count = 1;
    e.fence++;
    world_again(w, e);
    assert_int_equal(w->changes, 0);
    e.fence--;
    e.message = 77;
    world_again(w, e);
    assert_int_equal(w->changes, 0);
    world_receipt(w, m, DELIVERY_SENT);
    e.message = m->id;
    world_again(w, e);
    assert_int_equal(w->changes, 0);
}

static void an_id_without_text_is_none(void **unused)
{
    (void)unused;
    struct message *m = a_forward();
    const struct found list[] = {{SPAN(""), DELIVERY_SENT, 0}};

    found(m, list, 1);
    assert_int_equal(world_outbox(w, m->id)->state, OUTBOX_UNSURE);
    assert_int_equal(m->delivery, DELIVERY_UNSURE);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_is_looked_for_at_its_times),
        TEST(what_is_found_is_settled),
        TEST(what_another_row_has_is_not_it),
        TEST(what_is_found_failed_escalates),
        TEST(a_forward_that_may_is_sent_again_once),
        TEST(not_again_once_it_is_pointless),
        TEST(one_that_may_not_escalates),
        TEST(a_reply_fails_and_its_writer_hears_that_nobody_knows),
        TEST(the_truth_may_still_come_after_it_was_given_up),
        TEST(without_a_list_it_waits_for_a_minute_and_a_half),
        TEST(a_pre_alert_is_dropped_when_it_is_too_late),
        TEST(what_is_stale_or_unknown_changes_nothing),
        TEST(an_id_without_text_is_none),
    };

    return cmocka_run_group_tests_name("unsure", tests, NULL, NULL);
}
