#include "codec/xml.h"

#include <string.h>

/* The tree keeps lines but no columns, so the text is walked once more. It is known to be well
 * formed; should it not be, the walk still ends, at worst at the end of the text. */
struct walk {
    struct span text;
    size_t at;
};

static bool is_here(const struct walk *w, const char *what)
{
    return span_starts(span_skip(w->text, w->at), span_of(what));
}

/* Behind the next `what`, or to the end. */
static void skip_to(struct walk *w, const char *what)
{
    const struct span rest = span_skip(w->text, w->at);
    const char *found = rest.size ? memmem(rest.data, rest.size, what, strlen(what)) : NULL;

    w->at = found ? (size_t)(found - w->text.data) + strlen(what) : w->text.size;
}

static void skip_quoted(struct walk *w)
{
    const char quote[] = {w->text.data[w->at], 0};

    w->at++;
    skip_to(w, quote);
}

/* Over a start tag, from its '<'. */
static void skip_tag(struct walk *w)
{
    while (w->at < w->text.size && w->text.data[w->at] != '>')
        if (w->text.data[w->at] == '"' || w->text.data[w->at] == '\'')
            skip_quoted(w);
        else
            w->at++;
}

/* To the '<' of the next start tag; false at the end. */
static bool find_tag(struct walk *w)
{
    while (w->at < w->text.size)
        if (w->text.data[w->at] != '<')
            w->at++;
        else if (is_here(w, "<!--"))
            skip_to(w, "-->");
        else if (is_here(w, "<![CDATA["))
            skip_to(w, "]]>");
        else if (is_here(w, "<?"))
            skip_to(w, "?>");
        else if (is_here(w, "</") || is_here(w, "<!"))
            skip_to(w, ">");
        else
            return true;
    return false;
}

static bool is_name_end(char c)
{
    return strchr(" \t\r\n=", c) != NULL;
}

/* From a start tag's '<' to the name of the attribute; false when it has no such one. */
static bool find_attr(struct walk *w, const char *name)
{
    const size_t size = strlen(name);

    while (w->at < w->text.size && w->text.data[w->at] != '>') {
        const char c = w->text.data[w->at];
        if (c == '"' || c == '\'') {
            skip_quoted(w);
            continue;
        }
        w->at++;
        if (strchr(" \t\r\n", c) && is_here(w, name) && w->at + size < w->text.size &&
            is_name_end(w->text.data[w->at + size]))
            return true;
    }
    return false;
}

static void place_of(struct span text, size_t at, int *out_line, int *out_column)
{
    int line = 1, column = 1;

    for (size_t i = 0; i < at && i < text.size; i++) {
        const bool line_end = text.data[i] == '\n';
        line += line_end;
        /* Bytes that continue a character are none of their own. */
        column = line_end ? 1 : column + ((text.data[i] & 0xc0) != 0x80);
    }
    *out_line = line;
    *out_column = column;
}

void xml_locate(struct span text, size_t element, const char *attr, const char *within,
                int *out_line, int *out_column)
{
    struct walk w = {.text = text};
    size_t found = 0;

    for (size_t i = 0; find_tag(&w); i++) {
        found = w.at;
        if (i == element)
            break;
        skip_tag(&w);
    }
    if (attr && find_attr(&w, attr))
        found = w.at;
    w.at = found;
    if (within) {
        skip_to(&w, within);
        if (w.at >= strlen(within) &&
            memcmp(text.data + w.at - strlen(within), within, strlen(within)) == 0)
            found = w.at - strlen(within);
    }
    place_of(text, found, out_line, out_column);
}
