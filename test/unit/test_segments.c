#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/dice.h"
#include "base/utf8.h"
#include "codec/json.h"
#include "model/segments.h"
#include "vectors.h"

static struct arena *arena;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static const char vectors_path[] = "test/vectors/sms-segments.json";

static size_t number_of(const struct json *vector, const char *name)
{
    int64_t n = -1;

    assert_true(json_number(json_get(vector, name), 0, 1 << 20, &n));
    return (size_t)n;
}

static void each_vector_is_counted_as_it_says(void **unused)
{
    struct json *root = vectors_read(arena, vectors_path);
    const struct json *cases = json_get(root, "cases");

    (void)unused;
    assert_int_equal(json_count(cases), 30);
    for (size_t i = 0; i < json_count(cases); i++) {
        const struct json *v = json_at(cases, i);
        const struct json *smart = json_get(v, "text_after_smart_encoding");
        struct span text = json_text(json_get(v, "text"));

        if (smart)
            text = segments_smart(arena, text);
        const struct segments got = segments_count(text);
        if ((smart && !span_is(text, json_text(smart))) ||
            !span_is_text(json_text(json_get(v, "encoding")), encoding_name(got.encoding)) ||
            got.units != number_of(v, "units") || got.count != number_of(v, "segments"))
            fail_msg("not so: %.*s", SPAN_ARG(json_text(json_get(v, "id"))));
    }
    json_close(&root);
}

static struct span repeated(const char *unit, size_t times)
{
    struct buf text = buf_in(arena, 1 << 16);

    for (size_t i = 0; i < times; i++)
        buf_add_text(&text, unit);
    assert_false(text.full);
    return buf_span(&text);
}

#define FAMILY "\U0001F468\u200D\U0001F469\u200D\U0001F467"
#define FLAG "\U0001F1E9\U0001F1EA"
#define THUMB "\U0001F44D\U0001F3FD"

/* clang-format off */
static const struct count_row {
    const char *says, *unit;
    size_t times;
    struct segments want;
} count_rows[] = {
    {"an escape pair is never split: 76 to a part", "[", 153,       {ENCODING_GSM7, 306, 3}},
    {"36 emoji take two parts",        "\U0001F600", 36,            {ENCODING_UCS2, 72, 2}},
    {"a family is never split: 8 to a part", FAMILY, 9,             {ENCODING_UCS2, 72, 2}},
    {"a flag is never split: 16 to a part", FLAG, 33,               {ENCODING_UCS2, 132, 3}},
    {"a letter and its mark are never split: 33 to a part", "e\u0301", 67,
     {ENCODING_UCS2, 134, 3}},
    {"a part full of marks is split after 32 code points", "\u0301", 134,
     {ENCODING_UCS2, 134, 3}},
    {"an overlong NUL is two bytes that are none", "\xc0\x80", 1,   {ENCODING_UCS2, 2, 1}},
    {"bytes that are no UTF-8 are one unit each", "\xff", 71,       {ENCODING_UCS2, 71, 2}},
    {"a character cut off is one for each byte", "\xf0\x9f\x98", 1, {ENCODING_UCS2, 3, 1}},
};

/* A text is `lead` times an a, then `end`, then more z than fit. */
static const struct cut_row {
    const char *says;
    size_t lead;
    const char *end, *extra;
    size_t segments, bytes;
} cut_rows[] = {
    {"ten characters follow",                      0, "",          "0123456789", 1, 150},
    {"the same in two segments",                   0, "",          "0123456789", 2, 296},
    {"an escaped character follows",               0, "",          "[",          1, 158},
    {"an extra in UCS-2 makes all of it so",       0, "",          "\u044f",     1, 69},
    {"no segment takes not even the extra",        0, "",          "0123456789", 0, 0},
    {"an escape pair that fits is kept",         158, "[",         "",           1, 159},
    {"an escape pair is not halved",             159, "[",         "",           1, 159},
    {"an escape pair is not halved by a part",   152, "[",         "",           1, 159},
    {"an emoji that fits is kept",                68, "\U0001F600", "",          1, 72},
    {"an emoji is not halved",                    69, "\U0001F600", "",          1, 69},
    {"a letter that fits keeps its mark",         68, "e\u0301",   "",           1, 71},
    {"a letter goes with its mark",               69, "e\u0301",   "",           1, 69},
    {"an emoji goes with its selector",           69, "\u2764\uFE0F", "",        1, 69},
    {"an emoji that fits keeps its skin tone",    66, THUMB,       "",           1, 74},
    {"an emoji goes with its skin tone",          67, THUMB,       "",           1, 67},
    {"a family that fits stays together",         62, FAMILY,      "",           1, 80},
    {"a family goes together",                    63, FAMILY,      "",           1, 63},
    {"a flag is not halved",                      67, FLAG,        "",           1, 67},
    {"the first of two flags is kept",            66, FLAG FLAG,   "",           1, 74},
    {"a keycap is not torn",                      68, "1\uFE0F\u20E3", "",       1, 68},
    {"a byte that is no UTF-8 is a character",    69, "\xff\xff",  "",           1, 70},
};

