/* visit/standing_words.h - how nextring stands, in words for somebody who is tired: each part is
 * well, wants a look, or is broken.
 *
 * Pure: figures in, words out.
 * Threads: any. Units: instants are UTC milliseconds, 0 for never.
 */
#ifndef VISIT_STANDING_WORDS_H
#define VISIT_STANDING_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

enum standing_words_part {
    STANDING_STORE,
    STANDING_QUEUE,
    STANDING_CARRIER,
    STANDING_WEBHOOKS,
    STANDING_ROSTER,
    STANDING_STREAM,
    STANDING_PARTS
};
enum standing_words_state { STANDING_OK, STANDING_WARN, STANDING_BAD, STANDING_STATES };

struct standing_words_figures {
    int64_t now_ms, started_ms;
    /* Store and queue. */
    bool can_store;
    uint64_t spooled, waiting, sending, unsure;
    int64_t commit_us;
    /* Carrier: of its API. */
    int64_t answered_ms, away_ms, denied_ms, refused_ms;
    int32_t refused_code;
    int refused_status;
    /* Webhooks, by their signature. */
    int64_t signed_ms, unsigned_ms;
    uint64_t unsigned_count;
    /* Roster. */
    bool roster_is_good, roster_is_address;
    int64_t roster_version, roster_age_s;
    unsigned streams;
    int nodes, nodes_lost; /* that share the database and live; that have died in the last day */
};

struct standing_words {
    enum standing_words_state state;
    struct span words; /* in the arena */
};

struct standing_words standing_words(struct arena *arena, enum standing_words_part part,
                                     const struct standing_words_figures *figures);

const char *standing_words_part_name(enum standing_words_part part);
const char *standing_words_state_name(enum standing_words_state state);

#endif
