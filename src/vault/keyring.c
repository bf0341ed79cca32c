#include "vault/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "config/secret_file.h"
#include "vault/crypt.h"

enum { ABOUT_SIZE = 128 };

_Static_assert((int)TENANT_KEY_ID_SIZE == (int)CRYPT_ID_SIZE, "the same ids");
_Static_assert((int)TENANT_SEALED_MAX >= (int)TENANT_SECRET_MAX + (int)CRYPT_MORE_BYTES, "fits");

struct one_key {
    uint8_t key[CRYPT_KEY_BYTES];
    char id[CRYPT_ID_SIZE];
};

struct keyring {
    struct one_key *keys; /* KEYRING_MAX of them */
    int count;
    bool is_locked;
};

static enum err take_keys(struct keyring *ring, struct span text, const char *path,
                          const char *where, struct mistakes *mistakes)
{
    if (text.size == 0 || text.size % CRYPT_KEY_BYTES != 0 ||
        text.size > (size_t)KEYRING_MAX * CRYPT_KEY_BYTES) {
        mistakes_add(mistakes, path, 0, 0, where,
                     "has %zu bytes; a key has 32 random ones, and one to %d keys stand one after "
                     "the other: make it by head -c 32 /dev/urandom",
                     text.size, KEYRING_MAX);
        return ERR_BAD_INPUT;
    }
    for (size_t at = 0; at < text.size; at += CRYPT_KEY_BYTES) {
        struct one_key *k = &ring->keys[ring->count++];
        memcpy(k->key, text.data + at, CRYPT_KEY_BYTES);
        crypt_id(k->key, k->id);
    }
    return ERR_NONE;
}

/* A text that was given for random bytes. */
static enum err refuse_plain(const struct keyring *ring, const char *path, const char *where,
                             struct mistakes *mistakes)
{
    for (int i = 0; i < ring->count; i++) {
        int same = 0;
        for (int n = 1; n < CRYPT_KEY_BYTES; n++)
            same += ring->keys[i].key[n] == ring->keys[i].key[0];
        if (same < CRYPT_KEY_BYTES - 1)
            continue;
        mistakes_add(mistakes, path, 0, 0, where,
                     "is one byte again and again; make it by head -c 32 /dev/urandom");
        return ERR_BAD_INPUT;
    }
    return ERR_NONE;
}

static enum err read_ring(struct keyring *ring, const struct keyring_from *from,
                          struct arena *arena, struct mistakes *mistakes)
{
    const char *path = from->folder ? arena_printf(arena, "%s/nextring.key", from->folder) : NULL;
    const char *where = "nextring.key";
    enum secret_file_rule rule = SECRET_FILE_SYSTEMD;
    struct span text;

    if (!path || access(path, F_OK) != 0) {
        path = from->file;
        where = "NEXTRING_KEY_FILE";
        rule = SECRET_FILE_PRIVATE;
    }
    if (!path)
        return ERR_NONE;
    enum err err = secret_file_read(arena, path, where, rule, from->self, &text, mistakes);
    if (!err)
        err = take_keys(ring, text, path, where, mistakes);
    return err ? err : refuse_plain(ring, path, where, mistakes);
}

enum err keyring_open(const struct keyring_from *from, struct keyring **out,
                      struct mistakes *mistakes)
{
    struct keyring *ring = arena_must_alloc(sizeof *ring);
    struct arena *arena = arena_open(0);

    arena_mark_secret(arena);
    *ring = (struct keyring){.count = 0};
    ring->keys = crypt_lock(KEYRING_MAX * sizeof *ring->keys, &ring->is_locked);
    const enum err err = read_ring(ring, from, arena, mistakes);
    arena_close(&arena);
    if (err)
        keyring_close(&ring);
    else
        *out = ring;
    return err;
}

void keyring_close(struct keyring **ring)
{
    if (!*ring)
        return;
    void *keys = (*ring)->keys;
    crypt_unlock(&keys, KEYRING_MAX * sizeof *(*ring)->keys);
    free(*ring);
    *ring = NULL;
}

int keyring_count(const struct keyring *ring)
{
    return ring->count;
}

const char *keyring_id(const struct keyring *ring)
{
    return ring->count ? ring->keys[0].id : "";
}

bool keyring_is_locked(const struct keyring *ring)
{
    return ring->is_locked;
}

bool keyring_has(const struct keyring *ring, const char *key_id)
{
    for (int i = 0; i < ring->count; i++)
        if (strcmp(ring->keys[i].id, key_id) == 0)
            return true;
    return false;
}

static struct span about(const struct tenant_sealed *row, const char *account, char out[ABOUT_SIZE])
{
    snprintf(out, ABOUT_SIZE, "nextring-secret-1 %d %s %s", (int)row->tenant,
             tenant_secret_name(row->name), account);
    return span_of(out);
}

enum err keyring_seal(const struct keyring *ring, const char *account, struct span value,
                      struct tenant_sealed *row)
{
    char text[ABOUT_SIZE];

    if (!ring->count)
        return ERR_NOT_FOUND;
    if (value.size > TENANT_SECRET_MAX)
        return ERR_FULL;
    crypt_seal(ring->keys[0].key, about(row, account, text), value, row->bytes);
    row->size = (uint16_t)(value.size + CRYPT_MORE_BYTES);
    memcpy(row->key_id, ring->keys[0].id, sizeof row->key_id);
    return ERR_NONE;
}

enum err keyring_unseal(const struct keyring *ring, const char *account,
                        const struct tenant_sealed *row, char out[TENANT_SECRET_MAX + 1])
{
    const struct span sealed = {(const char *)row->bytes, row->size};
    char text[ABOUT_SIZE];

    if (row->size < CRYPT_MORE_BYTES || row->size > TENANT_SECRET_MAX + CRYPT_MORE_BYTES)
        return ERR_DENIED;
    for (int i = 0; i < ring->count; i++) {
        if (strcmp(ring->keys[i].id, row->key_id) != 0)
            continue;
        const enum err err =
            crypt_open(ring->keys[i].key, about(row, account, text), sealed, (uint8_t *)out);
        if (!err)
            out[row->size - CRYPT_MORE_BYTES] = 0;
        return err;
    }
    return ERR_NOT_FOUND;
}
