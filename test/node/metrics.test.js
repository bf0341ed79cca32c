// The figures: each that an alert or the dashboard names is served, Prometheus' own tool finds
// nothing to say, and they tell what happened; CloudWatch gets them by UDP and on stdout.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, Stage, request, sid } from './stage.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const hasTool = spawnSync('promtool', ['--version']).status === 0;

let stage;
const page = async () => {
  const answer = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target: '/metrics' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  return answer.body;
};
// {name or name{label="value"}: number}
const figures = async () =>
  Object.fromEntries((await page()).split('\n').filter((l) => l && !l.startsWith('#'))
    .map((l) => [l.slice(0, l.lastIndexOf(' ')), Number(l.slice(l.lastIndexOf(' ') + 1))]));
const fault = (what, more = {}) => stage.carrier('POST', '/sim/fault', { what, ...more });

// The names in expressions, without what a histogram adds to its own.
const named = (text) => [...text.matchAll(/\b(?:nextring|process)_[a-z_]+/g)]
  .map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));
const rules = () => [...fs.readFileSync(path.join(root, 'packaging/prometheus/nextring.rules.yml'), 'utf8')
  .matchAll(/^ +expr:((?:.*\n)(?: {10}.*\n)*)/gm)].map((m) => m[1]);
const dashboard = () => JSON.parse(fs.readFileSync(path.join(root, 'packaging/grafana/nextring.json'), 'utf8'));

