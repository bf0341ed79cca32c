#include "simapi/sim_write.h"

#include <stdarg.h>
#include <stdio.h>

#include "codec/phone.h"
#include "codec/timestamp.h"

enum { ADDRESS_SIZE = 512 };

void sim_write_date(const struct sim_api *a, struct json_out *o, const char *key, int64_t at_ms)
{
    char at[TIMESTAMP_SIZE];

    if (!at_ms) {
        json_out_null(o, key);
        return;
    }
    if (a->host == SIM_API_CORE)
        timestamp_render_rfc2822(at_ms, at);
    else
        timestamp_render_seconds(at_ms, at);
    json_out_text(o, key, span_of(at));
}

void sim_write_number(struct json_out *o, const char *key, int64_t n)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)n);
    json_out_text(o, key, span_of(text));
}

void sim_write_text(struct json_out *o, const char *key, const char *text)
{
    json_out_text_or_null(o, key, text && text[0] ? span_of(text) : (struct span){NULL, 0});
}

void sim_write_price(struct json_out *o, const char *key, int64_t cost)
{
    char text[32];

    if (!cost) {
        json_out_null(o, key);
        return;
    }
    snprintf(text, sizeof text, "-%lld.%04lld0", (long long)(cost / 10000),
             (long long)(cost % 10000));
    json_out_text(o, key, span_of(text));
}

void sim_write_formatted(struct json_out *o, const char *key, const char *number)
{
    char pretty[32];

    phone_pretty(number, "US", pretty);
    json_out_text(o, key, span_of(pretty));
}

void sim_write_uri(struct json_out *o, const char *key, const struct sim_account *account,
                   const char *format, ...)
{
    char tail[ADDRESS_SIZE], uri[2 * ADDRESS_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(tail, sizeof tail, format, args);
    va_end(args);
    snprintf(uri, sizeof uri, "/2010-04-01/Accounts/%s%s.json", account->sid, tail);
    json_out_text(o, key, span_of(uri));
}

void sim_write_url(const struct sim_api *a, struct json_out *o, const char *key, const char *format,
                   ...)
{
    char tail[ADDRESS_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(tail, sizeof tail, format, args);
    va_end(args);
    json_out_text(o, key, span_of(arena_printf(a->arena, "%s%s", sim_api_base(a), tail)));
}
