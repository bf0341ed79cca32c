/* codec/base64.h - base64 (standard alphabet, padded), base64url (unpadded) and hex.
 *
 * Threads: any. Source: RFC 4648.
 */
#ifndef CODEC_BASE64_H
#define CODEC_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

/* Text forms, in the arena. */
struct span base64_render(struct arena *arena, const void *bytes, size_t size);
struct span base64_url_render(struct arena *arena, const void *bytes, size_t size);
struct span base64_hex_render(struct arena *arena, const void *bytes, size_t size);

/* Strict: false on any other character, wrong padding, non-zero spare bits, or when the result
 * does not have exactly `size` bytes. */
bool base64_parse(struct span text, void *out, size_t size);
bool base64_url_parse(struct span text, void *out, size_t size);
bool base64_hex_parse(struct span text, void *out, size_t size);
/* Standard alphabet, any length up to `max`; *out_size tells how long. */
bool base64_parse_any(struct span text, void *out, size_t max, size_t *out_size);

#endif
