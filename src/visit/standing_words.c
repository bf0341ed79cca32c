#include "visit/standing_words.h"

enum {
    WAITING_MANY = 1000, /* events; a tenth of what the queue takes */
    UNSURE_MANY = 10,
    SLOW_COMMIT_US = 500000,
    OLD_ROSTER_S = 3600, /* an address is asked once a minute */
};

static const int64_t second_ms = 1000, minute_ms = 60000, hour_ms = 3600000, day_ms = 86400000;
/* What went wrong is told of until then, when nothing of its kind has gone well since. */
static const int64_t told_ms = INT64_C(15) * 60000;
static const int64_t away_bad_ms = 60000;

static const char *const part_names[STANDING_PARTS] = {
    [STANDING_STORE] = "store",       [STANDING_QUEUE] = "queue",   [STANDING_CARRIER] = "carrier",
    [STANDING_WEBHOOKS] = "webhooks", [STANDING_ROSTER] = "roster", [STANDING_STREAM] = "stream",
};
static const char *const state_names[STANDING_STATES] = {"ok", "warn", "bad"};

const char *standing_words_part_name(enum standing_words_part part)
{
    return part_names[part];
}

const char *standing_words_state_name(enum standing_words_state state)
{
    return state_names[state];
}

/* "12 s", "3 min", "5 h", "9 days". */
static struct span time_words(struct arena *arena, int64_t ms)
{
    const int64_t n = ms > 0 ? ms : 0;

    if (n < 2 * minute_ms)
        return span_of(arena_printf(arena, "%lld s", (long long)(n / second_ms)));
    if (n < 2 * hour_ms)
        return span_of(arena_printf(arena, "%lld min", (long long)(n / minute_ms)));
    if (n < 2 * day_ms)
        return span_of(arena_printf(arena, "%lld h", (long long)(n / hour_ms)));
    return span_of(arena_printf(arena, "%lld days", (long long)(n / day_ms)));
}

static const char *ago(struct arena *arena, const struct standing_words_figures *f, int64_t at_ms)
{
    return time_words(arena, f->now_ms - at_ms).data;
}

static struct standing_words say(enum standing_words_state state, const char *words)
{
    return (struct standing_words){state, span_of(words)};
}

static struct standing_words store(struct arena *arena, const struct standing_words_figures *f)
{
    if (!f->can_store)
        return say(
            STANDING_BAD,
            arena_printf(arena,
                         "The database cannot be written. Calls are routed all the same, and "
                         "what comes is kept aside (%llu now). Look at disk space and rights.",
                         (unsigned long long)f->spooled));
    if (f->spooled)
        return say(STANDING_WARN,
                   arena_printf(arena, "The database is back; %llu events are still brought in.",
                                (unsigned long long)f->spooled));
    if (f->commit_us > SLOW_COMMIT_US)
        return say(STANDING_WARN,
                   arena_printf(arena, "The disk is slow: the last commit took %lld ms.",
                                (long long)(f->commit_us / 1000)));
    if (f->nodes_lost)
        return say(
            STANDING_WARN,
            arena_printf(arena,
                         "%d of the nodes that share the database %s died today, and %s work "
                         "is done by the %d that live. 'nextring nodes' tells which.",
                         f->nodes_lost, f->nodes_lost == 1 ? "has" : "have",
                         f->nodes_lost == 1 ? "its" : "their", f->nodes));
    if (f->nodes > 1)
        return say(STANDING_OK,
                   arena_printf(arena, "Everything that comes is stored, by %d nodes.", f->nodes));
    return say(STANDING_OK, "Everything that comes is stored.");
}

static struct standing_words queue(struct arena *arena, const struct standing_words_figures *f)
{
    if (f->waiting > WAITING_MANY)
        return say(STANDING_BAD, arena_printf(arena,
                                              "%llu events wait to be stored: more comes than the "
                                              "disk can take.",
                                              (unsigned long long)f->waiting));
    if (f->unsure)
        return say(f->unsure >= UNSURE_MANY ? STANDING_BAD : STANDING_WARN,
                   arena_printf(arena,
                                "Of %llu %s is not known whether the carrier has %s; each is being "
                                "looked for there.",
                                (unsigned long long)f->unsure, f->unsure == 1 ? "text" : "texts",
                                f->unsure == 1 ? "it" : "them"));
    if (f->sending)
        return say(STANDING_OK, arena_printf(arena, "%llu on the way to the carrier now.",
                                             (unsigned long long)f->sending));
    return say(STANDING_OK, "Nothing is held up.");
}

