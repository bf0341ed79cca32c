/* What only the SQLite back end can show: what it says of a file that it cannot use, and that
 * each question of the product is answered from an index. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "contract/contract_file.h"
#include "sql/sql_report.h"
#include "sql/sql_texts.h"
#include "sql/sql_view.h"
#include "sqlite/sqlite_sql.h"
#include "store/store.h"

static const int64_t NOW = 1790000000000;

/* Opens what cannot be opened; the words must hold `part` and the path, in one line. */
static void refused(enum err want, const char *part)
{
    struct store *store = NULL;
    char why[STORE_WHY_SIZE] = "";

    assert_int_equal(store_open(file_path, &store, why), want);
    assert_null(store);
    if (!strstr(why, part) || !strstr(why, file_path) || strchr(why, '\n'))
        fail_msg("the words are: %s", why);
}

static void write_file(const char *bytes, size_t size, long at)
{
    FILE *f = fopen(file_path, at ? "r+" : "w");

    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void a_text_file_is_not_a_database(void **unused)
{
    static const char words[] = "dear diary, this is no database\n";
    char page[8192];

    (void)unused;
    write_file(words, sizeof words, 0);
    refused(ERR_BAD_INPUT, "is not a database: restore it from a backup, or move it away");
    memset(page, 'x', sizeof page);
    write_file(page, sizeof page, 0);
    refused(ERR_BAD_INPUT, "is not a database");
}

static void a_damaged_file_is_said_to_be_damaged(void **unused)
{
    char page[8192];
    struct store *store = file_open();

    (void)unused;
    store_close(&store);
    memset(page, 0x5a, sizeof page);
    write_file(page, 4096 - 100, 100); /* the first page, behind the file's header */
    refused(ERR_BROKEN, "is damaged: restore it from a backup, or move it away");
}

static void run_sql(const char *text)
{
    struct sql *sql = NULL;
    char why[SQL_WHY_SIZE];

    assert_int_equal(sqlite_sql_open(file_path, NULL, 0, &sql, why), ERR_NONE);
    sql_exec(sql, text);
    assert_int_equal(sql_err(sql), ERR_NONE);
    sql_close(&sql);
}

static void a_damaged_row_is_an_error_and_not_absent(void **unused)
{
    struct store *store = file_open();
    struct arena *arena = arena_open(0);
    struct id_maker ids = {0};
    struct facts facts;
    const struct relay relay = {.id = 5, .tenant = 1, .thread = 6};

    (void)unused;
    facts_init(&facts, arena, &ids, NOW);
    facts_add_relay(&facts, &relay);
    assert_int_equal(store_save(store, &facts), ERR_NONE);
    store_close(&store);
    run_sql("UPDATE relay SET state = 'dreaming'");

    store = file_open();
    facts_init(&facts, arena, &ids, NOW);
    facts_want_id(&facts, FACT_RELAY, 1, 5);
    assert_int_equal(store_load(store, &facts), ERR_BROKEN);
    assert_non_null(strstr(store_why(store), "a row whose state is damaged"));
    assert_int_equal(facts.first->state, FACT_WANTED);
    assert_true(facts.short_of);
    store_close(&store);
    arena_close(&arena);
}

static void a_newer_schema_is_refused(void **unused)
{
    struct store *store = file_open();
    char text[64];

    (void)unused;
    store_close(&store);
    snprintf(text, sizeof text, "PRAGMA user_version = %d", STORE_SCHEMA + 1);
    run_sql(text);
    refused(ERR_CONFLICT, "use the newer program");
}

static void another_programs_database_is_refused(void **unused)
{
    (void)unused;
    run_sql("CREATE TABLE recipe (id INTEGER)");
    refused(ERR_BAD_INPUT, "is another program's database");
}

static void a_folder_that_is_not_there_is_named(void **unused)
{
    (void)unused;
    snprintf(file_path, sizeof file_path, "%s/none/test.db", file_folder);
    refused(ERR_BROKEN, "make it");
}

static void a_folder_that_cannot_be_written_is_named(void **unused)
{
    (void)unused;
    if (geteuid() == 0)
        skip(); /* root may write everywhere */
    assert_int_equal(chmod(file_folder, 0500), 0);
    refused(ERR_BROKEN, "cannot be written");
    assert_int_equal(chmod(file_folder, 0700), 0);
}

static void a_folder_in_its_place_is_refused(void **unused)
{
    (void)unused;
    assert_int_equal(mkdir(file_path, 0700), 0);
    refused(ERR_BROKEN, "cannot be written");
    rmdir(file_path);
}

static void the_file_is_its_owners_alone(void **unused)
{
    struct store *store = file_open();
    struct stat is;

    (void)unused;
    assert_int_equal(stat(file_path, &is), 0);
    assert_int_equal(is.st_mode & 0777, 0600);
    store_close(&store);
}

static void a_lock_of_another_program_is_busy_and_no_hang(void **unused)
{
    struct store *store = file_open();
    struct sql *other = NULL;
    char why[SQL_WHY_SIZE];

    (void)unused;
    assert_int_equal(sqlite_sql_open(file_path, NULL, 0, &other, why), ERR_NONE);
    sql_exec(other, "BEGIN IMMEDIATE");
    assert_int_equal(store_probe(store, NOW), ERR_BUSY);
    assert_non_null(strstr(store_why(store), "another program holds"));
    sql_exec(other, "ROLLBACK");
    assert_int_equal(store_probe(store, NOW), ERR_NONE);
    sql_close(&other);
    store_close(&store);
}

/* A limit on the size of files is the full disk that a test can have. */
static void a_full_disk_keeps_what_was_saved_and_mends_itself(void **unused)
{
    struct store *store = file_open();
    struct arena *arena = arena_open(0);
    struct id_maker ids = {0};
    struct facts facts;
    struct rlimit was, low;
    enum err e = ERR_NONE;
    int64_t kept = 0, lost = 0;

    (void)unused;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    low = was;
    low.rlim_cur = 1 << 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    while (!e && ids.last < INT64_MAX) {
        struct message m = {.id = id_next(&ids, NOW), .tenant = 1};
        m.body = (struct span){arena_alloc(arena, LIMIT_BODY_BYTES), LIMIT_BODY_BYTES};
        facts_init(&facts, arena, &ids, NOW);
        facts_add_message(&facts, &m);
        e = store_save(store, &facts);
        if (e)
            lost = m.id;
        else
            kept = m.id;
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(e, ERR_FULL);
    assert_non_null(strstr(store_why(store), "the disk is full"));
    facts_init(&facts, arena, &ids, NOW);
    facts_want_id(&facts, FACT_MESSAGE, 1, kept);
    facts_want_id(&facts, FACT_MESSAGE, 1, lost);
    assert_int_equal(store_load(store, &facts), ERR_NONE);
    assert_non_null(facts_message(&facts, 1, kept));
    assert_null(facts_message(&facts, 1, lost));
    assert_int_equal(store_probe(store, NOW), ERR_NONE);
    store_close(&store);
    arena_close(&arena);
}

/* "SEARCH ... ; SCAN ...": the steps by which SQLite would answer. */
enum { PLAN_SIZE = 4096 };
static void explain(struct sql *sql, const char *text, char out[PLAN_SIZE])
{
    char asked[SQL_VIEW_SIZE + 32];

    snprintf(asked, sizeof asked, "EXPLAIN QUERY PLAN %s", text);
    struct sql_query *q = sql_prepare(sql, asked);
    out[0] = 0;
    while (sql_next(q)) {
        (void)sql_get(q);
        (void)sql_get(q);
        (void)sql_get(q);
        const struct span step = sql_get_span(q);
        snprintf(out + strlen(out), PLAN_SIZE - strlen(out), "%.*s; ", SPAN_ARG(step));
    }
    sql_drop(&q);
    if (sql_err(sql))
        fail_msg("%s: %s", text, sql_why(sql));
}

/* What a view has numbered or picked, called few, is read once more; it is a tenant's alone. */
static bool reads_a_whole_table(const char *plan)
{
    for (const char *at = strstr(plan, "SCAN"); at; at = strstr(at + 1, "SCAN"))
        if (strncmp(at, "SCAN (", 6) != 0 && strncmp(at, "SCAN few", 8) != 0 &&
            strncmp(at, "SCAN CONSTANT", 13) != 0)
            return true;
    return false;
}

/* The start's look for orphans reads the outbox once; the others walk an index in its order, and
 * stop where they have enough. A reload reads the lines, which are few. A desk is sorted by when
 * its tags were sent. */
static bool may_scan(int text)
{
    return text == TEXT_ORPHANS || text == TEXT_ORPHAN_LEGS || text == TEXT_ORPHAN_UPDATES ||
           text == TEXT_TIMER_DUE || text == TEXT_SENDER_NEXT || text == TEXT_OUTBOX_UNSURE ||
           text == TEXT_LINES || text == TEXT_SESSIONS_EXPIRED; /* a few, when one signs in */
}

/* clang-format off */
static const struct statement {
    int text;
    const char *uses; /* its whole plan */
} statements[] = {
    {TEXT_OUTBOX_READY,
     "SEARCH outbox USING INDEX outbox_ready (tenant=? AND sender=? AND kind=? AND class=?)"},
    {TEXT_OUTBOX_UNSURE, "SCAN outbox USING INDEX outbox_unsure"},
    {TEXT_RELAY_IDLE, "SEARCH relay USING INDEX relay_waiting (tenant=?)"},
    {TEXT_CASCADE_LIVE, "SEARCH cascade USING INDEX cascade_live (tenant=?)"},
    {TEXT_CASCADE_LIVE_OF, "SEARCH cascade USING INDEX cascade_ringing (tenant=? AND caller=?)"},
    {TEXT_MESSAGE_FIND, "SEARCH message USING INDEX message_sid (tenant=? AND sid=?)"},
    {TEXT_DUTIES_GET, "SEARCH duty USING PRIMARY KEY (tenant=?)"},
    {TEXT_CONSENT_GET, "SEARCH consent USING PRIMARY KEY (tenant=? AND line=? AND person=?)"},
    {TEXT_QUESTION_GET, "SEARCH question USING PRIMARY KEY (tenant=? AND operator=?)"},
    {TEXT_USER_FIND, "SEARCH user USING INDEX user_login (<expr>=?)"},
    {TEXT_USER_BY_SETUP, "SEARCH user USING INDEX user_setup (setup_hash=?)"},
    {TEXT_SESSION_FIND, "SEARCH session USING PRIMARY KEY (hash=?)"},
    {TEXT_SESSIONS_DROP, "SEARCH session USING COVERING INDEX session_user (user_id=?)"},
    {TEXT_LINE_SINCE, "SEARCH line_since USING PRIMARY KEY (tenant=? AND line=?)"},
    {TEXT_SEARCHED_GET, "SEARCH searched USING PRIMARY KEY (account=?)"},
};
/* clang-format on */

/* A report reads the rows of its days in the order of their keys, and nothing before them. */
static void a_report_reads_its_own_days_alone(void **unused)
{
    static const char *const starts[SQL_REPORT_PARTS] = {
        [SQL_REPORT_CALLS] = "SEARCH cascade USING PRIMARY KEY (tenant=? AND id>? AND id<?); ",
        [SQL_REPORT_TEXTS] = "SEARCH message USING PRIMARY KEY (tenant=? AND id>? AND id<?); ",
        [SQL_REPORT_RELAYS] = "SEARCH relay USING PRIMARY KEY (tenant=? AND id>? AND id<?); ",
    };
    static const char *const lookups[] = {
        "SEARCH parties USING PRIMARY KEY (tenant=? AND number=?)",
        "SEARCH m USING INDEX message_thread (tenant=? AND thread_id=? AND id>?)",
        "SEARCH thread USING PRIMARY KEY (tenant=? AND id=?)",
        "SEARCH spent USING PRIMARY KEY (day=? AND tenant=? AND what=?)",
    };
    struct store *store = file_open();
    struct sql *sql = NULL;
    char why[SQL_WHY_SIZE], plan[PLAN_SIZE], all[4 * PLAN_SIZE] = "";

    (void)unused;
    assert_int_equal(sqlite_sql_open(file_path, NULL, 0, &sql, why), ERR_NONE);
    for (int i = 0; i < SQL_REPORT_PARTS; i++) {
        explain(sql, sql_report_text((enum sql_report_part)i), plan);
        if (starts[i] && strncmp(plan, starts[i], strlen(starts[i])) != 0)
            fail_msg("%s", plan);
        assert_null(strstr(plan, "TEMP B-TREE"));
        strcat(all, plan);
    }
    for (size_t i = 0; i < sizeof lookups / sizeof lookups[0]; i++)
        if (!strstr(all, lookups[i]))
            fail_msg("%s is not in: %s", lookups[i], all);
    sql_close(&sql);
    store_close(&store);
}

/* A list of three or more in the condition of an index is a table that is made, page by page, for
 * each row that is written. */
static void what_each_text_and_call_writes_makes_no_table(void **unused)
{
    static const int writes[] = {TEXT_CLAIM_ADD,      TEXT_THREAD_ADD,     TEXT_THREAD_CHANGE,
                                 TEXT_RELAY_ADD,      TEXT_RELAY_CHANGE,   TEXT_CASCADE_ADD,
                                 TEXT_CASCADE_CHANGE, TEXT_MESSAGE_ADD,    TEXT_MESSAGE_CHANGE,
                                 TEXT_MESSAGE_BIND,   TEXT_OUTBOX_ADD,     TEXT_OUTBOX_CHANGE,
                                 TEXT_EVENT_ADD,      TEXT_CALL_EVENT_ADD, TEXT_TIMER_ADD};
    struct store *store = file_open();
    struct sql *sql = NULL;
    char why[SQL_WHY_SIZE], text[SQL_VIEW_SIZE];

    (void)unused;
    assert_int_equal(sqlite_sql_open(file_path, NULL, 0, &sql, why), ERR_NONE);
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        snprintf(text, sizeof text, "EXPLAIN %s", sql_texts[writes[i]]);
        struct sql_query *q = sql_prepare(sql, text);
        while (sql_next(q)) {
            (void)sql_get(q); /* its place */
            if (span_is_text(sql_get_span(q), "OpenEphemeral"))
                fail_msg("%s", sql_texts[writes[i]]);
        }
        sql_drop(&q);
    }
    assert_int_equal(sql_err(sql), ERR_NONE);
    sql_close(&sql);
    store_close(&store);
}

static void every_statement_is_answered_from_an_index(void **unused)
{
    struct store *store = file_open();
    struct sql *sql = NULL;
    char why[SQL_WHY_SIZE], plan[PLAN_SIZE];

    (void)unused;
    assert_int_equal(sqlite_sql_open(file_path, NULL, 0, &sql, why), ERR_NONE);
    for (int i = 0; i < SQL_TEXTS; i++) {
        if (i == TEXT_NEWS_ADD) /* of several nodes: PostgreSQL's alone */
            continue;
        explain(sql, sql_texts[i], plan);
        if (reads_a_whole_table(plan) && !may_scan(i))
            fail_msg("%s: %s", sql_texts[i], plan);
        if (strstr(plan, "TEMP B-TREE") && i != TEXT_DESK_GET)
            fail_msg("%s: %s", sql_texts[i], plan);
    }
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        char want[160];
        explain(sql, sql_texts[statements[i].text], plan);
        snprintf(want, sizeof want, "%s; ", statements[i].uses);
        assert_string_equal(plan, want);
    }
    explain(sql, sql_texts[TEXT_SENDER_NEXT], plan);
    assert_non_null(strstr(plan, "outbox_ready"));
    sql_close(&sql);
    store_close(&store);
}

