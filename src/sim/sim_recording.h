/* sim/sim_recording.h - recordings: what is told of them, and the sound that can be fetched.
 *
 * The sound is silence of the right length.
 * Threads: loop thread only.
 * Source: sections 2.5 and 5.8 of the carrier's reference.
 */
#ifndef SIM_SIM_RECORDING_H
#define SIM_SIM_RECORDING_H

#include "codec/xml.h"
#include "net/http_server.h"
#include "sim/sim_run.h"

enum sim_sound { SIM_WAV, SIM_MP3 };

/* What the Record verb says about callbacks, its addresses absolute. */
struct sim_recording_wish {
    struct sim_callback status;
    const char *transcribe; /* NULL: no transcription is asked for */
};

/* RecordingSid, RecordingUrl, RecordingDuration. */
void sim_recording_params(const struct sim_recording *recording, struct sim_params *params);
/* It is complete: tells the status callback now, the transcription a little later. */
void sim_recording_done(struct sim_recording *recording, const struct sim_recording_wish *wish);
/* Nothing was recorded: tells those who want to know. */
void sim_recording_absent(struct sim_leg *leg, const struct sim_recording_wish *wish);
/* "in-progress completed absent" into bits 1, 2 and 4. */
unsigned sim_recording_events(struct span words);
/* Answers with the sound; 404 as long as the fault "recording_late" lasts. */
void sim_recording_serve(const struct sim_recording *recording, enum sim_sound sound,
                         struct http_request *rq);

#endif
