#include "contract/contract_kit.h"

#include <stdio.h>
#include <string.h>

#include "sql/sql_store.h"
#include "store/store_tenants.h"

enum { COLUMNS_MAX = 64, TABLES_MAX = 100, ROWS = 3 };

static struct tenant one, two;

static struct tenant made(const char *slug, const char *account)
{
    struct tenant t = {.terms = {TENANT_ACTIVE, 3, 500, 0}};

    snprintf(t.slug, sizeof t.slug, "%s", slug);
    snprintf(t.name, sizeof t.name, "Business %s", slug);
    snprintf(t.account, sizeof t.account, "%s", account);
    GOOD(store_tenants_add(kit.store, &t, NOW));
    assert_true(t.id > 0);
    return t;
}

/* ---- terms and secrets ---- */

static struct tenant seen[8];
static struct tenant_sealed rows[16];
static size_t seen_count, row_count;

static void see_tenant(void *ctx, const struct tenant *t)
{
    (void)ctx;
    seen[seen_count++] = *t;
}

static void see_secret(void *ctx, const struct tenant_sealed *row)
{
    (void)ctx;
    rows[row_count++] = *row;
}

static void look(void)
{
    const struct store_tenants reader = {see_tenant, see_secret, NULL, NULL};

    seen_count = row_count = 0;
    GOOD(store_tenants_read(kit.store, &reader));
}

static void tenants_come_with_their_terms(void **unused)
{
    (void)unused;
    made("zeta", "AC2");
    one = made("acme", "AC1");
    kit_reopen();
    look();
    assert_int_equal(seen_count, 2);
    assert_string_equal(seen[0].slug, "acme"); /* by slug */
    assert_string_equal(seen[0].name, "Business acme");
    assert_string_equal(seen[0].account, "AC1");
    assert_int_equal(seen[0].id, one.id);
    assert_int_equal(seen[0].terms.weight, 3);
    assert_int_equal(seen[0].terms.texts_a_day, 500);
    assert_int_equal(seen[0].terms.calls_a_day, 0);
    assert_int_equal(seen[0].changed_ms, NOW);
}

static void change(const struct store_tenant_change *c, int64_t now_ms)
{
    GOOD(store_tenants_change(kit.store, one.id, c, now_ms));
    look();
    assert_int_equal(seen_count, 1);
}

static void terms_change_and_a_name_is_taken_once(void **unused)
{
    static const enum tenant_state suspended = TENANT_SUSPENDED;
    static const int32_t weight = 1, without = 0, calls = 7;
    struct tenant again = {.slug = "acme", .terms = tenant_terms_usual};
    const struct store_tenant_change all = {"Another", "AC9",    &suspended,
                                            &weight,   &without, &calls};

    (void)unused;
    one = made("acme", "AC1");
    assert_int_equal(store_tenants_add(kit.store, &again, NOW), ERR_CONFLICT);
    assert_int_equal(store_tenants_change(kit.store, 999, &all, NOW), ERR_NOT_FOUND);
    change(&all, NOW + 5);
    assert_string_equal(seen[0].name, "Another");
    assert_string_equal(seen[0].account, "AC9");
    assert_int_equal(seen[0].terms.state, TENANT_SUSPENDED);
    assert_int_equal(seen[0].terms.weight, 1);
    assert_int_equal(seen[0].terms.calls_a_day, 7);
    assert_int_equal(seen[0].terms.texts_a_day, 0);
    assert_int_equal(seen[0].changed_ms, NOW + 5);
    assert_int_equal(seen[0].created_ms, NOW);
}

/* Two of the host's people at two nodes, neither of whom has heard of the other yet. */
static void what_is_not_given_stays_as_somebody_else_has_left_it(void **unused)
{
    static const enum tenant_state suspended = TENANT_SUSPENDED;
    static const int32_t weight = 9, texts = 5;

    (void)unused;
    one = made("acme", "AC1");
    change(&(struct store_tenant_change){.state = &suspended}, NOW + 1);
    change(&(struct store_tenant_change){.weight = &weight}, NOW + 2);
    assert_int_equal(seen[0].terms.state, TENANT_SUSPENDED);
    assert_int_equal(seen[0].terms.weight, 9);
    change(&(struct store_tenant_change){.account = "AC9"}, NOW + 3);
    change(&(struct store_tenant_change){.name = "Another"}, NOW + 4);
    change(&(struct store_tenant_change){.texts_a_day = &texts}, NOW + 5);
    assert_string_equal(seen[0].name, "Another");
    assert_string_equal(seen[0].account, "AC9");
    assert_int_equal(seen[0].terms.state, TENANT_SUSPENDED);
    assert_int_equal(seen[0].terms.weight, 9);
    assert_int_equal(seen[0].terms.texts_a_day, 5);
    assert_int_equal(seen[0].terms.calls_a_day, 0);
    assert_int_equal(seen[0].changed_ms, NOW + 5);
}

