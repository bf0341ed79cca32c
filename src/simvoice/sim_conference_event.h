/* simvoice/sim_conference_event.h - what happens in conferences: told to callbacks, and noted.
 *
 * Threads: loop thread only.
 * Source: the Conference noun in section 3.3 of the carrier's reference.
 */
#ifndef SIMVOICE_SIM_CONFERENCE_EVENT_H
#define SIMVOICE_SIM_CONFERENCE_EVENT_H

#include "simvoice/sim_run.h"
#include "simworld/sim_noun_room.h"

enum sim_conference_event {
    SIM_CONFERENCE_START,
    SIM_CONFERENCE_END,
    SIM_CONFERENCE_JOIN,
    SIM_CONFERENCE_LEAVE,
    SIM_CONFERENCE_MUTE,
    SIM_CONFERENCE_UNMUTE,
    SIM_CONFERENCE_HOLD,
    SIM_CONFERENCE_UNHOLD,
    SIM_CONFERENCE_MODIFY,
    SIM_CONFERENCE_SPEECH_START,
    SIM_CONFERENCE_SPEECH_STOP,
    SIM_CONFERENCE_ANNOUNCED,
    SIM_CONFERENCE_EVENTS
};

/* Reads "start end join leave mute hold modify speaker announcement" into bits of groups. */
unsigned sim_conference_event_groups(struct span words);
/* `participant` is whom it is about; NULL: nobody. At the end the conference says why. */
void sim_conference_event_tell(struct sim_conference *conference, enum sim_conference_event event,
                               const struct sim_participant *participant);
/* It has ended: eventCallbackUrl is told of its recording, when there is one. */
void sim_conference_event_recorded(struct sim_conference *conference);
/* "PARTY WHAT conference NAME" in the timeline. */
void sim_conference_event_note(const struct sim_participant *participant, const char *what);

#endif
