/* links/pages.h - the pages behind links: their frame and their style sheet.
 *
 * No script and no style but our own file; whatever is not ours goes through pages_text.
 * Threads: loop thread only.
 */
#ifndef LINKS_PAGES_H
#define LINKS_PAGES_H

#include "visit/visit.h"

visit_fn pages_style;   /* "/style.css" */
visit_fn pages_ringing; /* the sound of a phone that rings, for the carrier */

/* A page is begun with its title, written to, and answered. */
struct buf pages_begin(struct visit *v, const char *title);
struct buf pages_begin_in(struct visit *v, const char *title, const char *language); /* "de" */
/* Appends text as text. */
void pages_text(struct buf *page, struct span text);
void pages_answer(struct visit *v, int status, struct buf *page);
/* The same for a page that shows images, or plays sound, of ours. */
void pages_answer_with_images(struct visit *v, int status, struct buf *page);
/* A page of one sentence. */
void pages_say(struct visit *v, int status, struct span words);
/* The page of a link that leads nowhere: 404. */
void pages_say_no_link(struct visit *v);

#endif
