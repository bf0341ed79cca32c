#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "vault/vault.h"

/* By slug: one at an account of its own, one at a subaccount without and one with a token, two of
 * the pool, and two that share an account. */
static const struct tenant tenants[] = {
    {.id = 4, .slug = "own", .account = "ACown"},
    {.id = 9, .slug = "pool1", .account = "AChost"},
    {.id = 2, .slug = "pool2", .account = "AChost"},
    {.id = 5, .slug = "share1", .account = "ACtwo"},
    {.id = 6, .slug = "share2", .account = "ACtwo"},
    {.id = 1, .slug = "sub", .account = "ACsub"},
    {.id = 3, .slug = "subtok", .account = "ACsubt"},
};
enum { TENANTS = sizeof tenants / sizeof tenants[0], ROWS_MAX = 32 };

static struct keyring *ring;
static struct tenant_sealed rows[ROWS_MAX];
static size_t row_count;
static struct vault *vault;
static struct arena *arena;

static void give(int32_t id, const char *account, enum tenant_secret name, const char *value)
{
    struct tenant_sealed *row = &rows[row_count++];

    *row = (struct tenant_sealed){.tenant = id, .name = name};
    assert_int_equal(keyring_seal(ring, account, span_of(value), row), ERR_NONE);
}

static int begin(void **unused)
{
    static const struct vault_host host = {"AChost", "SKhost", "host-secret"};
    char path[] = "/tmp/nextring-vault.XXXXXX";
    const int fd = mkstemp(path);
    struct mistakes *mistakes;

    (void)unused;
    arena = arena_open(0);
    mistakes = ARENA_NEW(arena, struct mistakes);
    mistakes_init(mistakes, arena);
    assert_int_equal(write(fd, "0123456789abcdef0123456789abcdef", 32), 32);
    close(fd);
    const struct keyring_from from = {.file = path, .self = geteuid()};
    assert_int_equal(keyring_open(&from, &ring, mistakes), ERR_NONE);
    unlink(path);
    vault = vault_open(&host);
    row_count = 0;
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    vault_close(&vault);
    keyring_close(&ring);
    arena_close(&arena);
    return 0;
}

static void take(void)
{
    vault_take(vault, ring, tenants, TENANTS, rows, row_count);
}

/* Whether a webhook of `account` that was signed by `token` would be believed. */
static bool believes(const char *account, const char *token)
{
    struct span host = SPAN("host-token"), by = span_of(token);
    struct signature_keys *hosts = signature_keys_open(&host, 1);
    struct signature_keys *signs = signature_keys_open(&by, 1);
    struct signature_keys *own = vault_keys(vault, span_of(account));
    char text[SIGNATURE_TEXT_SIZE];
    struct signature_request request = {.method = SPAN("GET"),
                                        .url = SPAN("https://ring.example.com/x")};

    assert_int_equal(signature_sign(arena, signs, &request, false, text), ERR_NONE);
    request.signature = span_of(text);
    const bool is_right = signature_check(arena, own ? own : hosts, &request, NULL);
    signature_keys_close(&hosts);
    signature_keys_close(&signs);
    return is_right;
}

static void a_token_signs_for_its_own_account_alone(void **unused)
{
    (void)unused;
    give(4, "ACown", TENANT_AUTH_TOKEN, "own-token");
    give(3, "ACsubt", TENANT_AUTH_TOKEN, "sub-token");
    give(9, "AChost", TENANT_AUTH_TOKEN, "pool-token");
    give(5, "ACtwo", TENANT_AUTH_TOKEN, "share-token");
    take();

    static const char *const accounts[] = {"ACown", "AChost", "ACsub", "ACsubt", "ACtwo", "ACno"};
    static const char *const tokens[] = {"own-token",  "sub-token",   "pool-token",
                                         "host-token", "share-token", "other"};
    static const bool want[6][6] = {
        {true, false, false, false, false, false}, /* its own, and not even the host's */
        {false, false, false, true, false, false}, /* no tenant's signs as the host */
        {false, false, false, true, false, false}, /* a subaccount without a token */
        {false, true, false, false, false, false}, /* ... and with one */
        {false, false, false, true, false, false}, /* two at one account */
        {false, false, false, true, false, false}, /* nobody's: refused later, as it is unknown */
    };
    for (int a = 0; a < 6; a++)
        for (int t = 0; t < 6; t++)
            if (believes(accounts[a], tokens[t]) != want[a][t])
                fail_msg("%s signed by %s: %s", accounts[a], tokens[t],
                         want[a][t] ? "is refused" : "is believed");
    assert_int_equal(vault_sight(vault).shared, 2);
}

