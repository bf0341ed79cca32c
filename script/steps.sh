# shellcheck shell=bash
# Read by the other scripts: goes to the project's folder and gives them `say` and `step`.
# A step prints one line; what it prints itself goes to a log, whose tail is shown on failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

steps_log=build/log/${0##*/}.log
mkdir -p "${steps_log%/*}"
: >"$steps_log"

say() { printf '%s\n' "$*"; }

# step WORDS COMMAND...: runs the command; its exit status is the command's.
step() {
    local words=$1 begin=$SECONDS status=0 from
    shift
    from=$(($(wc -l <"$steps_log") + 1))
    printf '%s ... ' "$words"
    printf '+ %s\n' "$*" >>"$steps_log"
    "$@" >>"$steps_log" 2>&1 </dev/null || status=$?
    if [ "$status" -eq 0 ]; then
        say "done, $((SECONDS - begin)) s"
    else
        say "FAILED (exit status $status); the end of $steps_log:"
        tail -n "+$from" "$steps_log" | tail -n 25 | sed 's/^/    /'
    fi
    return "$status"
}
