/* codec/tone.h - what a caller hears while phones ring in his stead, as a file of sound.
 *
 * North America's ringing: 440 and 480 Hz together, two seconds on and one off (the carrier's has
 * four off; a turn of the caller shall be short). WAV, 8 kHz, one channel, mu-law.
 * Threads: any. Pure.
 * Source: ITU-T G.711 for mu-law, ITU-T E.180 for the tones.
 */
#ifndef CODEC_TONE_H
#define CODEC_TONE_H

#include "base/arena.h"
#include "base/span.h"

enum {
    TONE_RATE = 8000,
    TONE_SAMPLES = 3 * TONE_RATE,
    TONE_HEADER_BYTES = 58, /* "RIFF", "fmt " with an extension of no bytes, "fact", "data" */
    TONE_BYTES = TONE_HEADER_BYTES + TONE_SAMPLES,
};

/* The file, TONE_BYTES long, in the arena. */
struct span tone_ringing(struct arena *arena);

/* One sample of 16 bits as mu-law has it. */
unsigned char tone_mulaw(int sample);

#endif
