/* source/publish.h - writes relays, events, who is on duty and the states of jobs back to where
 * the rosters come from.
 *
 * At most once in five seconds, one tenant after the other, and only what has changed since the
 * last time. What others write there is never overwritten: a file is exchanged (publish_file.h),
 * an object put on the condition that it is what was read. Neither the loop nor the storage
 * thread waits for it. A place that cannot be written, or that others have written to for two
 * minutes whenever we came, is an alarm, once, and is tried again at growing intervals.
 * Owns: a thread while a file is written.
 * Threads: loop thread only.
 * Source: design section 5; docs/adr/0021-publishing.md.
 */
#ifndef SOURCE_PUBLISH_H
#define SOURCE_PUBLISH_H

#include <stdint.h>

#include "base/clock.h"
#include "net/loop.h"
#include "river/apply.h"
#include "river/work.h"
#include "source/fetching.h"
#include "source/reload.h"
#include "source/source_options.h"

struct publish;

struct publish_tools {
    struct loop *loop;
    const struct clock *clock;
    const struct source_options *options;
    const struct intake *intake;
    struct fetching *fetching;
    struct apply *apply;
    const struct reload *reload; /* the rosters in force */
};

struct publish *publish_open(const struct publish_tools *tools);
/* Waits for the file that is being written. */
void publish_close(struct publish **publish);
/* Starts what is due; `events` have been decided since the start. */
void publish_turn(struct publish *publish, uint64_t events);

struct publish_counts {
    uint64_t written, failed;
};
struct publish_counts publish_counts(const struct publish *publish);

#endif
