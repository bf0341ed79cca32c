#include "store/backend.h"

static const char *const role_names[ROLES] = {
    [ROLE_NONE] = "none",
    [ROLE_VIEWER] = "viewer",
    [ROLE_DISPATCHER] = "dispatcher",
    [ROLE_ADMIN] = "admin",
};

const char *role_name(enum role role)
{
    return role_names[role];
}

bool role_parse(struct span text, enum role *out)
{
    for (int i = 0; i < ROLES; i++)
        if (span_is_text(text, role_names[i])) {
            *out = (enum role)i;
            return true;
        }
    return false;
}
