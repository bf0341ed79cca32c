#include "provider/webhook.h"

#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "base/id.h"
#include "model/limits.h"
#include "provider/lookup.h"
#include "provider/media_address.h"

enum {
    SID_BYTES = 34,           /* the carrier's own: two letters and 32 hexadecimal digits */
    NUMBER_DIGITS_MIN = 7,    /* of a sip: user part that counts as a number */
    NUMBER_DIGITS_MAX = 15,   /* E.164 */
    MEDIA_MAX = 10,           /* the carrier's limit for one message */
    WORD_BYTES_MAX = 40,      /* a status, keys, a sequence number */
    ADDRESS_BYTES_MAX = 1024, /* of a recording or a picture */
    SECONDS_MAX = 86400,
};

/* What the carrier says of a number whose signature does not hold. */
#define FORGED "TN-Validation-Failed"

/* The first mistake sticks, so that a kind's fields are read one after the other and the
 * error is asked for once. */
struct reader {
    struct arena *arena;
    const struct webhook *request;
    struct event *event;
    enum err err;
    const char *why;
};

static void mistake(struct reader *r, enum err err, const char *why)
{
    if (r->err)
        return;
    r->err = err;
    r->why = why;
}

static struct span take(struct reader *r, const struct form *from, const char *name)
{
    if (form_count(from, name) > 1)
        mistake(r, ERR_BAD_INPUT, "a field is given twice");
    return form_get(from, name);
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_carriers_sid(struct span sid)
{
    if (sid.size != SID_BYTES || !is_letter(sid.data[0]) || !is_letter(sid.data[1]))
        return false;
    for (size_t i = 2; i < sid.size; i++)
        if (!is_hex(sid.data[i]))
            return false;
    return true;
}

static bool is_printable(struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] <= ' ' || text.data[i] > '~')
            return false;
    return true;
}

/* Compatible providers have ids of their own making; only where the account is of the
 * carrier's form must all others be too. */
static bool is_sid(struct span sid, bool strict)
{
    if (strict)
        return is_carriers_sid(sid);
    return sid.size > 0 && sid.size < LIMIT_SID_SIZE && is_printable(sid);
}

static bool is_carriers_account(struct span account)
{
    return span_starts(account, SPAN("AC"));
}

struct span webhook_account(const struct form *form)
{
    const struct span account = form_get(form, "AccountSid");

    if (form_count(form, "AccountSid") != 1 || !is_sid(account, is_carriers_account(account)))
        return (struct span){NULL, 0};
    return account;
}

/* Whether it begins so, in whatever letters; what follows goes to *rest. */
static bool starts(struct span text, struct span with, struct span *rest)
{
    if (text.size < with.size || !span_is_nocase((struct span){text.data, with.size}, with))
        return false;
    *rest = span_skip(text, with.size);
    return true;
}

struct span webhook_number(struct arena *arena, struct span party)
{
    struct span user, rest;

    if (!starts(party, SPAN("sip:"), &user) && !starts(party, SPAN("sips:"), &user))
        return party;
    user = span_cut(user, '@', &rest);
    user = span_cut(user, ';', &rest);
    user = span_cut(user, ':', &rest);
    if (!starts(user, SPAN("+"), &user) && !starts(user, SPAN("%2b"), &user))
        (void)starts(user, SPAN("00"), &user); /* as it is dialled from abroad */
    if (user.size < NUMBER_DIGITS_MIN || user.size > NUMBER_DIGITS_MAX || user.data[0] == '0')
        return party;
    for (size_t i = 0; i < user.size; i++)
        if (!is_digit(user.data[i]))
            return party;
    return span_of(arena_printf(arena, "+%.*s", SPAN_ARG(user)));
}

static void read_account(struct reader *r)
{
    const struct span account = take(r, r->request->form, "AccountSid");

    if (!is_sid(account, is_carriers_account(account)))
        mistake(r, ERR_BAD_INPUT, "AccountSid is missing or malformed");
    r->event->account = account;
}

static struct span read_sid(struct reader *r, const char *name, const char *why)
{
    const struct span sid = take(r, r->request->form, name);

    if (!is_sid(sid, is_carriers_account(r->event->account)))
        mistake(r, ERR_BAD_INPUT, why);
    return sid;
}

/* A few printable characters, or none. */
static struct span read_word(struct reader *r, const char *name, const char *why)
{
    const struct span word = take(r, r->request->form, name);

