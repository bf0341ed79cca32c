#include "jobs_checks.h"

#include <string.h>

#include "rules/job_states.h"

/* What one decision put on a job's record, and whom it told. */
struct tally {
    int moves[JOB_CAUSES], move_count;
    int created, edited, not_told;
    int raised[JOB_EXCEPTIONS], raise_count;
    int told[PEOPLE], told_count;
};

static const char *const moved[JOB_CAUSES] = {"job.assigned",
                                              "job.claimed",
                                              "job.started",
                                              "job.handed-over",
                                              "job.completed",
                                              "job.given-back",
                                              "job.cancelled",
                                              "job.reopened",
                                              "-",
                                              "-"};
static const char *const raised[JOB_EXCEPTIONS] = {"-",
                                                   "job.not-claimed",
                                                   "job.gave-up",
                                                   "job.no-progress",
                                                   "job.cancelled-at-work",
                                                   "job.unreachable"};

static const char *cause_words(enum job_cause cause)
{
    return cause < JOB_CAUSES ? job_cause_name(cause) : "no move";
}

static int person_of(const char *phone)
{
    for (int i = 0; i < PEOPLE; i++)
        if (strcmp(jobs_world_phone(i), phone) == 0)
            return i;
    return -1;
}

/* As this batch has it, or the store. */
static const void *row_of(const struct world *w, const struct facts *f, enum fact_kind kind,
                          int64_t id, struct span key)
{
    for (const struct fact *fact = f->first; fact; fact = fact->next)
        if (fact->kind == kind && fact->id == id && span_is(fact->key, key) &&
            fact->state == FACT_PRESENT)
            return (fact->same ? fact->same : fact)->row;
    const struct store_row *r = model_store_row(&w->scene.store, kind, id, key);
    return r ? r->data : NULL;
}

static bool is_out(const struct world *w, const struct facts *f, const char *phone)
{
    const struct span key = span_of(arena_printf(f->arena, "%s %s", LINE, phone));
    const struct consent *row = row_of(w, f, FACT_CONSENT, 0, key);

    return row && row->is_out;
}

/* ---- what happened ---- */

static void count_row(struct tally *t, const struct event_row *row)
{
    t->created += strcmp(row->kind, "job.created") == 0;
    t->edited += strcmp(row->kind, "job.edited") == 0;
    t->not_told += strcmp(row->kind, "job.not-told") == 0;
    for (int i = 0; i < JOB_CAUSES; i++) {
        const int is = strcmp(row->kind, moved[i]) == 0;
        t->moves[i] += is;
        t->move_count += is;
    }
    for (int i = 0; i < JOB_EXCEPTIONS; i++) {
        const int is = strcmp(row->kind, raised[i]) == 0;
        t->raised[i] += is;
        t->raise_count += is;
    }
}

static struct tally tally_of(const struct job *job, const struct facts *f, const struct fact *from,
                             const struct appended *added)
{
    struct tally t = {.created = 0};

    for (; added; added = added->next)
        if (added->kind == APPEND_EVENT && added->event.subject == job->id)
            count_row(&t, &added->event);
    for (const struct fact *fact = from ? from->next : f->first; fact; fact = fact->next) {
        if (fact->kind != FACT_MESSAGE || !fact->fresh || fact->same ||
            fact->message->kind != MESSAGE_JOB || strcmp(fact->message->job, job->job_id) != 0)
            continue;
        const int person = person_of(fact->message->to);
        MUST(person >= 0, "a text about a job to a stranger");
        t.told[person]++;
        t.told_count++;
    }
    return t;
}

static enum job_cause cause_of(const struct tally *t)
{
    for (int i = 0; i < JOB_CAUSES; i++)
        if (t->moves[i])
            return (enum job_cause)i;
    return JOB_CAUSES;
}

/* ---- the table ---- */

