/* provider/script_render.h - a call script as verbs of a document, its fields filled in.
 *
 * Fields are written as text and as values of attributes by the writer that escapes, so whatever
 * they hold, the verbs are the script's.
 * Threads: any. Pure.
 * Source: section 3 of the carrier's reference.
 */
#ifndef PROVIDER_SCRIPT_RENDER_H
#define PROVIDER_SCRIPT_RENDER_H

#include "base/arena.h"
#include "base/span.h"
#include "codec/xml.h"
#include "model/script.h"

enum { SCRIPT_RENDER_FIELD_BYTES = 256 }; /* of a field's value; the rest is cut */

struct script_render {
    struct arena *arena;
    struct xml_out *xml;
    const struct script_use *use;
    struct span key_action;                                  /* of a Gather that names none */
    void (*step)(void *ctx, const struct script_node *step); /* writes what stands for the step */
    void *ctx;
};

/* The verbs in order; when `use->later`, from the step on. */
void script_render_verbs(const struct script_render *render, const struct script_node *verbs);
/* The same without regard to a step: prompts. */
void script_render_prompts(const struct script_render *render, const struct script_node *prompts);

#endif
