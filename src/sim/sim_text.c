#include "sim/sim_text.h"

#include <string.h>

#include "codec/timestamp.h"
#include "codec/url.h"
#include "model/segments.h"
#include "sim/sim_keyword.h"
#include "sim/sim_note.h"

enum {
    DOCUMENTS_MAX = 50,
    REPLIES_MAX = 10,
    ERROR_UNREACHABLE = 30003,
    ERROR_LANDLINE = 30006,
    BODY_MAX = 6400,
};

static const char trial_words[] = "Sent from your Twilio trial account - ";

static const char stop_reply[] =
    "You have successfully been unsubscribed. You will not receive any more messages from this "
    "number. Reply START to resubscribe.";
static const char start_reply[] =
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.";

static const char *kept(struct span text)
{
    char *copy = arena_must_alloc(text.size + 1);

    if (text.size)
        memcpy(copy, text.data, text.size);
    return copy;
}

static struct sim_text *text_new(struct sim_world *w, struct sim_account *account,
                                 const struct sim_text_draft *draft)
{
    struct sim_text *t = sim_world_text_made(w, draft->media_count ? "MM" : "SM");

    if (!t)
        return NULL;
    t->account = account;
    t->direction = draft->direction;
    t->body = kept(draft->body);
    t->callback = kept(span_of(draft->callback));
    t->segments = draft->media_count ? 1 : (int)segments_count(draft->body).count;
    sim_world_copy(t->from, sizeof t->from, draft->from);
    sim_world_copy(t->to, sizeof t->to, draft->to);
    t->automatic = draft->automatic;
    sim_media_attach(t, draft->media, draft->media_count);
    return t;
}

static void note(const struct sim_text *t, const char *what)
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

/* The carrier's time of receipt: YYMMDDhhmm. */
static void receipt_date(struct sim_params *p, int64_t at_ms)
{
    char at[TIMESTAMP_SIZE];

    timestamp_render(at_ms, at); /* 2026-11-23T18:05:00.000Z */
    sim_params_text(
        p, "RawDlrDoneDate",
        arena_printf(p->arena, "%.2s%.2s%.2s%.2s%.2s", at + 2, at + 5, at + 8, at + 11, at + 14));
}

static void tell(struct sim_text *t)
{
    struct sim_params p = {.arena = arena_open(0)};

    if (t->callback[0]) {
        sim_params_text(&p, "MessageSid", t->sid);
        sim_params_text(&p, "SmsSid", t->sid);
        sim_params_text(&p, "MessageStatus", sim_text_state_name(t->state));
        sim_params_text(&p, "SmsStatus", sim_text_state_name(t->state));
        sim_params_text(&p, "AccountSid", t->account->sid);
        sim_params_text(&p, "From", t->from);
        sim_params_text(&p, "To", t->to);
        sim_params_text(&p, "ApiVersion", "2010-04-01");
        if (t->error)
            sim_params_number(&p, "ErrorCode", t->error);
        if (t->state == SIM_TEXT_DELIVERED || t->state == SIM_TEXT_UNDELIVERED)
            receipt_date(&p, sim_world_now(t->world));
        sim_webhook_tell(&(struct sim_ask){.world = t->world,
                                           .account = t->account,
                                           .url = t->callback,
                                           .subject = t->sid,
                                           .params = &p});
    }
    arena_close(&p.arena);
}

static void enter(struct sim_text *t, enum sim_text_state state)
{
    t->state = state;
    t->updated_ms = sim_world_now(t->world);
    note(t, sim_text_state_name(state));
    tell(t);
}

struct reply {
    const struct sim_answer *answer;
    const struct sim_text *text;
};

static void reply_due(void *ctx)
{
    struct reply *r = ctx;
    struct sim_text *made = NULL;
    const struct sim_text_draft draft = {.from = span_of(r->text->to),
                                         .to = span_of(r->text->from),
                                         .body = span_of(r->answer->reply)};

    if (sim_text_receive(r->text->world, &draft, &made))
        sim_note(r->text->world, "warning", "%s replied to %s, which nobody has", r->text->to,
                 r->text->from);
}

