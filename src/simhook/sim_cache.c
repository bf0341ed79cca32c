#include "simhook/sim_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct kept {
    struct arena *arena; /* of all that follows; NULL: free */
    const char *owner, *url;
    struct sim_cached what;
};

struct sim_cache {
    struct kept list[SIM_CACHE_MAX];
    size_t next; /* the place that is used up next */
};

struct sim_cache *sim_cache_open(void)
{
    return arena_must_alloc(sizeof(struct sim_cache));
}

void sim_cache_close(struct sim_cache **cache)
{
    if (!*cache)
        return;
    for (size_t i = 0; i < SIM_CACHE_MAX; i++)
        arena_close(&(*cache)->list[i].arena);
    free(*cache);
    *cache = NULL;
}

static size_t place_of(const struct sim_cache *c, const char *owner, const char *url)
{
    size_t i = 0;

    while (i < SIM_CACHE_MAX &&
           (!c->list[i].arena || strcmp(c->list[i].url, url) || strcmp(c->list[i].owner, owner)))
        i++;
    return i;
}

bool sim_cache_find(const struct sim_cache *c, const char *owner, const char *url,
                    struct sim_cached *out)
{
    const size_t i = place_of(c, owner, url);

    if (i == SIM_CACHE_MAX)
        return false;
    *out = c->list[i].what;
    return true;
}

void sim_cache_keep(struct sim_cache *c, const char *owner, const char *url,
                    const struct sim_cached *what)
{
    const size_t there = place_of(c, owner, url);
    struct kept *k = &c->list[there < SIM_CACHE_MAX ? there : c->next];

    if (there == SIM_CACHE_MAX)
        c->next = (c->next + 1) % SIM_CACHE_MAX;
    arena_close(&k->arena);
    k->arena = arena_open(what->body.size + 512);
    k->owner = arena_text(k->arena, span_of(owner));
    k->url = arena_text(k->arena, span_of(url));
    k->what = (struct sim_cached){.etag = arena_copy(k->arena, what->etag),
                                  .type = arena_copy(k->arena, what->type),
                                  .body = arena_copy(k->arena, what->body)};
}
