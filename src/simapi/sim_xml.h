/* simapi/sim_xml.h - an answer of the 2010 API as XML, made from its JSON.
 *
 * <TwilioResponse><Message><Sid>..., names in camel case, lists with their frame as attributes.
 * Threads: any.
 * Source: sections 5.1 and 5.3 of the carrier's reference.
 */
#ifndef SIMAPI_SIM_XML_H
#define SIMAPI_SIM_XML_H

#include "base/buf.h"

/* `json` is an object; `element` names it (or each row of the list in it). */
void sim_xml_render(struct arena *arena, struct span json, const char *element, struct buf *out);

#endif
