/* source/sharing.h - rosters that another node has brought into force come into force here.
 *
 * Only where rosters are the database's: what a file or an address brings, each node reads there
 * itself. A version that is not above the one in force changes nothing.
 * Owns: what it has read.
 * Threads: loop thread only, but for its reading.
 */
#ifndef SOURCE_SHARING_H
#define SOURCE_SHARING_H

#include "source/reload.h"

struct sharing;

struct sharing *sharing_open(struct reload *reload);
/* When its reading is under way no more. Accepts a pointer to NULL and leaves NULL. */
void sharing_close(struct sharing **sharing);
/* Something has changed: the next turn looks at it. */
void sharing_look(struct sharing *sharing);
void sharing_turn(struct sharing *sharing);

#endif
