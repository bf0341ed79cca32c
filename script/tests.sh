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
    NEXTRING_TEST_DATABASE=${test_database-} CMOCKA_MESSAGE_OUTPUT=TAP \
        meson test -C "$folder" --no-rebuild --print-errorlogs \
        --timeout-multiplier 5 "${suites[@]}" || true
    counts=$(tools/count-tests meson "$folder/meson-logs/testlog.json") || counts='0 1'
    add "$counts"
}

# start_postgres: a server of the tests' own, named to them by NEXTRING_TEST_DATABASE, until the
# script ends. Without one the tests that need it are left out, and that counts as a failure.
start_postgres() {
    postgres_folder=$(mktemp -d)
    trap stop_postgres EXIT
    step 'Starting PostgreSQL (script/postgres)' write_address || add '0 1'
    test_database=$(cat build/log/postgres.address)
}

write_address() {
    : >build/log/postgres.address
    chmod 600 build/log/postgres.address
    script/postgres start "$postgres_folder" >build/log/postgres.address
}

stop_postgres() {
    rm -f build/log/postgres.address
    [ ! -d "$postgres_folder/data" ] || script/postgres stop "$postgres_folder" || true
    rm -rf "$postgres_folder"
}

# The end-to-end tests that run with the state in PostgreSQL, too: all that is stored and read
# stands in one of them. Whatever looks at the carrier's side, at pages or at texts alone is the
# same on both.
postgres_tests=(acts board_api caller catchup cli_tail crew guests job_links job_story jobs keeping kill
    links log move nodes nodes_kill official outside overlap presses publish reconcile recording
    report roster_edit scenarios search shifts smoke sources spoken startup storm stream tenants
    timeline together users who)

# node_run WORDS TAP SECONDS FILE...: some end-to-end tests; their results go to TAP.
node_run() {
    local words=$1 tap=$2 seconds=$3 counts status=0
    shift 3
    [ $# -gt 0 ] || return 0
    say "$words: $*"
    timeout "$seconds" node --test --test-concurrency=2 --test-reporter=tap "$@" >"$tap" 2>&1 ||
        status=$?
    [ "$status" -ne 124 ] || { say "They took more than $((seconds / 60)) minutes." && add '0 1'; }
    grep -E '^ *(not )?ok ' "$tap" || true
    counts=$(tools/count-tests node "$tap") || counts='0 1'
    [ "${counts#* }" = 0 ] ||
        sed -E '/^ *(ok |#|---|\.\.\.|duration_ms|type:)/d' "$tap" | sed -n 1,80p
    add "$counts"
}

# node_tests FOLDER: the end-to-end tests with the programs of that build folder, and some of them
# once more on PostgreSQL.
node_tests() {
    local files name again=()
    mapfile -t files < <(find test/node -name '*.test.js' 2>/dev/null | sort)
    for name in "${postgres_tests[@]}"; do
        [ ! -e "test/node/$name.test.js" ] || again+=("test/node/$name.test.js")
    done
    export NEXTRING_BUILD=$1
    NEXTRING_TEST_DATABASE='' node_run 'Node tests' build/log/node.tap 1380 "${files[@]}"
    [ -z "${test_database-}" ] || NEXTRING_TEST_DATABASE=$test_database \
        node_run 'Node tests on PostgreSQL' build/log/node-postgres.tap 600 "${again[@]}"
}

finish() {
    say "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
