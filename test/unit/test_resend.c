#include "core_world.h"

#include "relay/resend.h"

static struct world *const w = &world_shared;

#define PHOTO                                                                                   \
    "https://api.example.test/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages/" \
    "MM0000000000000000000000000000000b/Media/ME00000000000000000000000000000001"

static void receipt(const struct message *m, int32_t code)
{
    const struct event e = {
        .kind = EVENT_RECEIPT,
        .message = m->id,
        .sid = span_of(arena_printf(w->arena, "SMout%lld", (long long)m->id)),
        .delivery = DELIVERY_FAILED,
        .error_code = code,
    };
    world_again(w, e);
}

static void text_with_photo(const char *body)
{
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = SPAN("SMphoto"),
                                  .from = SPAN(ANNA),
                                  .to = SPAN(LINE),
                                  .body = span_of(body),
                                  .media = SPAN(PHOTO),
                                  .attempt = -1});
}

static void a_busy_carrier_is_tried_later_and_later(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct relay *r = world_relay(w);
    for (int i = 0; i < 3; i++) {
        struct message *m = world_last_to(w, PRIMARY);
        receipt(m, 30001);
        const struct message *next = world_last_to(w, PRIMARY);
        assert_ptr_not_equal(next, m);
        const struct outbox *o = world_outbox(w, next->id);
        assert_int_equal(next->kind, MESSAGE_FORWARD);
        assert_int_equal(o->due_ms, w->now_ms + (INT64_C(60000) << i));
        assert_int_equal(o->expires_ms, r->due_ms);
        assert_int_equal(r->step, 0);
        assert_int_equal(r->plan->rungs[0].state, RUNG_TOLD);
        SAYS(next, "no heat");
        SAYS(next, "/j/link-"); /* a fresh one: the first one's secret is not kept */
        assert_false(next->duplicate);
        w->now_ms = o->due_ms;
        world_commit(w);
    }
    receipt(world_last_to(w, PRIMARY), 30001); /* enough */
    assert_int_equal(r->step, 1);
    assert_int_equal(world_logged(w, "text.sent-anew"), 3);
}

static void the_fresh_link_acts(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    receipt(world_last_to(w, PRIMARY), 30017);
    world_link(w, world_last_to(w, PRIMARY), LINK_TAKE);
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    assert_string_equal(world_relay(w)->acked_by, "primary");
}

static void not_beyond_the_steps_time(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    w->now_ms = world_relay(w)->due_ms - 30 * S;
    world_commit(w);
    receipt(world_last_to(w, PRIMARY), 30022);
    assert_int_equal(world_relay(w)->step, 1);
    assert_int_equal(world_logged(w, "text.sent-anew"), 0);
}

static void what_nobody_can_explain_is_tried_once_and_marked(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "on my way");
    receipt(world_last_to(w, ANNA), 30008);
    struct message *next = world_last_to(w, ANNA);
    assert_int_equal(next->kind, MESSAGE_REPLY);
    assert_true(next->duplicate);
    assert_int_equal(world_outbox(w, next->id)->due_ms, w->now_ms);
    receipt(next, 30008);
    assert_int_equal(world_count_to(w, ANNA), 2);
    SAYS(world_last_to(w, PRIMARY), "did not reach " ANNA);
}

static void a_repeated_receipt_sends_nothing_more(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    receipt(world_last_to(w, PRIMARY), 30017);
    const size_t n = world_count_to(w, PRIMARY);
    world_again(w, w->last);
    assert_int_equal(world_count_to(w, PRIMARY), n);
    assert_int_equal(w->changes, 0);
}

static void a_step_that_has_passed_is_not_told_again(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    struct message *m = world_to(w, PRIMARY, 0);
    world_wait(w, 900 * S);
    receipt(m, 30017);
    assert_int_equal(world_logged(w, "text.sent-anew"), 0);
}

static void photos_that_do_not_pass_become_addresses(void **unused)
{
    (void)unused;
    w->lines[0].mms = true;
    text_with_photo("look");
    struct message *m = world_last_to(w, PRIMARY);
    assert_true(world_outbox(w, m->id)->media.size > 0);
    receipt(m, 30019);
    struct message *next = world_last_to(w, PRIMARY);
    assert_ptr_not_equal(next, m);
    assert_int_equal(world_outbox(w, next->id)->media.size, 0);
    SAYS(next, "look");
    SAYS(next, "\nhttps://relay.example.test/j/link-");
    assert_int_equal(world_relay(w)->step, 0);
}

static void without_photos_that_code_is_final(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    receipt(world_last_to(w, PRIMARY), 30019);
    assert_int_equal(world_relay(w)->step, 1);
}

static void a_reply_too_is_tried_again(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "on my way");
    receipt(world_last_to(w, ANNA), 30410);
    struct message *next = world_last_to(w, ANNA);
    assert_int_equal(next->kind, MESSAGE_REPLY);
    assert_string_equal(next->operator_id, "primary");
    assert_true(span_is_text(next->body, "on my way"));
    assert_int_equal(world_outbox(w, next->id)->expires_ms, 0);
    assert_true(next->duplicate);
}

static void what_may_be_a_repeat_stays_one(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "on my way");
    receipt(world_last_to(w, ANNA), 30410); /* it may have arrived */
    receipt(world_last_to(w, ANNA), 30017); /* surely it has not, but the first may have */
    assert_int_equal(world_count_to(w, ANNA), 3);
    assert_true(world_last_to(w, ANNA)->duplicate);
}

static void a_pre_alert_is_not(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    receipt(world_to(w, PRIMARY, 0), 30008);
    assert_int_equal(world_count_to(w, PRIMARY), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_busy_carrier_is_tried_later_and_later),
        TEST(the_fresh_link_acts),
        TEST(not_beyond_the_steps_time),
        TEST(what_nobody_can_explain_is_tried_once_and_marked),
        TEST(a_repeated_receipt_sends_nothing_more),
        TEST(a_step_that_has_passed_is_not_told_again),
        TEST(photos_that_do_not_pass_become_addresses),
        TEST(without_photos_that_code_is_final),
        TEST(a_reply_too_is_tried_again),
        TEST(what_may_be_a_repeat_stays_one),
        TEST(a_pre_alert_is_not),
    };

    return cmocka_run_group_tests_name("resend", tests, NULL, NULL);
}
