#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/digest.h"
#include "journal/journal_chain.h"

static const uint8_t zero[JOURNAL_HASH_BYTES];
static const char salt[JOURNAL_SALT_BYTES + 1] = "0123456789abcdef";

static struct journal_row row_of(const char *detail)
{
    return (struct journal_row){
        .tenant = 3,
        .id = 0x0102030405060708,
        .at_ms = 1700000000000,
        .thread = 7,
        .subject = 8,
        .kind = SPAN("relay.raised"),
        .operator_id = SPAN("mara"),
        .detail = span_of(detail),
        .alarm = true,
        .salt = detail ? (struct span){salt, JOURNAL_SALT_BYTES} : (struct span){NULL, 0},
    };
}

/* The bytes by hand: whoever has no nextring can write this down from the document. */
static void a_hash_is_over_the_bytes_that_the_document_tells(void **unused)
{
    (void)unused;
    static const char bytes[] = "nrl1\0\0\0\3\1\2\3\4\5\6\7\10\0\0\1\x8b\xcf\xe5\x68\0"
                                "\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\10\1\14relay.raised\4mara";
    struct journal_row row = row_of("text");
    uint8_t words[JOURNAL_HASH_BYTES], expected[JOURNAL_HASH_BYTES], got[JOURNAL_HASH_BYTES];
    char all[256];
    size_t size = sizeof bytes - 1;

    digest_sha256(SPAN("0123456789abcdeftext"), words);
    memcpy(all, bytes, size);
    memcpy(all + size, words, sizeof words);
    size += sizeof words;
    memcpy(all + size, zero, sizeof zero);
    size += sizeof zero;
    digest_sha256((struct span){all, size}, expected);
    journal_chain_next(NULL, zero, &row, got);
    assert_memory_equal(got, expected, sizeof got);
}

static void every_part_of_a_row_counts(void **unused)
{
    (void)unused;
    struct journal_row rows[11];
    uint8_t hashes[11][JOURNAL_HASH_BYTES], before[JOURNAL_HASH_BYTES] = {1};

    for (int i = 0; i < 11; i++)
        rows[i] = row_of("text");
    rows[1].tenant++;
    rows[2].id++;
    rows[3].at_ms++;
    rows[4].thread++;
    rows[5].subject++;
    rows[6].kind = SPAN("relay.raise");
    rows[7].operator_id = SPAN("mar");
    rows[8].detail = SPAN("texts");
    rows[9].alarm = false;
    rows[10].salt = (struct span){"0123456789abcdeF", JOURNAL_SALT_BYTES};
    for (int i = 0; i < 11; i++)
        journal_chain_next(NULL, zero, &rows[i], hashes[i]);
    for (int i = 0; i < 11; i++)
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(hashes[i], hashes[k], JOURNAL_HASH_BYTES);
    journal_chain_next(NULL, before, &rows[0], hashes[1]);
    assert_memory_not_equal(hashes[0], hashes[1], JOURNAL_HASH_BYTES);
}

static void words_may_be_erased_and_the_hash_stays(void **unused)
{
    (void)unused;
    struct journal_row row = row_of("the gate code is 4711");
    uint8_t with[JOURNAL_HASH_BYTES], words[JOURNAL_HASH_BYTES], without[JOURNAL_HASH_BYTES];

    journal_chain_next(NULL, zero, &row, with);
    journal_chain_detail(NULL, row.salt, row.detail, words);
    row.detail = (struct span){NULL, 0};
    row.salt = (struct span){(const char *)words, sizeof words};
    journal_chain_next(NULL, zero, &row, without);
    assert_memory_equal(with, without, sizeof with);
}

static void long_words_count_to_their_end(void **unused)
{
    (void)unused;
    char text[5000];
    uint8_t one[JOURNAL_HASH_BYTES], other[JOURNAL_HASH_BYTES];

    memset(text, 'x', sizeof text);
    struct journal_row row = row_of("");
    row.salt = (struct span){salt, JOURNAL_SALT_BYTES};
    row.detail = (struct span){text, sizeof text};
    journal_chain_next(NULL, zero, &row, one);
    text[sizeof text - 1] = 'y';
    journal_chain_next(NULL, zero, &row, other);
    assert_memory_not_equal(one, other, sizeof one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_is_over_the_bytes_that_the_document_tells),
        cmocka_unit_test(every_part_of_a_row_counts),
        cmocka_unit_test(words_may_be_erased_and_the_hash_stays),
        cmocka_unit_test(long_words_count_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