static enum job_state state_after(enum job_state was, enum job_move move)
{
    switch (move) {
    case JOB_DO_ASSIGN:
    case JOB_DO_HAND:
        return JOB_ASSIGNED;
    case JOB_DO_CLAIM:
        return was == JOB_PENDING ? JOB_ASSIGNED : was;
    case JOB_DO_START:
        return JOB_IN_PROGRESS;
    case JOB_DO_FINISH:
        return JOB_COMPLETED;
    case JOB_DO_RETURN:
    case JOB_DO_REOPEN:
        return JOB_PENDING;
    case JOB_DO_CANCEL:
        return JOB_CANCELLED;
    case JOB_DO_ALARM:
        return was;
    case JOB_BROKEN:
    case JOB_KEEP:
    case JOB_REFUSE:
    case JOB_MOVES:
        break;
    }
    model_fail("a move that is none: %s", job_states_move_name(move));
}

static void check_move(const struct job *was, const struct job *now, const struct tally *t)
{
    const enum job_cause cause = cause_of(t);

    MUST(t->move_count <= 1, "job %s moves twice by one event", now->job_id);
    if (cause == JOB_CAUSES) {
        MUST(was->state == now->state, "job %s is %s without a move on record", now->job_id,
             job_state_name(now->state));
        return;
    }
    const enum job_move move = job_states_move(was->state, cause);
    const enum job_state then = state_after(was->state, move);
    MUST(now->state == then, "job %s is %s after %s, not %s", now->job_id,
         job_state_name(now->state), cause_words(cause), job_state_name(then));
}

/* ---- who may ---- */

static const char *holder(const struct job *job)
{
    return job->claimed_by[0] ? job->claimed_by : job->handed_to;
}

static void check_link(const struct world *w, const struct event *e, const struct facts *f,
                       const struct job *was)
{
    const struct link *l =
        row_of(w, f, FACT_LINK, 0, (struct span){(const char *)e->link, LINK_HASH_BYTES});
    const char *who = l ? l->operator_id : "";

    MUST(l && l->subject == was->id, "a link moves another job");
    MUST(!job_is_over(was), "a link moves job %s, which is over", was->job_id);
    MUST(!holder(was)[0] || strcmp(holder(was), who) == 0, "the link of %s moves job %s of %s", who,
         was->job_id, holder(was));
    MUST(job_crew_find(was, span_of(who)) >= 0 || who[0] != '+', "%s is not on job %s", who,
         was->job_id);
    MUST(w->scene.now_ms < l->expires_ms, "an expired link acts");
    const struct span once = span_of(
        arena_printf(f->arena, "once:%.*s:%lld", SPAN_ARG(e->once_key), (long long)e->once_print));
    MUST(!model_store_row(&w->scene.store, FACT_CLAIM, 0, once), "one form acts twice");
}

static void check_who(const struct world *w, const struct event *e, const struct facts *f,
                      const struct job *was, const struct job *now, const struct tally *t)
{
    if (e->kind == EVENT_LINK && e->action == LINK_MOVE)
        check_link(w, e, f, was);
    if (e->kind == EVENT_TEXT && t->move_count)
        MUST(!holder(was)[0] || span_is_text(e->from, holder(was)),
             "a word of %.*s moves job %s of %s", SPAN_ARG(e->from), was->job_id, holder(was));
    if (e->kind == EVENT_TIMER && e->timer.kind == TIMER_JOB && now->version != was->version)
        MUST(was->due_ms == e->timer.due_ms && !job_is_over(was) && was->state != JOB_PENDING &&
                 !(was->state == JOB_ASSIGNED && was->claimed_by[0]),
             "the clock of a state that job %s has left", was->job_id);
    if (t->moves[JOB_CLAIM] && !t->edited)
        MUST(!holder(was)[0] || strcmp(holder(was), now->claimed_by) == 0,
             "job %s of %s is claimed by %s", was->job_id, holder(was), now->claimed_by);
    if (e->kind == EVENT_JOB && e->version && now->version != was->version)
        MUST(e->version == was->version, "an edit of a version that is no more");
}

