/* config/roster_draft.h - a roster while it is being read, and the readers that its parts share.
 *
 * An operator whose number or zone is wrong still takes his place in the draft, so that what
 * names him gives no second mistake.
 * Owns: the tables live in the document's scratch arena; roster_file copies them at the end.
 */
#ifndef CONFIG_ROSTER_DRAFT_H
#define CONFIG_ROSTER_DRAFT_H

#include <stdbool.h>

#include "config/doc.h"
#include "config/roster_defaults.h"
#include "model/roster.h"

struct roster_draft {
    struct doc *doc;
    struct arena *arena; /* for what the finished roster points at */
    const struct roster_defaults *defaults;
    struct roster roster;
    struct roster_operator *operators;
    const struct doc_node **operator_nodes; /* where each operator stands */
    struct chain *chains;
    struct line *lines;
    struct job_route *routes;
};

/* A text, trimmed, or a whole number as text, without a mistake; empty for all else. */
struct span roster_draft_word(const struct roster_draft *draft, const struct doc_node *node);
/* E.164 of a number in any usual form, be it text or a JSON number; false with the mistake listed.
 */
bool roster_draft_phone(struct roster_draft *draft, const struct doc_node *node,
                        char out[LIMIT_NUMBER_SIZE]);
/* The same for text without a mistake; false when it is no good number. */
bool roster_draft_is_phone(const struct roster_draft *draft, struct span text,
                           char out[LIMIT_NUMBER_SIZE]);
/* The zone of this name; NULL with the mistake listed. */
const struct zone *roster_draft_zone(struct roster_draft *draft, const struct doc_node *node);
/* An id: letters, digits, '.', '_' and '-', up to LIMIT_SLUG_SIZE - 1 bytes. */
bool roster_draft_id(struct roster_draft *draft, const struct doc_node *node,
                     char out[LIMIT_SLUG_SIZE]);
/* A name for people, up to LIMIT_NAME_SIZE - 1 bytes. */
bool roster_draft_name(struct roster_draft *draft, const struct doc_node *node,
                       char out[LIMIT_NAME_SIZE]);
/* Copies what is known to fit, with its NUL. */
void roster_draft_copy(char *out, size_t size, struct span text);
/* "bob-smith" from "Bob Smith!"; empty when nothing is left. */
void roster_draft_slug(struct span name, char out[LIMIT_SLUG_SIZE]);

#endif
