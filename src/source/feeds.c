#include "source/feeds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "codec/calendar.h"
#include "codec/url.h"
#include "codec/zone.h"
#include "config/feed_file.h"
#include "config/roster_calendars.h"
#include "model/facts.h"

enum {
    POLL_EVERY_S = 600,
    FAILURES_TO_ALARM = 3, /* of reaching an address: one may be a hiccup */
};

struct feed {
    struct feed *next;
    struct feeds *feeds;
    char *address;
    char *text; /* the last good one; NULL before */
    size_t size;
    uint64_t mark;
    int failures;    /* of reaching it, since the last success */
    bool is_refused; /* the last text that came cannot be followed */
    bool is_told;    /* an alarm is on */
    bool is_named;   /* by a roster in force */
};

struct feeds {
    struct feeds_tools tools;
    const struct book *book;
    struct feed *first;
    size_t count, bytes;
    struct roster_feed *list; /* of those that have a text */
    size_t list_count;
    uint64_t marks;
    bool changed, is_full;
};

/* ---- the list ---- */

static struct feed *find(const struct feeds *f, const char *address)
{
    for (struct feed *at = f->first; at; at = at->next)
        if (strcmp(at->address, address) == 0)
            return at;
    return NULL;
}

static struct feed *add(struct feeds *f, struct span address)
{
    struct feed *at = arena_must_alloc(sizeof *at);

    *at = (struct feed){.next = f->first, .feeds = f};
    at->address = arena_must_alloc(address.size + 1);
    memcpy(at->address, address.data, address.size);
    at->address[address.size] = 0;
    f->first = at;
    f->count++;
    return at;
}

static void list_again(struct feeds *f)
{
    f->list = arena_must_grow(f->list, sizeof *f->list * (f->count + 1));
    f->list_count = 0;
    for (const struct feed *at = f->first; at; at = at->next)
        if (at->text)
            f->list[f->list_count++] =
                (struct roster_feed){at->address, {at->text, at->size}, at->mark};
}

static void take_text(struct feeds *f, struct feed *at, struct span text)
{
    char *copy = arena_must_alloc(text.size + 1);

    memcpy(copy, text.data, text.size);
    f->bytes = f->bytes - at->size + text.size;
    free(at->text);
    at->text = copy;
    at->size = text.size;
    at->mark = ++f->marks;
    list_again(f);
}

static void drop(struct feeds *f, struct feed **at)
{
    struct feed *gone = *at;

    *at = gone->next;
    f->count--;
    f->bytes -= gone->size;
    free(gone->address);
    free(gone->text);
    free(gone);
}

struct feeds *feeds_open(const struct feeds_tools *tools)
{
    struct feeds *f = arena_must_alloc(sizeof *f);
    struct arena *scratch = arena_open(65536);
    struct roster_feed *kept = NULL;
    const size_t count = tools->folder ? feed_file_list(scratch, tools->folder, &kept) : 0;

    *f = (struct feeds){.tools = *tools};
    for (size_t i = 0; i < count; i++)
        if (f->bytes + kept[i].text.size <= FEEDS_BYTES_MAX)
            take_text(f, add(f, span_of(kept[i].address)), kept[i].text);
    arena_close(&scratch);
    return f;
}

void feeds_close(struct feeds **feeds)
{
    struct feeds *f = *feeds;

    if (!f)
        return;
    while (f->first)
        drop(f, &f->first);
    free(f->list);
    free(f);
    *feeds = NULL;
}

const struct roster_feed *feeds_list(const struct feeds *f, size_t *out_count)
{
    *out_count = f->list_count;
    return f->list;
}

/* ---- what is told ---- */

struct news {
    struct reading reading;
    struct feeds *feeds;
    struct arena *arena; /* holds this very struct */
    struct event_row row;
};

