#include "calls_checks.h"

#include <stdio.h>
#include <string.h>

#include "rules/ring.h"

/* A screening under way at the hard end: two prompts and their keys, "too late", and three
 * requests of ours that were long on their way. */
enum { SCREENING_MS = 30 * S, LATE_MS = 3 * S };
/* A leg of its own: our request to make it was on its way, then its answer, then the one to end
 * it. */
enum { APART_LATE_MS = 10 * S };

static struct call *call_of(struct world *w, const char *sid)
{
    for (int i = 0; i < w->call_count; i++)
        if (strcmp(w->calls[i].sid, sid) == 0)
            return &w->calls[i];
    model_fail("a row of a call that never was");
}

static void read_call_row(struct world *w, const struct call_event *e)
{
    struct call *call = call_of(w, e->call_sid);

    if (strcmp(e->kind, "inbound") == 0)
        call->inbounds++;
    if (strcmp(e->kind, "forward") == 0) {
        call->forwards++;
        strcpy(call->forward, e->operator_id);
    }
    if (strcmp(e->kind, "outcome") == 0) {
        call->ends++;
        (void)snprintf(call->last_end, sizeof call->last_end, "%.*s", SPAN_ARG(e->detail));
    }
}

static void read_log(struct world *w, const struct event_row *e)
{
    const bool is_missed = strcmp(e->kind, "call.missed") == 0;
    const bool is_given_back = strcmp(e->kind, "call.not-connected") == 0;

    if (!is_missed && !is_given_back)
        return;
    const struct cascade *k = model_store_get(&w->scene.store, FACT_CASCADE, e->subject);
    MUST(k, "a missed call that is not stored");
    struct call *call = call_of(w, k->call_sid);
    call->missed += is_missed;
    call->given_back += is_given_back;
    MUST(!is_given_back || !call->bridged, "%s is given back, and they talk", call->sid);
    if (is_given_back)
        call->taken_by[0] = 0;
}

static void check_call(struct world *w, struct call *call)
{
    const struct cascade *k = calls_world_cascade(w, call);

    if (!k)
        return;
    const size_t timers = model_store_timers_of(&w->scene.store, TIMER_CASCADE, k->id);
    const bool is_over = k->state == CASCADE_OVER;
    MUST(timers == (is_over ? 0 : 1), "%s has %zu timers in state %s", call->sid, timers,
         cascade_state_name(k->state));
    MUST(is_over || model_store_has_timer(&w->scene.store, TIMER_CASCADE, k->id, k->due_ms),
         "%s: its timer is not its hard end", call->sid);
    MUST(call->was != CASCADE_OVER || is_over, "%s comes back to life", call->sid);
    MUST(is_over == (k->outcome != OUTCOME_NONE), "%s: an outcome and no end", call->sid);
    MUST(call->taken_by[0] == 0 || strcmp(call->taken_by, k->accepted_by) == 0,
         "%s was taken by %s, then by %s", call->sid, call->taken_by, k->accepted_by);
    const size_t watches = model_store_timers_of(&w->scene.store, TIMER_OVERLAP, k->id);
    MUST(watches == (k->watch_ms != 0) && (!is_over || !watches), "%s has %zu watches in state %s",
         call->sid, watches, cascade_state_name(k->state));
    MUST(call->missed <= 1, "%s is missed %d times", call->sid, call->missed);
    call->was = k->state;
    strcpy(call->taken_by, k->accepted_by);
}

void calls_checks_commit(struct world *w, const struct facts *f)
{
    for (const struct appended *a = f->added; a; a = a->next)
        if (a->kind == APPEND_CALL_EVENT)
            read_call_row(w, &a->call_event);
        else if (a->kind == APPEND_EVENT)
            read_log(w, &a->event);
    for (int i = 0; i < w->call_count; i++)
        check_call(w, &w->calls[i]);
}

/* Whoever took it was gone before our answer came. */
static bool has_vanished(const struct call *call, const struct cascade *k)
{
    for (int i = 0; i < call->leg_count; i++)
        if (strcmp(call->legs[i].sid, k->leg_sid) == 0)
            return call->legs[i].lost;
    return false;
}

void calls_checks_rang(struct world *w, const struct leg *leg)
{
    const struct cascade *k = calls_world_cascade(w, leg->call);

    MUST(k, "a phone rings for a call that is not stored");
    if (leg->apart && (leg->excused || w->is_troubled || w->is_down))
        return; /* we may not know that it rings, or could not end it in time */
    MUST(k->state != CASCADE_OVER || has_vanished(leg->call, k) ||
             w->scene.now_ms <= k->ended_ms + (leg->apart ? APART_LATE_MS : LATE_MS),
         "%s rings %d ms after the end", leg->sid, (int)(w->scene.now_ms - k->ended_ms));
}

void calls_checks_bridged(struct world *w, const struct leg *leg)
{
    const struct call *call = leg->call;
    const struct cascade *k = calls_world_cascade(w, call);

    MUST(!call->bridged || call->bridged == leg, "%s is bridged twice", call->sid);
    MUST(k && k->state == CASCADE_ACCEPTED, "%s is bridged without an accept", call->sid);
    MUST(strcmp(k->accepted_by, w->people[leg->who].id) == 0, "%s took it, %s is bridged",
         k->accepted_by, w->people[leg->who].id);
    MUST(strcmp(k->leg_sid, leg->sid) == 0, "%s took it, %s is bridged", k->leg_sid, leg->sid);
}

