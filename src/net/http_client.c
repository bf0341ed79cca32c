/* libcurl sends a request again by itself when a kept connection turns out to be closed before
 * the first byte of an answer. What creates something must not be sent twice, so a function of
 * ours stands before every sending (CURLOPT_PREREQFUNCTION) and lets a second one pass only when
 * nothing of the first has left or when the method changes nothing. HTTP/1.1 alone is spoken:
 * there "bytes left" is a count of this one request's.
 * The same function looks at the peer's address when only public ones are allowed: a kept
 * connection, which another call may have opened, passes no CURLOPT_OPENSOCKETFUNCTION. */
#include "net/http_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/basic_auth.h"
#include "net/private_address.h"

enum {
    ANSWER_BYTES = 1 << 20,
    CONNECT_MS = 5000,
    TOTAL_MS = 30000,
    SPARES = 64,
    ARENA_BYTES = 8192,
    HOST_CONNECTIONS = 64,
    KEPT_CONNECTIONS = 128,
    RETRY_AFTER_MAX_S = 1 << 30,
    HEAD_BYTES = 64 << 10,
    X509_NOT_YET_VALID = 9, /* OpenSSL's X509_V_ERR_..., which libcurl hands through */
    X509_EXPIRED = 10,
    X509_UNSPECIFIED = 1, /* libcurl's own, as long as OpenSSL has said nothing */
};

struct transfer {
    struct transfer *prev, *next;
    CURL *easy;
    struct curl_slist *headers;
    struct arena *arena;
    struct buf body;    /* of the answer */
    const char *broken; /* why it cannot be started; NULL: it can */
    bool harmless;      /* its method may be sent twice */
    bool repeats;       /* a second sending was stopped */
    bool public_only;
    bool refused; /* an address was private */
    bool keep_head, keep_peer;
    bool knows_secret; /* the handle does, and is not used again */
    unsigned sendings;
    int64_t from_ns;
    int64_t idle_ns, heard_ns; /* idle_ns 0: not watched; heard_ns 0: not sent yet */
    http_done_fn *done;
    void *ctx;
    bool (*sink)(void *ctx, struct span piece);
    void *sink_ctx;
    char error[CURL_ERROR_SIZE];
};

struct http_client {
    struct loop *loop;
    CURLM *multi;
    struct transfer *live, *unstarted, *spare;
    unsigned busy, spares;
    unsigned watched; /* of `live`, those with an idle_ns */
    int64_t timer_ns; /* when libcurl wants to be called; -1: not */
    bool calling;     /* a call-back runs */
};

/* ---- one transfer ---- */

#define SET(easy, option, value) CHECK(curl_easy_setopt((easy), (option), (value)) == CURLE_OK)

