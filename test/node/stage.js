// test/node/stage.js - a stage for the tests: a fresh folder, a simulated carrier and the daemon
// on free ports, and one clock that only the test turns.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import twilio from 'twilio';
import { dropSchema, makeSchema, server } from './schema.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const build = path.resolve(root, process.env.NEXTRING_BUILD ?? 'build');

export const ACCOUNT = 'AC00000000000000000000000000000001';
export const TOKEN = '0123456789abcdef0123456789abcdef';
export const LINE = '+16195550100';
export const PRIMARY = '+16195550111';
export const BACKUP = '+16195550112';
export const OWNER = '+16195550113';
export const CUSTOMER = '+16195550150';
export const OTHERS = ['+16195550160', '+16195550161', '+16195550162', '+16195550163'];
export const START = '2026-11-24T02:05:00Z';

export const KEY = 'SK00000000000000000000000000000001';
export const SECRET = 'rehearsal-only-secret';

// A port below those that the system gives to whoever connects, and each test file from a place of
// its own: none is given twice.
const PORTS = { first: 10000, count: 22000 };
let nextPort = (process.pid * 211) % PORTS.count;
const isFree = (port) =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
export async function freePort() {
  for (;;) {
    const port = PORTS.first + nextPort;
    nextPort = (nextPort + 1) % PORTS.count;
    if (await isFree(port)) return port;
  }
}

// One request; resolves to {status, headers, body}; rejects when the connection breaks.
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
export function request({ method = 'GET', port, socketPath, target, headers = {}, body }) {
  return new Promise((resolve, reject) => {
    const options = { method, path: target, headers: { ...headers }, agent };
    if (socketPath) Object.assign(options, { socketPath, agent: undefined });
    else Object.assign(options, { host: '127.0.0.1', port });
    if (body !== undefined) options.headers['Content-Length'] = Buffer.byteLength(body);
    const rq = http.request(options, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode,
          headers: answer.headers,
          body: Buffer.concat(parts).toString(),
        }),
      );
    });
    rq.on('error', reject);
    rq.end(body);
  });
}

// Starts a program; resolves when it has printed `ready` on stdout or stderr.
export function start(program, args, env, clock, ready) {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(build, program), args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe', clock],
    });
    process.on('exit', () => child.kill('SIGKILL')); // of a test that failed
    let said = '';
    child.said = () => said;
    const listen = (part) => {
      said = (said + part).slice(-200000);
      if (said.includes(ready)) resolve(child);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.ended = new Promise((done) => child.on('exit', (code, signal) => done(signal ?? code)));
    child.ended.then((how) => reject(new Error(`${program} ended with ${how}:\n${said}`)));
    child.on('error', reject);
  });
}

// The example roster without hours and with lines as fast as a registered sender's: what is on
// duty when, and how fast texts leave, is the unit tests' matter.
export function alwaysOnCall() {
  const roster = JSON.parse(fs.readFileSync(path.join(root, 'examples/roster.json'), 'utf8'));
  for (const dispatcher of roster.dispatchers) delete dispatcher.on_call;
  roster.lines = roster.lines.map((line) => ({ ...(line.number ? line : { number: line }), texts_per_second: 10, relays_per_minute: 0 }));
  roster.relays_per_minute = 0;
  return roster;
}

export class Stage {
  lines = [LINE];
  phones = [PRIMARY, BACKUP, OWNER, CUSTOMER, ...OTHERS];

  static async open(options = {}) {
    const stage = new this();
    stage.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
    stage.clock = fs.openSync(path.join(stage.folder, 'clock'), 'w+');
    stage.port = await freePort();
    stage.simPort = await freePort();
    stage.base = `http://127.0.0.1:${stage.port}`;
    stage.roster = path.join(stage.folder, 'roster.json');
    stage.env = options.env ?? {};
    stage.ready = options.ready; // what it says when it is to be waited for no longer
    stage.accounts = options.accounts; // more of them at the carrier, as its setup has them
    // On the PostgreSQL that NEXTRING_TEST_DATABASE names, unless the test is about the file.
    if (server && options.database !== 'sqlite') stage.database = makeSchema();
    stage.lines.push(...(options.lines ?? []));
    stage.phones.push(...(options.phones ?? []));
    fs.writeFileSync(stage.roster, JSON.stringify(options.roster ?? alwaysOnCall(), null, 2));
    await stage.startSim(options.simArgs ?? []);
    try {
      await stage.startDaemon();
    } catch (error) {
      stage.sim.kill(); // it would keep the test waiting
      throw error;
    }
    return stage;
  }