static bool is_lately(const struct standing_words_figures *f, int64_t at_ms)
{
    return at_ms && f->now_ms - at_ms < told_ms;
}

static struct standing_words carrier(struct arena *arena, const struct standing_words_figures *f)
{
    /* A refusal of the key is an answer too: only what came after it is not known to be one. */
    if (f->denied_ms && f->denied_ms >= f->answered_ms)
        return say(STANDING_BAD, "The carrier does not know our key, so nothing can be sent. Check "
                                 "TWILIO_API_KEY and TWILIO_API_SECRET.");
    if (f->away_ms > f->answered_ms)
        return say(f->now_ms - f->away_ms >= away_bad_ms ? STANDING_BAD : STANDING_WARN,
                   arena_printf(arena,
                                "The carrier cannot be reached since %s. Texts and calls wait, and "
                                "leave once it can.",
                                ago(arena, f, f->away_ms)));
    if (is_lately(f, f->refused_ms))
        return say(STANDING_WARN,
                   arena_printf(arena, "The carrier refused something %s ago: code %d, status %d.",
                                ago(arena, f, f->refused_ms), (int)f->refused_code,
                                f->refused_status));
    if (f->answered_ms)
        return say(STANDING_OK, arena_printf(arena, "The carrier answered %s ago.",
                                             ago(arena, f, f->answered_ms)));
    return say(STANDING_OK, "The carrier has not been asked yet.");
}

static struct standing_words webhooks(struct arena *arena, const struct standing_words_figures *f)
{
    if (f->unsigned_ms > f->signed_ms && is_lately(f, f->unsigned_ms))
        return say(
            STANDING_BAD,
            arena_printf(arena,
                         "Webhooks are refused: %llu had no right signature, the last %s ago. "
                         "Check TWILIO_AUTH_TOKEN and NEXTRING_PUBLIC_URL.",
                         (unsigned long long)f->unsigned_count, ago(arena, f, f->unsigned_ms)));
    if (is_lately(f, f->unsigned_ms))
        return say(
            STANDING_WARN,
            arena_printf(arena,
                         "%llu webhooks had no right signature, the last %s ago; those of the "
                         "carrier come through.",
                         (unsigned long long)f->unsigned_count, ago(arena, f, f->unsigned_ms)));
    if (f->signed_ms)
        return say(STANDING_OK,
                   arena_printf(arena, "The last one came %s ago.", ago(arena, f, f->signed_ms)));
    return say(STANDING_OK, "None has come since the start.");
}

static struct standing_words roster(struct arena *arena, const struct standing_words_figures *f)
{
    const struct span age = time_words(arena, f->roster_age_s * second_ms);

    if (!f->roster_is_good)
        return say(STANDING_WARN,
                   arena_printf(arena,
                                "The last roster was refused, or cannot be had; version %lld stays "
                                "in force. 'nextring check' tells every mistake.",
                                (long long)f->roster_version));
    if (f->roster_is_address && f->roster_age_s > OLD_ROSTER_S)
        return say(STANDING_WARN,
                   arena_printf(arena, "The roster was last seen %.*s ago.", SPAN_ARG(age)));
    return say(STANDING_OK,
               arena_printf(arena, "Version %lld is in force.", (long long)f->roster_version));
}

static struct standing_words stream(struct arena *arena, const struct standing_words_figures *f)
{
    return say(STANDING_OK, arena_printf(arena, "%u board%s look%s on.", f->streams,
                                         f->streams == 1 ? "" : "s", f->streams == 1 ? "s" : ""));
}

struct standing_words standing_words(struct arena *arena, enum standing_words_part part,
                                     const struct standing_words_figures *figures)
{
    static struct standing_words (*const judges[STANDING_PARTS])(
        struct arena *, const struct standing_words_figures *) = {
        [STANDING_STORE] = store,       [STANDING_QUEUE] = queue,   [STANDING_CARRIER] = carrier,
        [STANDING_WEBHOOKS] = webhooks, [STANDING_ROSTER] = roster, [STANDING_STREAM] = stream,
    };

    return judges[part](arena, figures);
}
