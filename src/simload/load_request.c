#include "simload/load_request.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "codec/base64.h"
#include "codec/digest.h"

enum { SID_DIGITS = 32, NUMBER_DIGITS = 11, SIGNATURE_BYTES = 28, PLACES = 4, FIELDS = 32 };

/* Stand where a sid's digits, a customer's number, a line's and the signature will; none of them
 * needs an escape here, and load_request_takes refuses text in which they could occur. */
static const char sid_mark[] = "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^";
static const char number_mark[] = "|||||||||||";
static const char line_mark[] = "{{{{{{{{{{{";
static const char signature_mark[] = "############################";

struct field {
    const char *name, *value;
};

/* Text with places that are written over. */
struct template
{
    char text[LOAD_REQUEST_SIZE];
    size_t size;
    char *sids[PLACES], *numbers[PLACES], *lines[PLACES];
};

struct pair {
    struct template request, signed_text;
    char *signature;
};

struct load_request {
    struct load_request_shape shape;
    struct arena *arena; /* of one signature's text */
    struct digest_key *key;
    unsigned weight;               /* of all kinds */
    unsigned long long first_line; /* of several */
    struct pair pairs[LOAD_KINDS];
};

/* clang-format off */
static const struct field text_fields[] = {
    {"ToCountry", "US"}, {"ToState", "CA"}, {"SmsMessageSid", "SM*"}, {"NumMedia", "0"},
    {"ToCity", "SAN FRANCISCO"}, {"FromZip", "94105"}, {"SmsSid", "SM*"}, {"FromState", "CA"},
    {"SmsStatus", "received"}, {"FromCity", "SAN FRANCISCO"},
    {"Body", "Hello from the load generator, please answer."}, {"FromCountry", "US"}, {"To", "?"},
    {"MessagingServiceSid", "MG00000000000000000000000000000001"}, {"ToZip", "94105"},
    {"NumSegments", "1"}, {"MessageSid", "SM*"}, {"AccountSid", "!"}, {"From", "+"},
    {"ApiVersion", "2010-04-01"}, {NULL, NULL}};

static const struct field call_fields[] = {
    {"AccountSid", "!"}, {"ApiVersion", "2010-04-01"}, {"CallSid", "CA*"},
    {"CallStatus", "ringing"}, {"Called", "?"}, {"CalledCity", "SAN FRANCISCO"},
    {"CalledCountry", "US"}, {"CalledState", "CA"}, {"CalledZip", "94105"}, {"Caller", "+"},
    {"CallerCity", "SAN FRANCISCO"}, {"CallerCountry", "US"}, {"CallerState", "CA"},
    {"CallerZip", "94105"}, {"Direction", "inbound"}, {"From", "+"},
    {"FromCity", "SAN FRANCISCO"}, {"FromCountry", "US"}, {"FromState", "CA"},
    {"FromZip", "94105"}, {"To", "?"}, {"ToCity", "SAN FRANCISCO"}, {"ToCountry", "US"},
    {"ToState", "CA"}, {"ToZip", "94105"}, {NULL, NULL}};

static const struct field text_status_fields[] = {
    {"MessageSid", "SM*"}, {"SmsSid", "SM*"}, {"MessageStatus", "delivered"},
    {"SmsStatus", "delivered"}, {"RawDlrDoneDate", "2611231805"}, {"AccountSid", "!"},
    {"From", "?"}, {"To", "+"}, {"ApiVersion", "2010-04-01"}, {NULL, NULL}};

static const struct field call_status_fields[] = {
    {"AccountSid", "!"}, {"ApiVersion", "2010-04-01"}, {"CallSid", "CA*"},
    {"CallStatus", "completed"}, {"CallDuration", "42"}, {"Duration", "1"},
    {"CallbackSource", "call-progress-events"}, {"SequenceNumber", "0"},
    {"Timestamp", "Mon, 23 Nov 2026 18:05:00 +0000"}, {"SipResponseCode", "200"},
    {"Called", "?"}, {"Caller", "+"}, {"Direction", "inbound"}, {"From", "+"}, {"To", "?"},
    {NULL, NULL}};

