// The stream: what happens reaches everybody who watches, of his own tenant alone; whoever comes
// back is told what he missed, also by a daemon that was killed in between; nothing is left out.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { CUSTOMER, LINE, OTHERS, Stage, alwaysOnCall, request, sid } from './stage.js';
import { Stream } from './stream_client.js';

const OTHER_LINE = '+16195550109';
const OTHER_OWNER = '+16195550119';

// Two businesses on one account.
const rosters = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-rosters-'));
fs.writeFileSync(path.join(rosters, 'acme.json'), JSON.stringify(alwaysOnCall()));
fs.writeFileSync(path.join(rosters, 'other.json'), JSON.stringify({
  ...alwaysOnCall(), tenant: 'other', name: 'Other Office',
  lines: [{ number: OTHER_LINE, chain: 'dispatch', texts_per_second: 10, relays_per_minute: 0 }],
  dispatchers: [{ id: 'owner', name: 'Owner', phone: OTHER_OWNER }],
  chains: { dispatch: [{ operators: ['owner'] }] }, fallback_chain: ['owner'], job_routing: {},
}));

let stage, slug, token, otherToken;
const open = (query = '', headers = {}) => Stream.open({
  port: stage.port, target: `/api/v1/stream${query}`,
  headers: { Authorization: `Bearer ${token}`, ...headers },
});
const made = [];
async function watch(...args) {
  const stream = await open(...args);
  made.push(stream);
  assert.equal(stream.status, 200);
  return stream;
}
const text = (body, from = CUSTOMER, to = LINE) => stage.webhook('/sms/inbound', {
  MessageSid: sid('SM'), To: to, From: from, NumMedia: '0', Body: body,
});
const hasText = (body) => (s) => s.events.some((e) => e.data.message?.body === body);

// Every event of the log, oldest first.
async function log(tenant = slug) {
  const ids = [];
  for (let next = ''; next !== null;) {
    const page = await stage.api(`/api/v1/events?limit=500&tenant=${tenant}${next ? `&after=${next}` : ''}`);
    ids.push(...page.items.map((e) => e.id));
    next = page.next ?? null;
  }
  return ids.reverse();
}

before(async () => {
  stage = await Stage.open({ env: { NEXTRING_ROSTER: rosters } });
  slug = 'acme';
  const add = async (tenant) => {
    const answer = await stage.api('/api/v1/tokens', 'POST', { tenant, role: 'viewer', name: 'a test' });
    assert.ok(answer.token, JSON.stringify(answer));
    return answer.token;
  };
  token = await add(slug);
  otherToken = await add('other');
});
after(async () => {
  for (const stream of made) stream.close();
  await stage.close();
  fs.rmSync(rosters, { recursive: true });
});

test('a text reaches who watches, with the rows beside it as lists show them', async () => {
  const stream = await watch();
  await stream.until((s) => s.last, 'its place');
  assert.match(stream.headers['content-type'], /^text\/event-stream/);
  assert.equal(stream.headers['cache-control'], 'no-store');
  await text('is anybody there?');
  await stream.until((s) => s.events.some((e) => e.data.relay), 'the relay');
  const { data } = stream.events.find((e) => e.data.event?.kind === 'relay.raised');
  assert.ok(data.thread.id && data.event.id && data.now);
  const [relay] = await stage.items(`/api/v1/relays?tenant=${slug}`);
  const told = stream.events.filter((e) => e.data.relay).at(-1).data.relay;
  assert.deepEqual(Object.keys(told).sort(), Object.keys(relay).sort());
  assert.equal(relay.holders[0].operator, told.holders[0].operator);
  stream.close();
});

test('a receipt changes a row without an event: it is a touch', async () => {
  const stream = await watch();
  await stream.until((s) => s.last);
  await text('and a receipt');
  await stage.turn(5);
  await stream.until((s) => s.events.some((e) => e.type === 'touch' && e.data.message?.delivery === 'delivered'),
    'the receipt');
  const touch = stream.events.find((e) => e.type === 'touch');
  assert.equal(touch.id, undefined);
  assert.equal(touch.data.event, undefined);
  stream.close();
});

