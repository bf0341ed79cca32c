/* test/model/twiml_judge.h - is a document one that the carrier takes whole: read by an XML parser
 * that knows nothing of the writer, and held against the tables of the carrier's verbs, nouns,
 * attributes and values.
 *
 * The tables are the simulated carrier's (sim/sim_check.h), and for what stands inside words
 * those of call scripts (config/script_verbs.h).
 * Owns: a small world in which the pretend carrier writes down what it finds.
 */
#ifndef TWIML_JUDGE_H
#define TWIML_JUDGE_H

#include "base/arena.h"

struct twiml_judge;

/* `own`: the beginning of every address that a document may have the carrier fetch. */
struct twiml_judge *twiml_judge_open(const char *own);
void twiml_judge_close(struct twiml_judge **judge);

/* NULL when it is; else what is wrong, in the arena. *out_shape is then its elements and the
 * names of their attributes, in order: "<Response<Say>>". */
const char *twiml_judge(struct twiml_judge *judge, struct arena *arena, struct span document,
                        struct span *out_shape);

#endif