static const struct {
    const char *name;
    const struct field *fields;
} kinds[LOAD_KINDS] = {
    [LOAD_TEXT]        = {"text",        text_fields},
    [LOAD_CALL]        = {"call",        call_fields},
    [LOAD_TEXT_STATUS] = {"text-status", text_status_fields},
    [LOAD_CALL_STATUS] = {"call-status", call_status_fields},
};
/* clang-format on */

/* The tables' signs: '*' a sid's digits, '?' the line, '!' the account, '+' the customer. */
static const char *value_of(const struct load_request *r, const char *value)
{
    if (strcmp(value, "?") == 0 && r->shape.lines > 1)
        return arena_printf(r->arena, "+%s", line_mark);
    if (strcmp(value, "?") == 0)
        return r->shape.line;
    if (strcmp(value, "!") == 0)
        return r->shape.account;
    if (strcmp(value, "+") == 0)
        return arena_printf(r->arena, "+%s", number_mark);
    if (strlen(value) == 3 && value[2] == '*')
        return arena_printf(r->arena, "%.2s%s", value, sid_mark);
    return value;
}

bool load_kind_parse(struct span name, enum load_kind *out)
{
    for (int i = 0; i < LOAD_KINDS; i++)
        if (span_is_text(name, kinds[i].name)) {
            *out = (enum load_kind)i;
            return true;
        }
    return false;
}

bool load_request_takes(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7f || strchr("^|#{", *text))
            return false;
    return true;
}

bool load_request_is_number(const char *text)
{
    return text[0] == '+' && strspn(text + 1, "0123456789") == NUMBER_DIGITS &&
           text[1 + NUMBER_DIGITS] == 0;
}

static void add_escaped(struct buf *b, const char *text)
{
    for (; *text; text++) {
        if (isalnum((unsigned char)*text) || strchr("-._*^|{", *text))
            buf_add_char(b, *text);
        else if (*text == ' ')
            buf_add_char(b, '+');
        else
            buf_printf(b, "%%%02X", (unsigned char)*text);
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct field *)a)->name, ((const struct field *)b)->name);
}

static void find_marks(char *text, const char *mark, char *places[PLACES])
{
    size_t count = 0;

    for (char *at = text; (at = strstr(at, mark)) != NULL; at += strlen(mark)) {
        CHECK(count < PLACES);
        places[count++] = at;
    }
}

static void keep(struct template *t, const struct buf *b)
{
    CHECK(!b->full);
    memcpy(t->text, b->data, b->size + 1);
    t->size = b->size;
    find_marks(t->text, sid_mark, t->sids);
    find_marks(t->text, number_mark, t->numbers);
    find_marks(t->text, line_mark, t->lines);
}

static void build_request(struct load_request *r, enum load_kind kind, const struct field *fields)
{
    struct buf body = buf_in(r->arena, LOAD_REQUEST_SIZE / 2);
    struct buf whole = buf_in(r->arena, LOAD_REQUEST_SIZE - 1);
    struct pair *pair = &r->pairs[kind];

    for (const struct field *f = fields; f->name; f++) {
        buf_printf(&body, "%s%s=", f == fields ? "" : "&", f->name);
        add_escaped(&body, f->value);
    }
    buf_printf(&whole,
               "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
               "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
               "I-Twilio-Idempotency-Token: 2f6b1c1e-0000-4000-8000-000000000000\r\n"
               "X-Forwarded-Proto: https\r\nX-Twilio-Signature: %s\r\nContent-Length: %zu\r\n\r\n",
               r->shape.paths[kind], r->shape.host, signature_mark, body.size);
    buf_add(&whole, buf_span(&body));
    keep(&pair->request, &whole);
    pair->signature = strstr(pair->request.text, signature_mark);
}

static void build_signed_text(struct load_request *r, enum load_kind kind, struct field *fields,
                              size_t count)
{
    struct buf text = buf_in(r->arena, LOAD_REQUEST_SIZE - 1);

    qsort(fields, count, sizeof *fields, by_name);
    buf_printf(&text, "%s%s", r->shape.public_url, r->shape.paths[kind]);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s%s", fields[i].name, fields[i].value);
    keep(&r->pairs[kind].signed_text, &text);
}

