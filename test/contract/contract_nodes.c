/* What only PostgreSQL can show: several programs on one database. Two stores stand for two nodes;
 * a third connection looks on, and does what an administrator or an accident does. */
#include "contract/contract_kit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "postgres/postgres_batch.h"
#include "postgres/postgres_sql.h"
#include "sql/sql_store.h"

static struct store *other; /* the second node's */
static struct arena *arena; /* of its batches */
static struct id_maker ids; /* ... with a number of its own */
static struct facts facts;  /* ... the batch under way */

static int set_up(void **state)
{
    char why[STORE_WHY_SIZE] = "";

    kit_set_up(state);
    if (store_open(kit.path, &other, why))
        fail_msg("cannot open: %s", why);
    arena = arena_open(0);
    ids = (struct id_maker){.node = 9};
    facts_init(&facts, arena, &ids, NOW);
    return 0;
}

static int tear_down(void **state)
{
    store_close(&other);
    arena_close(&arena);
    return kit_tear_down(state);
}

/* ---- behind the stores' backs ---- */

static int64_t ask_with(struct sql *sql, const char *text)
{
    sql_begin(sql, SQL_READ);
    struct sql_query *q = sql_prepare(sql, text);
    const int64_t number = sql_next(q) ? sql_get(q) : 0;
    sql_drop(&q);
    if (sql_end(sql))
        fail_msg("%s: %s", text, sql_why(sql));
    return number;
}

static int64_t ask(const char *text)
{
    struct sql *sql = kit_beside();
    const int64_t number = ask_with(sql, text);

    sql_close(&sql);
    return number;
}

/* Cuts the connections that hold a tenant now. */
static void cut_holders(void)
{
    assert_true(ask("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_locks"
                    " WHERE relation = 'hold'::regclass AND mode = 'RowShareLock'") > 0);
}

/* From now on a commit that writes a claim runs `what` at its very end. */
static void at_commit(const char *what)
{
    char text[512];

    snprintf(text, sizeof text,
             "CREATE FUNCTION accident() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s;"
             " RETURN NULL; END $$; CREATE CONSTRAINT TRIGGER accident AFTER INSERT ON claim"
             " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accident()",
             what);
    kit_run_beside(text);
}

static void no_more_accidents(void)
{
    kit_run_beside("DROP TRIGGER accident ON claim; DROP FUNCTION accident()");
}

/* ---- batches ---- */

static void hold(struct store *store, int32_t tenant)
{
    GOOD(store_hold(store, &tenant, 1, NOW));
    GOOD(store_load(store, store == kit.store ? &kit.facts : &facts));
}

static void hold_now(struct store *store, int32_t tenant)
{
    struct facts *f = store == kit.store ? &kit.facts : &facts;

    facts_want_duties(f, tenant); /* locks travel with the first question */
    hold(store, tenant);
}

static void begin_again(void)
{
    arena_reset(arena);
    facts_init(&facts, arena, &ids, NOW);
    kit_begin();
}

static bool is_there(struct store *store, int32_t tenant, const char *key)
{
    struct facts f;
    struct arena *scratch = arena_open(0);

    facts_init(&f, scratch, &ids, NOW);
    facts_want_claim(&f, tenant, span_of(key));
    GOOD(store_load(store, &f));
    const bool is = facts_is_claimed(&f, tenant, span_of(key));
    arena_close(&scratch);
    return is;
}

static void put_timer(int32_t tenant, int64_t due_ms, int64_t subject)
{
    facts_put_timer(&kit.facts,
                    &(struct timer){.due_ms = due_ms, .tenant = tenant, .subject = subject});
}

/* ---- a tenant is held by one at a time ---- */

static void what_is_held_is_not_had_by_the_other(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    struct timer due[8];
    size_t count = 0;
    int64_t next_ms = 0;

    (void)unused;
    put_timer(one, NOW - 2, 11);
    put_timer(two, NOW - 1, 22);
    kit_save();
    hold_now(kit.store, one);

    GOOD(store_hold(other, NULL, 0, NOW));
    GOOD(store_due(other, NOW, 8, due, &count, &next_ms));
    assert_int_equal(count, 1);
    assert_int_equal(due[0].tenant, two);
    assert_true(next_ms > NOW && next_ms <= NOW + 1000); /* it looks again soon */
    facts_put_timer(&facts,
                    &(struct timer){.due_ms = NOW - 1, .tenant = two, .subject = 22, .gone = true});
    GOOD(store_save(other, &facts));

    store_drop(kit.store);
    GOOD(store_hold(other, NULL, 0, NOW));
    GOOD(store_due(other, NOW, 8, due, &count, &next_ms));
    assert_int_equal(count, 1);
    assert_int_equal(due[0].tenant, one);
    assert_int_equal(next_ms, INT64_MAX);
    store_drop(other);
}

