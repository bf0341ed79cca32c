#include "fact_set.h"

#include "model/fact_index.h"

struct facts fact_set;

int fact_set_up(void **unused)
{
    static struct id_maker ids;

    (void)unused;
    ids = (struct id_maker){0};
    facts_init(&fact_set, arena_open(0), &ids, FACT_SET_NOW);
    return 0;
}

int fact_set_down(void **unused)
{
    (void)unused;
    arena_close(&fact_set.arena);
    return 0;
}

struct fact *fact_set_empty(enum fact_kind kind, int32_t tenant, struct span key)
{
    struct fact *fact = fact_index_want(&fact_set, kind, tenant, 0, key);

    facts_settle(&fact_set, fact, NULL);
    return fact;
}
