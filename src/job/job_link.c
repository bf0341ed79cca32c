#include "job/job_link.h"

#include "job/job_event.h"
#include "job/job_tell.h"
#include "relay/consent.h"
#include "relay/outgoing.h"
#include "rules/job_phrases.h"
#include "rules/job_right.h"

static void refused(const struct context *c, enum err err, struct span words)
{
    c->answer->kind = ANSWER_REFUSED;
    c->answer->error = err;
    c->answer->words = words;
}

static void done(const struct context *c, int64_t id, struct span words)
{
    c->answer->kind = ANSWER_DONE;
    c->answer->id = id;
    c->answer->words = words;
}

static struct span claim_of(const struct context *c)
{
    return span_of(arena_printf(c->facts->arena, "once:%.*s:%lld", SPAN_ARG(c->event->once_key),
                                (long long)c->event->once_print));
}

/* In the language of whose link it is; `job` may be gone. */
static struct span phrase(const struct link *l, const struct job *job, enum job_phrase p)
{
    const struct span language = job ? job_phrases_language(job, l->operator_id) : (struct span){0};

    return span_of(job_phrases_text(language, p));
}

/* Why his link does not act, for a program; a person reads the page's own sentence. */
static struct span hindrance(const struct context *c, const struct link *l, const struct job *job)
{
    struct arena *arena = c->facts->arena;
    struct span name;

    switch (job_right_of(job, c->roster, l->operator_id, c->facts->now_ms)) {
    case JOB_RIGHT_ACTS:
        break;
    case JOB_RIGHT_OVER:
        return span_of(arena_printf(arena, "The job is %s.", job_state_name(job->state)));
    case JOB_RIGHT_HANDED:
        name = job_right_name(job, c->roster, job->handed_to);
        return span_of(arena_printf(arena, "The job was handed over to %.*s.", SPAN_ARG(name)));
    case JOB_RIGHT_CLAIMED:
        name = job_right_name(job, c->roster, job->claimed_by);
        return span_of(arena_printf(arena, "%.*s has the job.", SPAN_ARG(name)));
    case JOB_RIGHT_NONE:
        return phrase(l, job, JOB_PHRASE_OFF_JOB);
    case JOB_RIGHT_EXPIRED:
    case JOB_RIGHTS:
        return phrase(l, job, JOB_PHRASE_EXPIRED);
    }
    return (struct span){0};
}

enum err job_link_open(const struct context *c, const struct link *l, struct job **out_job)
{
    struct job *job = facts_job_by_id(c->facts, l->tenant, l->subject);
    const bool has_acted = facts_is_claimed(c->facts, l->tenant, claim_of(c));

    if (c->facts->short_of)
        return ERR_BUSY;
    if (!c->event->once_key.size) {
        refused(c, ERR_BAD_INPUT, phrase(l, job, JOB_PHRASE_NO_ACTION));
        return ERR_CONFLICT;
    }
    if (has_acted) {
        done(c, l->subject, phrase(l, job, JOB_PHRASE_DID_BEFORE));
        return ERR_CONFLICT;
    }
    const struct span why = !job ? phrase(l, job, JOB_PHRASE_NOT_KEPT)
                            : c->facts->now_ms >= l->expires_ms ? phrase(l, job, JOB_PHRASE_EXPIRED)
                                                                : hindrance(c, l, job);
    if (why.size) {
        refused(c, ERR_CONFLICT, why);
        return ERR_CONFLICT;
    }
    *out_job = job;
    return ERR_NONE;
}

/* Whom a page may name: the other crew, and operators. */
static bool is_person(const struct context *c, const struct job *job, struct span who)
{
    return job_crew_find(job, who) >= 0 || roster_operator_by_id(c->roster, who) >= 0;
}

static enum job_phrase done_phrase(enum job_cause cause)
{
    switch (cause) {
    case JOB_CLAIM:
        return JOB_PHRASE_DID_CLAIM;
    case JOB_START:
        return JOB_PHRASE_DID_START;
    case JOB_HAND_OVER:
        return JOB_PHRASE_DID_HAND;
    case JOB_COMPLETE:
        return JOB_PHRASE_DID_COMPLETE;
    case JOB_GIVE_BACK:
        return JOB_PHRASE_DID_RETURN;
    case JOB_ASSIGN:
    case JOB_CANCEL:
    case JOB_REOPEN:
    case JOB_NOT_CLAIMED:
    case JOB_NO_PROGRESS:
    case JOB_CAUSES:
        break;
    }
    return JOB_PHRASE_NO_ACTION;
}

static enum err move(const struct context *c, const struct link *l, const struct job *job)
{
    const struct event *e = c->event;
    const struct event asked = {
        .kind = EVENT_JOB,
        .tenant = l->tenant,
        .attempt = -1,
        .job = span_of(job->job_id),
        .job_cause = e->job_cause,
        .job_way = JOB_BY_LINK,
        .by = span_of(l->operator_id),
        .to = e->operator_id,
        .body = e->body,
    };
    struct context then = *c;

    then.event = &asked;
    if (e->job_cause == JOB_HAND_OVER && !is_person(c, job, e->operator_id)) {
        refused(c, ERR_BAD_INPUT, phrase(l, job, JOB_PHRASE_UNKNOWN_TARGET));
        return ERR_NONE;
    }
    const enum err err = job_event_move(&then);
    if (!err && c->answer->kind == ANSWER_DONE)
        c->answer->words = phrase(l, job, done_phrase(e->job_cause));
    return err;
}

static enum err write(const struct context *c, const struct link *l, const struct job *job)
{
    const struct line *line = job_tell_line(c, job);
    const struct span customer = span_of(job->customer);

    if (!line || !customer.size) {
        refused(c, ERR_CONFLICT, phrase(l, job, JOB_PHRASE_NO_NUMBER));
        return ERR_NONE;
    }
    const struct span number = span_of(line->number);
    struct thread *t = facts_thread(c->facts, l->tenant, number, customer);
    consent_gather(c, number, customer);
    if (c->facts->short_of)
        return ERR_BUSY;
    const struct consent *consent = facts_consent(c->facts, l->tenant, number, customer);
    if (consent && consent->is_out) {
        refused(c, ERR_CONFLICT, phrase(l, job, JOB_PHRASE_STOPPED));
        return ERR_NONE;
    }
    t = context_thread(c, t, number, customer, span_of(job->job_id));
    const struct outgoing text = {
        .kind = MESSAGE_REPLY,
        .class = OUTBOX_NORMAL,
        .line = line->number,
        .to = job->customer,
        .operator_id = l->operator_id,
        .body = c->event->body,
        .origin = ORIGIN_OPERATOR,
        .thread = t->id,
        .customer = job->customer,
        .job = job->job_id,
    };
    done(c, outgoing_text(c, &text), phrase(l, job, JOB_PHRASE_DID_TEXT));
    return ERR_NONE;
}

enum err job_link_act(const struct context *c, const struct link *l, struct job *job)
{
    return c->event->action == LINK_WRITE ? write(c, l, job) : move(c, l, job);
}

void job_link_rings(const struct context *c, const struct link *l, const struct job *job)
{
    c->answer->words = phrase(l, job, JOB_PHRASE_DID_CALL);
}

void job_link_claim(const struct context *c, const struct job *job)
{
    facts_claim(c->facts, job->tenant, claim_of(c), job->id);
}