static void a_timer_that_is_fired_meanwhile_is_not_had(void **unused)
{
    const int32_t one = kit_tenant("one");
    struct timer due[8];
    size_t count = 0;
    int64_t next_ms = 0;

    (void)unused;
    put_timer(one, NOW - 2, 11);
    put_timer(one, NOW - 1, 12);
    kit_save();
    GOOD(store_hold(kit.store, NULL, 0, NOW));
    GOOD(store_due(kit.store, NOW, 1, due, &count, &next_ms));
    assert_int_equal(count, 1);
    assert_int_equal(next_ms, NOW - 1);

    /* The tenant is held with its timer: the other one waits for nobody. */
    size_t others = 9;
    GOOD(store_hold(other, NULL, 0, NOW));
    GOOD(store_due(other, NOW, 8, due, &others, &next_ms));
    assert_int_equal(others, 0);
    store_drop(other);

    facts_put_timer(&kit.facts,
                    &(struct timer){.due_ms = NOW - 2, .tenant = one, .subject = 11, .gone = true});
    GOOD(store_save(kit.store, &kit.facts));
    GOOD(store_hold(other, NULL, 0, NOW));
    GOOD(store_due(other, NOW, 8, due, &others, &next_ms));
    assert_int_equal(others, 1);
    assert_int_equal(due[0].subject, 12);
    store_drop(other);
}

static void rows_claimed_by_one_are_not_had_by_the_other(void **unused)
{
    const int32_t one = kit_tenant("one");
    const struct outbox row = kit_outbox(one, OUTBOX_NORMAL, NOW);
    const struct store_sender sender = {one, "+13125550101", OUTBOX_TEXT};
    struct outbox *rows[4];
    size_t count = 0;
    int64_t next_ms = 0;

    (void)unused;
    facts_add_outbox(&kit.facts, &row);
    kit_save();
    GOOD(store_hold(kit.store, NULL, 0, NOW));
    GOOD(store_ready(kit.store, &kit.facts, &sender, NOW, 4, rows, &count, &next_ms));
    assert_int_equal(count, 1);

    size_t others = 9;
    GOOD(store_hold(other, NULL, 0, NOW));
    GOOD(store_ready(other, &facts, &sender, NOW, 4, rows + 1, &others, &next_ms));
    assert_int_equal(others, 0);
    assert_true(next_ms > NOW && next_ms <= NOW + 1000);
    store_drop(other);

    rows[0]->state = OUTBOX_SENDING;
    rows[0]->fence++;
    facts_touch(&kit.facts, FACT_OUTBOX, rows[0]);
    GOOD(store_save(kit.store, &kit.facts));
    begin_again();
    GOOD(store_hold(other, NULL, 0, NOW));
    GOOD(store_ready(other, &facts, &sender, NOW, 4, rows, &others, &next_ms));
    assert_int_equal(others, 0);
    assert_int_equal(next_ms, INT64_MAX);
    store_drop(other);
}

