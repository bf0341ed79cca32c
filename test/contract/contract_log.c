/* The log's chain in the database, and the second connection that only reads: for a store in a
 * file, whose rows can be tampered with behind its back. */
#include "contract/contract_kit.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "journal/journal_check.h"

enum { PAGE = 500 };
static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

static int64_t log_one(int32_t tenant, int64_t at_ms, const char *detail)
{
    const struct event_row *row = facts_log(&kit.facts, &(struct event_row){
                                                            .tenant = tenant,
                                                            .kind = "relay.raised",
                                                            .at_ms = at_ms,
                                                            .id = id_next(&kit.ids, at_ms),
                                                            .operator_id = "mara",
                                                            .detail = span_of(detail),
                                                        });
    return row->id;
}

static void log_some(int32_t tenant, int count)
{
    for (int i = 0; i < count; i++)
        (void)log_one(tenant, NOW, i % 2 ? "some words" : NULL);
    kit_save();
}

struct look {
    struct journal_check check;
    int32_t tenant;
    int page;
    int64_t ids[2000];
};

static void see(void *ctx, const struct view_cell *cells, size_t count)
{
    struct look *l = ctx;
    struct journal_row row = {.tenant = l->tenant};
    const uint8_t *chain = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct view_cell *c = &cells[i];
        if (strcmp(c->name, "id") == 0)
            row.id = c->number;
        else if (strcmp(c->name, "kind") == 0)
            row.kind = c->text;
        else if (strcmp(c->name, "created_at") == 0)
            row.at_ms = c->number;
        else if (strcmp(c->name, "operator") == 0)
            row.operator_id = c->text;
        else if (strcmp(c->name, "detail") == 0)
            row.detail = c->text;
        else if (strcmp(c->name, "is_alarm") == 0)
            row.alarm = c->number;
        else if (strcmp(c->name, "salt") == 0)
            row.salt = c->text;
        else if (strcmp(c->name, "chain") == 0 && c->text.size == JOURNAL_HASH_BYTES)
            chain = (const uint8_t *)c->text.data;
    }
    l->ids[l->check.count] = row.id;
    journal_check_row(&l->check, &row, chain);
    l->page++;
}

static struct look check_all(struct store *store, int32_t tenant)
{
    struct look l = {.tenant = tenant};
    struct store_log_place place;

    GOOD(store_log_place(store, tenant, 0, 1, &place));
    if (place.gone)
        GOOD(store_log_place(store, tenant, place.gone, 1, &place));
    l.check = journal_check_begin(tenant, place.has_chain ? place.chain : NULL);
    do {
        const struct view_filter filter = {
            .tenant = tenant, .after = l.check.last_id, .limit = PAGE};
        l.page = 0;
        GOOD(store_view(store, VIEW_LOG, &filter, see, &l));
    } while (l.page == PAGE);
    return l;
}

/* Behind the store's back. */
static void tamper(const char *text)
{
    struct sql *sql = kit_beside();

    sql_begin(sql, SQL_WRITE);
    sql_exec(sql, text);
    if (sql_end(sql))
        fail_msg("%s", sql_why(sql));
    sql_close(&sql);
}

/* ---- the chain ---- */

static void every_row_is_chained_to_the_one_before(void **unused)
{
    (void)unused;
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");

    for (int i = 0; i < 3; i++) {
        log_some(one, 7);
        log_some(two, 5);
    }
    struct look l = check_all(kit.store, one);
    assert_null(l.check.why);
    assert_int_equal(l.check.count, 21);
    assert_int_equal(l.check.unchained, 0);
    l = check_all(kit.store, two);
    assert_null(l.check.why);
    assert_int_equal(l.check.count, 15);
}

static void it_goes_on_after_the_store_was_closed(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one");

    log_some(tenant, 5);
    kit_reopen();
    log_some(tenant, 5);
    const struct look l = check_all(kit.store, tenant);
    assert_null(l.check.why);
    assert_int_equal(l.check.count, 10);
}

/* Each remembers the end of what it wrote last, and the one with the lower number makes the lower
 * ids. */
static void two_nodes_write_one_in_turn(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one");
    struct store *stores[2] = {kit.store, NULL};
    struct id_maker makers[2] = {{.node = 0}, {.node = 9}};
    struct arena *arena = arena_open(0);
    char why[STORE_WHY_SIZE];

    GOOD(store_open(kit.path, &stores[1], why));
    for (int i = 0; i < 24; i++) {
        const int at = i % 3 % 2; /* each also twice in a row */
        struct facts f;
        facts_init(&f, arena, &makers[at], NOW);
        (void)facts_log(&f, &(struct event_row){.tenant = tenant, .kind = "text.received"});
        (void)facts_log(&f, &(struct event_row){
                                .tenant = tenant, .kind = "relay.raised", .detail = SPAN("words")});
        if (i % 2)
            GOOD(store_hold(stores[at], &tenant, 1, NOW));
        GOOD(store_save(stores[at], &f));
    }
    const struct look l = check_all(stores[1], tenant);
    assert_null(l.check.why);
    assert_int_equal(l.check.count, 48);
    assert_int_equal(l.check.unchained, 0);
    store_close(&stores[1]);
    arena_close(&arena);
}

