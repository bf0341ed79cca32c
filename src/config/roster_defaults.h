/* config/roster_defaults.h - what a roster is given from outside its document. */
#ifndef CONFIG_ROSTER_DEFAULTS_H
#define CONFIG_ROSTER_DEFAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "model/tenant.h"

/* How many relays may begin in a minute before the rest begins later. */
enum { ROSTER_RELAYS_A_LINE = 60, ROSTER_RELAYS_IN_ALL = 240, ROSTER_RELAYS_MAX = 60000 };

/* What a tenant may send in a day, unless he says otherwise: more than a busy day of his, less
 * than a loop sends. */
enum {
    ROSTER_TEXTS_A_DAY = 10000,
    ROSTER_CALLS_A_DAY = 2000,
    ROSTER_TEXTS_A_NUMBER = 500,
    ROSTER_BUDGET_MAX = 10000000,
};
enum { ROSTER_KEEP_DAYS_MAX = 3650 };
enum {
    ROSTER_SHIFT_CONFIRM_S = 900,
    ROSTER_SHIFT_CONFIRM_LEAST_S = 60,
    ROSTER_SHIFT_CONFIRM_MOST_S = 86400,
};

/* The last good text of an iCalendar address that a roster names. */
struct roster_feed {
    const char *address;
    struct span text;
    uint64_t mark; /* another one for another text; not 0 */
};

/* What the settings and credentials say where the document does not. Texts may be NULL. */
struct roster_defaults {
    const char *file;              /* name for messages */
    uint8_t ring_s;                /* 5 to 60 */
    int32_t ack_s;                 /* 1 to 86400 */
    uint16_t keep_recordings_days; /* 0: for ever */
    const char *region;            /* "US" */
    const char *time_zone;         /* "America/Los_Angeles" */
    const char *from_number;       /* TWILIO_FROM_NUMBER, E.164 */
    const char *account_sid;       /* TWILIO_ACCOUNT_SID */
    const char *tenant;            /* NULL: "default" */
    const struct tenant *tenants;  /* by slug: an account that the host has set goes before
                                      account_sid; may be NULL */
    size_t tenant_count;
    int64_t now_ms;                  /* around which calendars are expanded */
    const struct roster_feed *feeds; /* without it his hours alone hold */
    size_t feed_count;
    const char *beside; /* what files of calendars are relative to; NULL: `file` */
    bool was_good;      /* calendars that cannot be had are passed over, and are no mistake */
};

#endif
