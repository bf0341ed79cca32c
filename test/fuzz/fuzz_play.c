/* Any file as a scenario: it is read or refused, and a refusal says where. */
#include "base/check.h"
#include "fuzz.h"
#include "simplay/play_run.h"

enum { MISTAKE_BYTES_MAX = 64 << 10 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_open(1 << 16);
    struct buf mistakes = buf_in(arena, MISTAKE_BYTES_MAX);
    const struct play_grammar grammar = play_run_grammar();
    struct play_script script;

    if (play_script_parse(arena, &grammar, "f", (struct span){(const char *)data, size}, &script,
                          &mistakes))
        CHECK(span_starts(buf_span(&mistakes), SPAN("f:")));
    else
        CHECK(script.count <= PLAY_STATEMENTS_MAX && mistakes.size == 0);
    arena_close(&arena);
    return 0;
}
