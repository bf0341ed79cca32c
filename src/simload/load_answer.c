#include "simload/load_answer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1024, HEX = 16, STATUS_AT = 9, STATUS_MIN = 100, STATUS_MAX = 599 };

void load_answer_reset(struct load_answer *a)
{
    memset(a, 0, offsetof(struct load_answer, text));
    a->text[0] = 0;
}

static void keep(struct load_answer *a, struct span bytes)
{
    const size_t room = LOAD_ANSWER_KEPT - a->kept;
    const size_t n = bytes.size < room ? bytes.size : room;

    memcpy(a->text + a->kept, bytes.data, n);
    a->kept += n;
    a->text[a->kept] = 0;
}

/* The value of a field of the head, at its first byte that is no blank; NULL without it. */
static const char *field(const struct load_answer *a, const char *name)
{
    const char *at = strcasestr(a->text, name);

    if (!at || at >= a->text + a->head_end)
        return NULL;
    at += strlen(name);
    return at + strspn(at, " \t");
}

static void begin_body(struct load_answer *a)
{
    const char *length = field(a, "\r\ncontent-length:");
    const char *coding = field(a, "\r\ntransfer-encoding:");
    const char *connection = field(a, "\r\nconnection:");

    a->closes = connection ? strncasecmp(connection, "close", 5) == 0 : a->text[7] == '0';
    if (a->status < 200) { /* "100 Continue": the answer is still to come */
        load_answer_reset(a);
        return;
    }
    if (a->status == 204 || a->status == 304) {
        a->state = LOAD_ANSWER_WHOLE;
    } else if (coding && strncasecmp(coding, "chunked", 7) == 0) {
        a->state = LOAD_ANSWER_CHUNK_SIZE;
    } else if (length && isdigit((unsigned char)*length)) {
        a->left = strtoull(length, NULL, 10);
        a->state = a->left ? LOAD_ANSWER_LENGTH : LOAD_ANSWER_WHOLE;
    } else if (length) {
        a->state = LOAD_ANSWER_BROKEN;
    } else {
        a->closes = true;
        a->state = LOAD_ANSWER_TO_END;
    }
}

static bool take_status(struct load_answer *a)
{
    if (strncmp(a->text, "HTTP/1.", 7) != 0 || a->text[8] != ' ')
        return false;
    a->status = atoi(a->text + STATUS_AT);
    return a->status >= STATUS_MIN && a->status <= STATUS_MAX;
}

/* Byte by byte to the empty line; a head is a few hundred bytes. */
static size_t take_head(struct load_answer *a, struct span bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        if (a->kept >= LOAD_ANSWER_HEAD_MAX) {
            a->state = LOAD_ANSWER_BROKEN;
            return bytes.size;
        }
        a->text[a->kept++] = bytes.data[i];
        if (bytes.data[i] != '\n' || a->kept < 4 ||
            memcmp(a->text + a->kept - 4, "\r\n\r\n", 4) != 0)
            continue;
        a->text[a->kept] = 0;
        a->head_end = a->kept;
        if (take_status(a))
            begin_body(a);
        else
            a->state = LOAD_ANSWER_BROKEN;
        return i + 1;
    }
    return bytes.size;
}

static size_t take_body(struct load_answer *a, struct span bytes)
{
    const size_t n = bytes.size < a->left ? bytes.size : (size_t)a->left;

    keep(a, (struct span){bytes.data, n});
    a->left -= n;
    if (a->left > 0)
        return n;
    a->state = a->state == LOAD_ANSWER_LENGTH ? LOAD_ANSWER_WHOLE : LOAD_ANSWER_CHUNK_SIZE;
    a->line = 0;
    return n;
}

/* "1f;extension\r\n", after the CRLF that ends the chunk before. */
static size_t take_chunk_size(struct load_answer *a, struct span bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        const char c = bytes.data[i];
        if (c == '\n' && a->line > 0) {
            a->state = a->left ? LOAD_ANSWER_CHUNK : LOAD_ANSWER_TRAILER;
            a->line = 0;
            return i + 1;
        }
        if (c == '\r' || c == '\n')
            continue;
        if (isxdigit((unsigned char)c) && a->line < HEX) {
            const char digit[] = {c, 0};
            a->left = a->left * HEX + strtoul(digit, NULL, HEX);
        } else if (a->line == 0 || (a->line < HEX && c != ';' && c != ' ')) {
            a->state = LOAD_ANSWER_BROKEN;
            return bytes.size;
        } else if (a->line < HEX) {
            a->line = HEX; /* an extension: its letters are no digits */
        }
        if (++a->line > LINE_MAX_BYTES) {
            a->state = LOAD_ANSWER_BROKEN;
            return bytes.size;
        }
    }
    return bytes.size;
}

/* Lines to the empty one. */
static size_t take_trailer(struct load_answer *a, struct span bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        if (bytes.data[i] == '\n' && a->line == 0) {
            a->state = LOAD_ANSWER_WHOLE;
            return i + 1;
        }
        a->line = bytes.data[i] == '\n' ? 0 : a->line + (bytes.data[i] != '\r');
        if (a->line > LINE_MAX_BYTES)
            a->state = LOAD_ANSWER_BROKEN;
    }
    return bytes.size;
}

static size_t take(struct load_answer *a, struct span bytes)
{
    switch (a->state) {
    case LOAD_ANSWER_HEAD:
        return take_head(a, bytes);
    case LOAD_ANSWER_LENGTH:
    case LOAD_ANSWER_CHUNK:
        return take_body(a, bytes);
    case LOAD_ANSWER_CHUNK_SIZE:
        return take_chunk_size(a, bytes);
    case LOAD_ANSWER_TRAILER:
        return take_trailer(a, bytes);
    case LOAD_ANSWER_TO_END:
        keep(a, bytes);
        return bytes.size;
    case LOAD_ANSWER_WHOLE: /* more than was announced */
        a->state = LOAD_ANSWER_BROKEN;
        return bytes.size;
    case LOAD_ANSWER_BROKEN:
    case LOAD_ANSWER_STATES:
        break;
    }
    return bytes.size;
}

void load_answer_feed(struct load_answer *a, struct span bytes)
{
    while (bytes.size > 0)
        bytes = span_skip(bytes, take(a, bytes));
}

void load_answer_end(struct load_answer *a)
{
    if (a->state == LOAD_ANSWER_TO_END)
        a->state = LOAD_ANSWER_WHOLE;
    else if (a->state != LOAD_ANSWER_WHOLE)
        a->state = LOAD_ANSWER_BROKEN;
}

bool load_answer_holds(const struct load_answer *a, const char *text)
{
    return memmem(a->text, a->kept, text, strlen(text)) != NULL;
}
