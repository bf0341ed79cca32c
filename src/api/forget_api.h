/* api/forget_api.h - erases a person by his number.
 *
 * Without `confirm` it tells what there is of him, and what stands in the way. With it some rows
 * are erased by each request: a program asks again with `next` until `phase` is "done"; between two
 * requests nothing is remembered but what the database has. First the carrier is asked to delete
 * his texts and recordings ("carrier": ask again in a moment), then everything here goes ("rows").
 * Threads: loop thread only.
 * Source: docs/adr/0034-forgetting.md.
 */
#ifndef API_FORGET_API_H
#define API_FORGET_API_H

#include "visit/visit.h"

/* POST: {number, confirm: the number again, next}. 409: somebody still waits for him, or he is on
 * the roster. */
visit_fn forget_api;

#endif
