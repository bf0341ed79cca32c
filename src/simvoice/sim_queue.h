/* simvoice/sim_queue.h - queues: Enqueue puts a call in line, Dial Queue takes the front of it.
 *
 * A queue is made by the first call that enters it, or by the REST API. Who waits hears its
 * waitUrl again and again; Leave there takes it out. Who dials an empty queue waits for the
 * next to come, as long as the Dial's timeout. Between the two a document of the Queue noun
 * may be heard by the one who waited.
 * Threads: loop thread only.
 * Source: sections 2.10, 3.3 and 3.6 of the carrier's reference.
 */
#ifndef SIMVOICE_SIM_QUEUE_H
#define SIMVOICE_SIM_QUEUE_H

#include "simvoice/sim_run.h"
#include "simworld/sim_noun_room.h"

/* The verb Enqueue, and the noun Queue of a Dial. */
void sim_queue_enqueue(struct sim_run *run, const struct xml_node *verb);
void sim_queue_dial(struct sim_run *run, const struct xml_node *dial, const struct xml_node *noun);

/* By its name or its SID; NULL when there is none. */
struct sim_queue *sim_queue_find(struct sim_world *world, const struct sim_account *account,
                                 struct span name);
/* New, with a SID; NULL when there are too many. A name too long is cut. */
struct sim_queue *sim_queue_made(struct sim_world *world, struct sim_account *account,
                                 struct span name);
/* ERR_CONFLICT as long as somebody is in it. */
MUST_USE enum err sim_queue_delete(struct sim_queue *queue);
/* The member whose call has that SID, or with "Front" the first; NULL: nobody. */
struct sim_member *sim_queue_member(const struct sim_queue *queue, struct span call);
/* From 1. */
int64_t sim_queue_position(const struct sim_member *member);
int64_t sim_queue_waited_s(const struct sim_member *member);
/* How long those wait who are in it. */
int64_t sim_queue_average_s(const struct sim_queue *queue);
/* The REST API takes it out and gives it another document. */
void sim_queue_dequeue(struct sim_member *member, const char *url, const char *method);

#endif
