#include "simrest/sim_rest.h"

#include "base/log.h"
#include "simapi/sim_answer.h"
#include "simapi/sim_list.h"
#include "simrest/sim_door.h"
#include "simrest/sim_magic.h"
#include "simrest/sim_routes.h"
#include "simworld/sim_note.h"

static bool happens(const struct sim_api *a, enum sim_fault_kind kind, struct sim_fault *out)
{
    const bool named = a->route && a->route->flags & SIM_API_STRUCK && a->part_count > 0;
    const struct sim_fault_case what = {
        a->route && a->route->kind ? a->route->kind->name : "",
        named     ? a->part[0]
        : a->form ? form_get(a->form, "To")
                  : (struct span){NULL, 0},
    };

    return sim_fault_take(&a->world->faults, kind, &what, out);
}

/* Faults that strike before anybody has looked at the request. */
static bool is_cut(struct sim_api *a)
{
    if (happens(a, SIM_REST_DOWN, NULL))
        sim_answer_drop(a, "down");
    else if (span_is_text(a->rq->method, "POST") && happens(a, SIM_REFUSE, NULL))
        sim_answer_drop(a, "refused");
    else
        return false;
    return true;
}

/* Faults of a create, before anything of it is accepted. */
static bool is_struck(struct sim_api *a)
{
    if (a->route->flags & SIM_API_CREATES && happens(a, SIM_RESET_BEFORE_ACCEPT, NULL)) {
        sim_answer_drop(a, "not accepted");
        a->answered = true;
    } else if (happens(a, SIM_ERROR_500_BEFORE_ACCEPT, NULL)) {
        sim_api_refuse(a, 500, 20500, "Internal Server Error");
    } else if (happens(a, SIM_ERROR_429, NULL)) {
        sim_api_refuse(a, 429, 20429, "Too Many Requests");
    } else {
        return false;
    }
    return true;
}

/* The answer of a create that was accepted; faults may lose or delay it. */
static void answer_created(struct sim_api *a)
{
    static const enum sim_fault_kind holding[] = {SIM_ACCEPT_THEN_SILENCE,
                                                  SIM_CALLBACK_BEFORE_ANSWER, SIM_SLOW};
    struct sim_fault fault;

    if (happens(a, SIM_ACCEPT_THEN_RESET, NULL)) {
        sim_answer_drop(a, "accepted");
        return;
    }
    if (happens(a, SIM_ERROR_500_AFTER_ACCEPT, NULL)) {
        sim_api_refuse(a, 500, 20500, "Internal Server Error");
        sim_answer_send(a);
        return;
    }
    for (size_t i = 0; i < sizeof holding / sizeof holding[0]; i++)
        if (happens(a, holding[i], &fault)) {
            sim_answer_hold(a, &fault);
            return;
        }
    sim_answer_send(a);
}

static void *find(const struct sim_api *a, const struct sim_api_kind *kind, struct span sid)
{
    return kind->find ? kind->find(a, sid) : kind->at ? sim_list_find(a, kind, sid) : NULL;
}

/* The rows that the path names; false when one is missing. */
static bool find_rows(struct sim_api *a)
{
    const struct sim_api_route *r = a->route;
    size_t parts = 0;

    if (r->parent) {
        a->parent = find(a, r->parent, a->part[parts++]);
        if (!a->parent)
            return false;
    }
    if (r->kind && r->kind->at && parts < a->part_count && !(r->flags & SIM_API_CREATES)) {
        a->row = find(a, r->kind, a->part[parts]);
        return a->row != NULL;
    }
    return true;
}

static void serve(struct sim_api *a)
{
    const unsigned flags = a->route->flags;

    if (!find_rows(a))
        sim_api_refuse_unknown(a);
    else if ((!(flags & (SIM_API_CREATES | SIM_API_STRUCK)) || !is_struck(a)) &&
             !sim_magic_answers(a))
        a->route->answer(a);
    if (a->answered)
        return;
    if (flags & SIM_API_CREATES && !a->code)
        answer_created(a);
    else
        sim_answer_send(a);
}

static void refuse_absent(struct sim_api *a)
{
    const char *why = sim_routes_why_absent(a);

    log_line(LOG_WARN, "not simulated: %.*s %.*s%s%s", SPAN_ARG(a->rq->method),
             SPAN_ARG(a->rq->path), why ? ": " : "", why ? why : "");
    sim_note(a->world, "absent", "not simulated: %.*s %.*s%s%s", SPAN_ARG(a->rq->method),
             SPAN_ARG(a->rq->path), why ? ": " : "", why ? why : "");
    sim_api_refuse_unknown(a);
}

void sim_rest_handle(struct sim_world *w, struct http_request *rq)
{
    struct sim_api *a = ARENA_NEW(rq->arena, struct sim_api);
    struct form *form = ARENA_NEW(rq->arena, struct form);
    const bool posts = span_is_text(rq->method, "POST");
    struct span account = {NULL, 0};
    bool known = false;

    w->stirred_ns = clock_mono_ns();
    *a = (struct sim_api){.world = w,
                          .rq = rq,
                          .arena = rq->arena,
                          .form = form,
                          .host = span_starts(rq->path, SPAN("/2010-04-01")) ? SIM_API_CORE
                                                                             : SIM_API_OTHER,
                          .out = buf_in(rq->arena, SIM_API_ANSWER_MAX),
                          .since_ms = sim_world_now(w)};
    const bool found = sim_routes_find(a, &account, &known);
    const enum err malformed = form_parse(rq->arena, posts ? rq->body : rq->query, form);
    if (is_cut(a))
        return;
    if (!sim_routes_is_api(a))
        sim_api_refuse_unknown(a);
    else if (!sim_door_opens(a, account))
        ; /* sim_door has said why */
    else if (!found && !known)
        refuse_absent(a);
    else if (!found)
        sim_api_refuse(a, 405, 20004, "Method not allowed");
    else if (malformed)
        sim_api_refuse(a, 400, 20001, "The parameters are not well-formed");
    else {
        serve(a);
        return;
    }
    sim_answer_send(a);
}
