/* setup/ledger.h - what provision has changed at the carrier, so that it can be put back: a file
 * of JSON lines in the state folder, provision.json.
 *
 * A line is written and on disk before the carrier is asked: a change that was then refused is in
 * it too, and putting that back changes nothing. Lines are added, never changed.
 * Owns: the open file with its lock, until ledger_close; texts live in the arena.
 * Errors: ERR_BUSY, another provision runs; ERR_BAD_INPUT, a line is not ours; ERR_BROKEN, the
 * file cannot be read or written. *why is one line for people.
 * Threads: one.
 */
#ifndef SETUP_LEDGER_H
#define SETUP_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "setup/number.h"

enum ledger_kind { LEDGER_SET, LEDGER_UNDO, LEDGER_BUY, LEDGER_KINDS };
/* "set", "undo", "buy". */
const char *ledger_kind_name(enum ledger_kind kind);

struct ledger_change {
    enum number_field field;
    struct span before, after;
};

struct ledger_entry {
    int64_t id;  /* from 1, the line's number */
    int64_t run; /* the id of the first entry of the same command */
    int64_t at_ms;
    enum ledger_kind kind;
    int64_t undoes; /* LEDGER_UNDO: an id */
    struct span account, number, sid;
    struct span heard; /* the newest call and text that had come through it by then */
    struct ledger_change changes[NUMBER_FIELDS];
    size_t change_count;
    bool is_undone; /* by a later entry */
};

struct ledger {
    struct arena *arena;
    const char *path;
    int fd;                       /* -1: read alone */
    struct ledger_entry *entries; /* oldest first */
    size_t count, room;
};

enum { LEDGER_BYTES_MAX = 16 << 20 };

/* `to_write`: locks it, and makes it (mode 600) and its folder (700) when they are not there. */
MUST_USE enum err ledger_open(struct arena *arena, const char *folder, bool to_write,
                              struct ledger **out, const char **why);
void ledger_close(struct ledger **ledger);

/* Adds one, whose id it sets, and its run when that is 0; it is on disk when this returns. */
MUST_USE enum err ledger_add(struct ledger *ledger, struct ledger_entry *entry, const char **why);

/* The latest change of that number that stands; NULL without. */
struct ledger_entry *ledger_last(const struct ledger *ledger, struct span account,
                                 struct span number);
/* The latest run of which a change stands; 0 without. */
int64_t ledger_last_run(const struct ledger *ledger, struct span account);

#endif
