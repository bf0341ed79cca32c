/* test/fuzz/fuzz.h - what libFuzzer calls.
 *
 * Each target takes any bytes and returns 0; what must not be is CHECK's to tell, or a
 * sanitizer's.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
