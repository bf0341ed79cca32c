#include "admin/doctor_checks.h"

#include <stdlib.h>
#include <string.h>

#include "provider/carrier_error.h"
#include "rules/moment.h"

static const int64_t hour_ms = 3600000, day_ms = 86400000;
static const int64_t ROOM_LOW = INT64_C(1) << 30, ROOM_NONE = INT64_C(200) << 20;
static const int64_t CLOCK_WARN_MS = 5000, CLOCK_BAD_MS = 60000;
static const int64_t OLD_ROSTER_S = 3600;

struct doctor {
    struct arena *arena;
    const struct doctor_checks_facts *facts;
    const char *check;
    doctor_checks_fn *give;
    void *ctx;
};

const char *doctor_checks_state_name(enum doctor_checks_state state)
{
    static const char *const names[DOCTOR_STATES] = {"ok", "warn", "bad"};

    return names[state];
}

static void well(struct doctor *d, const char *what)
{
    d->give(d->ctx, &(struct doctor_checks_finding){d->check, DOCTOR_OK, what, NULL, NULL});
}

static void ill(struct doctor *d, enum doctor_checks_state state, const char *what, const char *why,
                const char *mend)
{
    d->give(d->ctx, &(struct doctor_checks_finding){d->check, state, what, why, mend});
}

static const char *moment(struct doctor *d, int64_t at_ms)
{
    return moment_words(d->arena, d->facts->zone, at_ms, d->facts->now_ms).data;
}

/* "3 h", "9 days". */
static const char *since(struct doctor *d, int64_t at_ms)
{
    const int64_t ms = d->facts->now_ms - at_ms;

    if (ms < 2 * hour_ms)
        return arena_printf(d->arena, "%lld min", (long long)(ms / 60000));
    if (ms < 2 * day_ms)
        return arena_printf(d->arena, "%lld h", (long long)(ms / hour_ms));
    return arena_printf(d->arena, "%lld days", (long long)(ms / day_ms));
}

/* ---- the checks ---- */

static void public_address(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;
    const bool is_safe = span_starts(f->public_url, SPAN("https://"));

    if (is_safe || f->is_rehearsal)
        well(d, arena_printf(d->arena, "The carrier reaches us at %.*s.", SPAN_ARG(f->public_url)));
    else
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena, "Our address is %.*s, without https.", SPAN_ARG(f->public_url)),
            "Whoever is on the way can read what customers write, and sign in as people of yours.",
            "Put a proxy with a certificate in front and set NEXTRING_PUBLIC_URL to https://.");
}

static void signatures(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;

    if (f->unsigned_count == 0) {
        well(d, f->signed_ms ? "Every webhook since the start had a right signature."
                             : "No webhook has come since the start.");
        return;
    }
    ill(d, f->unsigned_ms > f->signed_ms ? DOCTOR_BAD : DOCTOR_WARN,
        arena_printf(d->arena, "%llu webhooks were refused for their signature, the last %s ago.",
                     (unsigned long long)f->unsigned_count, since(d, f->unsigned_ms)),
        f->unsigned_ms > f->signed_ms
            ? "If they are the carrier's, nothing that reaches the number reaches anybody."
            : "Somebody tries addresses, or one number at the carrier names a wrong address.",
        "Compare TWILIO_AUTH_TOKEN and NEXTRING_PUBLIC_URL with the carrier's console; "
        "'nextring signature' tells which forms of the address were tried.");
}

static void report_only(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;

    if (f->open_count == 0)
        well(d, "Every line refuses webhooks with a wrong signature.");
    for (size_t i = 0; i < f->open_count; i++)
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena,
                         "%s is in report-only mode until %s: wrong signatures are counted, "
                         "not refused.",
                         f->open[i].number, moment(d, f->open[i].until_ms)),
            "Anybody can send calls, texts and acknowledgements in the carrier's name, and "
            "customers "
            "are sent nothing.",
            arena_printf(d->arena,
                         "Once 'nextring line list' counts right signatures and no wrong "
                         "ones: nextring line report-only %s --off.",
                         f->open[i].number));
}