static struct tenant_sealed sealed(int32_t tenant, enum tenant_secret name, char what)
{
    struct tenant_sealed row = {.tenant = tenant, .name = name, .size = 50, .key_id = "k1"};

    memset(row.bytes, what, row.size);
    row.bytes[1] = 0; /* bytes, not a text */
    return row;
}

static void secrets_are_kept_replaced_and_taken_away(void **unused)
{
    (void)unused;
    one = made("acme", "AC1");
    const struct tenant_sealed two_rows[] = {sealed(one.id, TENANT_AUTH_TOKEN, 'a'),
                                             sealed(one.id, TENANT_API_KEY, 'b')};
    GOOD(store_tenants_secrets(kit.store, two_rows, 2, NOW + 1));
    const struct tenant_sealed other = sealed(one.id, TENANT_AUTH_TOKEN, 'c');
    GOOD(store_tenants_secrets(kit.store, &other, 1, NOW + 2));
    look();
    assert_int_equal(row_count, 2);
    assert_int_equal(seen[0].changed_ms, NOW + 2);
    for (size_t i = 0; i < row_count; i++) {
        const struct tenant_sealed *want =
            rows[i].name == TENANT_AUTH_TOKEN ? &other : &two_rows[1];
        assert_int_equal(rows[i].size, want->size);
        assert_memory_equal(rows[i].bytes, want->bytes, want->size);
        assert_string_equal(rows[i].key_id, "k1");
    }
    const struct tenant_sealed gone = {.tenant = one.id, .name = TENANT_API_KEY};
    GOOD(store_tenants_secrets(kit.store, &gone, 1, NOW + 3));
    look();
    assert_int_equal(row_count, 1);
    const struct tenant_sealed nobodys = sealed(999, TENANT_API_KEY, 'x');
    assert_int_equal(store_tenants_secrets(kit.store, &nobodys, 1, NOW), ERR_NOT_FOUND);
}

static void what_was_given_anew_is_not_sealed_over(void **unused)
{
    (void)unused;
    one = made("acme", "AC1");
    struct tenant_sealed row = sealed(one.id, TENANT_AUTH_TOKEN, 'a');
    GOOD(store_tenants_secrets(kit.store, &row, 1, NOW + 1));
    row = sealed(one.id, TENANT_AUTH_TOKEN, 'n');
    strcpy(row.key_id, "k2");
    row.changed_ms = NOW; /* of a secret that was replaced meanwhile */
    GOOD(store_tenants_reseal(kit.store, &row, 1));
    look();
    assert_string_equal(rows[0].key_id, "k1");
    row.changed_ms = NOW + 1;
    GOOD(store_tenants_reseal(kit.store, &row, 1));
    look();
    assert_string_equal(rows[0].key_id, "k2");
    assert_memory_equal(rows[0].bytes, row.bytes, row.size);
    assert_int_equal(rows[0].changed_ms, NOW + 1);
}

/* ---- recordings at the carrier ---- */

static void add_call(int32_t tenant, bool is_recorded)
{
    struct cascade k = {
        .id = id_next(&kit.ids, NOW), .tenant = tenant, .state = CASCADE_OVER, .plan = kit_plan()};

    snprintf(k.call_sid, sizeof k.call_sid, "CA%lld", (long long)k.id);
    if (is_recorded)
        k.recording = SPAN("https://api.example.test/RE1");
    facts_add_cascade(&kit.facts, &k);
}

/* How many units that took. */
static int look_through(struct store_recordings *look)
{
    int units = 0;

    *look = (struct store_recordings){.tenant = one.id, .page = 2, .max = 2};
    for (; !look->is_done && units < 100; units++)
        GOOD(store_tenants_recordings(kit.store, look, NOW));
    return units;
}

