#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "simhook/sim_cache.h"

static void keep(struct sim_cache *c, const char *owner, const char *url, const char *etag)
{
    const struct sim_cached what = {span_of(etag), SPAN("text/xml"), span_of(url)};

    sim_cache_keep(c, owner, url, &what);
}

static bool has(const struct sim_cache *c, const char *owner, const char *url, const char *etag)
{
    struct sim_cached found;

    return sim_cache_find(c, owner, url, &found) && span_is_text(found.etag, etag) &&
           span_is_text(found.body, url);
}

static void what_is_kept_is_found_by_owner_and_address(void **unused)
{
    struct sim_cache *c = sim_cache_open();
    struct sim_cached found;

    (void)unused;
    keep(c, "AC1", "http://a/1", "\"x\"");
    keep(c, "AC2", "http://a/1", "\"y\"");
    assert_true(has(c, "AC1", "http://a/1", "\"x\""));
    assert_true(has(c, "AC2", "http://a/1", "\"y\""));
    assert_false(sim_cache_find(c, "AC1", "http://a/2", &found));
    keep(c, "AC1", "http://a/1", "\"z\"");
    assert_true(has(c, "AC1", "http://a/1", "\"z\""));
    sim_cache_close(&c);
    assert_null(c);
}

static void the_oldest_gives_way(void **unused)
{
    struct sim_cache *c = sim_cache_open();
    struct sim_cached found;
    char url[32];

    (void)unused;
    for (int i = 0; i <= SIM_CACHE_MAX; i++) {
        snprintf(url, sizeof url, "http://a/%d", i);
        keep(c, "AC1", url, "\"x\"");
    }
    assert_false(sim_cache_find(c, "AC1", "http://a/0", &found));
    assert_true(has(c, "AC1", "http://a/1", "\"x\""));
    assert_true(has(c, "AC1", url, "\"x\""));
    sim_cache_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_is_found_by_owner_and_address),
        cmocka_unit_test(the_oldest_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
