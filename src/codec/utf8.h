/* codec/utf8.h - is text UTF-8, and which character stands at its start.
 *
 * Threads: any. Source: RFC 3629 (no surrogates, no overlong forms, up to U+10FFFF).
 */
#ifndef CODEC_UTF8_H
#define CODEC_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Returns the bytes of the first character, 1 to 4, and the character; 0 when the text is
 * empty or does not begin with one. */
size_t utf8_take(struct span text, uint32_t *out_code);
bool utf8_is_valid(struct span text);

#endif
