#include "source/reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "config/roster_calendars.h"
#include "source/job_import.h"
#include "source/rosters.h"
#include "source/tenancy.h"

enum {
    WATCH_EVERY_MS = 1000,
    LOOKS_A_TURN = 500, /* at calendars */
    WAKES_A_TURN = 32,  /* of a tenant's relays: each looks for the gaps of a day */
    POLL_EVERY_S = 60,
    FAILURES_TO_ALARM = 3, /* of reaching an address: one may be a hiccup */
};

static const int64_t day_ms = 86400000;

/* What was given up, as the store took too long or could not be written: it is tried again, not at
 * once. A row that cannot be read would fail for ever. */
static bool is_to_be_repeated(const struct work *w)
{
    return w->err && (w->unstored || w->err == ERR_BUSY || w->err == ERR_UNSURE);
}

static void wake_later(struct reload *r, int32_t tenant)
{
    for (size_t i = 0; i < r->book->count; i++)
        if (r->book->entries[i].tenant == tenant) {
            r->book->entries[i].is_fresh = true;
            r->next_wake = i < r->next_wake ? i : r->next_wake;
        }
    r->wake_ns = clock_mono_ns() + (int64_t)WATCH_EVERY_MS * 1000000;
}

static void is_woken(struct work *w)
{
    struct reload *r = w->user;
    struct arena *arena = w->arena;

    if (is_to_be_repeated(w))
        wake_later(r, w->event.tenant);
    r->wakes_out--;
    arena_close(&arena); /* holds the work */
}

/* Whoever waits for somebody to come on duty may not have to wait any longer. */
static bool wake_relays(struct reload *r, int32_t tenant)
{
    struct arena *arena = arena_open(1024);
    struct work *w = ARENA_NEW(arena, struct work);

    w->arena = arena;
    w->is_alone = true;
    w->done = is_woken;
    w->user = r;
    w->event.kind = EVENT_WAKE;
    w->event.tenant = tenant;
    if (r->intake->submit(r->intake->ctx, w)) {
        arena_close(&arena);
        return false;
    }
    r->wakes_out++;
    return true;
}

/* The next few, when the last ones are decided: what the carrier brings meanwhile waits for no
 * more than these. One that finds no room is tried again the next turn. */
static void wake_some(struct reload *r)
{
    if (r->wakes_out > 0 || clock_mono_ns() < r->wake_ns)
        return;
    for (; r->next_wake < r->book->count && r->wakes_out < WAKES_A_TURN; r->next_wake++) {
        struct book_entry *entry = &r->book->entries[r->next_wake];
        if (entry->is_fresh && !wake_relays(r, entry->tenant))
            return;
        entry->is_fresh = false;
    }
}

static void put_in_force(struct reload *r, struct book *book)
{
    book->older = r->book;
    r->book = book;
    r->next_wake = 0;
    wake_some(r);
    feeds_take_book(r->feeds, book);
    if (r->taken)
        r->taken(r->ctx, book);
}

static void take_over(struct reload *r, struct loading *l)
{
    const size_t fresh = l->count; /* those that stay come after them */
    struct book *book = loading_book(r->options, l, r->book);

    for (size_t i = 0; i < book->count; i++) {
        const struct book_entry *entry = &book->entries[i];
        for (int n = 0; n < entry->roster->line_count; n++)
            pace_set_rate(r->apply->claim.pace, entry->tenant, entry->roster->lines[n].number,
                          entry->roster->lines[n].texts_per_second);
        if (i < fresh && !l->is_again)
            job_import_start(entry, r->intake);
    }
    for (size_t i = 0; i < fresh; i++) {
        book->entries[i].is_fresh = true;
        book->entries[i].tried_mark = book->entries[i].roster->calendars_mark;
        book->entries[i].tried_ms = book->entries[i].roster->calendars_ms;
    }
    put_in_force(r, book);
    if (l->version && (book->count == 1 || !(l->is_again || l->edit)))
        r->version = l->version; /* else none of the documents is good, or it is another's */
    if (!l->is_again)
        r->good = l->refused == 0;
    r->apply->alarms += loading_news(l);
    r->refused += loading_news(l);
}