/* ---- whom it tells ---- */

static void expect(const struct world *w, int want[PEOPLE], const struct job *job, const char *who)
{
    const int person = person_of(jobs_world_phone_of(w, who));

    if (person >= 0 && (person < OPERATORS || job_crew_find(job, span_of(who)) >= 0))
        want[person]++;
}

static void expect_all(int want[PEOPLE], const struct job_person *people, int count)
{
    for (int i = 0; i < count; i++)
        want[person_of(people[i].phone)]++;
}

static void expect_by(const struct world *w, int want[PEOPLE], enum job_cause cause,
                      const struct job *was, const struct job *now)
{
    if (cause == JOB_ASSIGN || (cause == JOB_CANCEL && was->state != JOB_PENDING))
        expect_all(want, now->crew, now->crew_count);
    if (cause == JOB_CANCEL && holder(now)[0] && holder(now)[0] != '+')
        expect(w, want, now, holder(now));
    if (cause == JOB_COMPLETE || (cause == JOB_CANCEL && was->state == JOB_IN_PROGRESS))
        expect_all(want, now->stakeholders, now->stakeholder_count);
    if (cause != JOB_HAND_OVER)
        return;
    expect(w, want, now, now->handed_to);
    if (strcmp(holder(was), now->handed_to) != 0)
        expect(w, want, now, holder(was));
}

/* The crew was edited, and nothing else tells them of it: whoever is new may take it, whoever is
 * on it no more has lost it. */
static bool is_recrewed(const struct job *now, const struct tally *t)
{
    return t->edited && !t->move_count &&
           (now->state == JOB_ASSIGNED || now->state == JOB_IN_PROGRESS);
}

static void expect_edited(int want[PEOPLE], const struct job *was, const struct job *now)
{
    for (int i = 0; !holder(now)[0] && i < now->crew_count; i++)
        if (job_crew_find(was, span_of(now->crew[i].phone)) < 0)
            want[person_of(now->crew[i].phone)]++;
    for (int i = 0; now->crew_count && i < was->crew_count; i++)
        if (job_crew_find(now, span_of(was->crew[i].phone)) < 0)
            want[person_of(was->crew[i].phone)]++;
}

/* Each once, and whoever said STOP not at all: that is on record in place of it. */
static void check_told(const struct world *w, const struct event *e, const struct facts *f,
                       const struct job *was, const struct job *now, const struct tally *t)
{
    int want[PEOPLE] = {0}, refused = 0;

    expect_by(w, want, cause_of(t), was, now);
    if (is_recrewed(now, t))
        expect_edited(want, was, now);
    for (int i = 0; i < PEOPLE; i++) {
        const bool out = is_out(w, f, jobs_world_phone(i));
        MUST(!out || !t->told[i], "%s said STOP and is told of job %s", jobs_world_phone(i),
             now->job_id);
        refused += out ? want[i] : 0;
        MUST(t->told[i] == (out ? 0 : want[i]), "%s is told %d times of job %s (%s), not %d",
             jobs_world_phone(i), t->told[i], now->job_id, cause_words(cause_of(t)), want[i]);
    }
    if (e->kind == EVENT_TEXT) /* his word is answered too */
        refused += is_out(w, f, arena_text(f->arena, e->from));
    if (t->move_count)
        MUST(t->not_told == refused, "%d people were not told of job %s, %d are on record", refused,
             now->job_id, t->not_told);
}

/* ---- exceptions ---- */

static bool is_new_one_lost(const struct world *w, const struct facts *f, const struct job *was,
                            const struct job *now)
{
    for (int i = 0; !holder(now)[0] && i < now->crew_count; i++)
        if (job_crew_find(was, span_of(now->crew[i].phone)) < 0 && is_out(w, f, now->crew[i].phone))
            return true;
    return false;
}

