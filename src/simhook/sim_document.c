#include "simhook/sim_document.h"

#include <string.h>

enum {
    ERROR_TOO_LARGE = 11750,
    ERROR_EMPTY = 11770,
    ERROR_PARSE = 12100,
    ERROR_VERSION = 12101,
    ERROR_ROOT = 12102,
    ERROR_TYPE = 12300,
};

static const struct {
    int code;
    const char *words;
} mistakes[] = {
    {ERROR_TOO_LARGE, "the document is larger than 64 kB"},
    {ERROR_EMPTY, "the body is empty, which is no document"},
    {ERROR_PARSE, "the document is not well-formed XML"},
    {ERROR_VERSION, "the XML version is not 1.0"},
    {ERROR_ROOT, "the root element is not Response"},
    {ERROR_TYPE, "the content type is none of a document; use text/xml"},
};

const char *sim_document_words(int code)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++)
        if (code == mistakes[i].code)
            return mistakes[i].words;
    return "the document cannot be used";
}

void sim_document_print(struct buf *out)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++)
        buf_printf(out, "| %d | %s |\n", mistakes[i].code, mistakes[i].words);
}

static const struct xml_node *spoken(struct arena *arena, bool voice, struct span words)
{
    struct buf b = buf_in(arena, SIM_DOCUMENT_BYTES_MAX * 2);
    struct xml_out o = xml_out(&b);
    struct xml_node *root = NULL;
    struct xml_place place;

    xml_out_begin(&o, "Response");
    xml_out_begin(&o, voice ? "Say" : "Message");
    xml_out_text(&o, words);
    xml_out_end(&o);
    xml_out_end(&o);
    return xml_parse(arena, buf_span(&b), &root, &place) ? NULL : root;
}

/* <?xml version="1.1"?> is not read. */
static bool has_other_version(struct span body)
{
    const struct span head = SPAN("<?xml version=");
    const struct span rest = span_skip(body, head.size);

    return span_starts(body, head) && rest.size > 4 && memcmp(rest.data + 1, "1.0", 3) != 0;
}

int sim_document_read(struct arena *arena, bool voice, struct span type, struct span body,
                      const struct xml_node **out_root)
{
    struct span parameters;
    const struct span kind = span_trim(span_cut(type, ';', &parameters));
    const bool plain = span_is_nocase(kind, SPAN("text/plain"));
    struct xml_node *root = NULL;
    struct xml_place place;

    *out_root = NULL;
    if (body.size > SIM_DOCUMENT_BYTES_MAX)
        return ERROR_TOO_LARGE;
    if (!span_trim(body).size)
        return voice ? ERROR_EMPTY : 0;
    if (!plain && !span_is_nocase(kind, SPAN("text/xml")) &&
        !span_is_nocase(kind, SPAN("application/xml")) && !span_is_nocase(kind, SPAN("text/html")))
        return ERROR_TYPE;
    if (has_other_version(body))
        return ERROR_VERSION;
    const bool parsed = xml_parse(arena, arena_copy(arena, body), &root, &place) == ERR_NONE;
    if (!parsed && plain) {
        *out_root = spoken(arena, voice, span_trim(body));
        return 0;
    }
    if (!parsed)
        return ERROR_PARSE;
    if (!span_is_text(root->name, "Response"))
        return ERROR_ROOT;
    *out_root = root;
    return 0;
}

/* Played, then the call ends. */
const struct xml_node *sim_document_sound(struct arena *arena, struct span type, const char *url)
{
    const struct span kind = SPAN("audio/");

    if (type.size <= kind.size || !span_is_nocase((struct span){type.data, kind.size}, kind))
        return NULL;
    struct xml_node *root = ARENA_NEW(arena, struct xml_node);
    struct xml_node *play = ARENA_NEW(arena, struct xml_node);
    struct xml_node *text = ARENA_NEW(arena, struct xml_node);
    *root = (struct xml_node){.name = SPAN("Response"), .child = play};
    *play = (struct xml_node){.name = SPAN("Play"), .child = text};
    *text = (struct xml_node){.text = span_of(url)};
    return root;
}
