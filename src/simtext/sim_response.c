#include "simtext/sim_response.h"

#include <string.h>

#include "base/utf8.h"
#include "codec/phone.h"
#include "codec/url.h"
#include "simtext/sim_line.h"
#include "simtext/sim_text.h"
#include "simworld/sim_note.h"
#include "simworld/sim_office.h"

enum {
    DOCUMENTS_MAX = 50,
    REPLIES_MAX = 10,
    LOOP_REPLIES_MAX = 15,
    LOOP_LOOKS_MAX = 2000, /* at the newest texts */
    LOOP_MS = 30000,
    BODY_MAX = 64 << 10,
    BAD_TO = 14101,
    BAD_FROM = 14102,
    BAD_BODY = 14103,
    BAD_CALLBACK = 14105,
    MANY_DOCUMENTS = 14106,
    LOOP = 14107,
    NOT_CAPABLE = 14108,
    MANY_REPLIES = 14109,
    TRIAL = 14111,
    UNSUBSCRIBED = 21610,
    BAD_MEDIA = 21620,
    MANY_MEDIA = 21623,
};

struct sim_response_place sim_response_place(const struct sim_number *number)
{
    const struct sim_service *s = sim_service_of(number);
    const struct sim_hooks own = sim_office_texts(number);

    if (s && !s->use_inbound_webhook_on_number)
        return (struct sim_response_place){s->inbound_request_url, s->inbound_method,
                                           s->fallback_url, s->fallback_method};
    return (struct sim_response_place){own.sms_url, own.sms_method, own.sms_fallback_url,
                                       own.sms_fallback_method};
}

/* One document, and the text that it answers. */
struct answer {
    struct sim_text *text;
    const struct sim_reply *reply;
    struct sim_note_about about;
};

#define WARN(a, code, ...) sim_note_problem((a)->text->world, code, &(a)->about, __VA_ARGS__)

static struct span joined_bodies(struct arena *arena, const struct xml_node *message)
{
    struct buf b = buf_in(arena, BODY_MAX);

    for (const struct xml_node *n = message->child; n; n = n->next)
        if (span_is_text(n->name, "Body"))
            buf_add(&b, xml_text(arena, n));
    return b.size ? buf_span(&b) : xml_text(arena, message);
}

static bool read_media(const struct answer *a, const struct xml_node *message,
                       struct sim_text_draft *out)
{
    struct arena *arena = a->reply->arena;
    struct url u;

    for (const struct xml_node *n = message->child; n; n = n->next) {
        if (!span_is_text(n->name, "Media"))
            continue;
        const struct span url = url_resolve(arena, span_of(a->reply->url), xml_text(arena, n));
        if (out->media_count == SIM_MEDIA_MAX) {
            WARN(a, MANY_MEDIA, "line %d: more than %d media", n->line, SIM_MEDIA_MAX);
            return false;
        }
        if (url_parse(url, &u)) {
            WARN(a, BAD_MEDIA, "line %d: \"%.*s\" is no address of a medium", n->line,
                 SPAN_ARG(url));
            return false;
        }
        out->media[out->media_count++].url = url;
    }
    return true;
}

static const char *read_address(const struct answer *a, const struct xml_node *message,
                                const char *attr)
{
    const struct span given = xml_attr_get(message, attr);
    struct arena *arena = a->reply->arena;
    struct url u;

    if (!given.size)
        return NULL;
    const struct span whole = url_resolve(arena, span_of(a->reply->url), given);
    if (!url_parse(whole, &u))
        return arena_text(arena, whole);
    WARN(a, BAD_CALLBACK, "line %d: %s=\"%.*s\" is no address", message->line, attr,
         SPAN_ARG(given));
    return NULL;
}

static bool read_ends(const struct answer *a, const struct xml_node *message,
                      struct sim_text_draft *out)
{
    const struct span from = xml_attr_get(message, "from"), to = xml_attr_get(message, "to");
    char *number = arena_alloc(a->reply->arena, PHONE_TEXT_SIZE);
    char plain[PHONE_TEXT_SIZE];

