/* provider/twiml.h - an answer as the document that the carrier plays.
 *
 * Every address in it is absolute. Those that the carrier fetches for a leg, where neither To
 * nor From needs to be a line of ours, name the tenant too (`t`).
 * Threads: any. Pure.
 * Source: section 3 of the carrier's reference.
 */
#ifndef PROVIDER_TWIML_H
#define PROVIDER_TWIML_H

#include "base/arena.h"
#include "base/span.h"
#include "model/event.h"
#include "model/script.h"
#include "provider/callback.h"

enum {
    TWIML_BYTES_MAX = 65536,
    TWIML_CHARACTERS_MAX = 4000, /* of a document that travels with a request, the carrier's */
};

/* What a caller hears while phones ring in his stead; answered without a signature. */
#define TWIML_RINGING_PATH "/webhook/twilio/ringing.wav"

/* Where the document's addresses lead. */
struct twiml_place {
    struct span public_url;           /* without a slash at the end */
    struct span path;                 /* raw path of the call's own requests */
    struct span tenant;               /* slug */
    const struct callback *callback;  /* of ANSWER_READ and ANSWER_CALL alone */
    const struct script_set *scripts; /* in force; NULL: the answers' own words alone */
};

/* The document, in the arena: the script that the answer names, with the answer in place of its
 * step, or the answer alone. Of a kind that is for people or programs: the empty one. */
struct span twiml_render(struct arena *arena, const struct answer *answer,
                         const struct twiml_place *place);

/* The document of a call that reads `words` out, twice, and asks for a key each time: our row
 * `message` is told of it. `language` is the carrier's code, empty: English. Words that make it
 * longer than TWIML_CHARACTERS_MAX are cut at a character; their last line, which says what the
 * keys do, always stays. */
struct span twiml_reading(struct arena *arena, const struct callback *callback, int64_t message,
                          struct span language, struct span words);

#endif
