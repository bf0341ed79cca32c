#include "job/job_crew.h"

#include <string.h>

#include "base/buf.h"
#include "job/job_move.h"
#include "relay/consent.h"
#include "relay/outgoing.h"
#include "relay/tell.h"
#include "rules/job_right.h"
#include "rules/party.h"

enum { LIST_MAX = 200, IDS_LISTED = 8 };

/* ---- which jobs are his ---- */

static bool may_be_crew(const struct context *c)
{
    const struct span from = c->event->from;

    return c->roster && party_is_number(from) && roster_operator_by_phone(c->roster, from) < 0 &&
           !roster_line(c->roster, from);
}

/* The latest first, whatever of them this batch has made. */
static void sort_in(struct job *out[JOB_LIST], size_t count, struct job *job)
{
    for (; count > 0 && out[count - 1]->id < job->id; count--)
        out[count] = out[count - 1];
    out[count] = job;
}

static size_t active_jobs(const struct context *c, struct job *out[JOB_LIST])
{
    const int32_t tenant = c->event->tenant;
    const struct job_list *list = facts_jobs(c->facts, FACT_CREW_JOBS, tenant, c->event->from);
    size_t count = 0;

    for (size_t i = 0; list && i < list->count && count < JOB_LIST; i++) {
        struct job *job = facts_job_by_id(c->facts, tenant, list->ids[i]);
        if (job && !job_is_over(job) && job_crew_find(job, c->event->from) >= 0)
            sort_in(out, count++, job);
    }
    return count;
}

static bool is_with_other(const struct job *job, struct span phone)
{
    const char *holder = job->claimed_by[0] ? job->claimed_by : job->handed_to;

    return holder[0] && !span_is_text(phone, holder);
}

/* The higher, the likelier it is the one that he means: what he works at, what he has, what he
 * may take, what somebody else has; of these the most urgent. */
static int rank(const struct job *job, struct span phone)
{
    int place = 1;

    if (is_with_other(job, phone))
        place = 0;
    else if (job->claimed_by[0] || job->handed_to[0])
        place = 2;
    return (place * JOB_STATES + (int)job->state) * JOB_PRIORITIES + (int)job->priority;
}

static struct job *likeliest(struct job *const *jobs, size_t count, struct span phone)
{
    struct job *best = NULL;

    for (size_t i = 0; i < count; i++) {
        const int more = best ? rank(jobs[i], phone) - rank(best, phone) : 1;
        if (more > 0 || (more == 0 && jobs[i]->id > best->id))
            best = jobs[i];
    }
    return best;
}

/* The one that an open thread with him is about. */
static struct job *talked_about(const struct context *c, struct job *const *jobs, size_t count)
{
    const struct event *e = c->event;
    const struct thread *t = facts_thread(c->facts, e->tenant, e->to, party_key(e->from));

    for (size_t i = 0; t && !t->closed && i < count; i++)
        if (strcmp(t->job, jobs[i]->job_id) == 0)
            return jobs[i];
    return NULL;
}

struct span job_crew_about(const struct context *c)
{
    const struct event *e = c->event;
    struct job *jobs[JOB_LIST];
    const size_t count = may_be_crew(c) ? active_jobs(c, jobs) : 0;

    if (count == 0)
        return (struct span){0};
    const int named = e->kind == EVENT_TEXT
                          ? job_text_about(e->body, (const struct job *const *)jobs, count)
                          : -1;
    const struct job *job = named >= 0 ? jobs[named] : talked_about(c, jobs, count);
    if (!job)
        job = likeliest(jobs, count, e->from);
    return span_of(job->job_id);
}

/* ---- words ---- */