static bool is_told(const struct reload *r, const struct rosters_document *d)
{
    for (size_t i = 0; i < r->told_count; i++)
        if (memcmp(r->told[i], d->mark, sizeof d->mark) == 0)
            return true;
    return false;
}

static void remember_told(struct reload *r, const struct loading *l)
{
    r->told = arena_must_grow(r->told, sizeof *r->told * (l->refused + 1));
    r->told_count = 0;
    for (const struct rosters_document *d = l->documents; d; d = d->next)
        if (!d->roster && !d->is_kept)
            memcpy(r->told[r->told_count++], d->mark, sizeof d->mark);
}

/* Whether all this is in force already, or refused and told of: what we have written ourselves,
 * for one. */
static bool is_in_force(const struct reload *r, const struct loading *l)
{
    if (loading_news(l) || (l->refused ? l->count > r->book->count : l->count != r->book->count))
        return false;
    for (size_t i = 0; i < l->count; i++) {
        const struct roster *old = book_roster(r->book, l->entries[i].tenant);
        if (!old || memcmp(old->digest, l->entries[i].roster->digest, sizeof old->digest) != 0)
            return false;
    }
    return true;
}

static enum err read_loading(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct loading *l = reading->user;
    struct reload *r = l->user;

    return loading_keep(l, store, &r->apply->ids, now_ms);
}

/* What was read for its calendars and not kept is tried at the next look, not in a day. */
static void try_again(struct reload *r, const struct loading *l)
{
    for (size_t i = 0; i < l->count; i++)
        for (size_t n = 0; n < r->book->count; n++)
            if (r->book->entries[n].tenant == l->entries[i].tenant)
                r->book->entries[n].tried_mark = 0;
}

/* Whoever made it learns what came of it. */
static void tell_edit(struct reading *reading, const struct loading *l)
{
    struct editing *edit = l->edit;

    edit->err = reading->err;
    if (!edit->err) {
        edit->tenant_now = l->entries[0].tenant;
        edit->version_now = l->version;
    }
}

static int64_t version_in_force(const struct reload *r, int32_t tenant)
{
    for (size_t i = 0; i < r->book->count; i++)
        if (r->book->entries[i].tenant == tenant)
            return r->book->entries[i].version;
    return 0;
}

/* An edit of which it was not known whether it is kept (the disk was full) turns out to be. */
static void take_stored(struct reload *r, struct editing *edit)
{
    const struct book_entry stored = {
        .tenant = edit->tenant, .version = edit->version_now, .text = edit->document_now};
    struct loading *l = NULL;
    char why[LOADING_WHY_SIZE] = "";

    if (edit->version_now <= version_in_force(r, edit->tenant))
        return;
    enum err err = loading_again(r->options, r->feeds, &stored, &l, why);
    if (!err)
        err = loading_keep(l, r->apply->store, &r->apply->ids, clock_now_ms(r->options->clock));
    if (err) {
        log_line(LOG_ERROR, "roster version %lld is kept but cannot come into force: %s",
                 (long long)edit->version_now, why);
    } else {
        log_line(LOG_WARN, "roster version %lld was kept after all: in force from now on",
                 (long long)edit->version_now);
        l->is_again = false; /* it is an edit, with all that follows from one */
        l->edit = edit;
        take_over(r, l);
    }
    loading_close(&l);
}

void reload_take_kept(struct reload *r, const struct book_entry *kept, size_t count)
{
    struct loading *l = loading_kept(r->options, r->feeds, r->book, kept, count);

    if (l->count) {
        log_line(LOG_INFO, "rosters of %zu tenants, changed on another node: in force from now on",
                 l->count);
        take_over(r, l);
    }
    loading_close(&l);
}

