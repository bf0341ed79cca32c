/* sim/sim_webhook.h - requests to the customer's server: signed, as the carrier sends them.
 *
 * A connection that fails is tried once more; 15 s is the whole budget; redirects are
 * followed ten times, without the parameters. A request that wants a document then goes to
 * its fallback address with ErrorCode and ErrorUrl; a status callback is lost. The faults of
 * webhooks happen here: what an outage has cut off fails at each try.
 * Owns: its requests under way; the reply's arena goes to the receiver, who closes it.
 * Threads: loop thread only.
 * Source: the carrier's pages on webhook security and connection overrides.
 */
#ifndef SIM_SIM_WEBHOOK_H
#define SIM_SIM_WEBHOOK_H

#include "codec/form.h"
#include "codec/xml.h"
#include "sim/sim_world.h"

enum { SIM_PARAMS_MAX = 80 };

/* The parameters of one request, in the order they were added. */
struct sim_params {
    struct arena *arena;
    struct form_field fields[SIM_PARAMS_MAX];
    size_t count;
};

/* Values are copied; those over the cap are dropped. */
void sim_params_add(struct sim_params *params, const char *name, struct span value);
void sim_params_text(struct sim_params *params, const char *name, const char *value);
void sim_params_number(struct sim_params *params, const char *name, int64_t value);

struct sim_ask {
    struct sim_world *world;
    struct sim_account *account;
    const char *url, *method;        /* absolute; method NULL or "": POST */
    const char *fallback_url;        /* NULL or "": none */
    bool voice;                      /* an https port is dropped before signing */
    char *cookie;                    /* SIM_COOKIE_SIZE bytes kept by the conversation, or NULL */
    const char *subject;             /* SID of the text or call it is about; NULL: none */
    const struct sim_params *params; /* copied */
};

struct sim_reply {
    int error;                   /* the carrier's code; 0: good */
    const struct xml_node *root; /* <Response>; NULL when there is nothing to do */
    const char *url;             /* where the document came from, for relative addresses */
    struct arena *arena;         /* all of the above; the receiver's to close */
};

typedef void sim_reply_fn(void *ctx, const struct sim_reply *reply);

/* Asks for a document; `fn` is called once, from a later turn of the loop. */
void sim_webhook_ask(const struct sim_ask *ask, sim_reply_fn *fn, void *ctx);
/* Tells; nobody reads the answer. Does nothing without a URL. */
void sim_webhook_tell(const struct sim_ask *ask);

/* Forgets the requests under way, once the client has dropped them. */
void sim_webhook_close(struct sim_world *world);

/* Reads a document as the carrier does, by its content type; returns 0 or its error code. */
int sim_webhook_read(struct arena *arena, bool voice, struct span type, struct span body,
                     const struct xml_node **out_root);

#endif
