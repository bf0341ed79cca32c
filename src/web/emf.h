/* web/emf.h - gives the figures to CloudWatch once a minute: to stdout, or to its agent by UDP.
 *
 * Whoever reads stdout too slowly, or an agent that is not there, loses that minute: nobody waits
 * for them.
 * Owns: its socket.
 * Threads: loop thread only.
 * Source: metric/metric_emf.h.
 */
#ifndef WEB_EMF_H
#define WEB_EMF_H

#include "net/loop.h"
#include "visit/site.h"

struct emf;

/* `sink`: "stdout" or "udp://host:port"; one that cannot be found is told in the log, and gets
 * nothing. The site's figures are open. */
struct emf *emf_open(struct loop *loop, struct site *site, const char *sink);
/* Accepts a pointer to NULL and leaves NULL. */
void emf_close(struct emf **emf);

#endif
