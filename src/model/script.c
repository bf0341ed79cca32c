#include "model/script.h"

static const char *const kind_names[SCRIPT_KINDS] = {
    [SCRIPT_INBOUND_ROUTING] = "inbound_routing",
    [SCRIPT_SCREEN] = "screen",
    [SCRIPT_VOICEMAIL] = "voicemail",
    [SCRIPT_CLOSED] = "closed",
};

static const char *const field_names[SCRIPT_FIELDS] = {
    [SCRIPT_BUSINESS] = "business",
    [SCRIPT_CALLER] = "caller",
    [SCRIPT_CALLER_NAME] = "caller_name",
    [SCRIPT_JOB] = "job",
    [SCRIPT_LINE] = "line",
    [SCRIPT_OPERATOR] = "operator",
    [SCRIPT_TIME] = "time",
};

const char *script_kind_name(enum script_kind kind)
{
    return kind_names[kind];
}

bool script_kind_parse(struct span text, enum script_kind *out)
{
    for (int i = 0; i < SCRIPT_KINDS; i++)
        if (span_is_text(text, kind_names[i])) {
            *out = (enum script_kind)i;
            return true;
        }
    return false;
}

const char *script_field_name(enum script_field field)
{
    return field_names[field];
}

bool script_field_parse(struct span text, enum script_field *out)
{
    for (int i = 0; i < SCRIPT_FIELDS; i++)
        if (span_is_text(text, field_names[i])) {
            *out = (enum script_field)i;
            return true;
        }
    return false;
}

bool script_is_step(const struct script_node *node)
{
    return node->name && span_is_text(span_of(node->name), SCRIPT_STEP);
}
