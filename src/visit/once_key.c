#include "visit/once_key.h"

#include "base/hash.h"

enum { KEY_BYTES_MAX = 128 };

/* Of what is asked, and who asks: a repeat has the same. Never 0. */
static int64_t print_of(const struct visit *v)
{
    const int64_t who = v->user ? v->user->id : v->token;
    const struct span parts[] = {v->path,    SPAN("?"), v->query,
                                 SPAN("\n"), v->body,   {(const char *)&who, sizeof who}};
    uint64_t h = HASH_BEGIN;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        h = hash_span(h, parts[i]);
    return (int64_t)(h >> 1 | 1);
}

static bool is_printable(struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] <= ' ' || text.data[i] >= 0x7f)
            return false;
    return true;
}

bool once_key_take(struct visit *v)
{
    const struct span key =
        v->rq ? arena_copy(v->arena, span_trim(http_header(v->rq, "Idempotency-Key")))
              : (struct span){NULL, 0};

    if (key.size > KEY_BYTES_MAX || !is_printable(key)) {
        visit_fail(v, &(struct visit_error){
                          .status = 400,
                          .field = "Idempotency-Key",
                          .message = "a key is at most 128 letters, digits and signs",
                          .help = "a random one for each act; the same when it is tried again"});
        return false;
    }
    v->work.event.once_key = key;
    v->work.event.once_print = print_of(v);
    return true;
}
