/* engine/engine_options.h - what the app tells the engine; it hands each folder below what is
 * that folder's (river/river.h, source/source_options.h).
 *
 * Owns: nothing.
 */
#ifndef ENGINE_ENGINE_OPTIONS_H
#define ENGINE_ENGINE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/address.h"
#include "store/store.h"

struct clock;

/* Texts are borrowed and must live as long as the engine. */
struct engine_options {
    const struct clock *clock; /* when calendars of rosters are looked at */
    const char *database;      /* postgres://..., or path of the SQLite file */
    const char *feeds;         /* folder that keeps calendars got from addresses; or NULL */
    const char *spool;         /* path of the file that keeps events while the database cannot */
    const char *public_url;    /* without a slash at the end */
    const char *carrier_api;   /* base of the REST API, without a slash at the end */
    const char *lookup_api;    /* base of its lookups' API, likewise */
    const char *roster;        /* a file, a folder with one file per tenant, or an address; NULL:
                                  what the database has in force */
    struct address_keys aws;   /* of s3:// */
    bool is_rehearsal;         /* addresses may be private: the carrier's is on loopback */
    bool publish;              /* relays and jobs are written back to where rosters come from */
    const char *account_sid;   /* of the credentials */
    const char *api_user, *api_password; /* REST: API key and its secret; until others are taken */
    const char *key_folder;              /* CREDENTIALS_DIRECTORY, and */
    const char *key_file; /* NEXTRING_KEY_FILE: of the keys that seal tenants' secrets; or NULL */
    const char *from_number; /* may be NULL */
    uint8_t *callback_key;   /* keyed hash of status-callback addresses; 32 bytes, which those that
                                all nodes use take the place of */
    struct store_self self;  /* this node */
    uint8_t node_before;     /* its number the last time */
    int32_t ack_s;
    uint16_t keep_recordings_days;            /* of rosters that do not say; 0: for ever */
    int keep_bodies_days, keep_metadata_days; /* 0: for ever */
    uint8_t ring_s;
    double call_rate; /* calls started per second and account */
    size_t queue_max; /* events waiting for the storage thread; above: ERR_BUSY */
};

#endif
