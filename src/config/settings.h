/* config/settings.h - what the operator of the program may set: one table, three sources.
 *
 * The file, then the environment, then options of the command line; the later wins. An empty
 * value counts as not given. Each value remembers where it came from.
 * The file is PATH of --config PATH, else ./nextring.conf, else /etc/nextring/nextring.conf.
 * Secrets are taken from the environment alone, so that none stands in the process list; an
 * address with a password in it is refused as an option for the same reason.
 * Owns: nothing; texts live in the arena and end in a NUL.
 * Errors: ERR_BAD_INPUT with every mistake listed.
 * Threads: one at a time.
 * Source: design section 9.
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/mistakes.h"
#include "config/settings_table.h"

enum { SETTINGS_OPTIONS_MAX = 32 };

/* Options that were taken off a command line. */
struct settings_options {
    const char *config_path; /* --config; NULL without */
    struct {
        enum setting setting;
        const char *value;
    } list[SETTINGS_OPTIONS_MAX];
    size_t count;
};

struct settings_from {
    char *const *environment;               /* ends in NULL; NULL: none */
    const struct settings_options *options; /* NULL: none */
    struct arena *secrets;                  /* keeps what is secret; NULL: like the rest */
    bool installed;                         /* data goes to /var/lib/nextring */
    bool no_search;                         /* without --config no file is looked for: for tests */
};

/* Takes --config and the settings' own options (--name VALUE or --name=VALUE) out of argv from
 * argv[1] on, up to "--"; what it does not know stays, in order. */
MUST_USE enum err settings_take_options(int *argc, char **argv, struct settings_options *out,
                                        struct mistakes *mistakes);
/* Whether this program runs from /usr and /var/lib/nextring is a folder. */
bool settings_is_installed(void);

MUST_USE enum err settings_read(struct arena *arena, const struct settings_from *from,
                                struct settings *out, struct mistakes *mistakes);
/* What `serve` cannot do without. */
MUST_USE enum err settings_require(const struct settings *settings, struct mistakes *mistakes);

#endif
