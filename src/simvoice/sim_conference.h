/* simvoice/sim_conference.h - Conference: calls that enter the same name hear each other.
 *
 * It starts when two are in and one of them may start it; until then each hears its waitUrl,
 * again and again. When one leaves whose endConferenceOnExit says so, or the last one, it
 * ends, and the next to enter the name opens another. The callbacks are those of the first
 * participant who named any, and so is the recording.
 * Threads: loop thread only.
 * Source: the Conference noun in section 3.3 of the carrier's reference, and section 5.8.
 */
#ifndef SIMVOICE_SIM_CONFERENCE_H
#define SIMVOICE_SIM_CONFERENCE_H

#include "simvoice/sim_run.h"
#include "simworld/sim_noun_room.h"

/* The run's Dial has come to its noun: its leg is answered and enters. */
void sim_conference_enter(struct sim_run *run, const struct xml_node *dial,
                          const struct xml_node *noun);

/* By its SID, ended or not, or by the name of one that has not ended; NULL: none. */
struct sim_conference *sim_conference_find(struct sim_world *world,
                                           const struct sim_account *account, struct span name);
/* The one of that name that has not ended, made now when there is none; NULL when there are too
 * many, or the name is empty. */
struct sim_conference *sim_conference_made(struct sim_world *world, struct sim_account *account,
                                           struct span name);
/* By the SID of its call, or by its label; NULL: not there. */
struct sim_participant *sim_conference_participant(const struct sim_conference *conference,
                                                   struct span name);
/* The same of those on their way. */
struct sim_participant *sim_conference_coming(const struct sim_conference *conference,
                                              struct span name);
/* A call that will enter the conference is on its way, until it has entered or ended. Its
 * fields are the caller's to fill in; what it may do and is is taken over when it enters. */
struct sim_participant *sim_conference_expect(struct sim_conference *conference,
                                              struct sim_leg *leg);

/* What the REST API may do to one that is in. What holds already changes nothing, and tells nobody.
 */
void sim_conference_mute(struct sim_participant *participant, bool muted);
/* On hold it hears `url`, again and again; NULL: the usual music. Texts are copied. */
void sim_conference_hold(struct sim_participant *participant, bool hold, const char *url,
                         const char *method);
/* It is heard by the call with that SID alone; "": by all again. */
void sim_conference_coach(struct sim_participant *participant, struct span call);
/* endConferenceOnExit, from now on. */
void sim_conference_ends_with(struct sim_participant *participant, bool ends);
/* It leaves, and its document goes on. */
void sim_conference_kick(struct sim_participant *participant);
/* Everybody leaves. */
void sim_conference_end(struct sim_conference *conference);
/* A document or a sound is asked for and heard: by the one, or with NULL by all, for each of whom
 * it is asked for. */
void sim_conference_announce(struct sim_conference *conference, struct sim_participant *one,
                             struct span url, struct span method);
/* A document that lets a call enter `name` as `attrs` say ("beep", "false", ..., NULL); NULL
 * when it gets too long. */
const char *sim_conference_document(struct arena *arena, struct span name,
                                    const char *const *attrs);

/* "init", "in-progress" or "completed": static. */
const char *sim_conference_state_name(const struct sim_conference *conference);

#endif
