#include "setup/live_reach.h"

#include "codec/timestamp.h"

static const int64_t DAY_MS = 86400000;
static const int64_t SLOW_MS = 3000; /* of the carrier's 15 s */

enum { CERT_WARN_DAYS = 21, CERT_BAD_DAYS = 7 };

static const char *const reach_why =
    "What the carrier cannot deliver here it gives to the fallback, or to nobody.";

/* clang-format off */
static const struct {
    const char *what, *mend;
} troubles[HTTP_TROUBLES] = {
    [HTTP_NO_NAME]        = {"The name in our public address leads nowhere.",
                             "Make its DNS record (A or AAAA), or correct NEXTRING_PUBLIC_URL."},
    [HTTP_REFUSED]        = {"Nobody listens at our public address.",
                             "Start the proxy in front (or nextring itself), and check the port."},
    [HTTP_CONNECT_SLOW]   = {"No connection to our public address comes about.",
                             "Open the port in the firewall and in the cloud's network rules."},
    [HTTP_NO_CONNECTION]  = {"No connection to our public address comes about.",
                             "Check address, firewall and the proxy in front."},
    [HTTP_TLS_FAILED]     = {"Our public address does not speak TLS as it should.",
                             "Check the proxy's TLS settings: TLS 1.2 or later, a port for https."},
    [HTTP_CERT_HOST]      = {"The certificate is of another name than our public address.",
                             "Get one for this name, or correct NEXTRING_PUBLIC_URL."},
    [HTTP_CERT_EXPIRED]   = {"The certificate has expired, or is not valid yet.",
                             "Renew it, load it into the proxy, and see why that did not happen by itself."},
    [HTTP_CERT_UNTRUSTED] = {"The certificate is of no authority that is known, or its chain is not whole.",
                             "Use one of a public authority, and serve the whole chain (fullchain.pem)."},
    [HTTP_SILENT]         = {"Our public address takes the request and gives no answer within 15 s.",
                             "Look whether nextring runs, and where the proxy sends requests."},
    [HTTP_NOT_HTTP]       = {"What answers at our public address does not speak HTTP.",
                             "Check the port, and whether it wants https."},
    [HTTP_TOO_LARGE]      = {"What answers at our public address is not nextring.",
                             "Correct NEXTRING_PUBLIC_URL, or where the proxy sends requests."},
    [HTTP_BROKEN_OFF]     = {"The connection to our public address breaks before an answer.",
                             "Look into the proxy's log."},
};
/* clang-format on */

static bool says(const struct self_call_answer *a, const char *words)
{
    return span_is_text(a->body, words);
}

static void wrong_answer(struct live_look *l, const struct self_call_answer *a)
{
    const char *at =
        arena_printf(l->arena, "%.*s%s", SPAN_ARG(l->facts->public_url), self_call_paths[0]);
    const char *what =
        arena_printf(l->arena, "%s answers %d to a request that is signed right.", at, a->status);

    if (a->status >= 300 && a->status < 400)
        live_look_ill(
            l, FINDING_BAD,
            arena_printf(l->arena, "%s sends callers on to %.*s.", at, SPAN_ARG(a->location)),
            "The carrier follows, but by GET and without what it had to say.",
            "Set NEXTRING_PUBLIC_URL to the address at the end of the way, and provision again.");
    else if (a->status == 403 && says(a, "the signature is wrong"))
        live_look_ill(
            l, FINDING_BAD, what,
            "The daemon has another auth token or public address than this command, or a proxy "
            "changes the path on the way: then the carrier's signatures are refused as well.",
            "Compare TWILIO_AUTH_TOKEN and NEXTRING_PUBLIC_URL of both; the proxy must pass path "
            "and query on as they came.");
    else if (a->status == 403 && a->body.size)
        live_look_ill(
            l, FINDING_BAD, arena_printf(l->arena, "%s refuses: %.*s.", at, SPAN_ARG(a->body)),
            reach_why,
            "Compare TWILIO_ACCOUNT_SID of the daemon and of this command; with several tenants "
            "name one by --tenant.");
    else if (a->status == 401)
        live_look_ill(l, FINDING_BAD, what,
                      "Something in front asks for a password; the carrier has none.",
                      "Let the proxy pass /webhook/, /voice/, /sms/ and /api/ without one.");
    else if (a->status >= 500)
        live_look_ill(
            l, FINDING_BAD, what, "Whatever stands in front does not reach nextring.",
            "Look whether nextring runs, and where the proxy sends requests (NEXTRING_LISTEN).");
    else
        live_look_ill(l, FINDING_BAD,
                      arena_printf(l->arena, "%s answers %d: that is not nextring%s%.*s.", at,
                                   a->status, a->server.size ? ", but " : "", SPAN_ARG(a->server)),
                      "Another program or site stands at this address.",
                      "Correct NEXTRING_PUBLIC_URL, or where the proxy sends requests.");
}

