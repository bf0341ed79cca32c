/* admin/listed.h - the users and the tokens, as lists.
 *
 * Whoever has every tenant sees those of all, and those that are no single tenant's, unless he
 * names one; anybody else his tenant's.
 * Threads: loop thread only.
 */
#ifndef ADMIN_LISTED_H
#define ADMIN_LISTED_H

#include "visit/visit.h"

/* GET: the rows of the route's view, VIEW_USERS or VIEW_TOKENS; ?limit= ?after= ?state= ?tenant= */
visit_fn listed_people;

#endif
