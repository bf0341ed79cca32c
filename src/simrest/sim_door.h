/* simrest/sim_door.h - who may ask: credentials, keys, subaccounts, standing, test credentials.
 *
 * An account's own token or key opens it; the token or a key of its owner opens it too. A key
 * that is not a main one opens no accounts and no keys. Requests are counted by account until
 * they are answered.
 * Threads: loop thread only.
 * Source: sections 5.1, 5.3, 5.7 and 8.1 of the carrier's reference.
 */
#ifndef SIMREST_SIM_DOOR_H
#define SIMREST_SIM_DOOR_H

#include "simapi/sim_api.h"

/* Fills in a->asker, a->account and a->by_key from the credentials and the account that the
 * path names (empty: the asker's). False leaves an error. */
bool sim_door_opens(struct sim_api *a, struct span account);

#endif
