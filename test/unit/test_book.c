#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "river/book.h"

enum { POOL = 1, OTHER_POOL, SUB, OWN, OTHER_SUB, TENANTS = OTHER_SUB };

#define ONE "+16195550101"
#define TWO "+16195550102"
#define THREE "+16195550103"
#define FOUR "+16195550104"
#define SHARED "+16195550105"

static const struct line lines[TENANTS + 1][2] = {
    [POOL] = {{.number = ONE}},
    [OTHER_POOL] = {{.number = TWO}},
    [SUB] = {{.number = THREE}, {.number = SHARED}},
    [OWN] = {{.number = FOUR}},
    [OTHER_SUB] = {{.number = SHARED}, {.number = FOUR}},
};
static struct roster rosters[TENANTS + 1];
static struct book *book;

static struct book_entry entry(int tenant, const char *account, int line_count, bool is_hosted)
{
    struct roster *r = &rosters[tenant];

    *r = (struct roster){.lines = lines[tenant], .line_count = (uint16_t)line_count};
    r->tenant[0] = (char)('a' + tenant);
    strcpy(r->account_sid, account);
    return (struct book_entry){.tenant = tenant, .roster = r, .is_hosted = is_hosted};
}

static int set_up(void **unused)
{
    struct book_entry entries[] = {entry(POOL, "AChost", 1, true),
                                   entry(OTHER_POOL, "AChost", 1, true),
                                   entry(SUB, "ACsub", 2, true), entry(OWN, "ACown", 1, false),
                                   entry(OTHER_SUB, "ACsub2", 2, true)};

    (void)unused;
    entries[2].terms = (struct tenant_terms){TENANT_SUSPENDED, 5, 0, 0};
    book = book_open(entries, TENANTS);
    book->host = "AChost";
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    book_close(&book);
    return 0;
}

/* clang-format off */
static const struct row {
    const char *says, *account, *number;
    bool by_host;
    int tenant; /* 0: nobody */
} rows[] = {
    {"a number of the pool is its tenant's", "AChost", ONE, true, POOL},
    {"... and the other one the other's", "AChost", TWO, true, OTHER_POOL},
    {"a subaccount's own number", "ACsub", THREE, true, SUB},
    {"an own account's own number", "ACown", FOUR, false, OWN},
    {"the master's account bears a subaccount's number", "AChost", THREE, true, SUB},
    {"a subaccount does not bear a number of the pool", "ACsub", ONE, true, 0},
    {"a subaccount does not bear another one's", "ACsub2", THREE, true, 0},
    {"a number of two subaccounts is nobody's", "AChost", SHARED, true, 0},
    {"... but each one's by its account", "ACsub2", SHARED, true, OTHER_SUB},
    {"whoever signs himself gets nothing of the pool", "ACown", ONE, false, 0},
    {"... nor of a subaccount", "ACown", THREE, false, 0},
    {"a subaccount that signs itself gets nothing of the pool", "ACsub", ONE, false, 0},
    {"the host's webhooks do not lead to an account of its own", "AChost", FOUR, true, OTHER_SUB},
    {"a number of no roster", "AChost", "+16195550199", true, 0},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct book_line *at =
            book_place(book, span_of(r->account), span_of(r->number), r->by_host);
        if ((at ? at->tenant : 0) != r->tenant)
            fail_msg("not so: %s (%d)", r->says, at ? (int)at->tenant : 0);
    }
}

static void a_legs_address_names_a_tenant_of_the_account(void **unused)
{
    (void)unused;
    assert_true(book_speaks(book, SPAN("ACown"), OWN, false));
    assert_false(book_speaks(book, SPAN("ACown"), POOL, false));
    assert_false(book_speaks(book, SPAN("ACown"), SUB, false));
    assert_true(book_speaks(book, SPAN("AChost"), SUB, true));
    assert_false(book_speaks(book, SPAN("AChost"), OWN, true));
    assert_false(book_speaks(book, SPAN("ACsub"), POOL, true));
    assert_false(book_speaks(book, SPAN("ACsub"), OTHER_SUB, true));
    assert_false(book_speaks(book, SPAN("AChost"), 77, true));
}

static void terms_are_the_entrys_or_the_usual_ones(void **unused)
{
    (void)unused;
    assert_int_equal(book_terms(book, SUB)->weight, 5);
    assert_int_equal(book_terms(book, SUB)->state, TENANT_SUSPENDED);
    assert_ptr_equal(book_terms(book, POOL), &tenant_terms_usual);
    assert_ptr_equal(book_terms(book, 77), &tenant_terms_usual);
    assert_ptr_equal(book_terms(NULL, POOL), &tenant_terms_usual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_row_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_legs_address_names_a_tenant_of_the_account, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(terms_are_the_entrys_or_the_usual_ones, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
