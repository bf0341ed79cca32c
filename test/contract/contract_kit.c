#include "contract/contract_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "postgres/postgres_sql.h"
#include "sqlite/sqlite_sql.h"
#include "store/store_migrate.h"

struct kit kit;

/* ---- where ---- */

bool kit_has_postgres(void)
{
    const char *address = getenv("NEXTRING_TEST_DATABASE");

    return address && *address;
}

static void in_postgres(const char *before, const char *after)
{
    struct sql *sql = NULL;
    char why[SQL_WHY_SIZE] = "", text[128];

    GOOD(postgres_sql_open(getenv("NEXTRING_TEST_DATABASE"), NULL, 0, &sql, why));
    snprintf(text, sizeof text, "%s %s %s", before, kit.schema, after);
    sql_begin(sql, SQL_WRITE);
    sql_exec(sql, text);
    if (sql_end(sql))
        fail_msg("%s: %s", text, sql_why(sql));
    sql_close(&sql);
}

static void find_place(void)
{
    static int count;
    char why[STORE_WHY_SIZE] = "";

    kit.folder[0] = kit.path[0] = kit.schema[0] = 0;
    switch (kit.place) {
    case KIT_FILE:
        strcpy(kit.folder, "/tmp/nextring-contract-XXXXXX");
        assert_non_null(mkdtemp(kit.folder));
        snprintf(kit.path, sizeof kit.path, "%s/test.db", kit.folder);
        break;
    case KIT_MEMORY:
        break;
    case KIT_POSTGRES:
    case KIT_DISTRIBUTED: {
        const char *address = getenv("NEXTRING_TEST_DATABASE");
        snprintf(kit.schema, sizeof kit.schema, "contract_%d_%d", (int)getpid(), ++count);
        snprintf(kit.path, sizeof kit.path, "%s%coptions=-csearch_path%%3D%s", address,
                 strchr(address, '?') ? '&' : '?', kit.schema);
        in_postgres("CREATE SCHEMA", "");
        if (kit.place == KIT_DISTRIBUTED && store_migrate_raise(kit.path, true, why))
            fail_msg("%s", why);
        break;
    }
    }
}

struct sql *kit_beside(void)
{
    static const char *const none[] = {"SELECT 1"};
    struct sql *sql = NULL;
    char why[SQL_WHY_SIZE] = "";

    if (kit.schema[0])
        GOOD(postgres_sql_open(kit.path, none, 1, &sql, why));
    else
        GOOD(sqlite_sql_open(kit.path, none, 1, &sql, why));
    return sql;
}

void kit_run_beside(const char *text)
{
    struct sql *sql = kit_beside();

    sql_begin(sql, SQL_WRITE);
    sql_exec(sql, text);
    if (sql_end(sql))
        fail_msg("%s: %s", text, sql_why(sql));
    sql_close(&sql);
}

void kit_open(void)
{
    char why[STORE_WHY_SIZE] = "";

    if (store_open(kit.path, &kit.store, why))
        fail_msg("cannot open: %s", why);
}

int kit_set_up(void **state)
{
    kit.place = ((const struct kit_opener *)*state)->place;
    find_place();
    kit_open();
    kit.arena = arena_open(0);
    kit.ids = (struct id_maker){0};
    facts_init(&kit.facts, kit.arena, &kit.ids, NOW);
    return 0;
}

int kit_tear_down(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};

    (void)state;
    store_close(&kit.store);
    arena_close(&kit.arena);
    for (size_t i = 0; kit.folder[0] && i < sizeof ends / sizeof ends[0]; i++) {
        char name[600];
        snprintf(name, sizeof name, "%s%s", kit.path, ends[i]);
        unlink(name);
    }
    if (kit.folder[0])
        rmdir(kit.folder);
    if (kit.schema[0])
        in_postgres("DROP SCHEMA", "CASCADE");
    return 0;
}

void kit_begin(void)
{
    facts_init(&kit.facts, kit.arena, &kit.ids, NOW);
}

void kit_save(void)
{
    if (store_save(kit.store, &kit.facts))
        fail_msg("cannot save: %s", store_why(kit.store));
    kit_begin();
}

void kit_load(void)
{
    if (store_load(kit.store, &kit.facts))
        fail_msg("cannot load: %s", store_why(kit.store));
    assert_false(kit.facts.short_of);
}

void kit_reopen(void)
{
    if (kit.place == KIT_MEMORY)
        return;
    store_close(&kit.store);
    kit_open();
}

int32_t kit_tenant(const char *slug)
{
    int32_t tenant = 0;

    GOOD(store_tenant(kit.store, span_of(slug), SPAN("A business"), SPAN("AC1"), NOW, &tenant));
    assert_true(tenant > 0);
    return tenant;
}

