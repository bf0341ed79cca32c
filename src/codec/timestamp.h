/* codec/timestamp.h - instants as text: RFC 3339 (ours) and RFC 2822 (the carrier's).
 *
 * Threads: any. Pure: no local time zone is ever used.
 * Units: instants are UTC milliseconds since the epoch, years 1970 to 9999.
 */
#ifndef CODEC_TIMESTAMP_H
#define CODEC_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum { TIMESTAMP_SIZE = 40 };

/* "2026-11-21T03:42:19.123Z". */
void timestamp_render(int64_t at_ms, char out[TIMESTAMP_SIZE]);
/* "2026-11-21T03:42:19Z". */
void timestamp_render_seconds(int64_t at_ms, char out[TIMESTAMP_SIZE]);
/* "Thu, 24 Aug 2023 05:01:45 +0000". */
void timestamp_render_rfc2822(int64_t at_ms, char out[TIMESTAMP_SIZE]);
/* RFC 3339 with any offset, fraction optional; *out_local tells that the offset was missing
 * ("2026-11-29T03:00", seconds optional): the value is then read as UTC. */
bool timestamp_parse(struct span text, int64_t *out_ms, bool *out_local);
bool timestamp_parse_rfc2822(struct span text, int64_t *out_ms);

#endif
