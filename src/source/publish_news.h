/* source/publish_news.h - what is published of a tenant, as JSON.
 *
 * Owns: nothing; all of it lives in the arena.
 * Threads: publish_news_read on the storage thread, the rest any.
 */
#ifndef SOURCE_PUBLISH_NEWS_H
#define SOURCE_PUBLISH_NEWS_H

#include <stdint.h>

#include "config/roster_publish.h"
#include "model/facts.h"
#include "model/roster.h"
#include "store/store.h"

enum { PUBLISH_NEWS_RELAYS = 100, PUBLISH_NEWS_EVENTS = 100, PUBLISH_NEWS_JOBS = 1000 };

/* What the store has to say. */
struct publish_news {
    struct span lists; /* "relays" and "events", between the braces of their object */
    const struct duties *duties;
    const struct roster_news_job *jobs;
    size_t job_count;
};

MUST_USE enum err publish_news_read(struct arena *arena, int32_t tenant, struct store *store,
                                    int64_t now_ms, struct publish_news *out);
/* `out->relay` is without `updated_at`, so that the same news are the same bytes. */
void publish_news_tell(struct arena *arena, const struct publish_news *read,
                       const struct roster *roster, int64_t now_ms, struct roster_news *out);
/* Puts the time in. */
void publish_news_stamp(struct arena *arena, struct roster_news *news, int64_t now_ms);

#endif
