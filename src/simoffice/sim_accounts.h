/* simoffice/sim_accounts.h - Accounts: the main one and its subaccounts; the balance.
 *
 * Threads: loop thread only.
 * Source: section 5.7 of the carrier's reference.
 */
#ifndef SIMOFFICE_SIM_ACCOUNTS_H
#define SIMOFFICE_SIM_ACCOUNTS_H

#include "simapi/sim_api.h"

/* Ends with a NULL path. */
extern const struct sim_api_route sim_accounts_routes[];

#endif
