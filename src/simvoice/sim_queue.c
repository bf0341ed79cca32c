#include "simvoice/sim_queue.h"

#include "simhook/sim_element.h"
#include "simworld/sim_note.h"

enum {
    WAIT_AGAIN_MS = 1000, /* before a waitUrl is asked for again that said nothing */
    ERROR_SCHEMA = 12200,
    ERROR_QUEUE_FULL = 14207,
};

/* A call whose Dial wants a member. */
struct sim_queue_dialler {
    struct sim_queue_dialler *next;
    struct sim_queue *queue;
    struct sim_run *run;
    const struct xml_node *dial;
    const char *whisper_url, *whisper_method; /* NULL: none */
    struct sim_member *member;                /* taken, or NULL */
    int64_t bridged_ms;                       /* 0: not yet */
    bool over;
};

struct sim_queue *sim_queue_find(struct sim_world *w, const struct sim_account *account,
                                 struct span name)
{
    for (struct sim_queue *q = w->queues; q; q = q->next)
        if (!q->deleted && q->account == account &&
            (span_is_text(name, q->name) || span_is_text(name, q->sid)))
            return q;
    return NULL;
}

struct sim_queue *sim_queue_made(struct sim_world *w, struct sim_account *account, struct span name)
{
    if (w->queue_count == SIM_QUEUES_MAX)
        return NULL;
    struct sim_queue *q = ARENA_NEW(w->arena, struct sim_queue);
    *q = (struct sim_queue){.next = w->queues,
                            .world = w,
                            .account = account,
                            .max_size = SIM_QUEUE_SIZE,
                            .created_ms = sim_world_now(w),
                            .updated_ms = sim_world_now(w)};
    sim_world_sid(w, "QU", (uint32_t)w->queue_count++, q->sid);
    sim_world_copy(q->name, sizeof q->name, name);
    w->queues = q;
    return q;
}

enum err sim_queue_delete(struct sim_queue *q)
{
    if (q->size)
        return ERR_CONFLICT;
    q->deleted = true;
    return ERR_NONE;
}

struct sim_member *sim_queue_member(const struct sim_queue *q, struct span call)
{
    struct sim_member *m = q->members;

    while (m && !span_is_text(call, "Front") && !span_is_text(call, m->leg->sid))
        m = m->next;
    return m;
}

int64_t sim_queue_position(const struct sim_member *m)
{
    int64_t n = 1;

    for (const struct sim_member *i = m->queue->members; i && i != m; i = i->next)
        n++;
    return n;
}

int64_t sim_queue_waited_s(const struct sim_member *m)
{
    const int64_t until_ms = m->taken_ms ? m->taken_ms : sim_world_now(m->leg->world);

    return (until_ms - m->since_ms) / 1000;
}

int64_t sim_queue_average_s(const struct sim_queue *q)
{
    int64_t sum = 0;

    for (const struct sim_member *m = q->members; m; m = m->next)
        sum += sim_queue_waited_s(m);
    return q->size ? sum / (int64_t)q->size : 0;
}

static void note(const struct sim_member *m, const char *what)
{
    struct sim_note n;

    sim_note_open(m->leg->world, &n, "call", "%s %s queue %s", sim_leg_party(m->leg), what,
                  m->queue->name);
    json_out_text(&n.json, "call", span_of(m->leg->sid));
    json_out_text(&n.json, "queue", span_of(m->queue->sid));
    sim_note_close(m->leg->world, &n);
}

/* The member whose wait it is; the state of the run beside belongs to its verbs. */
static struct sim_member *member_of(const struct sim_run *beside)
{
    return beside->leg->run->state;
}

static void wait_end(struct sim_member *m)
{
    if (m->leg->beside)
        sim_run_close(m->leg->beside, SIM_STOP_REPLACED);
}

/* Out of the line, for whatever comes next. */
static void unlink_member(struct sim_member *m)
{
    struct sim_member **at = &m->queue->members;

    while (*at && *at != m)
        at = &(*at)->next;
    if (!*at)
        return;
    *at = m->next;
    m->queue->size--;
    m->taken_ms = sim_world_now(m->leg->world);
    wait_end(m);
}

static void result_params(const struct sim_member *m, const char *result, struct sim_params *p)
{
    sim_params_text(p, "QueueResult", result);
    sim_params_text(p, "QueueSid", m->queue->sid);
    sim_params_number(p, "QueueTime", sim_queue_waited_s(m));
}

