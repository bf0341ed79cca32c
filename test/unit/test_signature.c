#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json.h"
#include "provider/signature.h"
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

static const char vectors_path[] = "test/vectors/signature-vectors.json";

static struct signature_request request_of(const struct json *vector)
{
    return (struct signature_request){
        .method = json_text(json_get(vector, "method")),
        .url = json_text(json_get(vector, "request_url")),
        .content_type = json_text(json_get(vector, "content_type")),
        .body = json_text(json_get(vector, "body")),
        .signature = json_text(json_get(vector, "signature")),
    };
}

static struct signature_keys *keys_of(const struct json *vector)
{
    const struct span token = json_text(json_get(vector, "auth_token"));

    return signature_keys_open(&token, 1);
}

/* Optional ones show a leniency of one library: an apostrophe that it escapes by itself. */
static bool is_beyond_our_rules(struct span id)
{
    return span_is_text(id, "sdk-07-apostrophe-normalised");
}

static void each_vector_is_accepted_and_each_negative_refused(void **unused)
{
    struct json *root = vectors_read(arena, vectors_path);
    static const char *const lists[] = {"negative", "vectors"};

    (void)unused;
    assert_int_equal(json_count(json_get(root, "vectors")), 33);
    assert_int_equal(json_count(json_get(root, "negative")), 11);
    for (size_t good = 0; good < 2; good++)
        for (size_t i = 0; i < json_count(json_get(root, lists[good])); i++) {
            const struct json *v = json_at(json_get(root, lists[good]), i);
            const struct span id = json_text(json_get(v, "id"));
            const struct signature_request request = request_of(v);
            struct signature_keys *keys = keys_of(v);
            const bool want = good && !is_beyond_our_rules(id);

            if (signature_check(arena, keys, &request, NULL) != want)
                fail_msg("%s: %.*s", want ? "refused" : "accepted", SPAN_ARG(id));
            signature_keys_close(&keys);
        }
    json_close(&root);
}

static void what_was_signed_is_signed_alike(void **unused)
{
    struct json *root = vectors_read(arena, vectors_path);
    const struct json *vectors = json_get(root, "vectors");
    size_t signed_alike = 0;

    (void)unused;
    for (size_t i = 0; i < json_count(vectors); i++) {
        const struct json *v = json_at(vectors, i);
        struct signature_request request = request_of(v);
        struct signature_keys *keys = keys_of(v);
        char made[SIGNATURE_TEXT_SIZE];

        if (json_get(v, "signed_url"))
            request.url = json_text(json_get(v, "signed_url"));
        if (json_get(v, "configured_url"))
            request.url = json_text(json_get(v, "configured_url"));
        assert_int_equal(signature_sign(arena, keys, &request, false, made), ERR_NONE);
        signed_alike += span_is_text(request.signature, made);
        signature_keys_close(&keys);
    }
    /* All but the one whose signer, unlike the carrier, left the user in. */
    assert_int_equal(signed_alike, json_count(vectors) - 1);
    json_close(&root);
}

static struct signature_request text_to(const char *url)
{
    return (struct signature_request){
        .method = SPAN("POST"),
        .url = span_of(url),
        .content_type = SPAN("Application/X-WWW-Form-Urlencoded ; charset=utf-8"),
        .body = SPAN("Body=ok&From=%2B16195550111"),
    };
}

static struct signature_keys *one_key(void)
{
    const struct span token = SPAN("an invented token");

    return signature_keys_open(&token, 1);
}

/* clang-format off */
static const struct {
    const char *says, *signed_url, *received_url;
    bool drop_port, good;
} ports[] = {
    {"as it stands",                      "https://h:8443/a", "https://h:8443/a", false, true},
    {"voice drops a port",                "https://h:8443/a", "https://h:8443/a", true,  true},
    {"the default port is added",         "https://h:443/a",  "https://h/a",      false, true},
    {"that of http too",                  "http://h:80/a",    "http://h/a",       false, true},
    {"the default port is removed",       "https://h/a",      "https://h:443/a",  false, true},
    {"another port is not added",         "https://h:8443/a", "https://h/a",      false, false},
    {"nor https's to http",               "http://h:443/a",   "http://h/a",       false, false},
    {"one port is not taken for another", "https://h:8443/a", "https://h:8444/a", false, false},
    {"another scheme",                    "http://h/a",       "https://h/a",      false, false},
    {"IPv6 with a port dropped",          "https://[::1]:8443/a", "https://[::1]:8443/a", true, true},
    {"the carrier signs no user",         "https://u:p@h:8443/a", "https://h:8443/a", false, true},
    {"nor fragment",                      "https://h/a?b#rc=2", "https://h/a?b",  false, true},
    {"a fragment received is left out",   "https://h/a",      "https://h/a#rc=2", false, true},
    {"a user received is not",            "https://h/a",      "https://u@h/a",    false, false},
    {"no path",                           "https://h:443?a",  "https://h?a",      false, true},
    {"a slash more",                      "https://h/a/",     "https://h/a",      false, false},
    {"an address that is none",           "https://h/a",      "/a",               false, false},
};
/* clang-format on */

static void the_port_is_tried_in_the_ways_agreed(void **unused)
{
    struct signature_keys *keys = one_key();

    (void)unused;
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        struct signature_request request = text_to(ports[i].signed_url);
        char made[SIGNATURE_TEXT_SIZE];

        assert_int_equal(signature_sign(arena, keys, &request, ports[i].drop_port, made), ERR_NONE);
        request.url = span_of(ports[i].received_url);
        request.signature = span_of(made);
        if (signature_check(arena, keys, &request, NULL) != ports[i].good)
            fail_msg("not so: %s", ports[i].says);
    }
    signature_keys_close(&keys);
}

