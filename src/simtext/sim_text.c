#include "simtext/sim_text.h"

#include <stdlib.h>
#include <string.h>

#include "codec/timestamp.h"
#include "model/segments.h"
#include "simtext/sim_line.h"
#include "simworld/sim_note.h"

enum {
    ERROR_QUEUE = 30001,
    ERROR_SUSPENDED = 30002,
    ERROR_UNREACHABLE = 30003,
    ERROR_LANDLINE = 30006,
    ERROR_EXPIRED = 30036,
    ERROR_NO_SENDER = 21703,
    SECOND_MS = 1000,
    CONVERTED_MAX = 64 << 10,
};

static const char trial_words[] = "Sent from your Twilio trial account - ";

static const char *kept(struct span text)
{
    char *copy = arena_must_alloc(text.size + 1);

    if (text.size)
        memcpy(copy, text.data, text.size);
    return copy;
}

int sim_text_segments(struct span body, bool smart, size_t media_count)
{
    struct arena *arena = arena_open(0);
    const struct span sent = smart ? segments_smart(arena, body) : body;
    const int count = media_count ? 1 : (int)segments_count(sent).count;

    arena_close(&arena);
    return count;
}

static const char *kept_in_world(struct sim_world *w, const char *text)
{
    return text && text[0] ? arena_text(w->arena, span_of(text)) : NULL;
}

static void set_from(struct sim_text *t, const struct sim_text_draft *d)
{
    if (d->sender)
        t->number = d->sender->number;
    else if (d->direction != SIM_INBOUND)
        t->number = sim_world_number(t->account, d->from);
    sim_world_copy(t->from, sizeof t->from, d->sender ? span_of(d->sender->name) : d->from);
}

struct sim_text *sim_text_made(struct sim_world *w, struct sim_account *account,
                               const struct sim_text_draft *d)
{
    struct sim_text *t = sim_world_text_made(w, d->media_count ? "MM" : "SM");
    struct arena *arena = arena_open(0);

    if (t) {
        t->account = account;
        t->service = d->service;
        t->direction = d->direction;
        t->body = kept(d->smart ? segments_smart(arena, d->body) : d->body);
        t->callback = kept(span_of(d->callback));
        t->action = kept_in_world(w, d->action);
        t->action_method = kept_in_world(w, d->action_method);
        t->segments = d->media_count ? 1 : (int)segments_count(span_of(t->body)).count;
        t->valid_ms = d->valid_ms ? d->valid_ms : (int64_t)SIM_TEXT_VALIDITY_S * SECOND_MS;
        t->automatic = d->automatic;
        t->discarded = d->discarded;
        t->obfuscated = d->obfuscated;
        sim_world_copy(t->to, sizeof t->to, d->to);
        set_from(t, d);
        sim_media_attach(t, d->media, d->media_count);
    }
    arena_close(&arena);
    return t;
}

void sim_text_note(const struct sim_text *t, const char *what)
{
    struct sim_note n;

    sim_note_open(t->world, &n, "text", "%s -> %s %s: \"%.160s\"", t->from, t->to, what, t->body);
    json_out_text(&n.json, "message", span_of(t->sid));
    json_out_text(&n.json, "from", span_of(t->from));
    json_out_text(&n.json, "to", span_of(t->to));
    json_out_text(&n.json, "body", span_of(t->body));
    json_out_text(&n.json, "state", span_of(sim_text_state_name(t->state)));
    sim_note_close(t->world, &n);
}

/* clang-format off */
static const struct {
    int code;
    const char *words;
} errors[] = {
    {11200, "HTTP retrieval failure"},
    {11205, "HTTP connection failure"},
    {11751, "Media exceeds the size limit"},
    {12300, "Invalid Content-Type"},
    {21703, "The Messaging Service does not have a phone number available to send a message"},
    {30001, "Queue overflow"},
    {30002, "Account suspended"},
    {30003, "Unreachable destination handset"},
    {30004, "Message blocked"},
    {30005, "Unknown destination handset"},
    {30006, "Landline or unreachable carrier"},
    {30007, "Message filtered"},
    {30008, "Unknown error"},
    {30009, "Missing inbound segment"},
    {30010, "Message price exceeds max price"},
    {30011, "MMS not supported by the receiving phone number in this region"},
    {30017, "Carrier network congestion"},
    {30019, "Content size exceeds carrier limit"},
    {30022, "US A2P 10DLC - Rate Limits Exceeded"},
    {30023, "US A2P 10DLC - Daily Message Cap Reached"},
    {30024, "Numeric Sender ID Not Provisioned on Carrier"},
    {30027, "US A2P 10DLC - T-Mobile Daily Message Limit Reached"},
    {30032, "Toll-Free Number Has Not Been Verified"},
    {30034, "US A2P 10DLC - Message from an Unregistered Number"},
    {30035, "US A2P 10DLC - Registration in progress"},
    {30036, "Validity Period Expired"},
    {30410, "Provider Timeout Error"},
    {30450, "Message Delivery - Blocked"},
};
/* clang-format on */

