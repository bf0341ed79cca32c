/* simworld/sim_note.h - the timeline: everything that happened, with its virtual time.
 *
 * An entry is an object: n, at, at_ms, kind, words, and what its maker adds. The newest
 * SIM_NOTES_MAX are kept; unless the world is quiet each is also a line on stdout.
 * Threads: loop thread only; between sim_note_open and sim_note_close no other is made.
 */
#ifndef SIMWORLD_SIM_NOTE_H
#define SIMWORLD_SIM_NOTE_H

#include "codec/json.h"
#include "simhook/sim_failure.h"
#include "simworld/sim_world.h"

struct sim_note {
    struct buf buf;
    struct json_out json; /* add fields here */
    bool warning;
};

/* `kind` is one word: "webhook", "rest", "phone", "call", "text", "warning". */
__attribute__((format(printf, 4, 5))) void sim_note_open(struct sim_world *world,
                                                         struct sim_note *note, const char *kind,
                                                         const char *format, ...);
void sim_note_close(struct sim_world *world, struct sim_note *note);
/* Both at once. */
__attribute__((format(printf, 3, 4))) void sim_note(struct sim_world *world, const char *kind,
                                                    const char *format, ...);
/* A warning about a document, a request or a verb of `subject` (SID of a call or text), under
 * the carrier's code. It is kept among the SIM_WARNINGS_MAX newest warnings as well. */
__attribute__((format(printf, 4, 5))) void
sim_note_warning(struct sim_world *world, int code, const char *subject, const char *format, ...);
/* What a warning is about, for whoever lists it. NULL: not known. */
struct sim_note_about {
    const char *subject, *url, *method; /* SID of a call or text; of the document or request */
    const struct sim_failure *failure;  /* the exchange with the server, as far as it came */
};
/* The same with the document's address. */
__attribute__((format(printf, 4, 5))) void sim_note_problem(struct sim_world *world, int code,
                                                            const struct sim_note_about *about,
                                                            const char *format, ...);

/* Writes the kept entries above number `after` as {"last":n,"dropped":n,"entries":[...]}. */
void sim_note_list(const struct sim_world *world, int64_t after, struct buf *out);
/* The same of the warnings; "last" is the number of the newest entry of all. */
void sim_note_warnings(const struct sim_world *world, int64_t after, struct buf *out);

#endif
