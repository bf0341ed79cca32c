#include "simvoice/sim_run.h"

#include <stdarg.h>
#include <stdio.h>

#include "codec/url.h"
#include "simhook/sim_document.h"
#include "simhook/sim_element.h"
#include "simworld/sim_check.h"
#include "simworld/sim_note.h"

enum {
    DOCUMENTS_MAX = 500,
    WORDS_MAX = 8192,
    WARNING_SIZE = 400,
    ERROR_NO_BASE = 11100,
    ERROR_SCHEMA = 12200,
    ERROR_DIAL_IN_WHISPER = 13201,
    ERROR_CONFERENCE_WAIT = 13238,
};

/* A request for a document, and for which document of the run it is the sequel. */
struct wanted {
    struct sim_run *run;
    unsigned turn;
};

static struct sim_run *run_new(struct sim_leg *leg, enum sim_run_kind kind,
                               void (*over)(struct sim_run *run, enum sim_run_end how))
{
    struct sim_run *run = ARENA_NEW(leg->arena, struct sim_run);

    *run = (struct sim_run){.leg = leg, .kind = kind, .over = over};
    return run;
}

struct sim_run *sim_run_open(struct sim_leg *leg, enum sim_run_kind kind,
                             void (*over)(struct sim_run *run, enum sim_run_end how))
{
    return leg->run = run_new(leg, kind, over);
}

struct sim_run *sim_run_beside(struct sim_leg *leg, enum sim_run_kind kind,
                               void (*over)(struct sim_run *run, enum sim_run_end how))
{
    return leg->beside = run_new(leg, kind, over);
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
    run->asks = false;
    run->key = NULL;
    run->speech = NULL;
    run->stop = NULL;
    run->prompt++;
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

/* What the carrier does when there is no document it could run. `error` 0: it is noted already. */
static void apologise(struct sim_run *run, int error, const char *url)
{
    const struct sim_note_about about = {.subject = run->leg->sid, .url = url};

    if (error)
        sim_note_problem(run->leg->world, error, &about, "call %s has no document to run",
                         run->leg->sid);
    if (run->kind == SIM_IN_CALL)
        sim_leg_answer(run->leg);
    if (!sim_leg_is_over(run->leg) && run->kind != SIM_IN_MUSIC && run->kind != SIM_IN_QUEUE)
        sim_leg_hear(run->leg, SPAN("We are sorry. An application error has occurred. Goodbye."));
    sim_run_finish(run, SIM_RUN_BROKEN);
}

static void adopt(struct sim_run *run, struct arena *arena, const struct xml_node *root,
                  const char *url, const char *method)
{
    arena_close(&run->arena);
    run->arena = arena;
    run->url = url ? arena_text(run->leg->arena, span_of(url)) : NULL;
    run->method = url ? method : NULL;
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
        apologise(run, 0, reply->url);
        arena_close(&arena);
    } else {
        adopt(run, arena, reply->root, reply->url, reply->method);
    }
}

const char *sim_run_resolve(struct sim_run *run, struct span reference)
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
    const bool waits = run->kind == SIM_IN_QUEUE || run->kind == SIM_IN_MUSIC;
    const char *url = sim_run_resolve(run, reference);
    struct sim_params p = {.arena = arena_open(0)};
    struct wanted *wanted = ARENA_NEW(leg->arena, struct wanted);

    let_go(run);
    *wanted = (struct wanted){run, ++run->turn};
    if (!url || run->turn > DOCUMENTS_MAX) {
        arena_close(&p.arena);
        apologise(run, ERROR_NO_BASE, url);
        return;
    }
    sim_leg_params(leg, &p);
    for (size_t i = 0; extra && i < extra->count; i++)
        sim_params_add(&p, extra->fields[i].name.data, extra->fields[i].value);
    sim_webhook_ask(&(struct sim_ask){.world = leg->world,
                                      .account = leg->account,
                                      .url = url,
                                      .method = span_is_text(method, "GET") ? "GET" : "POST",
                                      .fallback_url = waits ? NULL : sim_leg_fallback(leg),
                                      .fallback_method = leg->fallback_method,
                                      .voice = true,
                                      .jar = &leg->jar,
                                      .subject = leg->sid,
                                      .params = &p},
                    arrived, wanted);
    arena_close(&p.arena);
}

