#include "call/alert.h"

#include "core_world.h"

static struct world *const w = &world_shared;

/* clang-format off */
static const struct {
    enum prealert wish;
    size_t before, after; /* texts: while it rings, and once it rang in vain */
} rows[] = {
    {PREALERT_ALWAYS, 1, 1},
    {PREALERT_MISSED, 0, 1},
    {PREALERT_NEVER,  0, 0},
};
/* clang-format on */

static void each_is_told_when_he_wishes(void **unused)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world_tear_down(unused);
        world_set_up(unused);
        w->people[AT_PRIMARY].prealert = rows[i].wish;
        world_call(w, ANNA);
        assert_int_equal(world_count_to(w, PRIMARY), rows[i].before);
        world_dialled(w, 0, "no-answer");
        assert_int_equal(world_count_to(w, PRIMARY), rows[i].after);
    }
}

static void a_pre_alert_is_urgent_has_a_link_and_dies_with_the_ring(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    const struct message *m = world_last_to(w, PRIMARY);
    const struct outbox *o = world_outbox(w, m->id);
    assert_int_equal(m->kind, MESSAGE_PREALERT);
    assert_int_equal(o->class, OUTBOX_URGENT);
    assert_int_equal(o->expires_ms, WORLD_START + 15 * S);
    assert_int_equal(o->cascade, world_cascade(w)->id);
    SAYS(m, "/j/");
}

static void a_missed_call_is_told_whenever_it_can_be(void **unused)
{
    (void)unused;
    w->people[AT_PRIMARY].prealert = PREALERT_MISSED;
    world_call(w, ANNA);
    world_dialled(w, 0, "no-answer");
    const struct message *m = world_last_to(w, PRIMARY);
    assert_int_equal(m->kind, MESSAGE_NOTICE);
    assert_int_equal(world_outbox(w, m->id)->expires_ms, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_is_told_when_he_wishes),
        TEST(a_pre_alert_is_urgent_has_a_link_and_dies_with_the_ring),
        TEST(a_missed_call_is_told_whenever_it_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
