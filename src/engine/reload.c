#include "engine/reload.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/rosters.h"

enum { WATCH_EVERY_MS = 1000 };

static void work_is_done(struct work *w)
{
    struct arena *arena = w->arena;

    arena_close(&arena); /* holds the work */
}

/* Whoever waits for somebody to come on duty may not have to wait any longer. */
static void wake_relays(struct reload *r, int32_t tenant)
{
    struct arena *arena = arena_open(1024);
    struct work *w = ARENA_NEW(arena, struct work);

    w->arena = arena;
    w->is_alone = true;
    w->done = work_is_done;
    w->event.kind = EVENT_WAKE;
    w->event.tenant = tenant;
    if (r->intake->submit(r->intake->ctx, w)) {
        log_line(LOG_WARN, "tenant %d: relays that wait do not see the new roster yet",
                 (int)tenant);
        arena_close(&arena);
    }
}

static void take_over(struct reload *r, struct loading *l)
{
    const size_t fresh = l->count; /* those that stay come after them */
    struct book *book = loading_book(l, r->book);

    for (size_t i = 0; i < book->count; i++) {
        const struct book_entry *entry = &book->entries[i];
        for (int n = 0; n < entry->roster->line_count; n++)
            pace_set_rate(r->apply->claim.pace, entry->tenant, entry->roster->lines[n].number,
                          entry->roster->lines[n].texts_per_second);
        if (i < fresh)
            wake_relays(r, entry->tenant);
    }
    book->older = r->book;
    r->book = book;
    if (r->taken)
        r->taken(r->ctx, book);
    if (l->version) /* else none of the documents is good */
        r->version = l->version;
    r->good = l->refused == 0;
    r->apply->alarms += l->refused;
}

static enum err read_loading(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct loading *l = reading->user;
    struct reload *r = l->user;

    return loading_keep(l, store, &r->apply->ids, now_ms);
}

static void loaded(struct reading *reading)
{
    struct loading *l = reading->user;
    struct reload *r = l->user;

    if (reading->err) {
        log_line(LOG_ERROR, "roster not kept: %s", store_why(r->apply->store));
        r->good = false;
        r->mark = 0; /* the watch reads it again */
    } else {
        take_over(r, l);
    }
    for (struct loading **at = &r->loading; *at; at = &(*at)->next)
        if (*at == l) {
            *at = l->next;
            break;
        }
    loading_close(&l);
}

enum err reload_start(struct reload *r, char why[LOADING_WHY_SIZE])
{
    if (!r->options->roster) {
        snprintf(why, LOADING_WHY_SIZE, "no roster file is set: the database's stays in force");
        return ERR_NONE;
    }
    struct loading *l = NULL;
    const enum err err = loading_open(r->options, &l, why);
    const size_t said = strlen(why);
    if (err) {
        r->good = false;
        snprintf(why + said, LOADING_WHY_SIZE - said, "; the last good version stays in force");
    }
    if (!l)
        return err;
    l->reading = (struct reading){.read = read_loading, .done = loaded, .user = l};
    l->user = r;
    l->tenant = r->book->count == 1 ? r->book->entries[0].tenant : 0;
    l->next = r->loading;
    r->loading = l;
    const enum err posted = r->intake->read(r->intake->ctx, &l->reading);
    return err ? err : posted;
}

enum err reload_first(struct reload *r, int64_t now_ms, char why[LOADING_WHY_SIZE])
{
    struct loading *l = NULL;

    /* Before the reading: a change in between is then seen by the watch. */
    if (r->options->roster)
        r->mark = rosters_mark(r->options->roster);
    enum err err = loading_first(r->options, r->apply->store, &l, why);

    if (!err)
        err = loading_keep(l, r->apply->store, &r->apply->ids, now_ms);
    if (!err)
        take_over(r, l);
    else if (l)
        snprintf(why, LOADING_WHY_SIZE, "roster not kept: %s", store_why(r->apply->store));
    loading_close(&l);
    return err;
}

void reload_watch(struct reload *r)
{
    const int64_t now_ns = clock_mono_ns();
    char why[LOADING_WHY_SIZE];

    if (!r->options->roster || r->loading ||
        now_ns - r->watched_ns < (int64_t)WATCH_EVERY_MS * 1000000)
        return;
    r->watched_ns = now_ns;
    const uint64_t mark = rosters_mark(r->options->roster);
    if (mark == r->mark)
        return;
    r->mark = mark;
    if (reload_start(r, why))
        log_line(LOG_ERROR, "%s", why);
    else
        log_line(LOG_INFO, "%s", why);
}

void reload_close_old(struct reload *r)
{
    for (struct book *b = r->book ? r->book->older : NULL; b;) {
        struct book *older = b->older;
        book_close(&b);
        b = older;
    }
    if (r->book)
        r->book->older = NULL;
}

void reload_done(struct reload *r)
{
    for (struct loading *l = r->loading; l;) {
        struct loading *next = l->next;
        loading_close(&l);
        l = next;
    }
    r->loading = NULL;
    reload_close_old(r);
    book_close(&r->book);
}
