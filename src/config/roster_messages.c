#include "config/roster_messages.h"

#include "config/nearest.h"
#include "model/job_template.h"

enum { LANGUAGES_MAX = 16 };

static bool is_language(struct span text)
{
    return text.size == 2 && text.data[0] >= 'a' && text.data[0] <= 'z' && text.data[1] >= 'a' &&
           text.data[1] <= 'z';
}

static void list_field(struct roster_draft *d, const struct doc_node *node, struct span text)
{
    const size_t at = (size_t)job_template_unknown(text);
    struct span before, name, after;
    struct nearest nearest;

    /* From its braces on, there it stands. */
    (void)job_template_next(span_skip(text, at - 2), &before, &name, &after);
    if (!after.data || after.data == name.data + name.size) {
        doc_mistake(d->doc, node, "a field is not closed; write it as {{job}}");
        return;
    }
    name = span_trim(name);
    nearest = nearest_to(name);
    for (int i = 0; i < JOB_WORDS; i++)
        nearest_show(&nearest, span_of(job_template_word_name((enum job_word)i)));
    if (nearest.best.data)
        doc_mistake(d->doc, node, "there is no field {{%.*s}}; did you mean {{%.*s}}?",
                    SPAN_ARG(name), SPAN_ARG(nearest.best));
    else
        doc_mistake(d->doc, node,
                    "there is no field {{%.*s}}; use business, job, title, customer, address, "
                    "link, crew, time",
                    SPAN_ARG(name));
}

static bool is_sound(struct roster_draft *d, const struct doc_node *node, enum job_news news,
                     struct span text)
{
    const bool needs = job_template_needs_link(news), has = job_template_has(text, JOB_WORD_LINK);

    if (job_template_unknown(text) >= 0)
        list_field(d, node, text);
    else if (needs && !has)
        doc_mistake(d->doc, node, "is without {{link}}, by which the crew acts; add it");
    else if (!needs && has)
        doc_mistake(d->doc, node, "has {{link}}, but there is none in this text; take it out");
    else
        return true;
    return false;
}

static void read_one(struct roster_draft *d, const struct doc_node *node, struct span language,
                     struct job_message *table)
{
    struct job_message *m = &table[d->roster.message_count];
    enum job_news news;
    struct span text;

    if (!job_news_parse(node->key, &news) || !doc_text(d->doc, node, JOB_TEMPLATE_BYTES, &text) ||
        !is_sound(d, node, news, text))
        return; /* an unknown name has been listed */
    roster_draft_copy(m->language, sizeof m->language, language);
    m->news = (int)news;
    m->words = arena_copy(d->arena, text);
    d->roster.message_count++;
}

static void read_language(struct roster_draft *d, const struct doc_node *node,
                          struct job_message *table)
{
    const char *known[JOB_NEWSES + 1] = {NULL};

    for (int i = 0; i < JOB_NEWSES; i++)
        known[i] = job_news_name((enum job_news)i);
    if (!is_language(node->key)) {
        doc_mistake(d->doc, node, "is no language: two small letters, as \"en\"");
        return;
    }
    if (!doc_is(d->doc, node, JSON_OBJECT, "an object: {\"assigned\": \"{{job}}: {{link}}\"}"))
        return;
    doc_known(d->doc, node, known, true);
    for (size_t i = 0; i < doc_count(node); i++) {
        const struct doc_node *item = doc_item(d->doc, node, i);
        if (json_type(item->value) != JSON_NULL)
            read_one(d, item, node->key, table);
    }
}

void roster_messages_read(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *node = doc_get(d->doc, top, "messages");
    const size_t count = node ? doc_count(node) : 0;

    if (!node || !doc_is(d->doc, node, JSON_OBJECT,
                         "an object: {\"en\": {\"assigned\": \"{{job}}: {{link}}\"}}"))
        return;
    if (count > LANGUAGES_MAX) {
        doc_mistake(d->doc, node, "has %zu languages; %d are the limit", count, LANGUAGES_MAX);
        return;
    }
    struct job_message *table =
        ARENA_NEW_N(d->arena, struct job_message, (size_t)LANGUAGES_MAX * JOB_NEWSES);
    for (size_t i = 0; i < count; i++)
        read_language(d, doc_item(d->doc, node, i), table);
    d->roster.messages = table;
}
