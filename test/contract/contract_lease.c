/* How programs that share a PostgreSQL live side by side: numbers and incarnations, leases, chores,
 * topics, and what they hear of one another. Time passes by the hand of a third connection. */
#include "contract/contract_kit.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "store/store_nodes.h"

static struct store *other; /* the second node's */
static struct store_pulse pulse;

static const struct store_self first = {.key = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                        .name = "one",
                                        .version = "1.0"},
                               second = {.key = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                                         .name = "two",
                                         .version = "1.1"};
static const struct store_beat plain = {.judges = false}, judge = {.judges = true};

static int set_up(void **state)
{
    char why[STORE_WHY_SIZE] = "";

    kit_set_up(state);
    if (store_open(kit.path, &other, why))
        fail_msg("cannot open: %s", why);
    GOOD(store_nodes_join(kit.store, &first));
    GOOD(store_nodes_join(other, &second));
    return 0;
}

static int tear_down(void **state)
{
    store_close(&other);
    return kit_tear_down(state);
}

static const struct store_node *node(int number)
{
    for (size_t i = 0; i < pulse.count; i++)
        if (pulse.nodes[i].number == number)
            return &pulse.nodes[i];
    fail_msg("node %d is not listed", number);
    return NULL;
}

static void each_gets_a_number_and_is_seen_by_the_other(void **unused)
{
    (void)unused;
    assert_int_equal(kit.store->node, 0);
    assert_int_equal(other->node, 1);
    const int64_t before_ns = clock_boot_ns();
    GOOD(store_nodes_beat(kit.store, &plain, &pulse));
    assert_int_equal(pulse.count, 2);
    assert_int_equal(pulse.living, 2);
    assert_string_equal(node(1)->name, "two");
    assert_string_equal(node(1)->version, "1.1");
    assert_int_equal(node(1)->schema, STORE_SCHEMA);
    assert_true(kit.store->is_heard);
    /* The lease is no longer here than it is there. */
    assert_int_equal(node(0)->until_ms - pulse.at_ms, STORE_LEASE_MS);
    assert_true(pulse.until_ns >= before_ns + STORE_LEASE_MS * INT64_C(1000000));
    assert_true(pulse.until_ns <= pulse.at_ns + pulse.off_ns + STORE_LEASE_MS * INT64_C(1000000));
}

static void whoever_comes_back_has_his_number_and_a_new_incarnation(void **unused)
{
    const int64_t before = kit.store->incarnation;

    (void)unused;
    GOOD(store_nodes_join(kit.store, &first));
    assert_int_equal(kit.store->node, 0);
    assert_true(kit.store->incarnation > before);
    GOOD(store_nodes_leave(other));
    GOOD(store_nodes_beat(kit.store, &plain, &pulse));
    assert_int_equal(pulse.living, 1);
    assert_true(node(1)->gone_ms && node(1)->is_draining);
    assert_false(kit.store->is_heard);
    GOOD(store_nodes_join(other, &second));
    assert_int_equal(other->node, 1);
}

static void a_number_is_another_s_only_after_a_day(void **unused)
{
    struct store_self third = second;

    (void)unused;
    kit_run_beside("INSERT INTO node SELECT n, 'k' || n, 1, 'x', 'x', 7, 1, 1, 1, 1, 0"
                   " FROM generate_series(2, 62) AS n");
    kit_run_beside("UPDATE node SET gone_at = (extract(epoch FROM now()) * 1000)::bigint");
    memset(third.key, 'c', sizeof third.key - 1);
    assert_int_equal(store_nodes_join(other, &third), ERR_FULL);
    kit_run_beside("UPDATE node SET gone_at = gone_at - 86401000 - node WHERE node IN (17, 40)");
    GOOD(store_nodes_join(other, &third));
    assert_int_equal(other->node, 40); /* gone longest */
    GOOD(store_nodes_join(other, &second));
    assert_int_equal(other->node, 1);
}

static void a_lease_that_is_over_is_lost_when_somebody_judges(void **unused)
{
    (void)unused;
    kit_run_beside("UPDATE node SET until_at = 5 WHERE node = 1");
    GOOD(store_nodes_beat(kit.store, &plain, &pulse));
    assert_int_equal(pulse.living, 2);
    GOOD(store_nodes_beat(other, &plain, &pulse)); /* late, and not too late */
    kit_run_beside("UPDATE node SET until_at = 5 WHERE node = 1");
    GOOD(store_nodes_beat(kit.store, &judge, &pulse));
    assert_int_equal(pulse.living, 1);
    assert_true(node(1)->gone_ms && !node(1)->is_draining);
    assert_int_equal(store_nodes_beat(other, &plain, &pulse), ERR_DENIED);
    GOOD(store_nodes_join(other, &second));
    GOOD(store_nodes_beat(other, &plain, &pulse));
    assert_int_equal(pulse.living, 2);
}

