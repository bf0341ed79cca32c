#include "setupcmd/provision_undo.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/terminal.h"
#include "codec/json.h"
#include "codec/phone.h"
#include "codec/timestamp.h"
#include "setupcmd/provision_set.h"

enum { JSON_BYTES_MAX = 4 << 20 };

struct undoing {
    struct provision_plan *plan;
    struct ledger *ledger;
    bool force;
    int64_t run;
    size_t done, failed, skipped;
    struct buf json;
    struct json_out out;
};

/* What was `after` goes back to `before`; what is neither is another's change. */
static size_t put_back(struct undoing *u, const struct ledger_entry *was, const struct number *n,
                       struct ledger_change out[NUMBER_FIELDS])
{
    size_t count = 0;

    for (size_t i = 0; i < was->change_count; i++) {
        const struct ledger_change *c = &was->changes[i];
        const struct span is = n->fields[c->field];
        if (span_is(is, c->before))
            continue;
        if (!span_is(is, c->after) && !u->force) {
            u->skipped++;
            fprintf(stderr,
                    "nextring: %s of %s was changed by somebody else since, and is left as it is; "
                    "--yes puts it back all the same\n",
                    number_field_name(c->field), n->number);
            continue;
        }
        out[count++] = (struct ledger_change){c->field, is, c->before};
    }
    return count;
}

static void say(struct undoing *u, const struct number *n, const struct ledger_change *changes,
                size_t count, const char *failed)
{
    struct json_out *o = &u->out;

    if (!u->plan->cli->json) {
        printf("%s  %s%s\n", n->number, failed ? "NOT put back: the carrier " : "as it was before",
               failed ? failed : "");
        for (size_t i = 0; i < count && !failed; i++) {
            printf("    %-21s", number_field_name(changes[i].field));
            terminal_put(stdout, changes[i].after.size ? changes[i].after : SPAN("-"));
            putchar('\n');
        }
        return;
    }
    json_out_object(o, NULL);
    json_out_text(o, "number", span_of(n->number));
    json_out_bool(o, "is_undone", !failed);
    json_out_text_or_null(o, "refused", span_of(failed));
    json_out_list(o, "changes");
    for (size_t i = 0; i < count; i++) {
        json_out_object(o, NULL);
        json_out_text(o, "field", span_of(number_field_name(changes[i].field)));
        json_out_text(o, "was", changes[i].before);
        json_out_text(o, "is", changes[i].after);
        json_out_end_object(o);
    }
    json_out_end_list(o);
    json_out_end_object(o);
}

/* Where its calls and texts go now is another's: what is in the carrier's log is not ours. */
static void give_back(const struct undoing *u, const struct number *n,
                      const struct ledger_change *changes, size_t count)
{
    struct number now = *n;

    for (size_t i = 0; i < count; i++)
        now.fields[changes[i].field] = changes[i].after;
    if (wanted_comes_here(u->plan->arena, u->plan->wanted.public_url, &now) ||
        ground_tell_line(&u->plan->ground, n->number, false))
        return;
    fprintf(stderr,
            "nextring: no daemon was told that %s is given back: take it out of the roster, or "
            "what comes to it is relayed here as late\n",
            n->number);
}

/* The line of the undoing is written when the carrier has done it: until then it can be undone
 * again, which changes nothing twice. */
static int undo_one(struct undoing *u, const struct ledger_entry *was)
{
    const struct number *n = number_find(&u->plan->numbers, was->number);
    struct ledger_entry entry = {.run = u->run,
                                 .at_ms = (int64_t)time(NULL) * 1000,
                                 .kind = LEDGER_UNDO,
                                 .undoes = was->id,
                                 .account = was->account,
                                 .number = was->number,
                                 .sid = was->sid};
    const char *why = NULL;

    if (!n) {
        u->failed++;
        return cli_fail(CLI_YES, "%.*s is no longer a number of the account; nothing to put back",
                        SPAN_ARG(was->number));
    }
    const size_t skipped = u->skipped;
    entry.change_count = put_back(u, was, n, entry.changes);
    const char *failed =
        entry.change_count
            ? provision_set_fields(&u->plan->ground.by_token, n, entry.changes, entry.change_count)
            : NULL;
    say(u, n, entry.changes, entry.change_count, failed);
    if (!failed)
        give_back(u, n, entry.changes, entry.change_count);
    u->failed += failed != NULL;
    u->done += !failed;
    if (failed || u->skipped > skipped)
        return CLI_YES;
    if (ledger_add(u->ledger, &entry, &why))
        return cli_fail(CLI_COULD_NOT, "%s", why);
    u->run = entry.run;
    return CLI_YES;
}

static int undo_words(struct undoing *u)
{
    struct provision_plan *p = u->plan;
    char number[PHONE_TEXT_SIZE];
    int status = CLI_YES;

    for (int i = 0; i < p->cli->argc && !status; i++) {
        const char *word = p->cli->argv[i];
        if (phone_parse(word, strlen(word), NULL, number) != PHONE_GOOD)
            return cli_fail(CLI_USAGE,
                            "'%s' is no number with its country code, such as +16195550100", word);
        const struct ledger_entry *was = ledger_last(u->ledger, p->ground.account, span_of(number));
        if (!was)
            return cli_fail(CLI_NO, "%s was not changed from here, or that is undone already (%s)",
                            number, u->ledger->path);
        status = undo_one(u, was);
    }
    return status;
}

/* The newest change of a number first. */
static int undo_run(struct undoing *u)
{
    const struct span account = u->plan->ground.account;
    const int64_t run = ledger_last_run(u->ledger, account);
    int status = CLI_YES;

    if (!run)
        return cli_fail(CLI_NO, "there is nothing to undo: %s has no change that stands",
                        u->ledger->path);
    for (size_t i = u->ledger->count; i > 0 && !status; i--) {
        const struct ledger_entry was = u->ledger->entries[i - 1];
        if (was.run == run && was.kind == LEDGER_SET && !was.is_undone &&
            span_is(was.account, account))
            status = undo_one(u, &was);
    }
    return status;
}

int provision_undo(struct provision_plan *plan, struct ledger *ledger, bool force)
{
    struct undoing u = {.plan = plan,
                        .ledger = ledger,
                        .force = force,
                        .json = buf_in(plan->arena, JSON_BYTES_MAX)};

    u.out = json_out(&u.json);
    json_out_object(&u.out, NULL);
    json_out_list(&u.out, "items");
    const int status = plan->cli->argc > 0 ? undo_words(&u) : undo_run(&u);
    json_out_end_list(&u.out);
    json_out_end_object(&u.out);
    if (plan->cli->json && (!status || u.done))
        printf("%.*s\n", SPAN_ARG(buf_span(&u.json)));
    if (status)
        return status;
    if (u.failed)
        return CLI_COULD_NOT;
    return u.skipped ? CLI_NO : CLI_YES;
}
