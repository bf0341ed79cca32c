#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "vault/crypt.h"

static const uint8_t key[CRYPT_KEY_BYTES] = {1, 2, 3}, other[CRYPT_KEY_BYTES] = {1, 2, 4};

static struct span box(uint8_t *bytes)
{
    crypt_seal(key, SPAN("about"), SPAN("secret"), bytes);
    return (struct span){(const char *)bytes, 6 + CRYPT_MORE_BYTES};
}

static void what_is_sealed_opens(void **unused)
{
    uint8_t bytes[64], again[64], out[64] = {0};
    const struct span sealed = box(bytes);

    (void)unused;
    assert_int_equal(crypt_open(key, SPAN("about"), sealed, out), ERR_NONE);
    assert_memory_equal(out, "secret", 6);
    box(again);
    assert_memory_not_equal(bytes, again, sealed.size); /* no two boxes are alike */
    assert_null(memmem(bytes, sealed.size, "secret", 6));
}

static void another_key_or_place_or_byte_does_not_open_it(void **unused)
{
    uint8_t bytes[64], out[64] = {0};
    const struct span sealed = box(bytes);

    (void)unused;
    assert_int_equal(crypt_open(other, SPAN("about"), sealed, out), ERR_DENIED);
    assert_int_equal(crypt_open(key, SPAN("About"), sealed, out), ERR_DENIED);
    for (size_t size = 0; size < sealed.size; size++)
        assert_int_equal(crypt_open(key, SPAN("about"), (struct span){sealed.data, size}, out),
                         ERR_DENIED);
    for (size_t i = 0; i < sealed.size; i++) {
        bytes[i] ^= 1;
        assert_int_equal(crypt_open(key, SPAN("about"), sealed, out), ERR_DENIED);
        bytes[i] ^= 1;
    }
    assert_int_equal(out[0], 0); /* nothing of it has come out */
}

static void keys_are_known_by_ids(void **unused)
{
    char a[CRYPT_ID_SIZE], b[CRYPT_ID_SIZE];

    (void)unused;
    crypt_id(key, a);
    crypt_id(other, b);
    assert_int_equal(strlen(a), CRYPT_ID_SIZE - 1);
    assert_string_not_equal(a, b);
}

static void locked_memory_is_empty_and_goes(void **unused)
{
    bool is_locked;
    void *memory = crypt_lock(10000, &is_locked);
    const uint8_t *bytes = memory;

    (void)unused;
    for (int i = 0; i < 10000; i++)
        assert_int_equal(bytes[i], 0);
    memset(memory, 7, 10000);
    crypt_wipe(memory, 10000);
    assert_int_equal(bytes[9999], 0);
    crypt_unlock(&memory, 10000);
    assert_null(memory);
    crypt_unlock(&memory, 10000);
}

static void a_password_is_known_by_its_hash(void **unused)
{
    char hash[CRYPT_PASSWORD_SIZE];

    (void)unused;
    assert_int_equal(crypt_password(SPAN("quite a long one"), hash), ERR_NONE);
    assert_true(crypt_password_is(hash, SPAN("quite a long one")));
    assert_false(crypt_password_is(hash, SPAN("quite a long One")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_opens),
        cmocka_unit_test(another_key_or_place_or_byte_does_not_open_it),
        cmocka_unit_test(keys_are_known_by_ids),
        cmocka_unit_test(locked_memory_is_empty_and_goes),
        cmocka_unit_test(a_password_is_known_by_its_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
