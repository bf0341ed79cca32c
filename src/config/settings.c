#include "config/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/nearest.h"

enum { FILE_MAX_LINES = 1000 };

static const char installed_data[] = "/var/lib/nextring";
static const char *const search[] = {"./nextring.conf", "/etc/nextring/nextring.conf"};

struct reading {
    struct arena *arena, *secrets;
    struct settings *settings;
    struct mistakes *mistakes;
    const char *file;
    int lines[SETTINGS]; /* where the file gave each; 0: nowhere */
};

static size_t found(const struct mistakes *m)
{
    return m->count + m->more;
}

/* `kind` is what the unknown name is: "key", "setting", "option". */
static void list_unknown(struct mistakes *m, const struct mistake *place, const char *kind,
                         struct nearest *nearest)
{
    if (nearest->best.data)
        mistakes_add(m, place->file, place->line, 0, place->where,
                     "is no %s that is known; did you mean %.*s?", kind, SPAN_ARG(nearest->best));
    else
        mistakes_add(m, place->file, place->line, 0, place->where,
                     "is no %s that is known; `nextring check --settings` lists them", kind);
}

static void put(struct reading *r, enum setting setting, struct span value,
                enum settings_source source, const struct mistake *place)
{
    const bool is_secret = settings_table[setting].secret || settings_table_has_password(value);

    value = span_trim(value);
    if (value.size == 0 || !settings_table_put(is_secret ? r->secrets : r->arena, r->settings,
                                               setting, value, r->mistakes, place))
        return;
    r->settings->sources[setting] = source;
    r->settings->places[setting] = place->file
                                       ? arena_printf(r->arena, "%s:%d", place->file, place->line)
                                       : arena_text(r->arena, span_of(place->where));
}

static void put_standards(struct reading *r, bool installed)
{
    const struct mistake place = {.where = "default"};

    for (int i = 0; i < SETTINGS; i++) {
        struct span value = span_of(settings_table[i].standard);
        if (i == SETTING_DATA && installed)
            value = span_of(installed_data);
        put(r, (enum setting)i, value, SETTINGS_DEFAULT, &place);
    }
}

static void from_file(struct reading *r, int line, struct span key, struct span value)
{
    const char *where = arena_text(r->arena, key);
    const struct mistake place = {.file = r->file, .line = line, .where = where};
    const int i = settings_table_by_key(key);

    if (i < 0) {
        struct nearest nearest = nearest_to(key);
        for (int k = 0; k < SETTINGS; k++)
            if (!settings_table[k].secret)
                nearest_show(&nearest, span_of(settings_table[k].key));
        list_unknown(r->mistakes, &place, "key", &nearest);
    } else if (settings_table[i].secret) {
        mistakes_add(r->mistakes, r->file, line, 0, where,
                     "is a secret; give it in the environment as %s",
                     settings_table[i].environment);
    } else if (r->lines[i]) {
        mistakes_add(r->mistakes, r->file, line, 0, where,
                     "was given on line %d already; keep one of the two", r->lines[i]);
    } else {
        r->lines[i] = line;
        put(r, (enum setting)i, value, SETTINGS_FILE, &place);
    }
}

/* libinih as Debian builds it tells its handler no line, so the reader counts. */
struct lines {
    FILE *file;
    const char *path;
    struct mistakes *mistakes;
    struct reading *reading;
    int line;
};

static bool ends_line(const char *text)
{
    const size_t size = strlen(text);

    return size > 0 && text[size - 1] == '\n';
}

/* Reads the rest of a line that libinih's buffer cannot hold, and makes it a comment. */
static void drop_long_line(struct lines *l, char *text)
{
    int c;

    while ((c = getc(l->file)) != EOF && c != '\n')
        ;
    text[0] = '#';
    text[1] = 0;
    mistakes_add(l->mistakes, l->path, l->line, 0, NULL,
                 "the line is longer than 198 bytes; give this setting in the environment");
}

