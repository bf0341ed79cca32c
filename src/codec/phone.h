/* codec/phone.h - phone numbers: any human form to E.164, and what kind it is.
 *
 * Threads: any (libphonenumber's tables are shared and read-only).
 * Source: libphonenumber; a thin C++ shim because it has no C interface.
 */
#ifndef CODEC_PHONE_H
#define CODEC_PHONE_H

#ifdef __cplusplus
extern "C" {
#endif

#include <stdbool.h>
#include <stddef.h>

enum { PHONE_TEXT_SIZE = 17 }; /* '+', up to 15 digits, NUL */

enum phone_verdict {
    PHONE_GOOD,
    PHONE_NOT_A_NUMBER, /* no digits, letters, empty */
    PHONE_NO_COUNTRY,   /* needs a country code or a region */
    PHONE_TOO_SHORT,
    PHONE_TOO_LONG,
    PHONE_NOT_POSSIBLE, /* no such number in its country's plan */
    PHONE_PREMIUM,      /* premium-rate or shared cost */
    PHONE_EMERGENCY,    /* calls for help in its country, or where it is dialled */
    PHONE_VERDICTS
};

/* Reads `text` (not NUL-ended, `size` bytes) as dialled in `region` ("US"; NULL or "" when
 * only full numbers count) and writes E.164 with a NUL. Numbers that are possible but not
 * assigned (such as 555 01XX) are good. *out is written for PHONE_GOOD and PHONE_PREMIUM. */
enum phone_verdict phone_parse(const char *text, size_t size, const char *region,
                               char out[PHONE_TEXT_SIZE]);
/* One line for people: "is too short". */
const char *phone_verdict_words(enum phone_verdict verdict);
/* The number as people of its country write it: "(619) 555-0111" for the region's own numbers,
 * international form otherwise; a copy of `e164` when it cannot be read. At most 31 characters.
 */
void phone_pretty(const char *e164, const char *region, char out[32]);
struct phone_facts {
    int calling_code;  /* 1 */
    char region[3];    /* "US"; "" when it is of no country */
    char national[32]; /* "(619) 555-0111" */
};
/* What a number itself tells. False, and *out untouched, when it cannot be read. A number that is
 * not assigned is of the calling code's main country. */
bool phone_facts_read(const char *e164, struct phone_facts *out);
/* True for two capital letters that libphonenumber knows as a region. */
bool phone_is_region(const char *region);

#ifdef __cplusplus
}
#endif
#endif