static size_t due_now(void)
{
    struct timer due[8];
    size_t count = 0;
    int64_t next_ms;

    GOOD(store_due(kit.store, NOW, 8, due, &count, &next_ms));
    for (size_t i = 0; i < count; i++)
        if (due[i].kind != TIMER_RECORDING || due[i].tenant != one.id)
            fail_msg("another timer");
    return count;
}

static void recordings_are_erased_some_at_a_time(void **unused)
{
    static const bool recorded[] = {true, false, true, true, true};
    struct store_recordings look;

    (void)unused;
    one = made("acme", "AC1");
    two = made("zeta", "AC2");
    add_call(two.id, true);
    for (size_t i = 0; i < sizeof recorded / sizeof recorded[0]; i++)
        add_call(one.id, recorded[i]);
    kit_save();
    assert_int_equal(look_through(&look), 3); /* two calls with each unit */
    assert_int_equal(look.left, 4);
    assert_int_equal(look.begun, 2);
    assert_int_equal(due_now(), 2);
    assert_int_equal(look_through(&look), 3);
    assert_int_equal(look.left, 4);
    assert_int_equal(look.begun, 2); /* the others of them */
    assert_int_equal(due_now(), 4);
    (void)look_through(&look);
    assert_int_equal(look.begun, 0);
    one.id = 999;
    assert_int_equal(look_through(&look), 1); /* nobody has nothing */
    assert_int_equal(look.left, 0);
}

/* ---- all that is theirs ---- */

/* The store's own connection: in memory nobody else sees the rows. */
static struct sql *own_sql(void)
{
    return ((struct sql_store *)kit.store)->sql;
}

struct column {
    char name[48], type[24];
};

static int columns_of(struct sql *sql, const char *table, struct column out[COLUMNS_MAX])
{
    const bool is_file = kit.place == KIT_FILE || kit.place == KIT_MEMORY;
    struct sql_query *q = sql_prepare(
        sql, is_file ? "SELECT name, type FROM pragma_table_info(?1) ORDER BY cid"
                     : "SELECT column_name::text, data_type::text FROM information_schema.columns"
                       " WHERE table_schema = current_schema() AND table_name = ?1"
                       " ORDER BY ordinal_position");
    int count = 0;

    sql_put_text(q, table);
    while (sql_next(q) && count < COLUMNS_MAX) {
        sql_get_text(q, out[count].name, sizeof out[count].name);
        sql_get_text(q, out[count].type, sizeof out[count].type);
        count++;
    }
    sql_drop(&q);
    return count;
}

static bool is_number(const char *type)
{
    return strcasestr(type, "int") != NULL;
}

/* Whatever a row means: the tenant's, and like no other. */
static void put_any(struct sql_query *q, const struct column *c, const struct tenant *t, int row,
                    int64_t user)
{
    static char texts[COLUMNS_MAX][64];
    static int next;
    char *text = texts[next++ % COLUMNS_MAX];

    snprintf(text, sizeof texts[0], "%s %d %s", t->slug, row, c->name);
    if (strcmp(c->name, "tenant") == 0)
        sql_put(q, t->id);
    else if (strcmp(c->name, "user_id") == 0)
        sql_put(q, user);
    else if (strcmp(c->name, "id") == 0 && is_number(c->type))
        sql_put(q, id_next(&kit.ids, NOW));
    else if (strcmp(c->name, "account") == 0)
        sql_put_text(q, t->account);
    else if (is_number(c->type))
        sql_put(q, t->id * 10 + row);
    else if (strcasestr(c->type, "blob") || strcasestr(c->type, "bytea"))
        sql_put_blob(q, text, strlen(text));
    else
        sql_put_text(q, text);
}

static void fill_row(struct sql *sql, const char *table, const struct tenant *t, int row,
                     int64_t user)
{
    struct column columns[COLUMNS_MAX];
    const int count = columns_of(sql, table, columns);
    char text[4096];

    snprintf(text, sizeof text, "INSERT INTO \"%s\" VALUES (?1", table);
    for (int i = 1; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ", ?%d", i + 1);
    strcat(text, ")");
    struct sql_query *q = sql_prepare(sql, text);
    for (int i = 0; i < count; i++)
        put_any(q, &columns[i], t, row, user);
    sql_run(q);
    sql_drop(&q);
    if (sql_err(sql))
        fail_msg("%s: %s", table, sql_why(sql));
}

