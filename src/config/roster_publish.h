/* config/roster_publish.h - writes what has happened into somebody's state file, and touches
 * nothing else of it.
 *
 * Ours are the key `relay`, the time in `last_updated`, and the `state` of each job under `jobs`;
 * every other byte stays, with its order, its blanks and its unknown keys. What is ours does not
 * count as a change of the roster.
 * Owns: nothing; results live in the arena.
 * Threads: any.
 * Source: design section 5; docs/adr/0021-publishing.md.
 */
#ifndef CONFIG_ROSTER_PUBLISH_H
#define CONFIG_ROSTER_PUBLISH_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct roster_news {
    struct span relay; /* JSON, the value of the key */
    int64_t at_ms;
    const struct roster_news_job {
        struct span id, state;
    } * jobs;
    size_t job_count;
};

/* The document with the news in it. ERR_BAD_INPUT: `text` is no JSON object; ERR_FULL: with the
 * news it would be larger than a roster may be. */
MUST_USE enum err roster_publish_merge(struct arena *arena, struct span text,
                                       const struct roster_news *news, struct span *out);
/* SHA-256 of a document, which json_parse has accepted, without what is ours. */
void roster_publish_digest(struct span text, uint8_t out[32]);

#endif
