#include "contract/contract_kit.h"

#include <string.h>

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

static struct user user_of(int32_t tenant, const char *login)
{
    struct user u = {.id = id_next(&kit.ids, NOW),
                     .tenant = tenant,
                     .name = "Mara at night",
                     .role = ROLE_DISPATCHER,
                     .operator_id = "mara",
                     .password = "$argon2id$of-a-password",
                     .setup_hash = {1, 0, 2},
                     .setup_until_ms = NOW + 5,
                     .code_hash = {3, 0, 4},
                     .code_until_ms = NOW + 6,
                     .code_tries = 2,
                     .created_ms = NOW,
                     .version = 1};

    strcpy(u.login, login);
    u.setup_hash[31] = (uint8_t)login[0];
    return u;
}

static struct user added(int32_t tenant, const char *login)
{
    const struct user u = user_of(tenant, login);

    GOOD(store_user_add(kit.store, &u));
    return u;
}

static struct user got(int64_t id)
{
    struct user u;

    GOOD(store_user_get(kit.store, id, &u));
    return u;
}

static void is_same(const struct user *a, const struct user *b)
{
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->tenant, b->tenant);
    assert_string_equal(a->login, b->login);
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->role, b->role);
    assert_string_equal(a->operator_id, b->operator_id);
    assert_string_equal(a->password, b->password);
    assert_memory_equal(a->setup_hash, b->setup_hash, sizeof a->setup_hash);
    assert_int_equal(a->setup_until_ms, b->setup_until_ms);
    assert_memory_equal(a->code_hash, b->code_hash, sizeof a->code_hash);
    assert_int_equal(a->code_until_ms, b->code_until_ms);
    assert_int_equal(a->code_tries, b->code_tries);
    assert_int_equal(a->created_ms, b->created_ms);
    assert_int_equal(a->disabled_ms, b->disabled_ms);
    assert_int_equal(a->seen_ms, b->seen_ms);
    assert_int_equal(a->version, b->version);
}

static struct session begun(const struct user *u, uint8_t mark, int64_t now_ms)
{
    const struct session s = {.hash = {mark, 0, 9},
                              .user = u->id,
                              .created_ms = now_ms,
                              .used_ms = now_ms,
                              .expires_ms = now_ms + 30 * day_ms,
                              .agent = "a browser"};

    GOOD(store_session_add(kit.store, &s));
    return s;
}

static enum err found(const struct session *s, int64_t now_ms)
{
    struct session session;
    struct user user;

    return store_session_find(kit.store, s->hash, now_ms, &session, &user);
}

static void a_user_reads_back_by_id_login_and_link(void **unused)
{
    const struct user u = added(kit_tenant("one"), "Mara");
    struct user read;

    (void)unused;
    kit_reopen();
    read = got(u.id);
    is_same(&read, &u);
    GOOD(store_user_find(kit.store, SPAN("mARA"), &read));
    is_same(&read, &u);
    GOOD(store_user_by_setup(kit.store, u.setup_hash, &read));
    is_same(&read, &u);
    const uint8_t unknown[32] = {1};
    assert_int_equal(store_user_by_setup(kit.store, unknown, &read), ERR_NOT_FOUND);
    assert_int_equal(store_user_find(kit.store, SPAN("mar"), &read), ERR_NOT_FOUND);
    assert_int_equal(store_user_find(kit.store, SPAN(""), &read), ERR_NOT_FOUND);
    assert_int_equal(store_user_get(kit.store, u.id + 1, &read), ERR_NOT_FOUND);
}

static void a_login_is_one_users_whatever_its_case(void **unused)
{
    const struct user other = user_of(kit_tenant("two"), "MARA");

    (void)unused;
    added(kit_tenant("one"), "mara");
    assert_int_equal(store_user_add(kit.store, &other), ERR_CONFLICT);
}

static void who_has_no_link_and_no_code_has_none(void **unused)
{
    struct user one = user_of(0, "one"), two = user_of(0, "two"), read;

    (void)unused;
    one.setup_until_ms = one.code_until_ms = two.setup_until_ms = two.code_until_ms = 0;
    GOOD(store_user_add(kit.store, &one));
    GOOD(store_user_add(kit.store, &two)); /* of links that are none there may be many */
    assert_int_equal(store_user_by_setup(kit.store, one.setup_hash, &read), ERR_NOT_FOUND);
    assert_int_equal(got(one.id).code_until_ms, 0);
    assert_int_equal(got(one.id).tenant, 0);
}

