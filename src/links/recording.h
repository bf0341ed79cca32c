/* links/recording.h - what a caller has said after the tone: fetched from the carrier for whoever
 * holds a link to the call, /r/{secret}, or has the role, /api/v1/calls/{id}/recording.
 *
 * Which one is named by the ids in the stored address alone, and must be of the call's own
 * account. A link serves until it expires, used or not. A part that is asked for (Range) is cut
 * from the whole, as phones play sound in parts.
 * Threads: loop thread only.
 * Source: design section 11; RFC 9110 section 14.
 */
#ifndef LINKS_RECORDING_H
#define LINKS_RECORDING_H

#include "visit/visit.h"

visit_fn recording_by_link;
visit_fn recording_of_call;

#endif
