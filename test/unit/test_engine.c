#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/engine_options.h"
#include "engine/reader.h"

/* Long enough that its memory goes back to the system when it is closed. */
enum { OPERATORS = 190, PATH_MAX_BYTES = 200, WHY_SIZE = 512 };

static struct scene {
    char folder[PATH_MAX_BYTES], database[PATH_MAX_BYTES], spool[PATH_MAX_BYTES],
        roster[PATH_MAX_BYTES];
    struct engine_options options;
    struct loop *loop;
    struct clock *clock;
    struct engine *engine;
    sem_t begun, gate;
    int turns_left;
    int64_t version; /* stop when this one is in force */
} scene;

/* A reading with the roster that was in force when it was asked. */
struct asked {
    struct reading reading;
    const struct roster *roster;
    char name[64];
    int people;
    bool is_done;
};

static void write_document(FILE *f, const char *name)
{
    assert_non_null(f);
    fprintf(f,
            "{\"tenant\": \"acme\", \"name\": \"%s\", \"region\": \"US\","
            " \"time_zone\": \"America/Los_Angeles\","
            " \"account_sid\": \"AC00000000000000000000000000000001\","
            " \"lines\": [{\"number\": \"+16195550100\", \"chain\": \"front\"}],"
            " \"chains\": {\"front\": [{\"operators\": [\"o0\"]}]}, \"dispatchers\": [",
            name);
    for (int i = 0; i < OPERATORS; i++)
        fprintf(f, "%s{\"id\": \"o%d\", \"name\": \"Operator %d\", \"phone\": \"+1%03d5550%03d\"}",
                i ? ", " : "", i, i, 212 + i / 90, 110 + i % 90);
    fprintf(f, "]}\n");
    assert_int_equal(fclose(f), 0);
}

static void write_roster(const char *name)
{
    write_document(fopen(scene.roster, "w"), name);
}

/* Freed by the caller. */
static char *document_of(const char *name)
{
    char *text = NULL;
    size_t size;

    write_document(open_memstream(&text, &size), name);
    return text;
}

static int set_up_by(const char *roster)
{
    char why[WHY_SIZE] = "";

    scene = (struct scene){.folder = "/tmp/nextring-engine-XXXXXX"};
    assert_non_null(mkdtemp(scene.folder));
    snprintf(scene.database, PATH_MAX_BYTES, "%.100s/nextring.db", scene.folder);
    snprintf(scene.spool, PATH_MAX_BYTES, "%.100s/spool", scene.folder);
    snprintf(scene.roster, PATH_MAX_BYTES, "%.100s/roster.json", scene.folder);
    write_roster("Acme One");
    assert_int_equal(sem_init(&scene.begun, 0, 0), 0);
    assert_int_equal(sem_init(&scene.gate, 0, 0), 0);
    assert_int_equal(loop_open(&scene.loop), ERR_NONE);
    scene.clock = clock_open_system();
    scene.options = (struct engine_options){
        .clock = scene.clock,
        .database = scene.database,
        .spool = scene.spool,
        .public_url = "https://ring.example.com",
        .carrier_api = "http://127.0.0.1:9",
        .lookup_api = "http://127.0.0.1:9",
        .roster = roster,
        .account_sid = "AC00000000000000000000000000000001",
        .api_user = "AC00000000000000000000000000000001",
        .api_password = "no secret",
        .is_rehearsal = true,
        .ack_s = 900,
        .ring_s = 20,
        .call_rate = 1,
        .queue_max = 100,
    };
    if (engine_open(scene.loop, scene.clock, &scene.options, &scene.engine, why))
        fail_msg("%s", why);
    return 0;
}

static int set_up(void **unused)
{
    (void)unused;
    return set_up_by(scene.roster);
}

static int set_up_without(void **unused)
{
    (void)unused;
    return set_up_by(NULL);
}

static int tear_down(void **unused)
{
    char command[PATH_MAX_BYTES];

    (void)unused;
    engine_close(&scene.engine);
    loop_close(&scene.loop);
    clock_close(&scene.clock);
    sem_destroy(&scene.begun);
    sem_destroy(&scene.gate);
    snprintf(command, sizeof command, "rm -r '%.100s'", scene.folder);
    assert_int_equal(system(command), 0);
    return 0;
}