/* clang-format off */
static const struct row {
    const char *says;
    enum view view;
    struct view_filter filter;
    const char *uses; /* in its plan */
} rows[] = {
    {"threads, newest first", VIEW_THREADS, {.tenant = 1}, "PRIMARY KEY (tenant=?)"},
    {"threads of a job", VIEW_THREADS, {.tenant = 1, .job = SPAN("j")}, "message_job"},
    {"relays, a page on", VIEW_RELAYS, {.tenant = 1, .after = 9}, "(tenant=? AND id<?)"},
    {"open relays", VIEW_RELAYS, {.tenant = 1, .state = SPAN("open")}, "relay_waiting"},
    {"relays of a thread", VIEW_RELAYS, {.tenant = 1, .thread = 5}, "relay_thread"},
    {"relays of a job", VIEW_RELAYS, {.tenant = 1, .job = SPAN("j")}, "message_job"},
    {"ringing calls", VIEW_CALLS, {.tenant = 1, .state = SPAN("ringing")}, "cascade_live"},
    {"calls of a thread", VIEW_CALLS, {.tenant = 1, .thread = 5}, "cascade_thread"},
    {"calls of a job", VIEW_CALLS, {.tenant = 1, .job = SPAN("j")}, "cascade_job"},
    {"a call by its sid", VIEW_CALLS, {.tenant = 1, .sid = SPAN("CA1")}, "cascade_call"},
    {"a call's events", VIEW_CALL_EVENTS, {.tenant = 1, .sid = SPAN("CA1")},
     "twilio_call_events_call"},
    {"texts of a thread", VIEW_MESSAGES, {.tenant = 1, .thread = 5}, "message_thread"},
    {"texts of a job", VIEW_MESSAGES, {.tenant = 1, .job = SPAN("j")}, "message_job"},
    {"a text by its sid", VIEW_MESSAGES, {.tenant = 1, .sid = SPAN("SM1")}, "message_sid"},
    {"unsure texts", VIEW_MESSAGES, {.tenant = 1, .state = SPAN("unsure")}, "message_unsure"},
    {"events after one", VIEW_EVENTS_AFTER, {.tenant = 1, .after = 9}, "(tenant=? AND id>?)"},
    {"a thread's log", VIEW_THREAD_LOG, {.tenant = 1, .thread = 5}, "event_thread"},
    {"the queue", VIEW_OUTBOX, {.tenant = 1}, "PRIMARY KEY (tenant=?)"},
    {"rosters", VIEW_ROSTERS, {.tenant = 1}, "PRIMARY KEY (tenant=?)"},
    {"one roster", VIEW_ROSTER_TEXT, {.tenant = 1, .id = 3}, "PRIMARY KEY (tenant=? AND version=?)"},
    {"duties", VIEW_DUTIES, {.tenant = 1}, "SEARCH duty USING PRIMARY KEY (tenant=?)"},
    {"consents", VIEW_CONSENTS, {.tenant = 1}, "SEARCH consent USING PRIMARY KEY (tenant=?)"},
    {"threads by last activity", VIEW_INBOX, {.tenant = 1}, "thread_last (tenant=?)"},
    {"a page on", VIEW_INBOX, {.tenant = 1, .after = 9, .after_ms = 7},
     "thread_last (tenant=? AND (last_at,id)<(?,?))"},
    {"open ones", VIEW_INBOX, {.tenant = 1, .state = SPAN("open")}, "thread_last (tenant=?)"},
    {"those that wait", VIEW_INBOX, {.tenant = 1, .state = SPAN("waiting")}, "relay_unheard"},
    {"found ones, each once", VIEW_INBOX,
     {.tenant = 1, .match = SPAN("%a%"), .digits = SPAN("%5")}, "PRIMARY KEY (tenant=? AND id=?)"},
    {"a thread's timeline is merged", VIEW_TIMELINE, {.tenant = 1, .thread = 5},
     "MERGE (UNION ALL); LEFT; MERGE (UNION ALL); LEFT; SEARCH message USING INDEX message_thread"},
    {"a thread's timeline, its calls", VIEW_TIMELINE, {.tenant = 1, .thread = 5},
     "cascade_thread (tenant=? AND thread_id=?)"},
    {"a thread's timeline, its events", VIEW_TIMELINE, {.tenant = 1, .thread = 5, .after = 9},
     "event_thread (tenant=? AND thread_id=? AND id<?)"},
    {"a thread's timeline, its jobs' moves", VIEW_TIMELINE, {.tenant = 1, .thread = 5},
     "event_job (tenant=? AND subject_id=?)"},
    {"who waits", VIEW_RELAYS, {.tenant = 1, .state = SPAN("waiting")}, "relay_unheard"},
    {"live calls", VIEW_CALLS, {.tenant = 1, .state = SPAN("live")}, "cascade_live"},
    {"jobs of a state", VIEW_JOBS, {.tenant = 1, .state = SPAN("cancelled")},
     "job_state (tenant=? AND state=?)"},
    {"jobs by state", VIEW_JOB_COUNTS, {.tenant = 1}, "COVERING INDEX job_state (tenant=?)"},
    {"texts that did not arrive", VIEW_DELIVERIES, {.tenant = 1, .state = SPAN("trouble")},
     "message_trouble (tenant=?)"},
    {"deliveries since", VIEW_DELIVERIES, {.tenant = 1, .since = 5},
     "PRIMARY KEY (tenant=? AND id>?)"},
    {"what is open now, relays", VIEW_COUNTS, {.tenant = 1}, "relay_unheard"},
    {"what is open now, calls", VIEW_COUNTS, {.tenant = 1}, "INDEX cascade_live (tenant=?)"},
    {"alarms of a day", VIEW_EVENTS, {.tenant = 1, .alarms = true, .since = 5},
     "event_alarm (tenant=? AND id>?)"},
};

