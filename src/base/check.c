#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *file, int line, const char *claim)
{
    fprintf(stderr, "nextring: %s:%d: not so: %s\n", file, line, claim);
    abort();
}
