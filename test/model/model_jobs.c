/* test/model/model_jobs.c - random stories of jobs, each from its own seed: only moves of the
 * table happen, each is on record, whoever is to hear of it is told once and nobody who said
 * STOP, a link acts once and for its person, no clock outlives its state, and what goes wrong is
 * heard by somebody.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs_checks.h"
#include "jobs_engine.h"

enum { STORIES = 8000 };

static struct world world;

static const char *crew(struct world *w)
{
    return jobs_world_phone(FIRST_CREW + scene_roll(&w->scene, CREW));
}

/* A crew member's phone, an operator's id, now and then somebody else. */
static struct span somebody(struct world *w)
{
    const int who = scene_roll(&w->scene, 10);

    if (who < 6)
        return span_of(crew(w));
    return who < 9 ? span_of(w->people[scene_roll(&w->scene, OPERATORS)].id) : SPAN("the office");
}

static const char *const names[JOBS - 1] = {"17", "18", "19"};

static struct span a_job(struct world *w)
{
    return span_of(names[scene_roll(&w->scene, JOBS - 1)]);
}

/* ---- what a program does ---- */

static void add_people(struct world *w, struct job *job)
{
    const int first = scene_roll(&w->scene, CREW), bosses = scene_roll(&w->scene, STAKEHOLDERS + 1);

    job->crew_count = (uint8_t)(1 + scene_roll(&w->scene, 3));
    for (int i = 0; i < job->crew_count; i++)
        strcpy(job->crew[i].phone, jobs_world_phone(FIRST_CREW + (first + i) % CREW));
    job->stakeholder_count = (uint8_t)bosses;
    for (int i = 0; i < bosses; i++)
        strcpy(job->stakeholders[i].phone, jobs_world_phone(FIRST_BOSS + i));
}

static struct job_draft *draft(struct world *w)
{
    static const enum job_state states[] = {JOB_PENDING, JOB_ASSIGNED, JOB_ASSIGNED,
                                            JOB_IN_PROGRESS, JOB_COMPLETED};
    struct job_draft *d = ARENA_NEW(w->scene.store.arena, struct job_draft);

    d->given = 1u << JOB_FIELD_ID | 1u << JOB_FIELD_STATE | 1u << JOB_FIELD_CREW |
               1u << JOB_FIELD_STAKEHOLDERS | 1u << JOB_FIELD_CUSTOMER | 1u << JOB_FIELD_PRIORITY |
               1u << JOB_FIELD_PROGRESS_SECONDS;
    add_people(w, &d->job);
    d->job.state = states[scene_roll(&w->scene, 5)];
    d->job.priority = (enum job_priority)scene_roll(&w->scene, JOB_PRIORITIES);
    d->job.progress_s = scene_chance(&w->scene, 50) ? 0 : 60 * (1 + scene_roll(&w->scene, 60));
    if (scene_chance(&w->scene, 80))
        strcpy(d->job.customer,
               jobs_world_phone(FIRST_CUSTOMER + scene_roll(&w->scene, CUSTOMERS)));
    memcpy(d->job.job_id, names[scene_roll(&w->scene, JOBS - 1)], 3);
    return d;
}

static struct event *import(struct world *w)
{
    const struct event e = {.kind = EVENT_JOB_IMPORT,
                            .import = (enum job_import)scene_roll(&w->scene, JOB_IMPORTS),
                            .drafts = draft(w),
                            .draft_count = 1,
                            .by = SPAN("api"),
                            .once_key =
                                scene_chance(&w->scene, 30) ? SPAN("same") : (struct span){0},
                            .once_print = scene_roll(&w->scene, 2),
                            .attempt = -1};

    return jobs_world_event(w, e);
}

static struct event *move(struct world *w)
{
    struct event e = {.kind = EVENT_JOB,
                      .job = a_job(w),
                      .job_cause = (enum job_cause)scene_roll(&w->scene, JOB_NOT_CLAIMED),
                      .by = somebody(w),
                      .to = somebody(w),
                      .attempt = -1};

    if (e.job_cause != JOB_HAND_OVER)
        e.to = (struct span){0};
    if (scene_chance(&w->scene, 15))
        e.version = 1 + scene_roll(&w->scene, 4);
    if (scene_chance(&w->scene, 15)) {
        struct job_draft *d = draft(w);
        d->given &= (unsigned)scene_roll(&w->scene, 1 << JOB_FIELDS);
        e.drafts = d;
        e.draft_count = 1;
        if (scene_chance(&w->scene, 60))
            e.job_cause = JOB_CAUSES;
    }
    return jobs_world_event(w, e);
}

/* ---- what people do ---- */

static struct event *press(struct world *w)
{
    static const enum job_cause causes[] = {JOB_CLAIM, JOB_START, JOB_HAND_OVER, JOB_COMPLETE,
                                            JOB_GIVE_BACK};
    const struct link *links[64];
    int count = 0;