/* Entries of on_text are used once each, in order, each by the first text that it matches. */
static void phone_reads(struct sim_text *t)
{
    struct sim_phone *p = sim_world_phone_made(t->world, span_of(t->to));

    if (!p || p->texts_answered == p->on_text_count || t->automatic)
        return;
    const struct sim_answer *a = &p->on_text[p->texts_answered];
    if (a->match && !strstr(t->body, a->match))
        return;
    p->texts_answered++;
    if (!a->reply)
        return;
    struct reply *r = ARENA_NEW(t->world->arena, struct reply);
    *r = (struct reply){a, t};
    sim_agenda_add(t->world->agenda, sim_world_now(t->world) + a->after_ms, reply_due, r);
}

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
    enter(t, SIM_TEXT_DELIVERED);
    phone_reads(t);
}

static void leave(void *ctx)
{
    struct sim_text *t = ctx;
    const struct sim_phone *p = sim_world_phone(t->world, span_of(t->to));

    t->timer = 0;
    if (t->media_pending) {
        t->timer =
            sim_agenda_add(t->world->agenda, sim_world_now(t->world) + SIM_TEXT_SENT_MS, leave, t);
        return;
    }
    if (!t->error && p && p->receipt_failed)
        t->error = p->receipt_error;
    if (t->error) {
        enter(t, SIM_TEXT_FAILED);
        return;
    }
    t->sent_ms = sim_world_now(t->world);
    enter(t, SIM_TEXT_SENT);
    t->timer = sim_agenda_add(t->world->agenda, t->created_ms + SIM_TEXT_ARRIVES_MS, arrive, t);
}

struct sim_text *sim_text_send(struct sim_world *w, struct sim_account *account,
                               const struct sim_text_draft *draft)
{
    struct sim_text_draft d = *draft;
    struct arena *arena = arena_open(0);

    if (w->trial && !d.automatic)
        d.body = span_of(arena_printf(arena, "%s%.*s", trial_words, SPAN_ARG(d.body)));
    struct sim_text *t = text_new(w, account, &d);
    arena_close(&arena);
    if (!t)
        return NULL;
    note(t, "queued");
    sim_media_fetch(t);
    t->timer = sim_agenda_add(w->agenda, t->created_ms + SIM_TEXT_SENT_MS, leave, t);
    return t;
}

bool sim_text_cancel(struct sim_text *t)
{
    if (t->state != SIM_TEXT_QUEUED)
        return false;
    sim_agenda_cancel(t->world->agenda, &t->timer);
    enter(t, SIM_TEXT_CANCELED);
    return true;
}

static void ask(struct sim_text *t, const char *url, const char *method);

static struct span joined_bodies(struct arena *arena, const struct xml_node *message)
{
    struct buf b = buf_in(arena, BODY_MAX);

    for (const struct xml_node *n = message->child; n; n = n->next)
        if (span_is_text(n->name, "Body"))
            buf_add(&b, xml_text(arena, n));
    return b.size ? buf_span(&b) : xml_text(arena, message);
}

static void send_reply(struct sim_text *t, const struct sim_reply *reply,
                       const struct xml_node *message)
{
    struct sim_text_draft draft = {.direction = SIM_OUTBOUND_REPLY};
    const struct span from = xml_attr_get(message, "from"), to = xml_attr_get(message, "to");
    struct span told = xml_attr_get(message, "statusCallback");

    draft.from = from.size ? from : span_of(t->to);
    draft.to = to.size ? to : span_of(t->from);
    draft.body = joined_bodies(reply->arena, message);
    if (!told.size)
        told = xml_attr_get(message, "action");
    if (told.size)
        draft.callback =
            arena_text(reply->arena, url_resolve(reply->arena, span_of(reply->url), told));
    for (const struct xml_node *n = message->child; n && draft.media_count < SIM_MEDIA_MAX;
         n = n->next)
        if (span_is_text(n->name, "Media"))
            draft.media[draft.media_count++].url = xml_text(reply->arena, n);
    if (++t->replies > REPLIES_MAX)
        sim_note(t->world, "warning", "14109: more than %d replies", REPLIES_MAX);
    else if (sim_world_opted_out(t->world, t->to, t->from))
        sim_note(t->world, "warning", "21610: the reply to %s is dropped", t->from);
    else
        sim_text_send(t->world, t->account, &draft);
}

