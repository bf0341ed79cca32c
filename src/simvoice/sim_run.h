/* simvoice/sim_run.h - a TwiML document running on a leg: verb after verb, document after document.
 *
 * The verbs themselves are a table handed down; a verb either ends at once (sim_run_next), or
 * leaves `key` and `stop` behind and goes on later. A run lives as long as its leg; answers
 * that arrive for a document already replaced are dropped. Verbs read their attributes by
 * simhook/sim_element.h, which knows what holds without them.
 * Threads: loop thread only.
 * Source: the carrier's pages on TwiML for voice; section 3.1 of its reference.
 */
#ifndef SIMVOICE_SIM_RUN_H
#define SIMVOICE_SIM_RUN_H

#include "simvoice/sim_leg.h"

enum sim_run_end { SIM_RUN_OVER, SIM_RUN_HANG_UP, SIM_RUN_LEFT, SIM_RUN_BROKEN, SIM_RUN_ENDS };
/* What its documents are for, as bits: a call, what a dialled number hears before it is joined,
 * what somebody in a queue hears, and what somebody hears who waits for a conference. */
enum sim_run_kind { SIM_IN_CALL = 1, SIM_IN_WHISPER = 2, SIM_IN_QUEUE = 4, SIM_IN_MUSIC = 8 };
/* Why a verb in progress is stopped: the party is gone, or another document takes over. */
enum sim_run_stop { SIM_STOP_GONE, SIM_STOP_REPLACED, SIM_STOPS };

struct sim_run {
    struct sim_leg *leg;
    enum sim_run_kind kind;
    bool closed;
    bool starting, passed;       /* a verb is being started; and has come to its end already */
    struct arena *arena;         /* of the document in force, or NULL */
    const struct xml_node *next; /* the verb to come */
    const char *url, *method;    /* of the document; NULL when it came without one */
    unsigned turn;               /* counts documents */
    unsigned prompt;             /* counts prompts, and whatever put an end to one */
    uint64_t timer;
    void (*due)(struct sim_run *run);
    void *state; /* of the verb in progress; in the arena of the document or of the leg */
    bool asks;   /* it waits for what the party presses or says, and is no mere listener */
    void (*key)(struct sim_run *run, char key);
    void (*speech)(struct sim_run *run, struct span words, int confidence);
    void (*stop)(struct sim_run *run, enum sim_run_stop why);
    void (*over)(struct sim_run *run, enum sim_run_end how); /* the owner's */
};

struct sim_verb {
    const char *name;
    void (*start)(struct sim_run *run, const struct xml_node *verb);
    bool answers;   /* picks up the call when it comes first */
    unsigned where; /* kinds of runs in which it may stand */
};

/* Opens the run of `leg`; `over` is called once it has come to its own end. */
struct sim_run *sim_run_open(struct sim_leg *leg, enum sim_run_kind kind,
                             void (*over)(struct sim_run *run, enum sim_run_end how));
/* A second run beside that of `leg`, for what it hears while it waits; it hears only the keys
 * that the verb of the first hands on. */
struct sim_run *sim_run_beside(struct sim_leg *leg, enum sim_run_kind kind,
                               void (*over)(struct sim_run *run, enum sim_run_end how));
/* Stops the verb in progress; from now on documents are asked for but no longer run. */
void sim_run_close(struct sim_run *run, enum sim_run_stop why);
/* Forgets the documents of a leg, whatever it is doing: the world ends. */
void sim_run_drop(struct sim_leg *leg);
/* Stops the verb in progress and starts with another document; revives a closed run. */
void sim_run_replace(struct sim_run *run);

/* Asks for a document and runs it. `reference` may be relative. `extra` (may be NULL) adds to
 * the parameters of the leg. */
void sim_run_fetch(struct sim_run *run, struct span reference, struct span method,
                   const struct sim_params *extra);
/* Runs a document given as text. */
void sim_run_text(struct sim_run *run, struct span document);
/* The verb has come to its end: its action takes over, or else the next verb. */
void sim_run_action(struct sim_run *run, const struct xml_node *verb,
                    const struct sim_params *extra);
/* Starts the next verb, or ends the run. */
void sim_run_next(struct sim_run *run);
/* Calls `due` after so long. */
void sim_run_wait(struct sim_run *run, int64_t ms, void (*due)(struct sim_run *run));
/* Ends the run by its own doing. */
void sim_run_finish(struct sim_run *run, enum sim_run_end how);

/* A warning about the document in force, under the carrier's code. */
__attribute__((format(printf, 3, 4))) void sim_run_warn(const struct sim_run *run, int code,
                                                        const char *format, ...);
/* An address made absolute by that of the document, in the leg's arena; an empty one is the
 * document's own. NULL when the document came without one. */
const char *sim_run_resolve(struct sim_run *run, struct span reference);
/* The address in an attribute made absolute, in the leg's arena; NULL when there is none. */
const char *sim_run_address(struct sim_run *run, const struct xml_node *verb, const char *name);
/* All text below `node`, speech marks left out; in the document's arena. */
struct span sim_run_words(struct sim_run *run, const struct xml_node *node);

#endif
