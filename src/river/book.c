#include "river/book.h"

#include <stdlib.h>
#include <string.h>

static size_t hash(struct span number)
{
    size_t h = 1469598103934665603u;

    for (size_t i = 0; i < number.size; i++)
        h = (h ^ (unsigned char)number.data[i]) * 1099511628211u;
    return h;
}

static void add_line(struct book *b, const struct book_entry *e, const struct line *line)
{
    size_t at = hash(span_of(line->number)) % b->line_slots;

    while (b->lines[at].roster)
        at = (at + 1) % b->line_slots;
    b->lines[at] = (struct book_line){e->roster, e->tenant, line};
}

struct book *book_open(const struct book_entry *entries, size_t count)
{
    struct book *b = arena_must_alloc(sizeof *b);
    size_t lines = 0;

    b->entries = arena_must_alloc(sizeof *entries * count);
    if (count)
        memcpy(b->entries, entries, sizeof *entries * count);
    b->count = count;
    for (size_t i = 0; i < count; i++)
        lines += entries[i].roster->line_count;
    b->line_slots = 2 * lines + 1; /* half of them stay free, so that a search ends */
    b->lines = arena_must_alloc(sizeof *b->lines * b->line_slots);
    for (size_t i = 0; i < count; i++)
        for (int n = 0; n < entries[i].roster->line_count; n++)
            add_line(b, &b->entries[i], &entries[i].roster->lines[n]);
    return b;
}

void book_close(struct book **book)
{
    if (!*book)
        return;
    for (size_t i = 0; i < (*book)->count; i++)
        arena_close(&(*book)->entries[i].arena);
    free((*book)->entries);
    free((*book)->lines);
    free(*book);
    *book = NULL;
}

const struct book_line *book_find(const struct book *b, struct span account, struct span number)
{
    for (size_t at = hash(number) % b->line_slots; b->lines[at].roster;
         at = (at + 1) % b->line_slots)
        if (span_is_text(number, b->lines[at].line->number) &&
            span_is_text(account, b->lines[at].roster->account_sid))
            return &b->lines[at];
    return NULL;
}

const struct roster *book_roster(const struct book *b, int32_t tenant)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->entries[i].tenant == tenant)
            return b->entries[i].roster;
    return NULL;
}

int32_t book_tenant(const struct book *b, struct span slug)
{
    for (size_t i = 0; i < b->count; i++)
        if (span_is_text(slug, b->entries[i].roster->tenant))
            return b->entries[i].tenant;
    return 0;
}

bool book_has_account(const struct book *b, struct span account)
{
    for (size_t i = 0; i < b->count; i++)
        if (span_is_text(account, b->entries[i].roster->account_sid))
            return true;
    return false;
}
