// The log: narrowed and paged both ways, taken along as a file that proves itself, and each way in
// which such a file can be forged found and named by its line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { CUSTOMER, LINE, OTHERS, Stage, build, request, sid } from './stage.js';

let stage, jsonl;
const text = (body, from = CUSTOMER) => stage.webhook('/sms/inbound', {
  MessageSid: sid('SM'), To: LINE, From: from, NumMedia: '0', Body: body,
});
const raw = (target) => request({ socketPath: path.join(stage.folder, 'data/control.sock'), target });
function cli(...args) {
  const how = spawnSync(path.join(build, 'nextring'), args, {
    env: { NEXTRING_DATA: path.join(stage.folder, 'data') }, encoding: 'utf8', maxBuffer: 1 << 28,
  });
  return { status: how.status, out: how.stdout, err: how.stderr };
}
function verify(content, name = 'log.jsonl') {
  const file = path.join(stage.folder, name);
  fs.writeFileSync(file, content);
  const how = cli('export', '--verify', file, '--json');
  assert.ok(how.status <= 1, how.err);
  return { status: how.status, ...JSON.parse(how.out) };
}
const lines = (file) => file.trimEnd().split('\n');
const join = (all) => `${all.join('\n')}\n`;

before(async () => {
  stage = await Stage.open();
  for (let i = 0; i < 12; i++) await text(`number ${i}`, OTHERS[i % 4]);
  await stage.turn(1000); // some lapse
  const job = await stage.api('/api/v1/jobs', 'POST', { title: 'Boiler', customer_phone: CUSTOMER, crew: [{ name: 'Ben', phone: '+16195550141' }] });
  const claimed = await stage.api(`/api/v1/jobs/${job.job_id}`, 'PATCH', { action: 'claim', by: '+16195550141', note: '=HYPERLINK("http://a.example")' });
  assert.equal(claimed.status, 200, JSON.stringify(claimed));
});
after(() => stage.close());

test('the log is narrowed by kind, alarm, thread, time and words', async () => {
  const all = await stage.items('/api/v1/events?limit=500');
  const same = async (query, keeps) => {
    const some = await stage.items(`/api/v1/events?limit=500&${query}`);
    assert.deepEqual(some.map((e) => e.id), all.filter(keeps).map((e) => e.id), query);
    return some;
  };
  assert.ok((await same('kind=relay.raised', (e) => e.kind === 'relay.raised')).length > 3);
  assert.ok((await same('kind=relay.', (e) => e.kind.startsWith('relay.'))).length > 10);
  assert.equal((await same('kind=rela', () => false)).length, 0);
  await same('alarm=1', (e) => e.is_alarm);
  const { thread_id } = all.find((e) => e.thread_id);
  assert.ok((await same(`thread=${thread_id}`, (e) => e.thread_id === thread_id)).length > 2);
  const lapsed = all.find((e) => e.operator);
  assert.ok((await same(`operator=${lapsed.operator}`, (e) => e.operator === lapsed.operator)).length > 0);
  const at = all[5].created_at;
  await same(`from=${at}`, (e) => e.created_at >= at);
  await same(`to=${at}`, (e) => e.created_at < at);
  const { detail } = all.find((e) => e.detail?.length > 8);
  const words = detail.slice(2, 7);
  assert.ok((await same(`q=${encodeURIComponent(words)}`, (e) => e.detail?.toLowerCase().includes(words.toLowerCase()))).length > 0);
  assert.equal((await same(`q=${encodeURIComponent('%')}`, (e) => e.detail?.includes('%'))).length, 0);
  for (const bad of ['alarm=2', 'from=yesterday', 'thread=x', 'limit=0', 'limit=501', 'after=x',
    `q=${'w'.repeat(101)}`, `from=${at}&to=${at}`]) {
    const answer = await stage.api(`/api/v1/events?${bad}`);
    assert.equal(answer.status, 400, bad);
    assert.ok(answer.field, bad);
  }
});

test('pages lead towards the past, and back', async () => {
  const all = (await stage.items('/api/v1/events?limit=500')).map((e) => e.id);
  const first = await stage.api('/api/v1/events?limit=7');
  const second = await stage.api(`/api/v1/events?limit=7&after=${first.next}`);
  assert.deepEqual(second.items.map((e) => e.id), all.slice(7, 14));
  const back = await stage.api(`/api/v1/events?limit=7&before=${second.previous}`);
  assert.deepEqual(back.items.map((e) => e.id), all.slice(0, 7));
  const none = await stage.api(`/api/v1/events?before=${first.previous}`);
  assert.deepEqual([none.items, none.previous], [[], null]);
  const end = await stage.api(`/api/v1/events?limit=500`);
  assert.equal(end.next, null);
  assert.equal((await stage.api(`/api/v1/events?before=${all[3]}&after=${all[2]}`)).status, 400);
});

