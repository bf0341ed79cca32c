// Nodes that die, stand still and come back, in real time: the others take over within what is
// promised, and nothing is sent twice that is not marked.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Nodes, skip, until } from './nodes_kit.js';
import { psql } from './schema.js';
import { BACKUP, CUSTOMER, LINE, OWNER, PRIMARY, alwaysOnCall, sid } from './stage.js';

const CALLS_WITHIN_MS = 6000;
const TEXTS_WITHIN_MS = 20000;

// A relay's step ends before its node can be known to be dead.
function roster(texts_per_second, ack_seconds = 3) {
  const r = alwaysOnCall();
  r.lines = r.lines.map((line) => ({ ...line, texts_per_second }));
  r.chains.dispatch = [
    { operators: ['primary'], ring_seconds: 8, ack_seconds },
    { operators: ['backup'], ring_seconds: 20, ack_seconds: 900 },
  ];
  return r;
}
const text = (all, body, from = CUSTOMER) => all.webhook('/sms/inbound', { MessageSid: sid('SM'), From: from, To: LINE, Body: body, NumMedia: '0' });
const living = async (all, i) => (await all.api('/api/v1/nodes', 'GET', undefined, i)).items.filter((n) => n.state === 'living').length;
const only = (all, node) => { all.choose = () => node; };
const outbox = async (all, i) => (await all.api('/api/v1/outbox', 'GET', undefined, i)).items;
const with_ = async (all, number, part) => (await all.texts(number)).filter((t) => t.includes(part));

describe('a node dies', { skip }, () => {
  let all;
  before(async () => {
    all = await Nodes.open({ count: 3, roster: roster(100) });
    await all.run();
  });
  beforeEach(async () => {
    await all.carrier('DELETE', '/sim/fault');
    for (const number of [PRIMARY, BACKUP, OWNER]) await all.phone(number, {});
    for (const i of [0, 1, 2]) if (!all.nodes[i].lives) await all.startNode(i);
    await until('all live', async () => (await Promise.all([0, 1, 2].map((i) => living(all, i)))).every((n) => n === 3));
  });
  after(() => all?.close());

  test('with a relay waiting: the next step comes when it is due', { timeout: 60000 }, async (t) => {
    only(all, 0);
    await text(all, 'a relay waits');
    await until('the first has it', async () => (await with_(all, PRIMARY, 'a relay waits')).length);
    const [relay] = (await all.api('/api/v1/relays?state=open', 'GET', undefined, 1)).items;
    await all.kill(0);
    await until('the second has it', async () => (await with_(all, BACKUP, 'a relay waits')).length, 15000);
    const [later] = (await all.api('/api/v1/relays?state=open', 'GET', undefined, 1)).items;
    assert.equal(later.id, relay.id);
    const late = Date.parse(later.forwarded_to_backup_at) - (Date.parse(relay.forwarded_to_primary_at) + 3000);
    t.diagnostic(`the step came ${late} ms after it was due`);
    assert.ok(late >= -50 && late < 1500, `${late} ms`);
    assert.equal((await with_(all, BACKUP, 'a relay waits')).length, 1);
  });

  test('while the carrier is silent about a text that it has: it is found, and not sent again', { timeout: 90000 }, async (t) => {
    await all.carrier('POST', '/sim/fault', { what: 'accept_then_silence', resource: 'Messages', to: PRIMARY });
    await all.carrier('POST', '/sim/fault', { what: 'drop_callbacks', resource: '', count: 0 });
    only(all, 0);
    await text(all, 'accepted in silence', '+17085550101');
    await until('the carrier has it', async () => (await with_(all, PRIMARY, 'accepted in silence')).length);
    assert.equal((await outbox(all, 1)).filter((o) => o.state === 'sending').length, 1);
    const began = Date.now();
    await all.kill(0);
    await until('it is unsure', async () => !(await outbox(all, 1)).some((o) => o.state === 'sending'), TEXTS_WITHIN_MS);
    t.diagnostic(`unsure ${Date.now() - began} ms after the kill`);
    assert.ok(Date.now() - began < CALLS_WITHIN_MS, `${Date.now() - began} ms`);
    await until('it is settled', async () => !(await outbox(all, 1)).length, 60000);
    t.diagnostic(`settled ${Date.now() - began} ms after the kill`);
    assert.equal((await with_(all, PRIMARY, 'accepted in silence')).length, 1, 'it was sent once');
  });

  test('while a call rings: it goes on at another one', { timeout: 60000 }, async (t) => {
    await all.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
    await all.phone(BACKUP, { on_call: [{ do: 'answer', after_ms: 1000, then: [{ press: '1', after_ms: 1000 }, { talk_ms: 3000 }, { hangup: true }] }] });
    only(all, 0);
    await all.call('+17085550102');
    await until('the first rings', async () => (await all.phone(PRIMARY)).calls.some((c) => c.from === '+17085550102' || c.state === 'ringing'));
    const began = Date.now();
    await all.kill(0);
    await until('the second has taken it', async () => (await all.api('/api/v1/calls?limit=1', 'GET', undefined, 1)).items[0].accepted_by === 'backup', 20000);
    t.diagnostic(`taken ${Date.now() - began} ms after the kill (the first rings for 8 s)`);
    assert.ok(Date.now() - began < 8000 + CALLS_WITHIN_MS);
    await until('it has ended', async () => (await all.api('/api/v1/calls?limit=1', 'GET', undefined, 1)).items[0].state === 'over', 20000);
  });

  test('and comes back at once: it takes what it was sending itself', { timeout: 60000 }, async (t) => {
    await all.carrier('POST', '/sim/fault', { what: 'accept_then_silence', resource: 'Messages', to: PRIMARY });
    only(all, 0);
    await text(all, 'back at once', '+17085550103');
    await until('the carrier has it', async () => (await with_(all, PRIMARY, 'back at once')).length);
    await all.kill(0);
    const began = Date.now();
    await all.startNode(0);
    await until('nothing is being sent', async () => !(await outbox(all, 1)).some((o) => o.state === 'sending'), 4000);
    t.diagnostic(`${Date.now() - began} ms after it was started again`);
    assert.equal((await all.api('/api/v1/nodes')).items.length, 3, 'with the number that it had');
  });

  test('all but one: the last one does everything', { timeout: 60000 }, async () => {
    await Promise.all([all.kill(0), all.kill(1)]);
    all.choose = () => 2;
    await text(all, 'to the last one', '+17085550104');
    await until('it is there', async () => (await with_(all, PRIMARY, 'to the last one')).length, 10000);
    await until('the others are known to be dead', async () => (await living(all, 2)) === 1, 8000);
  });
});

