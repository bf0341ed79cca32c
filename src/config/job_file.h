/* config/job_file.h - jobs as programs and files write them: one JSON object, a list of them, or a
 * table of comma-separated values whose first row names the fields.
 *
 * Every mistake is listed with its place and its mend; a job with a mistake is left out of the
 * drafts, so that the caller may take the others.
 * Owns: drafts live in the arena that is given.
 * Errors: ERR_BAD_INPUT: there are mistakes; ERR_FULL: more than JOB_DRAFTS jobs.
 * Threads: any.
 * Source: docs/jobs.md; RFC 4180.
 */
#ifndef CONFIG_JOB_FILE_H
#define CONFIG_JOB_FILE_H

#include "base/err.h"
#include "config/doc.h"
#include "model/job.h"
#include "model/roster.h"

struct job_file {
    struct job_draft *drafts;
    size_t count;
    bool is_list; /* the text was a list, or a table */
};

MUST_USE enum err job_file_json(struct arena *arena, struct span text, const struct roster *roster,
                                struct mistakes *mistakes, struct job_file *out);
MUST_USE enum err job_file_csv(struct arena *arena, struct span text, const struct roster *roster,
                               struct mistakes *mistakes, struct job_file *out);
/* One object that is open already: the `jobs` of a state file, or the change of a job. False:
 * there are mistakes. Names that are not known are mistakes when `strict`. */
bool job_file_read(struct arena *arena, struct doc *doc, const struct doc_node *node,
                   const struct roster *roster, bool strict, struct job_draft *out);

#endif