static void an_unsure_row_is_looked_for_by_one(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    struct outbox row = kit_outbox(one, OUTBOX_NORMAL, NOW - 5);
    struct outbox *rows[4];
    size_t count = 0;
    int64_t next_ms = 0;

    (void)unused;
    row.state = OUTBOX_UNSURE;
    facts_add_outbox(&kit.facts, &row);
    row = kit_outbox(two, OUTBOX_NORMAL, NOW + 50000);
    row.state = OUTBOX_UNSURE;
    facts_add_outbox(&kit.facts, &row);
    kit_save();
    GOOD(store_hold(kit.store, NULL, 0, NOW));
    GOOD(store_unsure(kit.store, &kit.facts, NOW, 4, rows, &count, &next_ms));
    assert_int_equal(count, 1);
    assert_int_equal(next_ms, NOW + 50000);

    GOOD(store_hold(other, NULL, 0, NOW));
    GOOD(store_unsure(other, &facts, NOW, 4, rows + 1, &count, &next_ms));
    assert_int_equal(count, 0);
    assert_true(next_ms > NOW && next_ms <= NOW + 1000);
    store_drop(other);

    rows[0]->due_ms = NOW + 35000;
    facts_touch(&kit.facts, FACT_OUTBOX, rows[0]);
    GOOD(store_save(kit.store, &kit.facts));
    begin_again();
    GOOD(store_hold(other, NULL, 0, NOW));
    GOOD(store_unsure(other, &facts, NOW, 4, rows, &count, &next_ms));
    assert_int_equal(count, 0);
    assert_int_equal(next_ms, NOW + 35000);
    store_drop(other);
}

struct waiter {
    int32_t tenant;
    enum err err;
};

static void *hold_and_claim(void *ctx)
{
    struct waiter *w = ctx;

    w->err = store_hold(other, &w->tenant, 1, NOW);
    facts_want_claim(&facts, w->tenant, SPAN("m:SM1"));
    if (!w->err)
        w->err = store_load(other, &facts);
    if (!w->err && !facts_is_claimed(&facts, w->tenant, SPAN("m:SM1")))
        w->err = ERR_NOT_FOUND;
    store_drop(other);
    return NULL;
}

static void whoever_waits_for_a_tenant_sees_what_was_written(void **unused)
{
    const int32_t one = kit_tenant("one");
    struct waiter waiter = {one, ERR_NONE};
    struct sql *beside = kit_beside();
    pthread_t thread;

    (void)unused;
    hold_now(kit.store, one);
    assert_int_equal(pthread_create(&thread, NULL, hold_and_claim, &waiter), 0);
    while (!ask_with(beside, "SELECT count(*) FROM pg_locks WHERE NOT granted"))
        continue;
    facts_claim(&kit.facts, one, SPAN("m:SM1"), 1);
    GOOD(store_save(kit.store, &kit.facts));
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(waiter.err, ERR_NONE);
    sql_close(&beside);
}

enum { KEYS = 40 };
struct racer {
    struct store *store;
    int32_t tenant;
    uint8_t node;
    int won;
    enum err err;
};

static void *race(void *ctx)
{
    struct racer *r = ctx;
    struct id_maker maker = {.node = r->node};

    for (int i = 0; i < KEYS && !r->err; i++) {
        struct arena *scratch = arena_open(0);
        struct facts f;
        char key[16];
        facts_init(&f, scratch, &maker, NOW);
        snprintf(key, sizeof key, "m:SM%d", i);
        facts_want_claim(&f, r->tenant, span_of(key));
        r->err = store_hold(r->store, &r->tenant, 1, NOW);
        if (!r->err)
            r->err = store_load(r->store, &f);
        if (!r->err && !facts_is_claimed(&f, r->tenant, span_of(key))) {
            facts_claim(&f, r->tenant, span_of(key), id_next(&maker, NOW));
            (void)facts_log(&f, &(struct event_row){.tenant = r->tenant, .kind = "text.received"});
            r->won++;
        }
        if (!r->err)
            r->err = store_save(r->store, &f);
        arena_close(&scratch);
    }
    return NULL;
}

static void a_key_is_claimed_by_one(void **unused)
{
    const int32_t one = kit_tenant("one");
    struct racer racers[2] = {{kit.store, one, 1, 0, ERR_NONE}, {other, one, 2, 0, ERR_NONE}};
    pthread_t threads[2];

    (void)unused;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(racers[0].err, ERR_NONE);
    assert_int_equal(racers[1].err, ERR_NONE);
    assert_int_equal(racers[0].won + racers[1].won, KEYS);
    assert_int_equal(ask("SELECT count(*) FROM event"), KEYS);
    assert_int_equal(ask("SELECT count(*) FROM claim"), KEYS);
}

