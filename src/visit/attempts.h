/* visit/attempts.h - how often somebody may try to sign in: by login, and by address.
 *
 * A login has ten tries, and a new one every 90 seconds; an address thirty, and a new one every
 * 10 seconds. A success gives all back. IPv6 addresses count by their /64. Behind a proxy every
 * peer has the proxy's address: a private one (loopback, a local network, a Unix socket) has no
 * limit of its own, and one of the public internet is never shut for longer than 10 seconds at a
 * time, so that nobody locks everybody out; the limit by login holds in any case. Who has signed
 * in stays signed in, whatever others try in his name. Forwarded headers are not believed: anybody
 * may write them.
 * A fixed table: when it is full, who has tried least is forgotten. A restart forgets all.
 * Threads: loop thread only.
 * Source: the generic cell rate algorithm (ITU-T I.371).
 */
#ifndef VISIT_ATTEMPTS_H
#define VISIT_ATTEMPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct attempts;

enum attempts_of { ATTEMPTS_LOGIN, ATTEMPTS_ADDRESS, ATTEMPTS_CODE, ATTEMPTS_OF };

struct attempts_word {
    int32_t wait_s; /* 0: go on, it has been counted; else not before that */
    bool is_first;  /* the first refusal since somebody could */
};

struct attempts *attempts_open(void);
void attempts_close(struct attempts **attempts);

/* `key`: a login whatever its case, or a numeric address. ATTEMPTS_CODE counts texts with a code
 * to a login: one a minute. */
struct attempts_word attempts_take(struct attempts *attempts, enum attempts_of of, struct span key,
                                   int64_t now_ms);
/* Somebody has signed in. */
void attempts_clear(struct attempts *attempts, enum attempts_of of, struct span key);

#endif
