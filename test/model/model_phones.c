#include "model_phones.h"

#include <string.h>

#include "rules/command.h"

enum { LATELY_MS = 12 * HOUR };

/* ---- reading a text of ours ---- */

static bool has(struct span words, const char *part)
{
    return memmem(words.data, words.size, part, strlen(part)) != NULL;
}

static void read_choices(struct letter *l, struct span words)
{
    int customer;

    while (l->choice_count < QUESTION_CHOICES && (customer = world_customer_in(&words)) >= 0)
        l->choices[l->choice_count++] = customer;
}

static void read_question(const struct world *w, struct letter *l, struct span words)
{
    const struct letter *before = phones_question(w, l->person, INT64_MAX);

    if (span_starts(words, SPAN("Not sent yet: to which one?")))
        l->asked = ASKED_WHICH;
    else if (span_starts(words, SPAN("Which one do you take?")))
        l->asked = ASKED_TAKE;
    else if (has(words, "answer 1 to have it done here"))
        l->asked = ASKED_COMMAND;
    else if (span_starts(words, SPAN("To confirm '"))) {
        l->asked = ASKED_CONFIRM;
        memcpy(l->confirm, words.data + words.size - 3, 3);
    }
    if (l->asked == ASKED_WHICH || l->asked == ASKED_TAKE)
        read_choices(l, words);
    for (; l->asked == ASKED_WHICH && l->choice_count == 0 && before; before = before->next)
        if (before->choice_count) { /* "as above" */
            memcpy(l->choices, before->choices, sizeof l->choices);
            l->choice_count = before->choice_count;
        }
}

static void read_mark(struct letter *l, struct span words)
{
    if (words.size < 4 || words.data[3] != ' ' || !command_is_tag((struct span){words.data, 3}))
        return;
    memcpy(l->tag, words.data, 3);
    l->customer = world_customer_in(&words);
}

static void read_serials(struct letter *l, struct span words, const char *mark)
{
    const size_t size = strlen(mark);

    while (l->serial_count < SERIALS) {
        const char *at = words.size ? memmem(words.data, words.size, mark, size) : NULL;
        if (!at)
            return;
        int64_t serial;
        words = span_skip(words, (size_t)(at - words.data) + size);
        if (words.size >= 3 && span_number((struct span){words.data, 3}, 0, TEXTS_MAX - 1, &serial))
            l->serials[l->serial_count++] = (int)serial; /* else it is cut there */
    }
}

static uint64_t print_of(struct span words, const char *link)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < words.size; i++) {
        if (link && words.data + i == link)
            i += CONTEXT_LINK_SIZE - 1;
        if (i < words.size)
            h = (h ^ (unsigned char)words.data[i]) * 1099511628211u;
    }
    return h;
}

struct letter *phones_letter(struct world *w, const struct message *m, struct span words)
{
    struct letter *l = ARENA_NEW(w->scene.store.arena, struct letter);
    const char *link = words.size ? memmem(words.data, words.size, "/j/", 3) : NULL;

    l->message = m->id;
    l->relay = m->relay;
    l->kind = m->kind;
    l->person = world_person(m->to);
    l->line = world_line_of(m->from);
    l->decided_ms = w->scene.now_ms;
    l->customer = -1;
    l->words = words;
    MUST(l->person >= 0, "a text to nobody: %s", m->to);
    if (link && link + 3 + CONTEXT_LINK_SIZE - 1 <= words.data + words.size)
        memcpy(l->link, link + 3, CONTEXT_LINK_SIZE - 1);
    l->acts_for_text = span_starts(words, SPAN("Nothing done: five wrong"));
    l->print = print_of(words, l->link[0] ? link + 3 : NULL);
    if (l->person < OPERATORS && m->kind != MESSAGE_SPOKEN) {
        read_mark(l, words);
        read_question(w, l, words);
        read_serials(l, words, "heat-");
    } else if (m->kind == MESSAGE_SPOKEN) {
        read_serials(l, words, "heat-");
    } else {
        read_serials(l, words, "word-");
    }
    l->next = w->letters[l->person];
    w->letters[l->person] = l;
    return l;
}

struct letter *phones_of(const struct world *w, int64_t message)
{
    const struct store_row *r =
        model_store_row(&w->scene.store, FACT_MESSAGE, message, (struct span){0});

    return r ? r->user : NULL;
}

/* ---- what he means ---- */

static bool is_seen(const struct letter *l, int64_t by_ms)
{
    return l->seen_ms && l->seen_ms <= by_ms;
}

const struct letter *phones_question(const struct world *w, int person, int64_t by_ms)
{
    for (const struct letter *l = w->letters[person]; l; l = l->next)
        if (l->asked && (by_ms == INT64_MAX || is_seen(l, by_ms)))
            return l;
    return NULL;
}

/* Whoever the mark stands for in his texts; a mark that he was never sent stands for nobody. */
static enum meant by_mark(const struct world *w, const struct text *t, int customer)
{
    enum meant meant = MEANT_WRONG;

    for (const struct letter *l = w->letters[t->person]; l; l = l->next)
        if (strcmp(l->tag, t->tag) == 0) {
            if (l->customer != customer)
                return MEANT_WRONG;
            meant = MEANT_RIGHT;
        }
    return meant;
}

/* The only one of whom that line told him in the twelve hours before he wrote. */
static enum meant by_memory(const struct world *w, const struct text *t, int customer)
{
    bool mine_seen = false, mine_sent = false, other_then = false, other_now = false;

    for (const struct letter *l = w->letters[t->person]; l; l = l->next) {
        if (!l->tag[0] || l->line != t->line || l->decided_ms < t->written_ms - LATELY_MS)
            continue;
        const bool seen = is_seen(l, t->written_ms), mine = l->customer == customer;
        mine_sent |= mine;
        mine_seen |= mine && seen;
        other_then |= !mine && seen;
        other_now |= !mine && seen && l->decided_ms >= w->scene.now_ms - LATELY_MS;
    }
    if (other_now || (other_then && !mine_seen))
        return MEANT_WRONG;
    if (mine_seen)
        return MEANT_RIGHT;
    return mine_sent ? MEANT_CROSSED : MEANT_WRONG;
}

static bool is_choice(const struct letter *q, int digit, int customer)
{
    return q && digit <= q->choice_count && q->choices[digit - 1] == customer;
}

/* The digit before the customer in the question that he saw. */
static enum meant by_choice(const struct world *w, const struct text *t, int customer)
{
    if (is_choice(t->question, t->digit, customer))
        return MEANT_RIGHT;
    for (const struct letter *l = w->letters[t->person]; l && l != t->question; l = l->next)
        if (l->asked && is_choice(l, t->digit, customer))
            return MEANT_CROSSED;
    return by_memory(w, t, customer);
}

enum meant phones_meant(const struct world *w, const struct text *t, int customer)
{
    if (t->tag[0])
        return by_mark(w, t, customer);
    return t->digit ? by_choice(w, t, customer) : by_memory(w, t, customer);
}
