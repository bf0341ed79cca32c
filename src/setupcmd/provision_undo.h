/* setupcmd/provision_undo.h - puts back what numbers pointed to before provision changed them.
 *
 * Threads: one.
 */
#ifndef SETUPCMD_PROVISION_UNDO_H
#define SETUPCMD_PROVISION_UNDO_H

#include "setupcmd/provision_plan.h"

/* The latest change of each number among the arguments; without any, all of the latest command's.
 * What somebody else has changed since is left alone, unless `force`. Returns the exit status. */
int provision_undo(struct provision_plan *plan, struct ledger *ledger, bool force);

#endif
