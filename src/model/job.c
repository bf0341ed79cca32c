#include "model/job.h"

#include <string.h>

#include "base/buf.h"
#include "model/named.h"

/* In the order of the enums; the store keeps these words, so a word once given stays. */
/* clang-format off */
static const char *const job_state_names[JOB_STATES] = {
    "pending", "assigned", "in-progress", "completed", "cancelled"
};
static const char *const job_priority_names[JOB_PRIORITIES] = {"low", "normal", "high", "urgent"};
static const char *const job_cause_names[JOB_CAUSES] = {
    "assign", "claim", "start", "hand over", "complete", "give back", "cancel", "reopen",
    "not claimed", "no progress"
};
static const char *const job_way_names[JOB_WAYS] = {"api", "dashboard", "link", "text", "clock"};
static const char *const job_exception_names[JOB_EXCEPTIONS] = {
    "", "not-claimed", "given-back", "no-progress", "cancelled-in-progress", "unreachable"
};
static const char *const job_field_names[JOB_FIELDS] = {
    "job_id", "state", "title", "notes", "customer_phone", "customer_name", "address", "language",
    "priority", "operator", "line", "crew", "stakeholders", "claim_seconds", "progress_seconds"
};

NAMED(job_state, JOB_STATES)
NAMED(job_priority, JOB_PRIORITIES)
NAMED(job_cause, JOB_CAUSES)
NAMED(job_way, JOB_WAYS)
NAMED(job_exception, JOB_EXCEPTIONS)
/* clang-format on */

const char *job_field_name(enum job_field v)
{
    return job_field_names[v];
}

bool job_is_over(const struct job *job)
{
    return job->state == JOB_COMPLETED || job->state == JOB_CANCELLED;
}

#define TAKE(field) memcpy(job->field, draft->job.field, sizeof job->field)

static void take_field(struct job *job, const struct job_draft *draft, enum job_field field)
{
    switch (field) {
    case JOB_FIELD_TITLE:
        job->title = draft->job.title;
        break;
    case JOB_FIELD_NOTES:
        job->notes = draft->job.notes;
        break;
    case JOB_FIELD_CUSTOMER:
        TAKE(customer);
        break;
    case JOB_FIELD_CUSTOMER_NAME:
        TAKE(customer_name);
        break;
    case JOB_FIELD_ADDRESS:
        job->address = draft->job.address;
        break;
    case JOB_FIELD_LANGUAGE:
        TAKE(language);
        break;
    case JOB_FIELD_PRIORITY:
        job->priority = draft->job.priority;
        break;
    case JOB_FIELD_OPERATOR:
        TAKE(operator_id);
        break;
    case JOB_FIELD_LINE:
        TAKE(line);
        break;
    case JOB_FIELD_CREW:
        TAKE(crew);
        job->crew_count = draft->job.crew_count;
        break;
    case JOB_FIELD_STAKEHOLDERS:
        TAKE(stakeholders);
        job->stakeholder_count = draft->job.stakeholder_count;
        break;
    case JOB_FIELD_CLAIM_SECONDS:
        job->claim_s = draft->job.claim_s;
        break;
    case JOB_FIELD_PROGRESS_SECONDS:
        job->progress_s = draft->job.progress_s;
        break;
    case JOB_FIELD_ID:
    case JOB_FIELD_STATE:
    case JOB_FIELDS:
        break;
    }
}

void job_take(struct job *job, const struct job_draft *draft)
{
    for (int field = 0; field < JOB_FIELDS; field++)
        if (draft->given & 1u << field)
            take_field(job, draft, (enum job_field)field);
}

int job_crew_find(const struct job *job, struct span phone)
{
    for (int i = 0; i < job->crew_count; i++)
        if (span_is_text(phone, job->crew[i].phone))
            return i;
    return -1;
}

struct span job_crew_name(const struct job *job, const char *who)
{
    const int i = job_crew_find(job, span_of(who));

    if (i < 0)
        return (struct span){0};
    return span_of(job->crew[i].name[0] ? job->crew[i].name : job->crew[i].phone);
}

struct span job_people_render(struct arena *arena, const struct job_person *people, size_t count)
{
    struct buf out = buf_in(arena, JOB_PEOPLE_BYTES);

    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%s%s %s %s", i ? "\n" : "", people[i].phone,
                   people[i].language[0] ? people[i].language : "-", people[i].name);
    return buf_span(&out);
}

static bool set(char *out, size_t size, struct span text)
{
    if (text.size >= size)
        return false;
    if (text.size)
        memcpy(out, text.data, text.size);
    out[text.size] = 0;
    return true;
}

bool job_people_parse(struct span text, struct job_person out[JOB_PEOPLE], uint8_t *out_count)
{
    uint8_t count = 0;

    while (text.size) {
        struct span name = span_cut(text, '\n', &text);
        const struct span phone = span_cut(name, ' ', &name);
        const struct span language = span_cut(name, ' ', &name);
        if (count == JOB_PEOPLE)
            return false;
        struct job_person *p = &out[count++];
        memset(p, 0, sizeof *p);
        if (!set(p->phone, sizeof p->phone, phone) || !set(p->name, sizeof p->name, name) ||
            (!span_is_text(language, "-") && !set(p->language, sizeof p->language, language)))
            return false;
    }
    *out_count = count;
    return true;
}