static void arrived(void *ctx, const struct sim_reply *reply)
{
    struct sim_text *t = ctx;
    struct arena *arena = reply->arena;

    if (reply->error)
        sim_note(t->world, "warning", "message %s: error %d", t->sid, reply->error);
    for (const struct xml_node *n = reply->root ? reply->root->child : NULL; n; n = n->next) {
        if (span_is_text(n->name, "Message")) {
            send_reply(t, reply, n);
        } else if (span_is_text(n->name, "Redirect") && t->documents < DOCUMENTS_MAX) {
            const struct span to = url_resolve(arena, span_of(reply->url), xml_text(arena, n));
            ask(t, arena_text(arena, to),
                span_is_text(xml_attr_get(n, "method"), "GET") ? "GET" : "POST");
            arena_close(&arena);
            return;
        } else if (n->name.size) {
            sim_note(t->world, "warning", "14110: <%.*s> is skipped", SPAN_ARG(n->name));
        }
    }
    arena_close(&arena);
}

static void inbound_params(const struct sim_text *t, struct sim_params *p)
{
    static const char *const empty[] = {"ToState",   "ToCity",   "ToZip",
                                        "FromState", "FromCity", "FromZip"};

    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
        sim_params_text(p, empty[i], "");
    sim_params_text(p, "ToCountry", "US");
    sim_params_text(p, "FromCountry", "US");
    sim_params_text(p, "SmsMessageSid", t->sid);
    sim_params_number(p, "NumMedia", (int64_t)t->media_count);
    sim_params_text(p, "SmsSid", t->sid);
    sim_params_text(p, "SmsStatus", "received");
    sim_params_text(p, "Body", t->body);
    sim_params_text(p, "To", t->to);
    sim_params_number(p, "NumSegments", t->segments);
    sim_params_text(p, "MessageSid", t->sid);
    sim_params_text(p, "AccountSid", t->account->sid);
    sim_params_text(p, "From", t->from);
    sim_params_text(p, "ApiVersion", "2010-04-01");
    for (size_t i = 0; i < t->media_count; i++) {
        const struct sim_media *m = &t->media[i];
        sim_params_text(p, arena_printf(p->arena, "MediaContentType%zu", i), m->type);
        sim_params_text(p, arena_printf(p->arena, "MediaUrl%zu", i),
                        sim_media_address(p->arena, m));
    }
}

static void ask(struct sim_text *t, const char *url, const char *method)
{
    struct sim_params p = {.arena = arena_open(0)};

    t->documents++;
    inbound_params(t, &p);
    sim_webhook_ask(&(struct sim_ask){.world = t->world,
                                      .account = t->account,
                                      .url = url,
                                      .method = method,
                                      .fallback_url = t->number->sms_fallback_url,
                                      .subject = t->sid,
                                      .params = &p},
                    arrived, t);
    arena_close(&p.arena);
}

/* The network itself answers a keyword; its words are not in the account's list. */
static void obey_keyword(struct sim_text *t, int keyword)
{
    const struct sim_text_draft draft = {.from = span_of(t->to),
                                         .to = span_of(t->from),
                                         .body = span_of(keyword < 0 ? stop_reply : start_reply),
                                         .direction = SIM_OUTBOUND_REPLY,
                                         .automatic = true};

    sim_world_opt(t->world, t->to, t->from, keyword < 0);
    (void)sim_text_send(t->world, t->account, &draft);
}

enum err sim_text_receive(struct sim_world *w, const struct sim_text_draft *draft,
                          struct sim_text **out)
{
    struct sim_number *number = NULL;
    struct sim_account *account = sim_world_owner(w, draft->to, &number);
    struct sim_text *t = account ? text_new(w, account, draft) : NULL;

    if (!account)
        return ERR_NOT_FOUND;
    if (!t)
        return ERR_FULL;
    t->state = SIM_TEXT_RECEIVED;
    t->direction = SIM_INBOUND;
    t->sent_ms = t->arrived_ms = t->created_ms;
    note(t, "arrives");
    const int keyword = sim_keyword_kind(draft->body);
    if (keyword < 0 || (keyword > 0 && sim_world_opted_out(w, t->to, t->from)))
        obey_keyword(t, keyword);
    *out = t;
    t->number = number;
    if (number->sms_url[0])
        ask(t, number->sms_url, "POST");
    return ERR_NONE;
}
