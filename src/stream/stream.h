/* stream/stream.h - what happens at a tenant as it happens, to everybody who watches: server-sent
 * events that are resumed from the log.
 *
 * Those who watch a tenant now share what is read: at most one reading of it is under way, and
 * what it gives is written to all of them. Whoever comes back with a cursor is first brought up to
 * them from the log, in pages, as fast as he takes them. A row of the log may come twice, and is
 * never left out. A peer for whom 256 KiB wait is cut off; he comes back with his cursor.
 * Owns: the streams, until they end or their peers go.
 * Threads: loop thread only.
 * Source: design section 11; the HTML standard's event stream format; docs/stream.md.
 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "visit/visit.h"

/* Streams of one tenant, and of all: a quarter of the connections that this process may have is
 * the most in any case, so that webhooks always find one. */
enum { STREAM_OF_TENANT = 1000, STREAM_OF_ALL = 2000 };

/* From now on site->hub has the streams. */
void stream_open(struct site *site, struct loop *loop);
/* After the server and the engine are closed. */
void stream_close(struct site *site);
/* Tokens, users or sessions have changed on another node. */
void stream_forget(struct site *site);
/* Ends all, and takes no new ones: the program is ending. */
void stream_drain(struct site *site);

/* GET /api/v1/stream; Last-Event-ID or ?after= is a cursor. */
void stream_watch(struct visit *v);

#endif
