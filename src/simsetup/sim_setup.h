/* simsetup/sim_setup.h - who is there: accounts, numbers, phones and their scripts, from JSON.
 *
 * A document is judged whole before anything of it is taken over. An account or a phone that
 * is there already is replaced; what is not named stays.
 * Errors: ERR_BAD_INPUT with words that name the place.
 * Threads: loop thread only.
 */
#ifndef SIMSETUP_SIM_SETUP_H
#define SIMSETUP_SIM_SETUP_H

#include "simsetup/sim_setup_reader.h"

/* {"accounts":[...],"phones":[...],"dial_drops_others":"pickup"|"bridge",
 * "dial_action_after_hangup":bool,"trial":bool,"redact":bool} */
MUST_USE enum err sim_setup_take(struct sim_world *world, struct span text,
                                 char out_words[SIM_SETUP_WORDS]);
/* One phone's script; `number` is its number. */
MUST_USE enum err sim_setup_phone(struct sim_world *world, struct span number,
                                  const struct json *script, char out_words[SIM_SETUP_WORDS]);
/* What a phone does once it is up, a list of steps, into the behaviour. */
MUST_USE enum err sim_setup_steps(struct sim_world *world, const struct json *list,
                                  struct sim_behaviour *out, char out_words[SIM_SETUP_WORDS]);
/* ERR_BAD_INPUT when the object has a member that is not among `keys` ("a b c"). */
MUST_USE enum err sim_setup_keys(const struct json *object, const char *keys,
                                 char out_words[SIM_SETUP_WORDS]);

#endif
