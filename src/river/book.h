/* river/book.h - the rosters in force, found by line, by tenant or by slug.
 *
 * A line is found by account and number. Where a webhook bears the host's own account, it is also
 * found at a subaccount that the host's credentials speak for; a number that would then be two
 * tenants' is nobody's. What bears a subaccount leads to its own lines alone.
 * A book is read-only once it is finished; a reload makes a new one. Several threads may read
 * it.
 * Owns: the rosters and their arenas.
 */
#ifndef RIVER_BOOK_H
#define RIVER_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/report_only.h"
#include "model/roster.h"
#include "model/tenant.h"

struct book_entry {
    int32_t tenant;
    const struct roster *roster;
    struct arena *arena;
    const char *path;          /* where it came from; NULL: the database */
    struct span text;          /* the document */
    int64_t version;           /* as the store has numbered it */
    struct tenant_terms terms; /* the host's; weight 0: the usual ones */
    bool is_hosted;            /* the host's credentials speak for its account */
    /* The reload's: what its calendars held, and when, at the last attempt to read them anew. */
    uint64_t tried_mark;
    int64_t tried_ms;
    bool is_fresh; /* its tenant's relays are not woken for it yet */
};

struct book {
    struct book *older; /* waits to be closed */
    struct book_entry *entries;
    size_t count;
    const char *host;        /* his own account; NULL: not known. Lives as long */
    struct book_line *lines; /* hash table, 0 slots free */
    size_t line_slots;
    const struct book_entry **tenants; /* likewise, NULL: free */
    size_t tenant_slots;
    struct report_only_list open; /* lines in report-only mode; owned */
};

struct book_line {
    const struct roster *roster; /* NULL: free */
    int32_t tenant;
    const struct line *line;
    bool is_hosted;
};

/* Takes over the entries' arenas; `entries` itself is copied. */
struct book *book_open(const struct book_entry *entries, size_t count);
void book_close(struct book **book);
/* Which lines are in report-only mode; copied. Once, before the book is used. */
void book_take_lines(struct book *book, struct report_only_list open);

/* Of that very account. */
const struct book_line *book_find(const struct book *book, struct span account, struct span number);
/* Also by the fall-backs, when `by_host`: what bears the account was signed by the host's token. */
const struct book_line *book_place(const struct book *book, struct span account, struct span number,
                                   bool by_host);
/* True when what bears the account may be about the entry's lines. */
bool book_bears(const struct book *book, struct span account, const struct book_entry *entry,
                bool by_host);
/* True when what bears the account may be about the tenant. */
bool book_speaks(const struct book *book, struct span account, int32_t tenant, bool by_host);
const struct roster *book_roster(const struct book *book, int32_t tenant);
/* Never NULL: the usual ones of a tenant that is not there. */
const struct tenant_terms *book_terms(const struct book *book, int32_t tenant);
int32_t book_tenant(const struct book *book, struct span slug);
bool book_has_account(const struct book *book, struct span account);

#endif
