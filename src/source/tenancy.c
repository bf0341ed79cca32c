#include "source/tenancy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store_tenants.h"

enum { ROOM_FIRST = 64, RESEALED_AT_ONCE = 200 };

static const int64_t again_ns = INT64_C(1000000000);

/* All that the store has, on its way. */
struct all {
    struct tenant *tenants;
    size_t tenant_count, tenant_room;
    struct tenant_sealed *rows;
    size_t row_count, row_room;
    struct report_only *lines;
    size_t line_count, line_room;
};

struct waiter {
    struct waiter *next;
    tenancy_done_fn *done;
    void *ctx;
};

struct tenancy {
    struct tenancy_tools tools;
    struct keyring *ring;
    struct keyring *fresh;  /* of a rotation, until it is known that nothing is lost by it */
    struct all all, sealed; /* sealed: before a rotation */
    struct reading reading, resealing;
    bool is_reading, is_wanted;      /* wanted: once more, when that is done */
    int64_t failed_ns;               /* when it could not be read the last time; 0: it could */
    struct waiter *waiting, *served; /* served by the reading under way */
    tenancy_rotated_fn *rotated;     /* NULL: no rotation is under way */
    void *rotated_ctx;
    struct tenancy_rotation rotation;
    struct tenant_sealed *resealed;
    size_t resealed_count, resealed_at;
};

/* ---- keys ---- */

static enum err open_ring(const struct tenancy *t, struct keyring **out, char why[TENANCY_WHY_SIZE])
{
    struct arena *arena = arena_open(0);
    struct mistakes *mistakes = ARENA_NEW(arena, struct mistakes);

    mistakes_init(mistakes, arena);
    const enum err err = keyring_open(&t->tools.keys, out, mistakes);
    if (err && mistakes->count) {
        const struct span line = mistakes_line(arena, &mistakes->list[0]);
        snprintf(why, TENANCY_WHY_SIZE, "%.*s", SPAN_ARG(line));
    } else if (err) {
        snprintf(why, TENANCY_WHY_SIZE, "the file of keys cannot be read");
    }
    arena_close(&arena);
    return err ? ERR_BAD_INPUT : ERR_NONE;
}

/* How many secrets the one ring has the key of, and the other has not. */
static size_t only_by(const struct keyring *ring, const struct keyring *other,
                      const struct all *all)
{
    size_t count = 0;

    for (size_t i = 0; i < all->row_count; i++)
        count += keyring_has(ring, all->rows[i].key_id) && !keyring_has(other, all->rows[i].key_id);
    return count;
}

static bool lacks_a_key(const struct tenancy *t)
{
    for (size_t i = 0; i < t->all.row_count; i++)
        if (!keyring_has(t->ring, t->all.rows[i].key_id))
            return true;
    return false;
}

/* Another node may have sealed by a key that stands in the file by now: a ring that opens more, and
 * loses nothing, takes this one's place. */
static void look_for_keys(struct tenancy *t)
{
    struct keyring *found = NULL;
    char why[TENANCY_WHY_SIZE] = "";

    if (!lacks_a_key(t))
        return;
    if (open_ring(t, &found, why)) {
        log_line(LOG_WARN, "the keys that were read before stay: %s", why);
        return;
    }
    if (only_by(found, t->ring, &t->all) && !only_by(t->ring, found, &t->all)) {
        struct keyring *old = t->ring;
        t->ring = found;
        found = old;
    }
    keyring_close(&found);
}

/* ---- reading ---- */

static void add_tenant(void *ctx, const struct tenant *tenant)
{
    struct all *all = ctx;

    if (all->tenant_count == all->tenant_room) {
        all->tenant_room = all->tenant_room ? 2 * all->tenant_room : ROOM_FIRST;
        all->tenants = arena_must_grow(all->tenants, all->tenant_room * sizeof *all->tenants);
    }
    all->tenants[all->tenant_count++] = *tenant;
}

static void add_row(void *ctx, const struct tenant_sealed *row)
{
    struct all *all = ctx;

    if (all->row_count == all->row_room) {
        all->row_room = all->row_room ? 2 * all->row_room : ROOM_FIRST;
        all->rows = arena_must_grow(all->rows, all->row_room * sizeof *all->rows);
    }
    all->rows[all->row_count++] = *row;
}

static void add_line(void *ctx, const struct report_only *row)
{
    struct all *all = ctx;

    if (all->line_count == all->line_room) {
        all->line_room = all->line_room ? 2 * all->line_room : ROOM_FIRST;
        all->lines = arena_must_grow(all->lines, all->line_room * sizeof *all->lines);
    }
    all->lines[all->line_count++] = *row;
}

static void forget(struct all *all)
{
    free(all->lines);
    free(all->tenants);
    free(all->rows);
    *all = (struct all){.tenants = NULL};
}

static enum err read_all(struct all *all, struct store *store)
{
    const struct store_tenants reader = {add_tenant, add_row, all, add_line};

    forget(all);
    return store_tenants_read(store, &reader);
}

