#include "provider/fallback_script.h"

#include "base/buf.h"
#include "base/check.h"
#include "codec/xml.h"

enum { SCRIPT_BYTES = 256 << 10 };

struct span fallback_script_voice(struct arena *arena, const struct span *phones, size_t count,
                                  struct span words)
{
    struct buf out = buf_in(arena, SCRIPT_BYTES);
    struct xml_out xml = xml_out(&out);

    xml_out_begin(&xml, "Response");
    for (size_t i = 0; i < count; i++) {
        xml_out_begin(&xml, "Dial");
        xml_out_attr(&xml, "answerOnBridge", SPAN("true"));
        xml_out_attr(&xml, "timeout", span_of(arena_printf(arena, "%d", FALLBACK_SCRIPT_RING_S)));
        xml_out_begin(&xml, "Number");
        xml_out_text(&xml, phones[i]);
        xml_out_end(&xml);
        xml_out_end(&xml);
    }
    xml_out_begin(&xml, "Say");
    xml_out_text(&xml, words);
    xml_out_end(&xml);
    xml_out_begin(&xml, "Hangup");
    xml_out_end(&xml);
    xml_out_end(&xml);
    CHECK(!out.full); /* a roster's phones are some tens of kilobytes */
    return buf_span(&out);
}

struct span fallback_script_text(struct arena *arena, const struct span *phones, size_t count,
                                 struct span words)
{
    struct buf out = buf_in(arena, SCRIPT_BYTES);
    struct xml_out xml = xml_out(&out);

    xml_out_begin(&xml, "Response");
    for (size_t i = 0; i < count; i++) {
        xml_out_begin(&xml, "Message");
        xml_out_attr(&xml, "to", phones[i]);
        xml_out_text(&xml, words);
        xml_out_end(&xml);
    }
    xml_out_end(&xml);
    CHECK(!out.full);
    return buf_span(&out);
}
