# shellcheck shell=bash
# Sourced by script/test and script/asan: running tests and counting them. Needs steps.sh.

passed=0 failed=0

# one WORDS COMMAND...: a step that counts as one test.
one() {
    if step "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# add COUNTS: COUNTS is "P F", as tools/count-tests prints it.
add() {
    passed=$((passed + ${1% *})) failed=$((failed + ${1#* }))
}

# c_tests FOLDER [SUITE...]: the C tests of a build folder: all, or those of the suites.
c_tests() {
    local folder=$1
    shift
    local suites=() suite counts
    for suite in "$@"; do suites+=(--suite "$suite"); done
    rm -f "$folder/meson-logs/testlog.json"
    # What meson's exit status says, the count says too.
    CMOCKA_MESSAGE_OUTPUT=TAP meson test -C "$folder" --no-rebuild --print-errorlogs \
        --timeout-multiplier 5 "${suites[@]}" || true
    counts=$(tools/count-tests meson "$folder/meson-logs/testlog.json") || counts='0 1'
    add "$counts"
}

# node_tests FOLDER: the end-to-end tests with the programs of that build folder.
node_tests() {
    local tap=build/log/node.tap files counts
    mapfile -t files < <(find test/node -name '*.test.js' 2>/dev/null | sort)
    [ "${#files[@]}" -gt 0 ] || return 0
    say "Node tests: ${files[*]}"
    local status=0
    NEXTRING_BUILD=$1 timeout 1380 node --test --test-concurrency=2 --test-reporter=tap \
        "${files[@]}" >"$tap" 2>&1 || status=$?
    [ "$status" -ne 124 ] || { say 'The node tests took more than 23 minutes.' && add '0 1'; }
    grep -E '^ *(not )?ok ' "$tap" || true
    counts=$(tools/count-tests node "$tap") || counts='0 1'
    [ "${counts#* }" = 0 ] ||
        grep -v -E '^ *(ok |#|---|\.\.\.|duration_ms|type:)' "$tap" | head -n 80
    add "$counts"
}

finish() {
    say "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
