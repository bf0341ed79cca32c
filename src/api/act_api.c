#include "api/act_api.h"

#include "api/api.h"
#include "base/id.h"
#include "visit/fields.h"

enum { REPLY_CHARACTERS_MAX = 1500 /* longer ones would be cut: the carrier takes 1600 */ };

static void not_found(struct visit *v)
{
    visit_fail(v, &(struct visit_error){.status = 404, .message = "there is none with this id"});
}

/* Whoever is signed in acts as the operator that he is, unless another one is named, or none. */
static void take_who(struct visit *v)
{
    struct event *e = &v->work.event;

    e->by = api_who(v);
    if (e->operator_id.size)
        return;
    e->operator_id = api_operator(v);
    e->is_own = e->operator_id.size > 0;
}

static void on_relay(struct visit *v, enum event_kind kind, visit_fn *then)
{
    struct event *e = &v->work.event;
    const struct fields_want want[] = {{"operator", &e->operator_id}, {NULL, NULL}};

    e->kind = kind;
    if (!id_parse(v->param, &e->relay)) {
        not_found(v);
    } else if (fields_read(v, want)) {
        take_who(v);
        api_act(v, then);
    }
}

static void on_thread(struct visit *v, enum event_kind kind, visit_fn *then)
{
    struct event *e = &v->work.event;
    const struct fields_want want[] = {{"operator", &e->operator_id}, {NULL, NULL}};

    e->kind = kind;
    if (!id_parse(v->param, &e->thread)) {
        not_found(v);
    } else if (fields_read(v, want)) {
        take_who(v);
        api_act(v, then);
    }
}

static void relay_done(struct visit *v)
{
    api_answer(v, 200, "relay_id");
}

static void thread_done(struct visit *v)
{
    api_answer(v, 200, "thread_id");
}

static void message_made(struct visit *v)
{
    api_answer(v, 202, "message_id");
}

void act_api_ack(struct visit *v)
{
    on_relay(v, EVENT_ACK, relay_done);
}

void act_api_pass(struct visit *v)
{
    on_relay(v, EVENT_PASS, relay_done);
}

void act_api_close(struct visit *v)
{
    on_thread(v, EVENT_CLOSE, thread_done);
}

void act_api_reopen(struct visit *v)
{
    on_thread(v, EVENT_REOPEN, thread_done);
}

static size_t characters(struct span text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.size; i++)
        n += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return n;
}

static void send_reply(struct visit *v)
{
    struct event *e = &v->work.event;

    e->kind = EVENT_REPLY;
    take_who(v);
    if (span_trim(e->body).size == 0)
        fields_refuse(v, "body", "there are no words to send");
    else if (characters(e->body) > REPLY_CHARACTERS_MAX)
        visit_fail(v, &(struct visit_error){.status = 413,
                                            .field = "body",
                                            .message = "longer than 1500 characters"});
    else if (!e->thread && e->tag.size == 0)
        fields_refuse(v, "thread", "either a thread or a tag is needed");
    else if (!e->thread && e->operator_id.size == 0)
        fields_refuse(v, "operator", "a tag is an operator's: whose is not said");
    else
        api_act(v, message_made);
}

void act_api_reply(struct visit *v)
{
    struct event *e = &v->work.event;
    struct span thread = {NULL, 0};
    const struct fields_want want[] = {
        {"thread", &thread},           {"tag", &e->tag}, {"body", &e->body},
        {"operator", &e->operator_id}, {NULL, NULL},
    };

    if (!fields_read(v, want))
        return;
    if (thread.size > 0 && !id_parse(thread, &e->thread))
        fields_refuse(v, "thread", "thread is an id");
    else
        send_reply(v);
}

void act_api_thread_reply(struct visit *v)
{
    struct event *e = &v->work.event;
    const struct fields_want want[] = {
        {"body", &e->body}, {"operator", &e->operator_id}, {NULL, NULL}};

    if (!id_parse(v->param, &e->thread))
        not_found(v);
    else if (fields_read(v, want))
        send_reply(v);
}

void act_api_call(struct visit *v)
{
    struct event *e = &v->work.event;
    const struct fields_want want[] = {{"operator", &e->operator_id}, {NULL, NULL}};

    e->kind = EVENT_CALL_BACK;
    if (!id_parse(v->param, &e->thread)) {
        not_found(v);
        return;
    }
    if (!fields_read(v, want))
        return;
    take_who(v);
    if (e->operator_id.size == 0)
        fields_refuse(v, "operator", "whose phone shall ring is not said");
    else
        api_act(v, message_made);
}
