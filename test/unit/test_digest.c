#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/base64.h"
#include "codec/digest.h"

static struct arena *arena;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static void assert_hex(const uint8_t *bytes, size_t size, const char *want)
{
    assert_string_equal(base64_hex_render(arena, bytes, size).data, want);
}

/* RFC 2202, cases 1, 2 and 6. */
static void hmac_sha1_gives_the_published_values(void **unused)
{
    char long_key[80];
    uint8_t out[DIGEST_SHA1_BYTES];
    const struct span hi = SPAN("Hi There");
    const struct span want[] = {SPAN("what do ya want "), SPAN(""), SPAN("for nothing?")};
    const struct span larger = SPAN("Test Using Larger Than Block-Size Key - Hash Key First");

    (void)unused;
    for (size_t i = 0; i < sizeof long_key; i++)
        long_key[i] = (char)0xaa;
    struct digest_key *b = digest_key_open(
        SPAN("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"));
    struct digest_key *jefe = digest_key_open(SPAN("Jefe"));
    struct digest_key *large = digest_key_open((struct span){long_key, sizeof long_key});
    digest_hmac_sha1(b, &hi, 1, out);
    assert_hex(out, sizeof out, "b617318655057264e28bc0b6fb378c8ef146be00");
    digest_hmac_sha1(jefe, want, 3, out);
    assert_hex(out, sizeof out, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    digest_hmac_sha1(large, &larger, 1, out);
    assert_hex(out, sizeof out, "aa4ae5e15272d00e95705637ce8a3b55ed402112");
    digest_key_close(&b);
    digest_key_close(&jefe);
    digest_key_close(&large);
    assert_null(large);
    digest_key_close(&large);
}

static void how_a_message_is_cut_into_parts_does_not_matter(void **unused)
{
    enum { BYTES = 5000 };
    char *text = arena_alloc(arena, BYTES);
    struct digest_key *key = digest_key_open(SPAN("key"));
    uint8_t whole[DIGEST_SHA1_BYTES], cut[DIGEST_SHA1_BYTES];

    (void)unused;
    for (int i = 0; i < BYTES; i++)
        text[i] = (char)(i * 7);
    const struct span one = {text, BYTES};
    digest_hmac_sha1(key, &one, 1, whole);
    for (size_t at = 0; at <= BYTES; at += 250) {
        const struct span parts[] = {
            {text, at / 2}, {text + at / 2, at - at / 2}, {NULL, 0}, {text + at, BYTES - at}};
        digest_hmac_sha1(key, parts, 4, cut);
        assert_memory_equal(whole, cut, sizeof cut);
    }
    digest_key_close(&key);
}

/* RFC 4231 case 2, and FIPS 180-4's "abc" and the empty text. */
static void sha256_gives_the_published_values(void **unused)
{
    uint8_t out[DIGEST_SHA256_BYTES];

    (void)unused;
    digest_hmac_sha256(SPAN("Jefe"), SPAN("what do ya want for nothing?"), out);
    assert_hex(out, sizeof out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    digest_sha256(SPAN("abc"), out);
    assert_hex(out, sizeof out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_sha256((struct span){NULL, 0}, out);
    assert_hex(out, sizeof out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void a_hash_used_again_gives_the_same(void **unused)
{
    struct digest_hash *hash = digest_hash_open();
    uint8_t out[DIGEST_SHA256_BYTES], again[DIGEST_SHA256_BYTES];
    const struct span texts[] = {SPAN("abc"), {NULL, 0}, SPAN("abc"), SPAN("a longer text")};

    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        digest_sha256(texts[i], out);
        digest_hash_sha256(hash, texts[i], again);
        assert_memory_equal(out, again, sizeof out);
        digest_hash_sha256(NULL, texts[i], again);
        assert_memory_equal(out, again, sizeof out);
    }
    digest_sha256(SPAN("abcdef"), out);
    digest_hash_begin(hash);
    digest_hash_add(hash, SPAN("abc"));
    digest_hash_add(hash, (struct span){NULL, 0});
    digest_hash_add(hash, SPAN("def"));
    digest_hash_end(hash, again);
    assert_memory_equal(out, again, sizeof out);
    digest_hash_close(&hash);
    assert_null(hash);
}

static void equal_looks_at_every_byte_it_is_told_to(void **unused)
{
    (void)unused;
    assert_true(digest_equal("abcd", "abcd", 4));
    assert_true(digest_equal("abcd", "abcx", 3));
    assert_false(digest_equal("abcd", "abcx", 4));
    assert_false(digest_equal("xbcd", "abcd", 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac_sha1_gives_the_published_values),
        cmocka_unit_test(how_a_message_is_cut_into_parts_does_not_matter),
        cmocka_unit_test(sha256_gives_the_published_values),
        cmocka_unit_test(a_hash_used_again_gives_the_same),
        cmocka_unit_test(equal_looks_at_every_byte_it_is_told_to),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
