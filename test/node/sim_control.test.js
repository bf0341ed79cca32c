// The control API of the simulated carrier, by people who mistype: what is not understood is
// refused with words that name it, and changes nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { CUSTOMER, LINE, build, closeCarrier, freePort, openCarrier, request } from './stage.js';

let stage;
before(async () => { stage = await openCarrier(await freePort()); });
after(async () => {
  await closeCarrier(stage);
  assert.equal(stage.how, 0);
});

const ask = (method, target, body) => request({ method, port: stage.simPort, target, body: body && JSON.stringify(body) });
async function refused(method, target, body, words) {
  const answer = await ask(method, target, body);
  assert.equal(answer.status, 400, `${method} ${target} ${JSON.stringify(body)}: ${answer.body}`);
  assert.match(JSON.parse(answer.body).error, words);
}

test('a member of the wrong type is named, and nothing happens', async () => {
  const call = { from: CUSTOMER, to: LINE };
  const before = await stage.carrier('GET', '/sim/clock');
  const rows = [
    ['/sim/calls', { ...call, hangup_after_ms: 'soon' }, /hangup_after_ms is a text, not a number/],
    ['/sim/calls', { ...call, hangup_after_ms: -1 }, /hangup_after_ms is not a number from 0 to/],
    ['/sim/calls', { ...call, caller_name: 5 }, /caller_name is a number, not a text/],
    ['/sim/calls', { ...call, voicemail_key: 'one' }, /voicemail_key is not one of 0-9 \* # A-D/],
    ['/sim/calls', { ...call, caller: 'x' }, /"caller" is unknown; known are: from to/],
    ['/sim/clock', { rate: 'fast' }, /rate is a text, not a number/],
    ['/sim/clock', { rate: 1, set_ms: -5 }, /set_ms is not a number from 0 to/],
    ['/sim/turn', { for_ms: 5, settle_ms: true }, /settle_ms is .* not a number/],
    ['/sim/turn', { next: 'yes' }, /next is a text, not true or false/],
  ];
  for (const [target, body, words] of rows) await refused('POST', target, body, words);
  assert.deepEqual(await stage.carrier('GET', '/sim/clock'), before);
  assert.deepEqual((await stage.carrier('GET', '/sim/phones')).calls, []);
  await refused('GET', '/sim/warnings?after=x', undefined, /after is not the number of an entry/);
});

test('the hand of a call presses keys that a phone has, and knows no yes for true', async () => {
  const { sid } = await stage.call(CUSTOMER);
  await refused('POST', `/sim/calls/${sid}`, { press: '1x' }, /keys are 0-9 \* # A-D/);
  await refused('POST', `/sim/calls/${sid}`, { press: 1 }, /press is a number, not a text/);
  await refused('POST', `/sim/calls/${sid}`, { answer: 'yes' }, /answer is a text, not true or false/);
  await refused('POST', `/sim/calls/${sid}`, { say: 'hi', confidence: 101 }, /confidence is not a number from 0 to 100/);
  await stage.carrier('POST', `/sim/calls/${sid}`, { hangup: true });
});

test('the clock only goes on, and ends with the year 9999', async () => {
  const { now_ms } = await stage.carrier('GET', '/sim/clock');
  await refused('POST', '/sim/clock', { set_ms: now_ms - 1 }, /only goes on/);
  await refused('POST', '/sim/clock', { set_ms: 253402300800000 }, /set_ms is not a number from 0 to/);
  await refused('POST', '/sim/turn', { for_ms: 253402300799999 }, /year 9999/);
  assert.equal((await stage.carrier('GET', '/sim/clock')).now_ms, now_ms);
  await stage.carrier('POST', '/sim/clock', { set_ms: now_ms + 1000 });
  assert.equal((await stage.carrier('GET', '/sim/clock')).now_ms, now_ms + 1000);
});

test('whoever goes while he turns the clock leaves it to the next', async (t) => {
  const server = http.createServer(() => {}); // it never answers
  await new Promise((done) => { server.listen(stage.port, '127.0.0.1', done); });
  t.after(() => { server.close(); server.closeAllConnections(); });
  const asked = new Promise((resolve) => { server.once('request', resolve); });
  await stage.text(CUSTOMER, 'hello');
  await asked;
  // The clock is asked for when the order has left, so that the next one finds it there.
  const begin = async () => {
    const rq = http.request({ host: '127.0.0.1', port: stage.simPort, method: 'POST', path: '/sim/turn' });
    rq.on('error', () => {});
    const left = new Promise((resolve) => { rq.once('finish', resolve); });
    rq.end('{"for_ms": 60000}');
    await left;
    for (let i = 0; i < 2; i++) await ask('GET', '/sim/clock');
    return rq;
  };
  const turn = () => ask('POST', '/sim/turn', { for_ms: 1, patience_ms: 100 });
  let first = await begin();
  let second = await turn();
  while (second.status !== 409) { // the second was there before the first
    first.destroy();
    first = await begin();
    second = await turn();
  }
  first.destroy();
  while (second.status === 409) second = await turn();
  assert.equal(second.status, 504);
  assert.match(second.body, /a webhook is not answered/);
});

test('a medium has a type that a server can be told', async () => {
  for (const type of ['image/png\r\nX-More: 1', 'image', '/', 'image/', 'image/p ng'])
    await refused('POST', `/sim/phones/${CUSTOMER}/text`, { to: LINE, media: [{ type, base64: 'aGk=' }] }, /type, like image\/jpeg/);
  await stage.carrier('POST', `/sim/phones/${CUSTOMER}/text`, { to: LINE, media: [{ type: 'text/vcard; charset=utf-8', base64: 'aGk=' }] });
});

test('a fault that ends by itself ends no younger one', async () => {
  await stage.carrier('POST', '/sim/fault', { what: 'carrier_down', for_ms: 60000 });
  await stage.carrier('DELETE', '/sim/fault');
  await stage.carrier('POST', '/sim/fault', { what: 'carrier_down', count: 0 });
  await stage.turn(61);
  const { faults } = await stage.carrier('GET', '/sim/fault');
  assert.deepEqual(faults.map((f) => f.what), ['carrier_down']);
  await stage.carrier('DELETE', '/sim/fault');
});

test('the timeline on a terminal has no control characters of strangers, and an entry is a line', async (t) => {
  const port = await freePort();
  const child = spawn(path.join(build, 'nextring-sim'), ['--listen', `127.0.0.1:${port}`, '--rate', '0'], { env: {} });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  const wait = (words) => new Promise((resolve) => {
    const look = () => said.includes(words) && resolve();
    child.stdout.on('data', (part) => { said += part; look(); });
  });
  await wait('listening on');
  const done = wait('in a hand');
  const name = 'A\u001b[31mnn\nFORGED \u0085\u007f\u009b1m';
  assert.equal((await request({ method: 'POST', port, target: `/sim/phones/${CUSTOMER}/set`, body: JSON.stringify({ name, held: true }) })).status, 200);
  await done;
  assert.match(said, /A\S*\[31mnn.FORGED/);
  assert.doesNotMatch(said.replaceAll('\n', ''), /\p{Cc}/u);
  assert.doesNotMatch(said, /^FORGED/m);
});
