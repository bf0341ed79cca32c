#include "cli/findings.h"

#include <stdio.h>

void findings_say(struct arena *arena, const struct mistakes *m)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct span line = mistakes_line(arena, &m->list[i]);
        fprintf(stderr, "%.*s\n", SPAN_ARG(line));
    }
    if (m->more)
        fprintf(stderr, "... and %zu more\n", m->more);
}

void findings_json(struct json_out *o, const struct mistakes *m)
{
    json_out_bool(o, "is_good", m->count == 0);
    json_out_list(o, "mistakes");
    for (size_t i = 0; i < m->count; i++) {
        json_out_object(o, NULL);
        json_out_text_or_null(o, "file", span_of(m->list[i].file));
        json_out_number(o, "line", m->list[i].line);
        json_out_number(o, "column", m->list[i].column);
        json_out_text_or_null(o, "where", span_of(m->list[i].where));
        json_out_text(o, "words", span_of(m->list[i].words));
        json_out_end_object(o);
    }
    json_out_end_list(o);
    json_out_number(o, "more_mistakes", (int64_t)m->more);
}
