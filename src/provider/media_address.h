/* provider/media_address.h - the carrier's addresses of photos and the like: which one is meant,
 * and where it may send us for the bytes.
 *
 * Of an address only the ids in its path count, so one that points elsewhere leads nowhere. The
 * API answers with a redirect to a storage host; that one is asked without credentials.
 * Pure. Threads: any.
 * Source: section 5.4 of the carrier's reference; design section 11.
 */
#ifndef PROVIDER_MEDIA_ADDRESS_H
#define PROVIDER_MEDIA_ADDRESS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/limits.h"

struct media_address {
    char account[LIMIT_SID_SIZE], message[LIMIT_SID_SIZE], media[LIMIT_SID_SIZE];
};

/* False, *out untouched, unless the address' path names an account, a message and a medium. */
bool media_address_parse(struct span address, struct media_address *out);
/* Where it is at the API whose base, without a slash at the end, is `api`; ends in a NUL. */
struct span media_address_render(struct arena *arena, struct span api,
                                 const struct media_address *media);

struct recording_address {
    char account[LIMIT_SID_SIZE], recording[LIMIT_SID_SIZE];
};

/* The same for a recording; what follows its id (".wav") does not matter. */
bool media_address_recording(struct span address, struct recording_address *out);
/* Where it is as MP3, which every phone plays and which is small. */
struct span media_address_recording_render(struct arena *arena, struct span api,
                                           const struct recording_address *recording);

/* True when the API is on this machine, as in a rehearsal. */
bool media_address_is_rehearsal(struct span api);
/* True when a redirect of the API to the absolute address `target` may be followed: https at a
 * storage host of the carrier's; in a rehearsal the API's own scheme, host and port as well. */
bool media_address_may_lead_to(struct span api, struct span target);

#endif
