/* simworld/sim_webhook.h - requests to the customer's server: signed, as the carrier sends them.
 *
 * What each try is like is sim_delivery's. A request that wants a document and gets none goes
 * to its fallback address with ErrorCode and ErrorUrl; a status callback is lost. Whatever went
 * wrong is noted with the whole exchange. The faults of webhooks happen here: what an outage has
 * cut off fails without a try.
 * Owns: its requests under way; the reply's arena goes to the receiver, who closes it.
 * Threads: loop thread only.
 * Source: the carrier's pages on webhook security and connection overrides.
 */
#ifndef SIMWORLD_SIM_WEBHOOK_H
#define SIMWORLD_SIM_WEBHOOK_H

#include "codec/xml.h"
#include "simhook/sim_params.h"
#include "simworld/sim_world.h"

struct sim_ask {
    struct sim_world *world;
    struct sim_account *account;
    const char *url, *method;        /* absolute; method NULL or "": POST */
    const char *fallback_url;        /* NULL or "": none */
    const char *fallback_method;     /* NULL or "": POST */
    bool voice;                      /* an https port is dropped before signing */
    struct sim_jar *jar;             /* of the call; NULL: none. Texts find theirs themselves */
    const char *subject;             /* SID of the text or call it is about; NULL: none */
    bool media;                      /* a sound is wanted, whatever its type: reply.type, .body */
    const struct sim_params *params; /* copied */
};

struct sim_reply {
    int error;                   /* the carrier's code; 0: good */
    const struct xml_node *root; /* <Response>; NULL when there is nothing to do */
    const char *url;             /* where the document came from, for relative addresses */
    const char *method;          /* it was asked for with */
    struct span type, body;      /* of media */
    struct arena *arena;         /* all of the above; the receiver's to close */
};

typedef void sim_reply_fn(void *ctx, const struct sim_reply *reply);

/* Asks for a document; `fn` is called once, from a later turn of the loop. */
void sim_webhook_ask(const struct sim_ask *ask, sim_reply_fn *fn, void *ctx);
/* Tells; nobody reads the answer. Does nothing without a URL. */
void sim_webhook_tell(const struct sim_ask *ask);

/* In lockstep: sends the next that waits for its turn; false when none does. */
bool sim_webhook_next(struct sim_world *world);
/* Forgets the requests under way, once the client has dropped them. */
void sim_webhook_close(struct sim_world *world);

#endif