static long status_of(const struct transfer *t)
{
    long status = 0;

    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static size_t take_answer(char *data, size_t one, size_t size, void *ctx)
{
    struct transfer *t = ctx;

    t->heard_ns = t->idle_ns ? clock_mono_ns() : 0;
    if (t->sink && status_of(t) == 200)
        return t->sink(t->sink_ctx, (struct span){data, one * size}) ? one * size : 0;
    buf_add(&t->body, (struct span){data, one * size});
    return t->body.full ? 0 : one * size;
}

static size_t take_head(char *data, size_t one, size_t size, void *ctx)
{
    struct transfer *t = ctx;

    (void)data;
    t->heard_ns = clock_mono_ns();
    return one * size;
}

static int before_sending(void *ctx, char *peer, char *local, int peer_port, int local_port)
{
    struct transfer *t = ctx;
    long sent = 0;

    (void)local, (void)peer_port, (void)local_port;
    if (t->public_only && private_address_is_text(peer)) {
        t->refused = true;
        return CURL_PREREQFUNC_ABORT;
    }
    t->heard_ns = t->idle_ns ? clock_mono_ns() : 0;
    curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
    t->repeats = t->sendings++ > 0 && sent > 0 && !t->harmless;
    return t->repeats ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* Of several addresses of a name the next is tried. */
static curl_socket_t open_public(void *ctx, curlsocktype purpose, struct curl_sockaddr *at)
{
    struct transfer *t = ctx;

    (void)purpose;
    if (!private_address_is(&at->addr))
        return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
    t->refused = true;
    return CURL_SOCKET_BAD;
}

static void set_method(struct transfer *t, const struct http_call *call)
{
    const struct span method = span_of(call->method);
    const bool get = span_is_text(method, "GET"), head = span_is_text(method, "HEAD");

    t->harmless = get || head;
    if (call->body.size || span_is_text(method, "POST")) {
        SET(t->easy, CURLOPT_POST, 1L);
        SET(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.size);
        SET(t->easy, CURLOPT_POSTFIELDS,
            call->body_stays ? call->body.data : arena_text(t->arena, call->body));
    } else if (head) {
        SET(t->easy, CURLOPT_NOBODY, 1L);
    }
    if (!t->harmless || call->body.size)
        SET(t->easy, CURLOPT_CUSTOMREQUEST, call->method);
}

static void add_header(struct transfer *t, const char *line)
{
    struct curl_slist *longer = curl_slist_append(t->headers, line);

    CHECK(longer && "memory");
    t->headers = longer;
    for (const char *p = line; *p; p++)
        if ((unsigned char)*p < ' ')
            t->broken = "control character in a header line";
}

static void set_limits(struct transfer *t, const struct http_call *call)
{
    CURL *easy = t->easy;
    const size_t max_bytes = call->max_bytes ? call->max_bytes : ANSWER_BYTES;

    t->body = buf_in(t->arena, max_bytes);
    t->public_only = call->public_only;
    if (t->public_only) {
        SET(easy, CURLOPT_OPENSOCKETFUNCTION, open_public);
        SET(easy, CURLOPT_OPENSOCKETDATA, t);
    }
    SET(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)max_bytes); /* when a length is announced */
    SET(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(call->connect_ms ? call->connect_ms : CONNECT_MS));
    SET(easy, CURLOPT_TIMEOUT_MS, (long)(call->total_ms ? call->total_ms : TOTAL_MS));
    SET(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(easy, CURLOPT_NOSIGNAL, 1L);
    SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
    SET(easy, CURLOPT_PROXY, ""); /* none by the environment: settings are settings */
}

static void set_answer(struct transfer *t, const struct http_call *call)
{
    CURL *easy = t->easy;

    t->keep_head = call->keep_head;
    t->keep_peer = call->keep_peer;
    t->sink = call->sink;
    t->sink_ctx = call->sink_ctx;
    t->idle_ns = call->idle_ms * INT64_C(1000000);
    SET(easy, CURLOPT_WRITEFUNCTION, take_answer);
    SET(easy, CURLOPT_WRITEDATA, t);
    if (t->idle_ns) {
        SET(easy, CURLOPT_HEADERFUNCTION, take_head);
        SET(easy, CURLOPT_HEADERDATA, t);
    }
    if (call->unpack)
        SET(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
}

static void set_tls(struct transfer *t, const struct http_call *call)
{
    SET(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (call->keep_peer)
        SET(t->easy, CURLOPT_CERTINFO, 1L);
    if (call->ca_file)
        SET(t->easy, CURLOPT_CAINFO, call->ca_file);
    if (call->ca_file)
        SET(t->easy, CURLOPT_CAPATH, NULL);
    if (call->unverified) {
        SET(t->easy, CURLOPT_SSL_VERIFYPEER, 0L);
        SET(t->easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

/* libcurl keeps who signs beside the connection and in the handle: neither is used again. */
static void set_signer(struct transfer *t, const struct http_call *call)
{
    t->knows_secret = true;
    SET(t->easy, CURLOPT_FORBID_REUSE, 1L);
    SET(t->easy, CURLOPT_USERNAME, call->user);
    SET(t->easy, CURLOPT_PASSWORD, call->password ? call->password : "");
    if (curl_easy_setopt(t->easy, CURLOPT_AWS_SIGV4, call->sign_as) != CURLE_OK)
        t->broken = "this libcurl cannot sign for AWS";
}

static void add_user(struct transfer *t, const char *user, const char *password)
{
    char *line = basic_auth_line(user, password);

    add_header(t, line);
    arena_wipe_free(line);
}

/* No 100 is waited for. libcurl 7.88 signs "Expect:" without a value, and does not send it:
 * a signed request is sent with the header, and goes on after a millisecond. */
static void set_user(struct transfer *t, const struct http_call *call)
{
    if (call->sign_as)
        SET(t->easy, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
    else
        add_header(t, "Expect:");
    if (call->user && call->sign_as)
        set_signer(t, call);
    else if (call->user)
        add_user(t, call->user, call->password ? call->password : "");
}

static void prepare(struct transfer *t, const struct http_call *call)
{
    t->from_ns = clock_mono_ns();
    set_limits(t, call);
    SET(t->easy, CURLOPT_ERRORBUFFER, t->error);
    SET(t->easy, CURLOPT_PRIVATE, t);
    SET(t->easy, CURLOPT_URL, call->url);
    SET(t->easy, CURLOPT_PATH_AS_IS, 1L);
    SET(t->easy, CURLOPT_USERAGENT, "nextring");
    SET(t->easy, CURLOPT_PREREQFUNCTION, before_sending);
    SET(t->easy, CURLOPT_PREREQDATA, t);
    set_answer(t, call);
    set_tls(t, call);
    set_user(t, call);
    if (call->unix_socket)
        SET(t->easy, CURLOPT_UNIX_SOCKET_PATH, call->unix_socket);
    set_method(t, call);
    for (const char *const *line = call->headers; line && *line; line++)
        add_header(t, *line);
    SET(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

static struct span answer_header(CURL *easy, const char *name)
{
    struct curl_header *h = NULL;

    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
        return (struct span){0};
    return span_of(h->value);
}

static bool is_too_large(const struct transfer *t, CURLcode code)
{
    return t->body.full || code == CURLE_FILESIZE_EXCEEDED;
}

static const char *reason(const struct transfer *t, CURLcode code)
{
    if (t->broken)
        return t->broken;
    if (t->repeats)
        return "the connection was closed before an answer";
    if (is_too_large(t, code))
        return "the answer is too large";
    if (t->refused && (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK))
        return "the address is private";
    return t->error[0] ? t->error : curl_easy_strerror(code);
}

/* No connection: by its time, the system's word, and how far it came. */
static enum http_trouble connect_trouble(const struct transfer *t, CURLcode code)
{
    long local_port = 0, system_error = 0;

    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &system_error);
    curl_easy_getinfo(t->easy, CURLINFO_LOCAL_PORT, &local_port); /* 0: no connection */
    if (code == CURLE_OPERATION_TIMEDOUT)
        return local_port ? HTTP_TLS_FAILED : HTTP_CONNECT_SLOW;
    return code == CURLE_COULDNT_CONNECT && system_error == ECONNREFUSED ? HTTP_REFUSED
                                                                         : HTTP_NO_CONNECTION;
}

static enum http_trouble certificate_trouble(const struct transfer *t)
{
    long verified = 0;

    curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &verified);
    if (verified == X509_EXPIRED || verified == X509_NOT_YET_VALID)
        return HTTP_CERT_EXPIRED;
    return verified > X509_UNSPECIFIED ? HTTP_CERT_UNTRUSTED : HTTP_CERT_HOST;
}

static enum http_trouble trouble_of(const struct transfer *t, CURLcode code, bool sent)
{
    static const struct {
        CURLcode code;
        enum http_trouble trouble;
    } known[] = {
        {CURLE_COULDNT_RESOLVE_HOST, HTTP_NO_NAME},
        {CURLE_SSL_CONNECT_ERROR, HTTP_TLS_FAILED},
        {CURLE_WEIRD_SERVER_REPLY, HTTP_NOT_HTTP},
        {CURLE_UNSUPPORTED_PROTOCOL, HTTP_NOT_HTTP},
        {CURLE_BAD_CONTENT_ENCODING, HTTP_NOT_HTTP},
        {CURLE_SSL_CACERT_BADFILE, HTTP_CERT_UNTRUSTED},
    };

    if (t->broken)
        return HTTP_NO_CONNECTION;
    if (is_too_large(t, code))
        return HTTP_TOO_LARGE;
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        return certificate_trouble(t);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (code == known[i].code)
            return known[i].trouble;
    if (!sent)
        return connect_trouble(t, code);
    return code == CURLE_OPERATION_TIMEDOUT ? HTTP_SILENT : HTTP_BROKEN_OFF;
}

/* The header lines of the answer, in the transfer's arena. */
static struct span head_of(struct transfer *t)
{
    struct buf out = buf_in(t->arena, HEAD_BYTES);
    struct curl_header *h = NULL;

    while (t->keep_head && (h = curl_easy_nextheader(t->easy, CURLH_HEADER, -1, h)))
        buf_printf(&out, "%s: %s\n", h->name, h->value);
    return buf_span(&out);
}

/* Of the server's own certificate, the first of its chain; in the transfer's arena. */
static struct span cert_until(const struct transfer *t)
{
    static const char name[] = "Expire date:";
    struct curl_certinfo *chain = NULL;

    if (curl_easy_getinfo(t->easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain ||
        chain->num_of_certs < 1)
        return (struct span){0};
    for (const struct curl_slist *line = chain->certinfo[0]; line; line = line->next)
        if (strncmp(line->data, name, sizeof name - 1) == 0)
            return arena_copy(t->arena, span_of(line->data + sizeof name - 1));
    return (struct span){0};
}

static void say_peer(const struct transfer *t, struct http_result *result)
{
    const char *address = NULL;

    if (!t->keep_peer)
        return;
    curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &address);
    result->peer = arena_copy(t->arena, span_of(address));
    result->cert_until = cert_until(t);
}

/* Says what became of it; the spans belong to the transfer. */
static struct http_result result_of(struct transfer *t, CURLcode code)
{
    struct http_result result = {.outcome = HTTP_ANSWERED, .retry_after_s = -1};
    long sent = 0, status = 0, head = 0;
    int64_t seconds = -1;

    result.took_us = (clock_mono_ns() - t->from_ns) / 1000;
    say_peer(t, &result);
    if (t->broken || code != CURLE_OK) {
        curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
        result.outcome = t->broken || sent == 0 ? HTTP_NOT_SENT : HTTP_UNSURE;
        curl_easy_getinfo(t->easy, CURLINFO_HEADER_SIZE, &head);
        result.too_large = is_too_large(t, code);
        result.trouble = trouble_of(t, code, sent > 0);
        result.begun = head > 0;
        result.why = reason(t, code);
        return result;
    }
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    result.status = (int)status;
    result.body = buf_span(&t->body);
    result.type = answer_header(t->easy, "Content-Type");
    result.location = answer_header(t->easy, "Location");
    result.cookie = answer_header(t->easy, "Set-Cookie");
    result.etag = answer_header(t->easy, "ETag");
    result.head = head_of(t);
    if (span_number(answer_header(t->easy, "Retry-After"), 0, RETRY_AFTER_MAX_S, &seconds))
        result.retry_after_s = (int)seconds;
    return result;
}

/* libcurl copies user and password, and renders them into the request: what it gives back is
 * wiped. */
static void *grow_wiped(void *old, size_t size)
{
    void *grown = size ? malloc(size) : NULL;
    const size_t had = old ? malloc_usable_size(old) : 0;

    if (grown && old)
        memcpy(grown, old, had < size ? had : size);
    if (grown || !size)
        arena_wipe_free(old);
    return grown;
}

static void start_library(void)
{
    struct sigaction now;

    CHECK(curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, arena_wipe_free, grow_wiped, strdup,
                               calloc) == CURLE_OK);
    /* OpenSSL writes without MSG_NOSIGNAL, and with CURLOPT_NOSIGNAL libcurl leaves SIGPIPE to
     * the program. */
    if (!sigaction(SIGPIPE, NULL, &now) && now.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

void http_client_once(struct arena *arena, const struct http_call *call, struct http_result *out)
{
    struct transfer t = {.arena = arena};
    CURLcode code = CURLE_FAILED_INIT;

    start_library();
    t.easy = curl_easy_init();
    CHECK(t.easy && "memory");
    prepare(&t, call);
    if (!t.broken)
        code = curl_easy_perform(t.easy);
    *out = result_of(&t, code);
    out->type = arena_copy(arena, out->type);
    out->location = arena_copy(arena, out->location);
    out->cookie = arena_copy(arena, out->cookie);
    out->etag = arena_copy(arena, out->etag);
    if (out->why)
        out->why = arena_text(arena, span_of(out->why));
    curl_easy_cleanup(t.easy);
    curl_slist_free_all(t.headers);
    curl_global_cleanup();
}

/* ---- many: used again with their handles and arenas ---- */

static struct transfer *transfer_take(struct http_client *c)
{
    struct transfer *t = c->spare;

    if (t) {
        c->spare = t->next;
        c->spares--;
    } else {
        t = arena_must_alloc(sizeof *t);
        t->easy = curl_easy_init();
        CHECK(t->easy && "memory");
        t->arena = arena_open(ARENA_BYTES);
    }
    t->next = NULL;
    return t;
}

static void transfer_free(struct transfer *t)
{
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
    arena_close(&t->arena);
    free(t);
}

static void transfer_give_back(struct http_client *c, struct transfer *t)
{
    if (c->spares == SPARES || t->knows_secret) {
        transfer_free(t);
        return;
    }
    curl_easy_reset(t->easy);
    curl_slist_free_all(t->headers);
    arena_reset(t->arena);
    *t = (struct transfer){.easy = t->easy, .arena = t->arena, .next = c->spare};
    c->spare = t;
    c->spares++;
}

static void live_add(struct http_client *c, struct transfer *t)
{
    t->prev = NULL;
    t->next = c->live;
    if (c->live)
        c->live->prev = t;
    c->live = t;
    c->watched += t->idle_ns > 0;
}

static void live_drop(struct http_client *c, struct transfer *t)
{
    *(t->prev ? &t->prev->next : &c->live) = t->next;
    if (t->next)
        t->next->prev = t->prev;
    t->prev = t->next = NULL;
    c->watched -= t->idle_ns > 0;
}

static void finish(struct http_client *c, struct transfer *t, CURLcode code)
{
    const struct http_result result = result_of(t, code);

    c->busy--;
    c->calling = true;
    t->done(t->ctx, &result);
    c->calling = false;
    transfer_give_back(c, t);
}

/* ---- libcurl's wishes and the loop ---- */

static void on_ready(void *ctx, int fd, unsigned events)
{
    struct http_client *c = ctx;
    const int mask = (events & LOOP_READ ? CURL_CSELECT_IN : 0) |
                     (events & LOOP_WRITE ? CURL_CSELECT_OUT : 0) |
                     (events & LOOP_BROKEN ? CURL_CSELECT_ERR : 0);
    int running;

    curl_multi_socket_action(c->multi, fd, mask, &running);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *mine)
{
    struct http_client *c = ctx;
    const unsigned events =
        (what & CURL_POLL_IN ? LOOP_READ : 0U) | (what & CURL_POLL_OUT ? LOOP_WRITE : 0U);

    (void)easy, (void)mine;
    if (what == CURL_POLL_REMOVE)
        loop_forget(c->loop, fd);
    else if (loop_watch(c->loop, fd, events, on_ready, c))
        log_line(LOG_ERROR, "http client: a connection cannot be watched and will time out");
    return 0;
}

static int want_timer(CURLM *multi, long wait_ms, void *ctx)
{
    struct http_client *c = ctx;

    (void)multi;
    c->timer_ns = wait_ms < 0 ? -1 : clock_mono_ns() + wait_ms * 1000000;
    if (wait_ms >= 0)
        loop_wake(c->loop);
    return 0;
}

static void run_timer(struct http_client *c)
{
    int running;

    if (c->timer_ns < 0 || clock_mono_ns() < c->timer_ns)
        return;
    c->timer_ns = -1;
    curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

static void finish_ended(struct http_client *c)
{
    struct CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(c->multi, &left))) {
        struct transfer *t = NULL;
        const CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        curl_multi_remove_handle(c->multi, t->easy);
        live_drop(c, t);
        finish(c, t, code);
    }
}

static void finish_unstarted(struct http_client *c)
{
    struct transfer *t = c->unstarted;

    c->unstarted = NULL;
    for (struct transfer *next; t; t = next) {
        next = t->next;
        finish(c, t, CURLE_FAILED_INIT);
    }
}

/* Gives up those that have been silent for too long; returns when the next may be, or -1. */
static int64_t finish_idle(struct http_client *c)
{
    const int64_t now_ns = clock_mono_ns();
    int64_t soonest_ns = -1;

    for (struct transfer *t = c->watched ? c->live : NULL, *next; t; t = next) {
        const int64_t due_ns = t->heard_ns + t->idle_ns;
        next = t->next;
        if (!t->idle_ns || !t->heard_ns)
            continue;
        if (due_ns > now_ns) {
            soonest_ns = soonest_ns < 0 || due_ns < soonest_ns ? due_ns : soonest_ns;
            continue;
        }
        curl_multi_remove_handle(c->multi, t->easy);
        live_drop(c, t);
        snprintf(t->error, sizeof t->error, "nothing more was heard for %lld ms",
                 (long long)(t->idle_ns / 1000000));
        finish(c, t, CURLE_OPERATION_TIMEDOUT);
    }
    return soonest_ns;
}

static int64_t on_turn(void *ctx)
{
    struct http_client *c = ctx;

    run_timer(c);
    finish_ended(c);
    finish_unstarted(c);
    const int64_t idle_ns = finish_idle(c);
    const int64_t next_ns =
        c->timer_ns < 0 || (idle_ns >= 0 && idle_ns < c->timer_ns) ? idle_ns : c->timer_ns;
    if (next_ns < 0)
        return -1;
    const int64_t left_ns = next_ns - clock_mono_ns();
    return left_ns > 0 ? (left_ns + 999999) / 1000000 : 0;
}

/* ---- the client ---- */

enum err http_client_open(struct loop *loop, struct http_client **out)
{
    start_library();
    CURLM *multi = curl_multi_init();
    if (!multi) {
        curl_global_cleanup();
        return ERR_BROKEN;
    }
    struct http_client *c = arena_must_alloc(sizeof *c);
    *c = (struct http_client){.loop = loop, .multi = multi, .timer_ns = -1};
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, c);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, want_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, c);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)HOST_CONNECTIONS);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    loop_add_turn(loop, on_turn, c);
    *out = c;
    return ERR_NONE;
}

static void free_all(struct transfer *t)
{
    for (struct transfer *next; t; t = next) {
        next = t->next;
        transfer_free(t);
    }
}

void http_client_close(struct http_client **client)
{
    struct http_client *c = *client;

    if (!c)
        return;
    CHECK(!c->calling);
    *client = NULL;
    loop_drop_turn(c->loop, on_turn, c);
    for (struct transfer *t = c->live; t; t = t->next)
        curl_multi_remove_handle(c->multi, t->easy);
    free_all(c->live);
    free_all(c->unstarted);
    free_all(c->spare);
    curl_multi_cleanup(c->multi);
    curl_global_cleanup();
    free(c);
}

void http_client_send(struct http_client *c, const struct http_call *call, http_done_fn *done,
                      void *ctx)
{
    struct transfer *t = transfer_take(c);

    t->done = done;
    t->ctx = ctx;
    c->busy++;
    prepare(t, call);
    if (!t->broken && curl_multi_add_handle(c->multi, t->easy) != CURLM_OK)
        t->broken = "the transfer cannot be started";
    if (!t->broken) {
        live_add(c, t);
        return;
    }
    t->next = c->unstarted;
    c->unstarted = t;
    loop_wake(c->loop);
}

unsigned http_client_busy(const struct http_client *c)
{
    return c->busy;
}
