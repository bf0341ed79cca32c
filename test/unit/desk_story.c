#include "desk_story.h"

#include "rules/command.h"

static struct world *const w = &world_shared;

void story_say(const char *from, const char *line, const char *body, const char *media)
{
    static int sids;
    const struct event e = {
        .kind = EVENT_TEXT,
        .sid = span_of(arena_printf(w->arena, "SMstory%d", ++sids)),
        .from = span_of(from),
        .to = span_of(line),
        .body = span_of(body),
        .media = span_of(media),
        .attempt = -1,
    };

    world_again(w, e);
}

void story_mark(const char *phone, const char *customer, const char *words)
{
    world_text(w, phone, world_tagged(w, story_about(phone, customer), words));
}

void story_two(void)
{
    world_text(w, ANNA, "no heat");
    world_text(w, BORIS, "no water");
}

void story_confirm(const char *phone)
{
    const struct span body = world_last_to(w, phone)->body;

    assert_true(body.size > 3);
    world_text(w, phone, arena_text(w->arena, span_skip(body, body.size - 3)));
}

const struct message *story_about(const char *phone, const char *customer)
{
    for (size_t i = 0;; i++) {
        const struct message *m = world_to(w, phone, i);
        assert_non_null(m);
        if (strcmp(m->customer, customer) == 0)
            return m;
    }
}

struct relay *story_relay(const char *customer)
{
    for (size_t i = 0;; i++) {
        struct relay *r = world_row(w, FACT_RELAY, i);
        assert_non_null(r);
        if (r->id == world_thread(w, customer)->relay)
            return r;
    }
}

static const struct message *last_reply(const char *customer, size_t *out_count)
{
    const struct message *m, *last = NULL;

    *out_count = 0;
    for (size_t i = 0; (m = world_to(w, customer, i)); i++)
        if (m->kind == MESSAGE_REPLY) {
            ++*out_count;
            last = m;
        }
    return last;
}

size_t story_replies(const char *customer)
{
    size_t count;

    (void)last_reply(customer, &count);
    return count;
}

bool story_replied(const char *customer, const char *words)
{
    size_t count;
    const struct message *m = last_reply(customer, &count);

    return m && span_is_text(m->body, words);
}

struct message *story_row(void)
{
    struct message *m;

    for (size_t i = 0; (m = world_row(w, FACT_MESSAGE, i)); i++)
        if (m->direction == DIRECTION_IN && span_is_text(w->last.sid, m->sid))
            return m;
    fail_msg("the text left no row");
    return NULL;
}

struct duty story_duty(const char *operator_id)
{
    struct duty last = {0};

    for (const struct appended *a = w->added; a; a = a->next)
        if (a->kind == APPEND_DUTY && strcmp(a->duty.operator_id, operator_id) == 0)
            last = a->duty;
    return last;
}

bool story_has_question(const char *operator_id)
{
    const struct question *q;

    for (size_t i = 0; (q = world_row(w, FACT_QUESTION, i)); i++)
        if (!q->gone && q->message && strcmp(q->operator_id, operator_id) == 0)
            return true;
    return false;
}

/* ---- nothing went to a wrong number ---- */

static const struct thread *thread_of(const struct message *m)
{
    const struct thread *t;

    for (size_t i = 0; (t = world_row(w, FACT_THREAD, i)); i++)
        if (t->id == m->thread)
            return t;
    return NULL;
}

static void check_customer(const struct message *m)
{
    static const struct {
        const char *name, *phone;
    } people[] = {{"Anna", ANNA}, {"Boris", BORIS}, {"Clara", CLARA}};
    const struct thread *t = thread_of(m);

    assert_non_null(t);
    assert_string_equal(m->to, t->customer);
    assert_string_equal(m->from, t->line);
    assert_int_equal(roster_operator_by_phone(&w->roster, span_of(m->to)), -1);
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
        if (memmem(m->body.data, m->body.size, people[i].name, strlen(people[i].name)) &&
            strcmp(m->to, people[i].phone) != 0)
            fail_msg("%s got: %.*s", m->to, SPAN_ARG(m->body));
}

/* A mark at the beginning is his own, of the thread that the text is about. */
static void check_mark(const struct message *m)
{
    const struct span mark = {m->body.data, 3};
    int64_t thread = 0;

    if (!m->thread || m->body.size < 3 || !command_is_tag(mark))
        return;
    for (const struct appended *a = w->added; a; a = a->next)
        if (a->kind == APPEND_TAG && strcmp(a->tag.operator_id, m->operator_id) == 0 &&
            span_is_text(mark, a->tag.tag))
            thread = a->tag.thread;
    assert_int_equal(thread, m->thread);
}

static void check_operator(const struct message *m)
{
    const int o = roster_operator_by_id(&w->roster, span_of(m->operator_id));

    assert_true(o >= 0);
    assert_string_equal(m->to, w->roster.operators[o].phone);
    assert_non_null(roster_line(&w->roster, span_of(m->from)));
    if (m->thread)
        assert_string_equal(m->customer, thread_of(m)->customer);
    check_mark(m);
}

void story_check(void)
{
    const struct message *m;

    for (size_t i = 0; (m = world_row(w, FACT_MESSAGE, i)); i++) {
        if (m->direction == DIRECTION_IN)
            continue;
        const struct outbox *o = world_outbox(w, m->id);
        assert_non_null(o);
        assert_string_equal(o->to, m->to);
        assert_string_equal(o->from, m->from);
        if (m->kind == MESSAGE_REPLY || m->kind == MESSAGE_CUSTOMER)
            check_customer(m);
        else
            check_operator(m);
    }
}

int story_tear_down(void **unused)
{
    story_check();
    return world_tear_down(unused);
}
