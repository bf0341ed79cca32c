#include "codec/json_instant.h"

#include "codec/timestamp.h"

void json_instant(struct json_out *o, const char *key, int64_t at_ms)
{
    char text[TIMESTAMP_SIZE];

    if (at_ms == 0 || at_ms == INT64_MAX) {
        json_out_null(o, key);
        return;
    }
    timestamp_render(at_ms, text);
    json_out_text(o, key, span_of(text));
}
