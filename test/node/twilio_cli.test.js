// The carrier's official command line, pointed at the simulator by proxy and certificate alone.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ACCOUNT, CUSTOMER, LINE, TOKEN, closeCarrier, freePort, openCarrier } from './stage.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const program = path.join(root, 'node_modules/.bin/twilio');

let stage;
let port;
let home;
before(async () => {
  port = await freePort();
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-cli-'));
  stage = await openCarrier(await freePort(), ['--https-proxy', `127.0.0.1:${port}`, '--ca-file', path.join(home, 'ca.pem')]);
});
after(async () => {
  await closeCarrier(stage);
  fs.rmSync(home, { recursive: true, force: true });
});

function cli(...args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: home,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        HTTP_PROXY: `http://127.0.0.1:${port}`,
        HTTPS_PROXY: `http://127.0.0.1:${port}`,
        NODE_EXTRA_CA_CERTS: path.join(home, 'ca.pem'),
        TWILIO_ACCOUNT_SID: ACCOUNT,
        TWILIO_AUTH_TOKEN: TOKEN,
      },
    });
    let out = '';
    let errors = '';
    child.stdout.on('data', (part) => { out += part; });
    child.stderr.on('data', (part) => { errors += part; });
    child.on('exit', (status) => resolve({ status, out, errors }));
  });
}

test('sends a message and lists it', async () => {
  const sent = await cli('api:core:messages:create', '--from', LINE, '--to', CUSTOMER, '--body', 'Hello from the desk', '-o', 'json');
  assert.equal(sent.status, 0, sent.out + sent.errors);
  const [message] = JSON.parse(sent.out);
  assert.match(message.sid, /^SM[0-9a-f]{32}$/);
  assert.equal(message.body, 'Hello from the desk');
  await stage.turn(10);
  assert.equal((await stage.texts(CUSTOMER))[0], 'Hello from the desk');

  const listed = await cli('api:core:messages:list', '-o', 'json');
  assert.equal(listed.status, 0, listed.out + listed.errors);
  assert.ok(JSON.parse(listed.out).some((m) => m.sid === message.sid && m.status === 'delivered'));
});

test('lists the numbers as a table', async () => {
  const run = await cli('phone-numbers:list');
  assert.equal(run.status, 0, run.out + run.errors);
  assert.ok(run.out.includes(LINE), run.out);
});

test('an error has the carrier\'s words, and the first digits of its code as exit status', async () => {
  const run = await cli('api:core:messages:fetch', '--sid', `SM${'f'.repeat(32)}`);
  assert.equal(run.status, 20, run.out + run.errors);
  assert.match(run.errors, /20404/);
  const wrong = await cli('api:core:messages:create', '--from', LINE, '--to', '12', '--body', 'x');
  assert.equal(wrong.status, 21, wrong.out + wrong.errors);
  assert.match(wrong.errors, /21211/);
});
