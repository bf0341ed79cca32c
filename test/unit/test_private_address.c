#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "net/private_address.h"

static const struct {
    const char *address;
    bool is_private;
    const char *says;
} rows[] = {
    {"0.0.0.0", true, "nowhere, which is the machine itself"},
    {"0.255.255.255", true, "the end of this network"},
    {"1.0.0.0", false, "the first public address"},
    {"9.255.255.255", false, "below the private block of 10"},
    {"10.0.0.0", true, "the private block of 10"},
    {"10.255.255.255", true, "its end"},
    {"11.0.0.0", false, "above it"},
    {"100.63.255.255", false, "below a provider's own addresses"},
    {"100.64.0.0", true, "a provider's own addresses"},
    {"100.127.255.255", true, "their end"},
    {"100.128.0.0", false, "above them"},
    {"127.0.0.1", true, "loopback"},
    {"127.255.255.254", true, "loopback, all of it"},
    {"128.0.0.1", false, "above loopback"},
    {"169.253.255.255", false, "below link-local"},
    {"169.254.169.254", true, "a cloud's metadata"},
    {"169.255.0.0", false, "above link-local"},
    {"172.15.255.255", false, "below the private block of 172"},
    {"172.16.0.0", true, "the private block of 172"},
    {"172.31.255.255", true, "its end"},
    {"172.32.0.0", false, "above it"},
    {"192.0.0.8", true, "protocol assignments"},
    {"192.0.1.0", false, "above protocol assignments"},
    {"192.0.2.1", true, "documentation"},
    {"192.88.99.1", true, "relays of old"},
    {"192.167.255.255", false, "below the private block of 192"},
    {"192.168.0.1", true, "the private block of 192"},
    {"192.169.0.0", false, "above it"},
    {"198.17.255.255", false, "below the benchmarks"},
    {"198.19.255.255", true, "benchmarks"},
    {"198.20.0.0", false, "above the benchmarks"},
    {"198.51.100.7", true, "documentation"},
    {"203.0.113.7", true, "documentation"},
    {"223.255.255.255", false, "below multicast"},
    {"224.0.0.1", true, "multicast"},
    {"239.255.255.255", true, "its end"},
    {"240.0.0.1", true, "reserved"},
    {"255.255.255.255", true, "broadcast"},
    {"::", true, "nowhere"},
    {"::1", true, "loopback"},
    {"::127.0.0.1", true, "IPv4 in the form of old"},
    {"::ffff:127.0.0.1", true, "mapped loopback"},
    {"::ffff:10.0.0.1", true, "a mapped private address"},
    {"::ffff:8.8.8.8", true, "mapped, and so nothing that a name server gives"},
    {"64:ff9b::8.8.8.8", false, "a public address behind NAT64"},
    {"64:ff9b::127.0.0.1", true, "loopback behind NAT64"},
    {"64:ff9b::10.1.2.3", true, "a private address behind NAT64"},
    {"64:ff9b:1::8.8.8.8", true, "a network's own NAT64"},
    {"100::1", true, "the black hole"},
    {"1fff:ffff::1", true, "below what is given out"},
    {"2001::1", true, "Teredo"},
    {"2001:1ff:ffff::1", true, "the end of the protocol assignments"},
    {"2001:200::1", false, "above them"},
    {"2001:db8::1", true, "documentation"},
    {"2001:4860:4860::8888", false, "a public address"},
    {"2002:7f00:1::1", true, "loopback by 6to4"},
    {"2002:808:808::1", true, "6to4 at all"},
    {"2a00:1450::1", false, "another public address"},
    {"3fff:fff::1", true, "documentation"},
    {"3fff:1000::1", false, "above it"},
    {"4000::1", true, "above what is given out"},
    {"5f00::1", true, "segment routing"},
    {"fc00::1", true, "a local network's own"},
    {"fdff:ffff::1", true, "the end of these"},
    {"fe80::1", true, "link-local"},
    {"fec0::1", true, "site-local"},
    {"ff02::1", true, "multicast"},
};

static bool judge(const char *address)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
        return private_address_is((const struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
    return private_address_is((const struct sockaddr *)&v6);
}

static void each_address_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (judge(rows[i].address) != rows[i].is_private)
            fail_msg("%s: %s", rows[i].address, rows[i].says);
        if (private_address_is_text(rows[i].address) != rows[i].is_private)
            fail_msg("%s as text: %s", rows[i].address, rows[i].says);
    }
}

static void what_is_no_address_of_the_internet_is_private(void **state)
{
    static const char *const texts[] = {
        "",           "localhost", "8.8.8",
        "8.8.8.8.",   "08.8.8.8",  " 8.8.8.8",
        "0x7f000001", "[2a00::1]", "1:2:3:4:5:6:7:8:1:2:3:4:5:6:7:8:1:2:3:4:5:6:7:8"};
    const struct sockaddr_un local = {.sun_family = AF_UNIX};

    (void)state;
    assert_true(private_address_is((const struct sockaddr *)&local));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!private_address_is_text(texts[i]))
            fail_msg("\"%s\"", texts[i]);
}

static void an_interface_is_left_out(void **state)
{
    (void)state;
    assert_true(private_address_is_text("fe80::1%eth0"));
    assert_false(private_address_is_text("2a00::1%eth0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_address_is_judged),
        cmocka_unit_test(what_is_no_address_of_the_internet_is_private),
        cmocka_unit_test(an_interface_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
