/* setupcmd/provision_buy.h - buys a number of an area, after it has asked.
 *
 * Threads: one.
 */
#ifndef SETUPCMD_PROVISION_BUY_H
#define SETUPCMD_PROVISION_BUY_H

#include "setupcmd/provision_plan.h"

struct provision_buy {
    const char *country;            /* "US" */
    const char *area_code;          /* "619" */
    bool yes;                       /* do not ask */
    char number[LIMIT_NUMBER_SIZE]; /* what was bought; empty: none */
};

/* Returns the exit status: CLI_NO when somebody says no, or there is none to be had. */
int provision_buy(struct provision_plan *plan, struct ledger *ledger, struct provision_buy *buy);

#endif
