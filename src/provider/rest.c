#include "provider/rest.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/id.h"
#include "codec/form.h"
#include "codec/json.h"
#include "codec/url.h"
#include "provider/media_address.h"
#include "provider/twiml.h"

enum {
    URL_BYTES_MAX = 2048,
    BODY_BYTES_MAX = 64 << 10, /* a text of the longest body, every byte escaped, fits */
    VALIDITY_S_MAX = 36000,    /* the carrier's */
    SENDER_QUEUE_IS_FULL = 21611,
    NO_CONTENT = 204, /* what was to be deleted is */
};

static struct span account_url(struct arena *arena, const struct rest_place *place,
                               const struct outbox *row, const char *resource)
{
    struct buf out = buf_in(arena, BODY_BYTES_MAX);

    buf_add(&out, place->api);
    buf_add_text(&out, "/2010-04-01/Accounts/");
    url_escape(&out, span_of(row->account));
    buf_add_char(&out, '/');
    buf_add_text(&out, resource);
    return buf_span(&out);
}

static void add_validity(struct arena *arena, struct buf *body, int64_t left_ms)
{
    int64_t left_s = left_ms / 1000;

    if (left_s < 1)
        left_s = 1;
    if (left_s > VALIDITY_S_MAX)
        left_s = VALIDITY_S_MAX;
    form_add(body, "ValidityPeriod", span_of(arena_printf(arena, "%d", (int)left_s)));
}

static void add_parties(struct buf *body, const struct outbox *row)
{
    form_add(body, "To", span_of(row->to));
    form_add(body, "From", span_of(row->from));
}

static void add_media(struct buf *body, struct span media)
{
    while (media.size) {
        const struct span address = span_trim(span_cut(media, '\n', &media));
        if (address.size)
            form_add(body, "MediaUrl", address);
    }
}

static struct rest_request text_request(struct arena *arena, const struct rest_place *place,
                                        const struct outbox *row, int64_t now_ms)
{
    struct buf body = buf_in(arena, BODY_BYTES_MAX);

    add_parties(&body, row);
    if (row->body.size || !row->media.size)
        form_add(&body, "Body", row->body);
    add_media(&body, row->media);
    form_add(&body, "StatusCallback",
             callback_url(arena, &place->callback, "/sms/status", row->id));
    if (row->expires_ms)
        add_validity(arena, &body, row->expires_ms - now_ms);
    return (struct rest_request){account_url(arena, place, row, "Messages.json"), buf_span(&body)};
}

static void add_events(struct buf *body)
{
    static const char *const events[] = {"initiated", "ringing", "answered", "completed"};

    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        form_add(body, "StatusCallbackEvent", span_of(events[i]));
}

/* The words travel with the request: a call that reads a text out needs no address of ours to
 * be answered in time. */
static struct rest_request call_request(struct arena *arena, const struct rest_place *place,
                                        const struct outbox *row)
{
    struct buf body = buf_in(arena, BODY_BYTES_MAX);

    add_parties(&body, row);
    form_add(&body, "Twiml",
             twiml_reading(arena, &place->callback, row->id, row->media, row->body));
    form_add(&body, "StatusCallback",
             callback_url(arena, &place->callback, "/webhook/twilio/call-status", row->id));
    add_events(&body);
    return (struct rest_request){account_url(arena, place, row, "Calls.json"), buf_span(&body)};
}

/* {P}/webhook/twilio/{what} of one rung. */
static struct span leg_url(struct arena *arena, const struct rest_place *place,
                           const struct outbox *row, const char *what)
{
    struct buf out = buf_in(arena, URL_BYTES_MAX);
    char c[ID_TEXT_SIZE + 1];

    id_render(row->cascade, c);
    buf_printf(&out,
               "%.*s/webhook/twilio/%s?c=%s&attempt=%d&t=", SPAN_ARG(place->callback.public_url),
               what, c, row->rung);
    url_escape(&out, row->body);
    return buf_span(&out);
}

/* The phone of a step that adds one after the other: who picks up is asked. */
static struct rest_request leg_request(struct arena *arena, const struct rest_place *place,
                                       const struct outbox *row, int64_t now_ms)
{
    struct buf body = buf_in(arena, BODY_BYTES_MAX);
    const int64_t left_s = (row->expires_ms - now_ms + 999) / 1000;

    add_parties(&body, row);
    form_add(&body, "Url",
             span_of(arena_printf(arena, "%.*s&apart=1",
                                  SPAN_ARG(leg_url(arena, place, row, "voice/screen")))));
    form_add(&body, "StatusCallback", leg_url(arena, place, row, "call-status"));
    add_events(&body);
    form_add(&body, "Timeout", span_of(arena_printf(arena, "%d", left_s > 1 ? (int)left_s : 1)));
    return (struct rest_request){account_url(arena, place, row, "Calls.json"), buf_span(&body)};
}

