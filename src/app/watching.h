/* app/watching.h - what watches over the daemon, as its settings have it (alarm/watchers.h).
 *
 * Threads: loop thread only.
 */
#ifndef APP_WATCHING_H
#define APP_WATCHING_H

#include "alarm/watchers.h"
#include "app/minder.h"
#include "cli/cli.h"
#include "keys/certificate.h"
#include "metric/metric_set.h"
#include "web/web.h"

struct watching {
    struct cli *cli;
    struct loop *loop;
    struct engine *engine;
    struct helper *helper;
    struct minder *minder;                 /* is asked by the heartbeat */
    const struct certificate *certificate; /* NULL: none of our own */
    bool is_rehearsal;
};

/* A status of the command line; *out is NULL unless it is 0. */
int watching_open(const struct watching *of, struct watchers **out);
/* Somebody asks minder_is_proven. */
bool watching_wants_proof(const struct settings *settings);
/* What is wrong with the heartbeat, the canary and the certificate, if anything. Before
 * watching_open, too. */
void watching_sight(const struct watchers *watchers, const struct certificate *certificate,
                    struct arena *arena, struct web_sight *out);
/* Before watching_open, too. */
void watching_figures(const struct watchers *watchers, struct metric_set *set);

#endif
