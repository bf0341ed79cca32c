/* simapi/sim_write.h - values as the carrier's JSON spells them: dates, numbers as texts, paths.
 *
 * Threads: any.
 * Source: section 5.1 of the carrier's reference.
 */
#ifndef SIMAPI_SIM_WRITE_H
#define SIMAPI_SIM_WRITE_H

#include "simapi/sim_api.h"

/* "Thu, 24 Aug 2023 05:01:45 +0000" on the 2010 API, "2023-08-24T05:01:45Z" on the other hosts;
 * null for 0. */
void sim_write_date(const struct sim_api *a, struct json_out *o, const char *key, int64_t at_ms);
/* A number as a text. */
void sim_write_number(struct json_out *o, const char *key, int64_t n);
/* A text, or null when it is NULL or "". */
void sim_write_text(struct json_out *o, const char *key, const char *text);
/* Ten-thousandths of a dollar as "-0.0075", or null for 0. */
void sim_write_price(struct json_out *o, const char *key, int64_t cost);
/* "(619) 555-0100", what is no number as it is. */
void sim_write_formatted(struct json_out *o, const char *key, const char *number);
/* The path of a resource of the account: "/2010-04-01/Accounts/AC/WHAT" and ".json". */
__attribute__((format(printf, 4, 5))) void sim_write_uri(struct json_out *o, const char *key,
                                                         const struct sim_account *account,
                                                         const char *format, ...);
/* The absolute address of a resource at the host that was asked. */
__attribute__((format(printf, 4, 5))) void sim_write_url(const struct sim_api *a,
                                                         struct json_out *o, const char *key,
                                                         const char *format, ...);

#endif