static void a_batch_that_failed_is_not_in_it(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one");

    const struct call_event twice = {.id = 7, .tenant = tenant, .kind = "inbound", .at_ms = NOW};

    facts_log_call(&kit.facts, &twice);
    log_some(tenant, 3);
    (void)log_one(tenant, NOW, "lost");
    facts_log_call(&kit.facts, &twice); /* is there already, and comes after the row of the log */
    assert_int_equal(store_save(kit.store, &kit.facts), ERR_CONFLICT);
    kit_begin();
    log_some(tenant, 3);
    const struct look l = check_all(kit.store, tenant);
    assert_null(l.check.why);
    assert_int_equal(l.check.count, 6);
}

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"
static const struct fault {
    const char *says, *text; /* ?1: the row's id; ?2: bytes */
    int of, at;              /* which row; at which it shows */
    size_t bytes;            /* how many */
} faults[] = {
    {"words changed", "UPDATE event SET detail = 'other words' WHERE id = ?1", 3, 3},
    {"a salt cut short", "UPDATE event SET salt = ?2 WHERE id = ?1", 3, 3, 1},
    {"a kind that is too long", "UPDATE event SET kind = '" LONG "' WHERE id = ?1", 3, 3},
    {"an operator that is too long", "UPDATE event SET operator = '" LONG "' WHERE id = ?1", 3, 3},
    {"words added", "UPDATE event SET detail = 'words' WHERE id = ?1", 4, 4},
    {"an alarm hidden", "UPDATE event SET is_alarm = 1 - is_alarm WHERE id = ?1", 3, 3},
    {"somebody else named", "UPDATE event SET operator = 'ben' WHERE id = ?1", 3, 3},
    {"a row removed", "DELETE FROM event WHERE id = ?1", 3, 4},
    {"a hash changed", "UPDATE event SET chain = ?2 WHERE id = ?1", 3, 3, 32},
    {"a hash taken away", "UPDATE event SET chain = NULL WHERE id = ?1", 3, 3},
    {"a salt changed", "UPDATE event SET salt = ?2 WHERE id = ?1", 3, 3, 16},
    {"a row moved", "UPDATE event SET id = id + 40 WHERE id = ?1", 3, 4},
};

static void tamper_with(int64_t id, const struct fault *f)
{
    struct sql *sql = kit_beside();

    sql_begin(sql, SQL_WRITE);
    struct sql_query *q = sql_prepare(sql, f->text);
    sql_put(q, id);
    if (f->bytes)
        sql_put_blob(q, LONG, f->bytes);
    sql_run(q);
    sql_drop(&q);
    if (sql_end(sql))
        fail_msg("%s: %s", f->says, sql_why(sql));
    sql_close(&sql);
}

static void what_is_changed_behind_its_back_shows(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one");

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        tamper("DELETE FROM event");
        kit_reopen();
        int64_t ids[8];
        for (int k = 0; k < 8; k++) {
            ids[k] = log_one(tenant, NOW, k % 2 ? "some words" : NULL);
            kit.ids.last += 16; /* so that there is room between them */
        }
        kit_save();
        assert_null(check_all(kit.store, tenant).check.why);
        tamper_with(ids[faults[i].of], &faults[i]);
        const struct look l = check_all(kit.store, tenant);
        if (!l.check.why || l.check.broken_id != ids[faults[i].at])
            fail_msg("not found: %s (%s)", faults[i].says, l.check.why ? l.check.why : "whole");
    }
}

static void rows_from_before_it_stand_before_its_beginning(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    char text[256];

    log_some(other, 1); /* there is room for this month's rows */
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text,
                 "INSERT INTO event (tenant, id, kind, created_at, is_alarm)"
                 " VALUES (%d, %lld, 'old', 1, 0)",
                 (int)tenant, (long long)id_floor(NOW - 60000) + i + 1);
        tamper(text);
    }
    kit_reopen();
    log_some(tenant, 4);
    const struct look l = check_all(kit.store, tenant);
    assert_null(l.check.why);
    assert_int_equal(l.check.count, 7);
    assert_int_equal(l.check.unchained, 3);
}

