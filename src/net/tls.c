#include "net/tls.h"

#include <ctype.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"

enum {
    LEAVES = 32, /* certificates that are kept; an older one makes room */
    VALID_DAYS = 365,
    DAY_S = 86400,
    PEM_MAX = 4096,
    COMMON_NAME_MAX = 64,
    EXTENSION_MAX = TLS_NAME_MAX + 64
};

struct leaf {
    char name[TLS_NAME_MAX + 1];
    X509 *certificate;
};

struct tls_authority {
    tls_known_fn *known;
    EVP_PKEY *key, *leaf_key; /* all leaves share one */
    X509 *certificate;
    SSL_CTX *context;
    char pem[PEM_MAX];
    struct leaf leaves[LEAVES];
    unsigned leaf_next;
};

struct tls_pair {
    SSL_CTX *context; /* NULL: nothing is loaded */
    X509 *certificate;
    int64_t begin_s, end_s;
};

struct tls_session {
    struct tls_authority *authority; /* NULL: under a pair */
    SSL *ssl;
    char host[TLS_NAME_MAX + 1]; /* empty: any known name */
    const char *why;
};

/* What every session's end has in common. */
static SSL_CTX *make_context(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (!context)
        return NULL;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                     SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    return context;
}

/* ---- a pair ---- */

/* Of TLS 1.2, those that keep what was said secret when the key is lost later. */
static const char old_ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
static const unsigned char http_1_1[] = "\x08http/1.1";

static int on_protocols(SSL *ssl, const unsigned char **out, unsigned char *out_size,
                        const unsigned char *offered, unsigned offered_size, void *ctx)
{
    unsigned char *chosen;

    (void)ssl, (void)ctx;
    if (SSL_select_next_proto(&chosen, out_size, http_1_1, sizeof http_1_1 - 1, offered,
                              offered_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

struct tls_pair *tls_pair_open(void)
{
    return arena_must_alloc(sizeof(struct tls_pair));
}

void tls_pair_close(struct tls_pair **pair)
{
    if (!*pair)
        return;
    SSL_CTX_free((*pair)->context);
    X509_free((*pair)->certificate);
    free(*pair);
    *pair = NULL;
}

/* Nobody is there to be asked for the password of a key. */
static int no_password(char *out, int size, int is_writing, void *ctx)
{
    (void)out, (void)size, (void)is_writing;
    *(bool *)ctx = true;
    return -1;
}

static const char *use_certificates(SSL_CTX *context, struct span pem, X509 **out_first)
{
    BIO *in = BIO_new_mem_buf(pem.data, (int)pem.size);
    X509 *first = in ? PEM_read_bio_X509_AUX(in, NULL, NULL, NULL) : NULL, *next;
    const char *why = NULL;

    *out_first = first;
    if (!first)
        why = "the certificate's file holds no certificate in PEM; it begins with "
              "-----BEGIN CERTIFICATE-----";
    else if (SSL_CTX_use_certificate(context, first) != 1)
        why = "the certificate's key is too short or of a kind that is not safe any more; "
              "let a new one be made";
    while (!why && (next = PEM_read_bio_X509(in, NULL, NULL, NULL)))
        if (SSL_CTX_add0_chain_cert(context, next) != 1) {
            X509_free(next);
            why = "the chain after the certificate cannot be used";
        }
    BIO_free(in);
    return why;
}

static const char *use_key(SSL_CTX *context, struct span pem)
{
    BIO *in = BIO_new_mem_buf(pem.data, (int)pem.size);
    bool is_encrypted = false;
    EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, no_password, &is_encrypted) : NULL;
    const char *why = NULL;

    if (!key)
        why = is_encrypted ? "the key is encrypted; write one without a password: "
                             "openssl pkey -in KEY -out NEW"
                           : "the key's file holds no private key in PEM; it begins with "
                             "-----BEGIN PRIVATE KEY-----";
    else if (X509_check_private_key(SSL_CTX_get0_certificate(context), key) != 1)
        why = "the key is not the certificate's; name the two that were made together (the "
              "certificate itself is the first of its file, the chain follows)";
    else if (SSL_CTX_use_PrivateKey(context, key) != 1)
        why = "the key cannot be used";
    EVP_PKEY_free(key);
    BIO_free(in);
    return why;
}

static int64_t seconds_of(const ASN1_TIME *time)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;

    if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch, time) != 1)
        days = seconds = 0;
    ASN1_TIME_free(epoch);
    return (int64_t)days * DAY_S + seconds;
}

