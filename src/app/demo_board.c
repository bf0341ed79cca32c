#include "app/demo_board.h"

#include <stdio.h>
#include <string.h>

#include "base/dice.h"

static bool copy(char *to, size_t size, struct span text)
{
    if (text.size == 0 || text.size >= size)
        return false;
    memcpy(to, text.data, text.size);
    to[text.size] = 0;
    return true;
}

/* Makes a user and the link by which his password is set. */
static bool invite(struct stage *s, const char *user, char out[DEMO_BOARD_LINK_SIZE])
{
    struct json *made = stage_post_daemon(s, "/api/v1/users", user);
    const struct span id = json_text(json_get(made, "id"));
    struct json *link =
        id.size ? stage_post_daemon(
                      s, arena_printf(s->arena, "/api/v1/users/%.*s/link", SPAN_ARG(id)), "{}")
                : NULL;
    const bool good = copy(out, DEMO_BOARD_LINK_SIZE, json_text(json_get(link, "link")));

    json_close(&link);
    json_close(&made);
    return good;
}

/* Letters and digits that nobody takes for one another. */
static void make_password(char out[DEMO_BOARD_PASSWORD_SIZE])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    uint8_t dice[DEMO_BOARD_PASSWORD_SIZE - 1];

    dice_fill(dice, sizeof dice);
    for (size_t i = 0; i < sizeof dice; i++)
        out[i] = letters[dice[i] % (sizeof letters - 1)];
    out[sizeof dice] = 0;
}

static bool set_password(struct stage *s, const char *link, const char *password)
{
    static const char mark[] = "/#/setup/";
    const char *token = strstr(link, mark);
    struct json *session =
        token ? stage_post_page(s, "/api/v1/setup",
                                arena_printf(s->arena, "{\"token\":\"%s\",\"password\":\"%s\"}",
                                             token + sizeof mark - 1, password))
              : NULL;
    const bool good = session != NULL;

    json_close(&session);
    return good;
}

bool demo_board_open(struct stage *s, struct demo_board *out)
{
    char link[DEMO_BOARD_LINK_SIZE];

    make_password(out->password);
    return invite(s, "{\"login\":\"demo\",\"name\":\"Demo\",\"role\":\"admin\"}", link) &&
           set_password(s, link, out->password) &&
           invite(s,
                  "{\"login\":\"you\",\"name\":\"You\",\"role\":\"dispatcher\","
                  "\"operator\":\"backup\"}",
                  out->link);
}

void demo_board_tell(const struct stage *s, const struct demo_board *board)
{
    printf(
        "\nThe board is open, until Ctrl-C:\n\n"
        "  http://127.0.0.1:%d/              sign in as  demo  with the password  %s\n"
        "  http://127.0.0.1:%d/phones        each number is a phone, in the browser\n\n"
        "Try on them, side by side:\n"
        "  1. Call the line as the customer: on Now the call goes from phone to phone, second by\n"
        "     second. Take it as the backup, or let it ring through to the end.\n"
        "  2. Texts wait on Now, and one was taken by nobody. Take one, answer it: the answer is "
        "on\n"
        "     that phone at once.\n"
        "  3. Duty: swap two people, or change the chain. The next call goes by it.\n"
        "  4. Reports: these three days. Log: every step of them, and whether it is whole.\n"
        "  5. Be a dispatcher: this link sets a password, once, as a real one does:\n"
        "     %s\n",
        s->daemon_port, board->password, s->sim_port, board->link);
}