static void an_account_that_was_given_away_takes_no_token_along(void **unused)
{
    struct tenant moved[TENANTS];

    (void)unused;
    give(4, "ACown", TENANT_AUTH_TOKEN, "own-token");
    memcpy(moved, tenants, sizeof moved);
    strcpy(moved[0].account, "ACsub"); /* its roster names another's account */
    vault_take(vault, ring, moved, TENANTS, rows, row_count);
    assert_false(believes("ACsub", "own-token"));
    assert_int_equal(vault_sight(vault).unopened, 1);
}

static void two_tokens_count_while_one_replaces_the_other(void **unused)
{
    (void)unused;
    give(4, "ACown", TENANT_AUTH_TOKEN, "first");
    give(4, "ACown", TENANT_AUTH_TOKEN_2, "second");
    take();
    assert_true(believes("ACown", "first"));
    assert_true(believes("ACown", "second"));
    row_count = 0;
    give(4, "ACown", TENANT_AUTH_TOKEN, "second");
    take(); /* while it runs */
    assert_false(believes("ACown", "first"));
    assert_true(believes("ACown", "second"));
}

static void requests_go_by_the_tenants_own_key_where_it_has_one(void **unused)
{
    (void)unused;
    give(4, "ACown", TENANT_API_KEY, "SKown");
    give(4, "ACown", TENANT_API_SECRET, "own-secret");
    give(9, "AChost", TENANT_API_KEY, "SKpool");
    give(9, "AChost", TENANT_API_SECRET, "pool-secret");
    give(1, "ACsub", TENANT_API_KEY, "SKhalf"); /* a key without its secret is none */
    take();

    static const struct {
        int32_t tenant;
        const char *account, *user;
    } asks[] = {
        {4, "ACown", "SKown"},   {4, "AChost", "SKhost"}, {9, "AChost", "SKpool"},
        {2, "AChost", "SKhost"}, {1, "ACsub", "SKhost"},  {0, "ACown", "SKown"},
        {0, "AChost", "SKhost"}, {0, "ACsub", "SKhost"},  {77, "ACown", "SKhost"},
        {2, "ACown", "SKhost"},  {4, "", "SKown"},
    };
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        const struct vault_login login =
            vault_login(vault, asks[i].tenant, span_of(asks[i].account));
        if (strcmp(login.user, asks[i].user) != 0)
            fail_msg("tenant %d at %s goes by %s", (int)asks[i].tenant, asks[i].account,
                     login.user);
    }
    assert_string_equal(vault_login(vault, 4, SPAN("ACown")).password, "own-secret");
    assert_true(vault_has(vault, 4, TENANT_API_KEY));
    assert_false(vault_has(vault, 4, TENANT_AUTH_TOKEN));
}

static void accounts_are_known_and_hosted_or_not(void **unused)
{
    (void)unused;
    give(4, "ACown", TENANT_AUTH_TOKEN, "own-token");
    take();
    assert_true(vault_has_account(vault, SPAN("AChost")));
    assert_true(vault_has_account(vault, SPAN("ACown")));
    assert_true(vault_has_account(vault, SPAN("ACsub")));
    assert_false(vault_has_account(vault, SPAN("ACno")));
    assert_false(vault_has_account(vault, SPAN("")));
    assert_false(vault_is_hosted(vault, SPAN("ACown")));
    assert_true(vault_is_hosted(vault, SPAN("ACsub")));
    assert_true(vault_is_hosted(vault, SPAN("AChost")));
    assert_false(vault_is_hosted(vault, SPAN("ACno")));
    assert_string_equal(vault_tenant(vault, 9)->slug, "pool1");
    assert_null(vault_tenant(vault, 77));
}

static void without_its_key_a_secret_is_none(void **unused)
{
    (void)unused;
    give(4, "ACown", TENANT_AUTH_TOKEN, "own-token");
    strcpy(rows[0].key_id, "0000000000000000");
    take();
    assert_int_equal(vault_sight(vault).unopened, 1);
    assert_false(vault_has(vault, 4, TENANT_AUTH_TOKEN));
    vault_take(vault, NULL, tenants, TENANTS, rows, row_count); /* no ring at all */
    assert_int_equal(vault_sight(vault).unopened, 1);
    vault_take(vault, ring, NULL, 0, rows, row_count); /* of nobody */
    assert_int_equal(vault_sight(vault).unopened, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_signs_for_its_own_account_alone, begin, end),
        cmocka_unit_test_setup_teardown(an_account_that_was_given_away_takes_no_token_along, begin,
                                        end),
        cmocka_unit_test_setup_teardown(two_tokens_count_while_one_replaces_the_other, begin, end),
        cmocka_unit_test_setup_teardown(requests_go_by_the_tenants_own_key_where_it_has_one, begin,
                                        end),
        cmocka_unit_test_setup_teardown(accounts_are_known_and_hosted_or_not, begin, end),
        cmocka_unit_test_setup_teardown(without_its_key_a_secret_is_none, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
