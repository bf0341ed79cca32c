#include "job/job_event.h"

#include <string.h>

#include "base/id.h"
#include "job/job_move.h"
#include "relay/tell.h"

static void refuse(const struct context *c, enum err err, const char *words)
{
    c->answer->kind = ANSWER_REFUSED;
    c->answer->error = err;
    c->answer->words = span_of(words);
}

static void done(const struct context *c, int64_t id, const char *words, int count)
{
    c->answer->kind = ANSWER_DONE;
    c->answer->id = id;
    c->answer->words = span_of(words);
    c->answer->count = count;
}

/* ---- one is moved or edited ---- */

/* Whoever came to its crew, or left it, is not told yet: a move that follows tells whom it must. */
static void edit(const struct context *c, struct job *job, const struct job_draft *draft)
{
    job_move_take(c, job, draft);
    job->version++;
    job->changed_ms = c->facts->now_ms;
    facts_touch(c->facts, FACT_JOB, job);
    job_move_clock(c, job);
    context_log(c, "job.edited", 0, job->id, NULL,
                arena_printf(c->facts->arena, "by %s: %.*s", job_way_name(c->event->job_way),
                             SPAN_ARG(c->event->by)));
}

static bool has_fields(const struct job_draft *draft)
{
    return draft && (draft->given & ~(1u << JOB_FIELD_STATE | 1u << JOB_FIELD_ID)) != 0;
}

static struct job_act act_of(const struct event *e, const struct job *job)
{
    struct job_act act = {
        .cause = e->job_cause, .way = e->job_way, .by = e->by, .to = e->to, .note = e->body};

    if (act.cause == JOB_CAUSES && e->drafts && e->drafts->given & 1u << JOB_FIELD_STATE)
        act.cause = job_states_way_to(job->state, e->drafts->job.state);
    return act;
}

enum err job_event_move(const struct context *c)
{
    const struct event *e = c->event;
    struct job *job = facts_job(c->facts, e->tenant, e->job);

    if (c->facts->short_of)
        return ERR_BUSY;
    if (!job) {
        refuse(c, ERR_NOT_FOUND, "job: there is none with this id");
        return ERR_NONE;
    }
    /* What it will be: whoever is told is whoever stands on it then. */
    struct job after = *job;
    if (e->drafts)
        job_move_take(c, &after, e->drafts);
    job_move_gather(c, job);
    job_move_gather(c, &after);
    if (c->facts->short_of)
        return ERR_BUSY;
    const struct job_act act = act_of(e, job);
    const char *why = act.cause < JOB_CAUSES ? job_move_hindrance(c, &after, &act) : NULL;
    if (e->version && e->version != job->version)
        why = arena_printf(c->facts->arena, "version: it has changed since, and is at %d now",
                           (int)job->version);
    if (why) {
        refuse(c, ERR_CONFLICT, why);
        c->answer->is_stale = e->version && e->version != job->version;
        return ERR_NONE;
    }
    const struct job before = *job;
    if (has_fields(e->drafts))
        edit(c, job, e->drafts);
    const bool kept = act.cause < JOB_CAUSES && job_move_make(c, job, &act) == JOB_KEEP;
    if (has_fields(e->drafts) && (kept || act.cause == JOB_CAUSES))
        job_move_tell_crew(c, job, &before);
    done(c, job->id, kept ? "was so already" : "done", 1);
    return ERR_NONE;
}

/* ---- jobs are made ---- */

static struct job fresh_job(const struct context *c, const struct job_draft *draft)
{
    struct job job = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = c->event->tenant,
        .priority = JOB_NORMAL,
        .claim_s = JOB_CLAIM_SECONDS,
        .created_ms = c->facts->now_ms,
        .changed_ms = c->facts->now_ms,
        .version = 1,
    };
    char id[ID_TEXT_SIZE + 1];

    job_take(&job, draft);
    if (draft->given & 1u << JOB_FIELD_STATE)
        job.state = draft->job.state;
    id_render(job.id, id);
    CONTEXT_SET(job.job_id,
                draft->given & 1u << JOB_FIELD_ID ? span_of(draft->job.job_id) : span_of(id));
    CONTEXT_SET(job.created_by, c->event->by);
    job.title = arena_copy(c->facts->arena, job.title);
    job.notes = arena_copy(c->facts->arena, job.notes);
    job.address = arena_copy(c->facts->arena, job.address);
    /* One that is imported at work has been so for an unknown time. */
    if (job.state == JOB_ASSIGNED || job.state == JOB_IN_PROGRESS)
        job.assigned_ms = job.created_ms;
    if (job.state == JOB_IN_PROGRESS)
        job.started_ms = job.created_ms;
    if (job.state == JOB_COMPLETED)
        job.completed_ms = job.created_ms;
    if (job.state == JOB_CANCELLED)
        job.cancelled_ms = job.created_ms;
    return job;
}

static struct job *job_of(const struct context *c, const struct job_draft *draft)
{
    if (!(draft->given & 1u << JOB_FIELD_ID))
        return NULL;
    return facts_job(c->facts, c->event->tenant, span_of(draft->job.job_id));
}

