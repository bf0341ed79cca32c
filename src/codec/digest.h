/* codec/digest.h - hashes: HMAC-SHA1 with a kept key, HMAC-SHA256, SHA-256, equal in constant
 * time.
 *
 * Owns: a digest_key keeps the keyed context, so that one signature costs well under 1 us.
 * Threads: a key belongs to one thread at a time; the rest any.
 * Source: RFC 2104, FIPS 180-4; OpenSSL EVP_MAC.
 */
#ifndef CODEC_DIGEST_H
#define CODEC_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum { DIGEST_SHA1_BYTES = 20, DIGEST_SHA256_BYTES = 32 };

struct digest_key;

/* The secret itself is not kept: what is, makes its hashes, and does not lead back to it. */
struct digest_key *digest_key_open(struct span secret);
/* Wipes and releases; accepts a pointer to NULL and leaves NULL. */
void digest_key_close(struct digest_key **key);
/* HMAC-SHA1 over the parts in order. */
void digest_hmac_sha1(struct digest_key *key, const struct span *parts, size_t count,
                      uint8_t out[DIGEST_SHA1_BYTES]);

void digest_hmac_sha256(struct span secret, struct span message, uint8_t out[DIGEST_SHA256_BYTES]);
/* For many of them: about half the time, as the library looks for the algorithm once. */
struct digest_hash;
struct digest_hash *digest_hash_open(void);
void digest_hash_close(struct digest_hash **hash);
/* `hash` NULL: as digest_sha256. */
void digest_hash_sha256(struct digest_hash *hash, struct span message,
                        uint8_t out[DIGEST_SHA256_BYTES]);

/* SHA-256 of what comes piece by piece: begin, add as often as there is something, end. */
void digest_hash_begin(struct digest_hash *hash);
void digest_hash_add(struct digest_hash *hash, struct span piece);
void digest_hash_end(struct digest_hash *hash, uint8_t out[DIGEST_SHA256_BYTES]);

void digest_sha256(struct span message, uint8_t out[DIGEST_SHA256_BYTES]);
/* True when the first `size` bytes agree; its time does not tell where they differ. */
bool digest_equal(const void *a, const void *b, size_t size);

#endif
