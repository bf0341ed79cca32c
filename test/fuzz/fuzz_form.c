/* Any body as a form: what is read, written and read again is the same. */
#include "base/check.h"
#include "base/utf8.h"
#include "codec/form.h"
#include "fuzz.h"

enum { BODY_MAX = 65536 };

static void must_be_same(const struct form *a, const struct form *b)
{
    CHECK(a->count == b->count);
    for (size_t i = 0; i < a->count; i++) {
        CHECK(span_is(a->fields[i].name, b->fields[i].name));
        CHECK(span_is(a->fields[i].value, b->fields[i].value));
    }
}

static void write_again(struct arena *arena, const struct form *form)
{
    struct buf out = buf_in(arena, 8 * BODY_MAX);
    struct form again;

    for (size_t i = 0; i < form->count; i++) {
        CHECK(utf8_is_valid(form->fields[i].name) && utf8_is_valid(form->fields[i].value));
        form_add(&out, arena_text(arena, form->fields[i].name), form->fields[i].value);
    }
    CHECK(!out.full && form_parse(arena, buf_span(&out), &again) == ERR_NONE);
    must_be_same(form, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_open(1 << 16);
    struct form form;

    if (size <= BODY_MAX && !form_parse(arena, (struct span){(const char *)data, size}, &form)) {
        CHECK(form.count <= FORM_FIELDS_MAX);
        write_again(arena, &form);
    }
    arena_close(&arena);
    return 0;
}
