/* simsetup/sim_setup_account.h - accounts of a setup: their keys and numbers, judged, then taken
 * over.
 *
 * Threads: loop thread only.
 */
#ifndef SIMSETUP_SIM_SETUP_ACCOUNT_H
#define SIMSETUP_SIM_SETUP_ACCOUNT_H

#include "simsetup/sim_setup_reader.h"

/* One account of a document, until all of it is judged. */
struct sim_setup_account {
    struct sim_account account;
    struct span owner; /* SID */
    struct sim_key *keys;
    struct sim_number *numbers;
    size_t key_count, number_count;
};

/* Keys and numbers live in the reader's arena. */
void sim_setup_account_read(struct sim_setup_reader *r, const struct json *object,
                            struct sim_setup_account *out);
/* An owner is there already, or comes before what it owns. */
void sim_setup_account_owners(struct sim_setup_reader *r, const struct sim_setup_account *drafts,
                              size_t count);
/* What is there already keeps its SIDs; numbers and keys that are not named are taken away. */
void sim_setup_account_adopt(struct sim_setup_reader *r, const struct sim_setup_account *draft);

#endif
