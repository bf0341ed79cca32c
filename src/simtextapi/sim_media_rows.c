#include "simtextapi/sim_media_rows.h"

#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simtext/sim_media.h"
#include "simtextapi/sim_messages.h"

static size_t count(const struct sim_api *a)
{
    const struct sim_text *t = a->parent;

    return t->media_count;
}

static void *at(const struct sim_api *a, size_t i)
{
    const struct sim_text *t = a->parent;

    return t->media[i].deleted ? NULL : &t->media[i];
}

static bool is_here(const struct sim_api *a, const void *row)
{
    const struct sim_media *m = row;

    return m->text == a->parent;
}

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct sim_media *m = row;

    return sim_filter_date(a, "DateCreated", m->text->created_ms);
}

static const char *sid(const void *row)
{
    const struct sim_media *m = row;

    return m->sid;
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_media *m = row;
    const struct sim_text *t = m->text;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(m->sid));
    json_out_text(o, "account_sid", span_of(t->account->sid));
    json_out_text(o, "parent_sid", span_of(t->sid));
    json_out_text(o, "content_type", span_of(m->type));
    sim_write_date(a, o, "date_created", t->created_ms);
    sim_write_date(a, o, "date_updated", t->created_ms);
    sim_write_uri(o, "uri", t->account, "/Messages/%s/Media/%s", t->sid, m->sid);
    json_out_end_object(o);
}

static const struct sim_api_kind kind = {
    .name = "Media",
    .key = "media_list",
    .element = "Media",
    .count = count,
    .at = at,
    .is_here = is_here,
    .is_met = is_met,
    .sid = sid,
    .shape = shape,
};

static void send_bytes(struct sim_api *a)
{
    a->answered = true;
    sim_media_send_on(a->row, a->rq);
}

static void drop(struct sim_api *a)
{
    struct sim_media *m = a->row;

    m->deleted = true;
}

/* clang-format off */
const struct sim_api_route sim_media_rows_routes[] = {
    {SIM_API_CORE, "GET", "/Messages/{sid}/Media", sim_list_answer, &kind, &sim_messages_kind, 0,
     "lists what came with a message"},
    {SIM_API_CORE, "GET", "/Messages/{sid}/Media/{sid}", send_bytes, &kind, &sim_messages_kind,
     SIM_API_BYTES, "the bytes, by a redirect"},
    {SIM_API_CORE, "GET", "/Messages/{sid}/Media/{sid}", sim_api_fetch, &kind, &sim_messages_kind,
     0, "one medium"},
    {SIM_API_CORE, "DELETE", "/Messages/{sid}/Media/{sid}", drop, &kind, &sim_messages_kind, 0,
     "deletes a medium"},
    {.path = NULL},
};
/* clang-format on */
