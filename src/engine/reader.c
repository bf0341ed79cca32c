#include "engine/reader.h"

#include <stdlib.h>

struct reader {
    struct reader_options options;
    struct store *store;
    struct worker *worker;
    uint64_t put, done; /* in this order, one after the other */
};

enum err reader_open(const struct reader_options *options, struct reader **out,
                     char why[STORE_WHY_SIZE])
{
    struct store *store;

    const enum err e = store_open_reader(options->store, &store, why);
    if (e)
        return e;
    struct reader *r = arena_must_alloc(sizeof *r);
    *r = (struct reader){
        .options = *options,
        .store = store,
        .worker = worker_open(options->loop, options->max),
    };
    *out = r;
    return ERR_NONE;
}

void reader_close(struct reader **reader)
{
    struct reader *r = *reader;

    if (!r)
        return;
    worker_close(&r->worker);
    store_close(&r->store);
    free(r);
    *reader = NULL;
}

/* On the reader's thread. */
static void run(struct worker_job *job)
{
    struct reading *reading = job->user;
    struct reader *r = reading->reader;
    const int64_t began_ns = clock_mono_ns();

    store_allow(r->store, r->options.limit_ms);
    reading->err = reading->read(reading, r->store, clock_now_ms(r->options.clock));
    reading->is_late =
        reading->err == ERR_BUSY && clock_mono_ns() - began_ns >= r->options.limit_ms * 1000000;
}

static void done(struct worker_job *job)
{
    struct reading *reading = job->user;
    struct reader *r = reading->reader;

    reading->done(reading); /* and the reading may be gone */
    r->done++;
}

enum err reader_put(struct reader *r, struct reading *reading)
{
    reading->reader = r;
    reading->is_late = false;
    reading->job = (struct worker_job){.run = run, .done = done, .user = reading};
    const enum err e = worker_put(r->worker, &reading->job);
    r->put += !e;
    return e;
}

bool reader_is_idle(const struct reader *r)
{
    return worker_waiting(r->worker) == 0;
}

uint64_t reader_mark(const struct reader *r)
{
    return r->put;
}

bool reader_is_past(const struct reader *r, uint64_t mark)
{
    return r->done >= mark;
}