static enum err keep_news(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct news *n = reading->user;
    struct id_maker *ids = &n->feeds->tools.apply->ids;
    struct facts facts;

    n->row.id = id_next(ids, now_ms);
    n->row.at_ms = now_ms;
    facts_init(&facts, n->arena, ids, now_ms);
    facts_log(&facts, &n->row);
    return store_save(store, &facts);
}

static void news_are_kept(struct reading *reading)
{
    struct news *n = reading->user;
    struct arena *arena = n->arena;

    if (reading->err)
        log_line(LOG_ERROR, "%s not kept", n->row.kind);
    else
        n->feeds->tools.apply->alarms += n->row.alarm;
    arena_close(&arena);
}

/* Path and query may be secrets: whose it is and its host tell which one is meant. */
static const char *shown(struct arena *arena, const struct roster *roster,
                         const struct calendar_place *p)
{
    struct url u;

    return arena_printf(arena, "the calendar of %s at %.*s",
                        roster->operators[p->operator_index].name,
                        SPAN_ARG(url_parse(span_of(p->place), &u) ? SPAN("its address") : u.host));
}

static void tell_tenant(struct feeds *f, const struct book_entry *entry,
                        const struct calendar_place *p, const char *kind, const char *why)
{
    struct arena *arena = arena_open(4096);
    struct news *n = ARENA_NEW(arena, struct news);
    const bool alarm = why != NULL;
    const char *detail = arena_printf(arena, "%s %s", shown(arena, entry->roster, p),
                                      alarm ? why : "is followed again");

    log_event(alarm ? LOG_WARN : LOG_INFO,
              &(struct log_fields){.tenant = entry->tenant, .kind = kind}, "%s%s: %s",
              alarm ? "alarm " : "", kind, detail);
    *n = (struct news){.feeds = f, .arena = arena};
    n->row = (struct event_row){
        .tenant = entry->tenant, .kind = kind, .detail = span_of(detail), .alarm = alarm};
    n->reading = (struct reading){.read = keep_news, .done = news_are_kept, .user = n};
    if (f->tools.intake->read(f->tools.intake->ctx, &n->reading))
        arena_close(&arena);
}

/* Each tenant who names the address, once; `why` is NULL when it is back. */
static void tell(struct feeds *f, const struct feed *at, const char *kind, const char *why)
{
    for (size_t i = 0; f->book && i < f->book->count; i++) {
        const struct roster *r = f->book->entries[i].roster;
        for (int n = 0; n < r->calendar_count; n++)
            if (r->calendars[n].is_address && strcmp(r->calendars[n].place, at->address) == 0) {
                tell_tenant(f, &f->book->entries[i], &r->calendars[n], kind, why);
                break;
            }
    }
}

static void raise_alarm(struct feeds *f, struct feed *at, const char *kind, const char *why)
{
    if (!at->is_told)
        tell(f, at, kind, why);
    at->is_told = true;
}

static void end_alarm(struct feeds *f, struct feed *at)
{
    if (at->is_told)
        tell(f, at, "feed.back", NULL);
    at->is_told = false;
}

/* ---- what comes ---- */

/* NULL when it can be followed. */
static const char *judge(const struct feeds *f, struct span text)
{
    struct arena *scratch = arena_open(65536);
    const struct stretch window = roster_calendars_window(clock_now_ms(f->tools.clock));
    const struct zone *zone = NULL;
    struct stretch *list;
    size_t count;
    enum err err = zone_load(scratch, "UTC", &zone);

    if (!err)
        err = calendar_expand(scratch, text, zone, &window, &list, &count);
    arena_close(&scratch);
    if (err == ERR_FULL)
        return "is refused: it has too many events, bytes, or times within 60 days; split it. The "
               "last good one stays";
    return err ? "is refused: it is no iCalendar text that can be followed. The last good one stays"
               : NULL;
}

