#include "base/err.h"

static const char *const names[ERRS] = {
    [ERR_NONE] = "none",           [ERR_BAD_INPUT] = "bad input", [ERR_DENIED] = "denied",
    [ERR_NOT_FOUND] = "not found", [ERR_CONFLICT] = "conflict",   [ERR_FULL] = "full",
    [ERR_BUSY] = "busy",           [ERR_UNSURE] = "unsure",       [ERR_BROKEN] = "broken",
};

const char *err_name(enum err e)
{
    return (unsigned)e < ERRS ? names[e] : "unknown";
}