test('one tenant sees nothing of another', async () => {
  const mine = await watch();
  const theirs = await watch('', { Authorization: `Bearer ${otherToken}` });
  await Promise.all([mine, theirs].map((s) => s.until((x) => x.last)));
  await text('for the first', CUSTOMER, LINE);
  await text('for the other', CUSTOMER, OTHER_LINE);
  await mine.until(hasText('for the first'), 'my text');
  await theirs.until(hasText('for the other'), 'their text');
  await text('and again', CUSTOMER, LINE);
  await mine.until(hasText('and again'), 'my second text');
  assert.ok(!mine.events.some((e) => JSON.stringify(e).includes('for the other')));
  assert.ok(!theirs.events.some((e) => JSON.stringify(e).includes('for the first')));
  const foreign = await open('?tenant=other');
  assert.equal(foreign.status, 404);
  mine.close();
  theirs.close();
});

test('whoever comes back is told what he missed, after a kill too', async () => {
  const stream = await watch();
  await stream.until((s) => s.last);
  await text('before the kill');
  await stream.until(hasText('before the kill'));
  const cursor = stream.last;
  const seen = stream.ids.at(-1);
  stream.close();
  for (let i = 0; i < 30; i++) await text(`missed ${i}`, OTHERS[i % 4]);
  await stage.kill();
  await stage.startDaemon();
  const back = await watch('', { 'Last-Event-ID': cursor });
  await text('after it');
  await back.until(hasText('after it'), 'the last text');
  const all = await log();
  const missed = all.slice(all.indexOf(seen) + 1);
  assert.deepEqual(missed.filter((id) => !back.ids.includes(id)), []);
  assert.ok(missed.length > 30, `${missed.length}`); // each text is a row; what follows one may come later
  const again = await watch(`?after=${cursor}`);
  await again.until((s) => missed.every((id) => s.ids.includes(id)), 'what was missed');
  back.close();
  again.close();
});

test('under load nothing is left out, whoever comes and goes', { timeout: 120000 }, async () => {
  const first = await watch();
  await first.until((s) => s.last);
  const begun = (await log()).at(-1);
  let sent = 0, busy = true;
  const sender = async () => { while (busy && sent < 600) await text(`load ${sent++}`, `+1619555${1000 + (sent % 50)}`.slice(0, 12)); };
  const comer = async () => {
    let cursor = first.last;
    const ids = new Set();
    while (busy) {
      const stream = await watch('', { 'Last-Event-ID': cursor });
      const had = stream.ids.length;
      await stream.until((s) => s.ids.length > had + 20 || !busy);
      cursor = stream.last ?? cursor;
      for (const id of stream.ids) ids.add(id);
      stream.close();
    }
    const stream = await watch('', { 'Last-Event-ID': cursor });
    await text('the end', OTHERS[0]);
    await stream.until(hasText('the end'));
    for (const id of stream.ids) ids.add(id);
    return ids;
  };
  const comers = [comer(), comer(), comer()];
  await Promise.all(Array.from({ length: 8 }, sender));
  busy = false;
  await text('wakes those who wait', OTHERS[1]);
  const sets = await Promise.all(comers);
  const all = await log();
  const expected = all.slice(all.indexOf(begun) + 1, all.length - 20);
  assert.ok(expected.length > 800, `${expected.length}`);
  await first.until((s) => expected.every((id) => s.ids.includes(id)), 'all');
  assert.deepEqual(first.ids, [...new Set(first.ids)], 'told twice');
  assert.deepEqual([...first.ids].sort(), first.ids, 'in order');
  for (const ids of sets) assert.deepEqual(expected.filter((id) => !ids.has(id)), []);
  first.close();
});

test('a comment comes every fifteen seconds, with the time', async () => {
  const stream = await watch();
  await stream.until((s) => s.last);
  const had = stream.comments.length;
  await stage.turn(16);
  await stream.until((s) => s.comments.length > had, 'the comment');
  assert.match(stream.comments.at(-1), /^20\d\d-\d\d-\d\dT/);
  stream.close();
});

test('a cursor that is none is refused, and one from nowhere reloads', async () => {
  for (const bad of ['x', '0123456789abc.', 'zzzzzzzzzzzzz', '1', 'a'.repeat(2000)]) {
    const stream = await open(`?after=${bad}`);
    assert.equal(stream.status, 400, bad);
    await stream.over;
    const { code, field, help } = JSON.parse(stream.body);
    assert.deepEqual([code, field], ['bad_input', 'after']);
    assert.ok(help);
  }
  const future = await watch('?after=7zzzzzzzz0001');
  await future.until((s) => s.events.length, 'reload');
  assert.equal(future.events[0].type, 'reload');
  await text('after the reload');
  await future.until(hasText('after the reload'));
  future.close();
});