test('the log is whole, and says so', async () => {
  const answer = await stage.api('/api/v1/events/verify');
  assert.deepEqual([answer.status, answer.is_whole, answer.broken_at], [200, true, null]);
  assert.ok(answer.count > 20, `${answer.count}`);
  assert.match(answer.head, /^[0-9a-f]{64}$/);
  const all = await stage.items('/api/v1/events?limit=500');
  const part = await stage.api(`/api/v1/events/verify?from=${all[10].created_at}`);
  assert.ok(part.is_whole && part.count >= 11);
  assert.equal(part.head, answer.head);
});

test('an export has every row and verifies without a daemon', async () => {
  const answer = await raw('/api/v1/events/export');
  assert.equal(answer.headers['content-type'], 'application/x-ndjson');
  assert.match(answer.headers['content-disposition'], /^attachment; filename="log-acme-2026-10-25-2026-11-24\.jsonl"$/);
  jsonl = answer.body;
  const rows = lines(jsonl).map((line) => JSON.parse(line));
  const all = await stage.items('/api/v1/events?limit=500');
  assert.deepEqual(rows.slice(1, -1).map((r) => r.id), all.map((e) => e.id).reverse());
  const head = (await stage.api('/api/v1/events/verify')).head;
  assert.deepEqual(rows.at(-1), { count: all.length, chain: head });
  const good = verify(jsonl);
  assert.deepEqual([good.status, good.is_whole, good.count], [0, true, all.length]);
  const byHand = cli('export', '--from', '2026-11-01');
  assert.equal(byHand.status, 0, byHand.err);
  assert.deepEqual(lines(byHand.out).slice(1, -1), lines(jsonl).slice(1, -1));
});

