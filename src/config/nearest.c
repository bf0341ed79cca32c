#include "config/nearest.h"

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c == '-' ? '_' : c;
}

/* The classical table, three rows of it: the one being filled and the two before. */
unsigned nearest_distance(struct span a, struct span b)
{
    unsigned rows[3][NEAREST_NAME_MAX + 1];

    if (a.size > NEAREST_NAME_MAX || b.size > NEAREST_NAME_MAX)
        return 2 * NEAREST_NAME_MAX;
    for (unsigned j = 0; j <= b.size; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a.size; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

        row[0] = i;
        for (unsigned j = 1; j <= b.size; j++) {
            const char x = folded(a.data[i - 1]), y = folded(b.data[j - 1]);

            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == folded(b.data[j - 2]) && y == folded(a.data[i - 2]))
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a.size % 3][b.size];
}

bool nearest_is(struct span text, struct span known)
{
    return nearest_distance(text, known) <= least(2, (unsigned)(known.size / 3));
}

struct nearest nearest_to(struct span text)
{
    return (struct nearest){.text = text, .distance = 2 * NEAREST_NAME_MAX};
}

/* Longer names may be further off: a wrong "NEXTRING_ROSTER_FILE" still means something. */
void nearest_show(struct nearest *n, struct span known)
{
    const unsigned distance = nearest_distance(n->text, known);

    const bool alike = distance <= 1 + known.size / 3 && distance < known.size;

    if (distance < n->distance && alike) {
        n->distance = distance;
        n->best = known;
    }
}