/* Each path has to get through to the check of signatures. */
static void other_paths(struct live_look *l, const struct self_call_seen *s)
{
    int wrong = 0;

    for (int i = 0; i < SELF_CALL_PATHS; i++) {
        const struct self_call_answer *a = &s->wrong[i];
        if (a->trouble == HTTP_FINE && a->status == 403 && says(a, "the signature is wrong"))
            continue;
        wrong++;
        if (a->trouble == HTTP_FINE && a->status < 300)
            live_look_ill(l, FINDING_BAD,
                          arena_printf(l->arena, "%s takes requests whose signature is wrong.",
                                       self_call_paths[i]),
                          "Anybody could pretend to be the carrier.",
                          "Something in front answers in place of nextring; correct the proxy.");
        else
            live_look_ill(l, FINDING_BAD,
                          arena_printf(l->arena, "%s does not get through: %s.", self_call_paths[i],
                                       a->trouble ? http_trouble_name(a->trouble)
                                                  : arena_printf(l->arena, "status %d", a->status)),
                          reach_why, "Let the proxy pass this path on to nextring too.");
    }
    if (!wrong)
        live_look_well(l, "At every address of the carrier a wrong signature is refused.");
}

static void reached(struct live_look *l, const struct self_call_seen *s)
{
    const struct live_facts *f = l->facts;
    const struct self_call_answer *a = &s->right;

    if (s->is_private && !f->is_rehearsal)
        live_look_ill(
            l, FINDING_WARN,
            arena_printf(l->arena, "From here our public address is %.*s, which is private.",
                         SPAN_ARG(s->peer)),
            "This machine reaches it, the carrier may not: what is asked here says little.",
            "Ask from outside: curl -i the address with /healthz from another network.");
    else if (a->took_ms > SLOW_MS)
        live_look_ill(l, FINDING_WARN,
                      arena_printf(l->arena, "Our public address took %lld ms to answer.",
                                   (long long)a->took_ms),
                      "The carrier waits 15 s, and a caller hears nothing for as long.",
                      "Look at the load of the machine and of the proxy.");
    else
        live_look_well(l, arena_printf(l->arena, "A signed request by %.*s came back in %lld ms.",
                                       SPAN_ARG(f->public_url), (long long)a->took_ms));
    other_paths(l, s);
}

void live_reach_self(struct live_look *l)
{
    const struct live_facts *f = l->facts;

    if (!f->self && f->has_own_token)
        live_look_ill(l, FINDING_UNKNOWN,
                      "Whether this business is reached by the public address is not known.",
                      "Its webhooks are signed by a token that the daemon alone can open.",
                      "Ask with that account's own TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.");
    else if (!f->self)
        live_look_ill(
            l, FINDING_UNKNOWN, "Whether we are reached by the public address is not known.",
            f->public_url.size ? "To sign a request as the carrier does takes the auth token."
                               : "NEXTRING_PUBLIC_URL is not set.",
            f->public_url.size ? "Set TWILIO_AUTH_TOKEN." : "Set NEXTRING_PUBLIC_URL.");
    else if (f->self->right.trouble)
        live_look_ill(l, FINDING_BAD,
                      arena_printf(l->arena, "%s (%.*s%s%s)", troubles[f->self->right.trouble].what,
                                   SPAN_ARG(f->public_url), f->self->right.why ? ": " : "",
                                   f->self->right.why ? f->self->right.why : ""),
                      reach_why, troubles[f->self->right.trouble].mend);
    else if (f->self->right.status != 204)
        wrong_answer(l, &f->self->right);
    else
        reached(l, f->self);
}

void live_reach_certificate(struct live_look *l)
{
    const struct live_facts *f = l->facts;
    const int64_t until_ms = f->self ? f->self->cert_until_ms : 0;
    char day[TIMESTAMP_SIZE];

    if (!span_starts(f->public_url, SPAN("https:"))) {
        if (f->is_rehearsal)
            live_look_well(l, "A rehearsal needs no certificate.");
        else
            live_look_ill(
                l, FINDING_WARN, "Our public address has no certificate: it is not https.",
                "Whoever is on the way can read what customers write, and sign in as people of "
                "yours.",
                "See docs/guides/proxy.md: a proxy with a certificate, or --tls-cert.");
        return;
    }
    if (!until_ms) {
        live_look_ill(l, FINDING_UNKNOWN, "When the certificate ends is not known.",
                      "No connection came about that would tell.",
                      "Mend what 'public-address' says first.");
        return;
    }
    const int64_t left = (until_ms - f->now_ms) / DAY_MS;
    timestamp_render_seconds(until_ms, day);
    day[10] = 0;
    if (left >= CERT_WARN_DAYS)
        live_look_well(l, arena_printf(l->arena, "The certificate is good until %s, %lld days.",
                                       day, (long long)left));
    else
        live_look_ill(l, left >= CERT_BAD_DAYS ? FINDING_WARN : FINDING_BAD,
                      until_ms > f->now_ms
                          ? arena_printf(l->arena, "The certificate ends on %s, in %lld days.", day,
                                         (long long)left)
                          : arena_printf(l->arena, "The certificate ended on %s.", day),
                      "From then on the carrier delivers nothing here.",
                      "Renew it now, and see why that did not happen by itself.");
}
