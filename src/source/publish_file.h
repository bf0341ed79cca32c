/* source/publish_file.h - puts news into a state file that others write too, and loses nothing of
 * theirs.
 *
 * A new file takes the place of the one that was read in one step (RENAME_EXCHANGE); what came out
 * is compared with what was read, and must be open nowhere else: an editor that had the old one
 * in hand would write to what nobody reads. If it is not so, the step is taken back, and the news
 * are put into what is there now. Mode and owner stay.
 * Where a file system knows no such step, the file is locked (flock), looked at once more, and
 * renamed over.
 * What a crash leaves is removed when nothing of others is in it; else, and when two edits of
 * others meet ours in the same moment, one is put aside to NAME.nextring.old and told of.
 * Owns: nothing; NAME.nextring.part and NAME.nextring beside it for as long as it works.
 * Errors: ERR_BUSY: somebody keeps writing, try again; ERR_BAD_INPUT: what is there is no JSON
 * object; ERR_NOT_FOUND, ERR_DENIED, ERR_FULL, ERR_BROKEN. `why` tells, with the mend.
 * Threads: any, one per file. It waits for the disk.
 */
#ifndef SOURCE_PUBLISH_FILE_H
#define SOURCE_PUBLISH_FILE_H

#include "base/err.h"
#include "config/roster_publish.h"

enum { PUBLISH_FILE_WHY_SIZE = 256 };

MUST_USE enum err publish_file(const char *path, const struct roster_news *news,
                               char why[PUBLISH_FILE_WHY_SIZE]);

#endif
