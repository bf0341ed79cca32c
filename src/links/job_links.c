#include "links/job_links.h"

#include <string.h>

#include "base/dice.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "codec/base64.h"
#include "links/job_page.h"
#include "links/link_look.h"
#include "links/pages.h"
#include "model/wall.h"
#include "rules/job_phrases.h"
#include "rules/job_right.h"
#include "rules/route.h"

enum {
    MARK_BYTES = 16,
    MINUTE_MS = 60 * 1000,
    DAY_MINUTES = 24 * 60,
    WEEK_DAYS = 7,
    THURSDAY = 4,    /* the epoch's day; Sunday is 0 */
    PEOPLE_MAX = 64, /* to whom a page offers to hand a job over */
};

/* Those that move the job. */
/* clang-format off */
static const struct {
    enum job_page_deed deed;
    enum job_cause cause;
} moves[] = {
    {JOB_PAGE_CLAIM,     JOB_CLAIM},
    {JOB_PAGE_START,     JOB_START},
    {JOB_PAGE_COMPLETE,  JOB_COMPLETE},
    {JOB_PAGE_HAND_OVER, JOB_HAND_OVER},
    {JOB_PAGE_GIVE_BACK, JOB_GIVE_BACK},
};
/* clang-format on */

enum { MOVES = sizeof moves / sizeof moves[0] };

static const struct roster *roster_of(const struct visit *v)
{
    const struct link_look *l = v->own;

    return engine_roster(v->site->engine, l->link->tenant);
}

static struct span language_of(const struct visit *v)
{
    const struct link_look *l = v->own;

    return l->job ? job_phrases_language(l->job, l->link->operator_id) : (struct span){0};
}

static const char *text_of(const struct visit *v, enum job_phrase phrase)
{
    return job_phrases_text(language_of(v), phrase);
}

static const char *say(const struct visit *v, enum job_phrase phrase, const char *name,
                       const char *time)
{
    return job_phrases_say(v->arena, language_of(v), phrase, span_of(name), time);
}

/* "14:05", on the business's own clocks; with the day when that is another one. */
static const char *clock_words(const struct visit *v, int64_t at_ms)
{
    const struct link_look *l = v->own;
    const struct roster *roster = roster_of(v);
    const struct zone *zone = roster ? roster->zone : NULL;
    const int64_t local = zone ? wall_time(zone, at_ms) : at_ms;
    const int64_t day = wall_day(local),
                  today = wall_day(zone ? wall_time(zone, l->now_ms) : l->now_ms);
    const int minute = (int)(local / MINUTE_MS - day * DAY_MINUTES);
    const char *time = arena_printf(v->arena, "%02d:%02d", minute / 60, minute % 60);

    if (day == today)
        return time;
    if (today - day < WEEK_DAYS && day >= 0)
        return say(v, JOB_PHRASE_ON_DAY,
                   job_phrases_day(language_of(v), (int)((day + THURSDAY) % WEEK_DAYS)), time);
    return say(v, JOB_PHRASE_DAYS_AGO, arena_printf(v->arena, "%lld", (long long)(today - day)),
               time);
}

static const char *name_words(const struct visit *v, const char *who)
{
    const struct link_look *l = v->own;

    if (strcmp(who, l->link->operator_id) == 0)
        return text_of(v, JOB_PHRASE_YOU);
    return arena_text(v->arena, job_right_name(l->job, roster_of(v), who));
}

static const char *by_whom(const struct visit *v, enum job_phrase phrase, const char *who,
                           int64_t at_ms)
{
    return say(v, phrase, name_words(v, who), clock_words(v, at_ms));
}

static const char *at_time(const struct visit *v, enum job_phrase phrase, int64_t at_ms)
{
    return say(v, phrase, "", clock_words(v, at_ms));
}

/* Where the job stands, in a sentence. */
static const char *state_words(const struct visit *v)
{
    const struct job *job = ((const struct link_look *)v->own)->job;
    const char *who = job->claimed_by;

    switch (job->state) {
    case JOB_PENDING:
        return text_of(v, JOB_PHRASE_PENDING);
    case JOB_ASSIGNED:
        return who[0] ? by_whom(v, JOB_PHRASE_CLAIMED, who, job->claimed_ms)
                      : text_of(v, JOB_PHRASE_UNCLAIMED);
    case JOB_IN_PROGRESS:
        return who[0] ? by_whom(v, JOB_PHRASE_STARTED, who, job->started_ms)
                      : at_time(v, JOB_PHRASE_STARTED_AT, job->started_ms);
    case JOB_COMPLETED:
        return who[0] ? by_whom(v, JOB_PHRASE_COMPLETED, who, job->completed_ms)
                      : at_time(v, JOB_PHRASE_COMPLETED_AT, job->completed_ms);
    case JOB_CANCELLED:
        return at_time(v, JOB_PHRASE_CANCELLED_AT, job->cancelled_ms);
    case JOB_STATES:
        break;
    }
    return "";
}