static const struct report {
    const char *says, *text, *uses;
} reports[] = {
    {"call events by time",
     "SELECT count(*) FROM twilio_call_events WHERE tenant = ? AND created_at BETWEEN ? AND ?",
     "twilio_call_events_time (tenant=? AND created_at>? AND created_at<?)"},
    {"call events of an operator",
     "SELECT id FROM twilio_call_events WHERE tenant = ? AND operator = ? AND created_at > ?",
     "twilio_call_events_operator (tenant=? AND operator=? AND created_at>?)"},
};
/* clang-format on */

/* With no tenant to go by each is walked whole: the few of a partial index, or those of the outbox
 * that a limit ends; never a table that grows. */
static void figures_are_counted_from_the_few(struct sql *sql)
{
    static const char *const few[] = {"relay_waiting", "relay_unheard", "outbox_unsure",
                                      "cascade_live"};
    char text[SQL_VIEW_SIZE], plan[PLAN_SIZE];

    assert_true(sql_view_render(VIEW_FIGURES, &(struct view_filter){.limit = 1}, text));
    assert_non_null(strstr(text, "due_at LIMIT 10000"));
    explain(sql, text, plan);
    for (size_t i = 0; i < sizeof few / sizeof few[0]; i++)
        assert_non_null(strstr(plan, few[i]));
    for (char *step = strtok(plan, ";"); step; step = strtok(NULL, ";"))
        if (reads_a_whole_table(step) && !strstr(step, "INDEX "))
            fail_msg("a whole table: %s", step);
}