test('a token that is revoked ends its streams', async () => {
  const added = await stage.api('/api/v1/tokens', 'POST', { tenant: slug, role: 'viewer', name: 'soon gone' });
  const stream = await watch('', { Authorization: `Bearer ${added.token}` });
  const stays = await watch();
  await stream.until((s) => s.last);
  await stage.api(`/api/v1/tokens/${added.id}`, 'DELETE').catch(() => {});
  await stream.over;
  await text('still here');
  await stays.until(hasText('still here'));
  const refused = await open('', { Authorization: `Bearer ${added.token}` });
  assert.equal(refused.status, 401);
  stays.close();
});

test('a session that ends takes its streams along, and nobody else\'s', async () => {
  const ask = async (method, target, body, headers = {}) => {
    const answer = await request({
      method, port: stage.port, target, body: body && JSON.stringify(body),
      headers: { Origin: stage.base, 'Content-Type': 'application/json', ...headers },
    });
    return { ...answer, json: answer.body ? JSON.parse(answer.body) : {} };
  };
  const user = await stage.api('/api/v1/users', 'POST', { login: 'mara', name: 'Mara', role: 'viewer', tenant: slug });
  const { link } = await stage.api(`/api/v1/users/${user.id}/link`, 'POST', {});
  const password = 'the lantern swings at noon';
  await ask('POST', '/api/v1/setup', { token: link.split('/#/setup/')[1], password });
  const signIn = async () => {
    const answer = await ask('POST', '/api/v1/session', { login: 'mara', password });
    assert.equal(answer.status, 200, answer.body);
    return { Cookie: answer.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': answer.json.csrf };
  };
  const [here, there] = [await signIn(), await signIn()];
  const watchAs = async ({ Cookie }) => {
    const s = await Stream.open({ port: stage.port, target: `/api/v1/stream?tenant=${slug}`, headers: { Cookie } });
    made.push(s);
    assert.equal(s.status, 200);
    await s.until((x) => x.last);
    return s;
  };
  const [mine, other] = [await watchAs(here), await watchAs(there)];
  assert.equal((await ask('DELETE', '/api/v1/session', undefined, here)).status, 204);
  await mine.over;
  await text('after signing out');
  await other.until(hasText('after signing out'));
  const etag = `"${(await stage.api(`/api/v1/users?tenant=${slug}`)).items?.find((u) => u.login === 'mara')?.version ?? 1}"`;
  await request({
    method: 'PATCH', socketPath: path.join(stage.folder, 'data/control.sock'), target: `/api/v1/users/${user.id}`,
    headers: { 'Content-Type': 'application/json', 'If-Match': etag }, body: JSON.stringify({ is_disabled: true }),
  });
  await other.over;
});

test('whoever is too far behind is told to fetch anew', { timeout: 120000 }, async () => {
  const all = await log();
  const [oldest] = all;
  for (let had = all.length; had <= 5040; had = (await log()).length)
    await Promise.all(Array.from({ length: 300 }, (_, i) => text(`far ${i}`, OTHERS[i % 4])));
  const stream = await watch(`?after=${oldest}`);
  await stream.until((s) => s.events.length, 'the word');
  assert.equal(stream.events[0].type, 'reload');
  assert.equal(stream.last, (await log()).at(-1));
  const rest = (await log()).slice(-4990);
  const close = await watch(`?after=${rest[0]}`);
  await close.until((s) => s.ids.length >= 4989, 'all of it');
  assert.deepEqual(close.ids, rest.slice(1));
  stream.close();
  close.close();
});

test('a reader who takes nothing is cut off, and nobody else waits for him', { timeout: 120000 }, async () => {
  const slow = await watch();
  await slow.until((s) => s.last);
  slow.answer.pause();
  const quick = await watch();
  const words = 'w'.repeat(1500);
  const cut = () => stage.daemon.said().includes('too slow');
  let sent = 0;
  while (!cut() && sent < 4000) {
    await Promise.all(Array.from({ length: 20 }, () => text(`${sent++} ${words}`, OTHERS[sent % 4])));
  }
  // What is stored may be far ahead of what is told.
  while (!cut() && sent < 6000) await text(`${sent++} once more`);
  assert.ok(cut(), `${sent} texts`);
  await text('the quick one goes on');
  await quick.until(hasText('the quick one goes on'));
  quick.close();
  slow.close();
});

test('a thousand streams get the same event', { timeout: 120000 }, async () => {
  const memory = () => {
    const status = fs.readFileSync(`/proc/${stage.daemon.pid}/status`, 'utf8');
    return Number(/RssAnon:\s+(\d+)/.exec(status)[1]);
  };
  const before = memory();
  const streams = [];
  while (streams.length < 990) {
    const more = await Promise.all(Array.from({ length: 66 }, () => watch()));
    streams.push(...more);
  }
  await Promise.all(streams.map((s) => s.until((x) => x.last)));
  const each = (memory() - before) / streams.length;
  console.log(`# ${each.toFixed(1)} kB a stream`);
  assert.ok(each < 60, `${each} kB a stream`); // it is about 25; a copy of the page for each would be more
  await text('to all of them');
  await Promise.all(streams.map((s) => s.until(hasText('to all of them'))));
  const ids = new Set(streams.map((s) => s.events.find((e) => e.data.message?.body === 'to all of them').id));
  assert.equal(ids.size, 1);
  const more = await Promise.all(Array.from({ length: 20 }, () => open()));
  const refused = more.filter((s) => s.status === 503);
  assert.ok(refused.length > 0);
  assert.equal(refused[0].headers['retry-after'], '30');
  const webhook = await text('webhooks still come in');
  assert.equal(webhook.status, 200);
  for (const s of [...streams, ...more]) s.close();
});

// The readers have much to do before they come to the stream: what happens meanwhile is not passed over.
test('what happens after the answer has begun is told, however busy the readers are', async () => {
  const own = await Stage.open();
  const say = (body, from = CUSTOMER) => own.webhook('/sms/inbound', { MessageSid: sid('SM'), To: LINE, From: from, NumMedia: '0', Body: body });
  try {
    for (let i = 0; i < 200; i++) await say(`earlier ${i}`, OTHERS[i % 4]);
    for (let i = 0; i < 5; i++) {
      const lists = Array.from({ length: 40 }, () => own.api('/api/v1/events?limit=500'));
      const stream = await Stream.open({ socketPath: path.join(own.folder, 'data/control.sock') });
      await say(`at once ${i}`);
      await say(`and then ${i}`);
      await Promise.all(lists);
      await say(`at last ${i}`);
      await stream.until(hasText(`at last ${i}`));
      assert.deepEqual(['at once', 'and then'].filter((words) => !hasText(`${words} ${i}`)(stream)), [], `time ${i}`);
      stream.close();
    }
  } finally {
    await own.close();
  }
});

// ... and so is a row that changes without an event.
test('a row that changes before a new stream is up to date is told', async () => {
  const own = await Stage.open();
  try {
    for (let i = 0; i < 200; i++)
      await own.webhook('/sms/inbound', { MessageSid: sid('SM'), To: LINE, From: OTHERS[i % 4], NumMedia: '0', Body: `earlier ${i}` });
    await own.turn(60);
    for (let i = 0; i < 5; i++) {
      await own.webhook('/sms/inbound', { MessageSid: sid('SM'), To: LINE, From: CUSTOMER, NumMedia: '0', Body: `look ${i}` });
      const mine = async () => (await own.items('/api/v1/messages?limit=100')).find((m) => m.direction === 'out' && m.body.includes(`look ${i}`));
      let message;
      do message = await mine(); while (!message?.sid);
      const lists = Array.from({ length: 40 }, async () => {
        for (let n = 0; n < 5; n++) await own.api('/api/v1/events?limit=500');
      });
      const stream = await Stream.open({ socketPath: path.join(own.folder, 'data/control.sock') });
      await own.webhook('/sms/status', { MessageSid: message.sid, MessageStatus: 'delivered', From: LINE, To: message.recipient });
      await Promise.all(lists);
      await own.webhook('/sms/inbound', { MessageSid: sid('SM'), To: LINE, From: CUSTOMER, NumMedia: '0', Body: `at last ${i}` });
      await stream.until(hasText(`at last ${i}`));
      assert.equal((await mine()).delivery, 'delivered');
      const isTold = () => stream.events.some((e) => e.data.message?.id === message.id && e.data.message.delivery === 'delivered');
      // Touches and events of what comes later leave in one order: it does not come behind them.
      await own.webhook('/sms/inbound', { MessageSid: sid('SM'), To: LINE, From: CUSTOMER, NumMedia: '0', Body: `behind ${i}` });
      await stream.until(hasText(`behind ${i}`));
      assert.ok(isTold(), `the receipt of time ${i}`);
      stream.close();
      await own.turn(60);
    }
  } finally {
    await own.close();
  }
});

test('the end of the program ends the streams at once', async () => {
  const stream = await watch();
  await stream.until((s) => s.last);
  const how = await stage.kill('SIGTERM');
  assert.equal(how, 0);
  await stream.over;
  await stage.startDaemon();
});
