#include "config/roster_services.h"

static const char *const voicemail_keys[] = {"transcribe", NULL};

static void read_lookup(struct roster_draft *d, const struct doc_node *node)
{
    struct span word;

    if (!doc_text(d->doc, node, LIMIT_NAME_SIZE, &word))
        return;
    if (span_is_text(word, "caller_name"))
        d->roster.looks_up_names = true;
    else if (span_is_text(word, "line_type"))
        d->roster.looks_up_line_types = true;
    else
        doc_mistake(d->doc, node, "\"%.*s\" is not known; use \"caller_name\" or \"line_type\"",
                    SPAN_ARG(word));
}

static void read_lookups(struct roster_draft *d, const struct doc_node *list)
{
    if (!doc_is(d->doc, list, JSON_LIST, "a list: [\"caller_name\", \"line_type\"]"))
        return;
    for (size_t i = 0; i < doc_count(list); i++)
        read_lookup(d, doc_item(d->doc, list, i));
}

static void read_voicemail(struct roster_draft *d, const struct doc_node *node)
{
    if (!doc_is(d->doc, node, JSON_OBJECT, "an object: {\"transcribe\": true}"))
        return;
    doc_known(d->doc, node, voicemail_keys, true);
    const struct doc_node *transcribe = doc_get(d->doc, node, "transcribe");
    if (transcribe)
        doc_bool(d->doc, transcribe, &d->roster.transcribes);
}

void roster_services_read(struct roster_draft *d, const struct doc_node *top)
{
    const struct doc_node *lookup = doc_get(d->doc, top, "lookup");
    const struct doc_node *voicemail = doc_get(d->doc, top, "voicemail");

    if (lookup)
        read_lookups(d, lookup);
    if (voicemail)
        read_voicemail(d, voicemail);
}
