/* Any edit of any roster: the first line is the edit's place in the table and the id, the second
 * the body, the rest the document. What comes of it is JSON again, with a note; what does not has
 * words. */
#include "base/check.h"
#include "codec/json.h"
#include "config/roster_file.h"
#include "edit/roster_diff.h"
#include "edit/roster_edit.h"
#include "fuzz.h"

enum { TEXT_MAX = 8192, DIFF_TEXT_MAX = 4 << 20 };

static const struct roster_defaults defaults = {
    .file = "roster.json",
    .ring_s = 20,
    .ack_s = 300,
    .region = "US",
    .time_zone = "America/Los_Angeles",
    .from_number = "+16195550100",
    .account_sid = "AC1",
    .now_ms = INT64_C(1790000000000),
};

/* One that has something of each kind; the edits look names and lines up in it. */
static const char document[] =
    "{\"dispatchers\": [{\"id\": \"ann\", \"name\": \"Ann\", \"phone\": \"+16195550111\"},"
    " {\"name\": \"Bob\", \"phone\": \"+16195550112\"}],"
    " \"chains\": {\"main\": [\"ann\", \"bob\"], \"spare\": [\"bob\"]},"
    " \"overrides\": [{\"operator\": \"ann\", \"from\": \"2026-09-01T08:00\","
    " \"to\": \"2026-09-01T20:00\", \"on\": true}],"
    " \"lines\": [{\"number\": \"+16195550100\", \"chain\": \"main\"}]}";

static bool is_json(struct span text)
{
    struct json *tree = NULL;
    struct json_place place;
    const bool is = !json_parse(text, &tree, &place);

    json_close(&tree);
    return is;
}

static void compare(struct arena *arena, struct span before, struct span after)
{
    struct buf text = buf_in(arena, DIFF_TEXT_MAX);
    struct json_out json = json_out(&text);
    struct roster_diff diff;

    roster_diff(arena, before, before, &diff);
    CHECK(diff.count == 0 && diff.more == 0);
    roster_diff(arena, before, after, &diff);
    CHECK(diff.count <= ROSTER_DIFF_MOST);
    json_out_object(&json, NULL);
    roster_diff_write(&json, "difference", &diff);
    json_out_end_object(&json);
    CHECK(text.full || is_json(buf_span(&text)));
}

static const struct roster *read_roster(struct arena *arena, struct span text)
{
    const struct roster *roster = NULL;
    struct mistakes mistakes;

    mistakes_init(&mistakes, arena);
    return roster_file_parse(arena, text, &defaults, &roster, &mistakes) ? NULL : roster;
}

/* An id is part of a request's target: nothing else comes through. */
static bool is_of_target(struct span id)
{
    for (size_t i = 0; i < id.size; i++)
        if (id.data[i] <= ' ' || id.data[i] > '~')
            return false;
    return true;
}

static void edit_it(struct arena *arena, enum roster_edit_kind kind, struct span text)
{
    struct roster_edit edit = {.kind = kind};

    edit.id = span_cut(text, '\n', &text);
    if (!is_of_target(edit.id))
        return;
    edit.body = span_cut(text, '\n', &edit.document);
    edit.roster = read_roster(arena, edit.document);
    if (!edit.roster) {
        if (is_json(edit.document) && is_json(edit.body))
            compare(arena, edit.document, edit.body);
        edit.document = span_of(document);
        edit.roster = read_roster(arena, edit.document);
        CHECK(edit.roster);
    }
    if (roster_edit_apply(arena, &edit)) {
        CHECK(edit.message);
        return;
    }
    CHECK(edit.note && is_json(edit.out));
    compare(arena, edit.document, edit.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_open(1 << 16);

    if (size > 0 && size <= TEXT_MAX)
        edit_it(arena, data[0] % ROSTER_EDITS, (struct span){(const char *)data + 1, size - 1});
    arena_close(&arena);
    return 0;
}
