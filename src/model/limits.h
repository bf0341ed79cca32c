/* model/limits.h - every bound that is part of what nextring is, in one place.
 *
 * A bound that belongs to one parser alone stands in its header.
 */
#ifndef MODEL_LIMITS_H
#define MODEL_LIMITS_H

enum {
    LIMIT_SLUG_SIZE = 32,      /* tenant, operator and chain ids, with the NUL */
    LIMIT_NAME_SIZE = 64,      /* names of people and businesses, with the NUL */
    LIMIT_NUMBER_SIZE = 17,    /* E.164 with '+' and NUL */
    LIMIT_SID_SIZE = 41,       /* carrier ids: 34 at Twilio, UUIDs elsewhere, with the NUL */
    LIMIT_PARTY_SIZE = 128,    /* From and To as sent: numbers, sip: and client: addresses */
    LIMIT_BODY_BYTES = 6400,   /* a text: 1600 characters of up to 4 bytes */
    LIMIT_LINES = 64,          /* a tenant's */
    LIMIT_OPERATORS = 200,     /* a tenant's */
    LIMIT_CHAINS = 64,         /* a tenant's */
    LIMIT_STEPS = 16,          /* a chain's */
    LIMIT_STEP_OPERATORS = 10, /* a step's: the carrier rings ten at once */
    LIMIT_HOURS = 32,          /* on-call rules of one operator */
    LIMIT_ROTATIONS = 64,      /* a tenant's */
    LIMIT_OVERRIDES = 500,     /* a tenant's, swaps included */
    LIMIT_VACATIONS = 100,     /* one operator's */
    LIMIT_STRETCHES = 1000,    /* of one operator's calendar */
    LIMIT_JOBS = 5000,         /* job_routing entries */
    LIMIT_RUNGS = 64,          /* places in a plan */
    LIMIT_IDLE = 200,          /* relays that one look wakes */
    LIMIT_LIVE = 500,          /* calls that ring at once, as far as one look sees them */
    LIMIT_BLOCKED = 1000,      /* numbers whose calls are refused */
    LIMIT_VIA = 4,             /* lines by which one operator is texted */
    LIMIT_MISTAKES = 100,      /* listed of one document */
    LIMIT_ROSTER_BYTES = 4 << 20,
};

#endif
