/* model/zone.h - a time zone as data: the instants at which its offset changes.
 *
 * Filled once (codec/zone.h), read-only after that.
 */
#ifndef MODEL_ZONE_H
#define MODEL_ZONE_H

#include <stddef.h>
#include <stdint.h>

enum { ZONE_NAME_SIZE = 40 };

struct zone_change {
    int64_t from_ms;  /* UTC instant from which on `offset_s` holds */
    int32_t offset_s; /* local time minus UTC */
};

struct zone {
    char name[ZONE_NAME_SIZE];
    const struct zone_change *changes; /* ascending; the first holds for all time before too */
    size_t count;                      /* at least 1 */
};

#endif