/* Nothing at all is told of the job any more. */
static bool is_gone(const struct visit *v)
{
    const struct link_look *l = v->own;

    return !l->job || link_look_has_expired(l) ||
           job_right_of(l->job, roster_of(v), l->link->operator_id, l->now_ms) == JOB_RIGHT_EXPIRED;
}

/* Why the link is dead, in a sentence; NULL: it acts. */
static const char *closed(const struct visit *v)
{
    const struct link_look *l = v->own;
    const struct job *job = l->job;

    if (is_gone(v))
        return text_of(v, job ? JOB_PHRASE_EXPIRED : JOB_PHRASE_NOT_KEPT);
    switch (job_right_of(job, roster_of(v), l->link->operator_id, l->now_ms)) {
    case JOB_RIGHT_OVER:
        return state_words(v);
    case JOB_RIGHT_HANDED:
        return by_whom(v, JOB_PHRASE_HANDED, job->handed_to, job->handed_ms);
    case JOB_RIGHT_CLAIMED:
        return by_whom(v, JOB_PHRASE_CLAIMED, job->claimed_by, job->claimed_ms);
    case JOB_RIGHT_NONE:
        return text_of(v, JOB_PHRASE_OFF_JOB);
    case JOB_RIGHT_ACTS:
    case JOB_RIGHT_EXPIRED:
    case JOB_RIGHTS:
        break;
    }
    return NULL;
}

/* The other crew, and the operators on duty. */
static size_t people(const struct visit *v, struct job_page_person out[PEOPLE_MAX])
{
    struct link_look *l = v->own;
    const struct job *job = l->job;
    const struct roster *roster = roster_of(v);
    const struct duties *duties = facts_duties(&l->facts, l->link->tenant);
    size_t n = 0;

    for (int i = 0; i < job->crew_count && n < PEOPLE_MAX; i++)
        if (strcmp(job->crew[i].phone, l->link->operator_id) != 0)
            out[n++] = (struct job_page_person){span_of(job->crew[i].phone),
                                                job_crew_name(job, job->crew[i].phone)};
    for (int i = 0; roster && i < roster->operator_count && n < PEOPLE_MAX; i++) {
        const struct roster_operator *o = &roster->operators[i];
        if (strcmp(o->id, l->link->operator_id) == 0 ||
            !reason_is_taken(route_reason(roster, duties, i, l->now_ms)))
            continue;
        out[n++] = (struct job_page_person){span_of(o->id), span_of(o->name)};
    }
    return n;
}

static const char *hindrance(const struct visit *v, enum job_cause cause)
{
    const struct link_look *l = v->own;
    const char *why = job_right_hindrance(l->job, l->link->operator_id, cause);

    if (!why || !why[0])
        return why;
    return text_of(v, l->job->state == JOB_PENDING ? JOB_PHRASE_NOT_GIVEN : JOB_PHRASE_NOT_NOW);
}

static void hindrances(const struct visit *v, struct job_page *p)
{
    const struct link_look *l = v->own;
    const char *nobody = l->job->customer[0] ? NULL : text_of(v, JOB_PHRASE_NO_CUSTOMER);

    for (size_t i = 0; i < MOVES; i++)
        p->hindrance[moves[i].deed] = hindrance(v, moves[i].cause);
    p->hindrance[JOB_PAGE_CALL] = nobody;
    p->hindrance[JOB_PAGE_TEXT] = nobody;
    if (!p->hindrance[JOB_PAGE_HAND_OVER] && p->people_count == 0)
        p->hindrance[JOB_PAGE_HAND_OVER] = text_of(v, JOB_PHRASE_NOBODY);
}

/* Of this page view alone. */
static struct span mark(const struct visit *v)
{
    uint8_t bytes[MARK_BYTES];

    dice_fill(bytes, sizeof bytes);
    return base64_url_render(v->arena, bytes, sizeof bytes);
}

static const char *title_of(const struct visit *v)
{
    const struct job *job = ((const struct link_look *)v->own)->job;

    if (is_gone(v))
        return "nextring";
    return job->title.size > 0 ? arena_text(v->arena, job->title)
                               : say(v, JOB_PHRASE_JOB, job->job_id, "");
}

