/* A record is its version, then for each field that is not zero its tag, the size of its value
 * (4 bytes) and the value. A tag is the field's place in the table, so a new field goes to the
 * end, and one that has gone leaves a gap. */
#include "spool/spool_event.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "spool/spool.h"

enum { VERSION = 1 };
enum type { TYPE_NONE, TYPE_SPAN, TYPE_64, TYPE_32, TYPE_BOOL };

/* clang-format off */
#define SPAN_FIELD(name) {TYPE_SPAN, offsetof(struct event, name)}
#define WIDE_FIELD(name) {TYPE_64, offsetof(struct event, name)}
#define INT_FIELD(name)  {TYPE_32, offsetof(struct event, name)}
#define BOOL_FIELD(name) {TYPE_BOOL, offsetof(struct event, name)}
static const struct {
    enum type type;
    size_t offset;
} fields[] = {
    {TYPE_NONE, 0},
    INT_FIELD(kind),         INT_FIELD(tenant),      WIDE_FIELD(at_ms),       SPAN_FIELD(account),
    SPAN_FIELD(sid),         SPAN_FIELD(from),       SPAN_FIELD(to),          SPAN_FIELD(body),
    SPAN_FIELD(media),       SPAN_FIELD(job),         SPAN_FIELD(call_status), SPAN_FIELD(dial_status),
    SPAN_FIELD(digits),      SPAN_FIELD(leg_sid),     SPAN_FIELD(sequence),    SPAN_FIELD(recording),
    SPAN_FIELD(speech),      SPAN_FIELD(operator_id), SPAN_FIELD(plan),        INT_FIELD(seconds),
    INT_FIELD(attempt),      INT_FIELD(round),        BOOL_FIELD(is_call),     WIDE_FIELD(cascade),
    WIDE_FIELD(message),     INT_FIELD(delivery),     INT_FIELD(error_code),   INT_FIELD(opt_out),
    INT_FIELD(offline),      INT_FIELD(rung),        INT_FIELD(ring_s),       BOOL_FIELD(bridged),
    BOOL_FIELD(alone),       SPAN_FIELD(name),        SPAN_FIELD(forwarded_from),
    BOOL_FIELD(apart),
};
/* clang-format on */

enum { FIELDS = sizeof fields / sizeof fields[0] };

_Static_assert(sizeof(enum event_kind) == 4 && sizeof(int) == 4, "enums are written as such");

static const bool kept[EVENT_KINDS] = {
    [EVENT_CALL] = true,   [EVENT_SCREEN] = true,   [EVENT_PRESS] = true,
    [EVENT_CHOICE] = true, [EVENT_RECORDED] = true, [EVENT_CALL_STATUS] = true,
    [EVENT_TEXT] = true,   [EVENT_RECEIPT] = true,  [EVENT_STRAY] = true,
    [EVENT_HEARD] = true,  [EVENT_CALLED] = true,   [EVENT_TRANSCRIBED] = true,
    [EVENT_KEY] = true,
};

bool spool_event_is_kept(enum event_kind kind)
{
    return kept[kind];
}

static struct span value_of(const struct event *e, size_t field)
{
    const char *at = (const char *)e + fields[field].offset;
    struct span span;

    switch (fields[field].type) {
    case TYPE_SPAN:
        memcpy(&span, at, sizeof span);
        return span;
    case TYPE_64:
        return (struct span){at, 8};
    case TYPE_32:
        return (struct span){at, 4};
    case TYPE_BOOL:
        return (struct span){at, 1};
    case TYPE_NONE:
        break;
    }
    return (struct span){NULL, 0};
}

static bool is_zero(struct span value)
{
    for (size_t i = 0; i < value.size; i++)
        if (value.data[i])
            return false;
    return true;
}

struct span spool_event_render(struct arena *arena, const struct event *event)
{
    struct buf out = buf_in(arena, SPOOL_RECORD_BYTES_MAX);

    buf_add_char(&out, VERSION);
    for (size_t i = 1; i < FIELDS; i++) {
        const struct span value = value_of(event, i);
        const uint32_t size = (uint32_t)value.size;
        if (fields[i].type == TYPE_SPAN ? !value.data : is_zero(value))
            continue;
        buf_add_char(&out, (char)i);
        buf_add(&out, (struct span){(const char *)&size, sizeof size});
        buf_add(&out, value);
    }
    return buf_span(&out);
}

static bool put(struct event *e, size_t field, struct span value)
{
    char *at = (char *)e + fields[field].offset;
    const size_t sizes[] = {[TYPE_64] = 8, [TYPE_32] = 4, [TYPE_BOOL] = 1};

    if (fields[field].type == TYPE_SPAN) {
        memcpy(at, &value, sizeof value);
        return true;
    }
    if (fields[field].type == TYPE_NONE || value.size != sizes[fields[field].type])
        return false;
    memcpy(at, value.data, value.size);
    return true;
}

enum err spool_event_parse(struct span record, struct event *out)
{
    struct event e = {.kind = EVENT_CALL};

    if (record.size == 0 || record.data[0] != VERSION)
        return ERR_BAD_INPUT;
    for (struct span rest = span_skip(record, 1); rest.size > 0;) {
        uint32_t size;
        if (rest.size < 1 + sizeof size)
            return ERR_BAD_INPUT;
        const size_t field = (unsigned char)rest.data[0];
        memcpy(&size, rest.data + 1, sizeof size);
        rest = span_skip(rest, 1 + sizeof size);
        if (size > rest.size)
            return ERR_BAD_INPUT;
        if (field < FIELDS && !put(&e, field, (struct span){rest.data, size}))
            return ERR_BAD_INPUT;
        rest = span_skip(rest, size);
    }
    if ((unsigned)e.kind >= EVENT_KINDS || !kept[e.kind])
        return ERR_BAD_INPUT;
    *out = e;
    return ERR_NONE;
}
