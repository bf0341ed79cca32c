#include "simworld/sim_notice.h"

#include <string.h>

static struct span kept(struct arena *arena, struct span text, size_t most)
{
    if (text.size > most)
        text.size = most;
    return span_of(arena_text(arena, text));
}

static const char *text_kept(struct arena *arena, const char *text)
{
    return arena_text(arena, span_of(text));
}

static void take_failure(struct sim_notice *n, const struct sim_failure *f)
{
    n->status = f->status;
    n->variables = kept(n->arena, f->variables, SIM_FAILURE_BODY_MAX);
    n->request_headers = kept(n->arena, f->request_headers, SIM_FAILURE_BODY_MAX);
    n->response_headers = kept(n->arena, f->response_headers, SIM_FAILURE_BODY_MAX);
    n->response_body = kept(n->arena, f->response_body, SIM_NOTICE_BODY_MAX);
}

static void sid_kept(char out[LIMIT_SID_SIZE], const char *sid)
{
    if (sid)
        strncat(out, sid, LIMIT_SID_SIZE - 1);
}

void sim_notice_add(struct sim_notices *all, const struct sim_notice_draft *draft)
{
    struct arena *arena = arena_open(0);
    struct sim_notice *n = ARENA_NEW(arena, struct sim_notice);
    struct sim_notice **place = &all->list[all->count % SIM_NOTICES_MAX];

    *n = (struct sim_notice){.arena = arena,
                             .account = draft->account,
                             .code = draft->code,
                             .is_error = draft->is_error,
                             .at_ms = draft->at_ms,
                             .words = text_kept(arena, draft->words),
                             .url = text_kept(arena, draft->url),
                             .method = text_kept(arena, draft->method)};
    sid_kept(n->sid, draft->sid);
    sid_kept(n->subject, draft->subject);
    if (draft->failure)
        take_failure(n, draft->failure);
    if (*place)
        arena_close(&(struct arena *){(*place)->arena});
    *place = n;
    all->count++;
}

size_t sim_notice_count(const struct sim_notices *all)
{
    return all->count < SIM_NOTICES_MAX ? all->count : SIM_NOTICES_MAX;
}

struct sim_notice *sim_notice_at(const struct sim_notices *all, size_t i)
{
    return all->list[(all->count - 1 - i) % SIM_NOTICES_MAX];
}

void sim_notice_close(struct sim_notices *all)
{
    for (size_t i = 0; i < SIM_NOTICES_MAX; i++)
        if (all->list[i])
            arena_close(&(struct arena *){all->list[i]->arena});
}
