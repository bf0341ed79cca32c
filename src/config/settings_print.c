#include "config/settings_print.h"

#include <string.h>

#include "codec/json.h"

static const char *const source_names[SETTINGS_SOURCES] = {"default", "file", "environment",
                                                           "option"};

static struct span value_of(struct arena *arena, const struct settings *s, int i)
{
    const struct span unset = {0};

    return s->given[i].data ? settings_table_mask(arena, s->given[i], &settings_table[i]) : unset;
}

void settings_print_text(struct arena *arena, const struct settings *s, struct buf *out)
{
    for (int i = 0; i < SETTINGS; i++) {
        const struct settings_row *row = &settings_table[i];
        const struct span value = value_of(arena, s, i);
        const char *place = value.data ? s->places[i] : "unset";

        buf_printf(out, "%-24s %-32.*s %-24s %s\n", row->environment,
                   value.data ? (int)value.size : 1, value.data ? value.data : "-", place,
                   row->help);
    }
}

void settings_print_json(struct arena *arena, const struct settings *s, struct buf *out)
{
    struct json_out o = json_out(out);

    json_out_object(&o, NULL);
    json_out_list(&o, "settings");
    for (int i = 0; i < SETTINGS; i++) {
        const struct settings_row *row = &settings_table[i];
        const struct span value = value_of(arena, s, i);

        json_out_object(&o, NULL);
        json_out_text(&o, "name", span_of(row->environment));
        json_out_text(&o, "key", span_of(row->key));
        json_out_text_or_null(&o, "value", value);
        json_out_text(&o, "source", span_of(value.data ? source_names[s->sources[i]] : "unset"));
        json_out_text_or_null(&o, "place", span_of(s->places[i]));
        json_out_text_or_null(&o, "default", span_of(row->standard));
        json_out_text(&o, "help", span_of(row->help));
        json_out_end_object(&o);
    }
    json_out_end_list(&o);
    json_out_end_object(&o);
}
