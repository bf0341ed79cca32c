#include "net/request_pool.h"

#include <stdlib.h>

#include "base/check.h"

enum { SPARES = 256, ARENA_BYTES = 8192 };

struct request *request_pool_take(struct request_pool *pool, size_t max_body)
{
    struct request *r = pool->spare;

    if (r) {
        pool->spare = r->next;
        pool->spares--;
    } else {
        r = arena_must_alloc(sizeof *r);
        r->pub.arena = arena_open(ARENA_BYTES);
    }
    r->body = buf_in(r->pub.arena, max_body);
    r->next = pool->live;
    if (pool->live)
        pool->live->prev = r;
    pool->live = r;
    return r;
}

static void release(struct request *r)
{
    arena_close(&r->pub.arena);
    free(r);
}

void request_pool_give_back(struct request_pool *pool, struct request *r)
{
    struct arena *arena = r->pub.arena;

    *(r->prev ? &r->prev->next : &pool->live) = r->next;
    if (r->next)
        r->next->prev = r->prev;
    byte_queue_done(&r->stream.queue);
    if (pool->spares == SPARES) {
        release(r);
        return;
    }
    arena_reset(arena);
    *r = (struct request){.pub.arena = arena, .next = pool->spare};
    pool->spare = r;
    pool->spares++;
}

void request_pool_done(struct request_pool *pool)
{
    CHECK(!pool->live);
    for (struct request *r = pool->spare, *next; r; r = next) {
        next = r->next;
        release(r);
    }
    *pool = (struct request_pool){0};
}
