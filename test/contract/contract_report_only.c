/* Lines in report-only mode. */
#include "contract/contract_kit.h"

#include <stdio.h>

#include "store/store_tenants.h"

static struct report_only lines[8];
static size_t line_count;

static void see_tenant(void *ctx, const struct tenant *t)
{
    (void)ctx;
    (void)t;
}

static void see_secret(void *ctx, const struct tenant_sealed *row)
{
    (void)ctx;
    (void)row;
}

static void see_line(void *ctx, const struct report_only *row)
{
    (void)ctx;
    lines[line_count++] = *row;
}

static void look(void)
{
    const struct store_tenants reader = {see_tenant, see_secret, NULL, see_line};

    line_count = 0;
    GOOD(store_tenants_read(kit.store, &reader));
}

static int32_t made(const char *slug)
{
    struct tenant t = {.account = "AC1", .terms = tenant_terms_usual};

    snprintf(t.slug, sizeof t.slug, "%s", slug);
    GOOD(store_tenants_add(kit.store, &t, NOW));
    return t.id;
}

static enum err put_line(int32_t tenant, const char *number, int64_t since_ms, int64_t until_ms)
{
    struct report_only row = {
        .tenant = tenant, .since_ms = since_ms, .until_ms = until_ms, .by = "Mara"};

    snprintf(row.line, sizeof row.line, "%s", number);
    return store_tenants_report_only(kit.store, &row);
}

static void a_line_is_in_report_only_mode_until_it_is_not(void **unused)
{
    (void)unused;
    const int64_t day = report_only_ms;
    const int32_t one = made("acme"), two = made("zeta");
    GOOD(put_line(two, "+13125550101", NOW, NOW + 5));
    GOOD(put_line(one, "+13125550102", NOW, NOW + day));
    GOOD(put_line(one, "+13125550101", NOW, NOW + day));
    assert_int_equal(put_line(one, "+13125550103", NOW, NOW + day + 1), ERR_BAD_INPUT);
    assert_int_equal(put_line(999, "+13125550103", NOW, NOW + day), ERR_NOT_FOUND);
    kit_reopen();
    look();
    assert_int_equal(line_count, 3);
    assert_int_equal(lines[0].tenant, one); /* by tenant and number */
    assert_string_equal(lines[0].line, "+13125550101");
    assert_string_equal(lines[1].line, "+13125550102");
    assert_int_equal(lines[2].tenant, two);
    assert_int_equal(lines[2].since_ms, NOW);
    assert_int_equal(lines[2].until_ms, NOW + 5);
    assert_string_equal(lines[2].by, "Mara");

    GOOD(put_line(one, "+13125550101", NOW + 7, NOW + 7 + day)); /* begins anew */
    GOOD(put_line(two, "+13125550101", NOW + 7, 0));             /* ends */
    look();
    assert_int_equal(line_count, 2);
    assert_int_equal(lines[0].until_ms, NOW + 7 + day);
    assert_int_equal(lines[1].until_ms, NOW + day);

    /* What has been over for a day goes with the next of that tenant. */
    GOOD(put_line(one, "+13125550101", NOW + 2 * day, NOW + 3 * day));
    look();
    assert_int_equal(line_count, 2);
    GOOD(put_line(one, "+13125550101", NOW + 2 * day + 1, NOW + 3 * day));
    look();
    assert_int_equal(line_count, 1);
}

const struct CMUnitTest contract_report_only[] = {
    KIT_TEST(a_line_is_in_report_only_mode_until_it_is_not),
};
const size_t contract_report_only_count =
    sizeof contract_report_only / sizeof contract_report_only[0];
