#include "config/roster_draft.h"

#include <string.h>

#include "base/check.h"
#include "codec/phone.h"
#include "codec/zone.h"

enum { PHONE_INPUT_MAX = 64, SHORT_DIGITS = 6 };

_Static_assert((int)PHONE_TEXT_SIZE == (int)LIMIT_NUMBER_SIZE, "a number fits the model");

void roster_draft_copy(char *out, size_t size, struct span text)
{
    CHECK(text.size < size);
    if (text.size)
        memcpy(out, text.data, text.size);
    out[text.size] = 0;
}

static size_t digits(struct span text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.size; i++)
        n += text.data[i] >= '0' && text.data[i] <= '9';
    return n;
}

bool roster_draft_is_phone(const struct roster_draft *d, struct span text,
                           char out[LIMIT_NUMBER_SIZE])
{
    char number[PHONE_TEXT_SIZE];

    if (digits(text) <= SHORT_DIGITS ||
        phone_parse(text.data, text.size, d->roster.region, number) != PHONE_GOOD)
        return false;
    memcpy(out, number, sizeof number);
    return true;
}

struct span roster_draft_word(const struct roster_draft *d, const struct doc_node *node)
{
    int64_t n;

    if (!json_number(node->value, 0, INT64_MAX, &n))
        return span_trim(json_text(node->value));
    return span_of(arena_printf(d->doc->scratch, "%lld", (long long)n));
}

static void list_bad_phone(struct roster_draft *d, const struct doc_node *node, struct span text,
                           enum phone_verdict verdict)
{
    if (digits(text) > 0 && digits(text) <= SHORT_DIGITS)
        doc_mistake(d->doc, node,
                    "\"%.*s\" is an emergency or short number, which is never dialled; give a "
                    "person's full number, e.g. \"+16195550111\"",
                    SPAN_ARG(text));
    else if (verdict == PHONE_PREMIUM)
        doc_mistake(d->doc, node,
                    "\"%.*s\" is a premium-rate number, which is never dialled; give another",
                    SPAN_ARG(text));
    else if (verdict == PHONE_NO_COUNTRY)
        doc_mistake(d->doc, node,
                    "\"%.*s\" has no country code; write it as \"+...\", or give the "
                    "document a \"region\" such as \"US\"",
                    SPAN_ARG(text));
    else
        doc_mistake(d->doc, node, "\"%.*s\" %s; give a full number, e.g. \"+16195550111\"",
                    SPAN_ARG(text), phone_verdict_words(verdict));
}

bool roster_draft_phone(struct roster_draft *d, const struct doc_node *node,
                        char out[LIMIT_NUMBER_SIZE])
{
    char number[PHONE_TEXT_SIZE];
    struct span text;

    if (!doc_word(d->doc, node, PHONE_INPUT_MAX, &text))
        return false;
    if (roster_draft_is_phone(d, text, out))
        return true;
    list_bad_phone(d, node, text, phone_parse(text.data, text.size, d->roster.region, number));
    return false;
}

/* Operators mostly share a zone, and its table of changes with it. */
static const struct zone *known_zone(const struct roster_draft *d, struct span name)
{
    if (d->roster.zone && span_is_text(name, d->roster.zone->name))
        return d->roster.zone;
    for (int i = 0; i < d->roster.operator_count; i++)
        if (d->operators[i].zone && span_is_text(name, d->operators[i].zone->name))
            return d->operators[i].zone;
    return NULL;
}

const struct zone *roster_draft_zone(struct roster_draft *d, const struct doc_node *node)
{
    const struct zone *zone;
    struct span name;

    if (!doc_text(d->doc, node, ZONE_NAME_SIZE - 1, &name))
        return NULL;
    zone = known_zone(d, name);
    if (zone || zone_load(d->arena, arena_text(d->doc->scratch, name), &zone) == ERR_NONE)
        return zone;
    doc_mistake(d->doc, node, "\"%.*s\" is no time zone; give one such as \"America/Los_Angeles\"",
                SPAN_ARG(name));
    return NULL;
}

static bool is_id_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

bool roster_draft_id(struct roster_draft *d, const struct doc_node *node, char out[LIMIT_SLUG_SIZE])
{
    char slug[LIMIT_SLUG_SIZE];
    struct span id;

    if (!doc_word(d->doc, node, LIMIT_SLUG_SIZE - 1, &id))
        return false;
    for (size_t i = 0; i < id.size; i++)
        if (!is_id_char(id.data[i])) {
            roster_draft_slug(id, slug);
            doc_mistake(d->doc, node,
                        "\"%.*s\" is no id: letters, digits, '.', '_' and '-' only, e.g. \"%s\"",
                        SPAN_ARG(id), slug[0] ? slug : "primary");
            return false;
        }
    roster_draft_copy(out, LIMIT_SLUG_SIZE, id);
    return true;
}

bool roster_draft_name(struct roster_draft *d, const struct doc_node *node,
                       char out[LIMIT_NAME_SIZE])
{
    struct span name;

    if (!doc_text(d->doc, node, LIMIT_NAME_SIZE - 1, &name))
        return false;
    roster_draft_copy(out, LIMIT_NAME_SIZE, name);
    return true;
}

void roster_draft_slug(struct span name, char out[LIMIT_SLUG_SIZE])
{
    size_t n = 0;

    for (size_t i = 0; i < name.size && n < LIMIT_SLUG_SIZE - 1; i++) {
        const char c = name.data[i];
        const char low = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;

        if ((low >= 'a' && low <= 'z') || (low >= '0' && low <= '9'))
            out[n++] = low;
        else if (n > 0 && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n > 0 && out[n - 1] == '-')
        n--;
    out[n] = 0;
}