static void got(struct feeds *f, struct feed *at, struct span text)
{
    const bool is_same =
        at->text && at->size == text.size && memcmp(at->text, text.data, text.size) == 0;
    const char *why = is_same ? NULL : judge(f, text);

    if (!why && !is_same && f->bytes + text.size > FEEDS_BYTES_MAX)
        why = "is refused: all calendars together are too large";
    at->is_refused = why != NULL;
    if (why) {
        raise_alarm(f, at, "feed.refused", why);
        return;
    }
    end_alarm(f, at);
    if (is_same)
        return;
    take_text(f, at, text);
    if (f->tools.folder && feed_file_put(f->tools.folder, at->address, text))
        log_line(LOG_WARN, "a calendar cannot be kept in %s: %s", f->tools.folder, strerror(errno));
    f->changed = true;
}

static void not_got(struct feeds *f, struct feed *at, const struct address_answer *answer)
{
    char why[512];

    snprintf(why, sizeof why, "%s. The last good one stays", answer->why ? answer->why : "moves");
    if (++at->failures >= FAILURES_TO_ALARM || answer->answered)
        raise_alarm(f, at, "feed.unreachable", why);
}

static void fetched(void *ctx, const struct address_answer *answer)
{
    struct feed *at = ctx;

    switch (answer->fate) {
    case ADDRESS_GOT:
        at->failures = 0;
        got(at->feeds, at, answer->text);
        break;
    case ADDRESS_SAME:
        at->failures = 0;
        if (!at->is_refused)
            end_alarm(at->feeds, at);
        break;
    case ADDRESS_PUT:
    case ADDRESS_OTHER:
    case ADDRESS_ABSENT:
    case ADDRESS_MOVED:
    case ADDRESS_FAILED:
    case ADDRESS_FATES:
        not_got(at->feeds, at, answer);
        break;
    }
}

/* ---- what is asked for ---- */

static void name(struct feeds *f, const char *address)
{
    struct feed *at = find(f, address);

    if (!at && f->count >= FEEDS_MAX) {
        if (!f->is_full)
            log_line(LOG_ERROR, "more than %d calendars have addresses: the others are not got",
                     FEEDS_MAX);
        f->is_full = true;
        return;
    }
    if (!at)
        at = add(f, span_of(address));
    at->is_named = true;
    if (!f->tools.is_rehearsal && !span_starts(span_of(address), SPAN("https://"))) {
        raise_alarm(f, at, "feed.refused", "is refused: it is no https:// address");
        return;
    }
    fetching_poll(f->tools.fetching, at->address, (struct span){0}, POLL_EVERY_S, fetched, at);
}

void feeds_take_book(struct feeds *f, const struct book *book)
{
    f->book = book;
    for (struct feed *at = f->first; at; at = at->next)
        at->is_named = false;
    for (size_t i = 0; i < book->count; i++)
        for (int n = 0; n < book->entries[i].roster->calendar_count; n++)
            if (book->entries[i].roster->calendars[n].is_address)
                name(f, book->entries[i].roster->calendars[n].place);
    for (struct feed **at = &f->first; *at;) {
        if ((*at)->is_named) {
            at = &(*at)->next;
            continue;
        }
        fetching_forget(f->tools.fetching, (*at)->address, *at);
        if (f->tools.folder)
            feed_file_drop(f->tools.folder, (*at)->address);
        drop(f, at);
    }
    list_again(f);
}

void feeds_hurry(struct feeds *f)
{
    for (struct feed *at = f->first; at; at = at->next)
        fetching_hurry(f->tools.fetching, at->address, at);
}

bool feeds_have_changed(struct feeds *f)
{
    const bool changed = f->changed;

    f->changed = false;
    return changed;
}

void feeds_check(struct feeds *f, const struct roster *roster)
{
    for (int i = 0; i < roster->calendar_count; i++) {
        struct feed *at =
            roster->calendars[i].is_address ? find(f, roster->calendars[i].place) : NULL;
        const char *why = at && at->text ? judge(f, (struct span){at->text, at->size}) : NULL;
        if (why)
            raise_alarm(f, at, "feed.refused", why);
    }
}
