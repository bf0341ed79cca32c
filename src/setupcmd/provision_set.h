/* setupcmd/provision_set.h - changes numbers at the carrier, each change written down before; a
 * test number first, when one is named.
 *
 * Threads: one.
 */
#ifndef SETUPCMD_PROVISION_SET_H
#define SETUPCMD_PROVISION_SET_H

#include "setupcmd/provision_plan.h"

/* Sets what differs of the chosen ones. `test`: that number first, and the others once a call or
 * a text has come through it and somebody agrees (`yes`: he does); NULL: all at once. Returns the
 * exit status; the items say what became of each. */
int provision_set(struct provision_plan *plan, struct ledger *ledger, const char *test, bool yes);

/* One number: asks the carrier, once more when the answer was lost. NULL, or what the carrier did,
 * in words. */
const char *provision_set_fields(const struct console *console, const struct number *number,
                                 const struct ledger_change *changes, size_t count);

/* "/call id/text id" of the newest that came by that line; empty when the daemon does not tell. */
struct span provision_set_heard(const struct provision_plan *plan, const char *number);

#endif
