#include "core/account.h"

#include "desk/shift.h"
#include "relay/outgoing.h"
#include "rules/words.h"

static const char *const kinds[USER_NOTES] = {
    [USER_NOTE_SIGNED_IN] = "user.signed-in", [USER_NOTE_SIGNED_OUT] = "user.signed-out",
    [USER_NOTE_LOCKED] = "user.locked",       [USER_NOTE_CODE] = "user.code",
    [USER_NOTE_ADDED] = "user.added",         [USER_NOTE_CHANGED] = "user.changed",
    [USER_NOTE_REMOVED] = "user.removed",     [USER_NOTE_LINK] = "user.link",
    [USER_NOTE_SET_UP] = "user.set-up",       [USER_NOTE_PASSWORD] = "user.password",
    [USER_NOTE_TOKEN_ADDED] = "token.added",  [USER_NOTE_TOKEN_REVOKED] = "token.revoked",
};

static bool text_code(const struct context *c)
{
    const struct event *e = c->event;
    const int who = e->operator_id.size ? roster_operator_by_id(c->roster, e->operator_id) : -1;

    if (who < 0 || !c->roster->line_count)
        return false;
    const struct roster_operator *o = &c->roster->operators[who];
    outgoing_text(c,
                  &(struct outgoing){
                      .kind = MESSAGE_NOTICE,
                      .class = OUTBOX_URGENT,
                      .line = shift_line(c, who)->number,
                      .to = o->phone,
                      .operator_id = o->id,
                      .body = words_sign_in(c->facts->arena, span_of(c->roster->name), e->digits),
                      .shown = SPAN("(a code to sign in)"),
                      .origin = ORIGIN_SYSTEM,
                      .expires_ms = c->facts->now_ms + USER_NOTE_CODE_MS,
                  });
    return true;
}

enum err account_note(const struct context *c)
{
    const struct event *e = c->event;
    const char *detail = arena_text(c->facts->arena, e->body);

    c->answer->kind = ANSWER_DONE;
    if (e->user_note == USER_NOTE_CODE && !text_code(c))
        return ERR_NONE;
    if (e->user_note == USER_NOTE_LOCKED)
        context_alarm(c, kinds[e->user_note], 0, e->user, detail);
    else
        context_log(c, kinds[e->user_note], 0, e->user, NULL, detail);
    return ERR_NONE;
}
