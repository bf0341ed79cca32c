/* simworld/sim_noun_room.h - the nouns where calls meet: queues with members, conferences with
 * participants.
 *
 * Plain data that every file of the folders above may read; queues are changed by sim_queue,
 * conferences by sim_conference. All of it lives as long as the world.
 */
#ifndef SIMWORLD_SIM_NOUN_ROOM_H
#define SIMWORLD_SIM_NOUN_ROOM_H

#include "codec/xml.h"
#include "simworld/sim_noun_leg.h"

struct sim_queue_dialler;

enum {
    SIM_QUEUES_MAX = 1000,
    SIM_QUEUE_NAME_SIZE = 65,
    SIM_QUEUE_SIZE = 1000, /* usual cap of members */
    SIM_QUEUE_SIZE_MAX = 5000,
    SIM_CONFERENCES_MAX = 20000,
    SIM_CONFERENCE_NAME_SIZE = 129,
    SIM_PARTICIPANTS_MAX = 250, /* of a conference */
};

/* A call that waits in a queue, or has been taken out of it to talk. */
struct sim_member {
    struct sim_member *next; /* behind it */
    struct sim_queue *queue;
    struct sim_leg *leg;
    struct sim_run *run; /* of the call; run->beside says what it hears */
    const struct xml_node *verb;
    const char *wait_url, *wait_method;
    int64_t since_ms, taken_ms;        /* taken: out of the line; 0: it waits */
    int64_t music_ms;                  /* when what it hears began last; 0: not yet */
    struct sim_leg *taken_by;          /* who dials the queue; NULL: nobody */
    struct sim_queue_dialler *dialler; /* that one, as long as it has it */
    bool bridged;
};

struct sim_queue {
    struct sim_queue *next; /* older */
    struct sim_world *world;
    struct sim_account *account;
    char sid[LIMIT_SID_SIZE], name[SIM_QUEUE_NAME_SIZE];
    int64_t max_size, created_ms, updated_ms;
    struct sim_member *members; /* those that wait, the first in front */
    size_t size;
    struct sim_queue_dialler *diallers; /* calls that wait for a member */
    bool deleted;
};

enum sim_conference_state {
    SIM_CONFERENCE_INIT,
    SIM_CONFERENCE_IN_PROGRESS,
    SIM_CONFERENCE_COMPLETED,
    SIM_CONFERENCE_STATES
};

/* A call that is in a conference, or that the API has asked for and that is on its way. */
struct sim_participant {
    struct sim_participant *next; /* came after it */
    struct sim_conference *conference;
    struct sim_leg *leg;
    struct sim_run *run, *music; /* music: what is heard while waiting or on hold, or NULL;
                                  * run NULL: on its way */
    const struct xml_node *dial;
    const char *wait_url, *wait_method; /* NULL: nothing to fetch */
    const char *hold_url, *hold_method;
    int64_t joined_ms, updated_ms, music_since_ms;
    char label[SIM_CONFERENCE_NAME_SIZE];
    char coached[LIMIT_SID_SIZE]; /* SID of the call that it coaches; "": none */
    bool starts, ends, muted, hold, beeps_in, beeps_out;
};

struct sim_conference {
    struct sim_conference *next; /* older */
    struct sim_world *world;
    struct sim_account *account;
    char sid[LIMIT_SID_SIZE], name[SIM_CONFERENCE_NAME_SIZE];
    struct sim_participant *participants; /* in the order in which they came */
    struct sim_participant *coming;       /* on their way */
    struct sim_callback callback;
    const char *event_callback;              /* eventCallbackUrl; NULL: none */
    struct sim_recording *recording;         /* under way, or NULL */
    const struct sim_recording_plan *record; /* what starts with it, or NULL */
    int sequence;
    int64_t created_ms, updated_ms;
    enum sim_conference_state state;
    const char *reason; /* why it ended; NULL: it has not */
    char ended_by[LIMIT_SID_SIZE];
};

#endif
