#include "net/http_judge.h"

#include <string.h>

/* "Content-Length :" is no length to us, but may be one to a proxy in front of us, which would
 * then see another end of the request. */
static bool has_blank(struct span name)
{
    return name.size > 0 &&
           (memchr(name.data, ' ', name.size) || memchr(name.data, '\t', name.size));
}

void http_judge_note(struct http_judge *j, struct span name, struct span value)
{
    j->odd_name = j->odd_name || has_blank(name);
    if (span_is_nocase(name, SPAN("Content-Length"))) {
        j->lengths++;
        j->length = value;
    } else if (span_is_nocase(name, SPAN("Transfer-Encoding"))) {
        j->encodings++;
        j->encoding = value;
    } else if (span_is_nocase(name, SPAN("Host"))) {
        j->hosts++;
    }
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* A fragment is never sent, and what follows a '#' would be read here though no signature covers
 * it. */
static bool is_good_target(struct span target)
{
    for (size_t i = 0; i < target.size; i++) {
        const unsigned char c = (unsigned char)target.data[i];
        if (c <= ' ' || c == 0x7f || c == '#')
            return false;
        if (c != '%')
            continue;
        if (target.size - i < 3 || !is_hex(target.data[i + 1]) || !is_hex(target.data[i + 2]))
            return false;
    }
    return target.size > 0;
}

static bool is_length_within(struct span text, size_t max)
{
    int64_t length;

    return span_number(text, 0, INT64_MAX, &length) && (uint64_t)length <= max;
}

unsigned http_judge_status(const struct http_judge *j, size_t max_header_bytes,
                           size_t max_body_bytes, const char **out_why)
{
    /* clang-format off */
    const struct {
        bool refused;
        unsigned status;
        const char *why;
    } rules[] = {
        {j->header_bytes > max_header_bytes, 431, "header too large"},
        {!is_good_target(j->target), 400, "malformed request target"},
        {j->odd_name, 400, "malformed header name"},
        {j->lengths + j->encodings > 1, 400, "ambiguous length"},
        {j->hosts > 1 || (j->needs_host && j->hosts == 0), 400, "not one host"},
        {j->encodings && !span_is_nocase(j->encoding, SPAN("chunked")), 501,
         "unknown transfer encoding"},
        {j->lengths && !is_length_within(j->length, max_body_bytes), 413, "body too large"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].refused) {
            *out_why = rules[i].why;
            return rules[i].status;
        }
    return 0;
}