struct plan *kit_plan(void)
{
    struct plan *plan = ARENA_NEW(kit.arena, struct plan);

    GOOD(plan_parse(SPAN("anna/0/20/900/job/missed/K7F;ben/1/25/600/on_duty/told/|"
                         "cy/1/5/60/away/waiting/"),
                    plan));
    return plan;
}

struct thread kit_thread(int32_t tenant, const char *customer)
{
    struct thread t = {
        .id = id_next(&kit.ids, NOW),
        .tenant = tenant,
        .line = "+13125550101",
        .opened_ms = NOW,
        .last_ms = NOW,
    };

    strcpy(t.customer, customer);
    return t;
}

struct relay kit_relay(int32_t tenant, int64_t thread)
{
    return (struct relay){
        .id = id_next(&kit.ids, NOW),
        .tenant = tenant,
        .thread = thread,
        .kind = RELAY_VOICEMAIL,
        .state = RELAY_TAKEN,
        .step = 3,
        .due_ms = NOW + 1,
        .raised_ms = NOW + 2,
        .message = 11,
        .cascade = 12,
        .body = SPAN("the sink; it's | leaking \xf0\x9f\x9a\xbf"),
        .plan = kit_plan(),
        .acked_by = "ben",
        .forwarded_to_primary_at = NOW + 3,
        .primary_ack_at = NOW + 4,
        .forwarded_to_backup_at = NOW + 5,
        .acked_at = NOW + 6,
        .final_status = FINAL_ACKED,
    };
}

struct message kit_message(int32_t tenant, int64_t thread)
{
    return (struct message){
        .id = id_next(&kit.ids, NOW),
        .tenant = tenant,
        .thread = thread,
        .direction = DIRECTION_OUT,
        .origin = ORIGIN_SYSTEM,
        .kind = MESSAGE_NOTICE,
        .delivery = DELIVERY_QUEUED,
        .from = "+13125550101",
        .to = "+13125550111",
        .customer = "+13125550150",
        .body = SPAN("words"),
        .at_ms = NOW,
    };
}

struct outbox kit_outbox(int32_t tenant, enum outbox_class class, int64_t due_ms)
{
    return (struct outbox){
        .id = id_next(&kit.ids, NOW),
        .tenant = tenant,
        .kind = OUTBOX_TEXT,
        .class = class,
        .state = OUTBOX_QUEUED,
        .account = "AC1",
        .from = "+13125550101",
        .to = "+13125550111",
        .body = SPAN("words"),
        .due_ms = due_ms,
    };
}

/* Rows are compared field by field: what stands between fields, or behind a text's end, is
 * nobody's. */
#define NUMBER(field) assert_int_equal(got->field, want->field)
#define TEXT(field) assert_string_equal(got->field, want->field)
#define WORDS(field) assert_true(span_is(got->field, want->field))

static void same_plan(const struct plan *got, const struct plan *want)
{
    assert_int_equal(got == NULL, want == NULL);
    if (want)
        assert_true(span_is(plan_render(kit.arena, got), plan_render(kit.arena, want)));
}

/* clang-format off */
void kit_same_thread(const struct thread *got, const struct thread *want)
{
    NUMBER(id); NUMBER(tenant); TEXT(line); TEXT(customer); TEXT(owner); TEXT(job);
    NUMBER(closed); NUMBER(relay); NUMBER(opened_ms); NUMBER(last_ms); NUMBER(closed_text_ms);
    NUMBER(closes_ms); NUMBER(heard_ms); NUMBER(heard_print); NUMBER(burst_ms); NUMBER(burst);
}

void kit_same_relay(const struct relay *got, const struct relay *want)
{
    NUMBER(id); NUMBER(tenant); NUMBER(thread); NUMBER(kind); NUMBER(state); NUMBER(step);
    NUMBER(due_ms); NUMBER(raised_ms); NUMBER(message); NUMBER(cascade); WORDS(body);
    TEXT(acked_by); NUMBER(forwarded_to_primary_at); NUMBER(primary_ack_at);
    NUMBER(forwarded_to_backup_at); NUMBER(acked_at); NUMBER(final_status);
    same_plan(got->plan, want->plan);
}

void kit_same_cascade(const struct cascade *got, const struct cascade *want)
{
    NUMBER(id); NUMBER(tenant); NUMBER(thread); TEXT(account); TEXT(call_sid); TEXT(line);
    TEXT(caller); TEXT(job); NUMBER(state); NUMBER(outcome); NUMBER(attempt); NUMBER(ring_s);
    NUMBER(started_ms); NUMBER(due_ms); NUMBER(accepted_ms); NUMBER(ended_ms);
    TEXT(accepted_by); TEXT(leg_sid); WORDS(recording); NUMBER(recording_s); NUMBER(relay);
    NUMBER(round); NUMBER(rang_ms); WORDS(transcript); NUMBER(shows_line);
    NUMBER(turn_ms); NUMBER(added_ms); NUMBER(watch_ms); NUMBER(conference);
    same_plan(got->plan, want->plan);
}

