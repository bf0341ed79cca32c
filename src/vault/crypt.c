#include "vault/crypt.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/arena.h"
#include "base/check.h"

enum { NONCE_BYTES = 24, TAG_BYTES = 16, PAGE_BYTES = 4096 };

_Static_assert((int)CRYPT_KEY_BYTES == (int)crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "a key");
_Static_assert((int)NONCE_BYTES == (int)crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "a nonce");
_Static_assert((int)TAG_BYTES == (int)crypto_aead_xchacha20poly1305_ietf_ABYTES, "a tag");
_Static_assert((int)CRYPT_MORE_BYTES == (int)NONCE_BYTES + (int)TAG_BYTES, "a box");
_Static_assert((int)CRYPT_PASSWORD_SIZE == (int)crypto_pwhash_STRBYTES, "the same notation");

static void get_ready(void)
{
    CHECK(sodium_init() >= 0); /* again does nothing; any thread */
}

void crypt_seal(const uint8_t key[CRYPT_KEY_BYTES], struct span about, struct span plain,
                uint8_t *out)
{
    get_ready();
    randombytes_buf(out, NONCE_BYTES);
    CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(
              out + NONCE_BYTES, NULL, (const uint8_t *)plain.data, plain.size,
              (const uint8_t *)about.data, about.size, NULL, out, key) == 0);
}

enum err crypt_open(const uint8_t key[CRYPT_KEY_BYTES], struct span about, struct span sealed,
                    uint8_t *out)
{
    const uint8_t *box = (const uint8_t *)sealed.data;

    get_ready();
    if (sealed.size < CRYPT_MORE_BYTES)
        return ERR_DENIED;
    const size_t size = sealed.size - CRYPT_MORE_BYTES;
    uint8_t *plain = arena_must_alloc(size + 1);
    const bool is_right = crypto_aead_xchacha20poly1305_ietf_decrypt(
                              plain, NULL, NULL, box + NONCE_BYTES, sealed.size - NONCE_BYTES,
                              (const uint8_t *)about.data, about.size, box, key) == 0;
    if (is_right)
        memcpy(out, plain, size);
    sodium_memzero(plain, size + 1);
    free(plain);
    return is_right ? ERR_NONE : ERR_DENIED;
}

void crypt_id(const uint8_t key[CRYPT_KEY_BYTES], char out[CRYPT_ID_SIZE])
{
    static const char what[] = "nextring: the name of a key";
    uint8_t hash[crypto_generichash_BYTES_MIN];

    get_ready();
    CHECK(crypto_generichash(hash, sizeof hash, (const uint8_t *)what, sizeof what - 1, key,
                             CRYPT_KEY_BYTES) == 0);
    sodium_bin2hex(out, CRYPT_ID_SIZE, hash, (CRYPT_ID_SIZE - 1) / 2);
}

/* Whole pages, as that is what is locked and unlocked. */
static size_t pages(size_t bytes)
{
    return (bytes / PAGE_BYTES + 1) * PAGE_BYTES;
}

void *crypt_lock(size_t bytes, bool *out_locked)
{
    void *memory = NULL;

    get_ready();
    CHECK(posix_memalign(&memory, PAGE_BYTES, pages(bytes)) == 0);
    memset(memory, 0, pages(bytes));
    *out_locked = sodium_mlock(memory, pages(bytes)) == 0;
    return memory;
}

void crypt_unlock(void **memory, size_t bytes)
{
    if (!*memory)
        return;
    (void)sodium_munlock(*memory, pages(bytes)); /* wipes first, locked or not */
    free(*memory);
    *memory = NULL;
}

void crypt_wipe(void *memory, size_t bytes)
{
    sodium_memzero(memory, bytes);
}

enum err crypt_password(struct span password, char out[CRYPT_PASSWORD_SIZE])
{
    char hash[CRYPT_PASSWORD_SIZE];

    get_ready();
    if (crypto_pwhash_str_alg(hash, password.data, password.size,
                              crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13))
        return ERR_BUSY;
    memcpy(out, hash, sizeof hash);
    return ERR_NONE;
}

bool crypt_password_is(const char *hash, struct span password)
{
    get_ready();
    return crypto_pwhash_str_verify(hash, password.data, password.size) == 0;
}
