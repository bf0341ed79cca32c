#include "keys/keys_print.h"

#include <string.h>

/* "from /etc/nextring/env:3". */
static const char *origin_of(struct arena *arena, const struct credentials *c, enum credential i)
{
    if (strcmp(c->places[i], credentials_name(i)) == 0)
        return "from the environment";
    return arena_printf(arena, "from %s", c->places[i]);
}

void keys_print_text(struct arena *arena, const struct credentials *c, struct buf *out)
{
    for (enum credential i = 0; i < CREDENTIALS; i++)
        if (c->places[i])
            buf_printf(out, "%-19s %-12s %s\n", credentials_name(i), credentials_shown(arena, c, i),
                       origin_of(arena, c, i));
        else
            buf_printf(out, "%-19s %-12s not given: %s\n", credentials_name(i), "-",
                       credentials_use(i));
}

void keys_print_json(struct arena *arena, const struct credentials *c, struct json_out *out)
{
    json_out_list(out, "credentials");
    for (enum credential i = 0; i < CREDENTIALS; i++) {
        json_out_object(out, NULL);
        json_out_text(out, "name", span_of(credentials_name(i)));
        json_out_bool(out, "is_given", c->places[i] != NULL);
        json_out_bool(out, "is_secret", credentials_is_secret(i));
        json_out_text(out, "shown", span_of(credentials_shown(arena, c, i)));
        json_out_text_or_null(out, "place", span_of(c->places[i]));
        json_out_text(out, "use", span_of(credentials_use(i)));
        json_out_end_object(out);
    }
    json_out_end_list(out);
}
