/* test/unit/reading.h - a roster is read in each test: its document, what came of it, and what was
 * found wrong with it.
 *
 * Owns: the arena, from reading_set_up to reading_tear_down.
 */
#ifndef READING_H
#define READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/roster_file.h"

struct reading {
    struct arena *arena;
    struct mistakes mistakes;
    const struct roster *roster; /* NULL before the first good one */
};

extern struct reading reading;
extern const struct roster_defaults reading_defaults;

int reading_set_up(void **unused);
int reading_tear_down(void **unused);

/* Documents are written with ' for ". */
enum err reading_parse(const char *text, const struct roster_defaults *defaults);
/* What mistake `i` says; "(none)" beyond the last. */
const char *reading_line(size_t i);

#endif