static void lines(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;

    if (f->line_count == 0)
        ill(d, DOCTOR_BAD, "The roster has no line.", "Nobody can call or text.",
            "Add the number under 'lines'.");
    for (size_t i = 0; i < f->line_count; i++) {
        const struct doctor_checks_line *l = &f->lines[i];
        if (l->heard_ms)
            well(d, arena_printf(d->arena, "%s: the last call or text came %s ago.", l->number,
                                 since(d, l->heard_ms)));
        else
            ill(d, DOCTOR_WARN,
                arena_printf(d->arena, "%s: no call or text has come in %d days.", l->number,
                             DOCTOR_CHECKS_SILENT_DAYS),
                "Either nobody has called, or the carrier does not send them here.",
                arena_printf(
                    d->arena,
                    "Call it once. 'nextring provision' shows where it points; it has to be "
                    "%.*s/webhook/twilio/voice and %.*s/sms/inbound.",
                    SPAN_ARG(f->public_url), SPAN_ARG(f->public_url)));
    }
}

static void people(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;
    size_t found = 0;

    for (size_t i = 0; i < f->person_count; i++) {
        const struct doctor_checks_person *p = &f->people[i];
        const char *words = carrier_error_words(p->error_code);
        if (p->is_out)
            ill(d, DOCTOR_BAD, arena_printf(d->arena, "%s (%s) wrote STOP.", p->name, p->phone),
                "The carrier delivers no text of yours to him.",
                "He writes START to the line from his phone.");
        else if (p->is_unreachable)
            ill(d, DOCTOR_WARN,
                arena_printf(d->arena, "The last text to %s (%s) did not arrive.", p->name,
                             p->phone),
                words ? words
                      : arena_printf(d->arena, "The carrier's code is %d.", (int)p->error_code),
                "Check his number on the roster, and whether his phone is on.");
        found += p->is_out || p->is_unreachable;
    }
    if (!found)
        well(d, "The last text to everybody on the roster arrived, as far as is known.");
}

static void gaps(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;

    if (f->gap_count == 0)
        well(d, "Somebody is on duty at every hour of the next 7 days.");
    for (size_t i = 0; i < f->gap_count && i < DOCTOR_CHECKS_GAPS; i++) {
        const struct doctor_checks_gap *g = &f->gaps[i];
        ill(d, g->from_ms <= f->now_ms ? DOCTOR_BAD : DOCTOR_WARN,
            arena_printf(d->arena, "Nobody of chain %s is on duty from %s to %s.", g->chain,
                         g->from_ms <= f->now_ms ? "now" : moment(d, g->from_ms),
                         moment(d, g->to_ms)),
            "Callers hear the closed script, and texts wait for whoever comes on next.",
            "Add hours, an override, or somebody who is always on call at the chain's end.");
    }
    if (f->gap_count > DOCTOR_CHECKS_GAPS)
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena, "There are %zu more such times.",
                         f->gap_count - DOCTOR_CHECKS_GAPS),
            "Each is a time at which nobody is rung.", "The duty page shows them all.");
}

/* Of this business alone. */
static const char *roster_age(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;
    const int64_t s = f->roster_since_ms ? (f->now_ms - f->roster_since_ms) / 1000 : -1;

    if (s < 0)
        return "";
    if (s < 7200)
        return arena_printf(d->arena, ", since %lld min", (long long)(s / 60));
    if (s < 172800)
        return arena_printf(d->arena, ", since %lld h", (long long)(s / 3600));
    return arena_printf(d->arena, ", since %lld days", (long long)(s / 86400));
}

static void roster(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;

    if (!f->roster_is_good)
        ill(d, DOCTOR_BAD,
            arena_printf(d->arena,
                         "The last roster was refused or cannot be had; version %lld is in force.",
                         (long long)f->roster_version),
            "Changes to people and hours do not count until it is mended.",
            "'nextring check' lists every mistake with its line.");
    else if (f->roster_is_address && f->roster_age_s > OLD_ROSTER_S)
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena, "The roster was last seen %lld min ago.",
                         (long long)(f->roster_age_s / 60)),
            "What was changed since is not in force.", "Check the address in NEXTRING_ROSTER.");
    else
        well(d, arena_printf(d->arena, "Version %lld of the roster is in force%s.",
                             (long long)f->roster_version, roster_age(d)));
}

