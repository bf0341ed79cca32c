#include "config/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"

enum { FIRST_BYTES = 1024 };

struct check {
    const char *path, *where;
    struct mistakes *mistakes;
    bool is_read_only; /* its file system, so that nobody changes it */
};

static bool is_plain(struct span path)
{
    for (size_t i = 0; i < path.size; i++) {
        const char c = path.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              strchr("/._-+:@%,=", c)))
            return false;
    }
    return path.size > 0 && path.data[0] != '-';
}

/* The path as a word of the shell, so that the mend can be pasted. */
static const char *shell_word(struct arena *arena, const char *path)
{
    struct buf b = buf_in(arena, 8192);

    if (is_plain(span_of(path)))
        return path;
    buf_add_char(&b, '\'');
    for (; *path; path++)
        if (*path == '\'')
            buf_add_text(&b, "'\\''");
        else
            buf_add_char(&b, *path);
    buf_add_char(&b, '\'');
    return buf_span(&b).data;
}

static enum err refuse_mode(const struct check *c, mode_t mode, bool may_be_read)
{
    const char *word = shell_word(c->mistakes->arena, c->path);

    if (may_be_read)
        mistakes_add(c->mistakes, c->path, 0, 0, c->where,
                     "mode %03o lets others write it; run: chmod go-w %s", (unsigned)mode, word);
    else
        mistakes_add(c->mistakes, c->path, 0, 0, c->where,
                     "mode %03o lets others at it; run: chmod 600 %s", (unsigned)mode, word);
    return ERR_DENIED;
}

/* What no one but its owner, or nobody else at all, may do with it. */
static mode_t forbidden(const struct check *c, enum secret_file_rule rule)
{
    switch (rule) {
    case SECRET_FILE_MOUNTED:
        return c->is_read_only ? 0022 : ~(mode_t)0600;
    case SECRET_FILE_PUBLIC:
        return 0022;
    case SECRET_FILE_SYSTEMD:
        return c->is_read_only ? 0022 : ~(mode_t)0640;
    case SECRET_FILE_PRIVATE:
        break;
    }
    return ~(mode_t)0600;
}

/* Root may have meant to look at what is the daemon's, and must not take it away from that. */
static void refuse_owner(const struct check *c, unsigned owner, unsigned self)
{
    const char *word = shell_word(c->mistakes->arena, c->path);

    if (self == 0)
        mistakes_add(c->mistakes, c->path, 0, 0, c->where,
                     "belongs to user %u, who could change it; if that is the daemon's, be that "
                     "user: sudo -u '#%u' nextring; else run: chown 0 %s",
                     owner, owner, word);
    else
        mistakes_add(c->mistakes, c->path, 0, 0, c->where,
                     "belongs to user %u, who could change it; run: chown %u %s", owner, self,
                     word);
}

static enum err judge(const struct check *c, const struct stat *st, enum secret_file_rule rule,
                      uid_t self)
{
    const mode_t mode = st->st_mode & 07777;

    if (!S_ISREG(st->st_mode)) {
        mistakes_add(c->mistakes, c->path, 0, 0, c->where, "is no file; name a plain file");
        return ERR_DENIED;
    }
    if (st->st_uid != self && st->st_uid != 0 &&
        !(rule != SECRET_FILE_PRIVATE && c->is_read_only)) {
        refuse_owner(c, (unsigned)st->st_uid, (unsigned)self);
        return ERR_DENIED;
    }
    if (mode & forbidden(c, rule))
        return refuse_mode(c, mode, forbidden(c, rule) == 0022);
    if (st->st_size > SECRET_FILE_MAX_BYTES) {
        mistakes_add(c->mistakes, c->path, 0, 0, c->where, "is larger than %d bytes",
                     SECRET_FILE_MAX_BYTES);
        return ERR_FULL;
    }
    return ERR_NONE;
}

/* The text has twice the room when it needs more: whole pages of locked memory are scarce. */
static enum err read_all(struct arena *arena, const struct check *c, int fd, struct span *out)
{
    size_t room = FIRST_BYTES, size = 0;
    char *text = arena_alloc(arena, room);
    ssize_t n;

