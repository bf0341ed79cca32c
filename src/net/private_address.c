#include "net/private_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { V4_BYTES = 4, V6_BYTES = 16, TEXT_SIZE = INET6_ADDRSTRLEN };

struct prefix {
    uint8_t bytes[V6_BYTES];
    unsigned bits;
};

/* clang-format off */
static const struct prefix v4_private[] = {
    {{0}, 8},               /* this network: 0.0.0.0 reaches the machine itself */
    {{10}, 8},
    {{100, 64}, 10},        /* behind a provider's address translation */
    {{127}, 8},             /* loopback */
    {{169, 254}, 16},       /* link-local, with the clouds' metadata services */
    {{172, 16}, 12},
    {{192, 0, 0}, 24},      /* protocol assignments */
    {{192, 0, 2}, 24},      /* documentation */
    {{192, 88, 99}, 24},    /* relays between IPv6 and IPv4 */
    {{192, 168}, 16},
    {{198, 18}, 15},        /* benchmarks */
    {{198, 51, 100}, 24},   /* documentation */
    {{203, 0, 113}, 24},    /* documentation */
    {{224}, 4},             /* multicast */
    {{240}, 4},             /* reserved, and broadcast */
};
static const struct prefix v6_public = {{0x20}, 3}; /* all that is given out as global unicast */
static const struct prefix v6_private[] = {
    {{0x20, 0x01}, 23},             /* protocol assignments, Teredo among them */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},             /* 6to4: holds an IPv4 address */
    {{0x3f, 0xff}, 20},             /* documentation */
};
static const struct prefix nat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};
/* clang-format on */

static bool is_in(const uint8_t *address, const struct prefix *p)
{
    const unsigned whole = p->bits / 8, rest = p->bits % 8;

    if (memcmp(address, p->bytes, whole) != 0)
        return false;
    return rest == 0 || (address[whole] ^ p->bytes[whole]) >> (8 - rest) == 0;
}

static bool is_in_any(const uint8_t *address, const struct prefix *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_in(address, &list[i]))
            return true;
    return false;
}

static bool is_private_v4(const uint8_t *address)
{
    return is_in_any(address, v4_private, sizeof v4_private / sizeof *v4_private);
}

static bool is_private_v6(const uint8_t *address)
{
    if (is_in(address, &nat64))
        return is_private_v4(address + V6_BYTES - V4_BYTES);
    return !is_in(address, &v6_public) ||
           is_in_any(address, v6_private, sizeof v6_private / sizeof *v6_private);
}

bool private_address_is(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        uint8_t bytes[V4_BYTES];
        memcpy(&v4, address, sizeof v4);
        memcpy(bytes, &v4.sin_addr, sizeof bytes);
        return is_private_v4(bytes);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        return is_private_v6(v6.sin6_addr.s6_addr);
    }
    return true;
}

bool private_address_is_text(const char *address)
{
    const size_t size = strcspn(address, "%"); /* what follows names an interface */
    char text[TEXT_SIZE] = "";
    uint8_t bytes[V6_BYTES];

    if (size >= sizeof text)
        return true;
    memcpy(text, address, size);
    if (inet_pton(AF_INET, text, bytes) == 1)
        return is_private_v4(bytes);
    if (inet_pton(AF_INET6, text, bytes) == 1)
        return is_private_v6(bytes);
    return true;
}
