/* base/utf8.h - is text UTF-8, and which character stands at its start.
 *
 * Threads: any. Source: RFC 3629 (no surrogates, no overlong forms, up to U+10FFFF).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Returns the bytes of the first character, 1 to 4, and the character; 0 when the text is
 * empty or does not begin with one. */
size_t utf8_take(struct span text, uint32_t *out_code);
/* The same, but a byte that begins no character counts as U+FFFD: 0 for an empty text only. */
size_t utf8_next(struct span text, uint32_t *out_code);
/* The characters of a text, as utf8_next gives them. */
size_t utf8_count(struct span text);

/* The bytes before the first that begins no character; the text's size when it is valid. */
size_t utf8_valid_bytes(struct span text);
bool utf8_is_valid(struct span text);

#endif
