#include "links/job_page.h"

#include <string.h>

#include "codec/xml.h"
#include "rules/job_phrases.h"

enum { ADDRESS_BYTES_MAX = 400 };

/* What a form asks for beside its button. */
enum asks { ASKS_NOTHING, ASKS_NOTE, ASKS_REASON, ASKS_WORDS, ASKS_PERSON };

/* clang-format off */
static const struct deed {
    const char *word;
    enum job_phrase label;
    enum asks asks;
    enum job_phrase field; /* its label, when it asks */
} deeds[JOB_PAGE_DEEDS] = {
    [JOB_PAGE_CLAIM]     = {"claim",     JOB_PHRASE_CLAIM,     ASKS_NOTHING, JOB_PHRASES},
    [JOB_PAGE_START]     = {"start",     JOB_PHRASE_START,     ASKS_NOTHING, JOB_PHRASES},
    [JOB_PAGE_COMPLETE]  = {"complete",  JOB_PHRASE_COMPLETE,  ASKS_NOTE,    JOB_PHRASE_NOTE},
    [JOB_PAGE_CALL]      = {"call",      JOB_PHRASE_CALL,      ASKS_NOTHING, JOB_PHRASES},
    [JOB_PAGE_TEXT]      = {"text",      JOB_PHRASE_TEXT,      ASKS_WORDS,   JOB_PHRASE_WORDS},
    [JOB_PAGE_HAND_OVER] = {"hand-over", JOB_PHRASE_HAND_OVER, ASKS_PERSON,  JOB_PHRASE_TO},
    [JOB_PAGE_GIVE_BACK] = {"give-back", JOB_PHRASE_GIVE_BACK, ASKS_REASON,  JOB_PHRASE_WHY},
};
/* clang-format on */

const char *job_page_word(enum job_page_deed deed)
{
    return deeds[deed].word;
}

enum job_page_deed job_page_parse(struct span word)
{
    for (int i = 0; i < JOB_PAGE_DEEDS; i++)
        if (span_is_text(word, deeds[i].word))
            return (enum job_page_deed)i;
    return JOB_PAGE_DEEDS;
}

static const char *text_of(const struct job_page *p, enum job_phrase phrase)
{
    return job_phrases_text(p->language, phrase);
}

/* With the field set apart, so that its writing direction turns nothing else. */
static void phrase_with(struct buf *out, const struct job_page *p, enum job_phrase phrase,
                        struct span name)
{
    const char *text = text_of(p, phrase), *field = strstr(text, "{name}");

    buf_printf(out, "%.*s<bdi>", (int)(field - text), text);
    xml_escape(out, name);
    buf_printf(out, "</bdi>%s", field + sizeof "{name}" - 1);
}

static void paragraph(struct buf *out, const char *class, struct span words)
{
    if (words.size == 0)
        return;
    buf_printf(out, "<p%s>", class);
    xml_escape(out, words);
    buf_add_text(out, "</p>\n");
}

/* Every byte but the plainest, so that the address ends where it shall. */
static void escape_for_link(struct buf *out, struct span text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (size_t i = 0; i < text.size && i < ADDRESS_BYTES_MAX; i++) {
        const char c = text.data[i];
        if (memchr(plain, c, sizeof plain - 1))
            buf_printf(out, "%c", c);
        else
            buf_printf(out, "%%%02X", (unsigned char)c);
    }
}

/* As text, which some phones make a map of by themselves, and as a link for the others. It asks
 * no host: the phone's own map app opens it. */
static void address(struct buf *out, const struct job_page *p)
{
    if (p->address.size == 0)
        return;
    buf_add_text(out, "<p class=\"place\"><bdi>");
    xml_escape(out, p->address);
    buf_add_text(out, "</bdi> <a href=\"geo:0,0?q=");
    escape_for_link(out, p->address);
    buf_printf(out, "\">%s</a></p>\n", text_of(p, JOB_PHRASE_MAP));
}

