/* sim/sim_stream.h - GET /sim/stream: what happens, as server-sent events, to pages that listen.
 *
 * hello: {"boot","last"}, first; another boot than before means that the simulator began anew.
 * note:  an entry of the timeline; its number is the event's id, and Last-Event-ID (or
 *        ?after=) goes on behind it.
 * state: what changed of phones, calls, texts, lines, clock and faults (sim/sim_view.h).
 * whole: so much changed that GET /sim/phones is shorter.
 * Owns: the streams, until their peers go.
 * Threads: loop thread only.
 * Source: the HTML standard, server-sent events.
 */
#ifndef SIM_SIM_STREAM_H
#define SIM_SIM_STREAM_H

#include "base/buf.h"
#include "net/http_server.h"
#include "simworld/sim_world.h"

enum { SIM_STREAMS_MAX = 24 };

struct sim_stream_hub;

struct sim_stream_hub *sim_stream_open(struct sim_world *world);
/* After the server that holds the streams has closed. */
void sim_stream_close(struct sim_stream_hub **hub);
/* Answers with a stream; 503 when there are too many. */
void sim_stream_take(struct sim_stream_hub *hub, struct http_request *rq);
/* Sends what is new; cheap when nothing is. */
void sim_stream_flush(struct sim_stream_hub *hub);
/* GET /sim/phones: the whole, in order with the changes that the streams tell. */
void sim_stream_whole(struct sim_stream_hub *hub, struct buf *out);

#endif
