#include "backup/bucket_keys.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "keys/aws_role.h"

enum {
    BEFORE_END_MS = 5 * 60000, /* Amazon has the next ones that early */
    AGAIN_MS = 60000,          /* after a failure */
};

struct bucket_keys {
    struct address_keys keys;
    struct arena *locked; /* of a role's; NULL: they are the settings' */
    int64_t until_ms;     /* 0: for good, as far as is known */
    int64_t again_ms;     /* after a failure: not before */
};

static int64_t now_ms(void)
{
    return (int64_t)time(NULL) * 1000;
}

static enum err ask(struct bucket_keys *k, char why[BUCKET_WHY_SIZE])
{
    struct arena *locked = arena_open_locked(0);
    struct aws_role_keys found;
    const char *cause = NULL;
    const enum err e = aws_role_get(locked, environ, k->keys.region, &found, &cause);

    if (e) {
        snprintf(why, BUCKET_WHY_SIZE,
                 "s3:// needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or a "
                 "role: %s",
                 cause);
        arena_close(&locked);
        k->again_ms = now_ms() + AGAIN_MS;
        return e;
    }
    arena_close(&k->locked);
    k->locked = locked;
    k->keys.key_id = found.key_id;
    k->keys.secret = found.secret;
    k->keys.session_token = found.session_token;
    k->until_ms = found.until_ms;
    return ERR_NONE;
}

enum err bucket_keys_open(struct arena *arena, const struct settings *settings,
                          struct bucket_keys **out, char why[BUCKET_WHY_SIZE])
{
    struct bucket_keys *k = ARENA_NEW(arena, struct bucket_keys);

    k->keys = address_keys_of(settings);
    *out = k;
    return k->keys.key_id && k->keys.secret ? ERR_NONE : ask(k, why);
}

/* Those before are used as long as they last: S3 tells when they do not. */
const struct address_keys *bucket_keys_now(struct bucket_keys *k)
{
    char why[BUCKET_WHY_SIZE];
    const int64_t now = now_ms();

    if (k->locked && k->until_ms && now > k->until_ms - BEFORE_END_MS && now >= k->again_ms &&
        ask(k, why))
        fprintf(stderr, "nextring: %s; those before are used as long as they last\n", why);
    return &k->keys;
}
