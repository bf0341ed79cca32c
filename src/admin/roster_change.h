/* admin/roster_change.h - a new version of a tenant's roster, from the request to the answer that
 * it is in force: whether it is edited here at all, from which version it was made (If-Match), its
 * mistakes, what it changes and what it brings with it.
 *
 * With ?dry_run=1 nothing comes into force and mistakes are no error.
 * Threads: loop thread only.
 * Source: docs/roster.md, "Edited on the board".
 */
#ifndef ADMIN_ROSTER_CHANGE_H
#define ADMIN_ROSTER_CHANGE_H

#include "edit/roster_edit.h"
#include "visit/visit.h"

/* Puts `document`, which lives in the visit's arena, in the place of the tenant's; `note` tells
 * what for. Answers. */
void roster_change_put(struct visit *v, struct span document, struct span note);
/* Edits a part of it; what the edit needs comes from the path and the body. Answers. */
void roster_change_part(struct visit *v, enum roster_edit_kind kind);

/* False: the tenant has no roster, or it is not edited here, and it has been answered. */
bool roster_change_is_allowed(struct visit *v);

/* The document as this peer may see it: what follows a calendar's host may be a secret, and is
 * not for those who cannot edit it (edit/roster_shown.h). NULL data: of what is no JSON, a version
 * that was refused, nobody can tell. */
struct span roster_change_shown(struct visit *v, struct span document);

/* JSON as answer, with the version as its ETag. */
void roster_change_answer(struct visit *v, int status, const struct buf *json, int64_t version);
/* What `source` is in the answers of the API. */
void roster_change_source(struct visit *v, struct json_out *json);

#endif
