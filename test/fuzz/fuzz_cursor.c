/* Any text as a place in the log: one that is read is written as it was, and never moves back. */
#include <string.h>

#include "base/check.h"
#include "fuzz.h"
#include "journal/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span text = {(const char *)data, size};
    char written[CURSOR_SIZE];
    struct cursor cursor, again;

    memset(&cursor, 0x55, sizeof cursor);
    memset(&again, 0x55, sizeof again);
    if (!cursor_parse(text, &cursor)) {
        CHECK(memcmp(&cursor, &again, sizeof cursor) == 0);
        return 0;
    }
    cursor_render(&cursor, written);
    CHECK(cursor_parse(span_of(written), &again));
    CHECK(memcmp(&cursor, &again, sizeof cursor) == 0);
    CHECK((cursor_last(&cursor) == 0) == (strcmp(written, "0") == 0));
    for (int i = 0; i < CURSOR_NODES; i++)
        if (cursor.at[i])
            cursor_note(&again, cursor.at[i] - 1);
    CHECK(cursor_last(&again) == cursor_last(&cursor));
    return 0;
}
