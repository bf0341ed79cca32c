/* base/err.h - the one error type: its value says what to do.
 *
 * 0 is success. BAD_INPUT, DENIED, NOT_FOUND, CONFLICT and FULL go back to the peer;
 * BUSY is tried later; UNSURE may have happened, so look before trying again; BROKEN is
 * our side and raises the alarm.
 * Threads: any.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
    ERR_NONE,
    ERR_BAD_INPUT,
    ERR_DENIED,
    ERR_NOT_FOUND,
    ERR_CONFLICT,
    ERR_FULL,
    ERR_BUSY,
    ERR_UNSURE,
    ERR_BROKEN,
    ERRS
};

#define MUST_USE __attribute__((warn_unused_result))

/* Returns the word for `e`, static; "unknown" outside the enum. */
const char *err_name(enum err e);

#endif