/* A word may come twice: then the job that it ended is the one that his thread is about. */
static size_t last_job(const struct context *c, struct job *out[JOB_LIST])
{
    const struct event *e = c->event;
    const struct thread *t = facts_thread(c->facts, e->tenant, e->to, party_key(e->from));
    struct job *job = t && t->job[0] ? facts_job(c->facts, e->tenant, span_of(t->job)) : NULL;

    if (!job || job_crew_find(job, e->from) < 0)
        return 0;
    out[0] = job;
    return 1;
}

/* Without a name it is the only one that is not somebody else's. */
static struct job *meant(const struct job_crew_ask *ask, struct span phone)
{
    struct job *only = NULL;

    if (ask->text.job >= 0)
        return ask->jobs[ask->text.job];
    if (ask->text.name.size)
        return NULL;
    if (ask->count == 1)
        return ask->jobs[0];
    for (size_t i = 0; i < ask->count; i++) {
        if (is_with_other(ask->jobs[i], phone))
            continue;
        if (only)
            return NULL;
        only = ask->jobs[i];
    }
    return only;
}

bool job_crew_read(const struct context *c, struct job_crew_ask *out)
{
    const struct event *e = c->event;

    memset(out, 0, sizeof *out);
    if (!may_be_crew(c))
        return false;
    out->count = active_jobs(c, out->jobs);
    if (out->count == 0)
        out->count = last_job(c, out->jobs);
    if (c->facts->short_of || out->count == 0)
        return false;
    out->text = job_text_read(e->body, (const struct job *const *)out->jobs, out->count);
    if (out->text.kind == JOB_TEXT_NONE)
        return false;
    out->job = meant(out, e->from);
    consent_gather(c, e->to, e->from);
    if (out->job)
        job_move_gather(c, out->job);
    return true;
}

static struct span language_of(const struct job *job, struct span phone)
{
    const int i = job_crew_find(job, phone);
    const char *own = i >= 0 ? job->crew[i].language : "";

    return span_of(own[0] ? own : job->language);
}

static struct span ids_of(const struct context *c, const struct job_crew_ask *ask)
{
    struct buf out = buf_in(c->facts->arena, IDS_LISTED * (JOB_SIZE + 2) + LIST_MAX);

    for (size_t i = 0; i < ask->count && i < IDS_LISTED; i++)
        buf_printf(&out, "%s%s", i ? ", " : "", ask->jobs[i]->job_id);
    if (ask->count > IDS_LISTED)
        buf_printf(&out, ", ...");
    return buf_span(&out);
}

/* The words that would do something now. */
static struct span possible(const struct context *c, const struct job *job, struct span language)
{
    static const enum job_cause causes[] = {JOB_CLAIM, JOB_START, JOB_COMPLETE, JOB_GIVE_BACK};
    struct buf out = buf_in(c->facts->arena, LIST_MAX);
    char phone[LIMIT_NUMBER_SIZE];

    CONTEXT_SET(phone, c->event->from);
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (!job_right_hindrance(job, phone, causes[i]))
            buf_printf(&out, "%s%.*s", out.size ? ", " : "",
                       SPAN_ARG(job_text_word(language, causes[i])));
    return buf_span(&out);
}

static enum job_reply reply_of(enum job_cause cause)
{
    if (cause == JOB_CLAIM)
        return JOB_REPLY_CLAIMED;
    if (cause == JOB_START)
        return JOB_REPLY_BEGUN;
    return cause == JOB_COMPLETE ? JOB_REPLY_COMPLETED : JOB_REPLY_GIVEN_BACK;
}

