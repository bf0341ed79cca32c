#include "simvoiceapi/sim_queues.h"

#include "codec/url.h"
#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simvoice/sim_queue.h"
#include "simworld/sim_noun_room.h"

/* ---- queues ---- */

static void *at(const struct sim_api *a, size_t i)
{
    (void)i;
    return a->world->queues;
}

static void *after(const void *row)
{
    const struct sim_queue *q = row;

    return q->next;
}

static bool is_here(const struct sim_api *a, const void *row)
{
    const struct sim_queue *q = row;

    return q->account == a->account && !q->deleted;
}

static const char *sid_of(const void *row)
{
    const struct sim_queue *q = row;

    return q->sid;
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_queue *q = row;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(q->sid));
    json_out_text(o, "account_sid", span_of(q->account->sid));
    json_out_text(o, "friendly_name", span_of(q->name));
    json_out_number(o, "current_size", (int64_t)q->size);
    json_out_number(o, "max_size", q->max_size);
    json_out_number(o, "average_wait_time", sim_queue_average_s(q));
    sim_write_date(a, o, "date_created", q->created_ms);
    sim_write_date(a, o, "date_updated", q->updated_ms);
    sim_write_uri(o, "uri", q->account, "/Queues/%s", q->sid);
    json_out_object(o, "subresource_uris");
    sim_write_uri(o, "members", q->account, "/Queues/%s/Members", q->sid);
    json_out_end_object(o);
    json_out_end_object(o);
}

static const struct sim_api_kind queues = {
    .name = "Queues",
    .key = "queues",
    .element = "Queue",
    .sids = "QU",
    .at = at,
    .after = after,
    .is_here = is_here,
    .sid = sid_of,
    .shape = shape,
};

/* What create and update may set; `self` keeps its own name. */
static bool judge(struct sim_api *a, const struct sim_queue *self, int64_t *out_max)
{
    const struct span name = sim_api_field(a, "FriendlyName"), max = sim_api_field(a, "MaxSize");
    const struct sim_queue *other = sim_queue_find(a->world, a->account, name);

    if (name.size >= SIM_QUEUE_NAME_SIZE)
        sim_api_refuse(a, 400, 20001, "FriendlyName is longer than %d characters",
                       SIM_QUEUE_NAME_SIZE - 1);
    else if (name.size && other && other != self)
        sim_api_refuse(a, 400, 20001, "There is a queue named %.*s already", SPAN_ARG(name));
    else if (max.size && !span_number(max, 1, SIM_QUEUE_SIZE_MAX, out_max))
        sim_api_refuse(a, 400, 20001, "MaxSize is a number from 1 to %d, not %.*s",
                       SIM_QUEUE_SIZE_MAX, SPAN_ARG(max));
    return a->code == 0;
}

static void create(struct sim_api *a)
{
    const struct span name = sim_api_field(a, "FriendlyName");
    int64_t max = SIM_QUEUE_SIZE;

    if (!name.size)
        sim_api_refuse(a, 400, 20001, "FriendlyName is required");
    if (a->code || !judge(a, NULL, &max))
        return;
    struct sim_queue *q = sim_queue_made(a->world, a->account, name);
    if (!q) {
        sim_api_refuse(a, 400, 20001, "There are too many queues");
        return;
    }
    q->max_size = max;
    a->row = q;
}

static void update(struct sim_api *a)
{
    const struct span name = sim_api_field(a, "FriendlyName");
    struct sim_queue *q = a->row;
    int64_t max = q->max_size;

    if (!judge(a, q, &max))
        return;
    q->max_size = max;
    if (name.size)
        sim_world_copy(q->name, sizeof q->name, name);
    q->updated_ms = sim_world_now(a->world);
}

static void drop(struct sim_api *a)
{
    if (sim_queue_delete(a->row))
        sim_api_refuse(a, 400, 20001, "Queue is not empty: its members are dequeued first");
}

