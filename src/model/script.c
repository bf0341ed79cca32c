#include "model/script.h"

#include "model/named.h"

static const char *const script_kind_names[SCRIPT_KINDS] = {
    [SCRIPT_INBOUND_ROUTING] = "inbound_routing",
    [SCRIPT_SCREEN] = "screen",
    [SCRIPT_VOICEMAIL] = "voicemail",
    [SCRIPT_CLOSED] = "closed",
};

static const char *const script_field_names[SCRIPT_FIELDS] = {
    [SCRIPT_BUSINESS] = "business",
    [SCRIPT_CALLER] = "caller",
    [SCRIPT_CALLER_NAME] = "caller_name",
    [SCRIPT_JOB] = "job",
    [SCRIPT_LINE] = "line",
    [SCRIPT_OPERATOR] = "operator",
    [SCRIPT_TIME] = "time",
};

/* clang-format off */
NAMED(script_kind, SCRIPT_KINDS)
NAMED(script_field, SCRIPT_FIELDS)
/* clang-format on */

bool script_is_step(const struct script_node *node)
{
    return node->name && span_is_text(span_of(node->name), SCRIPT_STEP);
}
