#include "setup/self_call.h"

#include <stdio.h>

#include "base/buf.h"
#include "codec/form.h"
#include "codec/timestamp.h"
#include "net/http_client.h"
#include "net/private_address.h"
#include "provider/signature.h"

enum { FORM_BYTES_MAX = 1024, BODY_SHOWN = 100, TOTAL_MS = 15000, ANSWER_BYTES_MAX = 64 << 10 };

const char *const self_call_paths[SELF_CALL_PATHS] = {
    "/webhook/twilio/call-status", "/webhook/twilio/voice", "/voice/fallback", "/sms/inbound"};

static const char form_type[] = "application/x-www-form-urlencoded";
/* Right in its form, and wrong: 20 bytes of zero. */
static const char wrong_signature[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/* The carrier's own test number: nobody's line. */
static const struct span nobody = {"+15005550006", 12};

static struct span form_of(const struct self_call *c)
{
    struct buf out = buf_in(c->arena, FORM_BYTES_MAX);

    form_add(&out, "AccountSid", c->account);
    form_add(&out, "ApiVersion", SPAN("2010-04-01"));
    form_add(&out, "CallSid", SPAN("CA00000000000000000000000000000000"));
    form_add(&out, "CallStatus", SPAN("completed"));
    form_add(&out, "Direction", SPAN("inbound"));
    form_add(&out, "From", nobody);
    form_add(&out, "To", nobody);
    return buf_span(&out);
}

static struct span header(struct span head, struct span name)
{
    while (head.size > 0) {
        struct span value;
        const struct span line = span_cut(head, '\n', &head);
        if (span_is_nocase(span_cut(line, ':', &value), name))
            return span_trim(value);
    }
    return (struct span){0};
}

static struct span first_line(struct arena *arena, struct span body)
{
    struct span rest, line = span_trim(span_cut(span_trim(body), '\n', &rest));

    line.size = line.size > BODY_SHOWN ? BODY_SHOWN : line.size;
    return arena_copy(arena, line);
}

/* "Feb 18 00:00:00 2027 GMT", the day with a blank before it when it has one digit. */
static int64_t until_ms(struct arena *arena, struct span text)
{
    char month[4], clock[9];
    int day, year;
    int64_t ms = 0;

    if (sscanf(arena_text(arena, text), "%3s %d %8s %d", month, &day, clock, &year) != 4)
        return 0;
    const char *as_mail = arena_printf(arena, "%d %s %d %s +0000", day, month, year, clock);
    return timestamp_parse_rfc2822(span_of(as_mail), &ms) ? ms : 0;
}

static void take(struct arena *arena, const struct http_result *r, struct self_call_answer *out)
{
    *out = (struct self_call_answer){
        .trouble = r->outcome == HTTP_ANSWERED ? HTTP_FINE : r->trouble,
        .why = r->why,
        .status = r->status,
        .body = first_line(arena, r->body),
        .location = r->location,
        .server = header(r->head, SPAN("Server")),
        .took_ms = r->took_us / 1000,
    };
}

/* Signed twice: as the carrier does, and to say that it is us. */
static void ask(const struct self_call *c, const char *path, bool right, struct http_result *out)
{
    const char *url = arena_printf(c->arena, "%.*s%s", SPAN_ARG(c->public_url), path);
    const struct span form = form_of(c);
    struct signature_keys *keys = signature_keys_open(&c->token, 1);
    const struct signature_request signed_by = {.method = SPAN("POST"),
                                                .url = span_of(url),
                                                .content_type = span_of(form_type),
                                                .body = form};
    char signature[SIGNATURE_TEXT_SIZE];

    *out = (struct http_result){.outcome = HTTP_NOT_SENT, .why = "the address is none"};
    if (!keys)
        return;
    const enum err e = signature_sign(c->arena, keys, &signed_by,
                                      span_starts(c->public_url, SPAN("https:")), signature);
    signature_keys_close(&keys);
    if (e)
        return;
    const char *const headers[] = {
        arena_printf(c->arena, "Content-Type: %s", form_type),
        arena_printf(c->arena, "X-Twilio-Signature: %s", right ? signature : wrong_signature),
        arena_printf(c->arena, "X-Nextring-Probe: %s", signature), NULL};
    http_client_once(c->arena,
                     &(struct http_call){.method = "POST",
                                         .url = url,
                                         .headers = headers,
                                         .body = form,
                                         .total_ms = TOTAL_MS,
                                         .max_bytes = ANSWER_BYTES_MAX,
                                         .keep_head = true,
                                         .keep_peer = true},
                     out);
}

/* A certificate that is not believed is still told of: without a word of ours being said. */
static void look_at_certificate(const struct self_call *c, struct self_call_seen *out)
{
    struct http_result r;

    http_client_once(
        c->arena,
        &(struct http_call){.method = "GET",
                            .url = arena_printf(c->arena, "%.*s/healthz", SPAN_ARG(c->public_url)),
                            .total_ms = TOTAL_MS,
                            .max_bytes = ANSWER_BYTES_MAX,
                            .keep_peer = true,
                            .unverified = true},
        &r);
    out->cert_until_ms = until_ms(c->arena, r.cert_until);
    out->peer = r.peer.size ? r.peer : out->peer;
}

static bool is_of_certificate(enum http_trouble trouble)
{
    return trouble == HTTP_CERT_HOST || trouble == HTTP_CERT_EXPIRED ||
           trouble == HTTP_CERT_UNTRUSTED;
}

void self_call(const struct self_call *call, struct self_call_seen *out)
{
    struct http_result r;

    *out = (struct self_call_seen){.cert_until_ms = 0};
    ask(call, self_call_paths[0], true, &r);
    take(call->arena, &r, &out->right);
    out->peer = r.peer;
    out->cert_until_ms = until_ms(call->arena, r.cert_until);
    if (is_of_certificate(out->right.trouble))
        look_at_certificate(call, out);
    out->is_private = out->peer.size && private_address_is_text(arena_text(call->arena, out->peer));
    /* What does not know us by the first is told by that alone. */
    for (int i = 0; i < SELF_CALL_PATHS && out->right.status == 204; i++) {
        ask(call, self_call_paths[i], false, &r);
        take(call->arena, &r, &out->wrong[i]);
    }
}
