#include "engine/queues.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "model/rows.h"
#include "store/view_cell.h"

/* The first row of a class of a sender's. */
struct head {
    uint64_t queue; /* stands for tenant, sender and kind */
    size_t class;
    int64_t id, due_ms;
    int64_t since_ms; /* it was seen first */
};

struct queues {
    struct head heads[2][QUEUES_MAX]; /* of the last look, by ids; of this one */
    size_t counts[2];
    int now; /* which of the two is of this look */
};

struct queues *queues_open(void)
{
    struct queues *q = arena_must_alloc(sizeof *q);

    memset(q, 0, sizeof *q);
    return q;
}

void queues_close(struct queues **queues)
{
    free(*queues);
    *queues = NULL;
}

/* ---- what the store has ---- */

static uint64_t queue_of(int64_t whose, struct span sender, struct span kind)
{
    uint64_t hash = hash_bytes(HASH_BEGIN, &whose, sizeof whose);

    hash = hash_span(hash, sender);
    hash = hash_number(hash, 0);
    return hash_span(hash, kind);
}

static size_t class_of(struct span name)
{
    for (int i = 0; i < OUTBOX_CLASSES; i++)
        if (span_is_text(name, outbox_class_name((enum outbox_class)i)))
            return (size_t)i;
    return OUTBOX_CLASSES;
}

static void take_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct queues *q = ctx;
    size_t *at = &q->counts[q->now];

    if (*at == QUEUES_MAX)
        return;
    q->heads[q->now][(*at)++] = (struct head){
        .queue = queue_of(view_cell(cells, count, "whose")->number,
                          view_cell(cells, count, "sender")->text,
                          view_cell(cells, count, "kind")->text),
        .class = class_of(view_cell(cells, count, "class")->text),
        .id = view_cell(cells, count, "row_id")->number,
        .due_ms = view_cell(cells, count, "due_at")->number,
    };
}

/* ---- what that says ---- */

static int by_queue(const void *left, const void *right)
{
    const struct head *a = left, *b = right;

    if (a->queue != b->queue)
        return a->queue < b->queue ? -1 : 1;
    return (a->class > b->class) - (a->class < b->class);
}

static int by_id(const void *left, const void *right)
{
    const struct head *a = left, *b = right;

    return (a->id > b->id) - (a->id < b->id);
}

/* Leaves the most urgent of each sender. */
static void thin(struct head *heads, size_t *count)
{
    size_t left = 0;

    qsort(heads, *count, sizeof *heads, by_queue);
    for (size_t i = 0; i < *count; i++)
        if (left == 0 || heads[left - 1].queue != heads[i].queue)
            heads[left++] = heads[i];
    *count = left;
}

/* Those that are not due yet wait for their time. */
static void leave_due(struct head *heads, size_t *count, int64_t now_ms)
{
    size_t left = 0;

    for (size_t i = 0; i < *count; i++)
        if (heads[i].due_ms <= now_ms)
            heads[left++] = heads[i];
    *count = left;
}

static int64_t judge(struct queues *q, int64_t now_ms)
{
    struct head *heads = q->heads[q->now];
    const struct head *before = q->heads[!q->now];
    int64_t worst_ms = 0;

    leave_due(heads, &q->counts[q->now], now_ms);
    thin(heads, &q->counts[q->now]);
    for (size_t i = 0; i < q->counts[q->now]; i++) {
        const struct head *was =
            bsearch(&heads[i], before, q->counts[!q->now], sizeof *before, by_id);
        heads[i].since_ms = was && was->since_ms < now_ms ? was->since_ms : now_ms;
        if (now_ms - heads[i].since_ms > worst_ms)
            worst_ms = now_ms - heads[i].since_ms;
    }
    qsort(heads, q->counts[q->now], sizeof *heads, by_id);
    return worst_ms;
}

enum err queues_look(struct queues *q, struct store *store, int64_t now_ms,
                     struct queues_sight *out)
{
    const struct view_filter filter = {.limit = QUEUES_MAX};
    int64_t due_ms = 0;

    q->now = !q->now;
    q->counts[q->now] = 0;
    const enum err err = store_view(store, VIEW_QUEUES, &filter, take_row, q);
    if (err) { /* what was known before is kept */
        q->now = !q->now;
        return err;
    }
    for (size_t i = 0; i < q->counts[q->now]; i++)
        if (!due_ms || q->heads[q->now][i].due_ms < due_ms)
            due_ms = q->heads[q->now][i].due_ms;
    out->stalled_ms = judge(q, now_ms);
    out->due_ms = due_ms;
    return ERR_NONE;
}
