#include "provider/signature.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/url.h"

/* The spans of an address come first in what is hashed, however many of them it has. */
enum { URL_PARTS = 3 };

struct signature_keys {
    struct digest_key *tokens[SIGNATURE_TOKENS_MAX];
    size_t count;
};

/* What is hashed: three spans of the address, rewritten for each trial, then the parameters. */
struct message {
    struct span *parts;
    size_t count;
    enum signature_cover cover;
    bool hash_right;
};

/* An address as the spans that a port stands between. */
struct address {
    struct span head, port, tail; /* "https://host", ":8443" or empty, "/path?query" */
    struct span default_port;     /* ":443" */
};

const char *signature_port_name(enum signature_port port)
{
    static const char *const names[SIGNATURE_PORTS] = {"as it is", "port removed",
                                                       "default port added"};

    return (unsigned)port < SIGNATURE_PORTS ? names[port] : "unknown";
}

const char *signature_cover_name(enum signature_cover cover)
{
    static const char *const names[SIGNATURE_COVERS] = {"address alone", "address and form",
                                                        "address with the body's hash"};

    return (unsigned)cover < SIGNATURE_COVERS ? names[cover] : "unknown";
}

struct signature_keys *signature_keys_open(const struct span *tokens, size_t count)
{
    struct signature_keys *keys = arena_must_alloc(sizeof *keys);

    CHECK(count <= SIGNATURE_TOKENS_MAX);
    for (size_t i = 0; i < count; i++)
        if (tokens[i].size > 0)
            keys->tokens[keys->count++] = digest_key_open(tokens[i]);
    if (keys->count == 0)
        signature_keys_close(&keys);
    return keys;
}

void signature_keys_close(struct signature_keys **keys)
{
    if (!*keys)
        return;
    for (size_t i = 0; i < (*keys)->count; i++)
        digest_key_close(&(*keys)->tokens[i]);
    free(*keys);
    *keys = NULL;
}

/* Sorting by name, then by value puts equal fields side by side. The value never decides
 * between different names, so this is the order by name that the carrier means. */
static int compare(const struct form_field *a, const struct form_field *b)
{
    const int c = span_compare(a->name, b->name);

    return c != 0 ? c : span_compare(a->value, b->value);
}

/* Insertion with the place found by halving: webhooks have some twenty fields, and the worst
 * that a stranger can send costs 200 short moves. */
