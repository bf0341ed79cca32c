#include "source/loading.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "source/address.h"
#include "source/rosters.h"
#include "source/tenancy.h"

enum {
    KEPT_A_STEP = 256,   /* documents, in one transaction */
    REFUSED_WEIGHT = 16, /* of a refused one among them: it is two commits */
};

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

enum err loading_open(const struct source_options *options, const struct feeds *feeds,
                      struct loading **out, char why[LOADING_WHY_SIZE])
{
    struct loading *l = arena_must_alloc(sizeof *l);

    if (rosters_read(options, feeds, &l->documents)) {
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

enum err loading_of(const struct source_options *options, const struct feeds *feeds,
                    const char *path, struct span text, struct loading **out,
                    char why[LOADING_WHY_SIZE])
{
    struct loading *l = arena_must_alloc(sizeof *l);

    l->documents = rosters_parse(options, feeds, path, text);
    snprintf(why, LOADING_WHY_SIZE, "roster %s: got, in force from now on", path);
    explain(l, why);
    *out = l;
    return l->refused ? ERR_BAD_INPUT : ERR_NONE;
}

enum err loading_again(const struct source_options *options, const struct feeds *feeds,
                       const struct book_entry *entry, struct loading **out,
                       char why[LOADING_WHY_SIZE])
{
    struct loading *l = arena_must_alloc(sizeof *l);

    l->is_again = true;
    l->tenant = entry->tenant;
    l->version = entry->version;
    l->documents = entry->path ? rosters_parse(options, feeds, entry->path, entry->text)
                               : rosters_parse_kept(options, feeds, entry->text);
    l->documents->is_kept = !entry->path;
    snprintf(why, LOADING_WHY_SIZE, "tenant %d: calendars read anew", (int)entry->tenant);
    explain(l, why);
    *out = l;
    return l->refused ? ERR_BAD_INPUT : ERR_NONE;
}

enum err loading_edit(const struct source_options *options, const struct feeds *feeds,
                      const struct book *book, struct editing *edit, struct loading **out)
{
    struct editing_trial trial =
        edit->trial.document ? edit->trial
                             : editing_try(options, feeds, book, edit->tenant, edit->document);

    edit->trial = (struct editing_trial){.roster = NULL};
    if (!trial.roster) {
        arena_close(&trial.arena);
        return ERR_BAD_INPUT;
    }
    struct loading *l = arena_must_alloc(sizeof *l);
    l->documents = trial.document;
    l->documents->is_kept = true; /* from now on it is the database's */
    l->edit = edit;
    l->tenant = edit->tenant;
    *out = l;
    return ERR_NONE;
}

static void add_entry(struct loading *l, int32_t tenant, int64_t version,
                      const struct rosters_document *d)
{
    l->entries[l->count++] = (struct book_entry){
        .tenant = tenant,
        .roster = d->roster,
        .arena = d->arena,
        .path = d->is_kept ? NULL : d->path,
        .text = d->text,
        .version = version,
    };
}

static int64_t version_in(const struct book *book, int32_t tenant)
{
    for (size_t i = 0; i < book->count; i++)
        if (book->entries[i].tenant == tenant)
            return book->entries[i].version;
    return 0;
}

struct loading *loading_kept(const struct source_options *options, const struct feeds *feeds,
                             const struct book *book, const struct book_entry *kept, size_t count)
{
    struct loading *l = arena_must_alloc(sizeof *l);

    l->is_again = l->is_kept = true;
    l->entries = arena_must_alloc(sizeof *l->entries * (count + 1));
    for (size_t i = 0; i < count; i++) {
        if (kept[i].version <= version_in(book, kept[i].tenant))
            continue;
        struct rosters_document *d = rosters_parse_kept(options, feeds, kept[i].text);
        d->is_kept = true;
        d->tenant = kept[i].tenant;
        d->next = l->documents;
        l->documents = d;
        l->version = kept[i].version;
        d->is_told = true;
        if (d->roster)
            add_entry(l, kept[i].tenant, kept[i].version, d);
        else
            log_event(LOG_ERROR, &(struct log_fields){.tenant = kept[i].tenant},
                      "roster version %lld, made on another node, cannot be read here",
                      (long long)kept[i].version);
    }
    return l;
}

struct loading *loading_alarm(const char *why)
{
    struct loading *l = arena_must_alloc(sizeof *l);

    snprintf(l->unreachable, sizeof l->unreachable, "%s", why);
    return l;
}

/* What stands at the address. An alarm when it cannot be got. */
static enum err open_address(const struct source_options *options, const struct feeds *feeds,
                             struct arena *arena, struct span *out_etag, struct loading **out,
                             char why[LOADING_WHY_SIZE])
{
    const struct address_ask ask = {
        .address = options->roster,
        .keys = &options->aws,
        .private_too = options->is_rehearsal,
    };
    const char *shown = address_shown(arena, options->roster);
    const struct address_answer answer = address_get_now(arena, &ask);

    if (answer.fate == ADDRESS_GOT) {
        *out_etag = answer.etag;
        return loading_of(options, feeds, shown, answer.text, out, why);
    }
    snprintf(why, LOADING_WHY_SIZE, "roster %s %s", shown, answer.why ? answer.why : "moves on");
    *out = loading_alarm(why);
    return ERR_BAD_INPUT;
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
static bool add_kept(const struct source_options *options, const struct feeds *feeds,
                     struct store *store, struct loading *l, int32_t tenant)
{
    struct arena *scratch = arena_open(65536);
    struct span text;
    int64_t version;
    struct rosters_document *d = NULL;

    if (store_roster_last(store, tenant, scratch, &text, &version) == ERR_NONE)
        d = rosters_parse_kept(options, feeds, text);
    if (d) {
        d->is_kept = true;
        d->tenant = tenant;
    }
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

static int by_number(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

/* Of all whom the database knows, whether they have a roster yet or not; returns how many. */
static int32_t add_all_kept(const struct source_options *options, const struct feeds *feeds,
                            struct store *store, struct loading *l)
{
    static int32_t numbers[LOADING_TENANTS];
    int32_t added = 0;
    size_t count = 0;

    const struct tenant *tenants = options->vault ? vault_tenants(options->vault, &count) : NULL;
    if (count > LOADING_TENANTS)
        count = LOADING_TENANTS;
    for (size_t i = 0; i < count; i++)
        numbers[i] = tenants[i].id;
    qsort(numbers, count, sizeof numbers[0], by_number);
    for (size_t i = 0; i < count; i++)
        added += add_kept(options, feeds, store, l, numbers[i]);
    return added;
}

enum err loading_first(const struct source_options *options, const struct feeds *feeds,
                       struct store *store, struct arena *arena, struct span *out_etag,
                       struct loading **out, char why[LOADING_WHY_SIZE])
{
    struct loading *l = NULL;
    enum err err = ERR_NONE;

    if (address_is(options->roster))
        err = open_address(options, feeds, arena, out_etag, &l, why);
    else if (options->roster)
        err = loading_open(options, feeds, &l, why);
    if (has_good(l) && !err) {
        *out = l;
        return ERR_NONE;
    }
    if (!l)
        l = arena_must_alloc(sizeof *l);
    const int32_t tenants = add_all_kept(options, feeds, store, l);
    if (!has_good(l) && options->roster) {
        loading_close(&l);
        return ERR_BAD_INPUT;
    }
    if (!has_good(l))
        log_line(LOG_WARN, "there is no roster yet, so no call and no text finds anybody: make one "
                           "by `nextring roster put FILE` (e.g. examples/roster.json), or name its "
                           "file by NEXTRING_ROSTER");
    l->tenant = tenants == 1 ? l->documents->tenant : 0;
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

    log_event(LOG_WARN, &(struct log_fields){.tenant = l->tenant, .kind = row.kind},
              "alarm roster.refused %s", d->path);
    facts_init(&facts, arena, ids, now_ms);
    facts_log(&facts, &row);
    /* By its mark it is told from the one that was refused before it. */
    const struct span mark = {(const char *)d->mark, sizeof d->mark};
    enum err err =
        store_roster_put(store, l->tenant, false, mark, d->text, d->mistakes, now_ms, &version);
    if (!err)
        err = store_save(store, &facts);
    arena_close(&arena);
    return err;
}

static enum err keep_alarm(const struct loading *l, struct store *store, struct id_maker *ids,
                           int64_t now_ms)
{
    struct arena *arena = arena_open(4096);
    struct facts facts;
    const struct event_row row = {
        .id = id_next(ids, now_ms),
        .tenant = l->tenant,
        .kind = "roster.unreachable",
        .at_ms = now_ms,
        .detail = span_of(l->unreachable),
        .alarm = true,
    };

    log_event(LOG_WARN, &(struct log_fields){.tenant = l->tenant, .kind = row.kind},
              "alarm roster.unreachable %s", l->unreachable);
    facts_init(&facts, arena, ids, now_ms);
    facts_log(&facts, &row);
    const enum err err = store_save(store, &facts);
    arena_close(&arena);
    return err;
}

static struct store_roster to_keep(const struct loading *l, const struct rosters_document *d)
{
    const struct roster *r = d->roster;

    return (struct store_roster){
        .slug = span_of(r->tenant),
        .name = span_of(r->name),
        .account = span_of(r->account_sid),
        .digest = {(const char *)r->digest, sizeof r->digest},
        .document = d->text,
        .made_by = l->edit ? l->edit->by : (struct span){0},
        .note = l->edit ? l->edit->note : (struct span){0},
    };
}

/* The good ones from `first` up to `end`, in one transaction. */
static enum err keep_good(struct loading *l, struct store *store,
                          const struct rosters_document *first, const struct rosters_document *end,
                          int64_t now_ms)
{
    struct arena *arena = arena_open(16384);
    struct store_roster *rosters = ARENA_NEW_N(arena, struct store_roster, KEPT_A_STEP);
    size_t count = 0;

    for (const struct rosters_document *d = first; d != end; d = d->next)
        if (d->roster)
            rosters[count++] = to_keep(l, d);
    const enum err err = count ? store_rosters_put(store, rosters, count, now_ms) : ERR_NONE;
    count = 0;
    for (const struct rosters_document *d = first; d != end && !err; d = d->next) {
        if (!d->roster)
            continue;
        if (l->count == 0)
            l->version = rosters[count].version;
        add_entry(l, rosters[count].tenant, rosters[count].version, d);
        count++;
    }
    arena_close(&arena);
    return err;
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

    return e ? roster_line(e->roster, line) != NULL : l->refused > 0 || l->edit;
}

/* The documents that one step keeps: a few, so that it holds nobody up for long. */
static enum err keep_some(struct loading *l, struct store *store, struct id_maker *ids,
                          int64_t now_ms)
{
    const struct rosters_document *first = l->next_document, *d = first;
    enum err err = ERR_NONE;

    for (int room = KEPT_A_STEP; d && room > 0 && !err; d = d->next) {
        room -= d->roster ? 1 : REFUSED_WEIGHT;
        if (!d->roster && !d->is_told)
            err = keep_refused(l, store, d, ids, now_ms);
    }
    if (!err)
        err = keep_good(l, store, first, d, now_ms);
    l->next_document = d;
    return err;
}

static void begin_keeping(struct loading *l)
{
    size_t documents = 0;

    for (const struct rosters_document *d = l->documents; d; d = d->next)
        documents++;
    l->entries = arena_must_alloc(sizeof *l->entries * (documents + 1));
    l->next_document = l->documents;
}

static enum err log_edit(const struct loading *l, struct store *store, struct id_maker *ids,
                         int64_t now_ms)
{
    struct arena *arena = arena_open(4096);
    struct facts facts;
    const struct editing *edit = l->edit;
    const struct event_row row = {
        .id = id_next(ids, now_ms),
        .tenant = l->entries[0].tenant,
        .kind = "roster.edited",
        .at_ms = now_ms,
        .detail = span_of(arena_printf(arena, "version %lld: %.*s%sby %.*s", (long long)l->version,
                                       SPAN_ARG(edit->note), edit->note.size ? ", " : "",
                                       SPAN_ARG(edit->by))),
    };

    facts_init(&facts, arena, ids, now_ms);
    facts_log(&facts, &row);
    const enum err err = store_save(store, &facts);
    arena_close(&arena);
    return err;
}

/* Once the version is the store's it comes into force, whatever becomes of the rest: else nobody
 * could edit what is in force any more. */
static enum err keep_edit(struct loading *l, struct store *store, struct id_maker *ids,
                          int64_t now_ms)
{
    enum err err = editing_check(l->edit, store);

    if (!err)
        err = keep_some(l, store, ids, now_ms);
    if (err)
        return err;
    l->is_kept = true;
    if (l->version != l->edit->version)
        err = log_edit(l, store, ids, now_ms);
    const enum err pruned = store_line_prune(store, is_line, l);
    if (err || pruned)
        log_line(LOG_ERROR, "roster version %lld: not all is noted: %s", (long long)l->version,
                 store_why(store));
    return ERR_NONE;
}

enum err loading_keep(struct loading *l, struct store *store, struct id_maker *ids, int64_t now_ms)
{
    enum err err = ERR_NONE;

    if (!l->entries)
        begin_keeping(l);
    if (l->is_again && !l->refused) {
        add_entry(l, l->tenant, l->version, l->documents);
        l->is_kept = true;
        return ERR_NONE;
    }
    if (l->edit)
        return keep_edit(l, store, ids, now_ms);
    err = keep_some(l, store, ids, now_ms);
    if (err || l->next_document)
        return err;
    if (l->unreachable[0])
        err = keep_alarm(l, store, ids, now_ms);
    if (!err && l->documents)
        err = store_line_prune(store, is_line, l);
    l->is_kept = !err;
    return err;
}

size_t loading_news(const struct loading *l)
{
    size_t count = 0;

    for (const struct rosters_document *d = l->documents; d; d = d->next)
        count += !d->roster && !d->is_told;
    return count;
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

struct book *loading_book(const struct source_options *options, struct loading *l, struct book *old)
{
    const size_t stay = old && (l->refused || l->is_again || l->edit) ? old->count : 0;

    l->entries = arena_must_grow(l->entries, sizeof *l->entries * (l->count + stay + 1));
    for (size_t i = 0; i < stay; i++)
        if (!entry_of(l, old->entries[i].tenant)) {
            l->entries[l->count++] = old->entries[i];
            old->entries[i].arena = NULL; /* the new book closes it */
        }
    give_up_good(l);
    return tenancy_book(options->vault, options->account_sid, l->entries, l->count);
}