enum err tls_pair_load(struct tls_pair *pair, struct span certificates, struct span key,
                       char out_why[TLS_WHY_SIZE])
{
    SSL_CTX *context = make_context();
    X509 *first = NULL;
    const char *why = context ? use_certificates(context, certificates, &first) : "no memory";

    if (!why)
        why = use_key(context, key);
    ERR_clear_error();
    if (why) {
        snprintf(out_why, TLS_WHY_SIZE, "%s", why);
        X509_free(first);
        SSL_CTX_free(context);
        return ERR_BAD_INPUT;
    }
    SSL_CTX_set_cipher_list(context, old_ciphers);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_alpn_select_cb(context, on_protocols, NULL);
    X509_free(pair->certificate);
    SSL_CTX_free(pair->context); /* sessions that go on hold it themselves */
    *pair = (struct tls_pair){.context = context,
                              .certificate = first,
                              .begin_s = seconds_of(X509_get0_notBefore(first)),
                              .end_s = seconds_of(X509_get0_notAfter(first))};
    return ERR_NONE;
}

int64_t tls_pair_begin_s(const struct tls_pair *pair)
{
    return pair->begin_s;
}

int64_t tls_pair_end_s(const struct tls_pair *pair)
{
    return pair->end_s;
}

bool tls_pair_is_for(const struct tls_pair *pair, const char *host)
{
    return pair->certificate && (X509_check_host(pair->certificate, host, 0, 0, NULL) == 1 ||
                                 X509_check_ip_asc(pair->certificate, host, 0) == 1);
}

/* ---- certificates ---- */

static bool add_extension(X509 *certificate, X509 *issuer, int kind, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    const bool added = extension && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

static bool add_serial(X509 *certificate)
{
    unsigned char bytes[8];
    uint64_t serial = 0;

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    memcpy(&serial, bytes, sizeof serial);
    return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1);
}

static bool add_name(X509 *certificate, const char *name)
{
    char shown[COMMON_NAME_MAX + 1];

    snprintf(shown, sizeof shown, "%s", name);
    return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                      (const unsigned char *)shown, -1, -1, 0);
}

/* What both kinds have; NULL when the library refuses. */
static X509 *begin_certificate(const char *name, EVP_PKEY *key)
{
    X509 *x = X509_new();

    if (x && X509_set_version(x, X509_VERSION_3) && add_serial(x) && add_name(x, name) &&
        X509_gmtime_adj(X509_getm_notBefore(x), -DAY_S) &&
        X509_gmtime_adj(X509_getm_notAfter(x), (long)VALID_DAYS * DAY_S) && X509_set_pubkey(x, key))
        return x;
    X509_free(x);
    return NULL;
}

static bool finish_authority(struct tls_authority *a, const char *domain)
{
    char names[EXTENSION_MAX];
    X509 *x = a->certificate;

    snprintf(names, sizeof names, "critical,permitted;DNS:%s", domain);
    return X509_set_issuer_name(x, X509_get_subject_name(x)) &&
           add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add_extension(x, x, NID_subject_key_identifier, "hash") &&
           add_extension(x, x, NID_name_constraints, names) && X509_sign(x, a->key, EVP_sha256());
}

