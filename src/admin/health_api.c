#include "admin/health_api.h"

#include "visit/standing.h"

enum { HEALTH_BYTES_MAX = 16 << 10 };

void health_api(struct visit *v)
{
    struct buf body = buf_in(v->arena, HEALTH_BYTES_MAX);
    struct json_out json = json_out(&body);

    standing_out(v->site, &json, NULL);
    visit_answer_json(v, 200, &body);
}
