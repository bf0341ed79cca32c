#include "provider/callback.h"

#include "base/id.h"
#include "codec/base64.h"
#include "codec/digest.h"

enum { MARK_BYTES = (CALLBACK_MARK_SIZE - 1) / 2 };

static void mark(const struct callback *c, struct span m, uint8_t out[DIGEST_SHA256_BYTES])
{
    digest_hmac_sha256((struct span){(const char *)c->key, CALLBACK_KEY_BYTES}, m, out);
}

struct span callback_url(struct arena *arena, const struct callback *c, const char *path,
                         int64_t id)
{
    uint8_t bytes[DIGEST_SHA256_BYTES];
    char m[ID_TEXT_SIZE + 1];

    id_render(id, m);
    mark(c, span_of(m), bytes);
    const struct span k = base64_hex_render(arena, bytes, MARK_BYTES);
    return span_of(
        arena_printf(arena, "%.*s%s?m=%s&k=%.*s", SPAN_ARG(c->public_url), path, m, SPAN_ARG(k)));
}

bool callback_check(const struct callback *c, struct span m, struct span k, int64_t *out_id)
{
    uint8_t given[MARK_BYTES], bytes[DIGEST_SHA256_BYTES];
    int64_t id;

    if (!id_parse(m, &id) || !base64_hex_parse(k, given, sizeof given))
        return false;
    mark(c, m, bytes);
    if (!digest_equal(given, bytes, sizeof given))
        return false;
    *out_id = id;
    return true;
}