static int64_t count_down(void *ctx)
{
    (void)ctx;
    if (scene.version) {
        if (engine_stats(scene.engine).roster_version == scene.version)
            loop_stop(scene.loop);
    } else if (--scene.turns_left <= 0) {
        loop_stop(scene.loop);
    }
    return 0;
}

static void turn_until(int64_t version, int turns)
{
    scene.version = version;
    scene.turns_left = turns;
    loop_add_turn(scene.loop, count_down, NULL);
    loop_run(scene.loop);
    loop_drop_turn(scene.loop, count_down, NULL);
}

static void note(struct asked *a)
{
    a->people = a->roster->operator_count;
    snprintf(a->name, sizeof a->name, "%.60s", a->roster->name);
}

static enum err wait_and_look(struct reading *reading, struct store *store, int64_t now_ms)
{
    (void)store;
    (void)now_ms;
    sem_post(&scene.begun);
    sem_wait(&scene.gate);
    note(reading->user);
    return ERR_NONE;
}

static enum err just_look(struct reading *reading, struct store *store, int64_t now_ms)
{
    (void)store;
    (void)now_ms;
    note(reading->user);
    return ERR_NONE;
}

static void is_done(struct reading *reading)
{
    struct asked *a = reading->user;

    a->is_done = true;
    note(a);
    loop_stop(scene.loop);
}

static void ask(struct asked *a, enum err (*lane)(struct engine *, struct reading *),
                enum err (*read)(struct reading *, struct store *, int64_t))
{
    const int32_t tenant = engine_tenant(scene.engine, SPAN("acme"));

    *a = (struct asked){.reading = {.read = read, .done = is_done, .user = a},
                        .roster = engine_roster(scene.engine, tenant)};
    assert_non_null(a->roster);
    assert_int_equal(lane(scene.engine, &a->reading), ERR_NONE);
}

static void reload_as(const char *name)
{
    char why[WHY_SIZE] = "";

    write_roster(name);
    if (engine_reload(scene.engine, why))
        fail_msg("%s", why);
}

static void wait_for(const struct asked *a)
{
    while (!a->is_done)
        loop_run(scene.loop);
}

static void a_reading_keeps_its_roster_through_reloads(void **unused)
{
    static enum err (*const lanes[])(struct engine *, struct reading *) = {engine_look,
                                                                           engine_browse};
    const int64_t first = engine_stats(scene.engine).roster_version;

    (void)unused;
    for (int i = 0; i < 2; i++) {
        struct asked old, fresh;
        char before[64];
        ask(&old, lanes[i], wait_and_look);
        note(&old);
        memcpy(before, old.name, sizeof before);
        sem_wait(&scene.begun);
        reload_as(i ? "Acme Four" : "Acme Two");
        turn_until(first + 2 * i + 1, 0);
        turn_until(0, 200);
        reload_as(i ? "Acme Five" : "Acme Three");
        turn_until(first + 2 * i + 2, 0);
        turn_until(0, 200);
        ask(&fresh, lanes[i], just_look);
        sem_post(&scene.gate);
        wait_for(&old);
        assert_string_equal(old.name, before);
        assert_int_equal(old.people, OPERATORS);
        wait_for(&fresh);
        assert_string_equal(fresh.name, i ? "Acme Five" : "Acme Three");
    }
    turn_until(0, 200);
}

/* The storage thread is in a reading; the reload comes after it, and then another one. */
static void a_reading_of_the_storage_thread_does_too(void **unused)
{
    const int64_t first = engine_stats(scene.engine).roster_version;
    struct asked before, after;

    (void)unused;
    ask(&before, engine_read, wait_and_look);
    reload_as("Acme Two");
    turn_until(0, 3);
    sem_wait(&scene.begun);
    ask(&after, engine_read, just_look);
    sem_post(&scene.gate);
    turn_until(first + 1, 0);
    wait_for(&before);
    wait_for(&after);
    assert_string_equal(before.name, "Acme One");
    assert_string_equal(after.name, "Acme One");
    assert_int_equal(after.people, OPERATORS);
}

