// Catch-up (G6) where something is odd: a line that moves between tenants and back, a clock that
// was set back, a list of the carrier's that is broken or leads to itself.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { ACCOUNT, CUSTOMER, LINE, OTHERS, PRIMARY, Stage, alwaysOnCall, request } from './stage.js';

const OTHER_LINE = '+16195550101', OTHER_PRIMARY = '+16195550121';

async function figure(stage, name) {
  const { body } = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target: '/metrics' });
  return Number(body.match(new RegExp(`^nextring_${name} (\\d+)$`, 'm'))[1]);
}

async function until(what, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await new Promise((done) => setTimeout(done, 20)))
    if (await what()) return;
  assert.fail('it does not happen');
}

const lines = (...numbers) => numbers.map((number) => ({ number, texts_per_second: 10, relays_per_minute: 0 }));

function other(...numbers) {
  return {
    tenant: 'other', name: 'Other Hauling', region: 'US', account_sid: ACCOUNT, relays_per_minute: 0,
    lines: lines(...numbers),
    dispatchers: [{ id: 'anna', name: 'Anna', phone: OTHER_PRIMARY }],
    fallback_chain: ['anna'],
  };
}

test('a line that went to another tenant and came back brings nothing of his', async () => {
  const rosters = fs.mkdtempSync(path.join(fs.realpathSync('/tmp'), 'nextring-rosters-'));
  const ours = (own) => ({ ...alwaysOnCall(), account_sid: ACCOUNT, lines: own });
  const put = (name, roster) => {
    fs.writeFileSync(path.join(rosters, `.${name}`), JSON.stringify(roster));
    fs.renameSync(path.join(rosters, `.${name}`), path.join(rosters, `${name}.json`));
  };
  const first = alwaysOnCall().lines;
  const here = (numbers) => first.map((line, i) => ({ ...line, number: numbers[i] ?? line.number }));
  put('a', ours(here([LINE])));
  put('b', other(OTHER_LINE));
  const stage = await Stage.open({ env: { NEXTRING_ROSTER: rosters } });
  const move = async (a, b) => {
    put('a', ours(here([a])));
    put('b', other(b));
    const { status } = await stage.api('/api/v1/reload', 'POST');
    assert.ok(status < 300);
    await until(async () => (await stage.items('/api/v1/lines?tenant=other')).some((l) => l.number === b));
  };
  try {
    await stage.turn(90);
    await move(OTHER_LINE, LINE);
    await stage.turn(30);
    await stage.text(CUSTOMER, 'for the other tenant alone');
    await stage.turn(40);
    assert.equal((await stage.texts(OTHER_PRIMARY)).filter((t) => t.includes('for the other')).length, 1);
    await move(LINE, OTHER_LINE);
    await stage.turn(150);
    assert.equal(await figure(stage, 'late_texts_total'), 0);
    assert.equal((await stage.texts(PRIMARY)).filter((t) => t.includes('for the other')).length, 0);
  } finally {
    await stage.close();
    fs.rmSync(rosters, { recursive: true });
  }
});

test('a clock that was ahead at the last search hides nothing that comes after', async () => {
  const ahead = await Stage.open({ simArgs: ['--start', '2026-11-24T05:05:00Z'] });
  await ahead.api(`/api/v1/lines/${encodeURIComponent(LINE)}/live`, 'POST');
  await ahead.turn(90);
  await ahead.kill();
  const stage = await Stage.open();
  try {
    await stage.kill();
    fs.rmSync(path.join(stage.folder, 'data'), { recursive: true });
    fs.cpSync(path.join(ahead.folder, 'data'), path.join(stage.folder, 'data'), { recursive: true, filter: (name) => !name.endsWith('.sock') });
    await stage.startDaemon();
    await stage.carrier('POST', '/sim/fault', { what: 'outage' });
    await stage.text(OTHERS[0], 'after the clock was set right');
    await stage.turn(1);
    await stage.carrier('DELETE', '/sim/fault');
    await stage.turn(89);
    assert.equal(await figure(stage, 'late_texts_total'), 1);
  } finally {
    await ahead.close();
    await stage.close();
  }
});

// A carrier whose lists are the test's.
async function openLists(pages) {
  const lists = { asked: [] };
  lists.server = http.createServer((rq, rs) => {
    rq.resume();
    rs.setHeader('Content-Type', 'application/json');
    if (rq.method === 'GET' && rq.url.includes('Messages.json')) {
      lists.asked.push(rq.url);
      rs.end(pages(rq.url, lists.asked.length));
    } else if (rq.method === 'GET') {
      rs.end('{"calls":[],"next_page_uri":null}');
    } else {
      rs.writeHead(201).end(JSON.stringify({ sid: `SM${String(Date.now()).padStart(32, '0')}`, status: 'queued' }));
    }
  });
  await new Promise((done) => lists.server.listen(0, '127.0.0.1', done));
  lists.base = `http://127.0.0.1:${lists.server.address().port}`;
  lists.close = () => { lists.server.closeAllConnections(); lists.server.close(); };
  return lists;
}

test('a page that leads to itself is not followed for ever', async () => {
  const itself = `/2010-04-01/Accounts/${ACCOUNT}/Messages.json?Page=1`;
  const lists = await openLists(() => JSON.stringify({ messages: [], next_page_uri: itself }));
  const stage = await Stage.open({ env: { NEXTRING_CARRIER_API: lists.base } });
  try {
    await stage.turn(1);
    await until(() => stage.daemon.said().includes('log could not be listed'));
    assert.ok(lists.asked.length <= 3, `${lists.asked.length} pages`);
  } finally {
    await stage.close();
    lists.close();
  }
});

test('a text cut within a character does not hide the page that it stands on', async () => {
  const date = 'Tue, 24 Nov 2026 02:05:10 +0000';
  const row = (n, body) => `{"sid":"SM${String(n).padStart(32, '0')}","account_sid":"${ACCOUNT}","from":"${OTHERS[n]}","to":"${LINE}",`
    + `"direction":"inbound","status":"received","num_media":"0","date_created":"${date}","date_sent":"${date}","body":"${body}"}`;
  const lists = await openLists(() => `{"messages":[${row(1, 'cut \\ud83d')},${row(2, 'whole')}],"next_page_uri":null}`);
  const stage = await Stage.open({ env: { NEXTRING_CARRIER_API: lists.base } });
  try {
    await stage.api(`/api/v1/lines/${encodeURIComponent(LINE)}/live`, 'POST');
    await stage.turn(100);
    assert.equal(await figure(stage, 'late_texts_total'), 2);
  } finally {
    await stage.close();
    lists.close();
  }
});

test('a list that does not come does not hold up the end of the program', async () => {
  let asked = 0;
  const server = http.createServer((rq) => { asked += 1; rq.resume(); });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const stage = await Stage.open({ env: { NEXTRING_CARRIER_API: `http://127.0.0.1:${server.address().port}` } });
  await until(() => asked > 0);
  const since = Date.now();
  await stage.close();
  const took = Date.now() - since;
  server.closeAllConnections();
  server.close();
  assert.equal(stage.how, 0);
  assert.ok(took < 5000, `${took} ms`);
});
