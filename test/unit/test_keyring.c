#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "vault/keyring.h"

static char folder[64], path[96];
static struct arena *arena;
static struct mistakes *mistakes;

static int begin(void **unused)
{
    (void)unused;
    strcpy(folder, "/tmp/nextring-keyring.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/nextring.key", folder);
    arena = arena_open(0);
    mistakes = ARENA_NEW(arena, struct mistakes);
    mistakes_init(mistakes, arena);
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    unlink(path);
    rmdir(folder);
    arena_close(&arena);
    return 0;
}

/* Each letter stands for 32 bytes that are a key's. */
static void write_keys(const char *letters, size_t more, mode_t mode)
{
    FILE *f = fopen(path, "w");

    for (; *letters; letters++)
        for (int i = 0; i < 32; i++)
            putc(*letters + i, f);
    for (size_t i = 0; i < more; i++)
        putc('\n', f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static enum err open_ring(struct keyring **out)
{
    const struct keyring_from from = {.file = path, .self = geteuid()};

    return keyring_open(&from, out, mistakes);
}

static struct keyring *ring_of(const char *letters)
{
    struct keyring *ring = NULL;

    write_keys(letters, 0, 0600);
    assert_int_equal(open_ring(&ring), ERR_NONE);
    return ring;
}

static void assert_refused(const char *words)
{
    struct keyring *ring = NULL;

    assert_int_not_equal(open_ring(&ring), ERR_NONE);
    assert_null(ring);
    assert_int_equal(mistakes->count, 1);
    const struct span line = mistakes_line(arena, &mistakes->list[0]);
    if (!memmem(line.data, line.size, words, strlen(words)))
        fail_msg("not there: %s: %.*s", words, SPAN_ARG(line));
    mistakes->count = 0;
}

static void a_secret_opens_where_it_belongs(void **unused)
{
    struct keyring *ring = ring_of("a");
    struct tenant_sealed row = {.tenant = 7, .name = TENANT_API_SECRET};
    char out[TENANT_SECRET_MAX + 1] = "";

    (void)unused;
    assert_int_equal(keyring_seal(ring, "AC1", SPAN("hush"), &row), ERR_NONE);
    assert_string_equal(row.key_id, keyring_id(ring));
    assert_true(keyring_has(ring, row.key_id));
    assert_false(keyring_has(ring, "0123456789abcdef"));
    assert_int_equal(keyring_unseal(ring, "AC1", &row, out), ERR_NONE);
    assert_string_equal(out, "hush");
    keyring_close(&ring);
    assert_null(ring);
}

static void a_row_that_was_swapped_does_not_open(void **unused)
{
    struct keyring *ring = ring_of("a");
    struct tenant_sealed row = {.tenant = 7, .name = TENANT_AUTH_TOKEN};
    char out[TENANT_SECRET_MAX + 1] = "";

    (void)unused;
    assert_int_equal(keyring_seal(ring, "AC1", SPAN("hush"), &row), ERR_NONE);
    row.tenant = 8;
    assert_int_equal(keyring_unseal(ring, "AC1", &row, out), ERR_DENIED);
    row.tenant = 7;
    row.name = TENANT_AUTH_TOKEN_2;
    assert_int_equal(keyring_unseal(ring, "AC1", &row, out), ERR_DENIED);
    row.name = TENANT_AUTH_TOKEN;
    assert_int_equal(keyring_unseal(ring, "AC2", &row, out), ERR_DENIED);
    row.size--;
    assert_int_equal(keyring_unseal(ring, "AC1", &row, out), ERR_DENIED);
    row.size = 3;
    assert_int_equal(keyring_unseal(ring, "AC1", &row, out), ERR_DENIED);
    row.size = TENANT_SEALED_MAX;
    assert_int_equal(keyring_unseal(ring, "AC1", &row, out), ERR_DENIED);
    assert_string_equal(out, "");
    keyring_close(&ring);
}

static void an_old_key_opens_and_the_first_seals(void **unused)
{
    struct keyring *ring = ring_of("a");
    struct tenant_sealed old = {.tenant = 7}, fresh = {.tenant = 7};
    char out[TENANT_SECRET_MAX + 1] = "";

    (void)unused;
    assert_int_equal(keyring_seal(ring, "AC1", SPAN("old"), &old), ERR_NONE);
    keyring_close(&ring);
    ring = ring_of("ba");
    assert_int_equal(keyring_count(ring), 2);
    assert_int_equal(keyring_unseal(ring, "AC1", &old, out), ERR_NONE);
    assert_int_equal(keyring_seal(ring, "AC1", SPAN("new"), &fresh), ERR_NONE);
    assert_string_not_equal(old.key_id, fresh.key_id);
    keyring_close(&ring);
    ring = ring_of("b");
    assert_int_equal(keyring_unseal(ring, "AC1", &old, out), ERR_NOT_FOUND);
    assert_int_equal(keyring_unseal(ring, "AC1", &fresh, out), ERR_NONE);
    assert_string_equal(out, "new");
    keyring_close(&ring);
}

static void without_a_file_nothing_is_sealed(void **unused)
{
    const struct keyring_from from = {.folder = folder, .self = geteuid()};
    struct keyring *ring = NULL;
    struct tenant_sealed row = {.tenant = 7};

    (void)unused;
    assert_int_equal(keyring_open(&from, &ring, mistakes), ERR_NONE);
    assert_int_equal(keyring_seal(ring, "AC1", SPAN("x"), &row), ERR_NOT_FOUND);
    keyring_close(&ring);
    assert_refused("NEXTRING_KEY_FILE"); /* one that was named must be there */
}

static void the_systemd_credential_goes_first(void **unused)
{
    struct keyring *ring = NULL;
    const struct keyring_from from = {
        .folder = folder, .file = "/tmp/nextring-no-such-file", .self = geteuid()};

    (void)unused;
    write_keys("a", 0, 0440); /* as systemd shows its access list */
    assert_int_equal(keyring_open(&from, &ring, mistakes), ERR_NONE);
    assert_int_equal(keyring_count(ring), 1);
    keyring_close(&ring);
}

static void a_file_that_is_none_is_refused_with_its_mend(void **unused)
{
    (void)unused;
    write_keys("a", 0, 0640);
    assert_refused("chmod 600");
    write_keys("a", 1, 0600);
    assert_refused("has 33 bytes");
    write_keys("", 0, 0600);
    assert_refused("head -c 32 /dev/urandom");
    write_keys("abcde", 0, 0600);
    assert_refused("1"); /* five are too many */
    write_keys("", 32, 0600);
    assert_refused("one byte again and again");
}

static void a_value_that_is_too_long_is_refused(void **unused)
{
    struct keyring *ring = ring_of("a");
    struct tenant_sealed row = {.tenant = 7};
    char out[TENANT_SECRET_MAX + 1];
    char value[TENANT_SECRET_MAX + 1];

    (void)unused;
    memset(value, 'x', sizeof value);
    assert_int_equal(keyring_seal(ring, "A", (struct span){value, sizeof value}, &row), ERR_FULL);
    assert_int_equal(keyring_seal(ring, "A", (struct span){value, TENANT_SECRET_MAX}, &row),
                     ERR_NONE);
    assert_int_equal(keyring_unseal(ring, "A", &row, out), ERR_NONE);
    assert_int_equal(strlen(out), TENANT_SECRET_MAX);
    keyring_close(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_secret_opens_where_it_belongs, begin, end),
        cmocka_unit_test_setup_teardown(a_row_that_was_swapped_does_not_open, begin, end),
        cmocka_unit_test_setup_teardown(an_old_key_opens_and_the_first_seals, begin, end),
        cmocka_unit_test_setup_teardown(without_a_file_nothing_is_sealed, begin, end),
        cmocka_unit_test_setup_teardown(the_systemd_credential_goes_first, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_is_none_is_refused_with_its_mend, begin, end),
        cmocka_unit_test_setup_teardown(a_value_that_is_too_long_is_refused, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