/* The Enqueue has come to its end: its action takes over, or else the next verb. */
static void member_finish(struct sim_member *m, const char *result)
{
    struct sim_params p = {.arena = arena_open(0)};

    unlink_member(m);
    sim_leg_part(m->leg);
    note(m, "leaves");
    result_params(m, result, &p);
    sim_run_action(m->run, m->verb, &p);
    arena_close(&p.arena);
}

/* Another document has taken over already: the action is told, and its answer is not run. */
static void member_told(struct sim_member *m, const char *result)
{
    struct sim_params p = {.arena = arena_open(0)};

    unlink_member(m);
    sim_leg_part(m->leg);
    note(m, "is taken out of");
    sim_leg_params(m->leg, &p);
    result_params(m, result, &p);
    sim_webhook_tell(&(struct sim_ask){.world = m->leg->world,
                                       .account = m->leg->account,
                                       .url = sim_run_address(m->run, m->verb, "action"),
                                       .method = sim_element_method(m->verb, "method"),
                                       .voice = true,
                                       .subject = m->leg->sid,
                                       .params = &p});
    arena_close(&p.arena);
}

static void wait_begin(struct sim_member *m);

static void wait_over(struct sim_run *beside, enum sim_run_end how)
{
    struct sim_member *m = member_of(beside);

    switch (how) {
    case SIM_RUN_LEFT:
        member_finish(m, "leave");
        break;
    case SIM_RUN_HANG_UP:
        sim_leg_end(m->leg, SIM_COMPLETED);
        break;
    case SIM_RUN_OVER:
        wait_begin(m);
        break;
    case SIM_RUN_BROKEN:
    case SIM_RUN_ENDS:
        break; /* it waits in silence */
    }
}

static void wait_fetch(struct sim_run *beside)
{
    const struct sim_member *m = member_of(beside);
    struct sim_params p = {.arena = arena_open(0)};

    sim_params_text(&p, "QueueSid", m->queue->sid);
    sim_params_number(&p, "QueuePosition", sim_queue_position(m));
    sim_params_number(&p, "QueueTime", sim_queue_waited_s(m));
    sim_params_number(&p, "AvgQueueTime", sim_queue_average_s(m->queue));
    sim_params_number(&p, "CurrentQueueSize", (int64_t)m->queue->size);
    sim_params_number(&p, "MaxQueueSize", m->queue->max_size);
    sim_run_fetch(beside, span_of(m->wait_url), span_of(m->wait_method), &p);
    arena_close(&p.arena);
}

/* A document that took no time is not asked for again at once. */
static void wait_begin(struct sim_member *m)
{
    const int64_t now_ms = sim_world_now(m->leg->world);
    const bool first = !m->music_ms;
    const bool took_time = m->music_ms < now_ms;

    m->music_ms = now_ms;
    sim_run_beside(m->leg, SIM_IN_QUEUE, wait_over);
    sim_run_wait(m->leg->beside, first || took_time ? 0 : WAIT_AGAIN_MS, wait_fetch);
}

/* What the call hears beside hears its keys, and its words. */
static void member_key(struct sim_run *run, char key)
{
    struct sim_run *beside = run->leg->beside;

    if (beside && !beside->closed && beside->key)
        beside->key(beside, key);
}

static void member_speech(struct sim_run *run, struct span words, int confidence)
{
    struct sim_run *beside = run->leg->beside;

    if (beside && !beside->closed && beside->speech)
        beside->speech(beside, words, confidence);
}

static void dialler_end(struct sim_queue_dialler *d, const char *status, const char *result);

static void member_stop(struct sim_run *run, enum sim_run_stop why)
{
    struct sim_member *m = run->state;
    struct sim_queue_dialler *d = m->dialler;
    const bool gone = why == SIM_STOP_GONE;

    wait_end(m);
    if (gone)
        member_finish(m, m->bridged ? "bridged" : d ? "bridging-in-process" : "hangup");
    else
        member_told(m, m->bridged ? "redirected-from-bridged" : "redirected");
    m->dialler = NULL;
    if (d)
        dialler_end(d, "completed", m->bridged ? "bridged" : "hangup");
}

