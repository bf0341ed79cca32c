#include "config/roster_calendars.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "codec/calendar.h"
#include "config/roster_schedule.h"

enum { ADDRESS_MAX = 500, BEHIND_DAYS = 2, AHEAD_DAYS = 60 };

static const int64_t day_ms = 86400000;
static const uint64_t mark_of_none = HASH_BEGIN;

struct stretch roster_calendars_window(int64_t now_ms)
{
    return (struct stretch){now_ms - BEHIND_DAYS * day_ms, now_ms + AHEAD_DAYS * day_ms};
}

static bool is_address(struct span word)
{
    return span_starts(word, SPAN("https://")) || span_starts(word, SPAN("http://"));
}

static const struct roster_feed *find_feed(const struct roster_defaults *defaults,
                                           struct span address)
{
    for (size_t i = 0; i < defaults->feed_count; i++)
        if (span_is_text(address, defaults->feeds[i].address))
            return &defaults->feeds[i];
    return NULL;
}

/* A relative name is looked for beside the roster's file. */
static const char *path_of(const struct roster_draft *d, struct span word)
{
    const char *file = d->defaults->beside ? d->defaults->beside : d->defaults->file;
    const char *slash = file ? strrchr(file, '/') : NULL;

    if (word.data[0] == '/' || !slash)
        return arena_text(d->arena, word);
    return arena_printf(d->arena, "%.*s/%.*s", (int)(slash - file), file, SPAN_ARG(word));
}

/* ---- what they hold, as a number ---- */

static uint64_t mark_of_file(const char *path)
{
    struct stat st;
    uint64_t h = mark_of_none;

    if (stat(path, &st) != 0)
        return 0;
    h = hash_number(h, (uint64_t)st.st_size);
    h = hash_number(h, (uint64_t)st.st_mtim.tv_sec);
    h = hash_number(h, (uint64_t)st.st_mtim.tv_nsec);
    return hash_number(h, (uint64_t)st.st_ino);
}

static uint64_t mark_of(const struct calendar_place *p, const struct roster_feed *feed)
{
    if (p->is_address)
        return feed ? feed->mark : 0;
    return mark_of_file(p->place);
}

uint64_t roster_calendars_mark(const struct roster *roster, const struct roster_feed *feeds,
                               size_t feed_count)
{
    const struct roster_defaults with = {.feeds = feeds, .feed_count = feed_count};
    uint64_t h = mark_of_none;

    for (int i = 0; i < roster->calendar_count; i++) {
        const struct calendar_place *p = &roster->calendars[i];
        h = hash_number(h, mark_of(p, p->is_address ? find_feed(&with, span_of(p->place)) : NULL));
    }
    return h;
}

/* Before it is read, so that a change in between is seen later. */
static void add_place(struct roster_draft *d, const struct calendar_place *p,
                      const struct roster_feed *feed)
{
    struct roster *r = &d->roster;

    ((struct calendar_place *)r->calendars)[r->calendar_count++] = *p;
    r->calendars_mark = hash_number(r->calendars_mark, mark_of(p, feed));
}

/* ---- reading ---- */

/* Nothing that is no plain file: a pipe would never end. */
static bool read_file(struct roster_draft *d, const struct doc_node *node, const char *path,
                      struct span *out)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    FILE *file = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? fdopen(fd, "r") : NULL;

    if (!file) {
        if (fd >= 0)
            close(fd);
        if (!d->defaults->was_good)
            doc_mistake(d->doc, node, "\"%s\" cannot be read; check the path and the file's mode",
                        path);
        return false;
    }
    char *text = arena_alloc(d->doc->scratch, CALENDAR_BYTES_MAX + 1);
    const size_t size = fread(text, 1, CALENDAR_BYTES_MAX + 1, file);
    fclose(file);
    *out = (struct span){text, size};
    return true;
}

