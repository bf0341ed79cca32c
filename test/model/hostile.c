#include "hostile.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "codec/url.h"

/* clang-format off */
static const char *const fragments[] = {
    "</Say>", "</Say><Dial>+19005550199</Dial><Say>", "<Response/>", "</Response>", "<Redirect>", "<Hangup/>",
    "<![CDATA[", "]]>", "<!--", "-->", "<?xml version=\"1.0\"?>", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>",
    "&", "&amp;", "&lt;", "&b;", "&#60;", "&#x3c;Hangup/&#x3e;", "&#0;", "&#xfffe;", "&quot;", "&", ";",
    "<", ">", "\"", "'", "/>", "\" action=\"https://example.net/", "' url='", "=", "\\", "\\u003c", "%3C", "%0d%0a", "%00",
    "{{business}}", "{{caller_name}}", "{b}", "{w}", "<Step/>", "%s", "%n", "$(id)",
    " ", "  ", "\t", "\n", "\r\n", "\r", "\v", "\f", "\x01", "\x08", "\x1b[2J", "\x1f", "\x7f", "\xc2\x80", "\xc2\x85", "\xc2\xa0",
    "\xe2\x80\x8b", "\xe2\x80\xa8", "\xe2\x80\x8f", "\xe2\x80\xae", "\xef\xbb\xbf", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xf0\x9f\xbf\xbe",
    "\xc0\xbc", "\xe0\x80\xbc", "\xed\xa0\x80", "\xf0\x80\x80\xbc", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\xbc", "\xf0\x9f", "\xe2", "\x80", "\xff", "\xfe",
    "Anna", "O'Brien & Sons", "Zo\xc3\xab", "\xd7\x90\xd7\xa0\xd7\x94", "\xd8\xa3\xd9\x86\xd8\xa7", "\xe5\xa4\xaa\xe9\x83\x8e",
    "\xf0\x9f\x9a\xbf", "e\xcc\x81\xcc\x81\xcc\x81", "sip:a@example.test;x=<y>", "+16195550150", "A", "0",
};
/* clang-format on */
enum { FRAGMENTS = sizeof fragments / sizeof fragments[0], PARTS = 12 };

struct span hostile_words(struct arena *arena, struct dice *dice, size_t most)
{
    struct buf out = buf_in(arena, most + 256);
    const bool is_long = dice_throw(dice, 10) == 0;
    const uint32_t parts = dice_throw(dice, 20) == 0 ? 0 : 1 + dice_throw(dice, PARTS);

    for (uint32_t i = 0; i < parts || (is_long && out.size < most); i++) {
        if (out.size >= most)
            break;
        if (dice_throw(dice, 8) == 0)
            buf_add_char(&out, (char)(1 + dice_throw(dice, 255)));
        else
            buf_add_text(&out, fragments[dice_throw(dice, FRAGMENTS)]);
    }
    const struct span words = buf_span(&out);
    return (struct span){words.data, words.size < most ? words.size : most};
}

struct span hostile_segment(struct arena *arena, struct dice *dice, size_t most)
{
    struct buf out = buf_in(arena, 3 * most + 1);

    url_escape(&out, hostile_words(arena, dice, most));
    return buf_span(&out);
}

bool hostile_is_seen(struct span words)
{
    while (words.size) {
        uint32_t code = 0;
        const size_t size = utf8_take(words, &code);
        const bool is_dropped = code < ' ' || code == 0xfffe || code == 0xffff;
        if (size == 0 || (code != ' ' && !is_dropped))
            return true;
        words = span_skip(words, size);
    }
    return false;
}