/* What a beat hears of the one before it is handed in: `by_ms` has passed there without passing
 * here, as when the server's clock is set. */
static void beat_after_a_leap(int64_t by_ms)
{
    const struct store_beat beat = {
        .judges = true, .at_ms = pulse.at_ms - by_ms, .at_ns = pulse.at_ns};

    GOOD(store_nodes_beat(kit.store, &beat, &pulse));
}

static void a_clock_that_leaps_makes_nobody_dead(void **unused)
{
    (void)unused;
    GOOD(store_nodes_beat(kit.store, &judge, &pulse)); /* the first one has nothing to compare */
    assert_false(pulse.has_leapt);
    kit_run_beside("UPDATE node SET until_at = 5 WHERE node = 1");
    beat_after_a_leap(6000);
    assert_true(pulse.has_leapt);
    assert_int_equal(pulse.living, 2);
    beat_after_a_leap(-6000);
    assert_true(pulse.has_leapt);
    assert_int_equal(pulse.living, 2);
    beat_after_a_leap(0);
    assert_false(pulse.has_leapt);
    assert_int_equal(pulse.living, 1);
}

static void the_second_of_one_key_takes_the_first_one_s_place(void **unused)
{
    (void)unused;
    GOOD(store_nodes_join(other, &first));
    assert_int_equal(other->node, 0);
    assert_int_equal(store_nodes_beat(kit.store, &plain, &pulse), ERR_CONFLICT);
    GOOD(store_nodes_beat(other, &plain, &pulse));
}

static bool is_chore_of(struct store *store, int64_t now_ms, int64_t until_ms)
{
    bool is_mine = false;

    GOOD(store_nodes_chore(store, SPAN("sweep"), now_ms, until_ms, &is_mine));
    return is_mine;
}

static void a_chore_is_one_node_s_until_its_time_is_over_or_it_dies(void **unused)
{
    (void)unused;
    assert_true(is_chore_of(kit.store, 100, 200));
    assert_false(is_chore_of(other, 150, 250));
    assert_true(is_chore_of(kit.store, 150, 300));
    assert_false(is_chore_of(other, 299, 400));
    assert_true(is_chore_of(other, 300, 400));
    assert_false(is_chore_of(kit.store, 350, 450));
    kit_run_beside("UPDATE node SET gone_at = 5 WHERE node = 1");
    assert_true(is_chore_of(kit.store, 350, 450));
    assert_false(is_chore_of(other, 500, 600)); /* it is dead, and does not know it */
}

static void a_topic_counts_its_changes(void **unused)
{
    int64_t before[STORE_TOPICS], after[STORE_TOPICS];
    const uint8_t hash[32] = {1};
    const int32_t one = kit_tenant("one");
    int64_t version = 0;

    (void)unused;
    GOOD(store_nodes_topics(other, before));
    GOOD(store_session_drop(kit.store, hash));
    GOOD(store_roster_put(kit.store, one, true, SPAN("0123456789abcdef0123456789abcdef"),
                          SPAN("{}"), (struct span){0}, NOW, &version));
    GOOD(store_nodes_topics(other, after));
    assert_int_equal(after[STORE_TOPIC_RIGHTS], before[STORE_TOPIC_RIGHTS] + 1);
    assert_int_equal(after[STORE_TOPIC_ROSTERS], before[STORE_TOPIC_ROSTERS] + 1);
    assert_int_equal(after[STORE_TOPIC_TENANTS], before[STORE_TOPIC_TENANTS]);
}

static void all_use_the_first_one_s_key(void **unused)
{
    uint8_t key[32], theirs[32];

    (void)unused;
    memset(key, 7, sizeof key);
    memset(theirs, 9, sizeof theirs);
    GOOD(store_nodes_shared(kit.store, "callback.key", key));
    GOOD(store_nodes_shared(other, "callback.key", theirs));
    assert_memory_equal(key, theirs, sizeof key);
    assert_int_equal(key[0], 7);
}

static size_t heard_count;
static struct store_change heard[8];

static void hear(void *ctx, const struct store_change *change)
{
    (void)ctx;
    assert_true(heard_count < 8);
    heard[heard_count++] = *change;
}

static void note_thread(int32_t tenant)
{
    const struct thread thread = kit_thread(tenant, "+13125550142");
    const struct event_row event = {
        .id = id_next(&kit.ids, NOW), .tenant = tenant, .kind = "thread.opened", .at_ms = NOW};

    facts_add_thread(&kit.facts, &thread);
    facts_log(&kit.facts, &event);
    kit_save();
}