void sim_queue_dequeue(struct sim_member *m, const char *url, const char *method)
{
    struct sim_run *run = m->run;
    const char *to = arena_text(m->leg->arena, span_of(url));

    sim_run_replace(run);
    sim_run_fetch(run, span_of(to), span_of(method), NULL);
}

static void dialler_params(const struct sim_queue_dialler *d, const char *status,
                           const char *result, struct sim_params *p)
{
    const struct sim_member *m = d->member;
    const int64_t now_ms = sim_world_now(d->run->leg->world);
    const int64_t talk_s = d->bridged_ms ? (now_ms - d->bridged_ms + 500) / 1000 : 0;

    sim_params_text(p, "DialCallStatus", status);
    sim_params_text(p, "DialBridged", d->bridged_ms ? "true" : "false");
    if (d->queue)
        sim_params_text(p, "QueueSid", d->queue->sid);
    sim_params_text(p, "DequeueResult", result);
    if (!m)
        return;
    sim_params_text(p, "DialCallSid", m->leg->sid);
    sim_params_number(p, "DialCallDuration", talk_s);
    sim_params_text(p, "DequeuedCallSid", m->leg->sid);
    sim_params_number(p, "DequeuedCallQueueTime", sim_queue_waited_s(m));
    sim_params_number(p, "DequeuedCallDuration", talk_s);
}

static void stop_waiting(struct sim_queue_dialler *d)
{
    struct sim_queue_dialler **at = d->queue ? &d->queue->diallers : NULL;

    while (at && *at && *at != d)
        at = &(*at)->next;
    if (at && *at)
        *at = d->next;
}

/* The Dial has come to its end. */
static void dialler_end(struct sim_queue_dialler *d, const char *status, const char *result)
{
    struct sim_params p = {.arena = arena_open(0)};

    if (d->over)
        return;
    d->over = true;
    stop_waiting(d);
    sim_agenda_cancel(d->run->leg->world->agenda, &d->run->timer);
    dialler_params(d, status, result, &p);
    if (!d->run->closed || !d->run->leg->world->quiet_end)
        sim_run_action(d->run, d->dial, &p);
    arena_close(&p.arena);
}

/* The caller who dialled is gone, or sent elsewhere: the other goes on by itself. */
static void dialler_stop(struct sim_run *run, enum sim_run_stop why)
{
    struct sim_queue_dialler *d = run->state;
    struct sim_member *m = d->member;

    if (why == SIM_STOP_GONE)
        dialler_end(d, m ? "completed" : "canceled", m ? "bridged" : "hangup");
    d->over = true;
    stop_waiting(d);
    if (m && m->dialler == d) {
        m->dialler = NULL;
        wait_end(m);
        member_finish(m, m->bridged ? "bridged" : "error");
    }
}

/* Both stay on the line, and each has its action. */
static void part(struct sim_queue_dialler *d)
{
    struct sim_member *m = d->member;

    m->dialler = NULL;
    dialler_end(d, "completed", "bridged");
    member_finish(m, "bridged");
}

static void limit_due(struct sim_run *run)
{
    part(run->state);
}

static void dialler_key(struct sim_run *run, char key)
{
    struct sim_queue_dialler *d = run->state;

    if (key == '*' && d->bridged_ms && sim_element_flag(d->dial, "hangupOnStar"))
        part(d);
}

static void bridge(struct sim_queue_dialler *d)
{
    struct sim_member *m = d->member;

    d->bridged_ms = sim_world_now(m->leg->world);
    m->bridged = true;
    sim_leg_answer(d->run->leg);
    sim_leg_join(d->run->leg, m->leg);
    sim_run_wait(d->run, sim_element_number(d->dial, "timeLimit") * 1000, limit_due);
}

static void whisper_over(struct sim_run *beside, enum sim_run_end how)
{
    struct sim_member *m = member_of(beside);

    if (how == SIM_RUN_HANG_UP)
        sim_leg_end(m->leg, SIM_COMPLETED);
    else if (m->dialler)
        bridge(m->dialler);
}