    if (word.size > WORD_BYTES_MAX || !is_printable(word))
        mistake(r, ERR_BAD_INPUT, why);
    return word;
}

static struct span read_address(struct reader *r, const char *name)
{
    const struct span address = take(r, r->request->form, name);

    if (address.size > ADDRESS_BYTES_MAX || !is_printable(address))
        mistake(r, ERR_BAD_INPUT, "an address is too long or malformed");
    return address;
}

static int32_t read_number(struct reader *r, const char *name, int32_t max, const char *why)
{
    const struct span text = take(r, r->request->form, name);
    int64_t number = 0;

    if (text.size > 0 && !span_number(text, 0, max, &number))
        mistake(r, ERR_BAD_INPUT, why);
    return (int32_t)number;
}

/* 0 for what is no number: nothing depends on it that a call should be refused for. */
static int32_t read_loosely(struct reader *r, const char *name, int32_t max)
{
    int64_t number = 0;

    (void)span_number(take(r, r->request->form, name), 0, max, &number);
    return (int32_t)number;
}

static bool has_control(struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
            return true;
    return false;
}

static struct span read_party(struct reader *r, const char *name, const char *why)
{
    const struct span party = take(r, r->request->form, name);

    if (party.size >= LIMIT_PARTY_SIZE || has_control(party))
        mistake(r, ERR_BAD_INPUT, why);
    return webhook_number(r->arena, party);
}

/* Who calls may hide: an empty From is fine. Whom they called decides the tenant. */
static void read_parties(struct reader *r, bool to_needed)
{
    r->event->from = read_party(r, "From", "From is too long or malformed");
    r->event->to = read_party(r, "To", "To is too long or malformed");
    if (to_needed && r->event->to.size == 0)
        mistake(r, ERR_BAD_INPUT, "To is missing");
}

static void read_attempt(struct reader *r, bool needed)
{
    const struct span text = take(r, r->request->query, "attempt");
    int64_t attempt = -1;

    if (text.data || needed)
        if (!span_number(text, 0, LIMIT_RUNGS, &attempt))
            mistake(r, ERR_BAD_INPUT, "attempt in the address is missing or out of range");
    r->event->attempt = (int)attempt;
}

static void read_round(struct reader *r)
{
    const struct span text = take(r, r->request->query, "round");
    int64_t round = 0;

    if (text.data && !span_number(text, 0, UINT8_MAX, &round))
        mistake(r, ERR_BAD_INPUT, "round in the address is out of range");
    r->event->round = (int)round;
}

static void read_cascade(struct reader *r, bool needed)
{
    const struct span text = take(r, r->request->query, "c");

    if ((text.data || needed) && !id_parse(text, &r->event->cascade))
        mistake(r, ERR_BAD_INPUT, "c in the address is missing or no id");
}

static void read_call(struct reader *r)
{
    r->event->sid = read_sid(r, "CallSid", "CallSid is missing or malformed");
    read_parties(r, r->event->kind == EVENT_CALL || r->event->kind == EVENT_KEY);
    r->event->call_status = read_word(r, "CallStatus", "CallStatus is malformed");
}

static void read_after(struct reader *r)
{
    const struct span text = take(r, r->request->query, "after");
    int64_t after = 0;

    if (text.data && !span_number(text, 0, LIMIT_RUNGS, &after))
        mistake(r, ERR_BAD_INPUT, "after in the address is out of range");
    r->event->after = (int)after;
}

static void read_leg(struct reader *r)
{
    read_call(r);
    r->event->leg_sid = r->event->sid;
    read_cascade(r, true);
    read_attempt(r, true);
    r->event->apart = take(r, r->request->query, "apart").size > 0;
    read_after(r);
    if (r->event->kind != EVENT_PRESS)
        return;
    r->event->digits = read_word(r, "Digits", "Digits is malformed");
    r->event->speech = take(r, r->request->form, "SpeechResult");
    r->event->held = take(r, r->request->query, "held").size > 0;
    if (r->event->held)
        r->event->digits = SPAN("1");
}

/* Whose text is read out stands in the address, and is callback.h's to check. */
static void read_heard(struct reader *r)
{
    read_call(r);
    read_attempt(r, false);
    r->event->digits = read_word(r, "Digits", "Digits is malformed");
}

/* So does whom the call back was for. How it ended is told by the Dial's own request, and by the
 * status of the customer's leg, whose parent is the call that we made. */
