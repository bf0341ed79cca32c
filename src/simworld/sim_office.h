/* simworld/sim_office.h - accounts and what they hold: made, found, dropped, handed over.
 *
 * Owns: nothing; rows live in the world's arena, and their shelves until the world closes.
 * Errors: NULL when a shelf is full.
 * Threads: loop thread only.
 */
#ifndef SIMWORLD_SIM_OFFICE_H
#define SIMWORLD_SIM_OFFICE_H

#include "simworld/sim_field.h"
#include "simworld/sim_world.h"

/* The settable fields of a number and of an application, for forms, setups and answers. */
extern const struct sim_field sim_office_number_fields[];
extern const struct sim_field sim_office_application_fields[];

/* What setups alone can say of them, of a phone's texts, and of the world. */
extern const struct sim_field sim_office_number_settings[];
extern const struct sim_field sim_office_account_settings[];
extern const struct sim_field sim_office_phone_settings[];
extern const struct sim_field sim_office_world_settings[];

const char *sim_office_standing_name(enum sim_standing standing);
/* New, active, with a SID and a token when `sid` is empty; NULL when there are too many. */
struct sim_account *sim_office_account(struct sim_world *world, struct span sid);
/* Each is new, with a SID and its defaults, on the account's shelf. */
struct sim_key *sim_office_key(struct sim_account *account);
struct sim_number *sim_office_number(struct sim_account *account, struct span phone_number);
struct sim_application *sim_office_application(struct sim_account *account);
struct sim_caller_id *sim_office_caller_id(struct sim_account *account, struct span phone_number);
/* Takes a row off a shelf; pointers to it stay good. */
void sim_office_drop(struct sim_shelf *shelf, const void *row);
/* Gives a number to another account; false when that one has too many. */
bool sim_office_hand_over(struct sim_number *number, struct sim_account *to);
struct sim_application *sim_office_application_find(const struct sim_account *account,
                                                    struct span sid);
/* Where calls and texts to the number are asked about: the application's addresses where it
 * has one, else its own. */
struct sim_hooks sim_office_voice(const struct sim_number *number);
struct sim_hooks sim_office_texts(const struct sim_number *number);
/* Whether calls of the account may show the number: its own, or a validated caller id. */
bool sim_office_shows(const struct sim_account *account, struct span number);
/* The i-th number of an account, oldest first; NULL past the last. */
const struct sim_number *sim_office_line(const struct sim_account *account, size_t i);

#endif
