/* admin/doctor_checks.h - what is wrong with a set-up, why it matters and how to mend it, by a
 * table of checks; what is well is told too.
 *
 * Pure: facts in, findings out.
 * Threads: any. Units: instants are UTC milliseconds, 0 for never.
 */
#ifndef ADMIN_DOCTOR_CHECKS_H
#define ADMIN_DOCTOR_CHECKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/roster.h"
#include "model/tenant.h"

enum {
    DOCTOR_CHECKS_GAPS = 20,
    DOCTOR_CHECKS_NAMES = 100,
    DOCTOR_CHECKS_GAP_DAYS = 7,
    DOCTOR_CHECKS_SILENT_DAYS = 30, /* how far back a line's last webhook is looked for */
};

/* In report-only mode. */
struct doctor_checks_open {
    char number[LIMIT_NUMBER_SIZE];
    int64_t until_ms;
};
struct doctor_checks_line {
    char number[LIMIT_NUMBER_SIZE];
    int64_t heard_ms; /* the last call or text; 0: none in DOCTOR_CHECKS_SILENT_DAYS */
};
struct doctor_checks_person {
    char id[LIMIT_SLUG_SIZE], name[LIMIT_NAME_SIZE], phone[LIMIT_NUMBER_SIZE];
    bool is_out;         /* he wrote STOP */
    bool is_unreachable; /* the last text to him did not arrive */
    int32_t error_code;  /* ... with this code of the carrier's; 0: none */
};
struct doctor_checks_gap {
    char chain[LIMIT_SLUG_SIZE];
    int64_t from_ms, to_ms;
};
struct doctor_checks_name {
    char name[LIMIT_NAME_SIZE];
};

struct doctor_checks_facts {
    int64_t now_ms, started_ms;
    const struct zone *zone; /* NULL: UTC */
    struct span public_url;
    bool is_rehearsal; /* the carrier is on this machine */
    int64_t signed_ms, unsigned_ms;
    uint64_t unsigned_count;
    const struct doctor_checks_open *open;
    size_t open_count;
    const struct doctor_checks_line *lines;
    size_t line_count;
    const struct doctor_checks_person *people;
    size_t person_count;
    const struct doctor_checks_gap *gaps;
    size_t gap_count; /* at most DOCTOR_CHECKS_GAPS are listed */
    bool roster_is_good, roster_is_address;
    int64_t roster_version, roster_age_s;
    int64_t roster_since_ms; /* when the version in force was written; 0: not known */
    int64_t free_bytes, disk_bytes, database_bytes; /* disk_bytes 0: not known */
    bool can_store;                                 /* the last commit reached the disk */
    uint64_t spooled;                               /* events that wait for the database */
    uint64_t unsure;                                /* sends of which nothing is known yet */
    const char *version;
    bool has_clock;
    int64_t clock_off_ms;                  /* the carrier's minus ours */
    bool may_see_names;                    /* of tokens and users: an admin asks */
    const struct doctor_checks_name *idle; /* tokens */
    size_t idle_count;
    const struct doctor_checks_name *fresh; /* users without a password */
    size_t fresh_count;
    int nodes, nodes_lost, versions; /* that live; that have died today; of those that live */
    struct tenant_terms terms;       /* what the host grants; weight 0: there is no tenant */
    bool is_key_denied;              /* the carrier does not know the tenant's own API key */
    size_t keys_denied;              /* ... those of any tenant, in the same way as: */
    size_t secrets_shut;     /* of any tenant, that do not open or do not count; an admin asks */
    bool has_certificate;    /* of our own */
    const char *certificate; /* what is wrong with it; NULL: nothing */
    const char *heartbeat;   /* why its address is not reached; NULL: it is, or there is none */
    int alarms;              /* of the last day */
    char alarm_kind[64];     /* of the latest */
};

enum doctor_checks_state { DOCTOR_OK, DOCTOR_WARN, DOCTOR_BAD, DOCTOR_STATES };
const char *doctor_checks_state_name(enum doctor_checks_state state);

struct doctor_checks_finding {
    const char *check; /* the check's name */
    enum doctor_checks_state state;
    const char *what;
    const char *why, *mend; /* NULL when it is well */
};
typedef void doctor_checks_fn(void *ctx, const struct doctor_checks_finding *finding);

/* Each check gives at least one finding; texts live in the arena. */
void doctor_checks_all(struct arena *arena, const struct doctor_checks_facts *facts,
                       doctor_checks_fn *give, void *ctx);

#endif