static void edited(struct reload *r, struct reading *reading, struct loading *l)
{
    tell_edit(reading, l);
    if (reading->err == ERR_CONFLICT) {
        if (l->edit->stored)
            take_stored(r, l->edit);
        arena_close(&l->edit->stored);
        return;
    }
    if (reading->err) {
        log_line(LOG_ERROR, "roster not kept: %s", store_why(r->apply->store));
        return;
    }
    const struct roster *old = book_roster(r->book, l->entries[0].tenant);
    if (!old || memcmp(old->digest, l->documents->roster->digest, sizeof old->digest) != 0)
        take_over(r, l);
}

static void loaded(struct reading *reading)
{
    struct loading *l = reading->user;
    struct reload *r = l->user;

    if (!reading->err && !l->is_kept && !r->intake->read(r->intake->ctx, reading))
        return; /* the next step, when what has come meanwhile is decided */
    if (l->edit) {
        edited(r, reading, l);
    } else if (reading->err) {
        log_line(LOG_ERROR, "roster not kept: %s", store_why(r->apply->store));
        r->good = false;
        r->mark = 0; /* the watch reads it again */
        if (l->is_again)
            try_again(r, l);
        if (address_is(r->options->roster))
            fetching_anew(r->fetching, r->options->roster, r);
    } else if (l->unreachable[0]) {
        r->apply->alarms++;
    } else if (!l->is_again && is_in_force(r, l)) {
        r->good = l->refused == 0;
        remember_told(r, l);
    } else {
        if (!l->is_again)
            remember_told(r, l);
        take_over(r, l);
    }
    for (struct loading **at = &r->loading; *at; at = &(*at)->next)
        if (*at == l) {
            *at = l->next;
            break;
        }
    struct editing *edit = l->edit;
    loading_close(&l);
    if (edit)
        edit->done(edit); /* the next one begins at the next look */
}

static enum err post(struct reload *r, struct loading *l)
{
    l->reading = (struct reading){.read = read_loading, .done = loaded, .user = l};
    l->user = r;
    if (!l->is_again && !l->edit)
        l->tenant = r->book->count == 1 ? r->book->entries[0].tenant : 0;
    for (struct rosters_document *d = l->documents; d && !l->is_again; d = d->next)
        d->is_told = !d->roster && is_told(r, d);
    l->next = r->loading;
    r->loading = l;
    return r->intake->read(r->intake->ctx, &l->reading);
}

/* Two at once could both take a name or a line that is free: one after the other cannot. */
static bool is_editing(const struct reload *r)
{
    for (const struct loading *l = r->loading; l; l = l->next)
        if (l->edit)
            return true;
    return false;
}

static void start_edit(struct reload *r)
{
    while (r->edits && !is_editing(r)) {
        struct editing *edit = r->edits;
        struct loading *l = NULL;
        r->edits = edit->next;
        edit->err = loading_edit(r->options, r->feeds, r->book, edit, &l);
        if (!edit->err)
            edit->err = post(r, l);
        if (edit->err)
            edit->done(edit);
    }
}

static void got(struct reload *r, struct span text)
{
    struct arena *scratch = arena_open(1024);
    struct loading *l = NULL;
    char why[LOADING_WHY_SIZE];

    if (loading_of(r->options, r->feeds, address_shown(scratch, r->options->roster), text, &l, why))
        log_line(LOG_ERROR, "%s; the last good version stays in force", why);
    else
        log_line(LOG_INFO, "%s", why);
    if (post(r, l)) /* cannot be: readings are always taken */
        log_line(LOG_ERROR, "roster not kept");
    arena_close(&scratch);
}