    out->from = from.size ? from : span_of(a->text->to);
    out->to = to.size ? to : span_of(a->text->from);
    if (to.size && phone_parse(to.data, to.size, "US", number) == PHONE_GOOD)
        out->to = span_of(number);
    else if (to.size) {
        WARN(a, BAD_TO, "line %d: to=\"%.*s\" is no number", message->line, SPAN_ARG(to));
        return false;
    }
    const struct sim_number *own = sim_world_number(a->text->account, out->from);
    const bool spelled = phone_parse(out->from.data, out->from.size, NULL, plain) == PHONE_GOOD;
    if (own && !own->no_sms)
        return true;
    WARN(a, own || spelled ? NOT_CAPABLE : BAD_FROM, "line %d: from=\"%.*s\" %s", message->line,
         SPAN_ARG(out->from),
         own || spelled ? "is no number of the account that sends texts" : "is no number");
    return false;
}

static bool read_body(const struct answer *a, const struct xml_node *message,
                      struct sim_text_draft *out)
{
    out->body = joined_bodies(a->reply->arena, message);
    const size_t size = utf8_count(out->body);
    if ((!size && !out->media_count) || size > SIM_TEXT_CHARACTERS) {
        WARN(a, BAD_BODY, "line %d: a message of %zu characters", message->line, size);
        return false;
    }
    return true;
}

static bool is_between(const struct sim_text *t, const struct sim_text_draft *d)
{
    return t->direction == SIM_OUTBOUND_REPLY && !t->automatic && span_is_text(d->from, t->from) &&
           span_is_text(d->to, t->to);
}

/* Replies between the same two numbers that follow one another too fast. */
static bool is_loop(const struct sim_world *w, const struct sim_text_draft *d)
{
    const int64_t since_ms = sim_world_now(w) - LOOP_MS;
    const size_t oldest = w->text_count > LOOP_LOOKS_MAX ? w->text_count - LOOP_LOOKS_MAX : 0;
    int count = 0;

    for (size_t i = w->text_count; i-- > oldest && w->texts[i]->created_ms > since_ms;)
        count += is_between(w->texts[i], d);
    return count >= LOOP_REPLIES_MAX;
}

static bool may_be_sent(const struct answer *a, const struct xml_node *message,
                        const struct sim_text_draft *d)
{
    struct sim_text *t = a->text;
    const char *to = arena_text(a->reply->arena, d->to);

    if (++t->replies > REPLIES_MAX)
        WARN(a, MANY_REPLIES, "line %d: more than %d messages for one", message->line, REPLIES_MAX);
    else if (sim_text_is_unwanted(t->world, NULL, sim_world_number(t->account, d->from), to))
        WARN(a, UNSUBSCRIBED, "the reply to %s is dropped: unsubscribed", to);
    else if (!sim_text_is_verified(t->account, d->to))
        WARN(a, TRIAL, "a trial account may not text %s, which is not verified", to);
    else if (is_loop(t->world, d))
        WARN(a, LOOP, "%d replies to %s within %d s: a loop", LOOP_REPLIES_MAX, to, LOOP_MS / 1000);
    else
        return true;
    return false;
}

static void send(const struct answer *a, const struct xml_node *message)
{
    struct sim_text_draft d = {.direction = SIM_OUTBOUND_REPLY};

    if (!read_ends(a, message, &d) || !read_media(a, message, &d) || !read_body(a, message, &d) ||
        !may_be_sent(a, message, &d))
        return;
    d.callback = read_address(a, message, "statusCallback");
    d.action = read_address(a, message, "action");
    d.action_method = span_is_text(xml_attr_get(message, "method"), "GET") ? "GET" : "POST";
    if (!sim_text_send(a->text->world, a->text->account, &d))
        WARN(a, MANY_REPLIES, "there are too many texts");
}

static bool redirect(const struct answer *a, const struct xml_node *n)
{
    struct arena *arena = a->reply->arena;
    const struct sim_response_place own = sim_response_place(a->text->number);
    const struct span to = url_resolve(arena, span_of(a->reply->url), xml_text(arena, n));

    if (a->text->documents == DOCUMENTS_MAX) {
        WARN(a, MANY_DOCUMENTS, "more than %d documents for one message", DOCUMENTS_MAX);
        return false;
    }
    sim_response_ask(a->text,
                     &(struct sim_response_place){
                         .url = arena_text(arena, to),
                         .method = span_is_text(xml_attr_get(n, "method"), "GET") ? "GET" : "POST",
                         .fallback_url = own.fallback_url,
                         .fallback_method = own.fallback_method});
    return true;
}

