/* links/job_page.h - the inside of a job link's page, as text.
 *
 * Works without script and on a narrow, old phone: one form a deed, each with the page view's
 * own mark, so that a double tap acts once. What cannot be done now says why in place of its
 * form. Whatever people wrote is escaped.
 * Pure: reads no clock and no rows. Threads: any.
 */
#ifndef LINKS_JOB_PAGE_H
#define LINKS_JOB_PAGE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

/* In the order in which they stand on the page. */
enum job_page_deed {
    JOB_PAGE_CLAIM,
    JOB_PAGE_START,
    JOB_PAGE_COMPLETE,
    JOB_PAGE_CALL,
    JOB_PAGE_TEXT,
    JOB_PAGE_HAND_OVER,
    JOB_PAGE_GIVE_BACK,
    JOB_PAGE_DEEDS
};

struct job_page_person {
    struct span id, name; /* id: what the form sends */
};

/* Empty spans are left out. */
struct job_page {
    struct span language; /* its reader's; empty: English */
    struct span business, job, title, address, notes;
    struct span customer; /* name, or number where none is known */
    struct span state;    /* a sentence: "Claimed by you at 14:05." */
    struct span told;     /* what this press did, or why the link is dead; stands first */
    struct span reader;   /* whose link it is */
    struct span mark;     /* the page view's own; empty: nothing to press */
    /* NULL: it can be done; "" not shown at all; else why not, a sentence. */
    const char *hindrance[JOB_PAGE_DEEDS];
    const struct job_page_person *people; /* to whom it may be handed over */
    size_t people_count;
};

enum { JOB_PAGE_WORDS_MAX = 1500 }; /* characters in a field of the page */

/* The word that a form sends for a deed, and back; JOB_PAGE_DEEDS for none such. */
const char *job_page_word(enum job_page_deed deed);
enum job_page_deed job_page_parse(struct span word);

/* Appends all of it, without the frame. */
void job_page_render(struct buf *out, const struct job_page *p);

#endif
