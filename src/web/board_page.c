#include "web/board_page.h"

void board_page(struct visit *v)
{
    const struct page_file *file = page_file_find(board_page_files, v->path);

    if (!file) {
        visit_fail(v, &(struct visit_error){.status = 404, .message = "there is nothing here"});
        return;
    }
    const struct page_answer a = page_file_answer(file, v->rq);
    const struct http_field fields[] = {
        {"ETag", span_of(a.etag)},
        {"Vary", SPAN("Accept-Encoding")},
        {a.encoding ? "Content-Encoding" : NULL, span_of(a.encoding)},
        {NULL, {NULL, 0}},
    };

    visit_answer(
        v,
        &(struct visit_reply){
            .status = a.status, .type = a.type, .body = a.body, .fields = fields, .is_page = true});
}