/* Leading blanks go, since libinih would read an indented line as more of the one before. */
static char *next_line(char *text, int room, void *user)
{
    struct lines *l = user;

    if (l->line == FILE_MAX_LINES || !fgets(text, room, l->file))
        return NULL;
    l->line++;
    if (!ends_line(text) && strlen(text) + 1 == (size_t)room)
        drop_long_line(l, text);
    const size_t blanks = strspn(text, " \t");
    memmove(text, text + blanks, strlen(text + blanks) + 1);
    return text;
}

static int entry(void *user, const char *section, const char *name, const char *value)
{
    struct lines *l = user;

    if (section[0] && strcmp(section, "nextring") != 0)
        mistakes_add(l->mistakes, l->path, l->line, 0, NULL,
                     "[%s] is no section that is known; take the section line out", section);
    else
        from_file(l->reading, l->line, span_of(name), span_trim(span_of(value)));
    return 1;
}

/* Settings name programs to be run and hosts that get passwords: a file that nobody has named, such
 * as one that happens to lie in a folder of everybody's, must be ours or the system's. */
static bool is_trusted(struct reading *r, const char *path, FILE *file)
{
    struct stat st;

    if (fstat(fileno(file), &st) == 0 && (st.st_uid == geteuid() || st.st_uid == 0) &&
        !(st.st_mode & S_IWOTH))
        return true;
    mistakes_add(r->mistakes, path, 0, 0, NULL,
                 "is somebody else's, or anybody may write it, and it could have programs run; if "
                 "you trust it, name it: --config %s",
                 path);
    return false;
}

static enum err read_lines(struct reading *r, const char *path, bool asked)
{
    const size_t before = found(r->mistakes);
    struct lines l = {.path = path, .mistakes = r->mistakes, .reading = r};

    l.file = fopen(path, "re");
    if (!l.file)
        return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_DENIED;
    if (!asked && !is_trusted(r, path, l.file)) {
        fclose(l.file);
        return ERR_BAD_INPUT;
    }
    const int wrong_line = ini_parse_stream(next_line, &l, entry, &l);
    if (ferror(l.file) || l.line == FILE_MAX_LINES)
        mistakes_add(r->mistakes, path, 0, 0, NULL,
                     "cannot be read to its end as a file of settings");
    fclose(l.file);
    if (wrong_line > 0)
        mistakes_add(r->mistakes, path, wrong_line, 0, NULL,
                     "is no \"key = value\", [section] or # comment");
    return found(r->mistakes) > before ? ERR_BAD_INPUT : ERR_NONE;
}

/* A file that was asked for must be there; one that is looked for may be missing. */
static enum err read_file(struct reading *r, const char *path, bool asked)
{
    r->file = path;
    const enum err e = read_lines(r, path, asked);
    if (e == ERR_NOT_FOUND && asked)
        mistakes_add(r->mistakes, path, 0, 0, NULL,
                     "there is no such file; give --config the path of one that exists");
    else if (e == ERR_DENIED)
        mistakes_add(r->mistakes, path, 0, 0, NULL, "cannot be read (%s); mend its permissions",
                     strerror(errno));
    return e;
}

static void read_files(struct reading *r, const struct settings_from *from)
{
    const char *asked = from->options ? from->options->config_path : NULL;

    if (asked) {
        (void)!read_file(r, asked, true);
        return;
    }
    /* Whoever runs it as another user may stand in a folder that this one may not look into: what
     * lies there is not meant for it. */
    const size_t first = faccessat(AT_FDCWD, ".", X_OK, AT_EACCESS) ? 1 : 0;
    for (size_t i = first; i < sizeof search / sizeof search[0] && !from->no_search; i++)
        if (read_file(r, search[i], false) != ERR_NOT_FOUND)
            return;
}

static void read_variable(struct reading *r, const char *variable)
{
    struct span value;
    const struct span name = span_cut(span_of(variable), '=', &value);
    const int i = settings_table_by_environment(name);
    const struct mistake place = {.where = arena_text(r->arena, name)};

    if (i >= 0) {
        put(r, (enum setting)i, value, SETTINGS_ENVIRONMENT, &place);
    } else if (span_starts(name, SPAN("NEXTRING_"))) {
        struct nearest nearest = nearest_to(name);
        for (int k = 0; k < SETTINGS; k++)
            nearest_show(&nearest, span_of(settings_table[k].environment));
        list_unknown(r->mistakes, &place, "setting", &nearest);
    }
}

