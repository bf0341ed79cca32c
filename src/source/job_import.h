/* source/job_import.h - the jobs of a state file become jobs: EVENT_JOB_IMPORT.
 *
 * The key `jobs` is a list of jobs, or an object of them by id. One with a mistake is left out and
 * told in the log; the roster stays good.
 * Owns: the work that it submits, with its arena.
 * Threads: loop thread only.
 */
#ifndef SOURCE_JOB_IMPORT_H
#define SOURCE_JOB_IMPORT_H

#include "river/book.h"
#include "river/work.h"

void job_import_start(const struct book_entry *entry, const struct intake *intake);

#endif
