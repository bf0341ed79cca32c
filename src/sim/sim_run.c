#include "sim/sim_run.h"

#include "codec/url.h"
#include "sim/sim_check.h"
#include "sim/sim_note.h"

enum { DOCUMENTS_MAX = 500, WORDS_MAX = 8192, ERROR_NO_BASE = 11100 };

/* A request for a document, and for which document of the run it is the sequel. */
struct wanted {
    struct sim_run *run;
    unsigned turn;
};

static struct sim_run *run_new(struct sim_leg *leg, bool whisper,
                               void (*over)(struct sim_run *run, enum sim_run_end how))
{
    struct sim_run *run = ARENA_NEW(leg->arena, struct sim_run);

    *run = (struct sim_run){.leg = leg, .whisper = whisper, .over = over};
    return run;
}

struct sim_run *sim_run_open(struct sim_leg *leg, bool whisper,
                             void (*over)(struct sim_run *run, enum sim_run_end how))
{
    return leg->run = run_new(leg, whisper, over);
}

struct sim_run *sim_run_beside(struct sim_leg *leg,
                               void (*over)(struct sim_run *run, enum sim_run_end how))
{
    return leg->beside = run_new(leg, true, over);
}

void sim_run_drop(struct sim_leg *leg)
{
    if (leg->run)
        arena_close(&leg->run->arena);
    if (leg->beside)
        arena_close(&leg->beside->arena);
}

/* No verb listens or wants to be stopped any more. */
static void let_go(struct sim_run *run)
{
    run->key = NULL;
    run->speech = NULL;
    run->stop = NULL;
}

static void stop_verb(struct sim_run *run, enum sim_run_stop why)
{
    void (*stop)(struct sim_run *, enum sim_run_stop) = run->stop;

    sim_agenda_cancel(run->leg->world->agenda, &run->timer);
    let_go(run);
    run->next = NULL;
    if (stop)
        stop(run, why);
}

void sim_run_close(struct sim_run *run, enum sim_run_stop why)
{
    if (run->closed)
        return;
    run->closed = true;
    stop_verb(run, why);
    run->turn++;
    arena_close(&run->arena);
}

void sim_run_replace(struct sim_run *run)
{
    stop_verb(run, SIM_STOP_REPLACED);
    run->turn++;
    run->closed = false;
}

void sim_run_finish(struct sim_run *run, enum sim_run_end how)
{
    if (run->closed)
        return;
    sim_run_close(run, SIM_STOP_REPLACED);
    run->over(run, how);
}

/* What the carrier does when there is no document it could run. */
static void apologise(struct sim_run *run, int error)
{
    sim_note_warning(run->leg->world, error, run->leg->sid, "call %s has no document to run",
                     run->leg->sid);
    if (!run->whisper)
        sim_leg_answer(run->leg);
    if (!sim_leg_is_over(run->leg))
        sim_leg_hear(run->leg, SPAN("We are sorry. An application error has occurred. Goodbye."));
    sim_run_finish(run, SIM_RUN_BROKEN);
}

static void adopt(struct sim_run *run, struct arena *arena, const struct xml_node *root,
                  const char *url)
{
    arena_close(&run->arena);
    run->arena = arena;
    run->url = url ? arena_text(run->leg->arena, span_of(url)) : NULL;
    run->next = root ? root->child : NULL;
    run->state = NULL;
    sim_run_next(run);
}

static void arrived(void *ctx, const struct sim_reply *reply)
{
    struct wanted *wanted = ctx;
    struct sim_run *run = wanted->run;
    struct arena *arena = reply->arena;

    if (run->closed || run->turn != wanted->turn) {
        arena_close(&arena);
    } else if (reply->error) {
        const int error = reply->error;
        arena_close(&arena);
        apologise(run, error);
    } else {
        adopt(run, arena, reply->root, reply->url);
    }
}

static const char *absolute(struct sim_run *run, struct span reference)
{
    struct url parsed;

    if (!reference.size)
        return run->url;
    if (url_parse(reference, &parsed) == ERR_NONE)
        return arena_text(run->leg->arena, reference);
    if (!run->url)
        return NULL;
    return arena_text(run->leg->arena, url_resolve(run->leg->arena, span_of(run->url), reference));
}

