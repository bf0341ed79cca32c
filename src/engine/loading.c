#include "engine/loading.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "engine/rosters.h"

/* One line about the first mistake, and how many there are. */
static void explain(struct loading *l, char why[LOADING_WHY_SIZE])
{
    for (const struct rosters_document *d = l->documents; d; d = d->next) {
        struct span rest;
        if (d->roster)
            continue;
        const struct span first = span_cut(d->mistakes, '\n', &rest);
        if (l->refused++ == 0)
            snprintf(why, LOADING_WHY_SIZE,
                     "roster refused, %zu mistake%s: %.*s (all of them: nextring check)",
                     d->mistake_count, d->mistake_count == 1 ? "" : "s", SPAN_ARG(first));
    }
}

enum err loading_open(const struct engine_options *options, struct loading **out,
                      char why[LOADING_WHY_SIZE])
{
    struct loading *l = arena_must_alloc(sizeof *l);

    if (rosters_read(options, &l->documents)) {
        loading_close(&l);
        snprintf(why, LOADING_WHY_SIZE,
                 "roster %s: cannot be read; check NEXTRING_ROSTER and the file's mode",
                 options->roster);
        return ERR_BAD_INPUT;
    }
    snprintf(why, LOADING_WHY_SIZE, "roster %s: read, in force from now on", options->roster);
    explain(l, why);
    *out = l;
    return l->refused ? ERR_BAD_INPUT : ERR_NONE;
}

static bool has_good(const struct loading *l)
{
    for (const struct rosters_document *d = l ? l->documents : NULL; d; d = d->next)
        if (d->roster)
            return true;
    return false;
}

static bool has_slug(const struct loading *l, const char *tenant)
{
    for (const struct rosters_document *d = l->documents; d; d = d->next)
        if (d->roster && span_is_text(span_of(tenant), d->roster->tenant))
            return true;
    return false;
}

/* What the database has in force of a tenant goes before the refused documents, unless a file
 * brings him. False: there is no such tenant. */
static bool add_kept(const struct engine_options *options, struct store *store, struct loading *l,
                     int32_t tenant)
{
    struct arena *scratch = arena_open(65536);
    struct span text;
    int64_t version;
    struct rosters_document *d = NULL;

    if (store_roster_last(store, tenant, scratch, &text, &version) == ERR_NONE)
        d = rosters_parse(options, "the database's roster", text);
    arena_close(&scratch);
    if (!d)
        return false;
    if (d->roster && has_slug(l, d->roster->tenant)) {
        struct arena *arena = d->arena; /* d lives in it */
        arena_close(&arena);
        return true;
    }
    d->next = l->documents;
    l->documents = d;
    return true;
}

enum err loading_first(const struct engine_options *options, struct store *store,
                       struct loading **out, char why[LOADING_WHY_SIZE])
{
    struct loading *l = NULL;
    enum err err = ERR_NONE;

    if (options->roster)
        err = loading_open(options, &l, why);
    else
        snprintf(why, LOADING_WHY_SIZE,
                 "no roster: name one by NEXTRING_ROSTER, e.g. examples/roster.json");
    if (has_good(l) && !err) {
        *out = l;
        return ERR_NONE;
    }
    if (!l)
        l = arena_must_alloc(sizeof *l);
    int32_t tenants = 0;
    while (tenants < LOADING_TENANTS && add_kept(options, store, l, tenants + 1))
        tenants++;
    if (!has_good(l)) {
        loading_close(&l);
        return ERR_BAD_INPUT;
    }
    l->tenant = tenants == 1 ? 1 : 0;
    if (err)
        log_line(LOG_ERROR, "%s; the last good version stays in force", why);
    *out = l;
    return ERR_NONE;
}

static void close_documents(struct rosters_document *d)
{
    while (d) {
        struct rosters_document *next = d->next;
        struct arena *arena = d->arena;
        arena_close(&arena);
        d = next;
    }
}

void loading_close(struct loading **loading)
{
    if (!*loading)
        return;
    close_documents((*loading)->documents);
    free((*loading)->entries);
    free(*loading);
    *loading = NULL;
}