static void take(struct sim_queue_dialler *d, struct sim_member *m)
{
    struct sim_params p = {.arena = arena_open(0)};

    stop_waiting(d);
    sim_agenda_cancel(m->leg->world->agenda, &d->run->timer);
    unlink_member(m);
    d->member = m;
    m->dialler = d;
    m->taken_by = d->run->leg;
    if (d->whisper_url) {
        sim_params_text(&p, "QueueSid", m->queue->sid);
        sim_params_number(&p, "QueueTime", sim_queue_waited_s(m));
        sim_params_text(&p, "DequeingCallSid", d->run->leg->sid);
        sim_run_fetch(sim_run_beside(m->leg, SIM_IN_WHISPER, whisper_over), span_of(d->whisper_url),
                      span_of(d->whisper_method), &p);
    } else {
        bridge(d);
    }
    arena_close(&p.arena);
}

static void nobody_came(struct sim_run *run)
{
    dialler_end(run->state, "no-answer", "queue-empty");
}

void sim_queue_dial(struct sim_run *run, const struct xml_node *dial, const struct xml_node *noun)
{
    struct sim_leg *leg = run->leg;
    struct sim_queue_dialler *d = ARENA_NEW(leg->arena, struct sim_queue_dialler);

    *d = (struct sim_queue_dialler){
        .queue = sim_queue_find(leg->world, leg->account, sim_run_words(run, noun)),
        .run = run,
        .dial = dial,
        .whisper_url = sim_run_address(run, noun, "url"),
        .whisper_method = sim_element_method(noun, "method"),
    };
    run->state = d;
    run->key = dialler_key;
    run->stop = dialler_stop;
    if (!sim_element_flag(dial, "answerOnBridge"))
        sim_leg_answer(leg);
    if (!d->queue) {
        sim_note(leg->world, "call", "there is no queue of that name");
        dialler_end(d, "failed", "error");
    } else if (d->queue->members) {
        take(d, d->queue->members);
    } else {
        struct sim_queue_dialler **end = &d->queue->diallers;
        while (*end)
            end = &(*end)->next;
        *end = d;
        sim_run_wait(run, sim_element_number(dial, "timeout") * 1000, nobody_came);
    }
}

static void add_member(struct sim_queue *q, struct sim_member *m)
{
    struct sim_member **end = &q->members;

    while (*end)
        end = &(*end)->next;
    *end = m;
    q->size++;
    note(m, "enters");
}

/* It does not even enter. */
static void refuse(struct sim_run *run, const struct xml_node *verb, const char *result)
{
    struct sim_params p = {.arena = run->arena};

    sim_params_text(&p, "QueueResult", result);
    sim_params_number(&p, "QueueTime", 0);
    sim_run_action(run, verb, &p);
}

void sim_queue_enqueue(struct sim_run *run, const struct xml_node *verb)
{
    struct sim_leg *leg = run->leg;
    const struct span name = sim_run_words(run, verb);
    const int64_t room = sim_element_number(verb, "maxQueueSize");

    if (sim_element_value(verb, "workflowSid").size) {
        sim_run_warn(run, ERROR_SCHEMA, "line %d: <Enqueue workflowSid> is not simulated: skipped",
                     verb->line);
        sim_run_next(run);
        return;
    }
    if (!name.size || name.size >= SIM_QUEUE_NAME_SIZE) {
        refuse(run, verb, "error");
        return;
    }
    struct sim_queue *q = sim_queue_find(leg->world, leg->account, name);
    if (!q)
        q = sim_queue_made(leg->world, leg->account, name);
    if (!q || (int64_t)q->size >= (room < q->max_size ? room : q->max_size)) {
        sim_run_warn(run, ERROR_QUEUE_FULL, "line %d: the queue \"%.*s\" is full", verb->line,
                     SPAN_ARG(name));
        refuse(run, verb, q ? "queue-full" : "system-error");
        return;
    }
    struct sim_member *m = ARENA_NEW(leg->arena, struct sim_member);
    *m = (struct sim_member){.queue = q,
                             .leg = leg,
                             .run = run,
                             .verb = verb,
                             .since_ms = sim_world_now(leg->world),
                             .wait_url = sim_run_address(run, verb, "waitUrl"),
                             .wait_method = sim_element_method(verb, "waitUrlMethod")};
    run->state = m;
    run->key = member_key;
    run->speech = member_speech;
    run->stop = member_stop;
    add_member(q, m);
    if (q->diallers)
        take(q->diallers, m);
    else if (m->wait_url)
        wait_begin(m);
    else if (!xml_attr_get(verb, "waitUrl").data)
        sim_leg_hear(leg, SPAN("[hold music]"));
}