static void a_link_brings_its_tenant_into_the_batch(void **unused)
{
    const int32_t one = kit_tenant("one");
    struct link link = {.tenant = one, .subject = 5, .expires_ms = NOW + 1};
    struct timer due[4];
    size_t count = 0;
    int64_t next_ms = 0;

    (void)unused;
    memset(link.hash, 7, sizeof link.hash);
    facts_add_link(&kit.facts, &link);
    put_timer(one, NOW, 1);
    kit_save();
    GOOD(store_hold(kit.store, NULL, 0, NOW));
    facts_want_link(&kit.facts, link.hash);
    GOOD(store_load(kit.store, &kit.facts));
    assert_non_null(facts_link(&kit.facts, link.hash));
    GOOD(store_hold(other, NULL, 0, NOW));
    GOOD(store_due(other, NOW, 4, due, &count, &next_ms));
    assert_int_equal(count, 0); /* it is held */

    facts_want_link(&facts, link.hash);
    assert_int_equal(store_load(other, &facts), ERR_BUSY);
    assert_true(store_is_again(other));
    store_drop(other);

    facts_link(&kit.facts, link.hash)->used_ms = NOW;
    facts_touch(&kit.facts, FACT_LINK, facts_link(&kit.facts, link.hash));
    GOOD(store_save(kit.store, &kit.facts));
    begin_again();
    facts_want_link(&facts, link.hash);
    GOOD(store_hold(other, NULL, 0, NOW));
    GOOD(store_load(other, &facts));
    assert_int_equal(facts_link(&facts, link.hash)->used_ms, NOW);
    store_drop(other);
}

/* Whoever reads a tenant's rows without holding him, and then writes them. */
static void what_was_read_without_a_hold_is_not_written(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    const struct thread opened = kit_thread(one, "+13125550150");

    (void)unused;
    facts_add_thread(&kit.facts, &opened);
    kit_save();
    facts_want_id(&kit.facts, FACT_THREAD, one, opened.id);
    hold(kit.store, two);

    facts_want_id(&facts, FACT_THREAD, one, opened.id);
    hold(other, one);
    facts_thread_by_id(&facts, one, opened.id)->last_ms = NOW + 7;
    facts_touch(&facts, FACT_THREAD, facts_thread_by_id(&facts, one, opened.id));
    GOOD(store_save(other, &facts));

    struct thread *t = facts_thread_by_id(&kit.facts, one, opened.id);
    t->closed = true;
    facts_touch(&kit.facts, FACT_THREAD, t);
    assert_int_equal(store_save(kit.store, &kit.facts), ERR_BUSY);
    assert_true(store_is_again(kit.store));
    store_drop(kit.store);

    begin_again(); /* the same again: now he is held from the beginning */
    facts_want_id(&kit.facts, FACT_THREAD, one, opened.id);
    hold(kit.store, two);
    t = facts_thread_by_id(&kit.facts, one, opened.id);
    assert_int_equal(t->last_ms, NOW + 7);
    t->closed = true;
    facts_touch(&kit.facts, FACT_THREAD, t);
    GOOD(store_save(kit.store, &kit.facts));
}

/* ---- what is remembered ---- */

static void put_tag(struct facts *f, int32_t tenant, int number, int64_t sent_ms)
{
    struct tag tag = {
        .tenant = tenant, .operator_id = "mara", .thread = number + 1, .sent_ms = sent_ms};

    memcpy(tag.tag, (char[]){(char)('A' + number / 10), (char)('0' + number % 10), 'B'}, 3);
    facts_put_tag(f, &tag);
    (void)facts_log(f, &(struct event_row){.tenant = tenant, .kind = "text.sent"});
}

static size_t tags_seen(struct store *store, int32_t tenant)
{
    struct facts *f = store == kit.store ? &kit.facts : &facts;

    begin_again();
    facts_want_desk(f, tenant, SPAN("mara"));
    hold(store, tenant);
    const size_t count = facts_desk(f, tenant, SPAN("mara"))->count;
    store_drop(store);
    return count;
}

