/* config/settings_print.h - the table of settings with what is in force, for people and
 * scripts; secrets and passwords masked. */
#ifndef CONFIG_SETTINGS_PRINT_H
#define CONFIG_SETTINGS_PRINT_H

#include "base/arena.h"
#include "base/buf.h"
#include "config/settings_table.h"

/* NAME = VALUE, where it came from, what it is; one line a setting. */
void settings_print_text(struct arena *arena, const struct settings *settings, struct buf *out);
/* {"settings": [{"name", "key", "value", "source", "place", "default", "help"}]} */
void settings_print_json(struct arena *arena, const struct settings *settings, struct buf *out);

#endif