/* A page of one sentence, with the way back to the job's where there is something to see. */
static void answer_words(struct visit *v, int status, const char *words)
{
    struct buf page = pages_begin_in(v, title_of(v), job_phrases_code(language_of(v)));

    buf_printf(&page, "<p class=\"told\">");
    pages_text(&page, span_of(words));
    buf_add_text(&page, "</p>\n");
    if (!is_gone(v))
        buf_printf(&page, "<p><a class=\"button quiet\" href=\"/j/%.*s\">%s</a></p>\n",
                   SPAN_ARG(v->param), text_of(v, JOB_PHRASE_BACK));
    pages_answer(v, status, &page);
}

void job_links_show(struct visit *v)
{
    const struct link_look *l = v->own;
    const struct job *job = l->job;
    const char *why = closed(v);

    if (is_gone(v)) {
        answer_words(v, 410, why);
        return;
    }
    const struct roster *roster = roster_of(v);
    struct job_page_person *list = arena_alloc(v->arena, PEOPLE_MAX * sizeof *list);
    struct job_page p = {
        .language = language_of(v),
        .business = span_of(roster ? roster->name : ""),
        .job = span_of(job->job_id),
        .reader = job_right_name(job, roster, l->link->operator_id),
        .told = span_of(why ? why : ""),
        .people = list,
    };
    if (!why) {
        p.address = job->address;
        p.notes = job->notes;
        p.customer = span_of(job->customer_name[0] ? job->customer_name : job->customer);
        p.state = span_of(state_words(v));
        p.mark = mark(v);
        p.people_count = people(v, list);
        hindrances(v, &p);
    }
    struct buf page = pages_begin_in(v, title_of(v), job_phrases_code(p.language));
    job_page_render(&page, &p);
    pages_answer(v, 200, &page);
}

/* ---- the form ---- */

static bool refuse(struct visit *v, int status, enum job_phrase why)
{
    answer_words(v, status, text_of(v, why));
    return false;
}

static bool needs_words(enum job_page_deed deed)
{
    return deed == JOB_PAGE_TEXT || deed == JOB_PAGE_GIVE_BACK;
}

/* What tells one form of a page view from another: a second text after the first is another. */
static int64_t print_of(struct span action, struct span words, struct span to)
{
    const struct span parts[] = {action, words, to};
    uint64_t h = HASH_BEGIN;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        h = hash_span(h, parts[i]);
        h = hash_number(h, 0xff);
    }
    return (int64_t)(h >> 1);
}

bool job_links_read(struct visit *v, const struct form *form)
{
    struct event *e = &v->work.event;
    const struct span once = form_get(form, "once"), action = form_get(form, "action");
    const struct span words = span_trim(form_get(form, "words")), to = form_get(form, "to");
    const enum job_page_deed deed = job_page_parse(action);
    uint8_t bytes[MARK_BYTES];

    if (!base64_url_parse(once, bytes, sizeof bytes))
        return refuse(v, 400, JOB_PHRASE_MALFORMED);
    if (deed == JOB_PAGE_DEEDS)
        return refuse(v, 400, JOB_PHRASE_NO_ACTION);
    if (!utf8_is_valid(words) || utf8_count(words) > JOB_PAGE_WORDS_MAX)
        return refuse(v, 413, JOB_PHRASE_TOO_LONG);
    if (needs_words(deed) && words.size == 0)
        return refuse(v, 400, JOB_PHRASE_NO_WORDS);
    if (deed == JOB_PAGE_HAND_OVER && to.size == 0)
        return refuse(v, 400, JOB_PHRASE_NO_TARGET);
    e->once_key = once;
    e->once_print = print_of(action, words, to);
    e->body = words;
    e->operator_id = to;
    e->job_way = JOB_BY_LINK;
    e->action = deed == JOB_PAGE_CALL ? LINK_RING : LINK_WRITE;
    for (size_t i = 0; i < MOVES; i++)
        if (moves[i].deed == deed) {
            e->action = LINK_MOVE;
            e->job_cause = moves[i].cause;
        }
    return true;
}

void job_links_acted(struct visit *v)
{
    const struct answer *answer = &v->work.answer;
    const char *why = closed(v); /* before the press, and with who and when */

    if (v->work.err)
        answer_words(v, 503, text_of(v, JOB_PHRASE_BUSY));
    else if (answer->kind == ANSWER_DONE)
        answer_words(v, 200, arena_text(v->arena, answer->words));
    else
        answer_words(v, answer->error == ERR_NOT_FOUND ? 404 : 409,
                     why ? why : arena_text(v->arena, answer->words));
}