/* The same text cut by code points. */
static const struct first_row {
    const char *says;
    size_t lead;
    const char *end;
    size_t most, bytes;
} first_rows[] = {
    {"none",                                  3, "",        0, 0},
    {"letters",                               9, "",        5, 5},
    {"characters of several bytes count one", 1, "\u20ac\U0001F600", 3, 8},
    {"a letter that fits keeps its mark",     3, "e\u0301", 5, 6},
    {"a letter goes with its mark",           3, "e\u0301", 4, 3},
    {"a flag is not halved",                  3, FLAG,      4, 3},
    {"a family goes together",                3, FAMILY,    7, 3},
};
/* clang-format on */

static void each_count_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof count_rows / sizeof count_rows[0]; i++) {
        const struct count_row *r = &count_rows[i];
        const struct segments got = segments_count(repeated(r->unit, r->times));

        if (got.encoding != r->want.encoding || got.units != r->want.units ||
            got.count != r->want.count)
            fail_msg("not so: %s (%s, %zu, %zu)", r->says, encoding_name(got.encoding), got.units,
                     got.count);
    }
}

static struct span tailed(size_t lead, const char *end)
{
    struct buf text = buf_in(arena, 1024);

    buf_add(&text, repeated("a", lead));
    buf_add_text(&text, end);
    buf_add(&text, repeated("z", 400));
    return buf_span(&text);
}

static void each_cut_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cut_rows / sizeof cut_rows[0]; i++) {
        const struct cut_row *r = &cut_rows[i];
        const struct span text = tailed(r->lead, r->end);
        const struct span got = segments_cut(text, span_of(r->extra), r->segments);

        if (got.data != text.data || got.size != r->bytes)
            fail_msg("not so: %s (%zu)", r->says, got.size);
    }
}

static void each_first_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof first_rows / sizeof first_rows[0]; i++) {
        const struct first_row *r = &first_rows[i];
        const struct span text = tailed(r->lead, r->end);
        const struct span got = segments_cut_characters(text, r->most);

        if (got.data != text.data || got.size != r->bytes)
            fail_msg("not so: %s (%zu)", r->says, got.size);
    }
}

static void what_fits_stays_whole(void **unused)
{
    const struct span text = repeated("pump house ", 13);

    (void)unused;
    assert_int_equal(segments_cut(text, SPAN("link"), 1).size, text.size);
    assert_int_equal(segments_cut_characters(text, text.size).size, text.size);
    assert_int_equal(segments_cut((struct span){0}, SPAN("link"), 1).size, 0);
    assert_int_equal(segments_cut((struct span){0}, (struct span){0}, 1).size, 0);
}

static const char *const pieces[] = {
    "a",          "b ",     "[",  "\u20ac", "\u00e9", "\u00e7", "\u6c34",
    "\U0001F600", FAMILY,   FLAG, THUMB,    "\u0301", "\u200d", "\U0001F1E9",
    "\r\n",       "\u2026", "\t", "\u0e33", "\u0915", "\u093f", "\ufe0f",
};

/* A beginning with letters for the most part, so that GSM-7 has its turn. */
static struct span random_text(struct dice *dice, size_t most)
{
    struct buf text = buf_in(arena, 1 << 16);
    const uint32_t kinds = dice_throw(dice, 2) ? 3 : sizeof pieces / sizeof pieces[0];

    for (size_t n = dice_throw(dice, (uint32_t)most); n > 0; n--)
        buf_add_text(&text, pieces[dice_throw(dice, kinds)]);
    return buf_span(&text);
}

static size_t count_of_both(struct span text, struct span extra)
{
    struct buf both = buf_in(arena, 1 << 16);

    buf_add(&both, text);
    buf_add(&both, extra);
    return segments_count(buf_span(&both)).count;
}

static struct span one_more(struct span text, struct span begin)
{
    struct span longer = begin;

    for (size_t most = utf8_count(begin); longer.size == begin.size; most++)
        longer = segments_cut_characters(text, most);
    return longer;
}

static void a_random_text_is_cut_where_it_fits_and_no_earlier(void **unused)
{
    struct dice dice = dice_from(7);
    size_t cuts = 0;

    (void)unused;
    for (int round = 0; round < 5000; round++) {
        const struct span text = random_text(&dice, 700);
        struct buf extra = buf_in(arena, 1 << 16);
        const size_t segments = 1 + dice_throw(&dice, 4);

        buf_add_text(&extra, " ");
        buf_add(&extra, random_text(&dice, 30));
        const struct span got = segments_cut(text, buf_span(&extra), segments);
        assert_true(span_starts(text, got) && utf8_is_valid(got));
        if (got.size > 0)
            assert_in_range(count_of_both(got, buf_span(&extra)), 1, segments);
        if (got.size < text.size) {
            cuts++;
            const struct span longer = one_more(text, got);
            if (count_of_both(longer, buf_span(&extra)) <= segments)
                fail_msg("round %d was cut too early", round);
        }
        arena_reset(arena);
    }
    assert_in_range(cuts, 1000, 4999);
}

static void smart_encoding_leaves_what_it_cannot_read(void **unused)
{
    (void)unused;
    assert_true(span_is_text(segments_smart(arena, SPAN("\xff`\xf0\x9f")), "\xff'\xf0\x9f"));
    assert_int_equal(segments_smart(arena, (struct span){0}).size, 0);
    assert_int_equal(segments_smart(arena, repeated("\t", 2000)).size, 14000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_vector_is_counted_as_it_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_count_row_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_cut_row_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_first_row_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_fits_stays_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_random_text_is_cut_where_it_fits_and_no_earlier, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(smart_encoding_leaves_what_it_cannot_read, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