void kit_same_message(const struct message *got, const struct message *want)
{
    NUMBER(id); NUMBER(tenant); NUMBER(thread); NUMBER(relay); NUMBER(cascade);
    NUMBER(direction); NUMBER(origin); NUMBER(kind); NUMBER(delivery); NUMBER(error_code);
    TEXT(sid); TEXT(from); TEXT(to); TEXT(customer); TEXT(operator_id); TEXT(job); WORDS(body);
    WORDS(media); NUMBER(at_ms); NUMBER(late); NUMBER(duplicate);
}

void kit_same_outbox(const struct outbox *got, const struct outbox *want)
{
    NUMBER(id); NUMBER(tenant); NUMBER(kind); NUMBER(class); NUMBER(state); TEXT(account);
    TEXT(from); TEXT(to); WORDS(body); NUMBER(cascade); NUMBER(due_ms); NUMBER(expires_ms);
    NUMBER(fence); NUMBER(attempt); WORDS(media); NUMBER(sent_ms); NUMBER(unsure_ms);
    NUMBER(again); NUMBER(gone); NUMBER(has_rung); NUMBER(rung); NUMBER(node);
    NUMBER(incarnation);
}

void kit_same_link(const struct link *got, const struct link *want)
{
    assert_memory_equal(got->hash, want->hash, sizeof got->hash);
    NUMBER(tenant); NUMBER(purpose); NUMBER(subject); TEXT(operator_id); NUMBER(expires_ms);
    NUMBER(used_ms);
}

void kit_same_duty(const struct duty *got, const struct duty *want)
{
    NUMBER(tenant); TEXT(operator_id); NUMBER(state); NUMBER(since_ms); NUMBER(until_ms);
    NUMBER(wrong_tags); NUMBER(wrong_ms); NUMBER(locked_ms);
}

void kit_same_consent(const struct consent *got, const struct consent *want)
{
    NUMBER(tenant); TEXT(line); TEXT(person); NUMBER(is_out); NUMBER(at_ms);
}

void kit_same_question(const struct question *got, const struct question *want)
{
    NUMBER(tenant); TEXT(operator_id); NUMBER(kind); TEXT(line); NUMBER(message); NUMBER(due_ms);
    TEXT(tag); WORDS(body); WORDS(media); NUMBER(thread_count); NUMBER(gone);
    for (size_t i = 0; i < want->thread_count; i++)
        NUMBER(threads[i]);
}

void kit_same_timer(const struct timer *got, const struct timer *want)
{
    NUMBER(due_ms); NUMBER(tenant); NUMBER(kind); NUMBER(subject); NUMBER(gone);
}

void kit_same_token(const struct token *got, const struct token *want)
{
    NUMBER(id); NUMBER(tenant); NUMBER(role); TEXT(name); NUMBER(created_ms);
    NUMBER(revoked_ms); NUMBER(used_ms);
    assert_memory_equal(got->hash, want->hash, sizeof got->hash);
}
/* clang-format on */

void kit_see(void *ctx, const struct view_cell *cells, size_t count)
{
    struct kit_seen *seen = ctx;

    seen->last[0] = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(cells[i].name, "id") == 0 && seen->count < 64)
            seen->ids[seen->count] = cells[i].number;
        char one[96];
        if (cells[i].type == VIEW_NULL)
            snprintf(one, sizeof one, "%s;", cells[i].name);
        else if (cells[i].type == VIEW_NUMBER)
            snprintf(one, sizeof one, "%s=%lld;", cells[i].name, (long long)cells[i].number);
        else
            snprintf(one, sizeof one, "%s=%.*s;", cells[i].name, SPAN_ARG(cells[i].text));
        strncat(seen->last, one, sizeof seen->last - strlen(seen->last) - 1);
    }
    seen->count++;
}

struct kit_seen kit_look(enum view view, struct view_filter filter)
{
    struct kit_seen seen = {.count = 0};

    if (!filter.limit)
        filter.limit = 50;
    if (store_view(kit.store, view, &filter, kit_see, &seen))
        fail_msg("cannot list: %s", store_why(kit.store));
    return seen;
}

void kit_has(const struct kit_seen *seen, const char *cell)
{
    if (!strstr(seen->last, cell))
        fail_msg("%s is not in %s", cell, seen->last);
}