/* Words and salt go together, and the hash of both takes their place. */
static void erased_words_leave_it_whole(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one");
    uint8_t hash[JOURNAL_HASH_BYTES];
    char salt[JOURNAL_SALT_BYTES];
    struct sql *sql = kit_beside();

    log_some(tenant, 2);
    const int64_t id = log_one(tenant, NOW, "the gate code is 4711");
    log_some(tenant, 2);
    sql_begin(sql, SQL_WRITE);
    struct sql_query *q = sql_prepare(sql, "SELECT salt FROM event WHERE id = ?1");
    sql_put(q, id);
    assert_true(sql_next(q));
    sql_get_blob(q, salt, sizeof salt);
    sql_drop(&q);
    journal_chain_detail(NULL, (struct span){salt, sizeof salt}, SPAN("the gate code is 4711"),
                         hash);
    q = sql_prepare(sql, "UPDATE event SET detail = NULL, salt = ?1 WHERE id = ?2");
    sql_put_blob(q, hash, sizeof hash);
    sql_put(q, id);
    sql_run(q);
    sql_drop(&q);
    GOOD(sql_end(sql));
    sql_close(&sql);
    assert_null(check_all(kit.store, tenant).check.why);
}

static void heads_of_what_went_are_kept_one_a_day(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one");
    struct store_sweep_place place = {.step = 0};
    struct store_log_place where;
    int64_t last_old = 0;

    for (int day = 6; day >= 0; day--)
        for (int i = 0; i < 30; i++) {
            const int64_t id = log_one(tenant, NOW - (day + 400) * day_ms + i, "old words");
            last_old = day >= 3 ? id : last_old;
        }
    kit_save();
    const struct store_sweep_ask ask = {.metadata_ms = NOW - 402 * day_ms - 1, .max = 7};
    while (place.step < STORE_SWEEP_STEPS) {
        size_t gone;
        GOOD(store_sweep(kit.store, &ask, &place, &gone));
        assert_null(check_all(kit.store, tenant).check.why); /* at each turn */
    }
    const struct look l = check_all(kit.store, tenant);
    assert_int_equal(l.check.count, 90);
    GOOD(store_log_place(kit.store, tenant, 0, 1000, &where));
    assert_int_equal(where.gone, last_old);
    assert_int_equal(where.behind, 90);
    struct sql *sql = kit_beside();
    sql_begin(sql, SQL_READ);
    struct sql_query *q = sql_prepare(sql, "SELECT count(*) FROM log_head");
    assert_true(sql_next(q));
    assert_int_equal(sql_get(q), 4);
    sql_drop(&q);
    GOOD(sql_end(sql));
    sql_close(&sql);
}

/* All of it: the next row is chained to the head. */
static void a_log_that_went_whole_goes_on(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one");
    struct store_sweep_place place = {.step = 0};
    struct store_log_place where;

    for (int i = 0; i < 10; i++)
        (void)log_one(tenant, NOW - 500 * day_ms, "old words");
    kit_save();
    const struct store_sweep_ask ask = {.metadata_ms = NOW - 400 * day_ms, .max = 100};
    while (place.step < STORE_SWEEP_STEPS) {
        size_t gone;
        GOOD(store_sweep(kit.store, &ask, &place, &gone));
    }
    GOOD(store_log_place(kit.store, tenant, 0, 10, &where));
    assert_int_equal(where.last, where.gone);
    assert_true(where.gone > 0);
    kit_reopen();
    log_some(tenant, 3);
    struct look l = check_all(kit.store, tenant);
    assert_null(l.check.why);
    assert_int_equal(l.check.count, 3);
    l.check = journal_check_begin(tenant, NULL); /* it does not begin anew */
    const struct view_filter filter = {.tenant = tenant, .limit = 1};
    GOOD(store_view(kit.store, VIEW_LOG, &filter, see, &l));
    assert_non_null(l.check.why);
}

/* Whoever made its id, and whatever the clock does: no event is refused for its place. */
static void a_row_with_an_old_id_is_kept_under_the_next_free_one(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    struct id_maker ahead = {.node = 62}, behind = {0};
    const struct event_row far = {.tenant = tenant, .kind = "far", .id = id_next(&ahead, NOW)};

    (void)facts_log(&kit.facts, &far);
    const int64_t same_ms = log_one(tenant, NOW, "below the one before");
    const int64_t again = log_one(tenant, NOW, NULL);
    assert_true(same_ms < far.id && again < far.id);
    kit_save();
    assert_true(kit.ids.last > far.id);
    for (int i = 0; i < 3; i++) {
        const struct event_row old = {
            .tenant = tenant, .kind = "old", .id = id_next(&behind, NOW - day_ms)};
        (void)facts_log(&kit.facts, &old);
        (void)log_one(other, NOW, NULL);
        kit_save();
        kit_reopen();
        (void)log_one(tenant, NOW, NULL);
        kit_save();
    }
    const struct look l = check_all(kit.store, tenant);
    assert_null(l.check.why);
    assert_int_equal(l.check.count, 9);
    assert_null(check_all(kit.store, other).check.why);
}

