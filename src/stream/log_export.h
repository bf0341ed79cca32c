/* stream/log_export.h - the log as a file that proves itself: each row with its salt and hash
 * (journal/journal_text.h), sent in pieces as fast as the peer takes them.
 *
 * Owns: the exports under way.
 * Threads: loop thread only.
 */
#ifndef STREAM_LOG_EXPORT_H
#define STREAM_LOG_EXPORT_H

#include "visit/visit.h"

enum { LOG_EXPORTS = 8, LOG_EXPORT_DAYS = 366 };

/* From now on site->exports has them. */
void log_export_open(struct site *site, struct loop *loop);
/* After the server and the engine are closed. */
void log_export_close(struct site *site);
/* Cuts them off: the program is ending, and a file without its last line says so. */
void log_export_drain(struct site *site);

/* GET /api/v1/events/export; ?from= (30 days before the end) ?to= (now) ?format=jsonl|csv. */
visit_fn log_export_send;

#endif
