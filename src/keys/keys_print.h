/* keys/keys_print.h - the credentials for people: what each is for and where it came from, never
 * what it is.
 *
 * Threads: any.
 */
#ifndef KEYS_KEYS_PRINT_H
#define KEYS_KEYS_PRINT_H

#include "base/arena.h"
#include "base/buf.h"
#include "codec/json.h"
#include "config/credentials.h"

/* A line each. */
void keys_print_text(struct arena *arena, const struct credentials *credentials, struct buf *out);
/* "credentials": [{name, is_given, is_secret, shown, place, use}]. */
void keys_print_json(struct arena *arena, const struct credentials *credentials,
                     struct json_out *out);

#endif
