#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simapi/sim_xml.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?><TwilioResponse>"

static const struct {
    const char *says, *json, *element, *want;
} rows[] = {
    {"a row", "{\"sid\":\"SM1\",\"date_sent\":null,\"error_code\":30005,\"beta\":true}", "Message",
     HEAD "<Message><Sid>SM1</Sid><DateSent></DateSent><ErrorCode>30005</ErrorCode>"
          "<Beta>true</Beta></Message></TwilioResponse>"},
    {"a row within", "{\"sid\":\"SM1\",\"subresource_uris\":{\"media\":\"/M\"}}", "Message",
     HEAD "<Message><Sid>SM1</Sid><SubresourceUris><Media>/M</Media></SubresourceUris></Message>"
          "</TwilioResponse>"},
    {"a list in its frame",
     "{\"messages\":[{\"sid\":\"SM1\"}],\"uri\":\"/U?a=1&b=2\",\"page_size\":50,"
     "\"next_page_uri\":null}",
     "Message",
     HEAD "<Messages uri=\"/U?a=1&amp;b=2\" pagesize=\"50\" nextpageuri=\"\"><Message>"
          "<Sid>SM1</Sid></Message></Messages></TwilioResponse>"},
    {"markup", "{\"body\":\"<b>&\"}", "Message",
     HEAD "<Message><Body>&lt;b&gt;&amp;</Body></Message></TwilioResponse>"},
    {"a list of texts", "{\"sid\":\"X\",\"flags\":[\"a\",\"b\"]}", "Key",
     HEAD "<Key><Sid>X</Sid><Flags><Item>a</Item><Item>b</Item></Flags></Key></TwilioResponse>"},
    {"what is no JSON", "{", "Key", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><TwilioResponse/>"},
};

static void json_becomes_the_carriers_xml(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_open(0);
        struct buf b = buf_in(arena, 4096);
        sim_xml_render(arena, span_of(rows[i].json), rows[i].element, &b);
        if (!span_is_text(buf_span(&b), rows[i].want))
            fail_msg("%s: %.*s", rows[i].says, SPAN_ARG(buf_span(&b)));
        arena_close(&arena);
    }
}

/* Deeper than anything the API has: cut, not a crash. */
static void depth_ends(void **unused)
{
    struct arena *arena = arena_open(0);
    struct buf json = buf_in(arena, 4096), out = buf_in(arena, 65536);

    (void)unused;
    for (int i = 0; i < 40; i++)
        buf_add_text(&json, "{\"a\":");
    buf_add_text(&json, "1");
    for (int i = 0; i < 40; i++)
        buf_add_text(&json, "}");
    sim_xml_render(arena, buf_span(&json), "Deep", &out);
    assert_false(out.full);
    assert_true(out.size > 0);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_becomes_the_carriers_xml),
        cmocka_unit_test(depth_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
