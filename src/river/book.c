#include "river/book.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static void add_line(struct book *b, const struct book_entry *e, const struct line *line)
{
    size_t at = hash_span(HASH_BEGIN, span_of(line->number)) % b->line_slots;

    while (b->lines[at].roster)
        at = (at + 1) % b->line_slots;
    b->lines[at] = (struct book_line){e->roster, e->tenant, line, e->is_hosted};
}

static size_t tenant_slot(const struct book *b, int32_t tenant)
{
    return (uint32_t)tenant * UINT32_C(2654435761) % b->tenant_slots;
}

static const struct book_entry *entry_of(const struct book *b, int32_t tenant)
{
    for (size_t at = tenant_slot(b, tenant); b->tenants[at]; at = (at + 1) % b->tenant_slots)
        if (b->tenants[at]->tenant == tenant)
            return b->tenants[at];
    return NULL;
}

static void add_tenant(struct book *b, const struct book_entry *e)
{
    size_t at = tenant_slot(b, e->tenant);

    if (entry_of(b, e->tenant))
        return;
    while (b->tenants[at])
        at = (at + 1) % b->tenant_slots;
    b->tenants[at] = e;
}

struct book *book_open(const struct book_entry *entries, size_t count)
{
    struct book *b = arena_must_alloc(sizeof *b);
    size_t lines = 0;

    b->entries = arena_must_alloc(sizeof *entries * count);
    if (count)
        memcpy(b->entries, entries, sizeof *entries * count);
    b->count = count;
    b->tenant_slots = 2 * count + 1;
    b->tenants = arena_must_alloc(sizeof(struct book_entry *) * b->tenant_slots);
    for (size_t i = 0; i < count; i++)
        add_tenant(b, &b->entries[i]);
    for (size_t i = 0; i < count; i++)
        lines += entries[i].roster->line_count;
    b->line_slots = 2 * lines + 1; /* half of them stay free, so that a search ends */
    b->lines = arena_must_alloc(sizeof *b->lines * b->line_slots);
    for (size_t i = 0; i < count; i++)
        for (int n = 0; n < entries[i].roster->line_count; n++)
            add_line(b, &b->entries[i], &entries[i].roster->lines[n]);
    return b;
}

void book_take_lines(struct book *b, struct report_only_list open)
{
    struct report_only *rows = arena_must_alloc(sizeof *rows * (open.count + 1));

    if (open.count)
        memcpy(rows, open.rows, sizeof *rows * open.count);
    b->open = (struct report_only_list){rows, open.count};
}

void book_close(struct book **book)
{
    if (!*book)
        return;
    for (size_t i = 0; i < (*book)->count; i++)
        arena_close(&(*book)->entries[i].arena);
    free((*book)->entries);
    free((*book)->lines);
    free((*book)->tenants);
    free((void *)(*book)->open.rows);
    free(*book);
    *book = NULL;
}

const struct book_line *book_find(const struct book *b, struct span account, struct span number)
{
    for (size_t at = hash_span(HASH_BEGIN, number) % b->line_slots; b->lines[at].roster;
         at = (at + 1) % b->line_slots)
        if (span_is_text(number, b->lines[at].line->number) &&
            span_is_text(account, b->lines[at].roster->account_sid))
            return &b->lines[at];
    return NULL;
}

/* Whether what bears the account may be a line's that is at another one. A subaccount never stands
 * for the host: whoever holds it could have the carrier ask us about any number. */
static bool may_stand_for(const struct book *b, struct span account, bool is_hosted)
{
    return is_hosted && b->host && span_is_text(account, b->host);
}

const struct book_line *book_place(const struct book *b, struct span account, struct span number,
                                   bool by_host)
{
    const struct book_line *found = book_find(b, account, number);

    if (found || !by_host)
        return found;
    for (size_t at = hash_span(HASH_BEGIN, number) % b->line_slots; b->lines[at].roster;
         at = (at + 1) % b->line_slots) {
        const struct book_line *l = &b->lines[at];
        if (!span_is_text(number, l->line->number) || !may_stand_for(b, account, l->is_hosted))
            continue;
        if (found)
            return NULL; /* two have it */
        found = l;
    }
    return found;
}

bool book_bears(const struct book *b, struct span account, const struct book_entry *e, bool by_host)
{
    return span_is_text(account, e->roster->account_sid) ||
           (by_host && may_stand_for(b, account, e->is_hosted));
}

bool book_speaks(const struct book *b, struct span account, int32_t tenant, bool by_host)
{
    const struct book_entry *e = entry_of(b, tenant);

    return e && book_bears(b, account, e, by_host);
}

const struct roster *book_roster(const struct book *b, int32_t tenant)
{
    const struct book_entry *e = entry_of(b, tenant);

    return e ? e->roster : NULL;
}

const struct tenant_terms *book_terms(const struct book *b, int32_t tenant)
{
    const struct book_entry *e = b ? entry_of(b, tenant) : NULL;

    return e && e->terms.weight ? &e->terms : &tenant_terms_usual;
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
