/* simtext/sim_media.h - media of texts: given to whom the webhook told of them, fetched for phones.
 *
 * A MediaUrl of a text that somebody sends is fetched at once, plainly, as the carrier does:
 * no credentials, no redirects, up to 5 MiB. Media of a text from a phone has an address of
 * the API that wants credentials and redirects to one of ours that wants none.
 * Owns: nothing; media belongs to its text, and the text to the world.
 * Threads: loop thread only.
 * Source: sections 2.7, 4.3 and 5.4 of the carrier's reference.
 */
#ifndef SIMTEXT_SIM_MEDIA_H
#define SIMTEXT_SIM_MEDIA_H

#include "net/http_server.h"
#include "simworld/sim_world.h"

enum { SIM_MEDIA_BYTES_MAX = 64 << 20 };

/* Of a text still to be made: where to fetch it, or else what it is. */
struct sim_media_draft {
    struct span url, type, bytes;
};

/* Gives the text its media, copied. */
void sim_media_attach(struct sim_text *text, const struct sim_media_draft *drafts, size_t count);
/* Starts to fetch those that have a URL. text->media_pending counts down; the first failure
 * is left in text->error: sim_delivery's codes, 11751 when it is too large, 12300 without a
 * content type. */
void sim_media_fetch(struct sim_text *text);
/* Its address at the API, without ".json". */
const char *sim_media_address(struct arena *arena, const struct sim_media *media);

/* Answers a fetch of that address: sends it on. */
void sim_media_send_on(const struct sim_media *media, struct http_request *rq);
/* Answers GET /sim/media/KEY with the bytes; 404 when there is none. */
void sim_media_serve(struct sim_world *world, struct span key, struct http_request *rq);

#endif