static void read_called(struct reader *r)
{
    read_call(r);
    if (take(r, r->request->form, "ParentCallSid").size > 0) {
        r->event->sid = read_sid(r, "ParentCallSid", "ParentCallSid is malformed");
        r->event->dial_status = r->event->call_status;
        r->event->seconds =
            read_number(r, "CallDuration", SECONDS_MAX, "CallDuration is no number");
        return;
    }
    r->event->dial_status = read_word(r, "DialCallStatus", "DialCallStatus is malformed");
    r->event->seconds =
        read_number(r, "DialCallDuration", SECONDS_MAX, "DialCallDuration is no number");
}

static void read_key(struct reader *r)
{
    read_call(r);
    read_cascade(r, true);
    read_attempt(r, false);
    read_round(r);
    r->event->digits = read_word(r, "Digits", "Digits is malformed");
}

static void read_choice(struct reader *r)
{
    read_call(r);
    read_cascade(r, true);
    r->event->digits = read_word(r, "Digits", "Digits is malformed");
}

/* Which call it is of stands in the address, and is callback.h's to check. */
static void read_transcribed(struct reader *r)
{
    read_call(r);
    const struct span status =
        read_word(r, "TranscriptionStatus", "TranscriptionStatus is malformed");
    const struct span text = take(r, r->request->form, "TranscriptionText");

    if (!span_is_text(status, "failed"))
        r->event->body = text;
}

/* Seconds; -1: unknown, as nobody's words are lost over how long they took. */
static int32_t read_length(struct reader *r, const char *name)
{
    int64_t number = -1;

    (void)span_number(take(r, r->request->form, name), 0, SECONDS_MAX, &number);
    return (int32_t)number;
}

static void read_recorded(struct reader *r)
{
    read_call(r);
    read_cascade(r, true);
    r->event->recording = read_address(r, "RecordingUrl");
    r->event->seconds = read_length(r, "RecordingDuration");
}

static void read_call_status(struct reader *r)
{
    read_call(r);
    read_cascade(r, false);
    read_attempt(r, r->event->cascade != 0);
    if (r->event->cascade)
        r->event->leg_sid = r->event->sid;
    r->event->sequence = read_word(r, "SequenceNumber", "SequenceNumber is malformed");
}

static const char *media_name(int64_t i)
{
    static const char *const names[MEDIA_MAX] = {"MediaUrl0", "MediaUrl1", "MediaUrl2", "MediaUrl3",
                                                 "MediaUrl4", "MediaUrl5", "MediaUrl6", "MediaUrl7",
                                                 "MediaUrl8", "MediaUrl9"};
    return names[i];
}

/* An address at which the carrier keeps a photo of this very account, and nothing else: it is
 * fetched with our credentials. */
static bool is_media(struct span address, struct span account)
{
    struct media_address media;

    return address.size <= ADDRESS_BYTES_MAX && is_printable(address) &&
           media_address_parse(address, &media) && span_is_text(account, media.account);
}

/* How many photos came: their addresses count where their number is missing or none. */
static int media_count(struct reader *r)
{
    const struct span text = take(r, r->request->form, "NumMedia");
    int64_t count = 0;

    if (text.size == 0 || !span_number(text, 0, INT32_MAX, &count))
        while (count < MEDIA_MAX && form_get(r->request->form, media_name(count)).data)
            count++;
    return count < MEDIA_MAX ? (int)count : MEDIA_MAX;
}

/* A line each; of one that cannot be passed on, "-": the text counts all the same. */
static void read_media(struct reader *r)
{
    const int count = media_count(r);
    struct buf all = buf_in(r->arena, MEDIA_MAX * (ADDRESS_BYTES_MAX + 1));

    for (int i = 0; i < count; i++) {
        const struct span address = take(r, r->request->form, media_name(i));
        if (i > 0)
            buf_add_char(&all, '\n');
        buf_add(&all, is_media(address, r->event->account) ? address : SPAN("-"));
    }
    r->event->media = buf_span(&all);
}

static enum opt_out opt_out_of(struct span word)
{
    if (span_is_nocase(word, SPAN("STOP")))
        return OPT_OUT_STOP;
    if (span_is_nocase(word, SPAN("START")))
        return OPT_OUT_START;
    return span_is_nocase(word, SPAN("HELP")) ? OPT_OUT_HELP : OPT_OUT_NONE;
}

