/* sim/sim_check.h - documents judged against the tables of verbs, nouns and attributes.
 *
 * Nothing stops a document here: the carrier warns, skips the verb or uses the default, and
 * goes on. Each finding is a warning of the timeline, under code 12200, 13520 or 13521.
 * Threads: loop thread only.
 * Source: sections 3.1 to 3.7 of the carrier's reference.
 */
#ifndef SIM_SIM_CHECK_H
#define SIM_SIM_CHECK_H

#include "codec/xml.h"
#include "sim/sim_world.h"

/* `subject` is the SID of the call or text that asked for the document. */
void sim_check_document(struct sim_world *world, const char *subject, bool voice,
                        const struct xml_node *root);

#endif
