/* provider/signature.h - is this webhook the carrier's: the X-Twilio-Signature check.
 *
 * What is signed is the address, then for a form every parameter, sorted. Back ends differ in
 * the port, so the address is tried as it stands, without its port, and with the scheme's own
 * port when it has none; nothing else is tried. With bodySHA256 in the query the body has to
 * have that hash and the address alone is signed.
 * A body that is neither a form nor hashed is not covered by the signature; nor is a GET's. The
 * caller refuses such a body or does not read it.
 * Owns: signature_keys keeps the tokens' keyed contexts, until signature_keys_close.
 * Threads: keys belong to one thread at a time.
 * Source: docs "Security" of the carrier; its libraries agree with the rule for repeated names:
 * distinct values in byte order, the name before each.
 */
#ifndef PROVIDER_SIGNATURE_H
#define PROVIDER_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/form.h"

enum {
    SIGNATURE_TOKENS_MAX = 2, /* an account's tokens while one replaces the other */
    SIGNATURE_TEXT_SIZE = 29, /* base64 of 20 bytes, and the NUL */
    SIGNATURE_TRIALS_MAX = 2 * SIGNATURE_TOKENS_MAX,
};

enum signature_port {
    SIGNATURE_AS_IS,
    SIGNATURE_PORT_REMOVED,
    SIGNATURE_PORT_ADDED,
    SIGNATURE_PORTS
};
/* "as it is", "port removed", "default port added". */
const char *signature_port_name(enum signature_port port);

/* What was signed beside the address. */
enum signature_cover {
    SIGNATURE_COVERS_URL,
    SIGNATURE_COVERS_FORM,
    SIGNATURE_COVERS_HASH,
    SIGNATURE_COVERS
};
/* "address alone", "address and form", "address with the body's hash". */
const char *signature_cover_name(enum signature_cover cover);

struct signature_keys;

/* 1 to SIGNATURE_TOKENS_MAX tokens; empty ones are left out. NULL when none is left. */
struct signature_keys *signature_keys_open(const struct span *tokens, size_t count);
/* Wipes and releases; accepts a pointer to NULL and leaves NULL. */
void signature_keys_close(struct signature_keys **keys);

struct signature_request {
    struct span method; /* "GET" and "HEAD" have no parameters but the address's */
    struct span url;    /* public scheme and authority, target as received */
    struct span content_type;
    struct span body;
    const struct form *form; /* the body, parsed; NULL: it is parsed when it is a form */
    struct span signature;   /* the header's value; signature_sign does not read it */
};

struct signature_trial {
    struct span url; /* in the arena */
    enum signature_port port;
    size_t token; /* from 0 */
    bool matched;
};

/* How a check went, for people who debug. */
struct signature_report {
    enum signature_cover cover;
    bool well_formed; /* the header is base64 of 20 bytes */
    bool hash_right;  /* true also when no hash is asked for */
    struct signature_trial trials[SIGNATURE_TRIALS_MAX];
    size_t count;
};

/* True when one trial matches (all are made, in a time that tells nothing about the value) and
 * the body's hash, if there is one, is right. False also when the address is none or the form
 * cannot be parsed: `report` then has no trials. `report` may be NULL. */
bool signature_check(struct arena *arena, struct signature_keys *keys,
                     const struct signature_request *request, struct signature_report *report);

/* Makes the header's value with the first token, as the carrier does: without user and
 * fragment, and without the port when `drop_port` (voice over https). ERR_BAD_INPUT when the
 * address is none or the form cannot be parsed. */
MUST_USE enum err signature_sign(struct arena *arena, struct signature_keys *keys,
                                 const struct signature_request *request, bool drop_port,
                                 char out[SIGNATURE_TEXT_SIZE]);

#endif