static struct store_trace traces[TABLES_MAX];
static char names[TABLES_MAX][64];
static int trace_count;

static void see_trace(void *ctx, const struct store_trace *trace)
{
    (void)ctx;
    assert_true(trace_count < TABLES_MAX);
    snprintf(names[trace_count], sizeof names[0], "%s", trace->table);
    traces[trace_count] = *trace;
    traces[trace_count].table = names[trace_count];
    trace_count++;
}

static void scan(const struct tenant *t)
{
    trace_count = 0;
    GOOD(store_tenants_scan(kit.store, t, see_trace, NULL));
    assert_true(trace_count > 25);
}

static int64_t left_in(const char *table)
{
    for (int i = 0; i < trace_count; i++)
        if (strcmp(traces[i].table, table) == 0)
            return traces[i].left;
    return -1;
}

static int64_t user_of(const struct tenant *t)
{
    struct user u = {.id = id_next(&kit.ids, NOW),
                     .tenant = t->id,
                     .role = ROLE_ADMIN,
                     .created_ms = NOW,
                     .version = 1};

    snprintf(u.login, sizeof u.login, "login-%s", t->slug);
    u.setup_hash[0] = (uint8_t)t->id;
    GOOD(store_user_add(kit.store, &u));
    return u.id;
}

static bool is_filled_otherwise(const char *table)
{
    return strcmp(table, "tenant") == 0 || strcmp(table, "hold") == 0 ||
           strcmp(table, "searched") == 0;
}

/* Rows of his in every table that the database has, and in one that the program may not know. */
static void fill(const struct tenant *t)
{
    const int64_t user = user_of(t);
    struct sql *sql;

    kit_begin(); /* the log's month is there from now on, where it has months */
    facts_log(&kit.facts, &(struct event_row){.tenant = t->id,
                                              .kind = "relay.raised",
                                              .at_ms = NOW,
                                              .id = id_next(&kit.ids, NOW),
                                              .detail = SPAN("words")});
    kit_save();
    GOOD(store_searched_put(kit.store, span_of(t->account), NOW));
    scan(t);
    sql = own_sql();
    sql_begin(sql, SQL_WRITE);
    for (int i = 0; i < trace_count; i++)
        for (int row = 0; row < ROWS; row++)
            if ((traces[i].how == STORE_TRACE_BY_TENANT || traces[i].how == STORE_TRACE_BY_USER) &&
                !is_filled_otherwise(traces[i].table))
                fill_row(sql, traces[i].table, t, row, user);
    GOOD(sql_end(sql));
}

static int64_t sum(void)
{
    int64_t all = 0;

    for (int i = 0; i < trace_count; i++)
        all += traces[i].left;
    return all;
}

static void drop_all(const struct tenant *t, int max)
{
    bool is_secret;
    int at = 0;

    for (int turns = 0; store_tenants_table(at, &is_secret); turns++) {
        int64_t gone = 0;
        if (store_tenants_drop(kit.store, t->id, max, &at, &gone))
            fail_msg("table %d: %s", at, store_why(kit.store));
        assert_true(turns < 1000);
    }
}

static void a_tenant_goes_whole_and_nobody_else_with_him(void **unused)
{
    (void)unused;
    one = made("acme", "AC1");
    two = made("zeta", "AC2");
    fill(&one);
    fill(&two);
    scan(&one);
    assert_int_equal(left_in("message"), ROWS);
    scan(&two);
    const int64_t before = sum();
    drop_all(&one, 2);
    scan(&one);
    for (int i = 0; i < trace_count; i++)
        if (traces[i].left || traces[i].how == STORE_TRACE_UNKNOWN)
            fail_msg("%s has %lld left", traces[i].table, (long long)traces[i].left);
    scan(&two);
    assert_int_equal(sum(), before);
    look();
    assert_int_equal(seen_count, 1);
    /* Nobody gets the number of one who has gone, and saying it again does no harm. */
    assert_true(made("acme", "AC1").id > two.id);
    drop_all(&two, 1000);
    assert_true(made("zeta", "AC2").id > two.id + 1);
    drop_all(&two, 1000);
}

