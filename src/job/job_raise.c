#include "job/job_raise.h"

#include <string.h>

#include "job/job_tell.h"
#include "relay/relay.h"
#include "rules/party.h"

/* With whom the thread is, in which the job's exceptions are told. */
static struct span party_of(const struct context *c, const struct job *job, const struct line *line,
                            struct thread **out)
{
    const char *first = job->crew_count ? job->crew[0].phone : "";
    const char *crew = job_crew_find(job, span_of(job->claimed_by)) >= 0 ? job->claimed_by : first;
    const struct span customer = span_of(job->customer);

    *out = customer.size ? facts_thread(c->facts, c->event->tenant, span_of(line->number), customer)
                         : NULL;
    if (*out || !crew[0])
        return customer.size ? customer
                             : span_of(arena_printf(c->facts->arena, "job %s", job->job_id));
    *out = facts_thread(c->facts, c->event->tenant, span_of(line->number), span_of(crew));
    return span_of(crew);
}

static struct relay_news news_of(const struct context *c, const struct job *job,
                                 const struct line *line, struct span body)
{
    struct relay_news news = {
        .line = line,
        .kind = RELAY_JOB,
        .job = span_of(job->job_id),
        .body = body,
    };

    news.customer = party_of(c, job, line, &news.thread);
    return news;
}

static void gather_of(const struct context *c, const struct job *job, const struct line *line)
{
    struct relay_news news = news_of(c, job, line, (struct span){0});

    if (!c->facts->short_of)
        (void)relay_prepare(c, &news);
}

void job_raise_gather(const struct context *c, const struct job *job)
{
    const struct line *line = job_tell_line(c, job);

    if (!line)
        return;
    gather_of(c, job, line);
    if (!job->claimed_by[0])
        return;
    /* The move may take it from who has it before it is told: then it is the first one's. */
    struct job open = *job;
    open.claimed_by[0] = 0;
    gather_of(c, &open, line);
}

void job_raise(const struct context *c, struct job *job, enum job_exception exception,
               struct span who)
{
    static const char *const kinds[JOB_EXCEPTIONS] = {
        "job.fine",        "job.not-claimed",       "job.gave-up",
        "job.no-progress", "job.cancelled-at-work", "job.unreachable"};
    const struct line *line = job_tell_line(c, job);
    const char *detail = job_exception_name(exception);

    if (who.size)
        detail = arena_printf(c->facts->arena, "%s: %.*s", detail, SPAN_ARG(who));
    job->exception = exception;
    facts_touch(c->facts, FACT_JOB, job);
    if (line) {
        struct relay_news news =
            news_of(c, job, line, job_words_exception(c->facts->arena, exception, job, who));
        if (relay_prepare(c, &news)) {
            news.thread =
                context_thread(c, news.thread, span_of(line->number), news.customer, news.job);
            job->thread = news.thread->id;
            (void)relay_raise(c, &news);
            context_log(c, kinds[exception], job->thread, job->id, NULL, detail);
            return;
        }
    }
    context_alarm(c, kinds[exception], 0, job->id, detail);
}
