/* setup/live_checks.h - what the answers of the carrier, and of ourselves by the public address,
 * say about a set-up: findings for somebody who is tired.
 *
 * What could not be asked is a finding too, with the reason.
 * Pure: facts in, findings out. Threads: any.
 */
#ifndef SETUP_LIVE_CHECKS_H
#define SETUP_LIVE_CHECKS_H

#include "setup/finding.h"
#include "setup/live_facts.h"

/* Each check gives at least one finding. */
void live_checks_all(const struct live_facts *facts, struct finding_list *out);

#endif
