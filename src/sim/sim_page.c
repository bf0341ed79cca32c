#include "sim/sim_page.h"

bool sim_page_is(struct span path)
{
    return page_file_find(sim_page_files, path) != NULL;
}

void sim_page_serve(struct http_request *rq)
{
    const struct page_answer a = page_file_answer(page_file_find(sim_page_files, rq->path), rq);
    const struct http_field fields[] = {
        {"ETag", span_of(a.etag)},
        {"Cache-Control", SPAN("no-cache")},
        {"Vary", SPAN("Accept-Encoding")},
        {"Content-Security-Policy",
         SPAN("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
              "img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; "
              "frame-ancestors 'none'")},
        {"X-Content-Type-Options", SPAN("nosniff")},
        {"Referrer-Policy", SPAN("no-referrer")},
        {a.encoding ? "Content-Encoding" : NULL, span_of(a.encoding)},
        {NULL, {0}},
    };

    if (!span_is_text(rq->method, "GET") && !span_is_text(rq->method, "HEAD"))
        http_answer(rq, 405, "text/plain", SPAN("a page is only read\n"), NULL);
    else
        http_answer(rq, a.status, a.type, a.body, fields);
}
