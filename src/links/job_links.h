/* links/job_links.h - the link of a job, for one of its people: the rows its page shows, and the
 * form it sends.
 *
 * What may be done is rules/job_right.h's, the page's text job_page.h's; links.h finds the link
 * and hands over. A form carries the mark of the page view it stood on: sent twice it acts once.
 * Threads: loop thread only.
 * Source: docs/adr/0020-jobs.md.
 */
#ifndef LINKS_JOB_LINKS_H
#define LINKS_JOB_LINKS_H

#include "visit/visit.h"

/* v->own is the struct link_look of a LINK_JOB. */
visit_fn job_links_show;
/* Reads the form of a page into v->work.event; false: it has been answered. */
bool job_links_read(struct visit *v, const struct form *form);
/* Answers what the event made of it. */
visit_fn job_links_acted;

#endif
