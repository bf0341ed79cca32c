/* keys/certificate.h - the certificate and key under which the public address speaks TLS, read anew
 * when their files change.
 *
 * A renewal that is wrong in any way changes nothing: what is in force stays, and the log tells.
 * An ended certificate is in force too, with words about it: whoever does not mind may still come,
 * and what the daemon does by itself goes on.
 * Owns: the pair, until certificate_close; no text of the key is kept.
 * Errors: each with its place and mend, in `mistakes` or the log.
 * Threads: loop thread only.
 */
#ifndef KEYS_CERTIFICATE_H
#define KEYS_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/mistakes.h"
#include "config/settings.h"
#include "net/loop.h"
#include "net/tls.h"

struct certificate;

enum { CERTIFICATE_SOON_DAYS = 14 };

/* *out is NULL when the settings name none. `settings` is borrowed. ERR_BAD_INPUT: something is
 * wrong. */
MUST_USE enum err certificate_open(const struct settings *settings, struct certificate **out,
                                   struct mistakes *mistakes);
void certificate_close(struct certificate **certificate);

/* The functions below take NULL, too. */

/* As long as the certificate; NULL: none. */
struct tls_pair *certificate_pair(const struct certificate *certificate);
/* When it ends, Unix seconds; 0: none. */
int64_t certificate_end_s(const struct certificate *certificate);
/* What is wrong with a pair that works: it has ended, has not begun, is for another host, or ends
 * soon; with the mend, in the arena. NULL: nothing. */
const char *certificate_judge(struct arena *arena, const struct certificate *certificate);
/* From now on its files are looked at, and what is wrong is logged, daily. */
void certificate_watch(struct certificate *certificate, struct loop *loop);
/* Reads it now. ERR_BAD_INPUT: the old one stays, and the log tells why. */
MUST_USE enum err certificate_reload(struct certificate *certificate);

#endif
