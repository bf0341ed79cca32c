/* sim/sim_shape.h - the carrier's JSON: messages, calls, pages, errors; and a phone's diary.
 *
 * Pure: reads the nouns, writes text.
 * Threads: any.
 * Source: sections 5.2 to 5.5 of the carrier's reference.
 */
#ifndef SIM_SIM_SHAPE_H
#define SIM_SIM_SHAPE_H

#include "codec/json.h"
#include "sim/sim_world.h"

void sim_shape_text(struct json_out *out, const char *key, const struct sim_text *text);
/* A medium of a text. */
void sim_shape_media(struct json_out *out, const char *key, const struct sim_media *media);
void sim_shape_call(struct json_out *out, const char *key, const struct sim_leg *leg);
void sim_shape_recording(struct json_out *out, const char *key,
                         const struct sim_recording *recording);
/* {"code":...,"message":...,"more_info":...,"status":...} */
void sim_shape_error(struct buf *out, int status, int code, const char *message);

/* What a phone has seen, for the control interface: texts, calls, words heard. */
void sim_shape_phone(struct json_out *out, const struct sim_world *world,
                     const struct sim_phone *phone);

struct sim_shape_page {
    const char *path;  /* "/2010-04-01/Accounts/AC.../Messages.json" */
    struct span query; /* the filters, encoded, repeated in each address */
    int64_t page, page_size, start;
    size_t rows;
    const char *token; /* SID of the last row when more follow; NULL: the last page */
};

/* Writes the members of a list's frame that surround the rows. */
void sim_shape_page(struct json_out *out, const struct sim_shape_page *page);

#endif