static const struct form_field **sort(struct arena *arena, const struct form *form)
{
    const struct form_field **sorted = ARENA_NEW_N(arena, const struct form_field *, form->count);

    for (size_t n = 0; n < form->count; n++) {
        const struct form_field *field = &form->fields[n];
        size_t low = 0, high = n;
        while (low < high) {
            const size_t middle = (low + high) / 2;
            if (compare(sorted[middle], field) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        memmove(sorted + low + 1, sorted + low, (n - low) * sizeof *sorted);
        sorted[low] = field;
    }
    return sorted;
}

static void add_form(struct arena *arena, const struct form *form, struct message *message)
{
    const struct form_field **sorted = sort(arena, form);

    message->parts = ARENA_NEW_N(arena, struct span, URL_PARTS + 2 * form->count);
    message->count = URL_PARTS;
    for (size_t i = 0; i < form->count; i++) {
        if (i > 0 && compare(sorted[i - 1], sorted[i]) == 0)
            continue;
        message->parts[message->count++] = sorted[i]->name;
        message->parts[message->count++] = sorted[i]->value;
    }
}

static bool is_form(const struct signature_request *request)
{
    struct span parameters;
    const struct span type = span_trim(span_cut(request->content_type, ';', &parameters));

    return !span_is_text(request->method, "GET") && !span_is_text(request->method, "HEAD") &&
           span_is_nocase(type, SPAN("application/x-www-form-urlencoded"));
}

static bool is_hash_right(struct span wanted, struct span body)
{
    uint8_t told[DIGEST_SHA256_BYTES], found[DIGEST_SHA256_BYTES];

    digest_sha256(body, found);
    return base64_hex_parse(wanted, told, sizeof told) && digest_equal(told, found, sizeof found);
}

/* False when the form cannot be parsed. */
static bool compose(struct arena *arena, const struct signature_request *request, struct span query,
                    struct message *out)
{
    const struct span hash = url_query_get(query, "bodySHA256");
    struct form form = {0};

    *out = (struct message){.hash_right = true};
    if (hash.data) {
        out->cover = SIGNATURE_COVERS_HASH;
        out->hash_right = is_hash_right(hash, request->body);
    } else if (is_form(request)) {
        out->cover = SIGNATURE_COVERS_FORM;
        if (request->form)
            form = *request->form;
        else if (form_parse(arena, request->body, &form))
            return false;
    }
    add_form(arena, &form, out);
    return true;
}

/* The fragment stays out; a user that the caller left in stays. */
static struct address address_of(struct span text, const struct url *url)
{
    const char *host_end = url->host.data + url->host.size;
    const size_t port_bytes = url->port.size ? url->port.size + 1 : 0;
    const char *end =
        url->has_query ? url->query.data + url->query.size : url->path.data + url->path.size;

    return (struct address){
        .head = {text.data, (size_t)(host_end - text.data)},
        .port = {host_end, port_bytes},
        .tail = {host_end + port_bytes, (size_t)(end - host_end) - port_bytes},
        .default_port = span_is_nocase(url->scheme, SPAN("https")) ? SPAN(":443") : SPAN(":80"),
    };
}

static void put_address(const struct address *a, enum signature_port port, struct message *message)
{
    message->parts[0] = a->head;
    message->parts[1] = port == SIGNATURE_AS_IS        ? a->port
                        : port == SIGNATURE_PORT_ADDED ? a->default_port
                                                       : (struct span){NULL, 0};
    message->parts[2] = a->tail;
}

static void note(struct arena *arena, struct signature_report *report,
                 const struct message *message, struct signature_trial trial)
{
    struct buf url = buf_in(arena, SIZE_MAX / 2);

    for (size_t i = 0; i < URL_PARTS; i++)
        buf_add(&url, message->parts[i]);
    trial.url = buf_span(&url);
    report->trials[report->count++] = trial;
}

static bool try_all(struct arena *arena, struct signature_keys *keys, const struct address *address,
                    struct message *message, const uint8_t told[DIGEST_SHA1_BYTES],
                    struct signature_report *report)
{
    const enum signature_port ports[] = {
        SIGNATURE_AS_IS, address->port.size ? SIGNATURE_PORT_REMOVED : SIGNATURE_PORT_ADDED};
    bool any = false;

    for (size_t p = 0; p < sizeof ports / sizeof ports[0]; p++) {
        put_address(address, ports[p], message);
        for (size_t k = 0; k < keys->count; k++) {
            uint8_t made[DIGEST_SHA1_BYTES];
            digest_hmac_sha1(keys->tokens[k], message->parts, message->count, made);
            const bool matched = digest_equal(made, told, sizeof made);
            any |= matched;
            if (report)
                note(arena, report, message,
                     (struct signature_trial){.port = ports[p], .token = k, .matched = matched});
        }
    }
    return any;
}

bool signature_check(struct arena *arena, struct signature_keys *keys,
                     const struct signature_request *request, struct signature_report *report)
{
    uint8_t told[DIGEST_SHA1_BYTES] = {0};
    struct message message;
    struct url url;

    if (report)
        *report = (struct signature_report){0};
    if (url_parse(request->url, &url) || !compose(arena, request, url.query, &message))
        return false;
    const bool well_formed = base64_parse(request->signature, told, sizeof told);
    if (report) {
        report->cover = message.cover;
        report->well_formed = well_formed;
        report->hash_right = message.hash_right;
    }
    const struct address address = address_of(request->url, &url);
    return try_all(arena, keys, &address, &message, told, report) & well_formed &
           message.hash_right;
}

enum err signature_sign(struct arena *arena, struct signature_keys *keys,
                        const struct signature_request *request, bool drop_port,
                        char out[SIGNATURE_TEXT_SIZE])
{
    struct message message;
    uint8_t made[DIGEST_SHA1_BYTES];
    struct url url;

    if (url_parse(request->url, &url) || !compose(arena, request, url.query, &message))
        return ERR_BAD_INPUT;
    struct address address = address_of(request->url, &url);
    struct buf head = buf_in(arena, address.head.size);
    buf_add(&head, url.scheme);
    buf_add(&head, SPAN("://"));
    buf_add(&head, url.host);
    address.head = buf_span(&head);
    put_address(&address, drop_port ? SIGNATURE_PORT_REMOVED : SIGNATURE_AS_IS, &message);
    digest_hmac_sha1(keys->tokens[0], message.parts, message.count, made);
    const struct span text = base64_render(arena, made, sizeof made);
    CHECK(text.size == SIGNATURE_TEXT_SIZE - 1);
    memcpy(out, text.data, SIGNATURE_TEXT_SIZE);
    return ERR_NONE;
}