/* Where a call asks for the document that stored state gives it. */
static struct span move_url(struct arena *arena, const struct rest_place *place,
                            const struct outbox *row)
{
    struct buf out = buf_in(arena, URL_BYTES_MAX);
    char c[ID_TEXT_SIZE + 1];

    id_render(row->cascade, c);
    buf_add(&out, place->callback.public_url);
    if (row->body.size) {
        buf_add_text(&out, "/api/jobs/");
        url_escape(&out, row->body);
        buf_add_text(&out, "/call-webhook");
    } else {
        buf_add_text(&out, "/webhook/twilio/voice");
    }
    buf_printf(&out, "?attempt=%d&c=%s", row->rung, c);
    return buf_span(&out);
}

static struct rest_request update_request(struct arena *arena, const struct rest_place *place,
                                          const struct outbox *row)
{
    struct buf body = buf_in(arena, BODY_BYTES_MAX);
    const char *resource = arena_printf(arena, "Calls/%s.json", row->to);

    if (row->has_rung) {
        form_add(&body, "Url", move_url(arena, place, row));
        form_add(&body, "Method", SPAN("POST"));
    } else {
        form_add(&body, "Status", SPAN("completed"));
    }
    return (struct rest_request){account_url(arena, place, row, resource), buf_span(&body)};
}

static bool is_sid(struct span text)
{
    return text.size > 0 && text.size < LIMIT_SID_SIZE && !memchr(text.data, '/', text.size);
}

/* A text by its id; of an address of a recording or a medium only the ids count. */
static struct rest_request erase_request(struct arena *arena, const struct rest_place *place,
                                         const struct outbox *row)
{
    struct recording_address at = {.recording = ""};
    struct media_address medium;
    const char *resource;

    if (is_sid(row->body)) {
        resource = arena_printf(arena, "Messages/%.*s.json", SPAN_ARG(row->body));
    } else if (media_address_parse(row->body, &medium)) {
        resource = arena_printf(arena, "Messages/%s/Media/%s.json", medium.message, medium.media);
    } else {
        (void)media_address_recording(row->body, &at); /* without an id the carrier knows none */
        resource = arena_printf(arena, "Recordings/%s.json", at.recording);
    }
    return (struct rest_request){.url = account_url(arena, place, row, resource),
                                 .is_delete = true};
}

struct rest_request rest_render(struct arena *arena, const struct rest_place *place,
                                const struct outbox *row, int64_t now_ms)
{
    switch (row->kind) {
    case OUTBOX_TEXT:
        return text_request(arena, place, row, now_ms);
    case OUTBOX_CALL:
        return row->has_rung ? leg_request(arena, place, row, now_ms)
                             : call_request(arena, place, row);
    case OUTBOX_UPDATE:
        return update_request(arena, place, row);
    case OUTBOX_ERASE:
        return erase_request(arena, place, row);
    case OUTBOX_KINDS:
        break;
    }
    CHECK(row->kind < OUTBOX_KINDS);
    return (struct rest_request){{NULL, 0}, {NULL, 0}};
}

static bool take_sid(const struct json *answer, char out[LIMIT_SID_SIZE])
{
    const struct span sid = json_text(json_get(answer, "sid"));

    if (sid.size == 0 || sid.size >= LIMIT_SID_SIZE)
        return false;
    memcpy(out, sid.data, sid.size);
    out[sid.size] = 0;
    return true;
}

static int32_t take_code(const struct json *answer)
{
    int64_t code = 0;

    (void)json_number(json_get(answer, "code"), 0, INT32_MAX, &code);
    return (int32_t)code;
}

/* It is not about the request but about who asks: the same goes once that is mended. */
static bool is_about_us(int status, int32_t code)
{
    /* The account is not active; a test credential; what this key may not do. */
    static const int32_t codes[] = {0, 20003, 20005, 20008, 20403};
    bool is_known = false;

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        is_known |= codes[i] == code;
    return status == 401 || (status == 403 && is_known);
}

/* What was answered, by its status first: 429 says that nothing was done, and so does what is
 * about our credentials; 4xx that it never will be; whatever is neither that nor a readable
 * success may have been done. */
static void judge(int status, const struct json *answer, struct rest_answer *out)
{
    if (status >= 200 && status < 300) {
        out->sent =
            status == NO_CONTENT || take_sid(answer, out->sid) ? SENT_ACCEPTED : SENT_UNSURE;
        return;
    }
    out->error_code = take_code(answer);
    if (status < 400 || status >= 500) {
        out->sent = SENT_UNSURE;
        return;
    }
    out->credentials = is_about_us(status, out->error_code);
    out->sent = status == 429 || out->credentials || out->error_code == SENDER_QUEUE_IS_FULL
                    ? SENT_RETRY
                    : SENT_REFUSED;
}

struct rest_answer rest_parse(enum rest_outcome outcome, int status, struct span body)
{
    struct rest_answer out = {.sent = SENT_UNSURE};
    struct json *root = NULL;
    struct json_place place;

    if (outcome == REST_NOT_SENT)
        out.sent = SENT_RETRY;
    if (outcome != REST_ANSWERED)
        return out;
    if (json_parse(body, &root, &place))
        root = NULL; /* a status without a body that can be read still says something */
    judge(status, root, &out);
    json_close(&root);
    return out;
}
