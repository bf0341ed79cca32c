#include "base/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

bool terminal_has_colour(FILE *to)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");

    return isatty(fileno(to)) && !(no && *no) && !(terminal && strcmp(terminal, "dumb") == 0);
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

void terminal_put(FILE *to, struct span text)
{
    uint32_t code;
    size_t size;

    while ((size = utf8_next(text, &code)) > 0) {
        if (is_control(code))
            putc(code == '\n' ? ' ' : '?', to);
        else if (code == 0xfffd)
            fputs("\xef\xbf\xbd", to);
        else
            fwrite(text.data, 1, size, to);
        text = span_skip(text, size);
    }
}