static void a_change_needs_the_version_that_was_seen(void **unused)
{
    struct user u = added(kit_tenant("one"), "mara");

    (void)unused;
    u.role = ROLE_VIEWER;
    u.operator_id[0] = 0;
    u.setup_until_ms = USER_SETUP_USED;
    u.code_until_ms = 0;
    memset(u.code_hash, 0, sizeof u.code_hash);
    u.disabled_ms = NOW + 7;
    u.version = 2;
    assert_int_equal(store_user_put(kit.store, &u, 2, NULL), ERR_CONFLICT);
    GOOD(store_user_put(kit.store, &u, 1, NULL));
    kit_reopen();
    const struct user read = got(u.id);
    is_same(&read, &u);
    assert_int_equal(store_user_put(kit.store, &u, 1, NULL), ERR_CONFLICT);
    assert_int_equal(store_user_drop(kit.store, u.id, 1), ERR_CONFLICT);
    GOOD(store_user_drop(kit.store, u.id, 2));
    assert_int_equal(store_user_put(kit.store, &u, 2, NULL), ERR_NOT_FOUND);
    assert_int_equal(store_user_drop(kit.store, u.id, 0), ERR_NOT_FOUND);
}

static void a_session_lives_half_a_day_without_use_and_a_month_in_all(void **unused)
{
    const struct user u = added(kit_tenant("one"), "mara");
    const struct session idle = begun(&u, 1, NOW), used = begun(&u, 2, NOW);
    struct session session;
    struct user user;

    (void)unused;
    kit_reopen();
    GOOD(store_session_find(kit.store, used.hash, NOW, &session, &user));
    assert_string_equal(session.agent, "a browser");
    assert_int_equal(user.id, u.id);
    assert_int_equal(user.seen_ms, NOW);
    GOOD(found(&idle, NOW + SESSION_IDLE_MS - 1));
    for (int64_t at = NOW; at < NOW + 30 * day_ms; at += SESSION_IDLE_MS - 1)
        GOOD(found(&used, at));
    assert_int_equal(got(u.id).seen_ms > NOW + 29 * day_ms, true);
    assert_int_equal(found(&used, NOW + 30 * day_ms), ERR_NOT_FOUND);
    const struct session left = begun(&u, 3, NOW);
    assert_int_equal(found(&left, NOW + SESSION_IDLE_MS), ERR_NOT_FOUND);
    assert_int_equal(found(&(struct session){.hash = {4}}, NOW), ERR_NOT_FOUND);
}

static void a_use_is_noted_at_most_once_a_minute(void **unused)
{
    const struct user u = added(kit_tenant("one"), "mara");
    const struct session s = begun(&u, 1, NOW);
    struct session session;
    struct user user;

    (void)unused;
    GOOD(store_session_find(kit.store, s.hash, NOW + 59999, &session, &user));
    assert_int_equal(session.used_ms, NOW);
    GOOD(store_session_find(kit.store, s.hash, NOW + 60000, &session, &user));
    assert_int_equal(session.used_ms, NOW + 60000);
    assert_int_equal(got(u.id).seen_ms, NOW + 60000);
}

static void what_he_may_do_changes_and_his_sessions_end(void **unused)
{
    static const char *const changes[] = {"role", "password", "disabled", "tenant", "name", "code"};

    (void)unused;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct user u = added(kit_tenant("one"), changes[i]);
        const struct session kept = begun(&u, (uint8_t)(10 + 3 * i), NOW);
        const struct session other = begun(&u, (uint8_t)(11 + 3 * i), NOW);
        u = got(u.id);
        switch (i) {
        case 0:
            u.role = ROLE_ADMIN;
            break;
        case 1:
            strcpy(u.password, "another");
            break;
        case 2:
            u.disabled_ms = NOW;
            break;
        case 3:
            u.tenant = kit_tenant("two");
            break;
        case 4:
            strcpy(u.name, "Another");
            break;
        default:
            u.code_tries++;
            u.setup_until_ms++;
        }
        GOOD(store_user_put(kit.store, &u, u.version, kept.hash));
        const enum err ended = i < 4 ? ERR_NOT_FOUND : ERR_NONE;
        assert_int_equal(found(&other, NOW), ended);
        /* Nobody disabled has a session, kept or not. */
        assert_int_equal(found(&kept, NOW), i == 2 ? ERR_NOT_FOUND : ERR_NONE);
    }
}

