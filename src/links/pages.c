#include "links/pages.h"

#include "base/buf.h"
#include "base/check.h"
#include "codec/tone.h"
#include "codec/xml.h"

enum { PAGE_BYTES_MAX = 256 << 10 };

static const char STYLE[] =
    ":root{color-scheme:light dark;--ink:#1d2733;--soft:#5a6776;--paper:#fafaf7;--line:#d9d9d2;"
    "--act:#14532d;--on-act:#fff}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#9aa7b5;--paper:#15191e;"
    "--line:#333b45;--act:#1f7a44;--on-act:#fff}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);"
    "font:1.0625rem/1.5 system-ui,sans-serif}\n"
    "main{max-width:36rem;margin:0 auto;padding:2rem 1.25rem}\n"
    "h1{font-size:1.375rem;line-height:1.3;margin:0 0 1rem;overflow-wrap:anywhere}\n"
    "p{margin:0 0 1rem;overflow-wrap:anywhere}\n"
    ".soft{color:var(--soft)}\n"
    "blockquote{margin:0 0 1.5rem;padding:.75rem 1rem;border-left:.25rem solid var(--line);"
    "white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "pre{margin:0 0 1rem;padding:.75rem 1rem;border:1px solid var(--line);border-radius:.5rem;"
    "white-space:pre-wrap;overflow-wrap:anywhere;font-size:.875rem}\n"
    "audio{display:block;width:100%}\n"
    ".photos{list-style:none;margin:0 0 1.5rem;padding:0}\n"
    ".photos li{margin:0 0 .75rem}\n"
    ".photos a{display:block;color:inherit;border:1px solid var(--line);border-radius:.75rem;"
    "overflow:hidden}\n"
    ".photos img{display:block;position:relative;width:100%;min-height:3rem}\n"
    /* Drawn only over what is no photo, in place of the browser's mark for a broken one. */
    ".photos img::after{content:attr(alt);position:absolute;inset:0;background:var(--paper);"
    "line-height:3rem;text-align:center;text-decoration:underline}\n"
    "button,.button{display:block;width:100%;padding:1rem;margin:0 0 .75rem;border:0;"
    "border-radius:.75rem;background:var(--act);color:var(--on-act);font:inherit;"
    "font-weight:600;text-align:center;text-decoration:none;cursor:pointer}\n"
    "button.quiet,.quiet.button{background:transparent;color:var(--ink);"
    "border:1px solid var(--soft);font-weight:400}\n"
    "ul.soft{margin:.75rem 0 1.5rem;padding-left:1.25rem;overflow-wrap:anywhere}\n"
    ".place{font-weight:600}\n"
    ".place a{display:inline-block;padding:.5rem;margin:-.5rem;color:inherit;font-weight:400}\n"
    ".told{padding:.75rem 1rem;border:2px solid var(--act);border-radius:.75rem}\n"
    ".state{font-weight:600}\n"
    "label{display:block;margin:0 0 .75rem}\n"
    /* At 16 px or more a phone does not zoom in when the field is touched. */
    "textarea,select{display:block;width:100%;margin:.25rem 0 0;padding:.75rem;"
    "border:1px solid var(--soft);border-radius:.75rem;background:var(--paper);"
    "color:var(--ink);font:inherit}\n"
    "summary.button{list-style:none}\n"
    "summary::-webkit-details-marker{display:none}\n"
    "button:focus-visible,a:focus-visible,summary:focus-visible,textarea:focus-visible,"
    "select:focus-visible{outline:3px solid var(--soft);outline-offset:2px}\n";

void pages_text(struct buf *page, struct span text)
{
    xml_escape(page, text);
}

struct buf pages_begin(struct visit *v, const char *title)
{
    return pages_begin_in(v, title, "en");
}

struct buf pages_begin_in(struct visit *v, const char *title, const char *language)
{
    struct buf page = buf_in(v->arena, PAGE_BYTES_MAX);

    buf_printf(&page, "<!doctype html>\n<html lang=\"%s\">", language);
    buf_add_text(&page, "<head><meta charset=\"utf-8\">"
                        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                        "<meta name=\"robots\" content=\"noindex\"><title>");
    pages_text(&page, span_of(title));
    buf_add_text(&page, "</title><link rel=\"stylesheet\" href=\"/style.css\"></head><body><main>"
                        "<h1>");
    pages_text(&page, span_of(title));
    buf_add_text(&page, "</h1>\n");
    return page;
}

static void answer(struct visit *v, int status, struct buf *page, struct span policy)
{
    const struct http_field fields[] = {
        {"Content-Security-Policy", policy},
        {"Referrer-Policy", SPAN("no-referrer")},
        {"X-Robots-Tag", SPAN("noindex")},
        {NULL, {NULL, 0}},
    };

    buf_add_text(page, "</main></body></html>\n");
    CHECK(!page->full); /* texts on it are bounded far below */
    visit_answer(v, &(struct visit_reply){.status = status,
                                          .type = "text/html; charset=utf-8",
                                          .body = buf_span(page),
                                          .fields = fields});
}

#define POLICY(more)                                                                           \
    SPAN("default-src 'none'; style-src 'self'; " more "form-action 'self'; base-uri 'none'; " \
         "frame-ancestors 'none'")

void pages_answer(struct visit *v, int status, struct buf *page)
{
    answer(v, status, page, POLICY(""));
}

void pages_answer_with_images(struct visit *v, int status, struct buf *page)
{
    answer(v, status, page, POLICY("img-src 'self'; media-src 'self'; "));
}

void pages_say(struct visit *v, int status, struct span words)
{
    struct buf page = pages_begin(v, "nextring");

    buf_add_text(&page, "<p>");
    pages_text(&page, words);
    buf_add_text(&page, "</p>");
    pages_answer(v, status, &page);
}

void pages_say_no_link(struct visit *v)
{
    pages_say(
        v, 404,
        SPAN("This link does not exist. Was it cut off? Open it from the text that it came in, or "
             "copy all of it. You can also answer that text."));
}

void pages_style(struct visit *v)
{
    visit_answer(v, &(struct visit_reply){.status = 200,
                                          .type = "text/css; charset=utf-8",
                                          .body = span_of(STYLE),
                                          .may_be_kept = true});
}

void pages_ringing(struct visit *v)
{
    static const struct http_field kept[] = {{"Cache-Control", SPAN("public, max-age=86400")},
                                             {NULL, {NULL, 0}}};

    visit_answer(v, &(struct visit_reply){.status = 200,
                                          .type = "audio/wav",
                                          .body = tone_ringing(v->arena),
                                          .fields = kept,
                                          .bare = true});
}
