/* source/source_options.h - where rosters come from, and what those that leave it out are given.
 *
 * Owns: nothing; texts are borrowed and must live as long as whoever was given them.
 */
#ifndef SOURCE_SOURCE_OPTIONS_H
#define SOURCE_SOURCE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "source/address.h"

struct clock;
struct vault;

struct source_options {
    const struct clock *clock; /* when calendars of rosters are looked at */
    const char *roster;        /* a file, a folder with one file per tenant, or an address; NULL:
                                  what the database has in force */
    struct address_keys aws;   /* of s3:// */
    bool is_rehearsal;         /* addresses may be private: the carrier's is on loopback */
    bool publish;              /* relays and jobs are written back to where rosters come from */
    const struct vault *vault; /* the tenants that the host knows; NULL: none */
    /* Of rosters that do not say. */
    const char *account_sid;
    const char *from_number; /* may be NULL */
    int32_t ack_s;
    uint16_t keep_recordings_days; /* 0: for ever */
    uint8_t ring_s;
};

#endif
