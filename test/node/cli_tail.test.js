// nextring tail, send and health beside a running daemon: a line an event, narrowed, and on behind
// the last event when the daemon goes and comes back.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { CUSTOMER, LINE, OTHERS, Stage, alwaysOnCall, build } from './stage.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const SECOND = '+16195550101';
let stage;
const env = () => ({ NEXTRING_DATA: path.join(stage.folder, 'data'), TZ: 'America/Los_Angeles' });
function nextring(args, { input = '', ...more } = {}) {
  const { status, stdout, stderr } = spawnSync(path.join(build, 'nextring'), args,
    { env: { ...env(), ...more }, input, encoding: 'utf8', timeout: 30000 });
  return { status, stdout, stderr, said: `${args.join(' ')}: ${status}\n${stdout}${stderr}` };
}
function did(run) {
  assert.equal(run.status, 0, run.said);
  return run.stdout;
}
const latest = (...args) => did(nextring(['tail', '--no-follow', '--last', '500', ...args])).trimEnd().split('\n');

// A tail that goes on; `until` resolves when its lines satisfy what is asked.
function follow(...args) {
  const child = spawn(path.join(build, 'nextring'), ['tail', ...args], { env: env(), stdio: ['ignore', 'pipe', 'pipe'] });
  process.on('exit', () => child.kill('SIGKILL'));
  const tail = { child, out: '', err: '', wants: [] };
  const look = () => {
    tail.wants = tail.wants.filter(({ is, done }) => !is(tail) || done());
  };
  child.stdout.on('data', (part) => { tail.out += part; look(); });
  child.stderr.on('data', (part) => { tail.err += part; look(); });
  tail.ended = new Promise((done) => child.on('exit', (code, signal) => done(signal ?? code)));
  tail.until = (is) => new Promise((resolve) => {
    if (is(tail)) resolve();
    else tail.wants.push({ is, done: () => { resolve(); return false; } });
  });
  tail.says = (words) => tail.until((t) => t.out.includes(words));
  return tail;
}

before(async () => {
  const roster = alwaysOnCall();
  roster.lines.push({ ...roster.lines[0], number: SECOND });
  stage = await Stage.open({ roster, lines: [SECOND] });
  await stage.text(CUSTOMER, 'The pump is down');
  await stage.text(OTHERS[0], 'And mine', SECOND);
  await stage.turn(1000); // the first step lapses
});
after(() => stage.close());

test('a line an event: when by this machine\'s clock, what, with whom, and the line where there are several', () => {
  const lines = latest();
  assert.match(lines[0], /^-- Mon 23 Nov 2026 --$/);
  const text = lines.find((l) => l.includes('text.received'));
  assert.match(text, new RegExp(`^18:05:\\d\\d {4}text.received {9} A text came in {2}.*\\${CUSTOMER} on \\${LINE}`));
  assert.ok(lines.some((l) => /relay\.forwarded +Sent to Primary dispatcher/.test(l)), lines.join('\n'));
  assert.ok(!lines.join('').includes('\x1b'), 'no colours where there is no terminal');
});

test('it is narrowed by kind, line, operator, alarm, time and number', async () => {
  const all = latest();
  const kinds = (lines) => new Set(lines.filter((l) => !l.startsWith('--')).map((l) => l.slice(12).split(' ')[0]));
  assert.deepEqual([...kinds(latest('--kind', 'text.received'))], ['text.received']);
  assert.ok([...kinds(latest('--kind', 'relay'))].every((k) => k.startsWith('relay.')));
  assert.deepEqual([...kinds(latest('--kind', 'text.received, relay.lapsed'))].sort(), ['relay.lapsed', 'text.received']);
  assert.equal(did(nextring(['tail', '--no-follow', '--kind', 'rela'])), '');
  const second = latest('--line', '555-0101');
  assert.ok(second.length > 1 && second.every((l) => l.startsWith('--') || l.includes(SECOND)), second.join('\n'));
  for (const who of ['primary', 'primary Dispatcher'])
    assert.deepEqual(latest('--operator', who), all.filter((l) => l.startsWith('--') || l.includes('Primary dispatcher')), who);
  const alarms = (await stage.items('/api/v1/events?limit=500&alarm=1')).length;
  const shown = latest('--alarms').filter((l) => /^[\d:]{8} {2}! /.test(l)).length;
  assert.equal(shown, alarms);
  assert.equal(did(nextring(['tail', '--no-follow', '--last', '3'])).trimEnd().split('\n').length, 4, 'with the day');
  assert.equal(did(nextring(['tail', '--no-follow', '--last', '0'])), '');
  assert.deepEqual(latest().length, did(nextring(['tail', '--no-follow', '--since', '2026-11-23T18:00'])).trimEnd().split('\n').length);
  assert.equal(did(nextring(['tail', '--no-follow', '--since', '2026-11-24T18:00'])), '');
});

