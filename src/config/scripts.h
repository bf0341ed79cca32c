/* config/scripts.h - the call scripts in force: the built-in ones, those of a folder, and a
 * tenant's own.
 *
 * The folder holds inbound_routing.twiml, screen.twiml, voicemail.twiml and closed.twiml, each of
 * which may be absent; a folder in it that is named like a tenant's slug holds what he has
 * otherwise. Each of these folders is taken as a whole: with one mistake in it, what was good
 * last stays in force, and so does all of the others.
 * Owns: the trees; what scripts_of gave is gone after the next scripts_load.
 * Threads: one at a time.
 */
#ifndef CONFIG_SCRIPTS_H
#define CONFIG_SCRIPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "config/mistakes.h"
#include "model/script.h"

enum { SCRIPTS_FOLDERS_MAX = 5000 };

struct scripts;

/* With the built-in scripts in force. `folder` may be NULL: there is no other. */
struct scripts *scripts_open(const char *folder);
void scripts_close(struct scripts **scripts);

/* Reads the folder. ERR_BAD_INPUT: with mistakes, and what they are in has not been taken. */
MUST_USE enum err scripts_load(struct scripts *scripts, struct mistakes *mistakes);
/* Whether a file has come, gone or changed since the last scripts_load; looks at the disk. */
bool scripts_has_changed(const struct scripts *scripts);

/* What is in force for a tenant by his slug. */
const struct script_set *scripts_of(const struct scripts *scripts, struct span tenant);

/* Where a script in force for a tenant comes from. */
enum scripts_source { SCRIPTS_BUILTIN, SCRIPTS_FOLDER, SCRIPTS_TENANT };
struct scripts_text {
    enum scripts_source source;
    struct span text; /* as the tree of scripts_of */
};
struct scripts_text scripts_text(const struct scripts *scripts, struct span tenant,
                                 enum script_kind kind);
/* What was wrong at the last scripts_load: in what all tenants share, and in what is this one's.
 * `out` gets at most `max`, with file names within the folder, in the arena; returns how many. */
size_t scripts_mistakes(const struct scripts *scripts, struct span tenant, struct arena *arena,
                        struct mistake *out, size_t max);

#endif
