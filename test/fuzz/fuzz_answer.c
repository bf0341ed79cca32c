/* Whatever a customer's server sends back to the simulated carrier: overrides in the first line,
 * then a redirect, then Set-Cookie values, and after an empty line a document. */
#include "base/check.h"
#include "fuzz.h"
#include "simhook/sim_document.h"
#include "simhook/sim_jar.h"
#include "simhook/sim_override.h"

enum { BODY_MAX = 65536, NOW_MS = 1000000, STEP_MS = 1000 };

static void read_overrides(struct arena *arena, struct span fragment)
{
    const char *mistakes[SIM_OVERRIDE_MISTAKES_MAX];
    struct sim_override how;
    const size_t count = sim_override_parse(arena, fragment, &how, mistakes);

    CHECK(count <= SIM_OVERRIDE_MISTAKES_MAX);
    CHECK(how.connect_ms >= 100 && how.connect_ms <= 10000);
    CHECK(how.read_ms >= 100 && how.read_ms <= 15000);
    CHECK(how.total_ms >= 100 && how.total_ms <= 15000);
    CHECK(how.retries >= 0 && how.retries <= 5 && how.retry_on && how.retry_on <= SIM_RETRY_ALL);
    for (size_t i = 0; i < count; i++)
        CHECK(mistakes[i]);
}

/* Where a relative address leads, nothing in its path goes up any more. */
static void follow(struct arena *arena, struct span reference, struct url *out)
{
    static const char base[] = "http://user:pass@h.test:8080/a/b/c?d=e";
    const struct span to = url_resolve(arena, span_of(base), reference);
    struct url absolute;

    if (url_parse(to, out))
        CHECK(!url_parse(span_of(base), out));
    else if (reference.size && url_parse(reference, &absolute))
        CHECK(span_is_text(out->host, "h.test") || span_starts(reference, SPAN("//")));
}

static void keep_cookies(struct arena *arena, struct span *lines, const struct url *at)
{
    struct sim_jar jar = {0};

    while (lines->size) {
        const struct span line = span_cut(*lines, '\n', lines);
        if (!line.size)
            break;
        sim_jar_put(&jar, at, line, NOW_MS);
        CHECK(jar.count <= SIM_JAR_MAX);
    }
    const struct span sent = sim_jar_get(&jar, arena, at, NOW_MS + STEP_MS);
    for (size_t i = 0; i < sent.size; i++)
        CHECK((unsigned char)sent.data[i] >= ' ');
    sim_jar_done(&jar);
    CHECK(!jar.first && !jar.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_open(1 << 16);
    struct span rest = {(const char *)data, size};
    const struct xml_node *root = NULL;
    struct url at;

    if (size <= BODY_MAX) {
        read_overrides(arena, span_cut(rest, '\n', &rest));
        follow(arena, span_cut(rest, '\n', &rest), &at);
        keep_cookies(arena, &rest, &at);
        for (int voice = 0; voice < 2; voice++) {
            const int code = sim_document_read(arena, voice, SPAN("text/plain"), rest, &root);
            CHECK(code == 0 || root == NULL);
            CHECK(!root || span_is_text(root->name, "Response"));
        }
    }
    arena_close(&arena);
    return 0;
}
