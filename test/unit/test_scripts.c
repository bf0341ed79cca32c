#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/scripts.h"

static struct arena *arena;
static struct mistakes *mistakes;
static struct scripts *scripts;
static char folder[64];

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    snprintf(folder, sizeof folder, "%s/test_scripts.XXXXXX",
             getenv("TMPDIR") && strlen(getenv("TMPDIR")) < 32 ? getenv("TMPDIR") : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **unused)
{
    (void)unused;
    scripts_close(&scripts);
    const char *command = arena_printf(arena, "rm -r '%s'", folder);
    const int status = system(command);
    arena_close(&arena);
    return status;
}

static void put(const char *name, const char *inside)
{
    FILE *f = fopen(arena_printf(arena, "%s/%s", folder, name), "w");

    assert_non_null(f);
    fprintf(f, "<Response>%s</Response>", inside);
    fclose(f);
}

static void put_folder(const char *name)
{
    assert_int_equal(mkdir(arena_printf(arena, "%s/%s", folder, name), 0700), 0);
}

static void drop(const char *name)
{
    assert_int_equal(remove(arena_printf(arena, "%s/%s", folder, name)), 0);
}

static enum err load(void)
{
    if (!scripts)
        scripts = scripts_open(folder);
    mistakes = ARENA_NEW(arena, struct mistakes);
    mistakes_init(mistakes, arena);
    return scripts_load(scripts, mistakes);
}

static const struct script_set *of(const char *tenant)
{
    return scripts_of(scripts, span_of(tenant));
}

/* The words of a script that is one Say. */
static void says(const char *tenant, enum script_kind kind, const char *words)
{
    const struct script_node *verb = of(tenant)->verbs[kind];

    assert_non_null(verb);
    assert_string_equal(verb->name, "Say");
    assert_true(span_is_text(verb->child->parts->text, words));
}

static void without_a_folder_the_built_in_ones_serve(void **unused)
{
    (void)unused;
    scripts = scripts_open(NULL);
    for (enum script_kind kind = 0; kind < SCRIPT_KINDS; kind++)
        assert_non_null(of("acme")->verbs[kind]);
    assert_int_equal(strlen(of("acme")->digest), SCRIPT_DIGEST_SIZE - 1);
    assert_int_equal(load(), ERR_NONE);
    assert_false(scripts_has_changed(scripts));
}

static void a_file_takes_the_place_of_its_built_in_copy(void **unused)
{
    (void)unused;
    put("closed.twiml", "<Say>ours</Say>");
    assert_int_equal(load(), ERR_NONE);
    says("acme", SCRIPT_CLOSED, "ours");
    assert_true(script_is_step(of("acme")->verbs[SCRIPT_SCREEN]));
}

static void a_tenants_folder_overrides_file_by_file(void **unused)
{
    (void)unused;
    put("closed.twiml", "<Say>ours</Say>");
    put("voicemail.twiml", "<Say>speak</Say><Step/>");
    put_folder("acme");
    put("acme/closed.twiml", "<Say>theirs</Say>");
    assert_int_equal(load(), ERR_NONE);
    says("acme", SCRIPT_CLOSED, "theirs");
    says("acme", SCRIPT_VOICEMAIL, "speak");
    says("other", SCRIPT_CLOSED, "ours");
    assert_string_not_equal(of("acme")->digest, of("other")->digest);
}

static void a_bad_version_is_refused_and_the_last_good_stays(void **unused)
{
    (void)unused;
    put("closed.twiml", "<Say>ours</Say>");
    assert_int_equal(load(), ERR_NONE);
    const char *digest = arena_text(arena, span_of(of("acme")->digest));
    put("closed.twiml", "<Sya>bad</Sya>");
    put("voicemail.twiml", "<Say>good, but of the same version</Say><Step/>");
    assert_int_equal(load(), ERR_BAD_INPUT);
    assert_int_equal(mistakes->count, 1);
    assert_non_null(strstr(mistakes->list[0].file, "closed.twiml"));
    says("acme", SCRIPT_CLOSED, "ours");
    assert_string_equal(of("acme")->digest, digest);
    put("closed.twiml", "<Say>mended</Say>");
    assert_int_equal(load(), ERR_NONE);
    says("acme", SCRIPT_CLOSED, "mended");
    assert_string_not_equal(of("acme")->digest, digest);
}

static void one_tenants_mistake_is_his_alone(void **unused)
{
    (void)unused;
    put_folder("acme");
    put("acme/closed.twiml", "<Say>theirs</Say>");
    assert_int_equal(load(), ERR_NONE);
    put("acme/closed.twiml", "<Say>");
    put("closed.twiml", "<Say>ours</Say>");
    assert_int_equal(load(), ERR_BAD_INPUT);
    says("acme", SCRIPT_CLOSED, "theirs");
    says("other", SCRIPT_CLOSED, "ours");
}

static void what_is_taken_away_no_longer_serves(void **unused)
{
    (void)unused;
    put("closed.twiml", "<Say>ours</Say>");
    put_folder("acme");
    put("acme/closed.twiml", "<Say>theirs</Say>");
    assert_int_equal(load(), ERR_NONE);
    drop("acme/closed.twiml");
    drop("acme");
    assert_int_equal(load(), ERR_NONE);
    says("acme", SCRIPT_CLOSED, "ours");
}

static void a_name_that_is_no_scripts_is_a_mistake(void **unused)
{
    (void)unused;
    put("vocemail.twiml", "<Step/>");
    put("notes.txt", "whatever");
    assert_int_equal(load(), ERR_BAD_INPUT);
    assert_int_equal(mistakes->count, 1);
    assert_non_null(strstr(mistakes->list[0].words, "did you mean voicemail.twiml?"));
}

static void a_folder_that_is_not_there_is_a_mistake(void **unused)
{
    (void)unused;
    scripts = scripts_open("/nonexistent/scripts");
    assert_int_equal(load(), ERR_BAD_INPUT);
    assert_non_null(of("acme")->verbs[SCRIPT_CLOSED]);
}

static void a_change_is_seen(void **unused)
{
    (void)unused;
    put_folder("acme");
    assert_int_equal(load(), ERR_NONE);
    assert_false(scripts_has_changed(scripts));
    put("closed.twiml", "<Say>ours</Say>");
    assert_true(scripts_has_changed(scripts));
    assert_int_equal(load(), ERR_NONE);
    assert_false(scripts_has_changed(scripts));
    put("acme/closed.twiml", "<Say>theirs</Say>");
    assert_true(scripts_has_changed(scripts));
}

static void an_empty_or_large_file_is_refused(void **unused)
{
    char large[20000];

    (void)unused;
    memset(large, ' ', sizeof large - 1);
    large[sizeof large - 1] = 0;
    put("closed.twiml", large);
    fclose(fopen(arena_printf(arena, "%s/screen.twiml", folder), "w"));
    assert_int_equal(load(), ERR_BAD_INPUT);
    assert_int_equal(mistakes->count, 2);
    assert_non_null(strstr(mistakes->list[0].words, "is larger than 16384 bytes"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_folder_the_built_in_ones_serve),
        TEST(a_file_takes_the_place_of_its_built_in_copy),
        TEST(a_tenants_folder_overrides_file_by_file),
        TEST(a_bad_version_is_refused_and_the_last_good_stays),
        TEST(one_tenants_mistake_is_his_alone),
        TEST(what_is_taken_away_no_longer_serves),
        TEST(a_name_that_is_no_scripts_is_a_mistake),
        TEST(a_folder_that_is_not_there_is_a_mistake),
        TEST(a_change_is_seen),
        TEST(an_empty_or_large_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
