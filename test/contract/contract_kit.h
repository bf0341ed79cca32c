/* contract/contract_kit.h - what the suites of the store's contract share: an open store, the
 * working set, rows to be kept and how they are compared.
 *
 * Suites are written against store/store.h alone, so that each back end can be held to them.
 */
#ifndef CONTRACT_CONTRACT_KIT_H
#define CONTRACT_CONTRACT_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sql/sql.h"
#include "store/store.h"

static const int64_t NOW = 1790000000000;

/* Where the rows of a test go. PostgreSQL is tested when NEXTRING_TEST_DATABASE names one: each
 * test makes a schema of its own in it. */
enum kit_place {
    KIT_FILE,
    KIT_MEMORY,
    KIT_POSTGRES,
    KIT_DISTRIBUTED, /* there, the variant to be spread by tenant */
};
struct kit_opener {
    const char *says;
    enum kit_place place;
};

struct kit {
    struct store *store;
    struct arena *arena;
    struct id_maker ids;
    struct facts facts;
    enum kit_place place;
    char folder[64], path[512]; /* the file, or the address */
    char schema[64];
};

/* Of the test that runs. */
extern struct kit kit;

#define GOOD(e) assert_int_equal((e), ERR_NONE)
#define KIT_TEST(test)                               \
    {                                                \
#test, test, kit_set_up, kit_tear_down, NULL \
    }

/* The suites. */
extern const struct CMUnitTest contract_rows[], contract_desk[], contract_jobs[], contract_queue[],
    contract_people[], contract_users[], contract_views[], contract_board[], contract_sweep[],
    contract_tenants[], contract_forget[], contract_report_only[];
extern const size_t contract_rows_count, contract_desk_count, contract_jobs_count,
    contract_queue_count, contract_people_count, contract_users_count, contract_views_count,
    contract_board_count, contract_sweep_count, contract_tenants_count, contract_forget_count,
    contract_report_only_count;

/* The test's state is a kit_opener. */
int kit_set_up(void **state);
/* Whether there is a PostgreSQL to test with. */
bool kit_has_postgres(void);
/* Another connection to where the store's rows are. */
struct sql *kit_beside(void);
/* Runs statements there, committed; the test fails when they do. */
void kit_run_beside(const char *text);
int kit_tear_down(void **state);
void kit_open(void);
/* Closes and opens again; memory, which would forget, stays as it is. */
void kit_reopen(void);
/* A new working set; save and load fail the test when the store does, save begins anew. */
void kit_begin(void);
void kit_save(void);
void kit_load(void);

/* Rows with new ids. */
int32_t kit_tenant(const char *slug);
struct plan *kit_plan(void);
struct thread kit_thread(int32_t tenant, const char *customer);
struct relay kit_relay(int32_t tenant, int64_t thread); /* every field set */
struct message kit_message(int32_t tenant, int64_t thread);
struct outbox kit_outbox(int32_t tenant, enum outbox_class class, int64_t due_ms);

void kit_same_thread(const struct thread *got, const struct thread *want);
void kit_same_relay(const struct relay *got, const struct relay *want);
void kit_same_cascade(const struct cascade *got, const struct cascade *want);
void kit_same_message(const struct message *got, const struct message *want);
void kit_same_outbox(const struct outbox *got, const struct outbox *want);
void kit_same_link(const struct link *got, const struct link *want);
void kit_same_duty(const struct duty *got, const struct duty *want);
void kit_same_consent(const struct consent *got, const struct consent *want);
void kit_same_question(const struct question *got, const struct question *want);
void kit_same_timer(const struct timer *got, const struct timer *want);
void kit_same_token(const struct token *got, const struct token *want);

/* What a view gave: the ids of its rows, and the last row as "name=value;" ("name;" for null). */
struct kit_seen {
    int64_t ids[64];
    size_t count;
    char last[1024];
};
/* Lists up to 50 rows when the filter names no limit. */
struct kit_seen kit_look(enum view view, struct view_filter filter);
void kit_has(const struct kit_seen *seen, const char *cell);
void kit_see(void *ctx, const struct view_cell *cells, size_t count);

#endif
