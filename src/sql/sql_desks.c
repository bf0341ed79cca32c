#include "sql/sql_desks.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLOTS = 32,
    TAGS_LEAST = 32,  /* fewer are read as fast */
    TAGS_MOST = 4000, /* there are 3,200 tags */
};

struct kept {
    int32_t tenant;
    char operator_id[LIMIT_SLUG_SIZE];
    struct tag *tags; /* latest sent first; NULL: a free slot */
    size_t count, room;
};

struct sql_desks {
    struct kept slots[SLOTS];
};

struct sql_desks *sql_desks_open(void)
{
    return arena_must_alloc(sizeof(struct sql_desks));
}

void sql_desks_forget(struct sql_desks *d)
{
    for (size_t i = 0; i < SLOTS; i++)
        free(d->slots[i].tags);
    *d = (struct sql_desks){0};
}

void sql_desks_forget_tenant(struct sql_desks *d, int32_t tenant)
{
    for (size_t i = 0; i < SLOTS; i++)
        if (d->slots[i].tags && d->slots[i].tenant == tenant) {
            free(d->slots[i].tags);
            d->slots[i] = (struct kept){.tenant = 0};
        }
}

void sql_desks_close(struct sql_desks **desks)
{
    if (!*desks)
        return;
    sql_desks_forget(*desks);
    free(*desks);
    *desks = NULL;
}

static size_t slot_of(int32_t tenant, const char *operator_id)
{
    uint32_t h = (uint32_t)tenant;

    for (const char *c = operator_id; *c; c++)
        h = h * 31 + (unsigned char)*c;
    return h % SLOTS;
}

static bool is_of(const struct kept *k, int32_t tenant, const char *operator_id)
{
    return k->tags && k->tenant == tenant && strcmp(k->operator_id, operator_id) == 0;
}

bool sql_desks_has(const struct sql_desks *d, int32_t tenant, struct span operator_id)
{
    char id[LIMIT_SLUG_SIZE] = "";

    if (operator_id.size >= sizeof id)
        return false;
    memcpy(id, operator_id.data, operator_id.size);
    return is_of(&d->slots[slot_of(tenant, id)], tenant, id);
}

bool sql_desks_get(const struct sql_desks *d, int32_t tenant, struct arena *arena,
                   struct desk *desk)
{
    const struct kept *k = &d->slots[slot_of(tenant, desk->operator_id)];

    if (!is_of(k, tenant, desk->operator_id))
        return false;
    desk->tags = ARENA_NEW_N(arena, struct tag, k->count);
    memcpy(desk->tags, k->tags, k->count * sizeof *k->tags);
    desk->count = desk->room = k->count;
    return true;
}

void sql_desks_put(struct sql_desks *d, int32_t tenant, const struct desk *desk)
{
    struct kept *k = &d->slots[slot_of(tenant, desk->operator_id)];

    if (desk->count < TAGS_LEAST || desk->count > TAGS_MOST)
        return;
    if (desk->count > k->room) {
        k->room = desk->count + desk->count / 4;
        k->tags = arena_must_grow(k->tags, k->room * sizeof *k->tags);
    }
    k->tenant = tenant;
    memcpy(k->operator_id, desk->operator_id, sizeof k->operator_id);
    memcpy(k->tags, desk->tags, desk->count * sizeof *k->tags);
    k->count = desk->count;
}

/* Takes its old place, if it has one, and goes before all that were sent earlier. */
static void place(struct kept *k, const struct tag *tag)
{
    size_t from = 0, to = 0;

    while (from < k->count && strcmp(k->tags[from].tag, tag->tag) != 0)
        from++;
    if (from == k->count) {
        if (k->count == k->room) {
            k->room += k->room / 4 + 1;
            k->tags = arena_must_grow(k->tags, k->room * sizeof *k->tags);
        }
        k->count++;
    }
    memmove(k->tags + from, k->tags + from + 1, (k->count - from - 1) * sizeof *k->tags);
    while (to < k->count - 1 && k->tags[to].sent_ms > tag->sent_ms)
        to++;
    memmove(k->tags + to + 1, k->tags + to, (k->count - to - 1) * sizeof *k->tags);
    k->tags[to] = *tag;
}

void sql_desks_note(struct sql_desks *d, const struct facts *facts)
{
    for (const struct appended *row = facts->added; row; row = row->next) {
        if (row->kind != APPEND_TAG)
            continue;
        struct kept *k = &d->slots[slot_of(row->tag.tenant, row->tag.operator_id)];
        if (is_of(k, row->tag.tenant, row->tag.operator_id))
            place(k, &row->tag);
    }
}
