/* simvoice/sim_recording.h - recordings: under way, what is told of them, the sound to fetch.
 *
 * One that is under way ends with its call. The sound is silence of the right length.
 * Owns: nothing; a recording lives in the arena of its leg.
 * Threads: loop thread only.
 * Source: sections 2.5 and 5.8 of the carrier's reference.
 */
#ifndef SIMVOICE_SIM_RECORDING_H
#define SIMVOICE_SIM_RECORDING_H

#include "codec/xml.h"
#include "net/http_server.h"
#include "simvoice/sim_leg.h"

enum sim_sound { SIM_WAV, SIM_MP3 };

/* Events of a recording's status callback, as bits. */
enum {
    SIM_RECORDING_ON_IN_PROGRESS = 1,
    SIM_RECORDING_ON_COMPLETED = 2,
    SIM_RECORDING_ON_ABSENT = 4,
};

/* Begins one of an answered leg: tells "in-progress". `plan` is copied, its texts must live as
 * long as the leg. Ends by itself when the leg does. NULL when there are too many. */
struct sim_recording *sim_recording_start(struct sim_leg *leg,
                                          const struct sim_recording_plan *plan);
/* One that does not end with the leg: its maker finishes it. Of a conference, and then `leg` is
 * the participant whose coming began it; or, with NULL, of a verb. NULL when there are too many. */
struct sim_recording *sim_recording_start_shared(struct sim_conference *conference,
                                                 struct sim_leg *leg,
                                                 const struct sim_recording_plan *plan);
/* What the REST API may do to one under way: ERR_CONFLICT when it is not. With `skips` the pause
 * is cut out; otherwise it is silence. */
MUST_USE enum err sim_recording_pause(struct sim_recording *recording, bool skips);
MUST_USE enum err sim_recording_resume(struct sim_recording *recording);
/* "stopped" now, "completed" and told a moment later. */
MUST_USE enum err sim_recording_stop(struct sim_recording *recording);
/* It is complete now: tells, and has it transcribed. Does nothing when it was. */
void sim_recording_finish(struct sim_recording *recording);
/* The one under way that began last, or NULL: "Twilio.CURRENT". */
struct sim_recording *sim_recording_current(const struct sim_leg *leg);

/* Nothing was recorded: tells those who want to know. */
void sim_recording_absent(struct sim_leg *leg, const struct sim_recording_plan *plan);
/* "in-progress", "paused", ...: static. */
const char *sim_recording_state_name(const struct sim_recording *recording);
/* How long it is so far. */
int64_t sim_recording_seconds(const struct sim_recording *recording);
/* RecordingSid, RecordingUrl, RecordingDuration. */
void sim_recording_params(const struct sim_recording *recording, struct sim_params *params);
/* "in-progress completed absent" into bits. */
unsigned sim_recording_events(struct span words);
/* Answers with the sound; 404 as long as the fault "recording_late" lasts. */
void sim_recording_serve(const struct sim_recording *recording, enum sim_sound sound,
                         struct http_request *rq);

#endif