static void take(struct tenancy *t)
{
    look_for_keys(t);
    vault_take(t->tools.vault, t->ring, t->all.tenants, t->all.tenant_count, t->all.rows,
               t->all.row_count);
    vault_take_lines(t->tools.vault, t->all.lines, t->all.line_count);
    if (vault_sight(t->tools.vault).is_unlocked)
        log_line(LOG_WARN, "the tenants' secrets may be swapped out: raise the limit of locked "
                           "memory (LimitMEMLOCK)");
}

enum err tenancy_first(struct tenancy *t, struct store *store)
{
    const enum err err = read_all(&t->all, store);

    if (!err)
        take(t);
    forget(&t->all);
    return err;
}

static enum err read_for(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct tenancy *t = reading->user;

    (void)now_ms;
    return read_all(&t->all, store);
}

static void begin_reading(struct tenancy *t);

static void serve(struct waiter *w, enum err err)
{
    while (w) {
        struct waiter *next = w->next;
        w->done(w->ctx, err);
        free(w);
        w = next;
    }
}

static void all_is_read(struct reading *reading)
{
    struct tenancy *t = reading->user;
    struct waiter *served = t->served;
    const enum err err = reading->err;

    t->is_reading = false;
    t->served = NULL;
    t->failed_ns = err ? clock_mono_ns() : 0;
    if (err) {
        log_line(LOG_ERROR, "the tenants cannot be read (%s): what is in force stays",
                 err_name(err));
    } else {
        take(t);
        t->tools.changed(t->tools.ctx);
    }
    forget(&t->all);
    if (t->is_wanted)
        begin_reading(t);
    serve(served, err);
}

static void begin_reading(struct tenancy *t)
{
    t->is_reading = true;
    t->is_wanted = false;
    t->served = t->waiting;
    t->waiting = NULL;
    t->reading = (struct reading){.read = read_for, .done = all_is_read, .user = t};
    if (t->tools.intake->read(t->tools.intake->ctx, &t->reading)) {
        t->reading.err = ERR_BUSY;
        all_is_read(&t->reading);
    }
}

void tenancy_refresh(struct tenancy *t, tenancy_done_fn *done, void *ctx)
{
    if (done) {
        struct waiter *w = arena_must_alloc(sizeof *w);
        *w = (struct waiter){t->waiting, done, ctx};
        t->waiting = w;
    }
    t->is_wanted = true; /* what is being read now may be from before the change */
    if (!t->is_reading)
        begin_reading(t);
}

void tenancy_turn(struct tenancy *t)
{
    if (t->failed_ns && !t->is_reading && clock_mono_ns() - t->failed_ns > again_ns)
        begin_reading(t);
}

/* ---- opening and closing ---- */

enum err tenancy_open(const struct tenancy_tools *tools, struct tenancy **out,
                      char why[TENANCY_WHY_SIZE])
{
    struct tenancy *t = arena_must_alloc(sizeof *t);

    *t = (struct tenancy){.tools = *tools};
    const enum err err = open_ring(t, &t->ring, why);
    if (err)
        tenancy_close(&t);
    else
        *out = t;
    return err;
}

static void drop_waiters(struct waiter *w)
{
    while (w) {
        struct waiter *next = w->next;
        free(w);
        w = next;
    }
}

void tenancy_close(struct tenancy **tenancy)
{
    struct tenancy *t = *tenancy;

    if (!t)
        return;
    drop_waiters(t->waiting);
    drop_waiters(t->served);
    keyring_close(&t->ring);
    keyring_close(&t->fresh);
    forget(&t->all);
    forget(&t->sealed);
    free(t->resealed);
    free(t);
    *tenancy = NULL;
}

enum err tenancy_seal(const struct tenancy *t, const struct tenant *tenant, struct span value,
                      struct tenant_sealed *row)
{
    row->tenant = tenant->id;
    return keyring_seal(t->ring, tenant->account, value, row);
}

/* ---- other keys ---- */

static void end_rotation(struct tenancy *t, enum err err, const char *why)
{
    tenancy_rotated_fn *rotated = t->rotated;

    t->rotated = NULL;
    keyring_close(&t->fresh);
    free(t->resealed);
    t->resealed = NULL;
    t->rotation.err = err;
    t->rotation.why = why;
    t->rotation.key_id = keyring_id(t->ring);
    rotated(t->rotated_ctx, &t->rotation);
}

static void is_in_force(void *ctx, enum err err)
{
    end_rotation(ctx, err, NULL);
}

/* Some at a time, so that nobody waits for all of them. */
static size_t some(const struct tenancy *t)
{
    const size_t left = t->resealed_count - t->resealed_at;

    return left < RESEALED_AT_ONCE ? left : RESEALED_AT_ONCE;
}

static enum err put_some(struct reading *reading, struct store *store, int64_t now_ms)
{
    const struct tenancy *t = reading->user;

    (void)now_ms;
    return store_tenants_reseal(store, t->resealed + t->resealed_at, some(t));
}

static void put_next(struct tenancy *t);

