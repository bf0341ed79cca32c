/* simworld/sim_notice.h - what went wrong, as the carrier lists it: notifications and alerts.
 *
 * One for each warning or error about a call, a text or a request to a customer's server, with
 * the exchange that led to it. The newest SIM_NOTICES_MAX are kept.
 * Owns: the notices, each with copies of its texts.
 * Threads: loop thread only.
 * Source: section 5.9 of the carrier's reference.
 */
#ifndef SIMWORLD_SIM_NOTICE_H
#define SIMWORLD_SIM_NOTICE_H

#include "base/arena.h"
#include "base/span.h"
#include "model/limits.h"
#include "simhook/sim_failure.h"

enum { SIM_NOTICES_MAX = 2000, SIM_NOTICE_BODY_MAX = 4 << 10 /* kept of an answer's body */ };

struct sim_account;

struct sim_notice {
    struct arena *arena; /* of the texts, and of this */
    const struct sim_account *account;
    char sid[LIMIT_SID_SIZE], subject[LIMIT_SID_SIZE]; /* subject: "CA...", "SM...", or "" */
    int code;
    bool is_error; /* else a warning */
    int64_t at_ms;
    const char *words, *url, *method; /* "" when not known */
    int status;                       /* of the answer; 0: none came */
    struct span variables, request_headers, response_headers, response_body;
};

/* A ring; all zero is empty. */
struct sim_notices {
    struct sim_notice *list[SIM_NOTICES_MAX];
    size_t count; /* ever made */
};

/* What is known of it. Texts are copied. */
struct sim_notice_draft {
    const char *sid; /* "NO..." */
    int64_t at_ms;
    const struct sim_account *account;
    const char *subject, *url, *method, *words; /* NULL: not known */
    int code;
    bool is_error;
    const struct sim_failure *failure; /* NULL: there was no exchange */
};

void sim_notice_add(struct sim_notices *notices, const struct sim_notice_draft *draft);
/* How many there are, and the i-th of them, 0 the newest. */
size_t sim_notice_count(const struct sim_notices *notices);
struct sim_notice *sim_notice_at(const struct sim_notices *notices, size_t i);
void sim_notice_close(struct sim_notices *notices);

#endif
