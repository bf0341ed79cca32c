#include "visit/password.h"

#include <string.h>

#include "base/utf8.h"
#include "vault/crypt.h"

/* Of no password: its second half is drawn by lot. */
static const char nobodys[] = "$argon2id$v=19$m=65536,t=2,p=1$Rzd4emahrdA63aW0/rkE3Q"
                              "$3PeGSGX0tRc/aNLa5PDH1tNBiQpYvICVVuG5VsSTXzU";

/* Long enough to be taken, and yet what lists of stolen passwords begin with. */
static const char *const tried_first[] = {
    "1234567890",    "0123456789",   "0987654321",  "qwertyuiop",       "password12",
    "password123",   "password1234", "passw0rd123", "letmein123",       "iloveyou12",
    "administrator", "changeme123",  "welcome123",  "qwerty12345",      "qwerty123456",
    "123456789a",    "1q2w3e4r5t",   "nextring123", "nextringnextring",
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_one_character(struct span password)
{
    for (size_t i = 1; i < password.size; i++)
        if (password.data[i] != password.data[i % utf8_take(password, &(uint32_t){0})])
            return false;
    return true;
}

static bool holds_nothing_else(struct span password, struct span word)
{
    size_t at = 0;

    if (!word.size || word.size > password.size)
        return false;
    for (size_t i = 0; i < password.size; i++) {
        const char c = lower(password.data[i]);
        if (c == lower(word.data[at % word.size]))
            at++;
        else if (at && at % word.size == 0 && (c < 'a' || c > 'z'))
            continue; /* figures and signs after the word */
        else
            return false;
    }
    return at > 0 && at % word.size == 0;
}

static bool is_tried_first(struct span password)
{
    for (size_t i = 0; i < sizeof tried_first / sizeof tried_first[0]; i++)
        if (span_is_nocase(password, span_of(tried_first[i])))
            return true;
    return false;
}

const char *password_judge(struct span password, struct span login, struct span name,
                           struct span business)
{
    if (!utf8_is_valid(password))
        return "a password is text";
    const size_t characters = utf8_count(password);
    if (characters < PASSWORD_CHARACTERS_MIN)
        return "a password has at least 10 characters";
    if (characters > PASSWORD_CHARACTERS_MAX)
        return "a password has at most 200 characters";
    if (memchr(password.data, 0, password.size))
        return "a password is text";
    if (is_one_character(password))
        return "one character again and again is no password";
    if (holds_nothing_else(password, login))
        return "the login is no password";
    if (holds_nothing_else(password, name) || holds_nothing_else(password, business))
        return "a name that others know is no password";
    if (is_tried_first(password))
        return "this password is one of those that are tried first";
    return NULL;
}

enum err password_hash(struct span password, char out[PASSWORD_HASH_SIZE])
{
    _Static_assert((int)PASSWORD_HASH_SIZE == (int)CRYPT_PASSWORD_SIZE, "the same notation");

    return crypt_password(password, out);
}

bool password_is(const char *hash, struct span password)
{
    return crypt_password_is(*hash ? hash : nobodys, password) && *hash;
}