static void what_one_commits_the_other_hears_once(void **unused)
{
    const int32_t one = kit_tenant("one");
    struct store_heard place = {{0}};

    (void)unused;
    GOOD(store_nodes_beat(other, &plain, &pulse));
    GOOD(store_nodes_changes(other, &pulse, &place, hear, NULL)); /* where they are */
    heard_count = 0;
    kit.store->is_heard = true;
    note_thread(one);
    GOOD(store_nodes_changes(other, &pulse, &place, hear, NULL));
    assert_int_equal(heard_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(heard[i].tenant, one);
        assert_true(heard[i].kind == STORE_CHANGE_THREAD || heard[i].kind == STORE_CHANGE_EVENT);
        assert_true(heard[i].id > 0 && heard[i].at >= heard[i].id);
    }
    GOOD(store_nodes_changes(other, &pulse, &place, hear, NULL));
    assert_int_equal(heard_count, 2);
    GOOD(store_nodes_changes(kit.store, &pulse, &(struct store_heard){{0}}, hear, NULL));
    assert_int_equal(heard_count, 2); /* nobody hears himself */
}

static void note_total(void *ctx, const struct spent *row)
{
    int32_t *total = ctx;

    assert_string_equal(row->what, "texts");
    *total += row->count;
}

static void what_a_tenant_has_spent_is_known_without_his_numbers(void **unused)
{
    const int32_t one = kit_tenant("one");
    const struct spent texts = {.tenant = one, .day = 20000, .what = "texts", .count = 3},
                       number = {.tenant = one, .day = 20000, .what = "+13125550142", .count = 3};
    struct store_totals look = {.since_day = 19999, .max = 10};
    int32_t total = 0;

    (void)unused;
    facts_put_spent(&kit.facts, &texts);
    facts_put_spent(&kit.facts, &number);
    kit_save();
    GOOD(store_nodes_totals(other, &look, note_total, &total));
    assert_int_equal(total, 3);
    assert_true(look.is_done);
}

/* Ten thousand of them would keep the storage thread from everything else. */
static void what_was_spent_is_asked_of_a_page_of_tenants_at_a_time(void **unused)
{
    struct store_totals look = {.since_day = 19999, .max = 2};
    int32_t totals[3] = {0, 0, 0};
    char slug[8];

    (void)unused;
    for (int i = 0; i < 5; i++) {
        snprintf(slug, sizeof slug, "t%d", i);
        const struct spent texts = {
            .tenant = kit_tenant(slug), .day = 20000, .what = "texts", .count = 1 << i};
        if (i != 2) /* somebody who has sent nothing */
            facts_put_spent(&kit.facts, &texts);
    }
    kit_save();
    for (int i = 0; i < 3; i++) {
        GOOD(store_nodes_totals(other, &look, note_total, &totals[i]));
        assert_int_equal(look.is_done, i == 2);
    }
    assert_int_equal(totals[0], 1 + 2);
    assert_int_equal(totals[1], 8);
    assert_int_equal(totals[2], 16);
    totals[0] = 0;
    GOOD(store_nodes_totals(other, &look, note_total, &totals[0])); /* and anew */
    assert_int_equal(totals[0], 1 + 2);
    assert_false(look.is_done);
}

#define TEST(test)                              \
    {                                           \
#test, test, set_up, tear_down, &opener \
    }

int main(void)
{
    static struct kit_opener opener = {"PostgreSQL", KIT_POSTGRES};
    const struct CMUnitTest tests[] = {
        TEST(each_gets_a_number_and_is_seen_by_the_other),
        TEST(whoever_comes_back_has_his_number_and_a_new_incarnation),
        TEST(a_number_is_another_s_only_after_a_day),
        TEST(a_lease_that_is_over_is_lost_when_somebody_judges),
        TEST(a_clock_that_leaps_makes_nobody_dead),
        TEST(the_second_of_one_key_takes_the_first_one_s_place),
        TEST(a_chore_is_one_node_s_until_its_time_is_over_or_it_dies),
        TEST(a_topic_counts_its_changes),
        TEST(all_use_the_first_one_s_key),
        TEST(what_one_commits_the_other_hears_once),
        TEST(what_a_tenant_has_spent_is_known_without_his_numbers),
        TEST(what_was_spent_is_asked_of_a_page_of_tenants_at_a_time),
    };

    if (!kit_has_postgres())
        return 77; /* skipped: NEXTRING_TEST_DATABASE names none */
    return cmocka_run_group_tests_name("PostgreSQL, leases", tests, NULL, NULL);
}