/* ---- the reader ---- */

static struct store *open_reader(void)
{
    char why[STORE_WHY_SIZE];
    struct store *reader;

    GOOD(store_open_reader(kit.store, &reader, why));
    return reader;
}

static void a_reader_sees_each_commit_at_once(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one");
    struct store *reader = open_reader();

    for (int i = 1; i <= 50; i++) {
        const struct thread t = kit_thread(tenant, "+16195550150");
        struct thread row = t;
        snprintf(row.customer, sizeof row.customer, "+1619555%04d", 1000 + i);
        facts_add_thread(&kit.facts, &row);
        (void)log_one(tenant, NOW, "words");
        kit_save();
        const struct look l = check_all(reader, tenant);
        assert_int_equal(l.check.count, i);
        assert_null(l.check.why);
    }
    store_close(&reader);
}

static void a_reader_writes_nothing(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one");
    struct store *reader = open_reader();
    int32_t number = 0;

    log_some(tenant, 1);
    assert_int_not_equal(store_probe(reader, NOW), ERR_NONE);
    assert_int_not_equal(store_tenant(reader, SPAN("two"), SPAN("Two"), SPAN("AC2"), NOW, &number),
                         ERR_NONE);
    (void)log_one(tenant, NOW, "words");
    assert_int_not_equal(store_save(reader, &kit.facts), ERR_NONE);
    kit_begin();
    assert_int_equal(check_all(reader, tenant).check.count, 1);
    store_close(&reader);
    log_some(tenant, 1); /* and the writer goes on */
}

static void a_reader_gives_up_when_its_time_is_over(void **unused)
{
    (void)unused;
    const int32_t tenant = kit_tenant("one");
    struct store *reader = open_reader();
    struct look l = {.tenant = tenant};

    for (int i = 0; i < 40; i++)
        log_some(tenant, 500);
    /* One that looks at every row, again and again until its time is over. */
    const struct view_filter filter = {
        .tenant = tenant, .match = SPAN("%no such words%"), .limit = 10};
    store_allow(reader, 1);
    const int64_t began_ns = clock_mono_ns();
    enum err e = ERR_NONE;
    while (!e && clock_mono_ns() - began_ns < INT64_C(20) * 1000000000)
        e = store_view(reader, VIEW_EVENTS, &filter, see, &l);
    assert_int_equal(e, ERR_BUSY);
    assert_non_null(strstr(store_why(reader), "took too long"));
    store_allow(reader, 0);
    GOOD(store_view(reader, VIEW_EVENTS, &filter, see, &l));
    store_close(&reader);
}

static void what_is_in_memory_has_no_reader(void **unused)
{
    (void)unused;
    char why[STORE_WHY_SIZE];
    struct store *memory, *reader = NULL;

    GOOD(store_open("", &memory, why));
    assert_int_equal(store_open_reader(memory, &reader, why), ERR_NOT_FOUND);
    assert_null(reader);
    store_close(&memory);
}

static struct kit_opener in_a_file = {"SQLite in a file", KIT_FILE};
static struct kit_opener in_postgres = {"PostgreSQL", KIT_POSTGRES};
#define TEST_IN(test, opener)                           \
    {                                                   \
#test, test, kit_set_up, kit_tear_down, &opener \
    }
#define EACH_IN(opener)                                                        \
    TEST_IN(every_row_is_chained_to_the_one_before, opener),                   \
        TEST_IN(it_goes_on_after_the_store_was_closed, opener),                \
        TEST_IN(a_batch_that_failed_is_not_in_it, opener),                     \
        TEST_IN(what_is_changed_behind_its_back_shows, opener),                \
        TEST_IN(rows_from_before_it_stand_before_its_beginning, opener),       \
        TEST_IN(erased_words_leave_it_whole, opener),                          \
        TEST_IN(heads_of_what_went_are_kept_one_a_day, opener),                \
        TEST_IN(a_log_that_went_whole_goes_on, opener),                        \
        TEST_IN(a_row_with_an_old_id_is_kept_under_the_next_free_one, opener), \
        TEST_IN(a_reader_sees_each_commit_at_once, opener),                    \
        TEST_IN(a_reader_writes_nothing, opener)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH_IN(in_a_file),
        TEST_IN(a_reader_gives_up_when_its_time_is_over, in_a_file),
        TEST_IN(what_is_in_memory_has_no_reader, in_a_file),
    };
    const struct CMUnitTest shared_tests[] = {
        EACH_IN(in_postgres),
        TEST_IN(two_nodes_write_one_in_turn, in_postgres),
    };
    const int failed = cmocka_run_group_tests_name("SQLite", tests, NULL, NULL);

    if (!kit_has_postgres())
        return failed;
    return failed + cmocka_run_group_tests_name("PostgreSQL", shared_tests, NULL, NULL);
}
