#include "source/editing.h"

#include <string.h>

#include "codec/json.h"
#include "source/rosters.h"

enum { SCRATCH_BYTES = 65536 };

enum err editing_check(struct editing *edit, struct store *store)
{
    struct span document = {NULL, 0};
    int64_t version = 0;

    if (!edit->tenant)
        return ERR_NONE; /* that its name is free was seen in the book */
    struct arena *arena = arena_open(SCRATCH_BYTES);
    const enum err err = store_roster_last(store, edit->tenant, arena, &document, &version);
    if (!err && version != edit->version) {
        edit->stored = arena;
        edit->document_now = document;
        edit->version_now = version;
        return ERR_CONFLICT;
    }
    arena_close(&arena);
    if (err && err != ERR_NOT_FOUND)
        return err;
    return version == edit->version ? ERR_NONE : ERR_CONFLICT;
}

static void mistake(struct mistakes *m, struct span document, const char *where, const char *words)
{
    int line = 0, column = 0;

    json_locate(document, where, &line, &column);
    mistakes_add(m, NULL, line, column, where, "%s", words);
}

/* A tenant is known by its name: it stays, and is nobody else's. */
static void check_name(struct mistakes *m, const struct book *book, int32_t tenant,
                       const struct roster *roster, struct span document)
{
    const struct roster *old = tenant ? book_roster(book, tenant) : NULL;

    if (old && strcmp(old->tenant, roster->tenant) != 0)
        mistake(m, document, "tenant",
                "is not this tenant's name; a tenant keeps it, and a new one is "
                "named by ?tenant= (--tenant)");
    if (!old && book_tenant(book, span_of(roster->tenant)))
        mistake(m, document, "tenant", "is there already; name another one, or edit that one's");
}

/* A number leads to one tenant. */
static void check_lines(struct mistakes *m, const struct book *book, int32_t tenant,
                        const struct roster *roster, struct span document)
{
    for (int i = 0; i < roster->line_count; i++) {
        const struct book_line *other =
            book_find(book, span_of(roster->account_sid), span_of(roster->lines[i].number));
        if (!other || other->tenant == tenant)
            continue;
        mistake(m, document, arena_printf(m->arena, "lines[%d]", i),
                "is another tenant's line; take it out there first");
    }
}

struct editing_trial editing_try(const struct source_options *options, const struct feeds *feeds,
                                 const struct book *book, int32_t tenant, struct span document)
{
    struct rosters_document *d = rosters_parse_edit(options, feeds, document);
    struct editing_trial trial = {
        .roster = d->roster, .mistakes = d->list, .document = d, .arena = d->arena};
    struct mistakes *more = ARENA_NEW(d->arena, struct mistakes);

    if (!d->roster)
        return trial;
    mistakes_init(more, d->arena);
    check_name(more, book, tenant, d->roster, document);
    check_lines(more, book, tenant, d->roster, document);
    if (more->count) {
        trial.roster = NULL;
        trial.mistakes = more;
    }
    return trial;
}
