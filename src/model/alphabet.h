/* model/alphabet.h - what one character is to a text message.
 *
 * Pure. Threads: any. A character is a Unicode code point.
 * Source: GSM 03.38 as section 6.2 of the carrier's reference prints it, and its table of the
 * look-alikes that smart encoding replaces; Unicode 14 for what continues a character.
 */
#ifndef MODEL_ALPHABET_H
#define MODEL_ALPHABET_H

#include <stdbool.h>
#include <stdint.h>

/* The septets that a character takes in GSM-7, 1 or 2; 0 when GSM-7 has none for it. */
int alphabet_septets(uint32_t code);

/* What smart encoding writes for a character, from nothing ("") to seven spaces; NULL when
 * the character stays as it is. Lives for ever. */
const char *alphabet_lookalike(uint32_t code);

/* True for what never stands alone: a combining mark, variation selector, joiner, emoji
 * modifier, tag, or the second half of a Hangul syllable. A reader sees one character that
 * must not be torn from what is before it. */
bool alphabet_continues(uint32_t code);

#endif
