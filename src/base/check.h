/* base/check.h - what this code guarantees to itself.
 *
 * CHECK is always compiled in and aborts; it is never for input, disk or network.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#define CHECK(x) ((x) ? (void)0 : check_failed(__FILE__, __LINE__, #x))

/* Prints the place and the claim to stderr and aborts. */
__attribute__((noreturn)) void check_failed(const char *file, int line, const char *claim);

#endif
