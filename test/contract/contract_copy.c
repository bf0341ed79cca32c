/* A copy of a SQLite database that is made while it is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/id.h"
#include "contract/contract_file.h"
#include "model/facts.h"
#include "store/store.h"
#include "store/store_copy.h"
#include "store/store_proof.h"

static const int64_t NOW = 1790000000000;

static int64_t put_message(struct store *store, struct id_maker *ids)
{
    struct arena *arena = arena_open(0);
    struct facts facts;
    const struct message m = {.id = id_next(ids, NOW), .tenant = 1, .body = SPAN("hello")};

    facts_init(&facts, arena, ids, NOW);
    facts_add_message(&facts, &m);
    assert_int_equal(store_save(store, &facts), ERR_NONE);
    arena_close(&arena);
    return m.id;
}

static bool has_message(struct store *store, int64_t id)
{
    struct arena *arena = arena_open(0);
    struct id_maker ids = {0};
    struct facts facts;

    facts_init(&facts, arena, &ids, NOW);
    facts_want_id(&facts, FACT_MESSAGE, 1, id);
    assert_int_equal(store_load(store, &facts), ERR_NONE);
    const bool has = facts_message(&facts, 1, id) != NULL;
    arena_close(&arena);
    return has;
}

static void a_copy_is_what_the_database_is_at_its_last_step(void **unused)
{
    struct store *store = file_open(), *copy = NULL;
    struct store_copied copied = {0};
    struct id_maker ids = {0};
    char to[128], why[STORE_WHY_SIZE] = "";

    (void)unused;
    snprintf(to, sizeof to, "%s/copy.db", file_folder);
    const int64_t before = put_message(store, &ids);
    assert_int_equal(store_copy_step(store, 1, &copied, why), ERR_NOT_FOUND);
    assert_int_equal(store_copy_begin(store, to, why), ERR_NONE);
    assert_int_equal(store_copy_begin(store, to, why), ERR_CONFLICT);
    assert_int_equal(store_copy_step(store, 1, &copied, why), ERR_NONE);
    assert_false(copied.is_whole);
    const int64_t meanwhile = put_message(store, &ids);
    while (!copied.is_whole)
        assert_int_equal(store_copy_step(store, 8, &copied, why), ERR_NONE);
    const int64_t after = put_message(store, &ids);
    store_close(&store);
    assert_int_equal(store_open(to, &copy, why), ERR_NONE);
    assert_true(has_message(copy, before));
    assert_true(has_message(copy, meanwhile));
    assert_false(has_message(copy, after));
    store_close(&copy);
    unlink(to);
    snprintf(to, sizeof to, "%s/copy.db-wal", file_folder);
    unlink(to);
    snprintf(to, sizeof to, "%s/copy.db-shm", file_folder);
    unlink(to);
    snprintf(to, sizeof to, "%s/copy.db.lock", file_folder);
    unlink(to);
}

static void add_tenant(struct store *store, const char *slug)
{
    int32_t tenant = 0;

    assert_int_equal(store_tenant(store, span_of(slug), span_of(slug), SPAN("AC1"), NOW, &tenant),
                     ERR_NONE);
}

/* What is written between two steps is in the copy, whole; one under way goes with the store. */
static void a_copy_keeps_up_with_whoever_writes(void **unused)
{
    struct store *store = file_open();
    struct store_copied copied = {.done = 0};
    struct store_proof proof = {.schema = 0};
    struct arena *arena = arena_open(0);
    char why[STORE_WHY_SIZE] = "", to[128] = "", slug[16] = "";
    int steps = 0;

    (void)unused;
    snprintf(to, sizeof to, "%s/copy", file_folder);
    add_tenant(store, "before");
    assert_int_equal(store_copy_begin(store, to, why), ERR_NONE);
    assert_int_equal(store_copy_begin(store, to, why), ERR_CONFLICT);
    while (!copied.is_whole) {
        assert_int_equal(store_copy_step(store, 7, &copied, why), ERR_NONE);
        snprintf(slug, sizeof slug, "t%d", steps);
        if (!copied.is_whole)
            add_tenant(store, slug);
        steps++;
        assert_true(steps < 1000);
    }
    assert_true(steps > 5);
    add_tenant(store, "after");
    assert_int_equal(store_copy_step(store, 7, &copied, why), ERR_NOT_FOUND);
    if (store_proof(arena, &(struct store_proof_ask){.address = to, .is_still = true}, &proof, why))
        fail_msg("%s", why);
    assert_int_equal(proof.count, steps + 1); /* "before", one a step but the last, and nobody's */

    assert_int_equal(store_copy_begin(store, to, why), ERR_NONE);
    assert_int_equal(store_copy_step(store, 1, &copied, why), ERR_NONE);
    store_close(&store);
    store = file_open();
    store_close(&store);
    arena_close(&arena);
    unlink(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_copy_is_what_the_database_is_at_its_last_step,
                                        file_set_up, file_tear_down),
        cmocka_unit_test_setup_teardown(a_copy_keeps_up_with_whoever_writes, file_set_up,
                                        file_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
