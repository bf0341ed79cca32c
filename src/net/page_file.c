#include "net/page_file.h"

#include <string.h>

const struct page_file *page_file_find(const struct page_file *list, struct span path)
{
    for (const struct page_file *f = list; f->path; f++)
        if (span_is_text(path, f->path))
            return f;
    return NULL;
}

static bool holds(struct span text, const char *part)
{
    return text.size && memmem(text.data, text.size, part, strlen(part));
}

struct page_answer page_file_answer(const struct page_file *file, const struct http_request *rq)
{
    const bool packs = holds(http_header(rq, "Accept-Encoding"), "gzip");
    struct page_answer answer = {.etag = file->etag, .encoding = packs ? "gzip" : NULL};

    if (holds(http_header(rq, "If-None-Match"), file->etag)) {
        answer.status = 304;
        return answer;
    }
    answer.status = 200;
    answer.type = file->type;
    answer.body = packs ? (struct span){(const char *)file->packed, file->packed_size}
                        : (struct span){(const char *)file->plain, file->plain_size};
    return answer;
}
