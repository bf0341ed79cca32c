#include "job/job_tell.h"

#include "base/buf.h"
#include "model/wall.h"
#include "relay/consent.h"
#include "relay/outgoing.h"

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
/* Until the job ends or goes to somebody else, and then a week: by then nobody looks any more. */
static const int64_t link_lives_ms = INT64_C(400) * 24 * 3600 * 1000;

const struct line *job_tell_line(const struct context *c, const struct job *job)
{
    const struct line *own = job->line[0] ? roster_line(c->roster, span_of(job->line)) : NULL;

    if (own)
        return own;
    return c->roster->line_count ? &c->roster->lines[0] : NULL;
}

void job_tell_gather(const struct context *c, const struct job *job)
{
    const struct line *line = job_tell_line(c, job);

    for (int i = 0; line && i < job->crew_count; i++)
        consent_gather(c, span_of(line->number), span_of(job->crew[i].phone));
    for (int i = 0; line && i < job->stakeholder_count; i++)
        consent_gather(c, span_of(line->number), span_of(job->stakeholders[i].phone));
    for (int i = 0; line && i < c->roster->operator_count; i++)
        if (span_is_text(span_of(job->claimed_by), c->roster->operators[i].id) ||
            span_is_text(span_of(job->handed_to), c->roster->operators[i].id) ||
            span_is_text(c->event->to, c->roster->operators[i].id))
            consent_gather(c, span_of(line->number), span_of(c->roster->operators[i].phone));
}

static bool is_out(const struct context *c, const struct line *line, const char *phone)
{
    const struct consent *row =
        facts_consent(c->facts, c->event->tenant, span_of(line->number), span_of(phone));

    return row && row->is_out;
}

int job_tell_refused(const struct context *c, const struct job *job)
{
    const struct line *line = job_tell_line(c, job);

    for (int i = 0; i < job->crew_count; i++)
        if (!line || is_out(c, line, job->crew[i].phone))
            return i;
    return -1;
}

bool job_tell_is_refused(const struct context *c, const struct job *job, struct span who)
{
    const struct line *line = job_tell_line(c, job);
    const int o = roster_operator_by_id(c->roster, who), i = job_crew_find(job, who);

    if (!line || (o < 0 && i < 0))
        return true;
    return is_out(c, line, i >= 0 ? job->crew[i].phone : c->roster->operators[o].phone);
}

/* "14:05" on the business's clocks. */
static struct span clock_words(const struct context *c)
{
    const int64_t now_ms = c->facts->now_ms;
    const int64_t local_ms = c->roster->zone ? wall_time(c->roster->zone, now_ms) : now_ms;
    const int minute = (int)(local_ms % day_ms / 60000);

    return span_of(arena_printf(c->facts->arena, "%02d:%02d", minute / 60, minute % 60));
}

static struct span crew_words(const struct context *c, const struct job *job)
{
    struct buf out = buf_in(c->facts->arena, JOB_PEOPLE_BYTES);

    if (job->handed_to[0] || job->claimed_by[0]) {
        const char *who = job->claimed_by[0] ? job->claimed_by : job->handed_to;
        const struct span name = job_crew_name(job, who);
        return name.size ? name : span_of(context_name(c, who));
    }
    for (int i = 0; i < job->crew_count; i++)
        buf_printf(&out, "%s%.*s", i ? ", " : "", SPAN_ARG(job_crew_name(job, job->crew[i].phone)));
    return buf_span(&out);
}

static struct span template_of(const struct context *c, enum job_news news, struct span language)
{
    for (int i = 0; i < c->roster->message_count; i++)
        if (c->roster->messages[i].news == (int)news &&
            span_is_text(language, c->roster->messages[i].language))
            return c->roster->messages[i].words;
    return (struct span){0};
}

/* `who` is the phone or the operator's id that his link is for. */
static void tell(const struct context *c, const struct job *job, enum job_news news,
                 const struct job_person *person, const char *who)
{
    const struct line *line = job_tell_line(c, job);

    if (!line || is_out(c, line, person->phone)) {
        context_log(c, "job.not-told", 0, job->id, NULL,
                    arena_printf(c->facts->arena, "%s: %s", person->name[0] ? person->name : who,
                                 line ? "has said STOP to the line" : "there is no line"));
        return;
    }
    struct job_words w = {.news = news};
    w.language = span_of(person->language[0] ? person->language : job->language);
    w.template = template_of(c, news, w.language);
    w.values[JOB_WORD_BUSINESS] = span_of(c->roster->name);
    w.values[JOB_WORD_JOB] = span_of(job->job_id);
    w.values[JOB_WORD_TITLE] = job->title;
    w.values[JOB_WORD_CUSTOMER] = span_of(job->customer_name);
    w.values[JOB_WORD_ADDRESS] = job->address;
    w.values[JOB_WORD_CREW] = crew_words(c, job);
    w.values[JOB_WORD_TIME] = clock_words(c);
    if (job_template_needs_link(news))
        w.values[JOB_WORD_LINK] =
            outgoing_link(c, LINK_JOB, job->id, who, c->facts->now_ms + link_lives_ms);
    const struct outgoing text = {
        .kind = MESSAGE_JOB,
        .again = true, /* twice is better than never: a link acts by its job's state */
        .class = job->priority == JOB_URGENT ? OUTBOX_URGENT : OUTBOX_NORMAL,
        .line = line->number,
        .to = person->phone,
        .body = job_words_render(c->facts->arena, &w),
        .origin = ORIGIN_SYSTEM,
        .customer = job->customer,
        .job = job->job_id,
    };
    outgoing_text(c, &text);
}

void job_tell_crew(const struct context *c, const struct job *job, enum job_news news,
                   struct span only)
{
    const int o = only.size ? roster_operator_by_id(c->roster, only) : -1;

    for (int i = 0; i < job->crew_count; i++)
        if (!only.size || span_is_text(only, job->crew[i].phone))
            tell(c, job, news, &job->crew[i], job->crew[i].phone);
    if (o < 0)
        return;
    struct job_person person = {.name = ""};
    CONTEXT_SET(person.name, span_of(c->roster->operators[o].name));
    CONTEXT_SET(person.phone, span_of(c->roster->operators[o].phone));
    tell(c, job, news, &person, c->roster->operators[o].id);
}

void job_tell_stakeholders(const struct context *c, const struct job *job, enum job_news news)
{
    for (int i = 0; i < job->stakeholder_count; i++)
        tell(c, job, news, &job->stakeholders[i], job->stakeholders[i].phone);
}

void job_tell_person(const struct context *c, const struct job *job, enum job_news news,
                     const struct job_person *person)
{
    tell(c, job, news, person, person->phone);
}
