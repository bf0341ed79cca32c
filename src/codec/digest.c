/* OpenSSL's EVP_MAC keeps a copy of an HMAC's key in ordinary memory, which cannot be locked. Its
 * older HMAC_CTX keeps the two hashes that the key begins alone, and is a fifth faster. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "codec/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"

/* A call of the library costs more than hashing a short part, so parts are put together here
 * first; a signed webhook has some forty of them, most under twenty bytes. */
enum { GATHER_BYTES = 1024 };

struct digest_key {
    HMAC_CTX *mac;
    EVP_MD *sha1;
    char gathered[GATHER_BYTES];
};

struct digest_key *digest_key_open(struct span secret)
{
    struct digest_key *key = arena_must_alloc(sizeof *key);
    const char *bytes = secret.size ? secret.data : "";

    CHECK(secret.size <= INT32_MAX);
    key->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    key->mac = HMAC_CTX_new();
    CHECK(key->sha1 && key->mac &&
          HMAC_Init_ex(key->mac, bytes, (int)secret.size, key->sha1, NULL));
    return key;
}

void digest_key_close(struct digest_key **key)
{
    if (!*key)
        return;
    HMAC_CTX_free((*key)->mac); /* wipes what it has */
    EVP_MD_free((*key)->sha1);
    OPENSSL_cleanse(*key, sizeof **key);
    free(*key);
    *key = NULL;
}

static void feed(struct digest_key *key, const char *bytes, size_t size)
{
    if (size > 0)
        CHECK(HMAC_Update(key->mac, (const unsigned char *)bytes, size));
}

void digest_hmac_sha1(struct digest_key *key, const struct span *parts, size_t count,
                      uint8_t out[DIGEST_SHA1_BYTES])
{
    size_t used = 0;
    unsigned written = 0;

    CHECK(HMAC_Init_ex(key->mac, NULL, 0, NULL, NULL)); /* begins anew by the same key */
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size > GATHER_BYTES - used) {
            feed(key, key->gathered, used);
            used = 0;
        }
        if (parts[i].size > GATHER_BYTES) {
            feed(key, parts[i].data, parts[i].size);
        } else if (parts[i].size > 0) {
            memcpy(key->gathered + used, parts[i].data, parts[i].size);
            used += parts[i].size;
        }
    }
    feed(key, key->gathered, used);
    CHECK(HMAC_Final(key->mac, out, &written));
    CHECK(written == DIGEST_SHA1_BYTES);
}

void digest_hmac_sha256(struct span secret, struct span message, uint8_t out[DIGEST_SHA256_BYTES])
{
    unsigned written = 0;
    const char *key = secret.size ? secret.data : "";

    CHECK(secret.size <= INT32_MAX);
    CHECK(HMAC(EVP_sha256(), key, (int)secret.size, (const unsigned char *)message.data,
               message.size, out, &written));
    CHECK(written == DIGEST_SHA256_BYTES);
}

void digest_sha256(struct span message, uint8_t out[DIGEST_SHA256_BYTES])
{
    unsigned written = 0;

    CHECK(EVP_Digest(message.size ? message.data : "", message.size, out, &written, EVP_sha256(),
                     NULL));
    CHECK(written == DIGEST_SHA256_BYTES);
}

struct digest_hash *digest_hash_open(void)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);

    CHECK(ctx && sha256 && EVP_DigestInit_ex2(ctx, sha256, NULL));
    EVP_MD_free(sha256); /* the context holds it */
    return (struct digest_hash *)ctx;
}

void digest_hash_close(struct digest_hash **hash)
{
    EVP_MD_CTX_free((EVP_MD_CTX *)*hash);
    *hash = NULL;
}

void digest_hash_begin(struct digest_hash *hash)
{
    CHECK(EVP_DigestInit_ex2((EVP_MD_CTX *)hash, NULL, NULL));
}

void digest_hash_add(struct digest_hash *hash, struct span piece)
{
    if (piece.size)
        CHECK(EVP_DigestUpdate((EVP_MD_CTX *)hash, piece.data, piece.size));
}

void digest_hash_end(struct digest_hash *hash, uint8_t out[DIGEST_SHA256_BYTES])
{
    unsigned written = 0;

    CHECK(EVP_DigestFinal_ex((EVP_MD_CTX *)hash, out, &written));
    CHECK(written == DIGEST_SHA256_BYTES);
}

void digest_hash_sha256(struct digest_hash *hash, struct span message,
                        uint8_t out[DIGEST_SHA256_BYTES])
{
    EVP_MD_CTX *ctx = (EVP_MD_CTX *)hash;
    unsigned written = 0;

    if (!hash) {
        digest_sha256(message, out);
        return;
    }
    CHECK(EVP_DigestInit_ex2(ctx, NULL, NULL) &&
          EVP_DigestUpdate(ctx, message.size ? message.data : "", message.size) &&
          EVP_DigestFinal_ex(ctx, out, &written));
    CHECK(written == DIGEST_SHA256_BYTES);
}

bool digest_equal(const void *a, const void *b, size_t size)
{
    return CRYPTO_memcmp(a, b, size) == 0;
}
