// `nextring-sim load` against small servers of the test's own; the official package judges the
// signatures.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import twilio from 'twilio';
import { build, freePort, TOKEN } from './stage.js';

function load(...args) {
  return new Promise((resolve) => {
    const child = spawn(path.join(build, 'nextring-sim'), ['load', ...args], { env: {} });
    let out = '';
    let errors = '';
    child.stdout.on('data', (part) => { out += part; });
    child.stderr.on('data', (part) => { errors += part; });
    child.on('exit', (status) => resolve({ status, out, errors }));
  });
}

const figures = (run) => Object.fromEntries(run.out.trim().split(' ').map((word) => {
  const [name, value] = word.split('=');
  return [name, Number(value)];
}));

// A server whose handler gets (request, params, answer); closed at the test's end.
async function serve(t, handler) {
  const server = http.createServer((rq, answer) => {
    let body = '';
    rq.on('data', (part) => { body += part; });
    rq.on('end', () => handler(rq, Object.fromEntries(new URLSearchParams(body)), answer));
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  t.after(() => { server.closeAllConnections(); server.close(); });
  return { url: `http://127.0.0.1:${server.address().port}`, server };
}

async function serveRaw(t, handler) {
  const sockets = new Set();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    handler(socket);
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  t.after(() => { for (const s of sockets) s.destroy(); server.close(); });
  return `http://127.0.0.1:${server.address().port}`;
}

test('every kind of webhook has a right signature, its own sid and the path asked for', async (t) => {
  const seen = { '/text': [], '/call': [], '/hook': [], '/ended': [] };
  const { url } = await serve(t, (rq, params, answer) => {
    const signed = twilio.validateRequest(TOKEN, rq.headers['x-twilio-signature'],
      `https://calls.example.com${rq.url}`, params);
    seen[rq.url].push({ signed, host: rq.headers.host, ...params });
    answer.end('<Response/>');
  });
  const run = await load('--server', url, '--public-url', 'https://calls.example.com', '--mix',
    'text=2,call=1,text-status=1,call-status=1', '--path',
    'text=/text,call=/call,text-status=/hook,call-status=/ended', '--count', '200', '--connections',
    '4', '--customers', '50', '--seed', '7', '--expect', '<Response', '--figures');
  assert.equal(run.status, 0, run.out + run.errors);
  assert.equal(figures(run).good, 200);
  const all = Object.values(seen).flat();
  assert.equal(all.length, 200);
  assert.ok(all.every((hook) => hook.signed && hook.host === 'calls.example.com'));
  assert.equal(new Set(all.map((hook) => hook.MessageSid ?? hook.CallSid)).size, 200);
  for (const list of Object.values(seen)) assert.ok(list.length > 15, 'each kind of the mix came');
  assert.ok(seen['/text'].every((hook) => /^\+1\d{3}55501\d\d$/.test(hook.From)));
  assert.ok(seen['/hook'].every((hook) => hook.MessageStatus === 'delivered'));
  assert.ok(seen['/ended'].every((hook) => hook.CallStatus === 'completed'));
});

test('many lines are called and written to, each by all of its customers before one comes again', async (t) => {
  const parties = new Map();
  const { url } = await serve(t, (rq, params, answer) => {
    const signed = twilio.validateRequest(TOKEN, rq.headers['x-twilio-signature'], `${url}${rq.url}`, params);
    const party = `${params.To} ${params.From}`;
    parties.set(party, (parties.get(party) ?? 0) + 1);
    assert.equal(params.Called ?? params.To, params.To);
    answer.statusCode = signed ? 200 : 403;
    answer.end();
  });
  const run = await load('--server', url, '--mix', 'text=1,call=1', '--lines', '30', '--line', '+16195550190',
    '--customers', '7', '--count', '210', '--connections', '3', '--figures');
  assert.equal(run.status, 0, run.out + run.errors);
  assert.deepEqual([...parties.values()], Array(210).fill(1));
  assert.deepEqual([...new Set([...parties.keys()].map((p) => p.slice(0, 12)))].sort(),
    Array.from({ length: 30 }, (_, n) => `+1619555${String(190 + n).padStart(4, '0')}`));
  const wrong = await load('--server', url, '--lines', '2', '--line', 'sip:front@example.com');
  assert.equal(wrong.status, 2);
  assert.match(wrong.errors, /--line "sip:front@example.com" is no number like \+16195550100/);
});

test('the same seed sends the same sids, and a forged one no right signature', async (t) => {
  const rounds = [[], []];
  let round = 0;
  const { url } = await serve(t, (rq, params, answer) => {
    rounds[round].push(params.MessageSid);
    const right = twilio.validateRequest(TOKEN, rq.headers['x-twilio-signature'],
      `${url}${rq.url}`, params);
    answer.statusCode = right ? 200 : 403;
    answer.end();
  });
  const same = ['--server', url, '--count', '20', '--connections', '1', '--seed', '3'];
  assert.equal((await load(...same)).status, 0);
  round = 1;
  assert.equal((await load(...same, '--forged', '--status', '403')).status, 0);
  assert.deepEqual(rounds[0], rounds[1]);
});

test('an open loop charges a server that stands still for all that it held up', async (t) => {
  let first = true;
  const { url } = await serve(t, (rq, params, answer) => {
    if (first) setTimeout(() => answer.end(), 300);
    else answer.end();
    first = false;
  });
  const run = await load('--server', url, '--rate', '1000', '--count', '200', '--connections', '1',
    '--figures');
  const f = figures(run);
  assert.equal(run.status, 0, run.out);
  assert.equal(f.good, 200);
  assert.ok(f.p50_us > 100000, `half of them waited while it stood still: ${f.p50_us}`);
  assert.ok(f.service_p50_us < f.p50_us / 2, 'what a closed loop would have seen is far less');
  assert.ok(f.max_us >= f['p99.99_us'] && f['p99.99_us'] >= f.p99_us && f.p99_us >= f.p50_us);
});

test('what was due and found no connection to the end is counted', async (t) => {
  const { url } = await serve(t, () => {});
  const run = await load('--server', url, '--rate', '100', '--seconds', '0.5', '--connections', '2',
    '--patience', '0.3', '--figures');
  const f = figures(run);
  assert.equal(run.status, 1);
  assert.equal(f.good, 0);
  assert.equal(f.late + f.unsent, 50, run.out);
});

test('steps are runs of their own, at random instants too, and a warm-up counts in none', async (t) => {
  let came = 0;
  const { url } = await serve(t, (rq, params, answer) => { came += 1; answer.end(); });
  const run = await load('--server', url, '--steps', '100,200', '--seconds', '0.3', '--warm-up',
    '0.2', '--arrivals', 'random', '--json');
  assert.equal(run.status, 0, run.out + run.errors);
  const steps = JSON.parse(run.out);
  assert.deepEqual(steps.map((step) => step.rate), [100, 200]);
  const counted = steps[0].good + steps[1].good;
  assert.ok(counted > 40 && counted < came, `${counted} of ${came}`);
});

test('answers in chunks, without a length and on connections that close are all read', async (t) => {
  const { url } = await serve(t, (rq, params, answer) => {
    answer.write('<Resp');
    answer.end('onse/>');
  });
  const chunked = await load('--server', url, '--count', '10', '--expect', 'onse/>');
  assert.equal(chunked.status, 0, chunked.out);
  const closing = await serveRaw(t, (socket) => {
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\n<Response/>'));
  });
  const run = await load('--server', closing, '--count', '20', '--connections', '2', '--expect',
    '<Response/>', '--figures');
  assert.equal(run.status, 0, run.out);
  assert.equal(figures(run).good, 20);
});

test('a name with several addresses finds the one that listens', async (t) => {
  const { url } = await serve(t, (rq, params, answer) => answer.end());
  const run = await load('--server', url.replace('127.0.0.1', 'localhost'), '--count', '5');
  assert.equal(run.status, 0, run.out + run.errors);
});

test('faults are told apart', async (t) => {
  let n = 0;
  const url = await serveRaw(t, (socket) => {
    socket.on('data', () => {
      n += 1;
      if (n === 1) socket.destroy();
      else if (n === 2) socket.end('SSH-2.0-nothing\r\n\r\n\r\n');
      else if (n === 3) socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
      else if (n === 4) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nno!');
      else if (n === 5) socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes');
    });
  });
  const run = await load('--server', url, '--count', '8', '--connections', '1', '--expect', 'yes',
    '--figures');
  const f = figures(run);
  assert.equal(run.status, 1);
  assert.deepEqual([f.good, f.bad, f.cut, f.malformed, f.status, f.content], [3, 5, 1, 2, 1, 1]);
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const refused = await load('--server', nobody, '--seconds', '0.2', '--connections', '1', '--figures');
  assert.equal(refused.status, 1);
  assert.ok(figures(refused).refused > 0);
});

test('for people: a table, the faults by kind and by status', async (t) => {
  const { url } = await serve(t, (rq, params, answer) => { answer.statusCode = 503; answer.end(); });
  const run = await load('--server', url, '--count', '5');
  assert.equal(run.status, 1);
  assert.match(run.out, /p50 +p75 +p90 +p95 +p99 +p99\.9 +p99\.99 +max +wrong/);
  assert.match(run.out, /status 5\n +HTTP 503 5/);
});

test('a wrong option names what is wrong and exits with 2', async () => {
  const rows = [
    [['--server', 'https://127.0.0.1:1'], 'http://127.0.0.1:8080'],
    [['--server', 'http://127.0.0.1:1/path'], '--path'],
    [['--server', 'http://192.0.2.1'], '--remote'],
    [['--mix', 'fax'], 'text, call'],
    [['--mix', 'text=0'], 'nothing to send'],
    [['--path', 'a b'], 'KIND=PATH'],
    [['--path', '/a^b'], 'no path'],
    [['--rate', 'fast'], '--rate'],
    [['--connections', '0'], '--connections'],
    [['--seconds', 'nan'], '--seconds'],
    [['--account', 'AC^'], '--account'],
    [['--arrivals', 'late'], 'random'],
    [['--what'], 'what'],
    [['left'], 'left'],
  ];
  for (const [args, words] of rows) {
    const run = await load(...args);
    assert.equal(run.status, 2, args.join(' '));
    assert.ok(run.errors.includes(words), `${args.join(' ')}: ${run.errors}`);
  }
  const help = await load('--help');
  assert.equal(help.status, 0);
  assert.match(help.out, /examples:/);
});