static void read_options(struct reading *r, const struct settings_options *options)
{
    for (size_t i = 0; i < options->count; i++) {
        const enum setting setting = options->list[i].setting;
        const struct settings_row *row = &settings_table[setting];
        const struct span value = span_of(options->list[i].value);
        const struct mistake place = {.where = arena_printf(r->arena, "--%s", row->key)};

        if (settings_table_has_password(value))
            mistakes_add(r->mistakes, NULL, 0, 0, place.where,
                         "a password here shows in the process list; give it in %s or the file",
                         row->environment);
        else
            put(r, setting, value, SETTINGS_OPTION, &place);
    }
}

enum err settings_read(struct arena *arena, const struct settings_from *from, struct settings *out,
                       struct mistakes *mistakes)
{
    const size_t before = found(mistakes);
    struct settings settings = {0};
    struct reading r = {.arena = arena,
                        .secrets = from->secrets ? from->secrets : arena,
                        .settings = &settings,
                        .mistakes = mistakes};

    put_standards(&r, from->installed);
    read_files(&r, from);
    for (char *const *variable = from->environment; variable && *variable; variable++)
        read_variable(&r, *variable);
    if (from->options)
        read_options(&r, from->options);
    if (found(mistakes) > before)
        return ERR_BAD_INPUT;
    *out = settings;
    return ERR_NONE;
}

enum err settings_require(const struct settings *settings, struct mistakes *mistakes)
{
    const struct settings_row *row = &settings_table[SETTING_PUBLIC_URL];

    if (settings->public_url.data)
        return ERR_NONE;
    mistakes_add(mistakes, NULL, 0, 0, row->environment, "is missing: %s; give e.g. %s=%s, or --%s",
                 row->help, row->environment, row->example, row->key);
    return ERR_BAD_INPUT;
}

/* The value of "--NAME=VALUE" or "--NAME VALUE" at argv[*at]; NULL when none follows. */
static const char *option_value(int argc, char **argv, int *at)
{
    const char *equals = strchr(argv[*at], '=');

    if (equals)
        return equals + 1;
    return *at + 1 < argc ? argv[++*at] : NULL;
}

/* Whether the argument is --config or a setting's option; *out_setting is -1 for --config. */
static bool is_option(const char *argument, int *out_setting)
{
    struct span value, name = span_of(argument);

    if (!span_starts(name, SPAN("--")))
        return false;
    name = span_cut(span_skip(name, 2), '=', &value);
    if (memchr(name.data, '_', name.size)) /* options are written with '-' alone */
        return false;
    *out_setting = settings_table_by_key(name);
    return span_is_text(name, "config") ||
           (*out_setting >= 0 && !settings_table[*out_setting].secret);
}

enum err settings_take_options(int *argc, char **argv, struct settings_options *out,
                               struct mistakes *mistakes)
{
    struct settings_options options = {0};
    const size_t before = found(mistakes);
    int kept = 1, at = 1, setting = -1;

    for (; at < *argc && strcmp(argv[at], "--") != 0; at++) {
        if (!is_option(argv[at], &setting)) {
            argv[kept++] = argv[at];
            continue;
        }
        const char *name = argv[at];
        const char *value = option_value(*argc, argv, &at);
        if (!value)
            mistakes_add(mistakes, NULL, 0, 0, name, "needs a value");
        else if (setting < 0)
            options.config_path = value;
        else if (options.count == SETTINGS_OPTIONS_MAX)
            mistakes_add(mistakes, NULL, 0, 0, name, "is one option too many");
        else {
            options.list[options.count].setting = (enum setting)setting;
            options.list[options.count++].value = value;
        }
    }
    while (at < *argc)
        argv[kept++] = argv[at++];
    argv[kept] = NULL;
    *argc = kept;
    *out = options;
    return found(mistakes) > before ? ERR_BAD_INPUT : ERR_NONE;
}

bool settings_is_installed(void)
{
    char path[4096];
    struct stat st;
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path);

    return size > 0 && span_starts((struct span){path, (size_t)size}, SPAN("/usr/")) &&
           stat(installed_data, &st) == 0 && S_ISDIR(st.st_mode);
}
