/* codec/json_instant.h - instants as JSON has them.
 *
 * Threads: any. Pure.
 * Units: UTC milliseconds since the epoch.
 */
#ifndef CODEC_JSON_INSTANT_H
#define CODEC_JSON_INSTANT_H

#include <stdint.h>

#include "codec/json.h"

/* RFC 3339 with milliseconds; null for 0, which is "not yet", and for INT64_MAX, "never". */
void json_instant(struct json_out *o, const char *key, int64_t at_ms);

#endif