const char *sim_text_error_words(int code)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (errors[i].code == code)
            return errors[i].words;
    return code ? "Unknown error" : NULL;
}

/* The carrier's time of receipt: YYMMDDhhmm. */
static void receipt_date(struct sim_params *p, int64_t at_ms)
{
    char at[TIMESTAMP_SIZE];

    timestamp_render(at_ms, at); /* 2026-11-23T18:05:00.000Z */
    sim_params_text(
        p, "RawDlrDoneDate",
        arena_printf(p->arena, "%.2s%.2s%.2s%.2s%.2s", at + 2, at + 5, at + 8, at + 11, at + 14));
}

static void status_params(const struct sim_text *t, struct sim_params *p)
{
    sim_params_text(p, "MessageSid", t->sid);
    sim_params_text(p, "SmsSid", t->sid);
    sim_params_text(p, "MessageStatus", sim_text_state_name(t->state));
    sim_params_text(p, "SmsStatus", sim_text_state_name(t->state));
    sim_params_text(p, "AccountSid", t->account->sid);
    sim_params_text(p, "From", t->from);
    sim_params_text(p, "To", t->to);
    sim_params_text(p, "ApiVersion", "2010-04-01");
    if (t->service)
        sim_params_text(p, "MessagingServiceSid", t->service->sid);
    if (t->error) {
        sim_params_number(p, "ErrorCode", t->error);
        sim_params_text(p, "ErrorMessage", sim_text_error_words(t->error));
    }
    if (t->state == SIM_TEXT_DELIVERED || t->state == SIM_TEXT_UNDELIVERED)
        receipt_date(p, sim_world_now(t->world));
}

static void tell_at(struct sim_text *t, const char *url, const char *method)
{
    struct sim_params p = {.arena = arena_open(0)};

    status_params(t, &p);
    sim_webhook_tell(&(struct sim_ask){.world = t->world,
                                       .account = t->account,
                                       .url = url,
                                       .method = method,
                                       .subject = t->sid,
                                       .params = &p});
    arena_close(&p.arena);
}

/* `action` and `statusCallback` are both told, at one address once. */
static void tell(struct sim_text *t)
{
    if (t->callback[0])
        tell_at(t, t->callback, NULL);
    if (t->action && strcmp(t->action, t->callback) != 0)
        tell_at(t, t->action, t->action_method);
}

static bool is_last(enum sim_text_state state)
{
    return state >= SIM_TEXT_DELIVERED;
}

static void enter(struct sim_text *t, enum sim_text_state state)
{
    t->state = state;
    t->updated_ms = sim_world_now(t->world);
    t->settled = is_last(state);
    sim_text_note(t, sim_text_state_name(state));
    if (state != SIM_TEXT_SENDING || t->world->text_rules.sending_told)
        tell(t);
}

static void fail(struct sim_text *t, int error)
{
    t->error = error;
    enter(t, SIM_TEXT_FAILED);
}

/* ---- at the other end ---- */

/* The code that this phone's network gives back; 0: delivered. */
static int receipt_of(const struct sim_phone *p)
{
    if (!p || p->receipt_error)
        return p ? p->receipt_error : 0;
    if (p->unreachable)
        return ERROR_UNREACHABLE;
    return p->landline ? ERROR_LANDLINE : 0;
}

static void arrive(void *ctx)
{
    struct sim_text *t = ctx;
    const struct sim_phone *p = sim_world_phone_made(t->world, span_of(t->to));

    t->timer = 0;
    t->error = receipt_of(p);
    if (t->error) {
        enter(t, SIM_TEXT_UNDELIVERED);
        return;
    }
    t->arrived_ms = sim_world_now(t->world);
    if (p && p->no_receipt)
        t->settled = true;
    else
        enter(t, SIM_TEXT_DELIVERED);
    if (t->world->read_text)
        t->world->read_text(t);
}

/* ---- on its way ---- */

static void later(struct sim_text *t, int64_t after_ms, sim_agenda_fn *fn)
{
    t->timer = sim_agenda_add(t->world->agenda, sim_world_now(t->world) + after_ms, fn, t);
}

static void leave(void *ctx)
{
    struct sim_text *t = ctx;
    const struct sim_phone *p = sim_world_phone(t->world, span_of(t->to));

    t->timer = 0;
    if (t->media_pending) {
        later(t, SIM_TEXT_SENT_MS, leave);
        return;
    }
    if (!t->error && t->account->standing != SIM_ACTIVE)
        t->error = ERROR_SUSPENDED;
    if (!t->error && p && p->receipt_failed)
        t->error = p->receipt_error;
    if (t->error) {
        enter(t, SIM_TEXT_FAILED);
        return;
    }
    t->sent_ms = sim_world_now(t->world);
    enter(t, SIM_TEXT_SENT);
    later(t, SIM_TEXT_ARRIVES_MS - SIM_TEXT_SENT_MS, arrive);
}

static void hand_over(void *ctx)
{
    struct sim_text *t = ctx;

    t->timer = 0;
    enter(t, SIM_TEXT_SENDING);
    later(t, SIM_TEXT_SENT_MS - SIM_TEXT_SENDING_MS, leave);
}