/* Of each queue one row, found by its sender. */
static void queues_are_stepped_over(struct sql *sql)
{
    char text[SQL_VIEW_SIZE], plan[PLAN_SIZE];
    int steps = 0;

    assert_true(sql_view_render(VIEW_QUEUES, &(struct view_filter){.limit = 1}, text));
    explain(sql, text, plan);
    for (char *step = strtok(plan, ";"); step; step = strtok(NULL, ";")) {
        if (strstr(step, "SCAN outbox"))
            fail_msg("a whole table: %s", step);
        if (!strstr(step, "SEARCH outbox"))
            continue;
        steps++;
        if (!strstr(step, "outbox_ready (tenant=? AND sender=? AND kind=? AND class=?)") &&
            !strstr(step, "outbox_ready (tenant=? AND sender>?)") &&
            !strstr(step, "outbox_ready (tenant=?)") && !strstr(step, "(tenant>?)"))
            fail_msg("more than a step: %s", step);
    }
    assert_true(steps >= 6);
}

static void every_list_is_answered_from_an_index(void **unused)
{
    struct store *store = file_open();
    struct sql *sql = NULL;
    char why[SQL_WHY_SIZE], text[SQL_VIEW_SIZE], plan[PLAN_SIZE];

    (void)unused;
    assert_int_equal(sqlite_sql_open(file_path, NULL, 0, &sql, why), ERR_NONE);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(sql_view_render(rows[i].view, &rows[i].filter, text));
        explain(sql, text, plan);
        if (!strstr(plan, rows[i].uses) || reads_a_whole_table(plan))
            fail_msg("%s: %s", rows[i].says, plan);
    }
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
        explain(sql, reports[i].text, plan);
        if (!strstr(plan, reports[i].uses))
            fail_msg("%s: %s", reports[i].says, plan);
    }
    figures_are_counted_from_the_few(sql);
    queues_are_stepped_over(sql);
    sql_close(&sql);
    store_close(&store);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, file_set_up, file_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_text_file_is_not_a_database),
        EACH(a_damaged_file_is_said_to_be_damaged),
        EACH(a_damaged_row_is_an_error_and_not_absent),
        EACH(a_newer_schema_is_refused),
        EACH(another_programs_database_is_refused),
        EACH(a_folder_that_is_not_there_is_named),
        EACH(a_folder_that_cannot_be_written_is_named),
        EACH(a_folder_in_its_place_is_refused),
        EACH(the_file_is_its_owners_alone),
        EACH(a_lock_of_another_program_is_busy_and_no_hang),
        EACH(a_full_disk_keeps_what_was_saved_and_mends_itself),
        EACH(a_report_reads_its_own_days_alone),
        EACH(what_each_text_and_call_writes_makes_no_table),
        EACH(every_statement_is_answered_from_an_index),
        EACH(every_list_is_answered_from_an_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
