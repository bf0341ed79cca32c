/* source/feeds.h - the iCalendar feeds that rosters name by an address.
 *
 * Got every ten minutes, in the background. A text that can be followed replaces the last good
 * one; one that cannot, or an address that cannot be had, raises an alarm once (`feed.refused`,
 * `feed.unreachable`), and the last good text stays. `feed.back` ends it.
 * Owns: the texts; each is a file of the folder as well, from which it comes after a restart. A
 * file is named by the hash of the address, which may be a secret, and begins with it.
 * Bounds: FEEDS_MAX addresses, FEEDS_BYTES_MAX in all.
 * Threads: loop thread only.
 */
#ifndef SOURCE_FEEDS_H
#define SOURCE_FEEDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "config/roster_defaults.h"
#include "river/apply.h"
#include "river/book.h"
#include "river/work.h"
#include "source/fetching.h"

enum { FEEDS_MAX = 2000, FEEDS_BYTES_MAX = 256 << 20 };

struct feeds;

struct feeds_tools {
    const struct clock *clock;
    struct fetching *fetching;
    const struct intake *intake;
    struct apply *apply;
    bool is_rehearsal;  /* addresses may be http://, and private */
    const char *folder; /* NULL: texts are not kept across a restart */
};

/* Reads what the folder has kept. `tools` is copied. */
struct feeds *feeds_open(const struct feeds_tools *tools);
void feeds_close(struct feeds **feeds);

/* The last good texts; they are valid until the next turn. */
const struct roster_feed *feeds_list(const struct feeds *feeds, size_t *out_count);
/* Goes on with the addresses that the book's rosters name, and with no others. The book must
 * stay open until the next one is taken. */
void feeds_take_book(struct feeds *feeds, const struct book *book);
/* Gets all of them as soon as it can. */
void feeds_hurry(struct feeds *feeds);
/* True once after a text has changed. */
bool feeds_have_changed(struct feeds *feeds);
/* Whether those of a roster can still be followed: time has gone on. An alarm tells which not. */
void feeds_check(struct feeds *feeds, const struct roster *roster);

#endif