static void arrived(void *ctx, const struct sim_reply *reply)
{
    struct sim_text *t = ctx;
    struct arena *arena = reply->arena;
    const struct answer a = {
        t, reply, {.subject = t->sid, .url = reply->url, .method = reply->method}};

    for (const struct xml_node *n = reply->root ? reply->root->child : NULL; n; n = n->next) {
        if (span_is_text(n->name, "Message"))
            send(&a, n);
        else if (span_is_text(n->name, "Redirect")) {
            (void)redirect(&a, n);
            break;
        }
    }
    arena_close(&arena);
}

static void params_of(const struct sim_text *t, struct sim_params *p)
{
    static const struct sim_place nowhere = {NULL, NULL, NULL, NULL};
    const struct sim_phone *from = sim_world_phone(t->world, span_of(t->from));
    const struct sim_phone *to = sim_world_phone(t->world, span_of(t->to));

    sim_params_text(p, "SmsMessageSid", t->sid);
    sim_params_number(p, "NumMedia", (int64_t)t->media_count);
    sim_params_text(p, "SmsSid", t->sid);
    sim_params_text(p, "SmsStatus", "received");
    sim_params_text(p, "Body", t->body);
    sim_params_text(p, "To", t->to);
    if (t->service)
        sim_params_text(p, "MessagingServiceSid", t->service->sid);
    sim_params_number(p, "NumSegments", t->segments);
    sim_params_text(p, "ReferralNumMedia", "0");
    sim_params_text(p, "MessageSid", t->sid);
    sim_params_text(p, "AccountSid", t->account->sid);
    sim_params_text(p, "From", t->from);
    sim_params_text(p, "ApiVersion", "2010-04-01");
    sim_params_place(p, "To", to ? &to->place : &nowhere);
    sim_params_place(p, "From", from ? &from->place : &nowhere);
    if (t->opt_out && t->account->advanced_opt_out && t->service)
        sim_params_text(p, "OptOutType", t->opt_out);
    for (size_t i = 0; i < t->media_count; i++) {
        const struct sim_media *m = &t->media[i];
        sim_params_text(p, arena_printf(p->arena, "MediaContentType%zu", i), m->type);
        sim_params_text(p, arena_printf(p->arena, "MediaUrl%zu", i),
                        sim_media_address(p->arena, m));
    }
}

/* As in captures; what is not named here comes last, the media among it. */
static void in_order(const struct sim_params *all, struct sim_params *out)
{
    static const char *const order[] = {"ToCountry",
                                        "ToState",
                                        "SmsMessageSid",
                                        "NumMedia",
                                        "ToCity",
                                        "FromZip",
                                        "SmsSid",
                                        "FromState",
                                        "SmsStatus",
                                        "FromCity",
                                        "Body",
                                        "FromCountry",
                                        "To",
                                        "MessagingServiceSid",
                                        "ToZip",
                                        "NumSegments",
                                        "ReferralNumMedia",
                                        "MessageSid",
                                        "AccountSid",
                                        "From",
                                        "ApiVersion"};
    const size_t named = sizeof order / sizeof order[0];

    for (size_t k = 0; k < named; k++)
        for (size_t i = 0; i < all->count; i++)
            if (span_is_text(all->fields[i].name, order[k]))
                sim_params_add(out, order[k], all->fields[i].value);
    for (size_t i = 0; i < all->count; i++) {
        size_t k = 0;
        while (k < named && !span_is_text(all->fields[i].name, order[k]))
            k++;
        if (k == named)
            sim_params_add(out, all->fields[i].name.data, all->fields[i].value);
    }
}

void sim_response_ask(struct sim_text *t, const struct sim_response_place *place)
{
    struct sim_params all = {.arena = arena_open(0)}, p = {.arena = all.arena};

    if (place->url && place->url[0]) {
        t->documents++;
        params_of(t, &all);
        in_order(&all, &p);
        sim_webhook_ask(&(struct sim_ask){.world = t->world,
                                          .account = t->account,
                                          .url = place->url,
                                          .method = place->method,
                                          .fallback_url = place->fallback_url,
                                          .fallback_method = place->fallback_method,
                                          .subject = t->sid,
                                          .params = &p},
                        arrived, t);
    }
    arena_close(&all.arena);
}