describe('a node stands still', { skip }, () => {
  let all;
  before(async () => {
    all = await Nodes.open({ count: 2, roster: roster(10, 900) });
    await all.run();
  });
  after(() => all?.close());

  test('for longer than its lease, in the middle of a backlog, and goes on: nothing is sent twice unmarked', { timeout: 120000 }, async (t) => {
    const count = 120;
    only(all, 0);
    for (let n = 0; n < count; n += 40)
      await Promise.all(Array.from({ length: 40 }, (_, i) => text(all, `still number ${n + i} `, `+1709${5550000 + n + i}`)));
    await until('some have left', async () => (await with_(all, PRIMARY, 'still number')).length > 10);
    all.nodes[0].child.kill('SIGSTOP');
    only(all, 1);
    const began = Date.now();
    await until('it is known to be dead', async () => (await living(all, 1)) === 1, 10000);
    t.diagnostic(`known to be dead ${Date.now() - began} ms after it stopped`);
    assert.ok(Date.now() - began < CALLS_WITHIN_MS);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    all.nodes[0].child.kill('SIGCONT');
    await until('it lives again', async () => (await living(all, 1)) === 2, 5000);
    t.diagnostic(`lives again ${Date.now() - began} ms after it stopped`);
    const numbers = async () => (await with_(all, PRIMARY, 'still number')).map((b) => b.match(/still number (\d+) /)[1]);
    await until('all have come', async () => new Set(await numbers()).size === count, 80000);
    await until('nothing is unsure any more', async () => !(await outbox(all, 1)).length, 80000);
    const got = await numbers();
    const marked = (await all.api('/api/v1/messages?limit=500', 'GET', undefined, 1)).items.filter((m) => m.is_duplicate).length;
    t.diagnostic(`${got.length - count} twice, ${marked} marked`);
    assert.ok(got.length - count <= marked, 'whatever came twice is marked');
    const answer = await text(all, 'afterwards', '+17095550198');
    assert.equal(answer.status, 200);
    only(all, 0);
    assert.equal((await text(all, 'afterwards, by it', '+17095550199')).status, 200);
    await until('both are there', async () => (await with_(all, PRIMARY, 'afterwards')).length === 2, 20000);
  });

  test('a second program with its key takes its place, and the first one ends', { timeout: 60000 }, async () => {
    const fs = await import('node:fs');
    const copy = `${all.folder}/node7`;
    fs.mkdirSync(copy, { mode: 0o700 });
    for (const name of ['node.key', 'callback.key']) fs.copyFileSync(`${all.nodes[1].folder}/${name}`, `${copy}/${name}`);
    all.nodes[7] = undefined;
    await all.startNode(7);
    assert.equal(await all.nodes[1].child.ended, 0);
    assert.match(all.nodes[1].child.said(), /another program has joined with this one's node.key/);
    all.nodes[1].lives = false;
    all.nodes = all.nodes.filter(Boolean);
  });

  test('a folder that is in use starts no second program', async () => {
    const taken = all.nodes.findIndex((n) => n?.lives);
    await assert.rejects(async () => {
      const other = Object.assign(Object.create(all), { nodes: [{ port: undefined }] });
      other.nodes = [];
      other.folder = all.nodes[taken].folder.replace(/\/node\d+$/, '');
      await other.startNode(Number(all.nodes[taken].folder.match(/(\d+)$/)[1]));
    }, /in use by another nextring/);
  });
});

describe('two versions', { skip }, () => {
  let all;
  before(async () => {
    all = await Nodes.open({ count: 2 });
  });
  after(() => all?.close());

  test('a program works beside a newer one, in the newer schema, if that works from its own', async () => {
    psql(all.database, "UPDATE schema SET version = version + 1, works_from = version");
    psql(all.database, `INSERT INTO node (node, key, incarnation, name, version, schema, started_at, seen_at, until_at, is_draining)
      VALUES (9, 'another', 5, 'newer', '9.9.9', 8, 1, 1, 9000000000000, 0)`);
    await all.kill(1);
    await all.startNode(1);
    const newer = await until('the newer one is listed', async () => (await all.api('/api/v1/nodes', 'GET', undefined, 1)).items.find((n) => n.number === 9));
    assert.deepEqual([newer.version, newer.schema, newer.state], ['9.9.9', 8, 'living']);
    await text(all, 'between versions', '+17105550100');
    await all.turn(30);
    assert.equal((await with_(all, PRIMARY, 'between versions')).length, 1);
  });

  test('and refuses one that does not, with a word about what to do', async () => {
    psql(all.database, "UPDATE schema SET works_from = version");
    await all.kill(1);
    await assert.rejects(() => all.startNode(1), /newer|upgrade|nextring/);
    all.nodes[1].lives = false;
  });
});
