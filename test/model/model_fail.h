/* test/model/model_fail.h - how a story ends that breaks a promise.
 *
 * It is told once more, event by event, from its seed alone; then the program ends with 1.
 */
#ifndef MODEL_FAIL_H
#define MODEL_FAIL_H

/* Ends the story; never returns. */
__attribute__((format(printf, 1, 2), noreturn)) void model_fail(const char *format, ...);

/* `...` says what is not so, for printf. */
#define MUST(x, ...) ((x) ? (void)0 : model_fail(__VA_ARGS__))

#endif