void calls_checks_waited(struct world *w, struct call *call)
{
    const int64_t most_ms = (w->scene.roster.wait_s + RING_HARD_END_S) * (int64_t)S + SCREENING_MS;

    if (!call->waits)
        return;
    call->waits = false;
    MUST(call->failures > 0 || w->scene.now_ms - call->began_ms <= most_ms, "%s waits for %d s",
         call->sid, (int)((w->scene.now_ms - call->began_ms) / S));
}

/* A voicemail that comes when a link has settled the missed call, or passed it on, is a relay more.
 */
static void check_relay(struct world *w, const struct call *call, const struct cascade *k)
{
    int own = 0;

    for (const struct store_row *row = w->scene.store.first[FACT_RELAY]; row; row = row->next) {
        const struct relay *r = row->data;
        own += r->cascade == k->id &&
               (r->id == k->relay || r->state == RELAY_OPEN || r->state == RELAY_IDLE);
    }
    MUST(call->missed == (k->outcome != OUTCOME_ANSWERED && k->outcome != OUTCOME_REFUSED),
         "%s is %s and was missed %d times", call->sid, outcome_name(k->outcome), call->missed);
    MUST((k->relay != 0) == (call->missed > 0), "%s: a relay and no missed call", call->sid);
    MUST(own <= call->missed, "%s has %d relays", call->sid, own);
    if (k->relay) {
        const struct relay *r = model_store_get(&w->scene.store, FACT_RELAY, k->relay);
        MUST(r && r->thread == k->thread, "%s: its relay is of nobody", call->sid);
        MUST(k->recording.size == 0 || r->kind == RELAY_VOICEMAIL, "%s: its voicemail is not told",
             call->sid);
    }
}

static bool is_refused(const struct world *w, const struct call *call)
{
    return strcmp(call->from, w->scene.roster.blocked[0].number) == 0 ||
           (strcmp(call->from, "anonymous") == 0 && w->scene.roster.anonymous == ANONYMOUS_REFUSE);
}

static void check_outcome(struct world *w, const struct call *call, const struct cascade *k)
{
    const int64_t hard_ms = k->started_ms + (w->scene.roster.wait_s + RING_HARD_END_S) * (int64_t)S;
    int takers = 0;

    for (int i = 0; i < k->plan->count; i++)
        takers += k->plan->rungs[i].state == RUNG_ACCEPTED;
    MUST(takers == (k->accepted_by[0] != 0), "%s has %d who took it", call->sid, takers);
    MUST((k->outcome == OUTCOME_ANSWERED) == (takers == 1), "%s is %s, taken by %s", call->sid,
         outcome_name(k->outcome), k->accepted_by);
    MUST((k->outcome == OUTCOME_VOICEMAIL) == (k->recording.size > 0), "%s is %s", call->sid,
         outcome_name(k->outcome));
    MUST(k->outcome != OUTCOME_ABANDONED || call->hung_up || call->dropped ||
             k->ended_ms >= hard_ms,
         "%s is abandoned, and nobody hung up", call->sid);
    MUST(k->outcome != OUTCOME_REFUSED || (call->leg_count == 0 && is_refused(w, call)),
         "%s is refused by no rule", call->sid);
    MUST(k->outcome != OUTCOME_ANSWERED || call->bridged || has_vanished(call, k),
         "%s is answered, and nobody talked", call->sid);
    MUST(!call->bridged || k->outcome == OUTCOME_ANSWERED, "%s is %s, and they talked", call->sid,
         outcome_name(k->outcome));
}

void calls_checks_end(struct world *w)
{
    for (int i = 0; i < w->call_count; i++) {
        const struct call *call = &w->calls[i];
        const struct cascade *k = calls_world_cascade(w, call);
        MUST(call->state == CALL_ENDED, "%s never ends", call->sid);
        if (!k) {
            MUST(call->failures > 0 || call->hung_up, "%s is not stored", call->sid);
            w->tally[OUTCOMES]++;
            continue;
        }
        MUST(k->state == CASCADE_OVER, "%s stays %s", call->sid, cascade_state_name(k->state));
        check_outcome(w, call, k);
        check_relay(w, call, k);
        MUST(call->inbounds == 1, "%s came in %d times", call->sid, call->inbounds);
        MUST(call->ends >= 1 && (k->outcome == OUTCOME_REFUSED || /* that tells why */
                                 strcmp(call->last_end, outcome_name(k->outcome)) == 0),
             "%s is %s, on record %s", call->sid, outcome_name(k->outcome), call->last_end);
        MUST(call->forwards - call->given_back == (k->accepted_by[0] != 0) &&
                 (!k->accepted_by[0] || strcmp(call->forward, k->accepted_by) == 0),
             "%s went to %s, on record %d to %s", call->sid, k->accepted_by, call->forwards,
             call->forward);
        w->tally[k->outcome]++;
        w->vanished += k->outcome == OUTCOME_ANSWERED && !call->bridged;
    }
}