static void database(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;

    if (!f->can_store)
        ill(d, DOCTOR_BAD,
            arena_printf(d->arena, "The database cannot be written; %llu events are kept aside.",
                         (unsigned long long)f->spooled),
            "Calls are routed all the same, but nobody is reminded of a text, and the room for "
            "what is kept aside ends.",
            "Look at the disk, at the rights of NEXTRING_DATA, and whether NEXTRING_DATABASE "
            "answers; the log names the error.");
    else if (f->spooled)
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena, "%llu events are still brought into the database.",
                         (unsigned long long)f->spooled),
            "It was away; what came meanwhile is late.", "Wait some minutes and ask again.");
    else if (f->unsure)
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena, "Of %llu sends nothing is known yet.",
                         (unsigned long long)f->unsure),
            "The carrier's answer was lost; each is looked for there before it is sent again.",
            "Wait two minutes and ask again; 'nextring thread' names them.");
    else
        well(d, "Everything that comes is stored, and what was sent is known.");
}

static const char *room_left(const struct doctor *d)
{
    const long long room = (long long)(d->facts->free_bytes >> 20),
                    size = (long long)(d->facts->database_bytes >> 20);

    if (d->facts->database_bytes == 0) /* it is on another machine */
        return arena_printf(d->arena, "The disk has %lld MB left.", room);
    return arena_printf(d->arena, "The disk has %lld MB left; the database has %lld MB.", room,
                        size);
}

static void disk(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;

    if (f->disk_bytes == 0)
        ill(d, DOCTOR_WARN, "How much room the disk has cannot be told.",
            "A full disk stores nothing.", "Look at the rights of NEXTRING_DATA.");
    else if (f->free_bytes < ROOM_LOW)
        ill(d, f->free_bytes < ROOM_NONE ? DOCTOR_BAD : DOCTOR_WARN, room_left(d),
            "When it is full, texts can be kept aside for a while only.",
            "Make room, or move NEXTRING_DATA to a larger disk.");
    else
        well(d, room_left(d));
}

static void clock_of(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;
    const int64_t off_ms = f->clock_off_ms < 0 ? -f->clock_off_ms : f->clock_off_ms;

    if (f->is_rehearsal)
        well(d, "The clock is a rehearsal's.");
    else if (!f->has_clock)
        well(d, "The carrier has not told its time yet.");
    else if (off_ms < CLOCK_WARN_MS)
        well(d, "Our clock and the carrier's agree.");
    else
        ill(d, off_ms < CLOCK_BAD_MS ? DOCTOR_WARN : DOCTOR_BAD,
            arena_printf(d->arena, "Our clock is %lld s %s the carrier's.",
                         (long long)(off_ms / 1000), f->clock_off_ms > 0 ? "behind" : "ahead of"),
            "Who is on duty is told by the clock, and what was missed is looked for by it.",
            "Switch on the system's time service: timedatectl set-ntp true.");
}

static void tokens(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;

    if (!f->may_see_names) {
        well(d, "An admin is told of tokens that nobody uses.");
        return;
    }
    if (f->idle_count == 0)
        well(d, "Every token was used within 90 days, or is younger.");
    for (size_t i = 0; i < f->idle_count; i++)
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena, "The token \"%s\" was not used for 90 days.", f->idle[i].name),
            "What nobody uses nobody would miss, but a thief could use it.",
            "Revoke it in the settings.");
}

static void users(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;

    if (!f->may_see_names) {
        well(d, "An admin is told of users who have no password.");
        return;
    }
    if (f->fresh_count == 0)
        well(d, "Everybody who may sign in has set a password.");
    for (size_t i = 0; i < f->fresh_count; i++)
        ill(d, DOCTOR_WARN, arena_printf(d->arena, "\"%s\" has no password yet.", f->fresh[i].name),
            "He cannot sign in by one.", "Send a new set-up link, or remove the user.");
}

static void nodes(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;

    if (f->nodes_lost)
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena, "%d node%s died in the last 24 hours, and %s not come back.",
                         f->nodes_lost, f->nodes_lost == 1 ? "" : "s",
                         f->nodes_lost == 1 ? "has" : "have"),
            "What it had in its spool is brought in only when it starts again with its own folder.",
            "'nextring nodes' tells which; start it again, or see docs/nodes.md.");
    else if (f->versions > 1)
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena, "The %d nodes run %d versions of the program.", f->nodes,
                         f->versions),
            "Two neighbouring versions work together while an upgrade lasts, not for ever.",
            "Bring the others up too: one after the other, as docs/nodes.md has it.");
    else
        well(d,
             f->nodes > 1
                 ? arena_printf(d->arena, "%d nodes live, all of version %s.", f->nodes, f->version)
                 : arena_printf(d->arena, "This is the only node, of version %s.", f->version));
}