static void not_got(struct reload *r, const struct address_answer *answer)
{
    struct arena *scratch = arena_open(1024);
    char why[LOADING_WHY_SIZE];

    snprintf(why, sizeof why, "roster %s %s", address_shown(scratch, r->options->roster),
             answer->why);
    r->failures++;
    log_line(LOG_ERROR, "%s; the last good version stays in force", why);
    if (r->failures == FAILURES_TO_ALARM || (answer->answered && r->failures == 1)) {
        if (answer->answered)
            r->failures = FAILURES_TO_ALARM;
        if (post(r, loading_alarm(why)))
            log_line(LOG_ERROR, "alarm not kept");
    }
    arena_close(&scratch);
}

static void fetched(void *ctx, const struct address_answer *answer)
{
    struct reload *r = ctx;

    switch (answer->fate) {
    case ADDRESS_GOT:
        r->failures = 0;
        r->checked_ns = clock_mono_ns();
        got(r, answer->text);
        break;
    case ADDRESS_SAME:
        r->failures = 0;
        r->checked_ns = clock_mono_ns();
        break;
    case ADDRESS_PUT:
    case ADDRESS_OTHER:
    case ADDRESS_ABSENT:
    case ADDRESS_MOVED:
    case ADDRESS_FAILED:
    case ADDRESS_FATES:
        not_got(r, answer);
        break;
    }
}

enum err reload_start(struct reload *r, char why[LOADING_WHY_SIZE])
{
    feeds_hurry(r->feeds);
    if (address_is(r->options->roster)) {
        snprintf(why, LOADING_WHY_SIZE, "the roster is being got from its address");
        fetching_hurry(r->fetching, r->options->roster, r);
        return ERR_NONE;
    }
    if (!r->options->roster) {
        snprintf(why, LOADING_WHY_SIZE, "no roster file is set: the database's stays in force");
        return ERR_NONE;
    }
    struct loading *l = NULL;
    const enum err err = loading_open(r->options, r->feeds, &l, why);
    const size_t said = strlen(why);
    if (err) {
        r->good = false;
        snprintf(why + said, LOADING_WHY_SIZE - said, "; the last good version stays in force");
    }
    if (!l)
        return err;
    r->checked_ns = clock_mono_ns();
    const enum err posted = post(r, l);
    return err ? err : posted;
}

void reload_edit(struct reload *r, struct editing *edit)
{
    struct editing **last = &r->edits;

    if (*last || is_editing(r)) { /* what it was tried against will have changed */
        arena_close(&edit->trial.arena);
        edit->trial = (struct editing_trial){.roster = NULL};
    }
    while (*last)
        last = &(*last)->next;
    edit->next = NULL;
    *last = edit;
    start_edit(r);
}

enum err reload_first(struct reload *r, int64_t now_ms, char why[LOADING_WHY_SIZE])
{
    struct loading *l = NULL;
    struct arena *scratch = arena_open(4096);
    struct span etag = {0};

    arena_mark_secret(scratch);
    /* Before the reading: a change in between is then seen by the watch. */
    if (r->options->roster && !address_is(r->options->roster))
        r->mark = rosters_mark(r->options->roster);
    enum err err = loading_first(r->options, r->feeds, r->apply->store, scratch, &etag, &l, why);

    while (!err && !l->is_kept)
        err = loading_keep(l, r->apply->store, &r->apply->ids, now_ms);
    if (!err) {
        remember_told(r, l);
        take_over(r, l);
    } else if (l) {
        snprintf(why, LOADING_WHY_SIZE, "roster not kept: %s", store_why(r->apply->store));
    }
    if (!err) {
        r->checked_ns = clock_mono_ns();
        r->failures = l->unreachable[0] ? FAILURES_TO_ALARM : 0;
        r->apply->alarms += l->unreachable[0] != 0;
    }
    if (!err && address_is(r->options->roster))
        fetching_poll(r->fetching, r->options->roster, etag, POLL_EVERY_S, fetched, r);
    loading_close(&l);
    arena_close(&scratch);
    return err;
}

/* ---- calendars ---- */