    do {
        if (size == room && room < SECRET_FILE_MAX_BYTES) {
            char *more = arena_alloc(arena, room *= 2);
            text = memcpy(more, text, size);
        }
        n = read(fd, text + size, room - size);
        size += n > 0 ? (size_t)n : 0;
    } while (n > 0 || (n < 0 && errno == EINTR));
    if (n < 0) {
        mistakes_add(c->mistakes, c->path, 0, 0, c->where, "cannot be read: %s", strerror(errno));
        return ERR_DENIED;
    }
    *out = (struct span){text, size};
    return ERR_NONE;
}

enum err secret_file_read(struct arena *arena, const char *path, const char *where,
                          enum secret_file_rule rule, uid_t self, struct span *out,
                          struct mistakes *mistakes)
{
    struct check c = {path, where, mistakes, false};
    struct statvfs fs;
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        const bool missing = errno == ENOENT || errno == ENOTDIR;
        mistakes_add(mistakes, path, 0, 0, where, "cannot be opened: %s; name a file that %s",
                     strerror(errno), missing ? "exists" : "this user may read");
        return missing ? ERR_NOT_FOUND : ERR_DENIED;
    }
    enum err e = ERR_BROKEN;
    c.is_read_only = fstatvfs(fd, &fs) == 0 && (fs.f_flag & ST_RDONLY);
    if (fstat(fd, &st) == 0) /* of what is open, so that nobody swaps it in between */
        e = judge(&c, &st, rule, self);
    if (!e)
        e = read_all(arena, &c, fd, out);
    close(fd);
    return e;
}

static bool is_key(struct span key)
{
    for (size_t i = 0; i < key.size; i++) {
        const char c = key.data[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return key.size > 0;
}

static bool is_blank_or_comment(struct span rest)
{
    rest = span_trim(rest);
    return rest.size == 0 || rest.data[0] == '#';
}

/* Up to white space and '#'. */
static struct span bare(struct span text)
{
    for (size_t i = 1; i < text.size; i++)
        if (text.data[i] == '#' && (text.data[i - 1] == ' ' || text.data[i - 1] == '\t'))
            text.size = i;
    if (text.size > 0 && text.data[0] == '#')
        text.size = 0;
    return span_trim(text);
}

/* False when the quote is not closed, or something follows it. */
static bool quoted(struct arena *arena, struct span text, struct span *out)
{
    const char quote = text.data[0];
    char *copy = arena_alloc(arena, text.size + 1);
    size_t n = 0, i = 1;

    for (; i < text.size && text.data[i] != quote; i++) {
        if (quote == '"' && text.data[i] == '\\' && i + 1 < text.size &&
            strchr("\"\\$`", text.data[i + 1]))
            i++;
        copy[n++] = text.data[i];
    }
    if (i >= text.size || !is_blank_or_comment(span_skip(text, i + 1)))
        return false;
    *out = (struct span){copy, n};
    return true;
}

static struct span without_export(struct span line)
{
    if (span_starts(line, SPAN("export ")) || span_starts(line, SPAN("export\t")))
        return span_trim(span_skip(line, 7));
    return line;
}

/* The value of what follows '='; false when its quotes are wrong. */
static bool value_of(struct arena *arena, struct span text, struct span *out)
{
    text = span_trim(text);
    if (text.size > 0 && (text.data[0] == '"' || text.data[0] == '\''))
        return quoted(arena, text, out);
    *out = bare(text);
    return true;
}

void secret_file_entries(struct arena *arena, struct span text, const char *file,
                         struct mistakes *mistakes, secret_file_fn entry, void *user)
{
    for (int line = 1; text.size > 0; line++) {
        struct span after, value;
        const struct span all = span_cut(text, '\n', &text);
        const struct span rest = without_export(span_trim(all));
        const struct span key = span_trim(span_cut(rest, '=', &after));

        if (is_blank_or_comment(rest))
            continue;
        if (!is_key(key) || !memchr(rest.data, '=', rest.size))
            mistakes_add(mistakes, file, line, 0, NULL, "is no KEY=value");
        else if (!value_of(arena, after, &value))
            mistakes_add(mistakes, file, line, 0, NULL,
                         "has a quote that is not closed, or text after it");
        else
            entry(user, line, key, value);
    }
}
