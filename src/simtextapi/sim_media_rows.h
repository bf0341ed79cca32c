/* simtextapi/sim_media_rows.h - the media of a message: listed, fetched, deleted, their bytes.
 *
 * Threads: loop thread only.
 * Source: section 5.4 of the carrier's reference.
 */
#ifndef SIMTEXTAPI_SIM_MEDIA_ROWS_H
#define SIMTEXTAPI_SIM_MEDIA_ROWS_H

#include "simapi/sim_api.h"

/* Ends with a NULL path. */
extern const struct sim_api_route sim_media_rows_routes[];

#endif
