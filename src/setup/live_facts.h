/* setup/live_facts.h - what the carrier, and we ourselves by the public address, have answered.
 *
 * Plain data. Units: instants are UTC milliseconds.
 */
#ifndef SETUP_LIVE_FACTS_H
#define SETUP_LIVE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "setup/console.h"
#include "setup/number.h"
#include "setup/registration.h"
#include "setup/self_call.h"

struct live_line {
    struct span number;
    const struct number *held; /* as the carrier has it; NULL: not of this account */
    struct registration registration;
};

struct live_facts {
    int64_t now_ms;
    struct span public_url, account;
    bool is_rehearsal; /* the carrier is on this machine */
    bool has_key, has_token, has_token_2;
    bool has_own_key, has_own_token; /* a tenant's, which the daemon alone knows */
    /* What each request was answered; those of credentials that are not there were not sent. */
    struct console_answer messages, calls; /* by the API key */
    struct console_answer token, token_2;  /* by the auth tokens */
    struct span standing;                  /* of the account: "active"; empty: not told */
    bool is_trial;
    struct console_answer money;
    struct span balance, currency; /* "12.34", "USD"; empty: not told */
    struct console_answer numbers; /* of the list of them */
    bool knows_services;
    struct console_answer services;
    const struct live_line *lines;
    size_t line_count;
    const char *no_lines;              /* why the lines are not known; NULL: they are */
    const struct self_call_seen *self; /* NULL: not called, for want of the token or the address */
};

#endif