static void a_table_that_was_left_out_is_found(void **unused)
{
    struct sql *sql = own_sql();

    (void)unused;
    one = made("acme", "AC1");
    sql_begin(sql, SQL_WRITE);
    sql_exec(sql,
             "CREATE TABLE left_out (tenant INTEGER NOT NULL, what TEXT, PRIMARY KEY (tenant))");
    sql_exec(sql, "CREATE TABLE strange (what TEXT PRIMARY KEY)");
    GOOD(sql_end(sql));
    sql_begin(sql, SQL_WRITE);
    fill_row(sql, "left_out", &one, 1, 0);
    GOOD(sql_end(sql));
    drop_all(&one, 100);
    scan(&one);
    assert_int_equal(left_in("left_out"), 1);
    for (int i = 0; i < trace_count; i++)
        if ((traces[i].how == STORE_TRACE_UNKNOWN) != (strcmp(traces[i].table, "strange") == 0))
            fail_msg("%s is not known", traces[i].table);
}

struct listed {
    int64_t rows;
    bool has_secret;
};

static void see_row(void *ctx, const struct view_cell *cells, size_t count)
{
    static const char *const secrets[] = {"hash",   "password", "setup_hash", "code_hash",
                                          "sealed", "salt",     "chain"};
    struct listed *l = ctx;

    l->rows++;
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < sizeof secrets / sizeof secrets[0]; n++)
            l->has_secret |= strcmp(cells[i].name, secrets[n]) == 0;
}

static void all_that_is_his_is_listed_once_and_no_secret(void **unused)
{
    bool is_secret;
    const char *name;

    (void)unused;
    one = made("acme", "AC1");
    two = made("zeta", "AC2");
    fill(&one);
    fill(&two);
    scan(&one);
    for (int table = 0; (name = store_tenants_table(table, &is_secret)) != NULL; table++) {
        struct store_belongings ask = {.tenant = one.id, .table = table, .max = 2};
        struct listed l = {.rows = 0};
        do
            GOOD(store_tenants_list(kit.store, &ask, see_row, &l));
        while (ask.is_more);
        if (l.has_secret || l.rows != (is_secret ? 0 : left_in(name[0] == '"' ? "user" : name)))
            fail_msg("%s: %lld rows", name, (long long)l.rows);
    }
    struct store_belongings wrong = {.tenant = one.id, .table = 0, .max = 2, .cursor = "no"};
    assert_int_equal(store_tenants_list(kit.store, &wrong, see_row, &(struct listed){0}),
                     ERR_BAD_INPUT);
}

static void long_rows_come_few_at_a_time(void **unused)
{
    enum { LONG = 1 << 20, VERSIONS = 5 };
    static char document[LONG + 1];
    struct store_belongings ask = {.max = 200};
    struct listed l = {.rows = 0};
    bool is_secret;
    int64_t version;

    (void)unused;
    one = made("acme", "AC1");
    ask.tenant = one.id;
    while (strcmp(store_tenants_table(ask.table, &is_secret), "roster_version") != 0)
        ask.table++;
    for (int i = 0; i < VERSIONS; i++) {
        char digest[33] = "0123456789abcdef0123456789abcdef";
        digest[0] = (char)('a' + i);
        memset(document, 'a' + i, LONG);
        GOOD(store_roster_put(kit.store, one.id, true, (struct span){digest, 32},
                              (struct span){document, LONG}, SPAN("[]"), NOW, &version));
    }
    GOOD(store_tenants_list(kit.store, &ask, see_row, &l));
    assert_true(ask.is_more);
    assert_int_equal(l.rows, 2); /* which are two megabytes and something */
    while (ask.is_more)
        GOOD(store_tenants_list(kit.store, &ask, see_row, &l));
    assert_int_equal(l.rows, VERSIONS);
}

const struct CMUnitTest contract_tenants[] = {
    KIT_TEST(tenants_come_with_their_terms),
    KIT_TEST(terms_change_and_a_name_is_taken_once),
    KIT_TEST(what_is_not_given_stays_as_somebody_else_has_left_it),
    KIT_TEST(secrets_are_kept_replaced_and_taken_away),
    KIT_TEST(what_was_given_anew_is_not_sealed_over),
    KIT_TEST(recordings_are_erased_some_at_a_time),
    KIT_TEST(a_tenant_goes_whole_and_nobody_else_with_him),
    KIT_TEST(a_table_that_was_left_out_is_found),
    KIT_TEST(all_that_is_his_is_listed_once_and_no_secret),
    KIT_TEST(long_rows_come_few_at_a_time),
};
const size_t contract_tenants_count = sizeof contract_tenants / sizeof contract_tenants[0];
