/* links/fetch.h - bytes that the carrier keeps (photos, recordings), fetched for one visit.
 *
 * Credentials go to the API and to nobody else; one redirect is followed, to the carrier's
 * storage. A few are fetched at once, some wait, the rest are told to come again, and the bytes
 * held in all are bounded.
 * Owns: nothing; a fetch lives in its visit's arena.
 * Threads: loop thread only.
 * Source: design section 11.
 */
#ifndef LINKS_FETCH_H
#define LINKS_FETCH_H

#include "net/http_client.h"
#include "visit/visit.h"

/* The caller fills all up to the two ends, of which one is called, once: it answers the
 * visit. */
struct fetch {
    struct visit *visit;
    struct span url; /* at the carrier's API; ends in a NUL */
    int32_t tenant;  /* whose, and of which account: the credentials are chosen by both */
    struct span account;
    void (*give)(struct fetch *f, const struct http_result *got); /* it answered 200 */
    /* Words for the log, words for people; `status` is the carrier's, 0 without an answer. */
    void (*fail)(struct fetch *f, int status, const char *why, struct span words);
    bool led;           /* a redirect has been followed */
    struct fetch *next; /* of those that wait */
};

/* False when too many wait; nothing has been done then. */
bool fetch_start(struct fetch *f);
/* The bytes count as held until the visit's answer has been sent or its peer has gone. */
void fetch_hold(struct visit *v, size_t bytes);

#endif
