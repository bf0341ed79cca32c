#include "admin/health_api.h"

#include "codec/json_instant.h"
#include "visit/standing.h"

enum { HEALTH_BYTES_MAX = 16 << 10, NODES_BYTES_MAX = 64 << 10 };

void health_api(struct visit *v)
{
    struct buf body = buf_in(v->arena, HEALTH_BYTES_MAX);
    struct json_out json = json_out(&body);

    standing_out_tenant(v->site, &json, NULL, v->tenant);
    visit_answer_json(v, 200, &body);
}

static const char *state_of(const struct store_pulse *pulse, const struct store_node *n)
{
    if (n->gone_ms)
        return n->is_draining ? "gone" : "dead";
    if (pulse->at_ms > n->until_ms)
        return "late";
    return n->is_draining ? "draining" : "living";
}

static void node_out(const struct site *site, struct json_out *o, const struct store_node *n)
{
    json_out_object(o, NULL);
    json_out_number(o, "number", n->number);
    json_out_text(o, "name", span_of(n->name));
    json_out_text(o, "state", span_of(state_of(engine_nodes(site->engine), n)));
    json_out_bool(o, "is_this", n->number == engine_node(site->engine));
    json_out_text(o, "version", span_of(n->version));
    json_out_number(o, "schema", n->schema);
    json_instant(o, "started_at", n->started_ms ? n->started_ms : site->started_ms);
    json_instant(o, "seen_at", n->seen_ms ? n->seen_ms : engine_now_ms(site->engine));
    json_instant(o, "gone_at", n->gone_ms);
    json_out_end_object(o);
}

void health_api_nodes(struct visit *v)
{
    const struct store_pulse *pulse = engine_nodes(v->site->engine);
    struct buf body = buf_in(v->arena, NODES_BYTES_MAX);
    struct json_out o = json_out(&body);

    if (v->bound) { /* they are the host's */
        visit_fail(v, &(struct visit_error){.status = 404, .message = "there is no such path"});
        return;
    }
    json_out_object(&o, NULL);
    json_out_list(&o, "items");
    for (size_t i = 0; i < pulse->count; i++)
        node_out(v->site, &o, &pulse->nodes[i]);
    json_out_end_list(&o);
    json_out_null(&o, "next");
    json_out_end_object(&o);
    visit_answer_json(v, 200, &body);
}