static bool is_lost_crew(const struct world *w, const struct facts *f, enum job_cause cause,
                         const struct job *now)
{
    if (cause == JOB_HAND_OVER)
        return is_out(w, f, jobs_world_phone_of(w, now->handed_to));
    for (int i = 0; cause == JOB_ASSIGN && i < now->crew_count; i++)
        if (is_out(w, f, now->crew[i].phone))
            return true;
    return false;
}

/* Somebody hears these words now, or whoever comes on duty. */
static bool is_heard(const struct world *w, const struct facts *f, const struct fact *from,
                     const struct job *job)
{
    const struct span words = span_of(arena_printf(f->arena, "Job %s", job->job_id));
    const struct thread *t = row_of(w, f, FACT_THREAD, job->thread, (struct span){0});
    const struct relay *r =
        t && t->relay ? row_of(w, f, FACT_RELAY, t->relay, (struct span){0}) : NULL;

    MUST(r, "job %s: nothing was raised", job->job_id);
    if ((r->state == RELAY_IDLE || r->state == RELAY_OPEN) && r->body.size &&
        memmem(r->body.data, r->body.size, words.data, words.size))
        return true;
    for (const struct fact *fact = from ? from->next : f->first; fact; fact = fact->next) {
        const struct message *m =
            fact->kind == FACT_MESSAGE && fact->fresh && !fact->same ? fact->message : NULL;
        if (m && person_of(m->to) < OPERATORS && m->relay == r->id && m->body.size &&
            memmem(m->body.data, m->body.size, words.data, words.size))
            return true;
    }
    return false;
}

static void check_raised(struct world *w, const struct facts *f, const struct fact *from,
                         const struct job *was, const struct job *now, const struct tally *t,
                         const struct event *e)
{
    const enum job_cause cause = cause_of(t);
    const bool by_clock = e->kind == EVENT_TIMER && e->timer.kind == TIMER_JOB;
    int want = cause == JOB_GIVE_BACK || is_lost_crew(w, f, cause, now) ||
               (cause == JOB_CANCEL && was->state == JOB_IN_PROGRESS);
    int fresh = 0;

    want += is_recrewed(now, t) && is_new_one_lost(w, f, was, now);
    want += by_clock && now->version != was->version;
    if (t->move_count || t->edited || by_clock)
        MUST(t->raise_count == want, "job %s raises %d times by %s, not %d", now->job_id,
             t->raise_count, cause_words(cause), want);
    MUST(t->raise_count <= 1, "job %s raises %d times", now->job_id, t->raise_count);
    if (!t->raise_count)
        return;
    MUST(now->exception != JOB_FINE && t->raised[now->exception], "job %s notes another exception",
         now->job_id);
    for (const struct fact *fact = from ? from->next : f->first; fact; fact = fact->next)
        fresh += fact->kind == FACT_RELAY && fact->fresh && !fact->same &&
                 fact->relay->thread == now->thread;
    MUST(fresh <= 1, "one exception of job %s raises %d relays", now->job_id, fresh);
    MUST(is_heard(w, f, from, now), "nobody hears of the exception of job %s", now->job_id);
    w->raises++;
}

/* ---- one decision ---- */

static void check_change(struct world *w, const struct event *e, const struct facts *f,
                         const struct fact *from, const struct job *was, const struct job *now,
                         const struct tally *t)
{
    const bool by_clock = e->kind == EVENT_TIMER && e->timer.kind == TIMER_JOB;
    const int lost = t->raised[JOB_CREW_UNREACHABLE] && !t->move_count && !t->edited;
    const int changes = t->edited + t->move_count + lost + (by_clock && t->raise_count);

    MUST(now->version == was->version + changes, "job %s goes from version %d to %d by %d changes",
         now->job_id, (int)was->version, (int)now->version, changes);
    if (changes == 0) {
        struct job calm = *now;
        calm.due_ms = was->due_ms; /* of a clock that has fired and tells nothing */
        MUST(memcmp(&calm, was, sizeof calm) == 0 && t->told_count == 0 && !t->raise_count,
             "job %s changes unsaid by %s", now->job_id, event_kind_name(e->kind));
        return;
    }
    check_move(was, now, t);
    check_who(w, e, f, was, now, t);
    check_told(w, e, f, was, now, t);
    check_raised(w, f, from, was, now, t, e);
    w->moves += (uint64_t)t->move_count;
    w->tellings += (uint64_t)t->told_count;
}