void sim_run_fetch(struct sim_run *run, struct span reference, struct span method,
                   const struct sim_params *extra)
{
    struct sim_leg *leg = run->leg;
    const char *url = absolute(run, reference);
    struct sim_params p = {.arena = arena_open(0)};
    struct wanted *wanted = ARENA_NEW(leg->arena, struct wanted);

    let_go(run);
    *wanted = (struct wanted){run, ++run->turn};
    if (!url || run->turn > DOCUMENTS_MAX) {
        arena_close(&p.arena);
        apologise(run, ERROR_NO_BASE);
        return;
    }
    sim_leg_params(leg, &p);
    for (size_t i = 0; extra && i < extra->count; i++)
        sim_params_add(&p, extra->fields[i].name.data, extra->fields[i].value);
    sim_webhook_ask(&(struct sim_ask){.world = leg->world,
                                      .account = leg->account,
                                      .url = url,
                                      .method = span_is_text(method, "GET") ? "GET" : "POST",
                                      .fallback_url = sim_leg_fallback(leg),
                                      .voice = true,
                                      .cookie = leg->cookie,
                                      .subject = leg->sid,
                                      .params = &p},
                    arrived, wanted);
    arena_close(&p.arena);
}

void sim_run_action(struct sim_run *run, const struct xml_node *verb,
                    const struct sim_params *extra)
{
    const struct span action = xml_attr_get(verb, "action");

    if (action.size)
        sim_run_fetch(run, action, sim_run_attr(verb, "method", "POST"), extra);
    else if (!run->closed)
        sim_run_next(run);
}

void sim_run_text(struct sim_run *run, struct span document)
{
    struct arena *arena = arena_open(0);
    const struct xml_node *root = NULL;
    const int error = sim_webhook_read(arena, true, SPAN("text/xml"), document, &root);

    run->turn++;
    if (!error) {
        sim_check_document(run->leg->world, run->leg->sid, true, root);
        adopt(run, arena, root, NULL);
        return;
    }
    arena_close(&arena);
    apologise(run, error);
}

static const struct sim_verb *verb_find(const struct sim_run *run, struct span name)
{
    for (const struct sim_verb *v = run->leg->world->verbs; v->name; v++)
        if (span_is_text(name, v->name))
            return v;
    return NULL;
}

void sim_run_next(struct sim_run *run)
{
    let_go(run);
    while (run->next && !run->closed) {
        const struct xml_node *node = run->next;
        run->next = node->next;
        if (!node->name.size)
            continue;
        const struct sim_verb *verb = verb_find(run, node->name);
        if (!verb) {
            sim_note(run->leg->world, "call", "<%.*s> at line %d is skipped", SPAN_ARG(node->name),
                     node->line);
            continue;
        }
        if (run->whisper && !verb->whisper) {
            apologise(run, 13201);
            return;
        }
        if (verb->answers)
            sim_leg_answer(run->leg);
        verb->start(run, node);
        return;
    }
    if (!run->closed)
        sim_run_finish(run, SIM_RUN_OVER);
}

static void timer_due(void *ctx)
{
    struct sim_run *run = ctx;

    run->timer = 0;
    run->due(run);
}

void sim_run_wait(struct sim_run *run, int64_t ms, void (*due)(struct sim_run *run))
{
    struct sim_world *w = run->leg->world;

    sim_agenda_cancel(w->agenda, &run->timer);
    run->due = due;
    run->timer = sim_agenda_add(w->agenda, sim_world_now(w) + ms, timer_due, run);
}

struct span sim_run_attr(const struct xml_node *verb, const char *name, const char *otherwise)
{
    const struct span value = xml_attr_get(verb, name);

    return value.data ? value : span_of(otherwise);
}

int64_t sim_run_number(const struct xml_node *verb, const char *name, int64_t min, int64_t max,
                       int64_t otherwise)
{
    const struct span value = xml_attr_get(verb, name);
    int64_t n = otherwise;

    if (value.data && !span_number(value, min, max, &n))
        return otherwise;
    return n;
}

bool sim_run_flag(const struct xml_node *verb, const char *name, bool otherwise)
{
    const struct span value = xml_attr_get(verb, name);

    if (span_is_text(value, "true"))
        return true;
    return span_is_text(value, "false") ? false : otherwise;
}

const char *sim_run_address(struct sim_run *run, const struct xml_node *verb, const char *name)
{
    const struct span value = xml_attr_get(verb, name);

    return value.size ? absolute(run, value) : NULL;
}

static void words_into(struct buf *out, const struct xml_node *node)
{
    for (const struct xml_node *n = node->child; n; n = n->next) {
        if (n->name.size)
            words_into(out, n);
        else
            buf_add(out, n->text);
    }
}

struct span sim_run_words(struct sim_run *run, const struct xml_node *node)
{
    struct buf b = buf_in(run->arena, WORDS_MAX);

    words_into(&b, node);
    return span_trim(buf_span(&b));
}
