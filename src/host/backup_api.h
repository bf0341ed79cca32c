/* host/backup_api.h - a copy of the database, made beside its work, for `nextring backup`.
 *
 * It goes some pages at a time on the storage thread, with a pause behind each step that is several
 * times as long as the step: no call and no text waits longer than for any other batch. The copy
 * stands beside the database as backup.copy, and belongs to whoever asked for it.
 * Only the control socket is told, and all else that there is nothing here: whoever may open that
 * socket may read the database, too.
 * Owns: what is under way, one at a time.
 * Threads: loop thread only.
 * Source: docs/adr/0033-backup.md.
 */
#ifndef HOST_BACKUP_API_H
#define HOST_BACKUP_API_H

#include "visit/visit.h"

/* From now on site->backup has it. */
void backup_api_open(struct site *site, struct loop *loop);
/* After the engine is closed. */
void backup_api_close(struct site *site);

/* POST: begins one, 202; 409 while one is under way, or where the database is a server. */
visit_fn backup_api_begin;
/* GET: {state: none, copying, done or failed; pages_done, pages, path, why}. */
visit_fn backup_api_show;

#endif