static void a_desk_that_is_remembered_is_the_one_that_is_stored(void **unused)
{
    const int32_t one = kit_tenant("one");

    (void)unused;
    for (int i = 0; i < 50; i++)
        put_tag(&kit.facts, one, i, NOW - i);
    kit_save();
    assert_int_equal(tags_seen(kit.store, one), 50);
    assert_int_equal(tags_seen(other, one), 50);
    begin_again();
    facts_want_desk(&facts, one, SPAN("mara"));
    hold(other, one);
    put_tag(&facts, one, 77, NOW);
    GOOD(store_save(other, &facts));
    assert_int_equal(tags_seen(kit.store, one), 51);
    assert_int_equal(tags_seen(other, one), 51);
    begin_again();
    hold_now(other, one);
    facts_put_tag(
        &facts,
        &(struct tag){
            .tenant = one, .operator_id = "mara", .tag = "Z9Z", .thread = 99, .sent_ms = NOW});
    GOOD(store_save(other, &facts)); /* without an event of its own */
    assert_int_equal(tags_seen(kit.store, one), 52);
    assert_int_equal(tags_seen(other, one), 52);
    kit_run_beside("DELETE FROM tag"); /* unseen, as nothing was logged: both still remember */
    assert_int_equal(tags_seen(other, one), 52);
}

/* ---- accidents ---- */

static void a_connection_that_is_cut_has_written_nothing(void **unused)
{
    const int32_t one = kit_tenant("one");

    (void)unused;
    hold_now(kit.store, one);
    facts_claim(&kit.facts, one, SPAN("m:SM1"), 1);
    cut_holders();
    const enum err err = store_save(kit.store, &kit.facts);
    if (err != ERR_BUSY && err != ERR_UNSURE)
        fail_msg("it says %s: %s", err_name(err), store_why(kit.store));
    assert_false(is_there(other, one, "m:SM1"));

    begin_again(); /* it goes on */
    hold_now(kit.store, one);
    facts_claim(&kit.facts, one, SPAN("m:SM1"), 1);
    GOOD(store_save(kit.store, &kit.facts));
    assert_true(is_there(other, one, "m:SM1"));
}

static void after_an_error_a_batch_writes_nothing_more(void **unused)
{
    const int32_t one = kit_tenant("one");

    (void)unused;
    hold_now(kit.store, one);
    cut_holders();
    facts_want_claim(&kit.facts, one, SPAN("m:SM1"));
    assert_int_equal(store_load(kit.store, &kit.facts), ERR_BUSY);
    facts_put_timer(&kit.facts, &(struct timer){.due_ms = NOW, .tenant = one, .subject = 1});
    assert_int_equal(store_save(kit.store, &kit.facts), ERR_BUSY);
    assert_int_equal(ask("SELECT count(*) FROM timer"), 0);
    store_drop(kit.store);
    GOOD(store_save(kit.store, &kit.facts));
    assert_int_equal(ask("SELECT count(*) FROM timer"), 1);
}

static void a_commit_whose_answer_is_lost_is_unsure(void **unused)
{
    const int32_t one = kit_tenant("one");

    (void)unused;
    at_commit("PERFORM pg_terminate_backend(pg_backend_pid())");
    hold_now(kit.store, one);
    facts_claim(&kit.facts, one, SPAN("m:SM1"), 1);
    assert_int_equal(store_save(kit.store, &kit.facts), ERR_UNSURE);
    no_more_accidents();
    begin_again();
    facts_want_claim(&kit.facts, one, SPAN("m:SM1"));
    hold(kit.store, one);
    assert_false(facts_is_claimed(&kit.facts, one, SPAN("m:SM1")));
    store_drop(kit.store);
}

static void what_was_undone_for_others_may_be_tried_again(void **unused)
{
    static const char *const codes[] = {"40001", "40P01", "55P03"};
    const int32_t one = kit_tenant("one");

    (void)unused;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char what[160], key[32];
        snprintf(what, sizeof what, "RAISE EXCEPTION 'an accident' USING ERRCODE = '%s'", codes[i]);
        snprintf(key, sizeof key, "m:SM%zu", i);
        at_commit(what);
        begin_again();
        hold_now(kit.store, one);
        facts_claim(&kit.facts, one, span_of(key), 1);
        assert_int_equal(store_save(kit.store, &kit.facts), ERR_BUSY);
        assert_true(store_is_again(kit.store));
        no_more_accidents();
        hold(kit.store, one);
        GOOD(store_save(kit.store, &kit.facts));
        assert_false(store_is_again(kit.store));
        assert_true(is_there(other, one, key));
    }
}

