#include "reading.h"

struct reading reading;
const struct roster_defaults reading_defaults = {.file = "r.json",
                                                 .ring_s = 15,
                                                 .ack_s = 900,
                                                 .from_number = "+16195550100",
                                                 .account_sid = "AC1"};

int reading_set_up(void **unused)
{
    (void)unused;
    reading.arena = arena_open(0);
    mistakes_init(&reading.mistakes, reading.arena);
    reading.roster = NULL;
    return 0;
}

int reading_tear_down(void **unused)
{
    (void)unused;
    arena_close(&reading.arena);
    return 0;
}

enum err reading_parse(const char *text, const struct roster_defaults *defaults)
{
    char *json = arena_text(reading.arena, span_of(text));

    for (char *c = json; *c; c++)
        if (*c == '\'')
            *c = '"';
    return roster_file_parse(reading.arena, span_of(json), defaults, &reading.roster,
                             &reading.mistakes);
}

const char *reading_line(size_t i)
{
    const struct mistakes *m = &reading.mistakes;

    return i < m->count ? mistakes_line(reading.arena, &m->list[i]).data : "(none)";
}
