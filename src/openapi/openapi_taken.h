/* openapi/openapi_taken.h - what the API takes, noun by noun, as openapi_nouns.h has what it gives.
 *
 * Threads: any; read-only.
 */
#ifndef OPENAPI_OPENAPI_TAKEN_H
#define OPENAPI_OPENAPI_TAKEN_H

#include "openapi/openapi_nouns.h"

extern const struct openapi_nouns openapi_taken[];
extern const size_t openapi_taken_count;

#endif
