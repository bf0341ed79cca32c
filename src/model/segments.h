/* model/segments.h - how long a text is on the air, and where it may be cut.
 *
 * The carrier sends a text in GSM-7 when its alphabet has every character, else in UCS-2, and
 * splits a long one into segments, each of which is paid for. What a reader sees as one
 * character (a letter and its marks, a flag, a family of emoji) is never split, neither
 * between segments nor by a cut; 32 code points are the most that hold together.
 *
 * Pure. Threads: any. A byte that is not UTF-8 counts as U+FFFD, which makes a text UCS-2.
 * Units: a unit is a septet of GSM-7 (an escaped character has two) or a 16-bit unit of UCS-2.
 * Source: section 6.2 of the carrier's reference; test/vectors/sms-segments.json.
 */
#ifndef MODEL_SEGMENTS_H
#define MODEL_SEGMENTS_H

#include "base/arena.h"
#include "base/span.h"

enum encoding { ENCODING_GSM7, ENCODING_UCS2, ENCODINGS };
const char *encoding_name(enum encoding encoding); /* GSM-7, UCS-2 */

struct segments {
    enum encoding encoding;
    size_t units;
    size_t count; /* segments; 1 for an empty text */
};

struct segments segments_count(struct span text);

/* Returns the text with every look-alike replaced by what GSM-7 has, as the carrier does when
 * smart encoding is on; up to seven times as long; in the arena. */
struct span segments_smart(struct arena *arena, struct span text);

/* Returns the longest beginning of `text` that, with `extra` right after it, takes at most
 * `segments`; all of it when that fits, empty when not even `extra` alone does. `extra` is
 * what will follow, our words and a link: it begins with no mark that continues a character.
 * To call with an encoding in mind, cut what segments_smart returned. */
struct span segments_cut(struct span text, struct span extra, size_t segments);

/* Returns the longest beginning of `text` that has at most `most` code points. */
struct span segments_cut_characters(struct span text, size_t most);

#endif