test('colour is asked for, or forbidden', () => {
  const coloured = did(nextring(['tail', '--no-follow', '--color', 'always']));
  assert.match(coloured, /\x1b\[32m {2}text\.received|\x1b\[33m {2}relay\./);
  assert.ok(!did(nextring(['tail', '--no-follow', '--color=never'])).includes('\x1b'));
});

// What a command shows on a terminal, stdout and stderr together.
const onTerminal = (command, more = {}) => spawnSync('script', ['-qec', command.replace('nextring', path.join(build, 'nextring')), '/dev/null'],
  { env: { PATH: process.env.PATH, TERM: 'xterm', ...env(), ...more }, encoding: 'utf8', timeout: 30000, input: '' }).stdout;

test('on a terminal there is colour unless NO_COLOR says otherwise, and long work shows how far it is', () => {
  assert.match(onTerminal('nextring tail --no-follow'), /\x1b\[32m/);
  for (const more of [{ NO_COLOR: '1' }, { TERM: 'dumb' }])
    assert.ok(!onTerminal('nextring tail --no-follow', more).includes('\x1b'), JSON.stringify(more));
  const file = path.join(stage.folder, 'log.jsonl');
  assert.match(onTerminal(`nextring export > ${file}`), /\r\x1b\[K[\d.]+ MB.*\r\x1b\[K$/s);
  assert.ok(fs.readFileSync(file, 'utf8').trimEnd().split('\n').length > 5);
  assert.equal(nextring(['export']).stderr, '');
});

test('as JSON, each line is an event with the rows that it speaks of', () => {
  const rows = latest('--json').map((line) => JSON.parse(line));
  const text = rows.find((r) => r.event.kind === 'text.received');
  assert.equal(text.thread.customer_phone, CUSTOMER);
  assert.equal(rows.length, latest().filter((l) => !l.startsWith('--')).length);
});

test('what cannot be asked is said in one line', () => {
  for (const [args, status, word] of [
    [['--since', 'yesterday'], 2, 'no time'], [['--last', '501'], 2, 'nextring export'],
    [['--since', '2026-11-23T18:00', '--last', '3'], 2, 'keep one'], [['--color', 'red'], 2, 'auto'],
    [['--tenant', 'nobody'], 1, 'no such tenant'], [['--knid', 'x'], 2, '--kind'],
  ]) {
    const run = nextring(['tail', '--no-follow', ...args]);
    assert.equal(run.status, status, run.said);
    assert.match(run.stderr, /^[^\n]+\n$/, run.said);
    assert.ok(run.stderr.includes(word), run.said);
  }
});

test('it follows, survives the daemon, shows each event once, and ends by Ctrl-C', async () => {
  const tail = follow('--last', '500', '--kind', 'text.received');
  await tail.says(CUSTOMER); // it is there
  await stage.text(OTHERS[1], 'first');
  await stage.turn(2);
  await tail.says(OTHERS[1]);
  await stage.kill();
  await tail.until((t) => t.err.includes('has gone'));
  await stage.startDaemon();
  await stage.text(OTHERS[2], 'second');
  await stage.turn(2);
  await tail.says(OTHERS[2]);
  tail.child.kill('SIGINT');
  assert.equal(await tail.ended, 0);
  for (const number of [OTHERS[1], OTHERS[2]])
    assert.equal(tail.out.split(number).length, 2, tail.out);
});

test('whoever reads it no more ends it', async () => {
  const child = spawn('/bin/sh', ['-c', '{ "$0" tail --last 1; echo "ended by $?" >&2; } | head -n 1', path.join(build, 'nextring')],
    { env: { PATH: process.env.PATH, ...env() }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((done) => child.on('exit', done));
  let err = '';
  child.stderr.on('data', (part) => { err += part; });
  await new Promise((done) => child.stdout.once('data', done));
  await stage.text(OTHERS[3], 'the pipe breaks here');
  await stage.turn(2);
  await ended;
  assert.match(err, /ended by 0/);
});

test('tail and the board say the same of each kind', () => {
  const words = (file, row) => new Map([...fs.readFileSync(path.join(root, file), 'utf8').matchAll(row)].map((m) => [m[1], m[2]]));
  const board = words('ui/board/log/words.ts', /^ {2}'([a-z.-]+)': '([^']+)',$/gm);
  const tail = words('src/cliops/event_words.c', /^ {4}\{"([a-z.-]+)", "([^"]+)"\},$/gm);
  assert.ok(board.size > 90);
  assert.deepEqual(Object.fromEntries(tail), Object.fromEntries(board));
});

test('send: by thread, by number, by tag, from stdin', async () => {
  const threads = JSON.parse(did(nextring(['thread', '--json']))).items;
  const mine = threads.find((t) => t.customer_phone === CUSTOMER);
  assert.match(did(nextring(['send', mine.id, 'We', 'are on our way.', '--operator', 'backup'])), /^[0-9a-z]{13}\n$/);
  assert.match(did(nextring(['send', CUSTOMER], { input: 'Ten minutes.\n' })), /^[0-9a-z]{13}\n$/);
  assert.equal(JSON.parse(did(nextring(['send', '--json', CUSTOMER, '--', '--well--']))).message_id.length, 13);
  await stage.turn(5);
  const got = await stage.texts(CUSTOMER);
  for (const words of ['We are on our way.', 'Ten minutes.', '--well--'])
    assert.ok(got.some((t) => t.includes(words)), `${words}: ${got}`);
  for (const [args, status, word] of [
    [[], 2, 'say to whom'], [['--tag', 'K7F', 'x'], 2, '--operator'], [[mine.id], 2, 'say what'],
    [['0000000000001', 'x'], 1, ''], [['+16195550199', 'x'], 1, 'no thread'],
    [['--tag', 'ZZZ', '--operator', 'backup', 'x'], 1, ''],
  ]) {
    const run = nextring(['send', ...args]);
    assert.equal(run.status, status, run.said);
    assert.match(run.stderr, /^[^\n]+\n$/, run.said);
    assert.ok(run.stderr.includes(word), run.said);
  }
});

test('health: a line a part, and a no when one is bad', () => {
  const run = nextring(['health']);
  const health = JSON.parse(nextring(['health', '--json']).stdout);
  assert.equal(run.status, health.state === 'bad' ? 1 : 0, run.said);
  const lines = run.stdout.trimEnd().split('\n');
  assert.deepEqual(lines.map((l) => l.split(/ +/)[1]), health.items.map((i) => i.name));
  assert.equal(nextring(['health', '--strict']).status, health.state === 'ok' ? 0 : 1);
});