/* Why his word does nothing, into *says; false when it may act. */
static bool is_hindered(const struct context *c, const struct job *job, struct job_says *says)
{
    const char *holder = job->claimed_by[0] ? job->claimed_by : job->handed_to;
    const struct job_act act = {.cause = says->cause, .way = JOB_BY_TEXT, .by = c->event->from};
    char phone[LIMIT_NUMBER_SIZE];

    CONTEXT_SET(phone, c->event->from);
    if (job_is_over(job)) {
        says->reply = JOB_REPLY_OVER;
        return job->state != JOB_COMPLETED || says->cause != JOB_COMPLETE;
    }
    if (job_right_of(job, c->roster, phone, c->facts->now_ms) != JOB_RIGHT_ACTS) {
        says->reply = JOB_REPLY_WITH;
        says->name = job_right_name(job, c->roster, holder);
        return true;
    }
    const char *why = job_right_hindrance(job, phone, says->cause);
    if (why && !why[0]) /* it has been done: as good as done now */
        return false;
    if (!why && !job_move_hindrance(c, job, &act))
        return false;
    says->reply = JOB_REPLY_NOT_NOW;
    says->list = possible(c, job, says->language);
    return true;
}

static void move(const struct context *c, struct job *job, struct job_says *says)
{
    const struct job_act act = {.cause = says->cause, .way = JOB_BY_TEXT, .by = c->event->from};

    if (is_hindered(c, job, says))
        return;
    says->reply = reply_of(says->cause);
    if (!job_is_over(job)) /* else it was so already */
        (void)job_move_make(c, job, &act);
}

static void say(const struct context *c, const struct job_says *says, const struct thread *t)
{
    const struct event *e = c->event;
    const struct consent *consent = facts_consent(c->facts, e->tenant, e->to, e->from);

    if (consent && consent->is_out) {
        context_log(c, "job.not-told", t->id, says->job ? says->job->id : 0, NULL,
                    arena_printf(c->facts->arena, "%s: has said STOP to the line", t->customer));
        return;
    }
    const struct outgoing text = {
        .kind = MESSAGE_CUSTOMER,
        .class = OUTBOX_NORMAL,
        .line = t->line,
        .to = t->customer,
        .body = job_text_answer(c->facts->arena, says),
        .origin = ORIGIN_SYSTEM,
        .thread = t->id,
        .customer = t->customer,
        .job = says->job ? says->job->job_id : NULL,
    };
    outgoing_text(c, &text);
}

void job_crew_act(const struct context *c, const struct job_crew_ask *ask, const struct thread *t)
{
    const struct job_text *text = &ask->text;
    struct job_says says = {.job = ask->job, .cause = text->cause};

    says.language = language_of(ask->job ? ask->job : ask->jobs[0], c->event->from);
    says.list = ids_of(c, ask);
    says.name = text->name;
    if (text->kind == JOB_TEXT_START)
        says.reply = JOB_REPLY_NOT_WORD;
    else if (!ask->job)
        says.reply = text->name.size ? JOB_REPLY_UNKNOWN : JOB_REPLY_WHICH;
    else
        move(c, ask->job, &says);
    say(c, &says, t);
}

/* ---- STOP ---- */

/* Who is needed is whoever may still be told of it: of a job that others have he is not. */
static bool needs_him(const struct context *c, const struct job *job)
{
    return job->state != JOB_PENDING && !is_with_other(job, c->event->from);
}

void job_crew_stop_gather(const struct context *c)
{
    struct job *jobs[JOB_LIST];
    const size_t count = may_be_crew(c) ? active_jobs(c, jobs) : 0;
    bool any = false;

    for (size_t i = 0; i < count; i++)
        if (needs_him(c, jobs[i])) {
            job_move_gather(c, jobs[i]);
            any = true;
        }
    /* The second of several joins what the first has raised: anybody may be told of it. */
    for (int i = 0; any && i < c->roster->operator_count; i++)
        tell_gather(c, c->roster->operators[i].id);
}

bool job_crew_stop(const struct context *c)
{
    struct job *jobs[JOB_LIST];
    const size_t count = may_be_crew(c) ? active_jobs(c, jobs) : 0;
    bool any = false;

    for (size_t i = 0; i < count; i++)
        if (needs_him(c, jobs[i]) && jobs[i]->exception != JOB_CREW_UNREACHABLE) {
            job_move_lost(c, jobs[i], c->event->from);
            any = true;
        }
    return any;
}