    for (const struct store_row *r = w->scene.store.first[FACT_LINK]; r && count < 64; r = r->next)
        if (((const struct link *)r->data)->purpose == LINK_JOB)
            links[count++] = r->data;
    if (!count)
        return NULL;
    const struct link *l = links[scene_roll(&w->scene, count)];
    struct event e = {.kind = EVENT_LINK,
                      .action = LINK_MOVE,
                      .job_cause = causes[scene_roll(&w->scene, 5)],
                      .job_way = JOB_BY_LINK,
                      .operator_id = somebody(w),
                      .once_print = 1,
                      .attempt = -1};
    e.once_key = span_of(arena_printf(w->scene.store.arena, "form-%u", ++w->forms));
    memcpy(e.link, l->hash, sizeof e.link);
    return jobs_world_event(w, e);
}

static struct event *text(struct world *w, int person)
{
    static const char *const words[] = {"claim", "begin",       "complete", "give back",
                                        "STOP",  "START",       "claim",    "begin",
                                        "hello", "where is it", "17 begin", "18 claim"};
    const struct event e = {.kind = EVENT_TEXT,
                            .sid = span_of(arena_printf(w->scene.store.arena, "SMin%u", ++w->sids)),
                            .from = span_of(jobs_world_phone(person)),
                            .to = SPAN(LINE),
                            .body = span_of(words[scene_roll(&w->scene, 12)]),
                            .attempt = -1};

    return jobs_world_event(w, e);
}

static struct event *acknowledge(struct world *w)
{
    const struct store_row *r = w->scene.store.first[FACT_RELAY];

    for (int skip = scene_roll(&w->scene, 3); r && skip > 0 && r->next; skip--)
        r = r->next;
    if (!r)
        return NULL;
    const struct event e = {.kind = EVENT_ACK,
                            .relay = r->id,
                            .operator_id = span_of(w->people[scene_roll(&w->scene, OPERATORS)].id),
                            .origin = ORIGIN_API,
                            .attempt = -1};
    return jobs_world_event(w, e);
}

static struct event *call(struct world *w)
{
    const struct event e = {
        .kind = EVENT_CALL,
        .account = SPAN("AC1"),
        .sid = span_of(arena_printf(w->scene.store.arena, "CA%u", ++w->sids)),
        .from = span_of(jobs_world_phone(FIRST_CUSTOMER + scene_roll(&w->scene, CUSTOMERS))),
        .to = SPAN(LINE),
        .attempt = -1};

    return jobs_world_event(w, e);
}

static struct event *something(struct world *w)
{
    const int what = scene_roll(&w->scene, 100);

    if (what < 15)
        return import(w);
    if (what < 45)
        return move(w);
    if (what < 65)
        return press(w);
    if (what < 80)
        return text(w, FIRST_CREW + scene_roll(&w->scene, CREW));
    if (what < 84)
        return text(w, FIRST_BOSS + scene_roll(&w->scene, STAKEHOLDERS));
    if (what < 90)
        return text(w, FIRST_CUSTOMER + scene_roll(&w->scene, CUSTOMERS));
    if (what < 92)
        return call(w);
    if (what < 95)
        return acknowledge(w);
    return w->past_count ? w->past[scene_roll(&w->scene, (int)w->past_count)] : NULL;
}

static void tell(uint64_t seed, bool aloud)
{
    static const int waits[] = {0, 0, S, 20 * S, 5 * MIN, 16 * MIN, HOUR};
    struct world *const w = &world;
    const int turns = 10 + (int)(seed % 20);

    w->scene.is_told = aloud;
    jobs_world_begin(w, seed);
    jobs_engine_submit(w, import(w));
    for (int i = 0; i < turns; i++) {
        const int together = scene_chance(&w->scene, 60) ? 1 : 2 + scene_roll(&w->scene, 3);
        for (int k = 0; k < together; k++) {
            const struct event *e = something(w);
            if (e)
                jobs_engine_submit(w, e);
        }
        jobs_engine_flush(w);
        jobs_engine_run(w, w->scene.now_ms +
                               scene_roll(&w->scene, 1 + waits[scene_roll(&w->scene, 7)]));
    }
    w->is_quiet = true;
    MUST(jobs_engine_settle(w), "it never comes to an end");
    jobs_checks_end(w);
}

static void sum_up(uint64_t stories)
{
    printf("%llu stories, %llu events: %llu moves, %llu texts about them, %llu exceptions\n",
           (unsigned long long)stories, (unsigned long long)world.events,
           (unsigned long long)world.moves, (unsigned long long)world.tellings,
           (unsigned long long)world.raises);
    jobs_world_end(&world);
}

int main(int argc, char **argv)
{
    static const struct model model = {"model_jobs", STORIES, tell, sum_up};

    return model_run(&model, argc, argv);
}