/* ---- members ---- */

/* The first in line comes first. */
static void *member_at(const struct sim_api *a, size_t i)
{
    const struct sim_queue *q = a->parent;

    (void)i;
    return q->members;
}

static void *member_after(const void *row)
{
    const struct sim_member *m = row;

    return m->next;
}

static bool is_in_line(const struct sim_api *a, const void *row)
{
    const struct sim_member *m = row;

    return m->queue == a->parent;
}

static void *member_find(const struct sim_api *a, struct span sid)
{
    return sim_queue_member(a->parent, sid);
}

static const char *member_sid(const void *row)
{
    const struct sim_member *m = row;

    return m->leg->sid;
}

static void member_shape(const struct sim_api *a, struct json_out *o, const char *key,
                         const void *row)
{
    const struct sim_member *m = row;

    json_out_object(o, key);
    json_out_text(o, "call_sid", span_of(m->leg->sid));
    json_out_text(o, "queue_sid", span_of(m->queue->sid));
    json_out_number(o, "position", sim_queue_position(m));
    json_out_number(o, "wait_time", sim_queue_waited_s(m));
    sim_write_date(a, o, "date_enqueued", m->since_ms);
    sim_write_uri(o, "uri", m->leg->account, "/Queues/%s/Members/%s", m->queue->sid, m->leg->sid);
    json_out_end_object(o);
}

static const struct sim_api_kind members = {
    .name = "Members",
    .key = "queue_members",
    .element = "QueueMember",
    .at = member_at,
    .after = member_after,
    .is_here = is_in_line,
    .find = member_find,
    .sid = member_sid,
    .shape = member_shape,
};

/* The row is shown as it was while it waited. */
static void dequeue(struct sim_api *a)
{
    const struct span at_url = sim_api_field(a, "Url"), method = sim_api_field(a, "Method");
    struct sim_member *m = a->row;
    struct url parts;

    if (!at_url.size || url_parse(at_url, &parts)) {
        sim_api_refuse(a, 400, 21205, "Url is not a valid URL: %.*s", SPAN_ARG(at_url));
        return;
    }
    if (method.size && !span_is_text(method, "GET") && !span_is_text(method, "POST")) {
        sim_api_refuse(a, 400, 21209, "Method must be GET or POST");
        return;
    }
    a->out = buf_in(a->arena, SIM_API_ANSWER_MAX);
    struct json_out o = json_out(&a->out);
    member_shape(a, &o, NULL, m);
    sim_queue_dequeue(m, arena_text(m->leg->arena, at_url),
                      span_is_text(method, "GET") ? "GET" : "POST");
}

/* clang-format off */
const struct sim_api_route sim_queues_routes[] = {
    {SIM_API_CORE, "GET", "/Queues", sim_list_answer, &queues, NULL, 0, "lists queues"},
    {SIM_API_CORE, "POST", "/Queues", create, &queues, NULL, SIM_API_CREATES, "makes a queue"},
    {SIM_API_CORE, "GET", "/Queues/{sid}", sim_api_fetch, &queues, NULL, 0, "one queue"},
    {SIM_API_CORE, "POST", "/Queues/{sid}", update, &queues, NULL, 0, "its name and size"},
    {SIM_API_CORE, "DELETE", "/Queues/{sid}", drop, &queues, NULL, 0, "deletes an empty one"},
    {SIM_API_CORE, "GET", "/Queues/{sid}/Members", sim_list_answer, &members, &queues, 0,
     "lists who waits in it, the first in front"},
    {SIM_API_CORE, "GET", "/Queues/{sid}/Members/{sid}", sim_api_fetch, &members, &queues, 0,
     "one of them, by the call's SID or \"Front\""},
    {SIM_API_CORE, "POST", "/Queues/{sid}/Members/{sid}", dequeue, &members, &queues, 0,
     "takes a call out of it, with a document to go on with"},
    {.path = NULL},
};
/* clang-format on */
