// nextring-sim for somebody who has only just found it: its commands, and what is there when it
// is started without a word.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import twilio from 'twilio';
import { build, freePort, request } from './stage.js';

function run(...args) {
  return new Promise((resolve) => {
    const child = spawn(path.join(build, 'nextring-sim'), args, { env: {} });
    let out = '';
    let errors = '';
    child.stdout.on('data', (part) => { out += part; });
    child.stderr.on('data', (part) => { errors += part; });
    child.on('exit', (status) => resolve({ status, out, errors }));
  });
}

// Starts it; resolves to {child, said} once it has printed `ready`.
function start(t, ready, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(build, 'nextring-sim'), args, { env: {} });
    let said = '';
    t.after(() => child.kill('SIGKILL'));
    child.stdout.on('data', (part) => {
      said += part;
      if (said.includes(ready)) resolve({ child, said });
    });
    child.on('exit', (status) => reject(new Error(`ended with ${status}`)));
  });
}

const settings = (said) => Object.fromEntries([...said.matchAll(/export (\w+)=(\S+)/g)].map((m) => [m[1], m[2]]));

test('the help names every command, and each command has a help of its own with examples', async () => {
  const all = await run('--help');
  assert.equal(all.status, 0);
  const names = [...all.out.matchAll(/^ {2}nextring-sim (\w+)/gm)].map((m) => m[1]);
  assert.ok(names.includes('serve') && names.includes('load'), names.join());
  for (const name of names) {
    const one = await run(name, '--help');
    assert.equal(one.status, 0, name);
    assert.match(one.out, new RegExp(`nextring-sim .*${name}`), name);
    assert.match(one.out, /example/i, name);
  }
});

test('a command that is not there gets the nearest name, a wrong option the place of the list', async () => {
  const row = async (args, status, words) => {
    const one = await run(...args);
    assert.equal(one.status, status, args.join(' '));
    assert.ok(one.errors.includes(words), one.errors);
  };
  await row(['laod'], 2, 'is load meant?');
  await row(['fax'], 2, 'nextring-sim --help');
  await row(['--nothing'], 2, 'serve --help');
  await row(['serve', 'left'], 2, '"left" is left over');
  await row(['--rate', 'fast'], 2, '--rate "fast"');
  await row(['--start', 'noon'], 2, '2026-11-23T18:05:00Z');
  await row(['--sms-url', 'localhost/sms'], 2, '--sms-url');
  await row(['--listen', '192.0.2.1:1'], 3, 'loopback');
  await row(['--setup', '/nowhere.json'], 3, '/nowhere.json');
  await row(['--listen', '127.0.0.1:0', '--setup', os.tmpdir()], 3, 'Is a directory');
  await row(['--listen', '127.0.0.1:0', '--setup', '/dev/null'], 3, 'is empty');
  await row(['--listen', '127.0.0.1:0', '--setup', '/dev/zero'], 3, 'is larger than 16 MiB');
  await row(['--listen', '127.0.0.1:0', '--setup', '/dev/null', '--sms-url', 'http://127.0.0.1/'], 3, '--setup');
});

test('without a setup there are an account, a number and phones, and lines to paste', async (t) => {
  const port = await freePort();
  const hooks = `http://127.0.0.1:${await freePort()}/sms`;
  const { said } = await start(t, 'TWILIO_API_SECRET=', '--listen', `127.0.0.1:${port}`, '--sms-url', hooks);
  const env = settings(said);
  assert.match(env.TWILIO_ACCOUNT_SID, /^AC[0-9a-f]{32}$/);
  const byKey = twilio(env.TWILIO_API_KEY, env.TWILIO_API_SECRET, { accountSid: env.TWILIO_ACCOUNT_SID });
  byKey.api.baseUrl = `http://127.0.0.1:${port}`;
  assert.deepEqual(await byKey.messages.list(), []);
  assert.ok(said.includes(`http://127.0.0.1:${port}/phones`));
  const client = twilio(env.TWILIO_ACCOUNT_SID, env.TWILIO_AUTH_TOKEN);
  client.api.baseUrl = `http://127.0.0.1:${port}`;
  const [, line] = said.match(/the line +(\+\d+)/);
  const people = said.match(/the people +(.+)/)[1].split(' ');
  const sent = await client.messages.create({ from: line, to: people[0], body: 'hello' });
  assert.match(sent.sid, /^SM/);
  const phone = await request({ port, target: `/sim/phones/${people[2]}` });
  assert.equal(phone.status, 200);
});

test('by itself the clock runs, with a rate of 0 it stands', async (t) => {
  const port = await freePort();
  await start(t, 'listening on', 'serve', '--listen', `127.0.0.1:${port}`, '--rate', '0', '--start', '2026-11-23T18:05:00Z', '--quiet');
  const at = async (p) => JSON.parse((await request({ port: p, target: '/sim/clock' })).body);
  const still = await at(port);
  assert.deepEqual(await at(port), still);
  const other = await freePort();
  await start(t, 'listening on', '--listen', `127.0.0.1:${other}`, '--start', '2026-11-23T18:05:00Z', '--quiet');
  const first = JSON.stringify(await at(other));
  let now = first;
  while (now === first) now = JSON.stringify(await at(other));
  assert.notEqual(now, first);
});

test('the port that was picked is written to a file', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-port-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'port');
  const { said } = await start(t, 'listening on', '--listen', '127.0.0.1:0', '--port-file', file, '--quiet');
  assert.equal(said.match(/:(\d+)\s*$/)[1], fs.readFileSync(file, 'utf8').trim());
  assert.ok(!said.includes('TWILIO_AUTH_TOKEN'), 'quiet is quiet');
});

test('the proxy tells its own address, in lines that a shell takes as they are', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "nextring's own "));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'ca.pem');
  const { said } = await start(t, 'SSL_CERT_FILE=', '--listen', '127.0.0.1:0', '--https-proxy', '[::1]:0', '--ca-file', file);
  const told = execFileSync('/bin/sh', ['-c', `${said.match(/^ *export .*$/gm).join('\n')}\nprintf '%s\\n' "$HTTPS_PROXY" "$NODE_EXTRA_CA_CERTS"`], { env: {}, encoding: 'utf8' });
  const [proxy, certificate] = told.split('\n');
  assert.match(proxy, /^http:\/\/\[::1\]:\d+$/);
  assert.ok(said.includes(`proxy on ${proxy},`));
  assert.equal(certificate, file);
});