static void either_of_two_tokens_is_accepted(void **unused)
{
    const struct span tokens[] = {SPAN("the old token"), SPAN("the new token")};
    struct signature_keys *both = signature_keys_open(tokens, 2);
    struct signature_request request = text_to("https://h/a");
    char made[SIGNATURE_TEXT_SIZE];
    struct signature_report report;

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct signature_keys *one = signature_keys_open(&tokens[i], 1);
        assert_int_equal(signature_sign(arena, one, &request, false, made), ERR_NONE);
        request.signature = span_of(made);
        assert_true(signature_check(arena, both, &request, &report));
        assert_int_equal(report.count, 4);
        for (size_t t = 0; t < report.count; t++)
            assert_int_equal(report.trials[t].matched,
                             report.trials[t].token == i &&
                                 report.trials[t].port == SIGNATURE_AS_IS);
        signature_keys_close(&one);
    }
    signature_keys_close(&both);
    assert_null(both);
}

static void no_token_makes_no_keys(void **unused)
{
    const struct span empty[] = {{NULL, 0}, {"", 0}};
    struct signature_keys *keys = signature_keys_open(empty, 2);

    (void)unused;
    assert_null(keys);
    signature_keys_close(&keys);
}

static void the_report_tells_what_was_tried(void **unused)
{
    struct signature_keys *keys = one_key();
    struct signature_request request = text_to("https://h:8443/a?b=c");
    struct signature_report report;

    (void)unused;
    request.signature = SPAN("not base64");
    assert_false(signature_check(arena, keys, &request, &report));
    assert_int_equal(report.cover, SIGNATURE_COVERS_FORM);
    assert_false(report.well_formed);
    assert_true(report.hash_right);
    assert_int_equal(report.count, 2);
    assert_true(span_is_text(report.trials[0].url, "https://h:8443/a?b=c"));
    assert_true(span_is_text(report.trials[1].url, "https://h/a?b=c"));
    assert_string_equal(signature_port_name(report.trials[1].port), "port removed");
    request.url = SPAN("http://h/");
    request.method = SPAN("GET");
    assert_false(signature_check(arena, keys, &request, &report));
    assert_string_equal(signature_cover_name(report.cover), "address alone");
    assert_true(span_is_text(report.trials[1].url, "http://h:80/"));
    assert_string_equal(signature_port_name(report.trials[1].port), "default port added");
    signature_keys_close(&keys);
}

static void a_form_that_cannot_be_parsed_is_refused(void **unused)
{
    struct signature_keys *keys = one_key();
    struct signature_request request = text_to("https://h/a");
    struct signature_report report;
    char made[SIGNATURE_TEXT_SIZE];

    (void)unused;
    request.body = SPAN("");
    assert_int_equal(signature_sign(arena, keys, &request, false, made), ERR_NONE);
    request.signature = span_of(made);
    request.body = SPAN("%");
    assert_false(signature_check(arena, keys, &request, &report));
    assert_int_equal(report.count, 0);
    assert_int_equal(signature_sign(arena, keys, &request, false, made), ERR_BAD_INPUT);
    signature_keys_close(&keys);
}

static void a_form_handed_over_is_used_as_it_is(void **unused)
{
    struct signature_keys *keys = one_key();
    struct signature_request request = text_to("https://h/a");
    struct form form;
    char made[SIGNATURE_TEXT_SIZE];

    (void)unused;
    assert_int_equal(signature_sign(arena, keys, &request, false, made), ERR_NONE);
    request.signature = span_of(made);
    assert_int_equal(form_parse(arena, request.body, &form), ERR_NONE);
    request.form = &form;
    assert_true(signature_check(arena, keys, &request, NULL));
    form.count--;
    assert_false(signature_check(arena, keys, &request, NULL));
    signature_keys_close(&keys);
}

static void every_changed_bit_of_a_signature_is_seen(void **unused)
{
    struct signature_keys *keys = one_key();
    struct signature_request request = text_to("https://h/a");
    char made[SIGNATURE_TEXT_SIZE];

    (void)unused;
    assert_int_equal(signature_sign(arena, keys, &request, false, made), ERR_NONE);
    request.signature = span_of(made);
    assert_true(signature_check(arena, keys, &request, NULL));
    for (size_t i = 0; i < sizeof made - 1; i++) {
        const char was = made[i];
        made[i] = was == 'A' ? 'B' : 'A';
        assert_false(signature_check(arena, keys, &request, NULL));
        made[i] = was;
    }
    signature_keys_close(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_vector_is_accepted_and_each_negative_refused),
        cmocka_unit_test(what_was_signed_is_signed_alike),
        cmocka_unit_test(the_port_is_tried_in_the_ways_agreed),
        cmocka_unit_test(either_of_two_tokens_is_accepted),
        cmocka_unit_test(no_token_makes_no_keys),
        cmocka_unit_test(the_report_tells_what_was_tried),
        cmocka_unit_test(a_form_that_cannot_be_parsed_is_refused),
        cmocka_unit_test(a_form_handed_over_is_used_as_it_is),
        cmocka_unit_test(every_changed_bit_of_a_signature_is_seen),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
