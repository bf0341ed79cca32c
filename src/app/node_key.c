#include "app/node_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/dice.h"
#include "base/log.h"
#include "cli/cli.h"

enum { FILE_BYTES = 64 };

static bool write_it(const struct node_key *k)
{
    char text[FILE_BYTES];
    const int size = snprintf(text, sizeof text, "%s %d\n", k->key, k->number);

    return pwrite(k->fd, text, (size_t)size, 0) == size && ftruncate(k->fd, size) == 0 &&
           fsync(k->fd) == 0;
}

static void make(struct node_key *k)
{
    uint8_t bytes[(STORE_NODE_KEY_SIZE - 1) / 2];

    dice_fill(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(k->key + 2 * i, 3, "%02x", bytes[i]);
    k->number = -1;
}

static bool parse(struct node_key *k, const char *text)
{
    char key[STORE_NODE_KEY_SIZE] = "";
    int number = -1, end = 0;

    if (sscanf(text, "%32[0-9a-f] %d%n", key, &number, &end) != 2 ||
        strlen(key) != sizeof key - 1 || strcmp(text + end, "\n") != 0 || number < -1 ||
        number >= STORE_NODES)
        return false;
    memcpy(k->key, key, sizeof k->key);
    k->number = number;
    return true;
}

int node_key_open(struct arena *arena, const char *folder, struct node_key *out)
{
    const char *path = arena_printf(arena, "%s/node.key", folder);
    char text[FILE_BYTES + 1] = "";

    out->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (out->fd < 0)
        return cli_fail(CLI_COULD_NOT, "%s cannot be opened: %s; check the folder's owner", path,
                        strerror(errno));
    if (flock(out->fd, LOCK_EX | LOCK_NB) != 0)
        return cli_fail(CLI_COULD_NOT,
                        "%s is in use by another nextring: stop it, or name another folder by "
                        "NEXTRING_DATA",
                        folder);
    const ssize_t size = pread(out->fd, text, FILE_BYTES, 0);
    if (size > 0 && !parse(out, text))
        return cli_fail(CLI_COULD_NOT,
                        "%s is damaged: move it away, and this node joins as a new one", path);
    if (size == 0)
        make(out);
    if (size < 0 || (size == 0 && !write_it(out)))
        return cli_fail(CLI_COULD_NOT, "%s cannot be written: %s; free some space", path,
                        strerror(errno));
    return 0;
}

void node_key_keep(struct node_key *k, int number)
{
    if (k->number == number)
        return;
    k->number = number;
    if (!write_it(k))
        log_line(LOG_WARN, "node.key cannot be written: a start without the database will not know "
                           "this node's number");
}

void node_key_close(struct node_key *k)
{
    if (k->fd >= 0)
        close(k->fd);
    k->fd = -1;
}