static void check_new(const struct world *w, const struct event *e, const struct facts *f,
                      const struct job *now, const struct tally *t)
{
    struct job was = *now;

    MUST(t->created == 1 && now->version == 1 && t->edited == 0, "job %s is made unsaid",
         now->job_id);
    MUST(t->moves[JOB_ASSIGN] == (now->state == JOB_ASSIGNED) &&
             t->move_count == t->moves[JOB_ASSIGN],
         "a new job %s moves", now->job_id);
    was.state = JOB_PENDING;
    check_told(w, e, f, &was, now, t);
    MUST(t->raise_count == is_lost_crew(w, f, cause_of(t), now), "a new job %s raises %d times",
         now->job_id, t->raise_count);
}

static bool is_listed(const struct job_list *list, int64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->ids[i] == id)
            return true;
    return false;
}

/* A list that this batch has looked at has every active job of its number, once. */
static void check_lists(const struct world *w, const struct facts *f)
{
    for (const struct fact *fact = f->first; fact; fact = fact->next) {
        if ((fact->kind != FACT_CUSTOMER_JOBS && fact->kind != FACT_CREW_JOBS) ||
            fact->state != FACT_PRESENT)
            continue;
        for (int i = 0; i < w->job_count; i++) {
            const struct job *job = &w->now[i];
            const bool his = fact->kind == FACT_CREW_JOBS ? job_crew_find(job, fact->key) >= 0
                                                          : span_is_text(fact->key, job->customer);
            if (his && !job_is_over(job))
                MUST(is_listed(fact->jobs, job->id), "job %s is not among the %s jobs of %.*s",
                     job->job_id, fact->kind == FACT_CREW_JOBS ? "crew's" : "customer's",
                     SPAN_ARG(fact->key));
        }
    }
}

static const struct job *best_of(const struct world *w, struct span customer)
{
    const struct job *best = NULL;

    for (int i = 0; i < w->job_count; i++) {
        const struct job *job = &w->now[i];
        if (job_is_over(job) || !span_is_text(customer, job->customer))
            continue;
        if (!best || job->priority > best->priority ||
            (job->priority == best->priority && job->id > best->id))
            best = job;
    }
    return best;
}

/* A customer's text or call finds his own job. */
static void check_found(const struct world *w, const struct event *e, const struct facts *f,
                        const struct fact *from)
{
    const struct job *best = best_of(w, e->from);

    if (!best || (e->kind != EVENT_TEXT && e->kind != EVENT_CALL))
        return;
    for (const struct fact *fact = from ? from->next : f->first; fact; fact = fact->next) {
        if (!fact->fresh || fact->same)
            continue;
        if (fact->kind == FACT_MESSAGE && fact->message->direction == DIRECTION_IN)
            MUST(strcmp(fact->message->job, best->job_id) == 0,
                 "a text of %.*s is about job %s, not %s", SPAN_ARG(e->from), fact->message->job,
                 best->job_id);
        if (fact->kind == FACT_CASCADE)
            MUST(strcmp(fact->cascade->job, best->job_id) == 0,
                 "a call of %.*s is about job %s, not %s", SPAN_ARG(e->from), fact->cascade->job,
                 best->job_id);
    }
}

