// iCalendar feeds of people: who is rung follows what an address serves and what a file holds; a
// feed that breaks leaves its last good text in force, is told once, and outlives a restart.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { CUSTOMER, PRIMARY, Stage, alwaysOnCall } from './stage.js';

const ics = (...events) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events.flatMap(([from, to], i) => [
  'BEGIN:VEVENT', `UID:${i}`, `DTSTART:${from}`, `DTEND:${to}`, 'END:VEVENT']), 'END:VCALENDAR', ''].join('\r\n');
const tonight = ics(['20261124T000000Z', '20261124T060000Z']); // the tests begin at 02:05
const tomorrow = ics(['20261125T000000Z', '20261125T060000Z']);

// A web server with one feed; `serves` is what it answers.
async function openFeed(text) {
  const feed = { text, status: 200, log: [] };
  const answer = (rq, out) => {
    const etag = `"${feed.status}-${feed.text.length}-${feed.text.slice(80, 120).replace(/\W/g, '')}"`;
    const status = feed.status === 200 && rq.headers['if-none-match'] === etag ? 304 : feed.status;
    feed.log.push(status);
    out.writeHead(status, status === 200 ? { ETag: etag } : {}).end(status === 200 ? feed.text : '');
    for (const look of feed.waits ?? []) look();
  };
  const listen = (port) => new Promise((done) => {
    feed.server = http.createServer(answer).listen(port, '127.0.0.1', done);
  });
  await listen(0);
  feed.port = feed.server.address().port;
  feed.url = `http://127.0.0.1:${feed.port}/private-5ecret/ann.ics?key=5ecret`;
  feed.close = () => new Promise((done) => { feed.server.closeAllConnections(); feed.server.close(done); });
  feed.again = () => listen(feed.port);
  return feed;
}

// Resolves when the daemon has said `words` that often.
function hears(stage, words, times = 1) {
  return new Promise((resolve) => {
    const look = () => { if (stage.daemon.said().split(words).length > times) resolve(); };
    stage.daemon.stderr.on('data', look);
    look();
  });
}
const reload = (stage) => stage.api('/api/v1/reload', 'POST');
const rosterWith = (calendar, key = 'calendar') => {
  const roster = alwaysOnCall();
  roster.dispatchers[0][key] = calendar;
  return roster;
};
async function available(stage) {
  const { available: list } = await stage.api('/webhook/twilio/operator-availability');
  return list.map((o) => o.operator);
}
// Whether a call rings his phone.
async function rings(stage) {
  const before = (await stage.phone(PRIMARY)).calls.length;
  await stage.call(CUSTOMER);
  await stage.turn(120);
  return (await stage.phone(PRIMARY)).calls.length > before;
}
const alarms = async (stage, kind) =>
  (await stage.items('/api/v1/events?limit=100')).filter((e) => e.kind === kind);

test('a feed is served, changed, broken, and back; who is asked follows it', { timeout: 120000 }, async () => {
  const feed = await openFeed(tonight);
  const stage = await Stage.open({ roster: rosterWith(feed.url) });
  await hears(stage, 'calendars read anew');
  const first = alwaysOnCall().dispatchers[0].id;
  assert.equal((await available(stage))[0], first, 'he is on call tonight');
  assert.ok(await rings(stage));

  feed.text = tomorrow;
  await reload(stage);
  await hears(stage, 'calendars read anew', 2);
  assert.ok(!(await available(stage)).includes(first), 'now tomorrow only');
  assert.ok(!await rings(stage));

  const versions = (await stage.items('/api/v1/rosters')).length;
  assert.equal(versions, 1, 'a feed that changes makes no version of the roster');

  feed.text = '<html>sign in</html>'; // refused: the last good one stays
  await reload(stage);
  await hears(stage, 'alarm feed.refused');
  assert.ok(!(await available(stage)).includes(first));
  feed.text = '<html>sign in, please</html>'; // not told again, below
  await reload(stage);
  feed.status = 404;
  await reload(stage);
  feed.text = tomorrow;
  feed.status = 200;
  await reload(stage);
  await hears(stage, 'feed.back');
  assert.equal((await alarms(stage, 'feed.refused')).length, 1, 'once');
  assert.match((await alarms(stage, 'feed.refused'))[0].detail, /^the calendar of .* at 127\.0\.0\.1 is refused/);

  // A restart while it cannot be had: what was kept holds, and is told once.
  await stage.kill('SIGKILL');
  await feed.close();
  await stage.startDaemon();
  assert.ok(!(await available(stage)).includes(first), 'kept across a restart');
  while (!stage.daemon.said().includes('alarm feed.unreachable')) await reload(stage);
  feed.text = tonight;
  await feed.again();
  await reload(stage);
  await hears(stage, 'calendars read anew');
  assert.equal((await available(stage))[0], first);
  assert.ok(!stage.daemon.said().includes('5ecret'), 'the address may be a secret');
  await stage.close();
  await feed.close();
});

test('an address that is gone is an alarm, once, and ends', { timeout: 120000 }, async () => {
  const feed = await openFeed(tonight);
  feed.status = 404;
  const stage = await Stage.open({ roster: rosterWith(feed.url) });
  await hears(stage, 'alarm feed.unreachable');
  assert.equal((await available(stage))[0], alwaysOnCall().dispatchers[0].id, 'without it his hours alone hold');
  const asked = feed.log.length;
  await new Promise((resolve) => { feed.waits = [() => feed.log.length > asked && resolve()]; reload(stage); });
  feed.status = 200;
  await reload(stage);
  await hears(stage, 'feed.back');
  assert.equal((await alarms(stage, 'feed.unreachable')).length, 1);
  assert.match((await alarms(stage, 'feed.unreachable'))[0].detail, /is not there; check the address/);
  await stage.close();
  await feed.close();
});

test('a file beside the roster is looked at every second; a day goes on by itself', { timeout: 120000 }, async () => {
  const stage = new Stage();
  const opened = await Stage.open({ roster: alwaysOnCall() });
  Object.assign(stage, opened);
  const file = path.join(opened.folder, 'away.ics');
  const first = alwaysOnCall().dispatchers[0].id;
  fs.writeFileSync(file, tomorrow);
  fs.writeFileSync(opened.roster, JSON.stringify(rosterWith('away.ics', 'away_calendar')));
  await hears(opened, 'read, in force');
  fs.writeFileSync(file, tonight);
  await hears(opened, 'calendars read anew');
  assert.ok(!(await available(opened)).includes(first), 'he is away tonight');

  fs.writeFileSync(file, 'no calendar'); // refused, and the last good one stays
  await hears(opened, 'alarm roster.refused');
  assert.ok(!(await available(opened)).includes(first));
  fs.writeFileSync(file, tomorrow);
  await hears(opened, 'calendars read anew', 2);
  assert.equal((await available(opened))[0], first);
  await opened.turn(25 * 3600);
  await hears(opened, 'calendars read anew', 3);
  await opened.close();
});

test('the line is served at once while a feed does not answer', { timeout: 120000 }, async () => {
  const server = http.createServer(() => {}).listen(0, '127.0.0.1'); // never answers
  await new Promise((done) => server.on('listening', done));
  const stage = await Stage.open({ roster: rosterWith(`http://127.0.0.1:${server.address().port}/a.ics`) });
  await stage.text(CUSTOMER, 'the boiler is out');
  await stage.turn(1);
  assert.equal((await stage.items('/api/v1/relays')).length, 1);
  await stage.close();
  server.closeAllConnections();
  server.close();
});