static void read_text(struct reader *r)
{
    r->event->sid = read_sid(r, "MessageSid", "MessageSid is missing or malformed");
    read_parties(r, true);
    r->event->body = take(r, r->request->form, "Body");
    if (!r->event->body.data)
        r->event->body = SPAN(""); /* a text all the same: only a picture, perhaps */
    if (r->event->body.size > LIMIT_BODY_BYTES)
        mistake(r, ERR_FULL, "Body is too long");
    read_media(r);
    r->event->opt_out = opt_out_of(take(r, r->request->form, "OptOutType"));
}

/* A status not listed is a newer one: it counts as "the carrier has it", the lowest rank, and
 * so changes nothing that is known better. */
/* clang-format off */
static const struct {
    const char *status;
    enum delivery delivery;
} deliveries[] = {
    {"accepted",            DELIVERY_ACCEPTED},
    {"scheduled",           DELIVERY_ACCEPTED},
    {"queued",              DELIVERY_ACCEPTED},
    {"sending",             DELIVERY_ACCEPTED},
    {"sent",                DELIVERY_SENT},
    {"partially_delivered", DELIVERY_SENT},
    {"delivered",           DELIVERY_DELIVERED},
    {"read",                DELIVERY_DELIVERED},
    {"undelivered",         DELIVERY_UNDELIVERED},
    {"failed",              DELIVERY_FAILED},
    {"canceled",            DELIVERY_FAILED},
};
/* clang-format on */

enum delivery webhook_delivery(struct span status)
{
    for (size_t i = 0; i < sizeof deliveries / sizeof deliveries[0]; i++)
        if (span_is_text(status, deliveries[i].status))
            return deliveries[i].delivery;
    return DELIVERY_ACCEPTED;
}

static void read_receipt(struct reader *r)
{
    r->event->sid = read_sid(r, "MessageSid", "MessageSid is missing or malformed");
    read_parties(r, false);
    const struct span status = read_word(r, "MessageStatus", "MessageStatus is malformed");
    if (status.size == 0)
        mistake(r, ERR_BAD_INPUT, "MessageStatus is missing");
    r->event->delivery = webhook_delivery(status);
    r->event->error_code = read_number(r, "ErrorCode", INT32_MAX, "ErrorCode is no number");
}

static void read_first_or_dialled(struct reader *r)
{
    read_call(r);
    read_attempt(r, false);
    read_round(r);
    read_cascade(r, false);
    r->event->alone = take(r, r->request->query, "alone").size > 0;
    r->event->forwarded_from =
        read_party(r, "ForwardedFrom", "ForwardedFrom is too long or malformed");
    r->event->is_forged = span_starts(take(r, r->request->form, "StirVerstat"), SPAN(FORGED));
    r->event->dial_status = read_word(r, "DialCallStatus", "DialCallStatus is malformed");
    r->event->seconds = read_loosely(r, "DialCallDuration", SECONDS_MAX);
    r->event->error_code = read_loosely(r, "ErrorCode", INT32_MAX);
    r->event->name = lookup_name(r->arena, take(r, r->request->form, "CallerName"));
    const struct span bridged = take(r, r->request->form, "DialBridged");
    r->event->bridged = span_is_nocase(bridged, SPAN("true"));
    r->event->unbridged = span_is_nocase(bridged, SPAN("false"));
}

typedef void read_fn(struct reader *r);

static read_fn *const readers[EVENT_KINDS] = {
    [EVENT_CALL] = read_first_or_dialled,
    [EVENT_SCREEN] = read_leg,
    [EVENT_PRESS] = read_leg,
    [EVENT_RECORDED] = read_recorded,
    [EVENT_TRANSCRIBED] = read_transcribed,
    [EVENT_CHOICE] = read_choice,
    [EVENT_CALL_STATUS] = read_call_status,
    [EVENT_TEXT] = read_text,
    [EVENT_RECEIPT] = read_receipt,
    [EVENT_HEARD] = read_heard,
    [EVENT_CALLED] = read_called,
    [EVENT_KEY] = read_key,
};

enum err webhook_parse(struct arena *arena, enum event_kind kind, const struct webhook *request,
                       struct event *out, const char **out_why)
{
    struct event event = {.kind = kind, .attempt = -1};
    struct reader r = {.arena = arena, .request = request, .event = &event};

    CHECK((unsigned)kind < EVENT_KINDS && readers[kind]);
    read_account(&r);
    readers[kind](&r);
    if (r.err)
        *out_why = r.why;
    else
        *out = event;
    return r.err;
}
