#include "net/http_trouble.h"

const char *http_trouble_name(enum http_trouble trouble)
{
    static const char *const names[HTTP_TROUBLES] = {
        [HTTP_FINE] = "answered",
        [HTTP_NO_NAME] = "unknown host",
        [HTTP_REFUSED] = "connection refused",
        [HTTP_CONNECT_SLOW] = "no connection in time",
        [HTTP_NO_CONNECTION] = "no connection",
        [HTTP_TLS_FAILED] = "TLS handshake failed",
        [HTTP_CERT_HOST] = "certificate of another host",
        [HTTP_CERT_EXPIRED] = "certificate out of date",
        [HTTP_CERT_UNTRUSTED] = "certificate not trusted",
        [HTTP_SILENT] = "no answer in time",
        [HTTP_NOT_HTTP] = "no HTTP answer",
        [HTTP_TOO_LARGE] = "answer too large",
        [HTTP_BROKEN_OFF] = "connection lost",
    };

    return (unsigned)trouble < HTTP_TROUBLES ? names[trouble] : "unknown";
}