/* Kept with its mistakes, and an alarm. */
static enum err keep_refused(struct loading *l, struct store *store,
                             const struct rosters_document *d, struct id_maker *ids, int64_t now_ms)
{
    struct arena *arena = arena_open(8192);
    struct facts facts;
    int64_t version = 0;
    const struct event_row row = {
        .id = id_next(ids, now_ms),
        .tenant = l->tenant,
        .kind = "roster.refused",
        .at_ms = now_ms,
        .detail = span_of(arena_printf(arena, "%zu mistakes in %s", d->mistake_count, d->path)),
        .alarm = true,
    };

    log_line(LOG_WARN, "alarm roster.refused %s", d->path);
    facts_init(&facts, arena, ids, now_ms);
    facts_log(&facts, &row);
    enum err err = store_roster_put(store, l->tenant, false, (struct span){0}, d->text, d->mistakes,
                                    now_ms, &version);
    if (!err)
        err = store_save(store, &facts);
    arena_close(&arena);
    return err;
}

static enum err keep_good(struct loading *l, struct store *store, const struct rosters_document *d,
                          int64_t now_ms)
{
    const struct roster *r = d->roster;
    int32_t tenant = 0;
    int64_t version = 0;

    enum err err = store_tenant(store, span_of(r->tenant), span_of(r->name),
                                span_of(r->account_sid), now_ms, &tenant);
    if (!err)
        err = store_roster_put(store, tenant, true, (struct span){(const char *)r->digest, 32},
                               d->text, (struct span){0}, now_ms, &version);
    for (int i = 0; i < r->line_count && !err; i++) {
        int64_t since_ms;
        err = store_line_since(store, tenant, span_of(r->lines[i].number), now_ms, &since_ms);
    }
    if (err)
        return err;
    if (l->count == 0)
        l->version = version;
    l->entries[l->count++] = (struct book_entry){tenant, r, d->arena};
    return ERR_NONE;
}

static const struct book_entry *entry_of(const struct loading *l, int32_t tenant)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->entries[i].tenant == tenant)
            return &l->entries[i];
    return NULL;
}

/* A tenant without a document keeps what he had while any is refused: it may be his. */
static bool is_line(const void *ctx, int32_t tenant, struct span line)
{
    const struct loading *l = ctx;
    const struct book_entry *e = entry_of(l, tenant);

    return e ? roster_line(e->roster, line) != NULL : l->refused > 0;
}

enum err loading_keep(struct loading *l, struct store *store, struct id_maker *ids, int64_t now_ms)
{
    size_t documents = 0;
    enum err err = ERR_NONE;

    for (const struct rosters_document *d = l->documents; d; d = d->next)
        documents++;
    l->entries = arena_must_alloc(sizeof *l->entries * (documents + 1));
    for (const struct rosters_document *d = l->documents; d && !err; d = d->next)
        err = d->roster ? keep_good(l, store, d, now_ms) : keep_refused(l, store, d, ids, now_ms);
    return err ? err : store_line_prune(store, is_line, l);
}

/* The good documents' arenas go to the book: they leave the list, which lives in them. */
static void give_up_good(struct loading *l)
{
    struct rosters_document *refused = NULL;

    for (struct rosters_document *d = l->documents; d;) {
        struct rosters_document *next = d->next;
        if (!d->roster) {
            d->next = refused;
            refused = d;
        }
        d = next;
    }
    l->documents = refused;
}

struct book *loading_book(struct loading *l, struct book *old)
{
    const size_t stay = old && l->refused ? old->count : 0;

    l->entries = arena_must_grow(l->entries, sizeof *l->entries * (l->count + stay + 1));
    for (size_t i = 0; i < stay; i++)
        if (!entry_of(l, old->entries[i].tenant)) {
            l->entries[l->count++] = old->entries[i];
            old->entries[i].arena = NULL; /* the new book closes it */
        }
    give_up_good(l);
    return book_open(l->entries, l->count);
}
