/* simworld/sim_check.h - documents judged against the tables of verbs, nouns and attributes.
 *
 * Nothing stops a document here: the carrier warns, skips the verb or uses the default, and
 * goes on. Each finding is a warning of the timeline, under the code that the table gives.
 * Threads: loop thread only.
 * Source: sections 3.1 to 3.8 of the carrier's reference.
 */
#ifndef SIMWORLD_SIM_CHECK_H
#define SIMWORLD_SIM_CHECK_H

#include "codec/xml.h"
#include "simworld/sim_note.h"

/* `about` names the call or text that asked for the document, and where it came from. */
void sim_check_document(struct sim_world *world, const struct sim_note_about *about, bool voice,
                        const struct xml_node *root);

#endif