static bool find_text(struct roster_draft *d, const struct doc_node *node, struct span word,
                      int index, struct span *out)
{
    struct calendar_place p = {.operator_index = (uint16_t)index, .is_address = is_address(word)};

    if (p.is_address) {
        const struct roster_feed *feed = find_feed(d->defaults, word);
        p.place = arena_text(d->arena, word);
        add_place(d, &p, feed);
        if (feed)
            *out = feed->text;
        return feed != NULL;
    }
    if (d->defaults->file && strstr(d->defaults->file, "://")) {
        doc_mistake(d->doc, node,
                    "\"%.*s\" is a file; a roster that comes from an address names calendars by "
                    "https:// addresses",
                    SPAN_ARG(word));
        return false;
    }
    p.place = path_of(d, word);
    add_place(d, &p, NULL);
    return read_file(d, node, p.place, out);
}

/* The events; false with the mistake listed, or when the feed has not come yet. What an address
 * brings is no mistake of the document: source/feeds.h raises the alarm. */
static bool expand(struct roster_draft *d, const struct doc_node *node, int index,
                   struct stretch **out, size_t *out_count)
{
    const struct zone *zone = d->operators[index].zone;
    const struct stretch window = roster_calendars_window(d->defaults->now_ms);
    struct span word, text;

    if (!doc_text(d->doc, node, ADDRESS_MAX, &word) || !zone ||
        !find_text(d, node, word, index, &text))
        return false;
    const enum err err = calendar_expand(d->doc->scratch, text, zone, &window, out, out_count);
    if (!err)
        return true;
    if (is_address(word) || d->defaults->was_good)
        return false;
    if (err == ERR_FULL)
        doc_mistake(d->doc, node,
                    "has more than %d events, %d bytes, or %d times within %d days; split it",
                    CALENDAR_EVENTS_MAX, CALENDAR_BYTES_MAX, LIMIT_STRETCHES, AHEAD_DAYS);
    else
        doc_mistake(d->doc, node,
                    "is no iCalendar file that can be followed; export it anew, and repeat its "
                    "events by the hour at most");
    return false;
}

static const struct stretch *keep(struct roster_draft *d, struct stretch *list, size_t *count)
{
    *count = roster_schedule_join(list, *count);
    struct stretch *kept = ARENA_NEW_N(d->arena, struct stretch, *count + 1);
    memcpy(kept, list, *count * sizeof *list);
    return kept;
}

static void read_on(struct roster_draft *d, const struct doc_node *node, int index)
{
    struct roster_operator *o = &d->operators[index];
    struct stretch *list = NULL;
    size_t count = 0;

    /* Without the feed his hours alone hold: he is rung once too often rather than never. */
    if (!expand(d, node, index, &list, &count))
        return;
    o->has_calendar = true;
    o->calendar = keep(d, list, &count);
    o->calendar_count = (uint16_t)count;
}

static void read_away(struct roster_draft *d, const struct doc_node *node, int index)
{
    struct roster_operator *o = &d->operators[index];
    struct stretch *list = NULL;
    size_t count = 0;

    if (!expand(d, node, index, &list, &count))
        return;
    struct stretch *both = ARENA_NEW_N(d->doc->scratch, struct stretch, count + o->away_count + 1U);
    memcpy(both, list, count * sizeof *list);
    if (o->away_count)
        memcpy(both + count, o->away, o->away_count * sizeof *both);
    count += o->away_count;
    o->away = keep(d, both, &count);
    o->away_count = (uint16_t)count;
}

static int count_places(const struct roster_draft *d)
{
    int count = 0;

    for (int i = 0; i < d->roster.operator_count; i++)
        count += (doc_get(d->doc, d->operator_nodes[i], "calendar") != NULL) +
                 (doc_get(d->doc, d->operator_nodes[i], "away_calendar") != NULL);
    return count;
}

void roster_calendars_read(struct roster_draft *d)
{
    d->roster.calendars = ARENA_NEW_N(d->arena, struct calendar_place, (size_t)count_places(d) + 1);
    d->roster.calendars_mark = mark_of_none;
    d->roster.calendars_ms = d->defaults->now_ms;
    for (int i = 0; i < d->roster.operator_count; i++) {
        const struct doc_node *on = doc_get(d->doc, d->operator_nodes[i], "calendar");
        const struct doc_node *away = doc_get(d->doc, d->operator_nodes[i], "away_calendar");

        if (on)
            read_on(d, on, i);
        if (away)
            read_away(d, away, i);
    }
}
