/* links/media.h - photos and the like, /m/{secret}/{n}: fetched from the carrier for whoever holds
 * the link, be it a person's browser or the carrier itself, which passes them on; and for whoever
 * may read the text.
 *
 * What is fetched is named by the ids in the stored address alone. Credentials go to the API and
 * to nobody else; one redirect is followed, to the carrier's storage. A few are fetched at once,
 * some wait, the rest are told to come again, and the bytes held in all are bounded.
 * Threads: loop thread only.
 * Source: design section 11.
 */
#ifndef LINKS_MEDIA_H
#define LINKS_MEDIA_H

#include "visit/visit.h"

visit_fn media_show;
visit_fn media_of_message; /* /api/v1/messages/{id}/media/{n}, for whoever has the role */

#endif
