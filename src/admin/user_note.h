/* admin/user_note.h - tells the log what happens to users, sessions and tokens.
 *
 * Nobody waits for it: an act is done when it is done, and its note follows with the next batch.
 * Threads: loop thread only.
 */
#ifndef ADMIN_USER_NOTE_H
#define ADMIN_USER_NOTE_H

#include "visit/visit.h"

/* `tenant` 0: of the only one there is, else of none. `words` are for people: "anna, by Mara". */
void user_note(struct site *site, int32_t tenant, enum user_note what, int64_t user,
               const char *words);
/* Too many have tried with this login: an alarm of the tenant whose user it is, if anybody's. */
void user_note_locked(struct site *site, const char *login);
/* Has the code texted to the operator's own phone, and notes that. */
void user_note_code(struct site *site, const struct user *user, const char *code);

#endif
