/* app/aws_keys.h - the AWS keys of s3:// while the daemon runs: those of the settings, or a role's,
 * which end and are fetched anew before that.
 *
 * Owns: the keys, in locked memory; the thread that asks for them.
 * Threads: aws_keys_open before there is a second one; the rest the loop's alone.
 * Source: docs/guides/credentials.md.
 */
#ifndef APP_AWS_KEYS_H
#define APP_AWS_KEYS_H

#include "config/settings.h"
#include "engine/engine_options.h"
#include "keys/keys.h"
#include "net/loop.h"

struct aws_keys;

/* Fills *target, which has to live as long, and keeps it filled. Where the roster is at s3:// and
 * the settings have no keys, the role is asked at once, and waited for. NULL: something is missing,
 * and it has been said. */
struct aws_keys *aws_keys_open(const struct settings *settings, const struct keys *keys,
                               struct address_keys *target);
void aws_keys_close(struct aws_keys **keys);
/* From now on they are fetched anew when it is time; the loop must not be in use any more when they
 * are closed. */
void aws_keys_serve(struct aws_keys *keys, struct loop *loop);
/* Fetches a role's anew at once: somebody wants all to be read again. */
void aws_keys_renew(struct aws_keys *keys);

#endif
