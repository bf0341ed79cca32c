#include "river/work_list.h"

void work_list_clear(struct work_list *l)
{
    l->first = NULL;
    l->last = &l->first;
}

void work_list_add(struct work_list *l, struct work *w)
{
    w->next = NULL;
    *l->last = w;
    l->last = &w->next;
}

void work_list_join(struct work_list *l, struct work *first)
{
    for (struct work *w = first; w;) {
        struct work *next = w->next;
        work_list_add(l, w);
        w = next;
    }
}

void work_list_answer(struct work *first, enum err err)
{
    for (struct work *w = first; w;) {
        struct work *next = w->next;
        w->err = err ? err : w->err;
        if (w->done)
            w->done(w);
        w = next;
    }
}
