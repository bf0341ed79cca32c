#include "core_world.h"

#include "relay/settle.h"

static struct world *const w = &world_shared;

/* Which news changes which state: a row each state, a column each news. */
static void every_cell_by_rank(void **unused)
{
    (void)unused;
    /* clang-format off */
    static const bool advances[DELIVERIES][DELIVERIES] = {
        /*                       none queued unsure accepted sent delivered undelivered failed dropped */
        [DELIVERY_NONE]        = {0,   1,     1,     1,       1,   1,        1,          1,     1},
        [DELIVERY_QUEUED]      = {0,   0,     1,     1,       1,   1,        1,          1,     1},
        [DELIVERY_UNSURE]      = {0,   0,     0,     1,       1,   1,        1,          1,     1},
        [DELIVERY_ACCEPTED]    = {0,   0,     0,     0,       1,   1,        1,          1,     1},
        [DELIVERY_SENT]        = {0,   0,     0,     0,       0,   1,        1,          1,     1},
        [DELIVERY_DELIVERED]   = {0,   0,     0,     0,       0,   0,        0,          0,     0},
        [DELIVERY_UNDELIVERED] = {0,   0,     0,     0,       0,   0,        0,          0,     0},
        [DELIVERY_FAILED]      = {0,   0,     0,     0,       0,   0,        0,          0,     0},
        [DELIVERY_DROPPED]     = {0,   0,     0,     1,       1,   1,        1,          1,     0},
    };
    /* clang-format on */

    for (int was = 0; was < DELIVERIES; was++)
        for (int now = 0; now < DELIVERIES; now++)
            if (settle_advances((enum delivery)was, (enum delivery)now) != advances[was][now])
                fail_msg("%s to %s", delivery_name((enum delivery)was),
                         delivery_name((enum delivery)now));
}

/* Two replies of the same words to the same customer, both unsure: a listing may swap them. */
struct pair {
    struct message *a, *b;
};

static struct pair two_unsure(void)
{
    struct pair p;

    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "on my way");
    p.a = world_last_to(w, ANNA);
    world_text(w, PRIMARY, "on my way");
    p.b = world_last_to(w, ANNA);
    assert_ptr_not_equal(p.a, p.b);
    world_sent(w, p.a, SENT_UNSURE);
    world_sent(w, p.b, SENT_UNSURE);
    return p;
}

static void listed(const struct message *m, const char *sid, enum delivery delivery)
{
    const struct found found = {span_of(sid), delivery, 0};
    const struct event e = {.kind = EVENT_LOOKED,
                            .message = m->id,
                            .fence = world_outbox(w, m->id)->fence,
                            .found = &found,
                            .found_count = 1};
    world_again(w, e);
}

static void receipt(const struct message *m, const char *sid, enum delivery delivery)
{
    world_again(
        w, (struct event){
               .kind = EVENT_RECEIPT, .message = m->id, .sid = span_of(sid), .delivery = delivery});
}

static void the_callbacks_row_is_right_and_the_other_is_unsure_again(void **unused)
{
    (void)unused;
    const struct pair p = two_unsure();

    listed(p.a, "SMb", DELIVERY_SENT); /* it was the other's */
    assert_string_equal(p.a->sid, "SMb");
    receipt(p.b, "SMb", DELIVERY_DELIVERED);
    assert_string_equal(p.b->sid, "SMb");
    assert_int_equal(p.b->delivery, DELIVERY_DELIVERED);
    assert_string_equal(p.a->sid, "");
    assert_int_equal(p.a->delivery, DELIVERY_UNSURE);
    const struct outbox *o = world_outbox(w, p.a->id);
    assert_false(o->gone);
    assert_int_equal(o->state, OUTBOX_UNSURE);
    assert_int_equal(o->due_ms, w->now_ms + SETTLE_FIRST_LOOK_MS);
    assert_string_equal(o->to, ANNA);
    receipt(p.a, "SMa", DELIVERY_DELIVERED);
    assert_string_equal(p.a->sid, "SMa");
    assert_int_equal(p.a->delivery, DELIVERY_DELIVERED);
    assert_true(world_outbox(w, p.a->id)->gone);
}

static void swapped_ids_are_swapped_back(void **unused)
{
    (void)unused;
    const struct pair p = two_unsure();

    listed(p.a, "SMb", DELIVERY_SENT);
    listed(p.b, "SMa", DELIVERY_SENT);
    receipt(p.a, "SMa", DELIVERY_DELIVERED);
    assert_string_equal(p.a->sid, "SMa");
    assert_string_equal(p.b->sid, "");
    receipt(p.b, "SMb", DELIVERY_UNDELIVERED);
    assert_string_equal(p.b->sid, "SMb");
    assert_int_equal(p.a->delivery, DELIVERY_DELIVERED);
    assert_int_equal(p.b->delivery, DELIVERY_UNDELIVERED);
}

static void what_is_final_stays_when_its_id_goes(void **unused)
{
    (void)unused;
    const struct pair p = two_unsure();

    listed(p.a, "SMb", DELIVERY_DELIVERED);
    receipt(p.b, "SMb", DELIVERY_DELIVERED);
    assert_string_equal(p.a->sid, "");
    assert_int_equal(p.a->delivery, DELIVERY_DELIVERED);
    assert_true(world_outbox(w, p.a->id)->gone);
}

static void in_one_batch_it_is_the_same(void **unused)
{
    (void)unused;
    const struct pair p = two_unsure();

    w->batch = true;
    listed(p.a, "SMb", DELIVERY_SENT);
    receipt(p.b, "SMb", DELIVERY_SENT);
    receipt(p.a, "SMa", DELIVERY_SENT);
    world_commit(w);
    assert_string_equal(p.a->sid, "SMa");
    assert_string_equal(p.b->sid, "SMb");
    assert_true(world_outbox(w, p.a->id)->gone);
}

static void swapped_back_in_one_batch_too(void **unused)
{
    (void)unused;
    const struct pair p = two_unsure();

    listed(p.a, "SMb", DELIVERY_SENT);
    listed(p.b, "SMa", DELIVERY_SENT);
    w->batch = true;
    receipt(p.a, "SMa", DELIVERY_DELIVERED);
    receipt(p.b, "SMb", DELIVERY_DELIVERED);
    world_commit(w);
    assert_string_equal(p.a->sid, "SMa");
    assert_string_equal(p.b->sid, "SMb");
}

static void a_call_s_state_has_a_rank_and_a_newer_word_does_no_harm(void **unused)
{
    (void)unused;
    assert_int_equal(settle_call_status(SPAN("ringing")), DELIVERY_ACCEPTED);
    assert_int_equal(settle_call_status(SPAN("in-progress")), DELIVERY_SENT);
    assert_int_equal(settle_call_status(SPAN("completed")), DELIVERY_DELIVERED);
    assert_int_equal(settle_call_status(SPAN("no-answer")), DELIVERY_UNDELIVERED);
    assert_int_equal(settle_call_status(SPAN("canceled")), DELIVERY_FAILED);
    assert_int_equal(settle_call_status(SPAN("tomorrow's word")), DELIVERY_ACCEPTED);
    assert_int_equal(settle_call_status((struct span){0}), DELIVERY_ACCEPTED);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_cell_by_rank),
        TEST(a_call_s_state_has_a_rank_and_a_newer_word_does_no_harm),
        TEST(the_callbacks_row_is_right_and_the_other_is_unsure_again),
        TEST(swapped_ids_are_swapped_back),
        TEST(what_is_final_stays_when_its_id_goes),
        TEST(in_one_batch_it_is_the_same),
        TEST(swapped_back_in_one_batch_too),
    };

    return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
