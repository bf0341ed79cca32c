/* test/unit/fact_set.h - each test's working set: empty, of the instant FACT_SET_NOW.
 *
 * Owns: the set's arena, from fact_set_up to fact_set_down.
 */
#ifndef FACT_SET_H
#define FACT_SET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/facts.h"

enum { FACT_SET_NOW = 1000 };

extern struct facts fact_set;

int fact_set_up(void **unused);
int fact_set_down(void **unused);

/* The fact of that key, settled as a store does that has nothing. */
struct fact *fact_set_empty(enum fact_kind kind, int32_t tenant, struct span key);

#define FACT_SET_CASE(test) cmocka_unit_test_setup_teardown(test, fact_set_up, fact_set_down)

#endif