static void a_row_that_is_there_undoes_the_batch(void **unused)
{
    const int32_t one = kit_tenant("one");

    (void)unused;
    facts_claim(&kit.facts, one, SPAN("m:SM1"), 1);
    kit_save();
    hold_now(kit.store, one);
    put_timer(one, NOW, 1);
    facts_claim(&kit.facts, one, SPAN("m:SM1"), 2);
    assert_int_equal(store_save(kit.store, &kit.facts), ERR_CONFLICT);
    assert_false(store_is_again(kit.store));
    assert_int_equal(ask("SELECT count(*) FROM timer"), 0);
}

static void a_change_of_a_row_that_is_gone_undoes_the_batch(void **unused)
{
    const int32_t one = kit_tenant("one");
    const struct thread row = kit_thread(one, "+13125550150"),
                        stays = kit_thread(one, "+13125550151");

    (void)unused;
    facts_add_thread(&kit.facts, &row);
    facts_add_thread(&kit.facts, &stays);
    kit_save();
    facts_want_id(&kit.facts, FACT_THREAD, one, row.id);
    facts_want_id(&kit.facts, FACT_THREAD, one, stays.id);
    hold(kit.store, one);
    kit_run_beside("DELETE FROM thread WHERE customer_phone = '+13125550150'");
    struct thread *first = facts_thread_by_id(&kit.facts, one, row.id);
    struct thread *second = facts_thread_by_id(&kit.facts, one, stays.id);
    first->last_ms = second->last_ms = NOW + 9;
    facts_touch(&kit.facts, FACT_THREAD, first);
    facts_touch(&kit.facts, FACT_THREAD, second);
    assert_int_equal(store_save(kit.store, &kit.facts), ERR_BROKEN);
    assert_non_null(strstr(store_why(kit.store), "is not in the database any more"));
    assert_int_equal(ask("SELECT count(*) FROM thread WHERE last_at = opened_at"), 1);
}

static void a_node_that_has_lost_its_lease_writes_nothing(void **unused)
{
    const int32_t one = kit_tenant("one");

    (void)unused;
    kit_run_beside(
        "INSERT INTO node (node, key, incarnation, name, version, schema, started_at, seen_at,"
        " until_at, is_draining) VALUES (3, 'key', 70, 'n3', '1', 7, 1, 1, 1, 0)");
    kit.store->node = 3;
    kit.store->incarnation = 70;
    put_timer(one, NOW, 1);
    kit_save();
    kit_run_beside("UPDATE node SET gone_at = 5");
    put_timer(one, NOW, 2);
    assert_int_equal(store_save(kit.store, &kit.facts), ERR_BUSY);
    assert_false(store_is_again(kit.store));
    kit_run_beside("UPDATE node SET gone_at = NULL, incarnation = 71");
    GOOD(store_hold(kit.store, &one, 1, NOW));
    facts_want_duties(&kit.facts, one);
    assert_int_equal(store_load(kit.store, &kit.facts), ERR_BUSY);
    store_drop(kit.store);
    assert_int_equal(ask("SELECT count(*) FROM timer"), 1);
}

static void only_rows_of_nodes_that_are_gone_become_unsure(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    size_t count = 0;

    (void)unused;
    kit_run_beside(
        "INSERT INTO node (node, key, incarnation, name, version, schema, started_at, seen_at,"
        " until_at, is_draining) VALUES (3, 'three', 70, 'n3', '1', 7, 1, 1, 1, 0),"
        " (4, 'four', 80, 'n4', '1', 7, 1, 1, 1, 0)");
    for (int i = 0; i < 4; i++) {
        struct outbox row = kit_outbox(i % 2 ? one : two, OUTBOX_NORMAL, NOW);
        row.state = OUTBOX_SENDING;
        row.node = i < 2 ? 3 : 4;
        row.incarnation = i < 2 ? 70 : 79; /* 4 has begun anew */
        facts_add_outbox(&kit.facts, &row);
    }
    kit_save();
    GOOD(store_orphans(other, NOW, &ids, &count));
    assert_int_equal(count, 2);
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE state = 'unsure' AND node IS NULL"), 2);
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE state = 'sending' AND node = 3"), 2);
    assert_int_equal(ask("SELECT count(*) FROM event WHERE kind = 'outbox.unsure'"), 2);
    kit_run_beside("UPDATE node SET gone_at = 1 WHERE node = 3");
    GOOD(store_orphans(kit.store, NOW, &kit.ids, &count));
    assert_int_equal(count, 2);
    GOOD(store_orphans(kit.store, NOW, &kit.ids, &count));
    assert_int_equal(count, 0);
}

