#include "store/view_cell.h"

#include <string.h>

const struct view_cell *view_cell(const struct view_cell *cells, size_t count, const char *name)
{
    static const struct view_cell none = {.type = VIEW_NULL};

    for (size_t i = 0; i < count; i++)
        if (strcmp(cells[i].name, name) == 0)
            return &cells[i];
    return &none;
}