test('CSV has the same, without what a spreadsheet would run', async () => {
  const answer = await raw('/api/v1/events/export?format=csv');
  assert.match(answer.headers['content-type'], /^text\/csv/);
  const csv = answer.body;
  assert.equal(csv.split('\r\n')[0], '"id","created_at","kind","thread_id","subject_id","operator","detail","is_alarm","salt","chain"');
  assert.match(csv, /=HYPERLINK\(""http:\/\/a\.example""\)/);
  assert.doesNotMatch(csv, /(^|,)"?[=+@-]/m);
  const good = verify(csv, 'log.csv');
  assert.deepEqual([good.status, good.is_whole], [0, true]);
  assert.equal(good.count, verify(jsonl).count);
  const all = csv.split('\r\n');
  all[7] = all[7].replace(/"relay|"text|"call/, '"xelay');
  const bad = verify(all.join('\r\n'), 'bad.csv');
  assert.deepEqual([bad.status, bad.broken_line], [1, 8]);
});

// Each plants its fault into line `at` (from 1) and tells in which line it must show.
const at = 9;
const faults = {
  'a word of its detail changed': [(all) => { const r = JSON.parse(all[at - 1]); r.detail = `${r.detail ?? ''}!`; all[at - 1] = JSON.stringify(r); }, at],
  'its kind changed': [(all) => { all[at - 1] = all[at - 1].replace(/"kind":"[^"]*"/, '"kind":"relay.acknowledged"'); }, at],
  'its time changed': [(all) => { all[at - 1] = all[at - 1].replace(/T02:/, 'T01:'); }, at],
  'its alarm taken away': [(all) => { all[at - 1] = all[at - 1].replace(/"is_alarm":(\w+)/, (_, b) => `"is_alarm":${b === 'false'}`); }, at],
  'its hash changed': [(all) => { all[at - 1] = all[at - 1].replace(/"chain":"(.)/, (_, c) => `"chain":"${c === '0' ? '1' : '0'}`); }, at],
  'its hash taken away': [(all) => { all[at - 1] = all[at - 1].replace(/"chain":"[^"]*"/, '"chain":null'); }, at],
  'a row removed': [(all) => { all.splice(at - 1, 1); }, at],
  'the first row removed': [(all) => { all.splice(1, 1); }, 2],
  'the last row removed': [(all) => { all.splice(-2, 1); }, -1],
  'a row added': [(all) => { all.splice(at, 0, all[at - 1]); }, at + 1],
  'a row of our own added': [(all) => { all.splice(at, 0, all[at - 1].replace(/"id":"(.*?).(.)"/, '"id":"$1z$2"')); }, at + 1],
  'two rows swapped': [(all) => { [all[at - 1], all[at]] = [all[at], all[at - 1]]; }, at],
  'a row moved to the end': [(all) => { all.splice(-1, 0, ...all.splice(at - 1, 1)); }, at],
  'the first line removed': [(all) => { all.shift(); }, 1],
  'the last line removed': [(all) => { all.pop(); }, 0],
  'a row behind the end': [(all) => { all.push(all[at - 1]); }, 0],
  'a line that is none': [(all) => { all[at - 1] = '{"id": 7'; }, at],
  'a line of another sort': [(all) => { all[at - 1] = '[1, 2]'; }, at],
  'the whole begun again': [(all) => { all.push(...all); }, -2],
};

test('each forgery is found and named by its line', async () => {
  const count = lines(jsonl).length;
  for (const [name, [plant, line]] of Object.entries(faults)) {
    const all = lines(jsonl);
    plant(all);
    const found = verify(join(all), 'forged.jsonl');
    const expected = { 0: name.includes('behind') ? count + 1 : count, [-1]: count - 1, [-2]: count + 1 }[line] ?? line;
    assert.deepEqual([found.status, found.is_whole, found.broken_line], [1, false, expected], `${name}: ${found.words}`);
  }
  const cut = verify(jsonl.slice(0, jsonl.length / 2), 'cut.jsonl');
  assert.equal(cut.is_whole, false);
  assert.equal(verify('', 'empty.jsonl').is_whole, false);
  assert.equal(verify('\u0000\u0001 nonsense\n', 'nonsense.jsonl').is_whole, false);
  const words = cli('export', '--verify', path.join(stage.folder, 'forged.jsonl'));
  assert.match(words.out, /forged\.jsonl:\d+: /);
  assert.equal(cli('export', '--verify', path.join(stage.folder, 'nowhere')).status, 3);
});

test('a range that ends before all, or begins after it, is empty', async () => {
  for (const query of ['to=2019-01-01', 'from=2018-01-01&to=2019-06-01', 'from=2999-01-01', 'from=9999-12-31']) {
    assert.deepEqual((await stage.items(`/api/v1/events?${query}`)).length, 0, query);
    assert.equal((await stage.api(`/api/v1/events/verify?${query}`)).count, 0, query);
  }
  assert.equal((await stage.items('/api/v1/messages?until=2019-01-01T00:00:00Z')).length, 0);
  assert.equal((await stage.items('/api/v1/messages?since=2999-01-01T00:00:00Z')).length, 0);
  assert.equal((await stage.items('/api/v1/events?from=2019-01-01&to=2999-01-01&limit=1')).length, 1);
});

test('a range that is wrong, or too long, is refused', async () => {
  for (const [query, field] of [['format=xml', 'format'], ['from=2020-01-01', 'from'], ['from=x', 'from'], ['from=2026-11-02&to=2026-11-01', 'to']]) {
    const answer = await stage.api(`/api/v1/events/export?${query}`);
    assert.deepEqual([answer.status, answer.field], [400, field], query);
  }
  const how = cli('export', '--from', 'x');
  assert.equal(how.status, 2);
  assert.match(how.err, /no instant/);
});

test('a log that is longer than a page and a pipe goes out whole', { timeout: 120000 }, async () => {
  for (let i = 0; i < 60; i++) await Promise.all(Array.from({ length: 20 }, () => text(`long ${i}`, OTHERS[i % 4])));
  const { count: least } = await stage.api('/api/v1/events/verify');
  const whole = cli('export');
  assert.equal(whole.status, 0, whole.err);
  assert.ok(whole.out.length > 300000, `${whole.out.length}`);
  const good = verify(whole.out, 'long.jsonl');
  assert.deepEqual([good.is_whole, good.words], [true, null]);
  const { count: most } = await stage.api('/api/v1/events/verify');
  assert.ok(least <= good.count && good.count <= most, `${least} ${good.count} ${most}`);
});

test('the chain goes on after a kill', async () => {
  const before = await stage.api('/api/v1/events/verify');
  await stage.kill();
  await stage.startDaemon();
  await text('after the kill');
  const answer = await stage.api('/api/v1/events/verify');
  assert.ok(answer.is_whole && answer.count > before.count, answer.words);
});