static const char *a_day(struct arena *arena, int32_t bound)
{
    return bound ? arena_printf(arena, "%d", (int)bound) : "any number of";
}

static void host(struct doctor *d)
{
    const struct tenant_terms *t = &d->facts->terms;

    if (t->state == TENANT_SUSPENDED)
        ill(d, DOCTOR_BAD, "The host has suspended this business.",
            "Calls get the closed script, texts are kept, and nothing is sent.",
            "Whoever runs this host resumes it: nextring tenant resume SLUG");
    else if (d->facts->is_key_denied)
        ill(d, DOCTOR_BAD, "The carrier does not know this business's own API key.",
            "Nothing of it is sent, and nobody is rung for it by a call of its own.",
            "Give key and secret anew: nextring tenant secret NAME api_key, and api_secret.");
    else if (d->facts->keys_denied)
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena, "The carrier does not know the own API key of %zu tenant%s.",
                         d->facts->keys_denied, d->facts->keys_denied == 1 ? "" : "s"),
            "Nothing of theirs is sent.",
            "The log names each; give key and secret anew by nextring tenant secret.");
    else if (d->facts->secrets_shut)
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena, "%zu secrets of tenants do not open or do not count.",
                         d->facts->secrets_shut),
            "Their webhooks and requests go by the host's credentials, which may be refused.",
            "The log of the start names each; see docs/tenants.md.");
    else
        well(d, arena_printf(d->arena, "The host grants %s texts and %s calls a day.",
                             a_day(d->arena, t->texts_a_day), a_day(d->arena, t->calls_a_day)));
}

static void alarms(struct doctor *d)
{
    const struct doctor_checks_facts *f = d->facts;

    if (f->alarms == 0)
        well(d, "No alarm in the last 24 hours.");
    else
        ill(d, DOCTOR_WARN,
            arena_printf(d->arena, "%d alarm%s in the last 24 hours, the latest %s.", f->alarms,
                         f->alarms == 1 ? "" : "s", f->alarm_kind),
            "Each is something that somebody must have seen.",
            "The log has them: filter by alarms.");
}

static void certificate(struct doctor *d)
{
    if (d->facts->certificate)
        ill(d, DOCTOR_BAD, d->facts->certificate,
            "When it does not hold, the carrier hangs up on us: nothing that reaches the number "
            "reaches anybody.",
            "Renew the files of NEXTRING_TLS_CERT and NEXTRING_TLS_KEY; they are read anew at "
            "once.");
    else
        well(d, d->facts->has_certificate ? "Our certificate is right, for two weeks at least."
                                          : "TLS is the proxy's.");
}

static void heartbeat(struct doctor *d)
{
    if (d->facts->heartbeat)
        ill(d, DOCTOR_WARN, d->facts->heartbeat,
            "Whoever waits for it takes us for dead, or would not notice when we are.",
            "Compare NEXTRING_HEARTBEAT_URL with what the service shows; the log has the error.");
    else
        well(d, "The heartbeat is heard, or none is asked for.");
}

/* clang-format off */
static const struct {
    const char *name;
    void (*check)(struct doctor *d);
} checks[] = {
    {"public-url", public_address},
    {"signatures", signatures},
    {"report-only", report_only},
    {"lines",      lines},
    {"people",     people},
    {"gaps",       gaps},
    {"roster",     roster},
    {"database",   database},
    {"disk",       disk},
    {"clock",      clock_of},
    {"own-certificate", certificate},
    {"heartbeat",  heartbeat},
    {"tokens",     tokens},
    {"users",      users},
    {"nodes",      nodes},
    {"host",       host},
    {"alarms",     alarms},
};
/* clang-format on */

void doctor_checks_all(struct arena *arena, const struct doctor_checks_facts *facts,
                       doctor_checks_fn *give, void *ctx)
{
    struct doctor d = {.arena = arena, .facts = facts, .give = give, .ctx = ctx};

    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        d.check = checks[i].name;
        checks[i].check(&d);
    }
}
