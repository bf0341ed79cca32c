// The plain state file of four keys, in the shapes that people write, as `nextring check` sees it.
// test/unit/test_roster_shapes.c has every combination and what is read from it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ACCOUNT, KEY, LINE, SECRET, TOKEN, build } from './stage.js';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'state.json');

function check(state, ...args) {
  fs.writeFileSync(file, typeof state === 'string' ? state : JSON.stringify(state, null, 1));
  const env = { NEXTRING_PUBLIC_URL: 'https://ring.example.com', TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN, TWILIO_API_KEY: KEY, TWILIO_API_SECRET: SECRET, TWILIO_FROM_NUMBER: LINE, NEXTRING_ROSTER: file };
  const { status, stdout, stderr } = spawnSync(path.join(build, 'nextring'), ['check', ...args],
    { env, cwd: folder, encoding: 'utf8', timeout: 60000 });
  return { status, stdout, stderr };
}

const phones = ['+16195550111', '6195550111', '619-555-0111', '(619) 555-0111', '1 619 555 0111', 6195550111, 16195550111];
const hours = [undefined, null, 'always', '07:00-19:00', '7am - 7pm', { from: '07:00', to: '19:00' },
  { days: 'mon-fri', start: '07:00', end: '19:00' }, { 'mon-fri': '07:00-19:00', sat: '9-12' },
  ['weekdays 07:00-19:00', 'sat 9-12'], [{ day: 'mon', from: '07:00', to: '19:00' }]];
const chains = [['ann', 'bob'], ['Ann Lee', 'Bob'], [{ id: 'ann' }, { name: 'Bob' }], [6195550111, 'bob'],
  [{ name: 'Ann Lee', phone: '619-555-0111' }, { name: 'Bob', phone: 16195550112 }], ['ann', { dispatcher: 'bob' }]];
const routes = [{}, { 'job-1': 'bob' }, { 'job-1': 'Bob', 'job-2': null }, { 'job-1': '619-555-0112' },
  { 'job-1': { dispatcher: 'bob' } }, { 'job-1': { id: 'ann' } }];

const state = (phone, hour, chain, route) => ({
  dispatchers: [{ id: 'ann', name: 'Ann Lee', phone, hours: hour }, { id: 'bob', name: 'Bob', phone: '+16195550112' }],
  fallback_chain: chain, job_routing: route, last_updated: '2026-11-20T18:00:00Z' });

describe('the state file of four keys', () => {
  test('each shape is good beside each shape of the key before it', () => {
    const good = (...shapes) => {
      const run = check(state(...shapes));
      assert.deepEqual([run.status, run.stderr], [0, ''], JSON.stringify(shapes) + run.stderr);
      assert.match(run.stdout, /: good\. 1 line, 2 operators, 1 chain$/m);
    };
    for (const phone of phones) for (const hour of hours) good(phone, hour, chains[0], routes[1]);
    for (const chain of chains) for (const route of routes) good(phones[2], hours[3], chain, route);
  });
  test('a mistake names its place and the mend', () => {
    const wrong = (line, words, ...shapes) => {
      const run = check(state(...shapes));
      assert.equal(run.status, 1, run.stdout);
      assert.ok(run.stderr.includes(`state.json:${line}:`) && run.stderr.includes(words), run.stderr);
    };
    wrong(6, 'give a person\'s full number, e.g. "+16195550111"', '911', hours[0], chains[0], routes[0]);
    wrong(6, 'is too short; give a full number', 5550111, hours[0], chains[0], routes[0]);
    wrong(7, 'is no shift; write "07:00-19:00"', phones[0], '7 to late', chains[0], routes[0]);
    wrong(16, 'did you mean "ann"?', phones[0], null, ['an'], routes[0]);
    wrong(19, 'did you mean "bob"?', phones[0], null, ['ann'], { 'job-1': 'bib' });
  });
  test('a key that looks misspelt is a note and no mistake', () => {
    const told = { ...state(phones[0], hours[3], chains[0], routes[1]), job_ruoting: {}, invoices: [] };
    const run = check(told);
    assert.deepEqual([run.status, run.stderr], [0, '']);
    const without = { ...told, jobrouting: told.job_routing };
    delete without.job_routing, delete without.job_ruoting;
    const noted = check(without);
    assert.equal(noted.status, 0, noted.stderr);
    assert.match(noted.stdout, /^note: [^\n]*state\.json:\d+:\d+: jobrouting: looks like a misspelt "job_routing"; [^\n]*\n[^\n]*: good/);
    assert.ok(!noted.stdout.includes('invoices'));
    const { notes, is_good, mistakes } = JSON.parse(check(without, '--json').stdout);
    assert.deepEqual([notes.length, is_good, mistakes], [1, true, []]);
    const missing = check({ ...without, dispatchers: undefined, dispatcher: without.dispatchers });
    assert.equal(missing.status, 1);
    assert.match(missing.stdout, /note: [^\n]*dispatcher: looks like a misspelt "dispatchers"/);
  });
});
