#include "model/user.h"

#include "model/named.h"

static const char *const role_names[ROLES] = {
    [ROLE_NONE] = "none",
    [ROLE_VIEWER] = "viewer",
    [ROLE_DISPATCHER] = "dispatcher",
    [ROLE_ADMIN] = "admin",
};

NAMED(role, ROLES)
