/* host/tenant_api.h - the tenants of a host: which there are and on what terms, new ones, other
 * terms, and their secrets at the carrier.
 *
 * What is changed is answered when it is in force here; the other nodes follow within seconds.
 * A secret goes in and never comes out.
 * Threads: loop thread only.
 * Source: docs/tenants.md; docs/adr/0031-tenants-and-their-secrets.md.
 */
#ifndef HOST_TENANT_API_H
#define HOST_TENANT_API_H

#include "visit/visit.h"

visit_fn tenant_api_list;
visit_fn tenant_api_show;
visit_fn tenant_api_add;    /* {slug, name, account, weight, texts_a_day, calls_a_day} */
visit_fn tenant_api_change; /* {name, account, weight, texts_a_day, calls_a_day, state} */
visit_fn tenant_api_secret; /* {name, value}; without a value it is taken away */
visit_fn
    tenant_api_rotate; /* the keys that seal them are read again, and everything is sealed anew */

#endif
