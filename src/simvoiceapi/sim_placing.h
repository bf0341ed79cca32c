/* simvoiceapi/sim_placing.h - REST: a call that is asked for: judged, filled in, placed.
 *
 * Calls and the participants of conferences are asked for by the same fields.
 * Threads: loop thread only.
 * Source: sections 5.5, 5.8 and 7.3 of the carrier's reference.
 */
#ifndef SIMVOICEAPI_SIM_PLACING_H
#define SIMVOICEAPI_SIM_PLACING_H

#include "simapi/sim_api.h"

/* Leaves an error when a field of the form cannot be. With `document` Url, Twiml and
 * ApplicationSid are not looked at: that is what the call runs. */
void sim_placing_judge(struct sim_api *a, bool document);
/* The same of Url, Twiml and Method; of TimeLimit; of the fields that sim_placing_recording
 * reads. */
bool sim_placing_judge_document(struct sim_api *a);
bool sim_placing_judge_limit(struct sim_api *a);
bool sim_placing_judge_recording(struct sim_api *a);
/* The call, queued; NULL with an error left when there are too many. */
struct sim_leg *sim_placing_place(struct sim_api *a, const char *document);
/* Leaves an error unless the field is empty or a method. */
bool sim_placing_method(struct sim_api *a, const char *name);
/* Leaves an error unless the field is empty or an absolute http(s) address. */
bool sim_placing_address(struct sim_api *a, const char *name, int code);
/* How a recording that is asked for is made: RecordingChannels, RecordingTrack, Trim,
 * RecordingStatusCallback...; in `arena`. `source` as the API names it. */
const struct sim_recording_plan *sim_placing_recording(struct sim_api *a, struct arena *arena,
                                                       const char *source);
/* A field kept as long as the leg; NULL when it is empty. */
const char *sim_placing_kept(const struct sim_api *a, struct arena *arena, const char *name);

#endif
