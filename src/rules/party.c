#include "rules/party.h"

#include <stddef.h>

static const struct span withheld[] = {
    {"+266696687", 10}, {"+7378742833", 11}, {"+8656696", 8}, {"+86282452253", 12}};

bool party_is_number(struct span p)
{
    if (p.size < 9 || p.size > 16 || p.data[0] != '+')
        return false;
    for (size_t i = 1; i < p.size; i++)
        if (p.data[i] < '0' || p.data[i] > '9')
            return false;
    for (size_t i = 0; i < sizeof withheld / sizeof withheld[0]; i++)
        if (span_is(p, withheld[i]))
            return false;
    return true;
}

static bool is_short_code(struct span p)
{
    int64_t n;

    return p.size >= 3 && p.size <= 8 && span_number(p, 0, 99999999, &n);
}

struct span party_key(struct span p)
{
    return party_is_number(p) || is_short_code(p) ? p : SPAN("anonymous");
}

struct span party_words(struct span p)
{
    return party_is_number(p) || is_short_code(p) ? p : SPAN("a withheld number");
}
