// What every command says of itself, from the one table: --help, the refusal of what it does not
// know, completion in three shells, and the pages that are printed from it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { build } from './stage.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const program = path.join(build, 'nextring');
function run(command, args, env = {}) {
  const how = spawnSync(command, args, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...env }, encoding: 'utf8', timeout: 30000 });
  assert.ok(!how.error, String(how.error));
  return how;
}
const nextring = (...args) => run(program, args);
const commands = nextring('--help').stdout.match(/^ {2}nextring (\S+)/gm).map((l) => l.trim().split(' ')[1]);
const helps = new Map();
const helpOf = (command) => helps.get(command) ?? helps.set(command, nextring(command, '--help').stdout).get(command);
const optionsOf = (command) => [...helpOf(command).matchAll(/^ {2}--([a-z-]+)/gm)].map((m) => m[1]);

test('all of the design\'s commands are there', () => {
  for (const name of ['serve', 'demo', 'check', 'doctor', 'provision', 'signature', 'segments', 'twiml', 'who', 'tail', 'thread',
    'job', 'ack', 'send', 'export', 'token', 'user', 'migrate', 'health', 'completion'])
    assert.ok(commands.includes(name), name);
  assert.equal(new Set(commands).size, commands.length);
});

describe('help', () => {
  for (const name of commands)
    test(name, () => {
      const { status, stdout, stderr } = nextring(name, '--help');
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, new RegExp(`^nextring ${name} - [^\n]+[^.\n]\n\nUsage: nextring ${name}\\b`));
      for (const part of ['\nOptions:\n', ...(['serve', 'demo', 'completion'].includes(name) ? [] : ['\n  --json ']), '\n  --help ', '\nExamples:\n', '\nExit status: 0: '])
        assert.ok(stdout.includes(part), `${part} is not in ${stdout}`);
      assert.ok(/2: .*3: /.test(stdout), stdout);
      assert.equal(nextring('help', name).stdout, stdout);
      assert.equal(nextring(name, 'whatever', '-h').stdout, stdout);
    });
});

test('every option in a usage line is in the table of options', () => {
  for (const name of commands) {
    const usage = helpOf(name).split('\n\n')[1];
    const known = optionsOf(name);
    for (const [, option] of usage.matchAll(/--([a-z][a-z-]+)/g)) assert.ok(known.includes(option), `${name}: ${option}`);
  }
});

test('an option that is unknown is refused, with the nearest that there is', () => {
  for (const [args, meant] of [
    [['relay', '--tenent', 'x'], '--tenant'], [['who', '--lien', 'x'], '--line'], [['tail', '--jsn'], '--json'],
    [['thread', '--dta', 'x'], '--data'], [['job', 'add', '--customer-fone', 'x'], '--customer-phone'],
  ]) {
    const { status, stdout, stderr } = nextring(...args);
    assert.deepEqual([status, stdout], [2, ''], stderr);
    assert.match(stderr, /^nextring: [^\n]+\n$/);
    assert.ok(stderr.includes(`is ${meant} meant?`), stderr);
  }
  for (const [args, words] of [
    [['relay', '--frobnicate'], "'--frobnicate'"], [['relay', '-x'], "'-x'"], [['relay', '--state'], '--state wants a value'],
    [['thread', '--texts=1'], '--texts takes no value'], [['tial'], 'is tail meant?'], [['help', 'tial'], 'is tail meant?'],
    [['completion', 'csh'], 'bash, zsh or fish'], [['completion'], 'bash, zsh or fish'],
  ]) {
    const { status, stderr } = nextring(...args);
    assert.equal(status, 2, stderr);
    assert.ok(stderr.includes(words), stderr);
  }
});

test('options may stand anywhere, and a lone -- ends them', () => {
  const none = { NEXTRING_DATA: path.join(folder, 'none') };
  for (const args of [['thread', '--tenant', 'x', 'abc'], ['thread', 'abc', '--tenant=x'], ['thread', '--texts', '--', 'abc']]) {
    const { status, stderr } = run(program, args, none);
    assert.equal(status, 3, stderr); // understood: there is no daemon
    assert.match(stderr, /control\.sock/);
  }
});

const script = (shell) => {
  const file = path.join(folder, `completion.${shell}`);
  const { status, stdout } = nextring('completion', shell);
  assert.equal(status, 0);
  fs.writeFileSync(file, stdout);
  return file;
};
// Of each line, a command and what is offered behind it: all of the command's options are there.
function haveAll(lines) {
  const offered = new Map(lines.trimEnd().split('\n').map((l) => [l.split(' ')[0], l.split(' ').slice(1)]));
  for (const command of commands)
    assert.deepEqual(optionsOf(command).filter((o) => !offered.get(command)?.includes(`--${o}`)), [], command);
}
const has = (shell) => spawnSync(shell, ['-c', 'exit 0']).status === 0;
const last = (words) => words.trimEnd().split('\n').map((l) => l.split('\t')[0].trim()).filter((l) => l).sort();