/* Others look for what is to be sent from a little before their own time on. */
static void what_a_dead_node_did_not_end_is_due_now(void **unused)
{
    struct outbox row = kit_outbox(kit_tenant("one"), OUTBOX_URGENT, NOW - 60000);
    size_t count = 0;

    (void)unused;
    row.kind = OUTBOX_UPDATE;
    row.state = OUTBOX_SENDING;
    row.node = 3;
    row.incarnation = 70;
    facts_add_outbox(&kit.facts, &row);
    kit_save();
    GOOD(store_orphans(other, NOW, &ids, &count));
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE state = 'queued'"), 1);
    assert_int_equal(ask("SELECT max(due_at) FROM outbox"), NOW);
}

static void a_month_that_another_has_dropped_is_made_again(void **unused)
{
    const int32_t one = kit_tenant("one");
    const struct event_row event = {.tenant = one, .kind = "thread.opened", .at_ms = NOW};

    (void)unused;
    facts_log(&kit.facts, &event);
    kit_save();
    kit_run_beside(
        "DO $$ DECLARE t text; BEGIN FOR t IN SELECT inhrelid::regclass FROM pg_inherits"
        " WHERE inhparent IN ('event'::regclass, 'message'::regclass,"
        " 'twilio_call_events'::regclass) LOOP EXECUTE 'DROP TABLE ' || t; END LOOP; END $$");
    facts_log(&kit.facts, &event);
    kit_save();
    assert_int_equal(ask("SELECT count(*) FROM event"), 1);
}

static void a_tenant_without_a_row_of_its_own_is_given_one(void **unused)
{
    const int32_t one = kit_tenant("one");

    (void)unused;
    kit_run_beside("DELETE FROM hold");
    GOOD(store_hold(kit.store, &one, 1, NOW));
    facts_want_duties(&kit.facts, one);
    assert_int_equal(store_load(kit.store, &kit.facts), ERR_BUSY);
    assert_true(store_is_again(kit.store));
    store_drop(kit.store);
    hold(kit.store, one);
    store_drop(kit.store);
}

/* ---- plans ---- */

/* How many values a statement has. */
static int values_of(const char *text)
{
    int most = 0;

    for (const char *c = strchr(text, '$'); c; c = strchr(c + 1, '$')) {
        const int n = c[1] - '0';
        const int number = c[2] >= '0' && c[2] <= '9' ? 10 * n + c[2] - '0' : n;
        most = number > most ? number : most;
    }
    return most;
}

static void plan_of(struct sql *sql, const char *text, char *out, size_t size)
{
    char ask_text[256] = "EXPLAIN (COSTS OFF) EXECUTE looked_at";
    char *statement = arena_printf(kit.arena, "DEALLOCATE ALL; PREPARE looked_at AS %s", text);

    sql_begin(sql, SQL_READ);
    sql_exec(sql, statement);
    for (int i = 0, values = values_of(text); i < values; i++)
        snprintf(ask_text + strlen(ask_text), sizeof ask_text - strlen(ask_text), "%s%s",
                 i ? ", NULL" : "(NULL", i + 1 == values ? ")" : "");
    struct sql_query *q = sql_prepare(sql, ask_text);
    out[0] = 0;
    while (sql_next(q)) {
        const struct span line = sql_get_span(q);
        snprintf(out + strlen(out), size - strlen(out), "%.*s\n", SPAN_ARG(line));
    }
    sql_drop(&q);
    if (sql_end(sql))
        fail_msg("%s: %s", text, sql_why(sql));
}

/* Of a database that has no statistics yet, as a new one has none for its first minute: a plan that
 * is made then is kept. */