static void go(struct sim_text *t)
{
    later(t, SIM_TEXT_SENDING_MS, hand_over);
}

static void expire(struct sim_text *t)
{
    fail(t, t->world->text_rules.expired_code ? (int)t->world->text_rules.expired_code
                                              : ERROR_EXPIRED);
}

static void line_up(struct sim_text *t, const struct sim_number *number, struct sim_line *line)
{
    static const struct sim_line_ends ends = {.goes = go, .expires = expire};
    const struct sim_line_pace pace = sim_line_pace(t->account, number);

    if (t->service && !sim_line_has_room(line, &pace, t->segments))
        fail(t, ERROR_QUEUE);
    else
        sim_line_enter(line, &pace, t, &ends);
}

/* ---- who sends it ---- */

static void line_up_at(struct sim_text *t, struct sim_sender *sender)
{
    struct sim_number *number =
        sender ? sender->number : sim_world_number(t->account, span_of(t->from));

    if (number)
        line_up(t, number, &number->line);
    else if (sender)
        line_up(t, NULL, &sender->line);
    else
        go(t); /* a number that is nobody's any more */
}

/* A number that sends no pictures sends their addresses. */
static void convert(struct sim_text *t)
{
    struct arena *arena = arena_open(0);
    struct buf b = buf_in(arena, CONVERTED_MAX);

    buf_add_text(&b, t->body);
    for (size_t i = 0; i < t->media_count; i++)
        buf_printf(&b, "%s%s", b.size ? " " : "", t->media[i].url);
    free((char *)(uintptr_t)t->body);
    t->body = kept(buf_span(&b));
    t->segments = sim_text_segments(buf_span(&b), false, 0);
    arena_close(&arena);
}

static void choose(void *ctx)
{
    struct sim_text *t = ctx;
    struct sim_sender *sender = t->from[0] ? sim_service_sender(t->service, span_of(t->from))
                                           : sim_service_pick(t->service, t->to, t->media_count);

    t->timer = 0;
    if (!sender) {
        fail(t, ERROR_NO_SENDER);
        return;
    }
    t->number = sender->number;
    sim_world_copy(t->from, sizeof t->from, span_of(sender->name));
    if (t->media_count && sender->number && sender->number->no_mms)
        convert(t);
    enter(t, SIM_TEXT_QUEUED);
    line_up_at(t, sender);
}

/* Fetches what it points at and sends it; what a service sends waits for its sender. */
static void start(struct sim_text *t, struct sim_sender *sender)
{
    sim_media_fetch(t);
    if (t->service)
        later(t, SIM_TEXT_CHOSEN_MS, choose);
    else
        line_up_at(t, sender);
}

static void wake(void *ctx)
{
    struct sim_text *t = ctx;

    t->timer = 0;
    enter(t, SIM_TEXT_ACCEPTED);
    start(t, NULL);
}

static struct span trial_body(struct arena *arena, const struct sim_world *w,
                              const struct sim_account *account, const struct sim_text_draft *d)
{
    if ((!w->trial && !account->trial) || d->automatic)
        return d->body;
    return span_of(arena_printf(arena, "%s%.*s", trial_words, SPAN_ARG(d->body)));
}

struct sim_text *sim_text_send(struct sim_world *w, struct sim_account *account,
                               const struct sim_text_draft *draft)
{
    struct sim_text_draft d = *draft;
    struct arena *arena = arena_open(0);

    d.body = trial_body(arena, w, account, &d);
    struct sim_text *t = sim_text_made(w, account, &d);
    arena_close(&arena);
    if (!t)
        return NULL;
    t->state = d.send_at_ms ? SIM_TEXT_SCHEDULED : t->service ? SIM_TEXT_ACCEPTED : SIM_TEXT_QUEUED;
    sim_text_note(t, sim_text_state_name(t->state));
    if (d.send_at_ms)
        t->timer = sim_agenda_add(w->agenda, d.send_at_ms, wake, t);
    else
        start(t, d.sender);
    return t;
}

bool sim_text_cancel(struct sim_text *t)
{
    if (t->state > SIM_TEXT_QUEUED)
        return false;
    sim_line_leave(t);
    sim_agenda_cancel(t->world->agenda, &t->timer);
    t->error = 0; /* of its media */
    enter(t, SIM_TEXT_CANCELED);
    return true;
}

bool sim_text_is_unwanted(struct sim_world *w, const struct sim_service *service,
                          const struct sim_number *number, const char *to)
{
    const struct sim_phone *p = sim_world_phone(w, span_of(to));
    const char *scope = service ? service->sid : number ? sim_service_scope(number) : "";

    return (p && p->opted_out) || sim_world_opted_out(w, scope, to) ||
           (number && sim_world_opted_out(w, number->phone_number, to));
}

bool sim_text_is_verified(const struct sim_account *account, struct span to)
{
    for (size_t i = 0; i < account->caller_ids.count; i++) {
        const struct sim_caller_id *known = account->caller_ids.rows[i];
        if (span_is_text(to, known->phone_number))
            return true;
    }
    return !account->trial;
}