static void build_pair(struct load_request *r, enum load_kind kind)
{
    struct field fields[FIELDS + 1] = {{NULL, NULL}};
    size_t count = 0;

    for (const struct field *f = kinds[kind].fields; f->name; f++) {
        CHECK(count < FIELDS);
        fields[count++] = (struct field){f->name, value_of(r, f->value)};
    }
    build_request(r, kind, fields);
    build_signed_text(r, kind, fields, count);
}

struct load_request *load_request_open(const struct load_request_shape *shape)
{
    struct load_request *r = arena_must_alloc(sizeof *r);

    r->shape = *shape;
    r->arena = arena_open(4 * LOAD_REQUEST_SIZE);
    r->first_line = shape->lines > 1 ? strtoull(shape->line + 1, NULL, 10) : 0;
    r->key = digest_key_open(span_of(shape->token));
    for (int kind = 0; kind < LOAD_KINDS; kind++) {
        r->weight += shape->weights[kind];
        if (shape->weights[kind])
            build_pair(r, (enum load_kind)kind);
    }
    CHECK(r->weight > 0);
    return r;
}

void load_request_close(struct load_request **request)
{
    if (!*request)
        return;
    digest_key_close(&(*request)->key);
    arena_close(&(*request)->arena);
    free(*request);
    *request = NULL;
}

/* One to one (splitmix64), so that sids are unique and look as random as real ones: what an
 * index of them costs depends on it. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static void fill(struct template *t, const char *sid, const char *number, const char *line)
{
    for (int i = 0; i < PLACES && t->lines[i]; i++)
        memcpy(t->lines[i], line, NUMBER_DIGITS);
    for (int i = 0; i < PLACES && t->sids[i]; i++)
        memcpy(t->sids[i], sid, SID_DIGITS);
    for (int i = 0; i < PLACES && t->numbers[i]; i++)
        memcpy(t->numbers[i], number, NUMBER_DIGITS);
}

static void sign(struct load_request *r, struct pair *pair)
{
    const struct span text = {pair->signed_text.text, pair->signed_text.size};
    uint8_t made[DIGEST_SHA1_BYTES];

    digest_hmac_sha1(r->key, &text, 1, made);
    made[0] = (uint8_t)(made[0] ^ (r->shape.is_forged ? 1 : 0));
    arena_reset(r->arena);
    const struct span shown = base64_render(r->arena, made, sizeof made);
    CHECK(shown.size == SIGNATURE_BYTES);
    memcpy(pair->signature, shown.data, SIGNATURE_BYTES);
}

static struct pair *pair_of(struct load_request *r, uint64_t number)
{
    unsigned at = (unsigned)(mix(~number) % r->weight);
    int kind = 0;

    while (at >= r->shape.weights[kind])
        at -= r->shape.weights[kind++];
    return &r->pairs[kind];
}

struct span load_request_make(struct load_request *r, uint64_t number)
{
    /* The factor has no divisor in common with round counts of customers and lines: all of them
     * come up before the first comes again, and neighbours in time are none in an index. */
    const uint64_t parties = (uint64_t)r->shape.customers * r->shape.lines;
    const uint64_t party = number % parties * 2654435761u % parties;
    const unsigned customer = (unsigned)(party / r->shape.lines);
    const unsigned line = (unsigned)(party % r->shape.lines);
    struct pair *pair = pair_of(r, number);
    char sid[SID_DIGITS + 1], from[NUMBER_DIGITS + 9], to[NUMBER_DIGITS + 10];

    snprintf(sid, sizeof sid, "%016llx%016llx", (unsigned long long)mix(r->shape.seed + number),
             (unsigned long long)mix(number ^ 0x5eed));
    snprintf(from, sizeof from, "1%03u55501%02u", 200 + customer / 100, customer % 100);
    snprintf(to, sizeof to, "%011llu", r->first_line + line);
    fill(&pair->request, sid, from, to);
    fill(&pair->signed_text, sid, from, to);
    sign(r, pair);
    return (struct span){pair->request.text, pair->request.size};
}