  async startSim(args) {
    const setup = path.join(this.folder, 'setup.json');
    const phone = (number) => ({ number });
    fs.writeFileSync(
      setup,
      JSON.stringify({
        accounts: [
          {
            sid: ACCOUNT,
            auth_token: TOKEN,
            api_keys: [{ sid: KEY, secret: SECRET }],
            numbers: this.lines.map((line) => ({
              phone_number: line,
              voice_url: `${this.base}/webhook/twilio/voice`,
              sms_url: `${this.base}/sms/inbound`,
              status_callback: `${this.base}/webhook/twilio/call-status`,
            })),
          },
          ...(this.accounts?.(this.base) ?? []),
        ],
        phones: this.phones.map(phone),
      }),
    );
    this.sim = await start(
      'nextring-sim',
      ['--listen', `127.0.0.1:${this.simPort}`, '--clock-fd', '3', '--start', START, '--setup',
        setup, '--quiet', ...args],
      {}, this.clock, 'listening on',
    );
  }

  // Until it has said `until`.
  async startDaemon(until = 'ready') {
    this.daemon = await start(
      'nextring',
      ['serve', '--clock-fd', '3'],
      {
        NEXTRING_LISTEN: `127.0.0.1:${this.port}`,
        NEXTRING_PUBLIC_URL: this.base,
        NEXTRING_DATA: path.join(this.folder, 'data'),
        NEXTRING_ROSTER: this.roster,
        NEXTRING_CARRIER_API: `http://127.0.0.1:${this.simPort}`,
        NEXTRING_ADMIN_LISTEN: '127.0.0.1:0',
        TWILIO_ACCOUNT_SID: ACCOUNT,
        TWILIO_AUTH_TOKEN: TOKEN,
        TWILIO_API_KEY: KEY,
        TWILIO_API_SECRET: SECRET,
        ...(this.database ? { NEXTRING_DATABASE: this.database } : {}),
        ...this.env,
      },
      this.clock, this.ready ?? until,
    );
  }

  async kill(signal = 'SIGKILL') {
    this.daemon.kill(signal);
    return this.daemon.ended;
  }

  async close() {
    this.daemon.kill('SIGTERM');
    this.how = await this.daemon.ended;
    this.sim.kill('SIGTERM');
    await this.sim.ended;
    if (this.database) dropSchema(this.database);
    fs.closeSync(this.clock);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  // The simulated carrier's hand.
  async carrier(method, target, body) {
    const answer = await request({
      method,
      port: this.simPort,
      target,
      headers: { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.body}`);
    return answer.body ? JSON.parse(answer.body) : {};
  }
  phone(number, script) {
    return script
      ? this.carrier('PUT', `/sim/phones/${number}`, script)
      : this.carrier('GET', `/sim/phones/${number}`);
  }
  text(from, body, to = LINE) {
    return this.carrier('POST', '/sim/texts', { from, to, body });
  }
  call(from, more = {}) {
    return this.carrier('POST', '/sim/calls', { from, to: LINE, ...more });
  }
  turn(seconds) {
    return this.carrier('POST', '/sim/turn', { for_ms: seconds * 1000, patience_ms: 60000 });
  }
  async texts(number) {
    return (await this.phone(number)).texts.map((t) => t.body);
  }

  // The API, by the control socket.
  async api(target, method = 'GET', body) {
    const answer = await request({
      method,
      socketPath: path.join(this.folder, 'data/control.sock'),
      target,
      headers: { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, ...(answer.body ? JSON.parse(answer.body) : {}) };
  }
  async items(target) {
    return (await this.api(target)).items;
  }

  // A webhook signed by the carrier's own library.
  webhook(target, params, { sign = true, headers = {}, method = 'POST', body } = {}) {
    const all = { AccountSid: ACCOUNT, ApiVersion: '2010-04-01', ...params };
    const signature = twilio.getExpectedTwilioSignature(TOKEN, this.base + target, all);
    return request({
      method,
      port: this.port,
      target,
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
        ...(sign ? { 'X-Twilio-Signature': signature } : {}),
        ...headers,
      },
      body: body ?? new URLSearchParams(all).toString(),
    });
  }
}

let serial = 0;
export function sid(prefix) {
  serial += 1;
  return prefix + serial.toString(16).padStart(32, '0');
}

// A stage with the simulated carrier alone, for a server of the test's own on `port`.
export async function openCarrier(port, simArgs = []) {
  const stage = new Stage();
  stage.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
  stage.clock = fs.openSync(path.join(stage.folder, 'clock'), 'w+');
  stage.port = port;
  stage.simPort = await freePort();
  stage.base = `http://127.0.0.1:${port}`;
  await stage.startSim(simArgs);
  return stage;
}

export async function closeCarrier(stage) {
  stage.sim.kill('SIGTERM');
  stage.how = await stage.sim.ended;
  fs.closeSync(stage.clock);
  fs.rmSync(stage.folder, { recursive: true, force: true });
}
