/* simhook/sim_delivery.h - one signed request to a customer's server, until it is answered.
 *
 * Tries again as the address's overrides say, follows redirects, logs in when it is asked to,
 * keeps cookies, and ends with an answer or with the carrier's code for what went wrong. All
 * tries together have one budget of real time.
 * Owns: nothing but what it keeps in the order's arena.
 * Threads: loop thread only.
 * Source: sections 1 and 4 of the carrier's reference.
 */
#ifndef SIMHOOK_SIM_DELIVERY_H
#define SIMHOOK_SIM_DELIVERY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "codec/form.h"
#include "net/http_client.h"
#include "simhook/sim_jar.h"

enum { SIM_DELIVERY_REDIRECTS_MAX = 10, SIM_DELIVERY_URL_MAX = 16 << 10 };

/* One try, for a journal. */
struct sim_delivery_try {
    const char *method, *url; /* without user, fragment and the parameters of a GET */
    const struct form *params;
    const struct http_result *result;
    bool again; /* another try follows, over the same address */
};

struct sim_delivered {
    int error;                        /* the carrier's code; 0: a good answer */
    const char *words;                /* what went wrong; NULL: nothing */
    const struct http_result *result; /* of the last try */
    const char *url, *method;         /* of the last try; the base of relative addresses */
    const char *plain, *sent;         /* its address: without and with a GET's parameters */
    struct span headers, variables;   /* of that request: lines; the parameters, form-encoded */
};

struct sim_delivery_order {
    struct http_client *client;
    struct arena *arena;          /* lives until `done` is called */
    struct span auth_token;       /* signs */
    const char *token;            /* the idempotency token: the same for each try */
    const char *url;              /* absolute, with its overrides */
    bool get;                     /* else POST */
    struct form params;           /* in the arena */
    bool voice;                   /* an https port is not signed */
    struct sim_jar *jar;          /* of the conversation; NULL: none */
    const char *ca_file;          /* of the authorities believed; NULL: the system's */
    bool unverified;              /* any certificate will do */
    size_t max_bytes;             /* of the answer; 0: the client's usual */
    int64_t (*now_ms)(void *ctx); /* for the ages of cookies */
    /* The ETag that is kept of what a GET of `url` brought, or empty. May be NULL. */
    struct span (*etag)(void *ctx, const char *url);
    /* An override that cannot be. */
    void (*mistake)(void *ctx, const char *words);
    void (*tried)(void *ctx, const struct sim_delivery_try *one);
    void (*done)(void *ctx, const struct sim_delivered *what);
    void *ctx;
};

/* ERR_BAD_INPUT when `url` is no absolute address; nothing is called back then. Otherwise `done`
 * is called once, from a later turn of the loop. */
MUST_USE enum err sim_delivery_start(const struct sim_delivery_order *order);

/* What may be shown of an address: without user and fragment; one that is none as it is, but
 * cut when it is long. */
const char *sim_delivery_plain(struct arena *arena, const char *url);

/* The codes with what each is for, a table for the manual. */
void sim_delivery_print(struct buf *out);

#endif
