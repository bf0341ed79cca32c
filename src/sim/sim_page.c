#include "sim/sim_page.h"

#include <string.h>

static const struct sim_page_file *file_of(struct span path)
{
    for (const struct sim_page_file *f = sim_page_files; f->path; f++)
        if (span_is_text(path, f->path))
            return f;
    return NULL;
}

bool sim_page_is(struct span path)
{
    return file_of(path) != NULL;
}

static bool holds(struct span text, const char *part)
{
    return text.size && memmem(text.data, text.size, part, strlen(part));
}

void sim_page_serve(struct http_request *rq)
{
    const struct sim_page_file *f = file_of(rq->path);
    const bool packs = holds(http_header(rq, "Accept-Encoding"), "gzip");
    const struct http_field fields[] = {
        {"ETag", span_of(f->etag)},
        {"Cache-Control", SPAN("no-cache")},
        {"Vary", SPAN("Accept-Encoding")},
        {"Content-Security-Policy",
         SPAN("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
              "img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; "
              "frame-ancestors 'none'")},
        {"X-Content-Type-Options", SPAN("nosniff")},
        {"Referrer-Policy", SPAN("no-referrer")},
        {packs ? "Content-Encoding" : NULL, SPAN("gzip")},
        {NULL, {0}},
    };
    const struct span body = packs ? (struct span){(const char *)f->packed, f->packed_size}
                                   : (struct span){(const char *)f->plain, f->plain_size};

    if (!span_is_text(rq->method, "GET") && !span_is_text(rq->method, "HEAD"))
        http_answer(rq, 405, "text/plain", SPAN("a page is only read\n"), NULL);
    else if (holds(http_header(rq, "If-None-Match"), f->etag))
        http_answer(rq, 304, NULL, (struct span){0}, fields);
    else
        http_answer(rq, 200, f->type, body, fields);
}