void sim_run_action(struct sim_run *run, const struct xml_node *verb,
                    const struct sim_params *extra)
{
    const struct span action = sim_element_value(verb, "action");

    if (action.size)
        sim_run_fetch(run, action, span_of(sim_element_method(verb, "method")), extra);
    else if (!run->closed)
        sim_run_next(run);
}

void sim_run_text(struct sim_run *run, struct span document)
{
    struct arena *arena = arena_open(0);
    const struct xml_node *root = NULL;
    const int error = sim_document_read(arena, true, SPAN("text/xml"), document, &root);

    run->turn++;
    if (!error) {
        sim_check_document(run->leg->world, &(struct sim_note_about){.subject = run->leg->sid},
                           true, root);
        adopt(run, arena, root, NULL, NULL);
        return;
    }
    arena_close(&arena);
    apologise(run, error, NULL);
}

void sim_run_warn(const struct sim_run *run, int code, const char *format, ...)
{
    const struct sim_note_about about = {
        .subject = run->leg->sid, .url = run->url, .method = run->method};
    char words[WARNING_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    sim_note_problem(run->leg->world, code, &about, "%s", words);
}

static const struct sim_verb *verb_find(const struct sim_run *run, struct span name)
{
    for (const struct sim_verb *v = run->leg->world->verbs; v->name; v++)
        if (span_is_text(name, v->name))
            return v;
    return NULL;
}

/* A verb that may not stand in this kind of document: fatal is only a Dial within a Dial. */
static bool refused(struct sim_run *run, const struct xml_node *node)
{
    if (run->kind == SIM_IN_WHISPER && span_is_text(node->name, "Dial")) {
        apologise(run, ERROR_DIAL_IN_WHISPER, run->url);
        return true;
    }
    sim_run_warn(run, run->kind == SIM_IN_MUSIC ? ERROR_CONFERENCE_WAIT : ERROR_SCHEMA,
                 "line %d: <%.*s> may not stand in this document: skipped", node->line,
                 SPAN_ARG(node->name));
    return false;
}

/* Starts the verb; true when it has come to its end already. A verb that takes no time comes back
 * to sim_run_next, which then only says so: thousands of them do not pile up on the stack. */
static bool start(struct sim_run *run, const struct sim_verb *verb, const struct xml_node *node)
{
    if (verb->answers)
        sim_leg_answer(run->leg);
    run->starting = true;
    run->passed = false;
    verb->start(run, node);
    run->starting = false;
    return run->passed;
}

/* The verb to come; NULL at the end, or when the run has ended for another reason. */
static const struct sim_verb *verb_take(struct sim_run *run, const struct xml_node **out_node)
{
    while (run->next && !run->closed) {
        const struct xml_node *node = run->next;
        const struct sim_verb *verb = node->name.size ? verb_find(run, node->name) : NULL;

        run->next = node->next;
        *out_node = node;
        if (verb && verb->where & run->kind)
            return verb;
        if (verb && refused(run, node))
            return NULL;
        if (!verb && node->name.size)
            sim_note(run->leg->world, "call", "<%.*s> at line %d is skipped", SPAN_ARG(node->name),
                     node->line);
    }
    return NULL;
}

void sim_run_next(struct sim_run *run)
{
    const struct sim_verb *verb;
    const struct xml_node *node = NULL;

    let_go(run);
    run->passed = true;
    if (run->starting)
        return;
    while ((verb = verb_take(run, &node)) != NULL)
        if (!start(run, verb, node))
            return;
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

const char *sim_run_address(struct sim_run *run, const struct xml_node *verb, const char *name)
{
    const struct span value = sim_element_value(verb, name);

    return value.size ? sim_run_resolve(run, value) : NULL;
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
