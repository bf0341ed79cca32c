#include "simplay/play_report.h"

#include <string.h>

#include "simplay/play_timeline.h"

bool play_report_is_good(const struct play_outcome *o)
{
    return !o->why && o->missed == 0;
}

static struct span line_of(const struct play_verdict *v)
{
    struct span rest;

    return span_trim(span_cut(v->statement->text, '\n', &rest));
}

static void print_verdict(FILE *to, const char *path, const struct play_verdict *v)
{
    char time[PLAY_TIME_SIZE];

    play_timeline_time(v->at_ms, time);
    if (v->held)
        fprintf(to, "  ok      %s:%d  %s  %.*s\n", path, v->statement->line, time,
                SPAN_ARG(line_of(v)));
    else
        fprintf(to, "  MISSED  %s:%d  %s  %.*s\n          instead: %s\n", path, v->statement->line,
                time, SPAN_ARG(line_of(v)), v->instead);
}

void play_report_print(FILE *to, const char *path, const struct play_outcome *o, bool all)
{
    char time[PLAY_TIME_SIZE];

    play_timeline_time(o->played_ms, time);
    fprintf(to, "%-7s %s  %zu of %zu expectations, %s of its clock  %.*s\n",
            play_report_is_good(o) ? "ok" : "FAILED", path, o->verdict_count - o->missed,
            o->verdict_count, time, SPAN_ARG(o->about));
    for (size_t i = 0; i < o->verdict_count; i++)
        if (all || !o->verdicts[i].held)
            print_verdict(to, path, &o->verdicts[i]);
    if (o->why && o->why_line)
        fprintf(to, "  STOPPED %s:%d: %s\n", path, o->why_line, o->why);
    else if (o->why)
        fprintf(to, "%s%s", o->why, strchr(o->why, '\n') ? "" : "\n");
}

void play_report_json(struct json_out *out, const char *path, const struct play_outcome *o)
{
    json_out_object(out, NULL);
    json_out_text(out, "file", span_of(path));
    json_out_text(out, "about", o->about);
    json_out_bool(out, "ok", play_report_is_good(o));
    json_out_number(out, "played_ms", o->played_ms);
    json_out_text_or_null(out, "stopped", o->why ? span_of(o->why) : (struct span){0});
    json_out_number(out, "stopped_line", o->why_line);
    json_out_list(out, "expectations");
    for (size_t i = 0; i < o->verdict_count; i++) {
        const struct play_verdict *v = &o->verdicts[i];
        json_out_object(out, NULL);
        json_out_number(out, "line", v->statement->line);
        json_out_text(out, "words", line_of(v));
        json_out_bool(out, "ok", v->held);
        json_out_number(out, "at_ms", v->at_ms);
        json_out_text_or_null(out, "instead", v->held ? (struct span){0} : span_of(v->instead));
        json_out_end_object(out);
    }
    json_out_end_list(out);
    json_out_end_object(out);
}