static void a_session_that_is_dropped_is_gone_and_no_other(void **unused)
{
    const struct user u = added(kit_tenant("one"), "mara"), v = added(0, "ben");
    const struct session a = begun(&u, 1, NOW), b = begun(&u, 2, NOW), c = begun(&v, 3, NOW);

    (void)unused;
    GOOD(store_session_drop(kit.store, a.hash));
    GOOD(store_session_drop(kit.store, a.hash)); /* twice is nothing */
    assert_int_equal(found(&a, NOW), ERR_NOT_FOUND);
    GOOD(found(&b, NOW));
    GOOD(store_user_drop(kit.store, u.id, 0));
    assert_int_equal(found(&b, NOW), ERR_NOT_FOUND);
    GOOD(found(&c, NOW));
}

static void one_has_so_many_sessions_and_the_oldest_goes(void **unused)
{
    const struct user u = added(kit_tenant("one"), "mara"), v = added(0, "ben");
    const struct session foreign = begun(&v, 200, NOW - 9);
    struct session all[SESSIONS_OF_ONE + 2];

    (void)unused;
    for (int i = 0; i < SESSIONS_OF_ONE + 2; i++)
        all[i] = begun(&u, (uint8_t)(1 + i), NOW + i);
    assert_int_equal(found(&all[0], NOW), ERR_NOT_FOUND);
    assert_int_equal(found(&all[1], NOW), ERR_NOT_FOUND);
    GOOD(found(&all[2], NOW));
    GOOD(found(&all[SESSIONS_OF_ONE + 1], NOW));
    GOOD(found(&foreign, NOW));
}

static void a_list_of_users_shows_nothing_that_signs_in(void **unused)
{
    const int32_t one = kit_tenant("one"), two = kit_tenant("two");
    struct user u = user_of(one, "mara");

    (void)unused;
    u.setup_until_ms = USER_SETUP_USED;
    GOOD(store_user_add(kit.store, &u));
    added(two, "ben");
    added(0, "everywhere");
    const struct kit_seen seen = kit_look(VIEW_USERS, (struct view_filter){.tenant = one});
    assert_int_equal(seen.count, 1);
    assert_string_equal(strchr(seen.last, ';') + 1,
                        "tenant=one;login=mara;name=Mara at night;role=dispatcher;operator=mara;"
                        "is_disabled=0;is_set_up=1;created_at=1790000000000;seen_at;disabled_at;"
                        "setup_until_at;version=1;");
    assert_int_equal(kit_look(VIEW_USERS, (struct view_filter){.tenant = two}).count, 1);
    assert_int_equal(kit_look(VIEW_USERS, (struct view_filter){.tenant = 0}).count, 3);
    assert_int_equal(
        kit_look(VIEW_USERS, (struct view_filter){.tenant = 0, .state = SPAN("disabled")}).count,
        0);
}

const struct CMUnitTest contract_users[] = {
    KIT_TEST(a_user_reads_back_by_id_login_and_link),
    KIT_TEST(a_login_is_one_users_whatever_its_case),
    KIT_TEST(who_has_no_link_and_no_code_has_none),
    KIT_TEST(a_change_needs_the_version_that_was_seen),
    KIT_TEST(a_session_lives_half_a_day_without_use_and_a_month_in_all),
    KIT_TEST(a_use_is_noted_at_most_once_a_minute),
    KIT_TEST(what_he_may_do_changes_and_his_sessions_end),
    KIT_TEST(a_session_that_is_dropped_is_gone_and_no_other),
    KIT_TEST(one_has_so_many_sessions_and_the_oldest_goes),
    KIT_TEST(a_list_of_users_shows_nothing_that_signs_in),
};
const size_t contract_users_count = sizeof contract_users / sizeof contract_users[0];