/* What they hold has changed, or the time for which they were expanded moves on. */
static bool is_stale(const struct reload *r, struct book_entry *entry, int64_t now_ms)
{
    size_t count;
    const struct roster_feed *feeds = feeds_list(r->feeds, &count);
    const uint64_t mark = roster_calendars_mark(entry->roster, feeds, count);
    const int64_t age_ms = now_ms - entry->tried_ms;

    if (mark == entry->tried_mark && age_ms >= 0 && age_ms < day_ms)
        return false;
    if (mark == entry->tried_mark)
        feeds_check(r->feeds, entry->roster);
    entry->tried_mark = mark;
    entry->tried_ms = now_ms;
    return true;
}

static void read_again(struct reload *r, const struct book_entry *entry)
{
    struct loading *l = NULL;
    char why[LOADING_WHY_SIZE];

    if (loading_again(r->options, r->feeds, entry, &l, why))
        log_event(LOG_ERROR, &(struct log_fields){.tenant = entry->tenant},
                  "%s; the calendars stay as they were", why);
    else
        log_line(LOG_INFO, "%s", why);
    if (post(r, l)) /* cannot be: readings are always taken */
        log_line(LOG_ERROR, "calendars not taken over");
}

/* One tenant at a time, and a bounded number of looks a turn, so that many tenants hold nobody
 * up. */
static void watch_calendars(struct reload *r, int64_t now_ns)
{
    const int64_t now_ms = clock_now_ms(r->options->clock);
    int looks = LOOKS_A_TURN;

    if (r->loading)
        return;
    if (feeds_have_changed(r->feeds))
        r->calendars_ns = 0;
    if (now_ns < r->calendars_ns)
        return;
    for (size_t n = 0; n < r->book->count && looks > 0; n++) {
        struct book_entry *entry = &r->book->entries[r->next_entry++ % r->book->count];
        looks -= entry->roster->calendar_count;
        if (entry->roster->calendar_count && is_stale(r, entry, now_ms)) {
            read_again(r, entry);
            return; /* the others at once, when this one is in force */
        }
    }
    r->calendars_ns = now_ns + (int64_t)WATCH_EVERY_MS * 1000000;
}

void reload_watch(struct reload *r)
{
    const int64_t now_ns = clock_mono_ns();
    char why[LOADING_WHY_SIZE];

    start_edit(r);
    wake_some(r);
    watch_calendars(r, now_ns);
    if (!r->options->roster || address_is(r->options->roster) || r->loading ||
        now_ns - r->watched_ns < (int64_t)WATCH_EVERY_MS * 1000000)
        return;
    r->watched_ns = now_ns;
    const uint64_t mark = rosters_mark(r->options->roster);
    if (mark == r->mark && r->good)
        r->checked_ns = now_ns;
    if (mark == r->mark)
        return;
    r->mark = mark;
    if (reload_start(r, why))
        log_line(LOG_ERROR, "%s", why);
    else
        log_line(LOG_INFO, "%s", why);
}

bool reload_is_good(const struct reload *r)
{
    return r->good && r->failures < FAILURES_TO_ALARM;
}

void reload_terms(struct reload *r)
{
    struct book *old = r->book;
    struct book_entry *entries = arena_must_alloc(sizeof *entries * (old->count + 1));
    size_t count = 0;

    for (size_t i = 0; i < old->count; i++) {
        struct book_entry *e = &old->entries[i];
        if (!vault_tenant(r->options->vault, e->tenant))
            continue; /* the old book closes it */
        entries[count++] = *e;
        e->arena = NULL; /* the new one does */
    }
    struct book *book = tenancy_book(r->options->vault, r->options->account_sid, entries, count);
    for (size_t i = 0; i < count; i++)
        book->entries[i].is_fresh |=
            entries[i].roster->is_suspended != book_roster(old, entries[i].tenant)->is_suspended;
    free(entries);
    put_in_force(r, book);
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
    free(r->told);
    r->told = NULL;
}
