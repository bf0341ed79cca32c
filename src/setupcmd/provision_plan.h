/* setupcmd/provision_plan.h - which numbers provision is about, what of each differs, and how that
 * is shown.
 *
 * Owns: nothing; all lives in the command's arena.
 * Threads: one.
 */
#ifndef SETUPCMD_PROVISION_PLAN_H
#define SETUPCMD_PROVISION_PLAN_H

#include "setup/ledger.h"
#include "setup/number.h"
#include "setup/wanted.h"
#include "setupcmd/ground.h"

enum provision_state {
    PROVISION_OTHER,   /* was not asked about */
    PROVISION_SAME,    /* points here */
    PROVISION_DIFFERS, /* and is left as it is */
    PROVISION_SET,
    PROVISION_REFUSED, /* by the carrier: `failed` has its words */
    PROVISION_STATES
};
/* "other", "same", "differs", "set", "refused". */
const char *provision_plan_state_name(enum provision_state state);

struct provision_item {
    const struct number *number;
    bool is_line; /* on the roster */
    enum provision_state state;
    struct wanted_change changes[NUMBER_FIELDS];
    size_t change_count;
    const char *failed;
};

struct provision_plan {
    struct ground ground;
    struct cli *cli;
    struct arena *arena;
    struct wanted wanted;
    struct number_list numbers;
    bool knows_services;          /* whether messaging services win over numbers is known */
    struct provision_item *items; /* one for each of `numbers`, in that order */
    struct span *missing;         /* lines that are not of the account */
    size_t missing_count;
};

/* Asks the carrier by the auth token. CLI_YES, or the exit status after it has complained. */
int provision_plan_ask(struct provision_plan *plan);
/* Which are meant: the words that are left among the arguments, all (`all`), or the roster's
 * lines. */
int provision_plan_choose(struct provision_plan *plan, bool all);
/* The number's item, when it is of the account. */
struct provision_item *provision_plan_find(const struct provision_plan *plan, struct span number);
size_t provision_plan_count(const struct provision_plan *plan, enum provision_state state);

/* Asks on the terminal; `yes`: that is the answer. false also where nobody can answer. */
bool provision_plan_agrees(const char *question, bool yes);

void provision_plan_print(const struct provision_plan *plan);

#endif
