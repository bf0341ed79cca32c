/* What every back end of the store must do. Each suite runs once for each opener: a further back
 * end is one more row. */
#include "contract/contract_kit.h"

static const struct kit_opener openers[] = {{"SQLite in a file", KIT_FILE},
                                            {"SQLite in memory", KIT_MEMORY},
                                            {"PostgreSQL", KIT_POSTGRES},
                                            {"PostgreSQL, spread by tenant", KIT_DISTRIBUTED}};

enum { MOST = 64 };

static int run(const struct kit_opener *opener, const struct CMUnitTest *suite, size_t count)
{
    static struct CMUnitTest tests[MOST];

    assert_true(count <= MOST);
    for (size_t i = 0; i < count; i++) {
        tests[i] = suite[i];
        tests[i].initial_state = (void *)(uintptr_t)opener;
    }
    return _cmocka_run_group_tests(opener->says, tests, count, NULL, NULL);
}

int main(void)
{
    int failed = 0;

    for (size_t i = 0; i < sizeof openers / sizeof openers[0]; i++) {
        if (openers[i].place >= KIT_POSTGRES && !kit_has_postgres())
            continue;
        failed += run(&openers[i], contract_rows, contract_rows_count);
        failed += run(&openers[i], contract_desk, contract_desk_count);
        failed += run(&openers[i], contract_jobs, contract_jobs_count);
        failed += run(&openers[i], contract_queue, contract_queue_count);
        failed += run(&openers[i], contract_people, contract_people_count);
        failed += run(&openers[i], contract_users, contract_users_count);
        failed += run(&openers[i], contract_views, contract_views_count);
        failed += run(&openers[i], contract_board, contract_board_count);
        failed += run(&openers[i], contract_sweep, contract_sweep_count);
        failed += run(&openers[i], contract_tenants, contract_tenants_count);
        failed += run(&openers[i], contract_report_only, contract_report_only_count);
        failed += run(&openers[i], contract_forget, contract_forget_count);
    }
    return failed != 0;
}
