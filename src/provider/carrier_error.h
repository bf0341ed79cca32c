/* provider/carrier_error.h - why the carrier says that a text or a call failed, in words.
 *
 * Pure. Threads: any.
 * Source: the carrier's dictionary of errors.
 */
#ifndef PROVIDER_CARRIER_ERROR_H
#define PROVIDER_CARRIER_ERROR_H

#include <stdint.h>

/* A sentence for people; NULL for 0 and for a code that is not known here. */
const char *carrier_error_words(int32_t code);

#endif
