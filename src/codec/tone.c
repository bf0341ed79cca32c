#include "codec/tone.h"

#include <stdint.h>
#include <string.h>

enum { ON_SAMPLES = 2 * TONE_RATE, MULAW = 7, BIAS = 0x84, CLIP = 32635 };

/* A sine by its own recurrence: x[n] = 2 cos(w) x[n-1] - x[n-2]. */
struct wave {
    double twice_cos, last, before;
};

/* cos and sin of 2 pi 440 / 8000 and 2 pi 480 / 8000, at an amplitude of about -19 dBm0. */
static const double amplitude = 2800;
static const double cos_440 = 0.94088076895422557, sin_440 = 0.33873792024529142;
static const double cos_480 = 0.92977648588825135, sin_480 = 0.36812455268467797;

static struct wave wave_of(double cosine, double sine)
{
    return (struct wave){2 * cosine, 0, -amplitude * sine};
}

static double next(struct wave *w)
{
    const double now = w->twice_cos * w->last - w->before;

    w->before = w->last;
    w->last = now;
    return now;
}

unsigned char tone_mulaw(int sample)
{
    const int sign = sample < 0 ? 0x80 : 0;
    int size = sample < 0 ? -sample : sample, exponent = 7;

    size = (size > CLIP ? CLIP : size) + BIAS;
    for (int mask = 0x4000; exponent > 0 && !(size & mask); mask >>= 1)
        exponent--;
    return (unsigned char)~(sign | exponent << 4 | ((size >> (exponent + 3)) & 0x0f));
}

static unsigned char *put(unsigned char *at, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *at++ = (unsigned char)(value >> (8 * i));
    return at;
}

static unsigned char *put_word(unsigned char *at, const char word[5])
{
    memcpy(at, word, 4);
    return at + 4;
}

static unsigned char *put_header(unsigned char *at)
{
    at = put(put_word(at, "RIFF"), TONE_BYTES - 8, 4);
    at = put(put_word(put_word(at, "WAVE"), "fmt "), 18, 4);
    at = put(put(at, MULAW, 2), 1, 2);             /* one channel */
    at = put(put(at, TONE_RATE, 4), TONE_RATE, 4); /* samples, and bytes, a second */
    at = put(put(put(at, 1, 2), 8, 2), 0, 2);      /* bytes, and bits, a sample */
    at = put(put(put_word(at, "fact"), 4, 4), TONE_SAMPLES, 4);
    return put(put_word(at, "data"), TONE_SAMPLES, 4);
}

struct span tone_ringing(struct arena *arena)
{
    unsigned char *file = ARENA_NEW_N(arena, unsigned char, TONE_BYTES);
    unsigned char *at = put_header(file);
    struct wave low = wave_of(cos_440, sin_440), high = wave_of(cos_480, sin_480);

    for (int i = 0; i < TONE_SAMPLES; i++) {
        const double sum = next(&low) + next(&high);
        *at++ = tone_mulaw(i < ON_SAMPLES ? (int)sum : 0);
    }
    return (struct span){(const char *)file, TONE_BYTES};
}