static void about(struct buf *out, const struct job_page *p)
{
    buf_add_text(out, "<p class=\"soft\">");
    if (p->business.size > 0) {
        buf_add_text(out, "<bdi>");
        xml_escape(out, p->business);
        buf_add_text(out, "</bdi> &#183; ");
    }
    phrase_with(out, p, JOB_PHRASE_JOB, p->job);
    buf_add_text(out, "</p>\n");
    address(out, p);
    if (p->customer.size > 0) {
        buf_add_text(out, "<p>");
        phrase_with(out, p, JOB_PHRASE_CUSTOMER, p->customer);
        buf_add_text(out, "</p>\n");
    }
    if (p->notes.size > 0) {
        buf_add_text(out, "<blockquote>");
        xml_escape(out, p->notes);
        buf_add_text(out, "</blockquote>\n");
    }
    paragraph(out, " class=\"state\"", p->state);
}

static void person(struct buf *out, const struct job_page_person *one)
{
    buf_add_text(out, "<option value=\"");
    xml_escape(out, one->id);
    buf_add_text(out, "\">");
    xml_escape(out, one->name);
    buf_add_text(out, "</option>");
}

static void field(struct buf *out, const struct job_page *p, const struct deed *d)
{
    if (d->asks == ASKS_NOTHING)
        return;
    buf_printf(out, "<label>%s ", text_of(p, d->field));
    switch (d->asks) {
    case ASKS_PERSON:
        buf_add_text(out, "<select name=\"to\">");
        for (size_t i = 0; i < p->people_count; i++)
            person(out, &p->people[i]);
        buf_add_text(out, "</select>");
        break;
    case ASKS_WORDS:
        buf_printf(out, "<textarea name=\"words\" rows=\"4\" maxlength=\"%d\" required></textarea>",
                   JOB_PAGE_WORDS_MAX);
        break;
    case ASKS_NOTE:
    case ASKS_REASON:
        buf_printf(out, "<textarea name=\"words\" rows=\"2\" maxlength=\"%d\"%s></textarea>",
                   JOB_PAGE_WORDS_MAX, d->asks == ASKS_REASON ? " required" : "");
        break;
    case ASKS_NOTHING:
        break;
    }
    buf_add_text(out, "</label>");
}

static void form(struct buf *out, const struct job_page *p, const struct deed *d, bool first)
{
    const char *class = first ? "" : " class=\"quiet\"";

    if (d->asks != ASKS_NOTHING && !first)
        buf_printf(out, "<details><summary class=\"button quiet\">%s</summary>\n",
                   text_of(p, d->label));
    buf_add_text(out, "<form method=\"post\"><input type=\"hidden\" name=\"once\" value=\"");
    xml_escape(out, p->mark);
    buf_add_text(out, "\">");
    field(out, p, d);
    buf_printf(out, "<button%s name=\"action\" value=\"%s\">%s</button></form>\n",
               d->asks == ASKS_NOTHING ? class : "", d->word,
               text_of(p, d->asks == ASKS_WORDS ? JOB_PHRASE_SEND : d->label));
    if (d->asks != ASKS_NOTHING && !first)
        buf_add_text(out, "</details>\n");
}

static bool is_next(enum job_page_deed deed)
{
    return deed == JOB_PAGE_CLAIM || deed == JOB_PAGE_START || deed == JOB_PAGE_COMPLETE;
}

static void deeds_of(struct buf *out, const struct job_page *p)
{
    bool next = true; /* the first of the job's own steps stands out */

    for (int i = 0; i < JOB_PAGE_DEEDS; i++) {
        if (p->hindrance[i])
            continue;
        const bool first = next && is_next((enum job_page_deed)i);
        form(out, p, &deeds[i], first);
        next = next && !first;
    }
}

static void hindrances(struct buf *out, const struct job_page *p)
{
    bool any = false;

    for (int i = 0; i < JOB_PAGE_DEEDS; i++) {
        if (!p->hindrance[i] || !p->hindrance[i][0])
            continue;
        buf_printf(out, "%s<li>%s: ", any ? "" : "<ul class=\"soft\">\n",
                   text_of(p, deeds[i].label));
        xml_escape(out, span_of(p->hindrance[i]));
        buf_add_text(out, "</li>\n");
        any = true;
    }
    if (any)
        buf_add_text(out, "</ul>\n");
}

void job_page_render(struct buf *out, const struct job_page *p)
{
    paragraph(out, " class=\"told\"", p->told);
    about(out, p);
    if (p->mark.size > 0) {
        deeds_of(out, p);
        hindrances(out, p);
    }
    if (p->reader.size > 0) {
        buf_add_text(out, "<p class=\"soft\">");
        phrase_with(out, p, JOB_PHRASE_READER, p->reader);
        buf_add_text(out, "</p>\n");
    }
}