/* A board that always reads something must not keep every roster there was. */
static void a_mark_is_passed_though_others_have_come(void **unused)
{
    struct asked first = {.roster = engine_roster(scene.engine, 1)}, second = first;
    char why[STORE_WHY_SIZE] = "", path[PATH_MAX_BYTES];
    struct store *store = NULL;
    struct reader *reader = NULL;

    (void)unused;
    snprintf(path, sizeof path, "%.100s/other.db", scene.folder);
    assert_int_equal(store_open(path, &store, why), ERR_NONE);
    const struct reader_options options = {
        .loop = scene.loop, .clock = scene.clock, .store = store, .max = 2, .limit_ms = 1000};
    assert_int_equal(reader_open(&options, &reader, why), ERR_NONE);
    first.reading = (struct reading){.read = just_look, .done = is_done, .user = &first};
    second.reading = (struct reading){.read = wait_and_look, .done = is_done, .user = &second};
    assert_true(reader_is_past(reader, reader_mark(reader)));
    assert_int_equal(reader_put(reader, &first.reading), ERR_NONE);
    const uint64_t mark = reader_mark(reader);
    assert_false(reader_is_past(reader, mark));
    assert_int_equal(reader_put(reader, &second.reading), ERR_NONE);
    wait_for(&first);
    sem_wait(&scene.begun);
    assert_false(reader_is_idle(reader));
    turn_until(0, 2);
    assert_true(reader_is_past(reader, mark));
    assert_false(reader_is_past(reader, reader_mark(reader)));
    sem_post(&scene.gate);
    wait_for(&second);
    reader_close(&reader);
    store_close(&store);
}

/* ---- edits ---- */

static void is_edited(struct editing *edit)
{
    edit->user = edit;
    loop_stop(scene.loop);
}

static struct editing edit_as(const char *name, int32_t tenant, int64_t version)
{
    char *text = document_of(name);
    struct editing edit = {
        .tenant = tenant, .version = version, .document = span_of(text), .done = is_edited};

    engine_edit_roster(scene.engine, &edit);
    while (!edit.user)
        loop_run(scene.loop);
    free(text);
    return edit;
}

/* What an edit does whose commit is told as failed and has happened all the same. */
static enum err keep_unseen(struct reading *reading, struct store *store, int64_t now_ms)
{
    static const char digest[32] = "of another document than the fir";
    char *text = document_of("Acme Two");
    struct store_roster row = {
        .slug = SPAN("acme"),
        .name = SPAN("Acme Two"),
        .account = SPAN("AC00000000000000000000000000000001"),
        .digest = {digest, sizeof digest},
        .document = span_of(text),
    };

    (void)reading;
    const enum err err = store_rosters_put(store, &row, 1, now_ms);
    free(text);
    return err;
}

static void an_edit_finds_out_what_was_kept_unseen(void **unused)
{
    struct engine_document now;
    struct asked unseen;

    (void)unused;
    struct editing edit = edit_as("Acme One", 0, 0);
    assert_int_equal(edit.err, ERR_NONE);
    const int32_t tenant = edit.tenant_now;
    const int64_t first = edit.version_now;
    ask(&unseen, engine_read, keep_unseen);
    wait_for(&unseen);
    assert_int_equal(unseen.reading.err, ERR_NONE);
    edit = edit_as("Acme Three", tenant, first);
    assert_int_equal(edit.err, ERR_CONFLICT);
    assert_true(engine_document(scene.engine, tenant, &now));
    assert_int_equal(now.version, first + 1);
    assert_string_equal(engine_roster(scene.engine, tenant)->name, "Acme Two");
    edit = edit_as("Acme Three", tenant, first + 1);
    assert_int_equal(edit.err, ERR_NONE);
    assert_string_equal(engine_roster(scene.engine, tenant)->name, "Acme Three");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reading_keeps_its_roster_through_reloads, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_reading_of_the_storage_thread_does_too, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_mark_is_passed_though_others_have_come, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_edit_finds_out_what_was_kept_unseen, set_up_without,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