describe('metrics', { timeout: 120000 }, () => {
  before(async () => { stage = await Stage.open({ database: 'sqlite' }); }); // a server's size is not ours to tell
  after(async () => { await stage.close(); });

  test('every figure that an alert names is served', async () => {
    const served = new Set(Object.keys(await figures()).map((k) => k.replace(/\{.*/, '').replace(/_(bucket|sum|count)$/, '')));
    const exprs = rules();
    assert.equal(exprs.length, 11);
    for (const name of named(exprs.join('\n'))) assert.ok(served.has(name), name);
    for (const expr of exprs) assert.ok(named(expr).length > 0, expr);
  });

  test('every figure that the dashboard names is served', async () => {
    const served = new Set(Object.keys(await figures()).map((k) => k.replace(/\{.*/, '').replace(/_(bucket|sum|count)$/, '')));
    const { panels, templating } = dashboard();
    assert.equal(panels.filter((p) => p.type === 'row').length, 4);
    const targets = panels.flatMap((p) => p.targets ?? []);
    assert.ok(targets.length > 30);
    for (const { expr } of targets) {
      assert.ok(named(expr).length > 0, expr);
      for (const name of named(expr)) assert.ok(served.has(name), `${name} in ${expr}`);
    }
    for (const v of templating.list) for (const name of named(v.definition ?? '')) assert.ok(served.has(name), name);
  });

  test('each alert leads to a chapter that tells what to do', () => {
    const text = fs.readFileSync(path.join(root, 'packaging/prometheus/nextring.rules.yml'), 'utf8');
    const links = [...text.matchAll(/runbook: (\S+)#(\S+)/g)];
    assert.equal(links.length, 11);
    for (const [, file, anchor] of links) {
      const anchors = [...fs.readFileSync(path.join(root, file), 'utf8').matchAll(/^#+ (.*)$/gm)]
        .map((m) => m[1].toLowerCase().replace(/[^a-z0-9 -]/g, '').replaceAll(' ', '-'));
      assert.ok(anchors.includes(anchor), `${file}#${anchor}`);
    }
  });

  test('Prometheus\' own tool finds nothing to say', { skip: !hasTool && 'promtool is not here' }, async () => {
    execFileSync('promtool', ['check', 'metrics'], { input: await page(), stdio: ['pipe', 'pipe', 'pipe'] });
  });

  test('no label holds a number or a tenant', async () => {
    await stage.text(CUSTOMER, 'The drain is blocked');
    await stage.turn(2);
    const text = await page();
    assert.doesNotMatch(text, /1619555\d{4}/);
    const labels = new Set([...text.matchAll(/[{,]([a-z]+)="/g)].map((m) => m[1]));
    assert.deepEqual([...labels].sort(), ['class', 'code', 'kind', 'le', 'outcome', 'reason', 'version']);
  });
});

describe('figures tell', { timeout: 120000 }, () => {
  before(async () => { stage = await Stage.open(); });
  after(async () => { await stage.close(); });

  test('that a text waits, until when, and who took it how soon', async () => {
    const was = await figures();
    assert.equal(was.nextring_relays_waiting, 0);
    await stage.text(CUSTOMER, 'The drain is blocked');
    await stage.turn(70);
    let now = await figures();
    assert.equal(now.nextring_relays_raised_total, 1);
    assert.equal(now.nextring_relays_waiting, 1);
    assert.ok(now.nextring_relay_oldest_seconds >= 69 && now.nextring_relay_oldest_seconds <= 71, now.nextring_relay_oldest_seconds);
    assert.equal(now.nextring_relay_overdue_seconds, 0);
    assert.equal(now['nextring_webhook_answer_seconds_count{kind="text"}'], 1);
    assert.ok(now['nextring_carrier_request_seconds_count{outcome="accepted"}'] > 0);
    await stage.text(PRIMARY, 'ok');
    await stage.turn(2);
    now = await figures();
    assert.equal(now.nextring_relays_acknowledged_total, 1);
    assert.equal(now.nextring_relays_waiting, 0);
    assert.equal(now.nextring_relay_acknowledged_seconds_count, 1);
    assert.ok(now.nextring_relay_acknowledged_seconds_sum >= 70 && now.nextring_relay_acknowledged_seconds_sum < 75);
    assert.equal(now['nextring_relay_acknowledged_seconds_bucket{le="60"}'], 0);
    assert.equal(now['nextring_relay_acknowledged_seconds_bucket{le="120"}'], 1);
  });

  test('that a chain has ended without an answer, and still nobody has taken it', async () => {
    await stage.text(OTHERS[0], 'Anybody there?');
    await stage.turn(3 * 3600);
    const now = await figures();
    assert.equal(now.nextring_relays_exhausted_total, 1);
    assert.ok(now.nextring_relays_lapsed_total >= 2);
    assert.equal(now.nextring_relays_unanswered, 1);
    assert.ok(now.nextring_relay_oldest_seconds > 2 * 3600);
    assert.ok(now['nextring_timer_late_seconds_bucket{le="+Inf"}'] > 0);
    const [relay] = await stage.items('/api/v1/relays?limit=1');
    await stage.api(`/api/v1/relays/${relay.id}/ack`, 'POST', { operator: 'primary' });
    assert.equal((await figures()).nextring_relays_unanswered, 0);
  });

  test('that a call was accepted, and another missed', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'answer', after_ms: 4000, then: [{ press: '1', after_ms: 2000 }, { talk_ms: 5000 }, { hangup: true }] }] });
    await stage.call(CUSTOMER);
    await stage.turn(60);
    let now = await figures();
    assert.deepEqual([now.nextring_calls_arrived_total, now.nextring_calls_accepted_total, now.nextring_calls_missed_total], [1, 1, 0]);
    assert.ok(now.nextring_call_accepted_seconds_sum >= 6 && now.nextring_call_accepted_seconds_sum < 15, now.nextring_call_accepted_seconds_sum);
    for (const phone of [PRIMARY, BACKUP, OWNER]) await stage.phone(phone, { on_call: [{ do: 'busy' }] });
    await stage.call(OTHERS[1]);
    await stage.turn(120);
    now = await figures();
    assert.deepEqual([now.nextring_calls_arrived_total, now.nextring_calls_missed_total, now.nextring_calls_live], [2, 1, 0]);
  });

  test('why webhooks were turned away', async () => {
    const was = await figures();
    const text = { MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'x', NumMedia: '0' };
    assert.equal((await stage.webhook('/sms/inbound', text, { sign: false })).status, 403, 'anybody');
    const wrong = { sign: false, headers: { 'X-Twilio-Signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' } };
    assert.equal((await stage.webhook('/sms/inbound', text, wrong)).status, 403, 'names our account');
    assert.equal((await stage.webhook('/sms/inbound', { ...text, AccountSid: sid('AC') }, wrong)).status, 403, 'names another');
    assert.equal((await stage.webhook('/sms/inbound', text, { body: '{}', headers: { 'Content-Type': 'application/json' } })).status, 400);
    const now = await figures();
    const grown = (reason) => now[`nextring_webhooks_refused_total{reason="${reason}"}`] - was[`nextring_webhooks_refused_total{reason="${reason}"}`];
    assert.deepEqual(['signature', 'malformed', 'unknown', 'store', 'stranger'].map(grown), [1, 1, 0, 0, 2]);
  });

  test('that the carrier throttles, refuses, and cannot be reached', async () => {
    const was = await figures();
    await fault('error_429', { count: 3 });
    await stage.text(OTHERS[2], 'first');
    await stage.turn(1);
    let now = await figures();
    assert.ok(now.nextring_outbox_queued > 0, 'it waits to be tried again');
    assert.ok(now['nextring_carrier_request_seconds_count{outcome="not_sent"}'] > 0);
    await stage.turn(120);
    now = await figures();
    assert.equal(now.nextring_carrier_throttled_total - was.nextring_carrier_throttled_total, 3);
    assert.equal(now.nextring_outbox_queued, 0);
    await fault('drop_webhook', { count: 1 });
    await stage.text(PRIMARY, 'STOP'); // we were never told
    await stage.turn(1);
    await stage.text(OTHERS[3], 'second');
    await stage.turn(5);
    now = await figures();
    const refused = now['nextring_carrier_refusals_total{code="21xxx"}'];
    assert.ok(refused > 0);
    assert.ok(now.nextring_texts_undelivered_total >= refused);
    assert.equal(now.nextring_carrier_away_seconds, 0);
    await fault('rest_down', { count: 0 });
    await stage.text(CUSTOMER, 'third');
    await stage.turn(30);
    now = await figures();
    assert.ok(now.nextring_unsure > 0);
    assert.ok(now.nextring_unsure_oldest_seconds > 20 && now.nextring_unsure_oldest_seconds <= 30, now.nextring_unsure_oldest_seconds);
    await stage.turn(200);
    now = await figures();
    assert.ok(now.nextring_carrier_away_seconds > 200, now.nextring_carrier_away_seconds);
    await stage.carrier('DELETE', '/sim/fault');
    await stage.turn(300);
    now = await figures();
    assert.deepEqual([now.nextring_carrier_away_seconds, now.nextring_outbox_queued, now.nextring_unsure], [0, 0, 0]);
    assert.equal(now.nextring_clock_offset_seconds, 0, 'a rehearsal has a time of its own');
  });
});

// Another program that holds the database.
const holding = 'import sqlite3, sys\n'
  + 'db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\n'
  + 'db.execute("BEGIN EXCLUSIVE")\nprint("held", flush=True)\nsys.stdin.read()\n';

describe('a store that another program holds', { timeout: 120000 }, () => {
  before(async () => { stage = await Stage.open({ database: 'sqlite' }); });
  after(async () => { await stage.close(); });

  test('is not durable, and what is kept meanwhile is told', async () => {
    let now = await figures();
    assert.deepEqual([now.nextring_store_durable, now.nextring_spooled, now.nextring_spool_used_bytes], [1, 0, 0]);
    const child = spawn('python3', ['-c', holding, path.join(stage.folder, 'data/nextring.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((done) => child.stdout.once('data', done));
    const text = { MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'x', NumMedia: '0' };
    assert.equal((await stage.webhook('/sms/inbound', text)).status, 200);
    now = await figures();
    assert.deepEqual([now.nextring_store_durable, now.nextring_spooled], [0, 1]);
    assert.ok(now.nextring_spool_used_bytes > 0 && now.nextring_spool_used_bytes < now.nextring_spool_size_bytes);
    child.stdin.end();
    while (!stage.daemon.said().includes('the store can be written again')) await new Promise((done) => stage.daemon.stderr.once('data', done));
    now = await figures();
    assert.deepEqual([now.nextring_store_durable, now.nextring_spooled, now.nextring_spool_used_bytes], [1, 0, 0]);
    assert.ok(now.nextring_commits_failed_total > 0);
  });
});

describe('CloudWatch', { timeout: 120000 }, () => {
  afterEach(async () => { await stage.close(); });
  // The documents of one minute, as one object of all their numbers.
  const merged = (lines) => Object.assign({}, ...lines.map((l) => {
    const { _aws, ...rest } = JSON.parse(l);
    const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
    assert.equal(Namespace, 'nextring');
    assert.ok(Number.isInteger(_aws.Timestamp));
    for (const name of Dimensions[0]) assert.equal(typeof rest[name], 'string');
    for (const { Name } of Metrics) assert.equal(typeof rest[Name], 'number');
    return Dimensions[0].length === 1 ? rest : {};
  }));

  test('gets each minute\'s figures by UDP', async () => {
    const agent = dgram.createSocket('udp4');
    const lines = [];
    agent.on('message', (message) => lines.push(...message.toString().split('\n').filter(Boolean)));
    await new Promise((done) => agent.bind(0, '127.0.0.1', done));
    const minutes = () => lines.filter((l) => l.includes('"class":"5xx"')).length; // the last of each
    const until = async (count) => { while (minutes() < count) await new Promise((done) => agent.once('message', done)); };
    stage = await Stage.open({ env: { NEXTRING_EMF: `udp://127.0.0.1:${agent.address().port}` } });
    await stage.text(CUSTOMER, 'The drain is blocked');
    await stage.turn(61);
    await until(1);
    const first = merged(lines);
    assert.equal(first.nextring_relays_raised_total, 1);
    assert.equal(first.nextring_relays_waiting, 1);
    assert.match(first.version, /^\d+\.\d+/);
    const dimensions = new Set(lines.map((l) => JSON.parse(l)._aws.CloudWatchMetrics[0].Dimensions[0].join()));
    assert.deepEqual([...dimensions].sort(), ['node', 'node,class', 'node,code', 'node,kind', 'node,outcome', 'node,reason']);
    const count = lines.length;
    await stage.turn(61);
    await until(2);
    assert.equal(merged(lines.slice(count)).nextring_relays_raised_total, 0, 'what it has grown by since');
    agent.close();
  });

  test('gets them on stdout, a line each', async () => {
    stage = await Stage.open({ env: { NEXTRING_EMF: 'stdout' } });
    const said = () => stage.daemon.said().split('\n').filter((l) => l.startsWith('{"_aws"'));
    await stage.turn(61);
    while (said().length < 10) await new Promise((done) => stage.daemon.stdout.once('data', done));
    assert.equal(merged(said().slice(0, 10)).nextring_ready, 1);
  });
});