/* True when all is there. */
static bool gather_drafts(const struct context *c)
{
    const struct event *e = c->event;

    for (size_t i = 0; i < e->draft_count; i++) {
        const struct job *job = job_of(c, &e->drafts[i]);
        struct job after = job ? *job : e->drafts[i].job;
        if (job) {
            job_move_take(c, &after, &e->drafts[i]);
            job_move_gather(c, job);
        }
        job_move_gather(c, &after);
    }
    /* The second of several joins what the first has raised: anybody may be told of it. */
    for (int i = 0; e->draft_count > 1 && i < c->roster->operator_count; i++)
        tell_gather(c, c->roster->operators[i].id);
    return !c->facts->short_of;
}

/* Whether one refuses the whole; the answer says why. */
static bool refuse_drafts(const struct context *c)
{
    const struct event *e = c->event;

    for (size_t i = 0; i < e->draft_count; i++) {
        const struct job_draft *d = &e->drafts[i];
        if (e->import == JOB_IMPORT_ALL && job_of(c, d)) {
            refuse(c, ERR_CONFLICT,
                   d->line > 0
                       ? arena_printf(c->facts->arena, "job_id: line %d: there is a job %s already",
                                      (int)d->line, d->job.job_id)
                       : arena_printf(c->facts->arena, "job_id: there is a job %s already",
                                      d->job.job_id));
            return true;
        }
    }
    return false;
}

static bool differs(const struct job *job, const struct job_draft *draft)
{
    struct job after = *job;

    job_take(&after, draft);
    if (!span_is(after.title, job->title) || !span_is(after.notes, job->notes) ||
        !span_is(after.address, job->address))
        return true;
    after.title = job->title;
    after.notes = job->notes;
    after.address = job->address;
    return memcmp(&after, job, sizeof after) != 0;
}

static int take_draft(const struct context *c, const struct job_draft *draft, int64_t *out_id)
{
    struct job *job = job_of(c, draft);
    const struct job_act act = {.cause = JOB_ASSIGN, .way = c->event->job_way, .by = c->event->by};

    if (job && (c->event->import != JOB_IMPORT_SYNC || !differs(job, draft)))
        return 0;
    if (job) {
        const struct job before = *job;
        edit(c, job, draft);
        job_move_tell_crew(c, job, &before);
    } else {
        const struct job fresh = fresh_job(c, draft);
        job = facts_add_job(c->facts, &fresh);
        job_move_begin(c, job, &act);
    }
    *out_id = job->id;
    return 1;
}

enum err job_event_import(const struct context *c)
{
    const struct event *e = c->event;
    int64_t id = 0;
    int count = 0;

    if (!gather_drafts(c))
        return ERR_BUSY;
    if (refuse_drafts(c))
        return ERR_NONE;
    for (size_t i = 0; i < e->draft_count; i++)
        count += take_draft(c, &e->drafts[i], &id);
    done(c, id, arena_printf(c->facts->arena, "%d made or changed", count), count);
    return ERR_NONE;
}

/* ---- clocks and texts ---- */

enum err job_event_timer(const struct context *c)
{
    const struct timer *timer = &c->event->timer;
    struct job *job = facts_job_by_id(c->facts, timer->tenant, timer->subject);

    if (job)
        job_move_gather(c, job);
    if (c->facts->short_of)
        return ERR_BUSY;
    if (timer->due_ms > c->facts->now_ms)
        return ERR_NONE; /* early: its row stays */
    if (job && job->due_ms == timer->due_ms) {
        const struct job_act act = {.cause = job->state == JOB_ASSIGNED ? JOB_NOT_CLAIMED
                                                                        : JOB_NO_PROGRESS,
                                    .way = JOB_BY_CLOCK};
        job->due_ms = 0;
        facts_touch(c->facts, FACT_JOB, job);
        (void)job_move_make(c, job, &act);
    }
    struct timer gone = *timer;
    gone.gone = true;
    facts_put_timer(c->facts, &gone);
    return ERR_NONE;
}

struct job *job_event_gather(const struct context *c, const struct message *m)
{
    if (!m || m->kind != MESSAGE_JOB || !m->job[0])
        return NULL;
    struct job *job = facts_job(c->facts, m->tenant, span_of(m->job));
    if (job)
        job_move_gather(c, job);
    return job;
}

static void lost(const struct context *c, struct job *job, const struct message *m)
{
    const int o = roster_operator_by_phone(c->roster, span_of(m->to));
    const struct span id = o >= 0 ? span_of(c->roster->operators[o].id) : (struct span){0};

    if (job_crew_find(job, span_of(m->to)) >= 0)
        job_move_lost(c, job, span_of(m->to));
    else if (id.size && (span_is_text(id, job->handed_to) || span_is_text(id, job->claimed_by)))
        job_move_lost(c, job, id);
}

void job_event_fate(const struct context *c, struct message *m, struct relay *r, struct job *job,
                    const struct fate *fate)
{
    const enum delivery before = m->delivery;

    fate_apply(c, m, r, fate);
    if (job && before != m->delivery && fate_is_lost(m->delivery))
        lost(c, job, m);
}

struct span job_event_of_customer(const struct context *c, struct span number)
{
    const struct job_list *list =
        facts_jobs(c->facts, FACT_CUSTOMER_JOBS, c->event->tenant, number);
    const struct job *best = NULL;

    for (size_t i = 0; list && i < list->count; i++) {
        const struct job *job = facts_job_by_id(c->facts, c->event->tenant, list->ids[i]);
        if (!job || job_is_over(job) || !span_is_text(number, job->customer))
            continue;
        if (!best || job->priority > best->priority ||
            (job->priority == best->priority && job->id > best->id))
            best = job;
    }
    return best ? span_of(best->job_id) : (struct span){0};
}
