/* simworld/sim_fault.h - what goes wrong on request: at the REST API, on the way out, with media.
 *
 * A fault waits until something meets its filters and its dice, and then happens: a number of
 * times, or until it is cleared. Of one kind the oldest that meets goes first.
 * Owns: nothing; texts are the giver's and must outlive the list.
 * Threads: loop thread only.
 */
#ifndef SIMWORLD_SIM_FAULT_H
#define SIMWORLD_SIM_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/dice.h"
#include "base/err.h"
#include "base/span.h"

enum { SIM_FAULTS_MAX = 32 };

enum sim_fault_kind {
    /* A REST request of which nothing is accepted. */
    SIM_REST_DOWN,
    SIM_REFUSE,
    SIM_RESET_BEFORE_ACCEPT,
    SIM_ERROR_500_BEFORE_ACCEPT,
    SIM_ERROR_429,
    SIM_CALLER_ID_REFUSED,
    /* A create that is accepted. */
    SIM_ACCEPT_THEN_RESET,
    SIM_ACCEPT_THEN_SILENCE,
    SIM_ERROR_500_AFTER_ACCEPT,
    SIM_CALLBACK_BEFORE_ANSWER,
    SIM_SLOW,
    /* A webhook or a status callback. */
    SIM_OUTAGE,
    SIM_DUPLICATE_WEBHOOK,
    SIM_DROP_CALLBACKS,
    SIM_DUPLICATE_CALLBACKS,
    SIM_REORDER_CALLBACKS,
    /* Media that somebody fetches from us. */
    SIM_MEDIA_REDIRECT,
    SIM_MEDIA_BYTES,
    SIM_RECORDING_LATE,
    /* The whole carrier; the way of webhooks; the clock. */
    SIM_CARRIER_DOWN,
    SIM_DROP_WEBHOOK,
    SIM_DELAY_WEBHOOK,
    SIM_DELAY_CALLBACKS,
    SIM_REORDER_WEBHOOKS,
    SIM_CLOCK_JUMP, /* never waits: sim_order_fault_put */
    SIM_FAULTS
};

struct sim_fault {
    enum sim_fault_kind kind;
    const char *resource; /* "Messages", "Calls", or "" for both */
    const char *to;       /* the To that it is for, or "" for all */
    int left;             /* how often; 0: until it is cleared */
    int percent;          /* its share of what meets it, 1 to 100 */
    struct dice dice;     /* thrown for the share */
    int64_t after_ms;     /* answers and webhooks kept back: for how long; a jump: how far */
    int64_t for_ms;       /* it is cleared by itself after that time; 0: not */
    int64_t bytes;        /* media_bytes: the size */
    const char *location; /* media_redirect: where to */
    int64_t hits;         /* how often it has happened */
    int64_t number;       /* from 1, given when it is added */
};

struct sim_faults {
    struct sim_fault list[SIM_FAULTS_MAX];
    size_t count;
    int64_t given; /* the number of the youngest */
};

/* What is about to happen. */
struct sim_fault_case {
    const char *resource;
    struct span to; /* empty: unknown, which meets no filter */
};

const char *sim_fault_name(enum sim_fault_kind kind);
/* What it does, in one line. */
const char *sim_fault_help(enum sim_fault_kind kind);
/* A fault of that kind with what holds when nothing else is said. */
struct sim_fault sim_fault_usual(enum sim_fault_kind kind);
/* ERR_FULL when too many wait. */
MUST_USE enum err sim_fault_add(struct sim_faults *faults, const struct sim_fault *fault);
/* Forgets those of a kind; SIM_FAULTS: all. */
void sim_fault_clear(struct sim_faults *faults, enum sim_fault_kind kind);
/* Forgets the one of that number; false when it is gone already. */
bool sim_fault_drop(struct sim_faults *faults, int64_t number);
/* True when such a fault happens now, and then a copy of it; out may be NULL. */
bool sim_fault_take(struct sim_faults *faults, enum sim_fault_kind kind,
                    const struct sim_fault_case *what, struct sim_fault *out);

#endif