static X509 *make_leaf(struct tls_authority *a, const char *name)
{
    char names[EXTENSION_MAX];
    X509 *x = begin_certificate(name, a->leaf_key);

    snprintf(names, sizeof names, "DNS:%s", name);
    if (x && X509_set_issuer_name(x, X509_get_subject_name(a->certificate)) &&
        add_extension(x, a->certificate, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(x, a->certificate, NID_key_usage, "critical,digitalSignature") &&
        add_extension(x, a->certificate, NID_ext_key_usage, "serverAuth") &&
        add_extension(x, a->certificate, NID_subject_key_identifier, "hash") &&
        add_extension(x, a->certificate, NID_authority_key_identifier, "keyid") &&
        add_extension(x, a->certificate, NID_subject_alt_name, names) &&
        X509_sign(x, a->key, EVP_sha256()))
        return x;
    X509_free(x);
    return NULL;
}

static X509 *leaf_of(struct tls_authority *a, const char *name)
{
    for (int i = 0; i < LEAVES; i++)
        if (a->leaves[i].certificate && strcmp(a->leaves[i].name, name) == 0)
            return a->leaves[i].certificate;
    X509 *made = make_leaf(a, name);
    if (!made)
        return NULL;
    struct leaf *leaf = &a->leaves[a->leaf_next++ % LEAVES];
    X509_free(leaf->certificate);
    leaf->certificate = made;
    snprintf(leaf->name, sizeof leaf->name, "%s", name);
    return made;
}

/* ---- the name that a peer asks for ---- */

static bool take_name(const char *text, char out[TLS_NAME_MAX + 1])
{
    const size_t size = strlen(text);

    if (size == 0 || size > TLS_NAME_MAX)
        return false;
    for (size_t i = 0; i <= size; i++)
        out[i] = (char)tolower((unsigned char)text[i]);
    return true;
}

static int refuse_name(struct tls_session *s, const char *why, int *alert)
{
    s->why = why;
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* Called for each hello, with a name or without. */
static int on_name(SSL *ssl, int *alert, void *ctx)
{
    struct tls_session *s = SSL_get_app_data(ssl);
    const char *asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    char name[TLS_NAME_MAX + 1];

    (void)ctx;
    if (!take_name(asked ? asked : s->host, name))
        return refuse_name(s, "it names no host", alert);
    if (s->host[0] && strcmp(name, s->host) != 0)
        return refuse_name(s, "it asks for another host than its CONNECT", alert);
    if (!s->authority->known(span_of(name)))
        return refuse_name(s, "it asks for a host that is not simulated", alert);
    X509 *leaf = leaf_of(s->authority, name);
    if (leaf && SSL_use_certificate(ssl, leaf) == 1 &&
        SSL_use_PrivateKey(ssl, s->authority->leaf_key) == 1)
        return SSL_TLSEXT_ERR_OK;
    s->why = "its certificate cannot be made";
    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* ---- the authority ---- */

static SSL_CTX *make_authority_context(void)
{
    SSL_CTX *context = make_context();

    if (!context)
        return NULL;
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_tlsext_servername_callback(context, on_name);
    return context;
}

static bool write_pem(struct tls_authority *a)
{
    BIO *out = BIO_new(BIO_s_mem());
    int size = 0;

    if (out && PEM_write_bio_X509(out, a->certificate))
        size = BIO_read(out, a->pem, PEM_MAX - 1);
    a->pem[size > 0 ? size : 0] = 0;
    BIO_free(out);
    return size > 0 && size < PEM_MAX - 1;
}

enum err tls_authority_open(const char *domain, tls_known_fn *known, struct tls_authority **out)
{
    struct tls_authority *a = arena_must_alloc(sizeof *a);
    unsigned char mark[4] = {0};
    char name[COMMON_NAME_MAX];

    a->known = known;
    a->key = EVP_EC_gen("P-256");
    a->leaf_key = EVP_EC_gen("P-256");
    a->context = make_authority_context();
    (void)RAND_bytes(mark, sizeof mark);
    snprintf(name, sizeof name, "nextring-sim throw-away authority %02x%02x%02x%02x", mark[0],
             mark[1], mark[2], mark[3]);
    if (a->key && a->leaf_key && a->context)
        a->certificate = begin_certificate(name, a->key);
    if (!a->certificate || !finish_authority(a, domain) || !write_pem(a)) {
        tls_authority_close(&a);
        return ERR_BROKEN;
    }
    *out = a;
    return ERR_NONE;
}

void tls_authority_close(struct tls_authority **authority)
{
    struct tls_authority *a = *authority;

    if (!a)
        return;
    for (int i = 0; i < LEAVES; i++)
        X509_free(a->leaves[i].certificate);
    X509_free(a->certificate);
    EVP_PKEY_free(a->key);
    EVP_PKEY_free(a->leaf_key);
    SSL_CTX_free(a->context);
    free(a);
    *authority = NULL;
}

struct span tls_authority_pem(const struct tls_authority *authority)
{
    return span_of(authority->pem);
}

/* ---- sessions ---- */

static enum err begin_session(SSL_CTX *context, int fd, struct tls_session **out)
{
    struct tls_session *s = arena_must_alloc(sizeof *s);

    s->why = "it speaks no TLS";
    s->ssl = SSL_new(context);
    if (!s->ssl || SSL_set_fd(s->ssl, fd) != 1) {
        tls_session_close(&s);
        return ERR_BROKEN;
    }
    SSL_set_app_data(s->ssl, s);
    SSL_set_accept_state(s->ssl);
    *out = s;
    return ERR_NONE;
}

enum err tls_session_open(struct tls_authority *authority, int fd, struct span host,
                          struct tls_session **out)
{
    struct tls_session *s = NULL;
    const enum err e = begin_session(authority->context, fd, &s);

    if (e)
        return e;
    s->authority = authority;
    snprintf(s->host, sizeof s->host, "%.*s", SPAN_ARG(host));
    for (char *c = s->host; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    *out = s;
    return ERR_NONE;
}

enum err tls_pair_session(struct tls_pair *pair, int fd, struct tls_session **out)
{
    return pair->context ? begin_session(pair->context, fd, out) : ERR_BROKEN;
}

void tls_session_close(struct tls_session **session)
{
    if (!*session)
        return;
    SSL_free((*session)->ssl);
    free(*session);
    *session = NULL;
    ERR_clear_error();
}

/* The failures that a person can mend tell how. */
static void note_distrust(struct tls_session *s)
{
    switch (ERR_GET_REASON(ERR_peek_error())) {
    case SSL_R_HTTP_REQUEST:
        s->why = "it speaks HTTP without TLS: its address has to begin with https://";
        break;
    case SSL_R_UNSUPPORTED_PROTOCOL:
        s->why = "it knows nothing newer than TLS 1.1";
        break;
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        s->why = "it does not trust our certificate: name the authority's file to it";
        break;
    default:
        break;
    }
}

/* `result` is what an SSL function has just returned, 1 or more for done. */
static enum tls_step step_of(struct tls_session *s, int result)
{
    const int error = result > 0 ? SSL_ERROR_NONE : SSL_get_error(s->ssl, result);

    if (error == SSL_ERROR_SSL)
        note_distrust(s);
    ERR_clear_error();
    switch (error) {
    case SSL_ERROR_NONE:
        return TLS_DONE;
    case SSL_ERROR_WANT_READ:
        return TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_CLOSED;
    default:
        return TLS_FAILED;
    }
}

enum tls_step tls_session_greet(struct tls_session *s)
{
    const enum tls_step step = step_of(s, SSL_do_handshake(s->ssl));

    if (step == TLS_DONE)
        s->why = "the connection broke";
    return step;
}

enum tls_step tls_session_read(struct tls_session *s, char *out, size_t max, size_t *out_size)
{
    return step_of(s, SSL_read_ex(s->ssl, out, max, out_size));
}

enum tls_step tls_session_write(struct tls_session *s, struct span bytes, size_t *out_size)
{
    CHECK(bytes.size > 0);
    return step_of(s, SSL_write_ex(s->ssl, bytes.data, bytes.size, out_size));
}

void tls_session_end(struct tls_session *s)
{
    (void)SSL_shutdown(s->ssl);
    ERR_clear_error();
}

const char *tls_session_why(const struct tls_session *s)
{
    return s->why;
}
