/* calls_checks.h - what must be true of every call after each commit, and in the end.
 */
#ifndef CALLS_CHECKS_H
#define CALLS_CHECKS_H

#include "calls_world.h"

/* Of what a commit has stored. */
void calls_checks_commit(struct world *w, const struct facts *f);
/* A leg stops ringing. */
void calls_checks_rang(struct world *w, const struct leg *leg);
/* A leg and the caller hear each other from now on. */
void calls_checks_bridged(struct world *w, const struct leg *leg);
/* The caller waits no more. */
void calls_checks_waited(struct world *w, struct call *call);
void calls_checks_end(struct world *w);

#endif