void jobs_checks_event(struct world *w, const struct event *e, const struct answer *answer,
                       struct facts *f, const struct fact *from, struct appended *added)
{
    scene_say(&w->scene, "  %s %s %.*s by %.*s%.*s to %.*s '%.*s' -> %.*s",
              event_kind_name(e->kind),
              e->kind == EVENT_JOB || e->kind == EVENT_LINK ? cause_words(e->job_cause)
              : e->kind == EVENT_TIMER                      ? timer_kind_name(e->timer.kind)
                                                            : "",
              SPAN_ARG(e->job), SPAN_ARG(e->by), SPAN_ARG(e->from), SPAN_ARG(e->to),
              SPAN_ARG(e->body), SPAN_ARG(answer->words));
    if (e->kind == EVENT_TEXT && span_is_text(e->body, "STOP") && e->from.data[9] != '1')
        MUST(is_out(w, f, arena_text(f->arena, e->from)), "a STOP is not heard");
    check_found(w, e, f, from);
    for (const struct fact *fact = f->first; fact; fact = fact->next) {
        if (fact->kind != FACT_JOB || fact->state != FACT_PRESENT || fact->same)
            continue;
        const struct job *now = fact->job;
        struct job *was = jobs_world_job(w, now->id);
        const struct tally t = tally_of(now, f, from, added);
        if (was) {
            check_change(w, e, f, from, was, now, &t);
        } else {
            MUST(fact->fresh && w->job_count < JOBS, "job %s comes from nowhere", now->job_id);
            check_new(w, e, f, now, &t);
            was = &w->now[w->job_count++];
        }
        memcpy(was, now, sizeof *was);
        scene_say(&w->scene, "    job %s is %s, version %d, of '%s', out %d told %d", now->job_id,
                  job_state_name(now->state), (int)now->version, holder(now), t.raise_count,
                  t.told_count);
    }
    check_lists(w, f);
}

/* ---- commits ---- */

/* When its clock must fire, or must have fired; 0: it has none. */
static int64_t due_of(const struct job *job)
{
    const int64_t since_ms = job->handed_ms > job->assigned_ms ? job->handed_ms : job->assigned_ms;

    if (job->state == JOB_ASSIGNED && !job->claimed_by[0] && job->claim_s)
        return since_ms + (int64_t)job->claim_s * S;
    if (job->state == JOB_IN_PROGRESS && job->progress_s)
        return job->started_ms + (int64_t)job->progress_s * S;
    return 0;
}

void jobs_checks_commit(struct world *w)
{
    for (int i = 0; i < w->job_count; i++) {
        const struct job *job = &w->now[i];
        const int64_t due_ms = due_of(job);
        MUST(model_store_timers_of(&w->scene.store, TIMER_JOB, job->id) == (job->due_ms ? 1 : 0),
             "job %s has %zu clocks", job->job_id,
             model_store_timers_of(&w->scene.store, TIMER_JOB, job->id));
        MUST(!job->due_ms ||
                 model_store_has_timer(&w->scene.store, TIMER_JOB, job->id, job->due_ms),
             "job %s has another's clock", job->job_id);
        MUST(job->due_ms == (due_ms > w->scene.now_ms ? due_ms : 0) || job->due_ms == due_ms ||
                 (due_ms && due_ms <= w->scene.now_ms && job->due_ms <= w->scene.now_ms),
             "job %s, %s: its clock is not its state's", job->job_id, job_state_name(job->state));
    }
}

/* ---- the end ---- */

void jobs_checks_end(struct world *w)
{
    MUST(w->scene.store.queued == 0, "a text never left");
    for (const struct store_row *r = w->scene.store.first[FACT_RELAY]; r; r = r->next) {
        const struct relay *relay = r->data;
        MUST(relay->state == RELAY_TAKEN || relay->state == RELAY_EXHAUSTED, "a relay never ends");
    }
    for (const struct store_row *r = w->scene.store.first[FACT_MESSAGE]; r; r = r->next) {
        const struct message *m = r->data;
        MUST(m->kind != MESSAGE_JOB ||
                 (m->delivery != DELIVERY_QUEUED && m->delivery != DELIVERY_UNSURE),
             "nobody knows what became of a text about job %s", m->job);
    }
    for (int i = 0; i < w->job_count; i++)
        MUST(w->now[i].due_ms == 0, "the clock of job %s still runs", w->now[i].job_id);
}
