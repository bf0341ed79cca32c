/* net/http_trouble.h - what kept a request from its answer.
 *
 * Pure. Threads: any.
 */
#ifndef NET_HTTP_TROUBLE_H
#define NET_HTTP_TROUBLE_H

enum http_trouble {
    HTTP_FINE,
    HTTP_NO_NAME,        /* the host's name has no address */
    HTTP_REFUSED,        /* nobody listens there */
    HTTP_CONNECT_SLOW,   /* no connection in time */
    HTTP_NO_CONNECTION,  /* no connection otherwise, or never tried */
    HTTP_TLS_FAILED,     /* no handshake, or not in time */
    HTTP_CERT_HOST,      /* a certificate of another host */
    HTTP_CERT_EXPIRED,   /* or not valid yet */
    HTTP_CERT_UNTRUSTED, /* of no authority that is known */
    HTTP_SILENT,         /* sent, and no answer, or not all of it, in time */
    HTTP_NOT_HTTP,       /* an answer that is none */
    HTTP_TOO_LARGE,
    HTTP_BROKEN_OFF, /* the connection was lost before the answer was whole */
    HTTP_TROUBLES
};

/* "connection refused", "no answer in time", ...: the same words for the same trouble. */
const char *http_trouble_name(enum http_trouble trouble);

#endif