static void some_are_put(struct reading *reading)
{
    struct tenancy *t = reading->user;

    if (reading->err) {
        end_rotation(t, reading->err, NULL);
        return;
    }
    t->resealed_at += some(t);
    put_next(t);
}

static void put_next(struct tenancy *t)
{
    if (t->resealed_at == t->resealed_count) {
        tenancy_refresh(t, is_in_force, t);
        return;
    }
    t->resealing = (struct reading){.read = put_some, .done = some_are_put, .user = t};
    if (t->tools.intake->read(t->tools.intake->ctx, &t->resealing))
        end_rotation(t, ERR_BUSY, NULL);
}

static const struct tenant *tenant_of(const struct all *all, int32_t id)
{
    for (size_t i = 0; i < all->tenant_count; i++)
        if (all->tenants[i].id == id)
            return &all->tenants[i];
    return NULL;
}

static void reseal_one(struct tenancy *t, const struct all *all, const struct tenant_sealed *row)
{
    const struct tenant *tenant = tenant_of(all, row->tenant);
    char text[TENANT_SECRET_MAX + 1];
    struct tenant_sealed fresh = *row;

    if (!tenant || strcmp(row->key_id, keyring_id(t->ring)) == 0)
        return;
    if (keyring_unseal(t->ring, tenant->account, row, text) ||
        keyring_seal(t->ring, tenant->account, span_of(text), &fresh)) {
        t->rotation.unopened++;
        return;
    }
    t->resealed[t->resealed_count++] = fresh;
    t->rotation.sealed++;
    explicit_bzero(text, sizeof text);
}

static enum err read_sealed(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct tenancy *t = reading->user;

    (void)now_ms;
    return read_all(&t->sealed, store);
}

/* False: it lacks a key by which something is sealed still, and the rotation has ended. */
static bool take_fresh_ring(struct tenancy *t)
{
    const size_t lost = only_by(t->ring, t->fresh, &t->sealed);
    char why[TENANCY_WHY_SIZE];

    if (lost) {
        snprintf(why, sizeof why,
                 "%zu secrets are sealed by a key that the file has no more: put it back, behind "
                 "the new one",
                 lost);
        forget(&t->sealed);
        end_rotation(t, ERR_BAD_INPUT, why);
        return false;
    }
    keyring_close(&t->ring);
    t->ring = t->fresh;
    t->fresh = NULL;
    return true;
}

static void reseal(struct reading *reading)
{
    struct tenancy *t = reading->user;

    if (reading->err) {
        end_rotation(t, reading->err, NULL);
        return;
    }
    if (!take_fresh_ring(t))
        return;
    t->resealed = arena_must_alloc((t->sealed.row_count + 1) * sizeof *t->resealed);
    t->resealed_count = t->resealed_at = 0;
    for (size_t i = 0; i < t->sealed.row_count; i++)
        reseal_one(t, &t->sealed, &t->sealed.rows[i]);
    forget(&t->sealed);
    put_next(t);
}

enum err tenancy_rotate(struct tenancy *t, tenancy_rotated_fn *done, void *ctx)
{
    char why[TENANCY_WHY_SIZE] = "";

    if (t->rotated)
        return ERR_BUSY;
    t->rotated = done;
    t->rotated_ctx = ctx;
    t->rotation = (struct tenancy_rotation){.err = ERR_NONE};
    if (open_ring(t, &t->fresh, why)) {
        end_rotation(t, ERR_BAD_INPUT, why);
        return ERR_NONE;
    }
    t->resealing = (struct reading){.read = read_sealed, .done = reseal, .user = t};
    if (t->tools.intake->read(t->tools.intake->ctx, &t->resealing))
        end_rotation(t, ERR_BUSY, NULL);
    return ERR_NONE;
}

/* ---- the terms of those who have a roster ---- */

static void mark(const struct vault *vault, struct book_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct book_entry *e = &entries[i];
        const struct tenant *t = vault_tenant(vault, e->tenant);
        e->terms = t ? t->terms : tenant_terms_usual;
        e->is_hosted = vault_is_hosted(vault, span_of(e->roster->account_sid));
        const bool is_suspended = e->terms.state == TENANT_SUSPENDED;
        if (e->roster->is_suspended == is_suspended)
            continue;
        struct roster *copy = ARENA_NEW(e->arena, struct roster); /* others read the old one */
        *copy = *e->roster;
        copy->is_suspended = is_suspended;
        e->roster = copy;
    }
}

struct book *tenancy_book(const struct vault *vault, const char *host, struct book_entry *entries,
                          size_t count)
{
    if (vault)
        mark(vault, entries, count);
    struct book *book = book_open(entries, count);
    book->host = host;
    if (vault)
        book_take_lines(book, vault_lines(vault));
    return book;
}

bool tenancy_knows(const struct vault *vault, const struct book *book)
{
    for (size_t i = 0; i < book->count; i++) {
        const struct tenant *t = vault_tenant(vault, book->entries[i].tenant);
        if (!t || strcmp(t->account, book->entries[i].roster->account_sid) != 0)
            return false;
    }
    return true;
}