static void each_statement_looks_rows_up_in_the_index_of_their_key(void **unused)
{
    static const struct {
        const char *part, *index;
    } keys[] = {
        {"FROM thread WHERE thread.tenant = k.tenant AND thread.id >=", "thread_pkey"},
        {"FROM thread WHERE thread.tenant = k.tenant AND thread.line =", "thread_parties"},
        {"FROM relay WHERE relay.tenant = k.tenant AND relay.id >=", "relay_pkey"},
        {"FROM cascade WHERE cascade.tenant = k.tenant AND cascade.id >=", "cascade_pkey"},
        {"FROM cascade WHERE cascade.tenant = k.tenant AND cascade.call_sid", "cascade_call"},
        {"FROM job WHERE job.tenant = k.tenant AND job.id >=", "job_pkey"},
        {"FROM job WHERE job.tenant = k.tenant AND job.job_id", "job_name"},
        {"WITH u AS (UPDATE thread", "thread_pkey"},
        {"WITH u AS (UPDATE relay", "relay_pkey"},
        {"WITH u AS (UPDATE cascade", "cascade_pkey"},
        {"WITH u AS (UPDATE outbox", "outbox_pkey"},
        {"WITH u AS (UPDATE job SET", "job_pkey"},
        {"DELETE FROM outbox", "outbox_pkey"},
        {"FROM outbox WHERE state = 'queued' AND outbox.tenant = $1", "outbox_ready"},
        {"FROM outbox WHERE state = 'unsure' AND due_at", "outbox_unsure"},
        {"FROM timer WHERE due_at >= $1", "timer_pkey"},
    };
    static const char *const never[] = {"Seq Scan", "Hash", "Merge Join", "Bitmap", "Parallel"};
    struct sql *sql = kit_beside();
    struct postgres_batch *batch = postgres_batch_open((struct sql_store *)kit.store, NULL);
    size_t known = 0;
    const char *text;

    (void)unused;
    for (int i = 0; (text = postgres_batch_text(batch, i)) != NULL; i++) {
        char plan[16384];
        plan_of(sql, text, plan, sizeof plan);
        for (size_t k = 0; k < sizeof never / sizeof never[0]; k++)
            if (strstr(plan, never[k]))
                fail_msg("%s\n%s", text, plan);
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            if (!strstr(text, keys[k].part))
                continue;
            known++;
            if (!strstr(plan, keys[k].index))
                fail_msg("%s\nnot by %s:\n%s", text, keys[k].index, plan);
        }
    }
    assert_true(known >= sizeof keys / sizeof keys[0]);
    postgres_batch_close(&batch);
    sql_close(&sql);
}

#define TEST(test)                              \
    {                                           \
#test, test, set_up, tear_down, &opener \
    }

int main(void)
{
    static struct kit_opener opener = {"PostgreSQL", KIT_POSTGRES};
    const struct CMUnitTest tests[] = {
        TEST(what_is_held_is_not_had_by_the_other),
        TEST(a_timer_that_is_fired_meanwhile_is_not_had),
        TEST(rows_claimed_by_one_are_not_had_by_the_other),
        TEST(an_unsure_row_is_looked_for_by_one),
        TEST(whoever_waits_for_a_tenant_sees_what_was_written),
        TEST(a_key_is_claimed_by_one),
        TEST(a_link_brings_its_tenant_into_the_batch),
        TEST(what_was_read_without_a_hold_is_not_written),
        TEST(a_desk_that_is_remembered_is_the_one_that_is_stored),
        TEST(a_connection_that_is_cut_has_written_nothing),
        TEST(after_an_error_a_batch_writes_nothing_more),
        TEST(a_commit_whose_answer_is_lost_is_unsure),
        TEST(what_was_undone_for_others_may_be_tried_again),
        TEST(a_row_that_is_there_undoes_the_batch),
        TEST(a_change_of_a_row_that_is_gone_undoes_the_batch),
        TEST(a_node_that_has_lost_its_lease_writes_nothing),
        TEST(only_rows_of_nodes_that_are_gone_become_unsure),
        TEST(what_a_dead_node_did_not_end_is_due_now),
        TEST(a_month_that_another_has_dropped_is_made_again),
        TEST(a_tenant_without_a_row_of_its_own_is_given_one),
        TEST(each_statement_looks_rows_up_in_the_index_of_their_key),
    };

    if (!kit_has_postgres())
        return 77; /* skipped: NEXTRING_TEST_DATABASE names none */
    return cmocka_run_group_tests_name("PostgreSQL, two nodes", tests, NULL, NULL);
}
