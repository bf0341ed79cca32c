#include "source/job_import.h"

#include <string.h>

#include "base/log.h"
#include "codec/json_walk.h"
#include "config/job_file.h"

static void work_is_done(struct work *w)
{
    struct arena *arena = w->arena;

    if (w->err)
        log_event(LOG_WARN, &(struct log_fields){.tenant = w->event.tenant},
                  "the jobs of the roster are not taken over (%s)", err_name(w->err));
    arena_close(&arena); /* holds the work */
}

/* In an object of jobs the key is the id. */
static void name_by_key(struct job_draft *draft, struct span key)
{
    if (draft->given & 1u << JOB_FIELD_ID || key.size == 0 || key.size >= sizeof draft->job.job_id)
        return;
    memcpy(draft->job.job_id, key.data, key.size);
    draft->given |= 1u << JOB_FIELD_ID;
}

static size_t read_jobs(struct arena *arena, struct doc *doc, const struct doc_node *jobs,
                        const struct roster *roster, struct job_draft *drafts)
{
    const size_t all = doc_count(jobs), some = all < JOB_DRAFTS ? all : JOB_DRAFTS;
    size_t count = 0;

    for (size_t i = 0; i < some; i++) {
        const struct doc_node *node = doc_item(doc, jobs, i);
        if (!job_file_read(arena, doc, node, roster, false, &drafts[count]))
            continue;
        name_by_key(&drafts[count], node->key);
        count += (drafts[count].given & 1u << JOB_FIELD_ID) != 0;
    }
    if (all > some)
        log_line(LOG_WARN, "roster: of %zu jobs the first %d are taken over", all, JOB_DRAFTS);
    return count;
}

static void tell(struct arena *arena, const struct mistakes *m)
{
    for (size_t i = 0; i < m->count; i++)
        log_line(LOG_WARN, "a job of the roster is left out: %.*s",
                 SPAN_ARG(mistakes_line(arena, &m->list[i])));
}

void job_import_start(const struct book_entry *entry, const struct intake *intake)
{
    if (!json_walk_get(entry->text, "jobs").data)
        return;
    struct arena *arena = arena_open(65536);
    struct work *w = ARENA_NEW(arena, struct work);
    struct mistakes *mistakes = ARENA_NEW(arena, struct mistakes);
    struct job_draft *drafts = ARENA_NEW_N(arena, struct job_draft, JOB_DRAFTS);
    struct doc doc;

    mistakes_init(mistakes, arena);
    const struct doc_node *top = doc_open(&doc, entry->path, entry->text, mistakes);
    const struct doc_node *jobs = top ? doc_get(&doc, top, "jobs") : NULL;
    const size_t count = jobs ? read_jobs(arena, &doc, jobs, entry->roster, drafts) : 0;
    doc_close(&doc);
    tell(arena, mistakes);
    w->arena = arena;
    w->is_alone = true;
    w->done = work_is_done;
    w->roster = entry->roster;
    w->event.kind = EVENT_JOB_IMPORT;
    w->event.tenant = entry->tenant;
    w->event.import = JOB_IMPORT_SYNC;
    w->event.by = SPAN("roster");
    w->event.drafts = drafts;
    w->event.draft_count = count;
    if (count == 0 || intake->submit(intake->ctx, w))
        arena_close(&arena);
}