test('completion in bash', () => {
  const file = script('bash');
  const complete = (...words) => last(run('bash', ['--norc', '-c',
    `source "$0"; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nextring; printf '%s\\n' "\${COMPREPLY[@]}"`,
    file, 'nextring', ...words]).stdout);
  assert.deepEqual(complete('us'), ['user']);
  for (const command of commands) assert.ok(complete('').includes(command), command);
  assert.deepEqual(complete('user', ''), ['add', 'disable', 'enable', 'link', 'list']);
  assert.deepEqual(complete('token', 'add', '--role', ''), ['admin', 'dispatcher', 'viewer']);
  assert.deepEqual(complete('token', 'add', '--role', '=', 'v'), ['viewer']);
  assert.deepEqual(complete('token', 'add', '--role', '='), ['admin', 'dispatcher', 'viewer']);
  assert.deepEqual(complete('relay', '--st'), ['--state']);
  assert.deepEqual(complete('relay', '--pub'), ['--public-url', '--publish']);
  assert.deepEqual(complete('serve', '--publish', ''), ['no', 'yes']);
  fs.writeFileSync(path.join(folder, 'a roster.json'), '{}');
  assert.deepEqual(complete('roster', 'put', 'a r'), ['a roster.json']);
  const all = run('bash', ['--norc', '-c', `source "$0"; compopt() { :; }; for c in "$@"; do
    COMP_WORDS=(nextring "$c" --); COMP_CWORD=2; _nextring; echo "$c \${COMPREPLY[*]}"; done`, file, ...commands]).stdout;
  haveAll(all);
});

test('completion in fish', { skip: !has('fish') && 'there is no fish' }, () => {
  const file = script('fish');
  const complete = (line) => last(run('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`]).stdout);
  assert.deepEqual(complete('nextring us'), ['user']);
  assert.deepEqual(complete('nextring user '), ['add', 'disable', 'enable', 'link', 'list']);
  assert.deepEqual(complete('nextring token add --role '), ['admin', 'dispatcher', 'viewer']);
  haveAll(run('fish', ['--no-config', '-c',
    `source ${file}; for c in $argv; echo $c (complete -C "nextring $c --" | cut -f 1); end`, ...commands]).stdout);
});

test('completion in zsh', { skip: !has('zsh') && 'there is no zsh' }, () => {
  const file = script('zsh');
  assert.equal(run('zsh', ['-n', file]).status, 0);
  // What is handed to the shell's own functions.
  const asked = (...words) => run('zsh', ['-f', '-c', `
    compdef() { }
    source "$0"
    _describe() { print -rl -- $commands }
    _arguments() { print -rl -- "$@" }
    words=("$@")
    CURRENT=$#
    _nextring`, file, 'nextring', ...words]).stdout.trimEnd().split('\n');
  assert.deepEqual(asked('').map((l) => l.split(':')[0]).sort(), [...commands].sort());
  assert.ok(asked('user', '').includes('1:what:(list add link disable enable)'));
  assert.ok(asked('token', 'add', '').some((l) => /^\*--role=\[.*\]:ROLE:\(viewer dispatcher admin\)$/.test(l)));
  haveAll(run('zsh', ['-f', '-c', `
    compdef() { }
    source "$0"
    _arguments() { print -r -- "$command" "\${@%%\\[*}" }
    for command in "$@"; do words=(nextring $command ''); CURRENT=3; _nextring; done`, file, ...commands]).stdout.replaceAll(/\*?(--[a-z0-9-]+)=?/g, '$1'));
});

test('the printed pages have every command and every setting', () => {
  const page = (name) => run(path.join(build, 'nextring-docs'), [name]).stdout;
  const text = page('commands'), manual = page('man-commands');
  for (const command of commands) {
    assert.ok(text.includes(`\n### nextring ${command}\n`), command);
    assert.ok(manual.includes(`\n## nextring ${command}\n`), command);
    for (const option of optionsOf(command).filter((o) => !['json', 'help'].includes(o)))
      assert.ok(text.includes(`| \`--${option}`) && manual.includes(`*--${option}*`), `${command} --${option}`);
  }
  const settings = JSON.parse(nextring('check', '--settings', '--json').stdout).settings.map((s) => s.name);
  for (const name of settings) assert.ok(page('settings').includes(`| \`${name}\` |`), name);
  assert.equal(run(path.join(root, 'tools/timeouts-page'), []).status, 0);
});
