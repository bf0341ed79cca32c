#include "simload/load_report.h"

#include <stdio.h>
#include <string.h>

enum { FIGURES_MAX = 40, BUSY_PERCENT = 80, TELLING_US = 1000 };

struct figure {
    const char *name;
    double value;
    int decimals;
};

struct figures {
    struct figure list[FIGURES_MAX];
    size_t count;
};

/* clang-format off */
static const struct {
    const char *name, *words;
    double percent;
} points[] = {
    {"p50_us",    "p50",    50},   {"p75_us",  "p75",   75},   {"p90_us",   "p90",    90},
    {"p95_us",    "p95",    95},   {"p99_us",  "p99",   99},   {"p99.9_us", "p99.9",  99.9},
    {"p99.99_us", "p99.99", 99.99}, {"max_us", "max",   100},
};
/* clang-format on */

enum { POINTS = sizeof points / sizeof points[0] };

static void add(struct figures *f, const char *name, double value, int decimals)
{
    if (f->count < FIGURES_MAX)
        f->list[f->count++] = (struct figure){name, value, decimals};
}

static struct figures figures_of(const struct load_report *r)
{
    const struct load_run_result *x = r->result;
    struct figures f = {.count = 0};

    add(&f, "rate", r->per_second, 0);
    add(&f, "req_s", (double)x->good / x->seconds, 0);
    for (size_t i = 0; i < POINTS; i++)
        add(&f, points[i].name, load_stats_us(&x->times, points[i].percent), 0);
    add(&f, "service_p50_us", load_stats_us(&x->service, 50), 0);
    add(&f, "service_p99_us", load_stats_us(&x->service, 99), 0);
    add(&f, "cpu_us", (r->after.cpu_s - r->before.cpu_s) / (x->good ? (double)x->good : 1) * 1e6,
        2);
    add(&f, "peak_kb", (double)r->after.peak_kb, 0);
    add(&f, "good", (double)x->good, 0);
    add(&f, "bad", (double)load_run_bad(x), 0);
    for (int i = 0; i < LOAD_FAULTS; i++)
        add(&f, load_fault_name((enum load_fault)i), (double)x->faults[i], 0);
    add(&f, "own_cpu_s", r->own_cpu_s, 2);
    add(&f, "seconds", x->seconds, 2);
    return f;
}

void load_report_begin(enum load_form form, const char *words)
{
    if (form == LOAD_FORM_JSON)
        printf("[");
    if (form != LOAD_FORM_PEOPLE)
        return;
    printf("%s\n\n%9s %10s", words, "rate/s", "answered/s");
    for (size_t i = 0; i < POINTS; i++)
        printf(" %9s", points[i].words);
    printf(" %9s\n", "wrong");
}

static void print_milliseconds(double us)
{
    printf(" %6.*f ms", us < 10000 ? 2 : us < 100000 ? 1 : 0, us / 1000);
}

static void print_faults(const struct load_run_result *x)
{
    for (int i = 0; i < LOAD_FAULTS; i++)
        if (x->faults[i])
            printf("%21s %llu\n", load_fault_name((enum load_fault)i),
                   (unsigned long long)x->faults[i]);
    for (int code = 0; x->faults[LOAD_STATUS] && code < LOAD_RUN_CODES; code++)
        if (x->codes[code])
            printf("%15s HTTP %d %llu\n", "", code, (unsigned long long)x->codes[code]);
}

static void print_for_people(const struct load_report *r)
{
    const struct load_run_result *x = r->result;
    const double busy = r->own_cpu_s / x->seconds * 100;
    char rate[16] = "closed";

    if (r->per_second > 0)
        snprintf(rate, sizeof rate, "%.0f", r->per_second);
    printf("%9s %10.0f", rate, (double)x->good / x->seconds);
    for (size_t i = 0; i < POINTS; i++)
        print_milliseconds(load_stats_us(&x->times, points[i].percent));
    printf(" %9llu\n", (unsigned long long)load_run_bad(x));
    if (r->per_second > 0 &&
        load_stats_us(&x->times, 99) > load_stats_us(&x->service, 99) + TELLING_US) {
        printf("%20s", "once sent");
        for (size_t i = 0; i < POINTS; i++)
            print_milliseconds(load_stats_us(&x->service, points[i].percent));
        puts("");
    }
    print_faults(x);
    if (busy > BUSY_PERCENT)
        printf("  this program itself used %.0f %% of a processor: the figures may be its own\n",
               busy);
}

static void print_list(const struct figures *f, const char *quote, const char *is,
                       const char *between)
{
    for (size_t i = 0; i < f->count; i++)
        printf("%s%s%s%s%s%.*f", i ? between : "", quote, f->list[i].name, quote, is,
               f->list[i].decimals, f->list[i].value);
}

void load_report_step(enum load_form form, const struct load_report *report, bool first)
{
    const struct figures f = figures_of(report);

    switch (form) {
    case LOAD_FORM_PEOPLE:
        print_for_people(report);
        break;
    case LOAD_FORM_JSON:
        fputs(first ? "{" : ",\n{", stdout);
        print_list(&f, "\"", ":", ",");
        fputs("}", stdout);
        break;
    case LOAD_FORM_FIGURES:
    case LOAD_FORMS:
        print_list(&f, "", "=", " ");
        puts("");
        break;
    }
    fflush(stdout);
}

void load_report_end(enum load_form form)
{
    if (form == LOAD_FORM_JSON)
        puts("]");
}
