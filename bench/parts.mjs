// bench/parts.mjs - what the measurements of many tenants and of growth share: the daemon in a
// folder of its own, a no-op in the carrier's place, the load, medians.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const build = path.resolve(root, process.env.NEXTRING_BUILD ?? 'build-bench');
export const ACCOUNT = 'AC00000000000000000000000000000001';
export const TOKEN = '0123456789abcdef0123456789abcdef';
const PUBLIC_URL = 'https://bench.example.com';

/** The options of a table {name: usual value}, numbers where the usual value is one. */
export function options(usual, usage) {
  const given = { ...usual };
  const args = process.argv.slice(2);
  while (args.length) {
    const name = args.shift().replace(/^--/, '');
    const value = args.shift();
    if (!(name in usual) || value === undefined) {
      process.stderr.write(`usage: ${usage}\n`);
      process.exit(2);
    }
    given[name] = typeof usual[name] === 'number' ? Number(value) : value;
  }
  return given;
}

export const quantile = (list, q) => {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
};
export const median = (list) => quantile(list, 0.5);

export function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A tenant as it is written into a roster: three people in line, texts as fast as a registered sender's. */
export function roster(slug, line, phone) {
  const people = ['primary', 'backup', 'owner'];
  return {
    tenant: slug, name: `Bench ${slug}`, region: 'US', time_zone: 'America/Los_Angeles', account_sid: ACCOUNT,
    relays_per_minute: 0,
    lines: [{ number: line, chain: 'dispatch', texts_per_second: 10, relays_per_minute: 0 }],
    dispatchers: people.map((id, i) => ({ id, name: `The ${id}`, phone: `+1${phone + i}` })),
    chains: { dispatch: people.map((id) => ({ operators: [id] })) },
  };
}

const children = new Set();
process.on('exit', () => { for (const child of children) child.kill('SIGKILL'); });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

function start(program, args, env) {
  const child = spawn(path.join(build, program), args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  children.add(child);
  child.said = '';
  child.ended = new Promise((done) => child.on('exit', (status) => { children.delete(child); done(status); }));
  return child;
}

/** The daemon and what stands in the carrier's place; `more`: settings beside the usual. */
export class Machine {
  static async open(more = {}) {
    const machine = new Machine();
    machine.folder = fs.mkdtempSync(path.join(build, 'bench-'));
    machine.port = await freePort();
    machine.sinkPort = await freePort();
    machine.adminPort = await freePort();
    machine.more = more;
    machine.sink = start('bench/nextring-noop', [String(machine.sinkPort), path.join(machine.folder, 'sink.log')], {});
    return machine;
  }

  file(name) { return path.join(this.folder, name); }

  async serve() {
    const began = process.hrtime.bigint();
    this.daemon = start('nextring', ['serve'], {
      PATH: process.env.PATH, NEXTRING_LISTEN: `127.0.0.1:${this.port}`, NEXTRING_ADMIN_LISTEN: `127.0.0.1:${this.adminPort}`,
      NEXTRING_PUBLIC_URL: PUBLIC_URL, NEXTRING_DATA: this.file('data'),
      NEXTRING_CARRIER_API: `http://127.0.0.1:${this.sinkPort}`, TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN,
      TWILIO_API_KEY: 'SK00000000000000000000000000000001', TWILIO_API_SECRET: 'bench', ...this.more,
    });
    const { daemon } = this;
    await new Promise((resolve, reject) => {
      daemon.stderr.on('data', (part) => {
        daemon.said = (daemon.said + part).slice(-20000);
        if (/ ready[:\n ]/.test(daemon.said)) resolve();
      });
      daemon.ended.then((status) => reject(new Error(`the daemon ended with ${status}:\n${daemon.said}`)));
    });
    return Number(process.hrtime.bigint() - began) / 1e9;
  }

  async stop() {
    this.daemon.kill();
    await this.daemon.ended;
  }

  /** User and kernel time of all of the daemon's threads, in seconds. */
  cpu() {
    const words = fs.readFileSync(`/proc/${this.daemon.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(words[11]) + Number(words[12])) / 100;
  }

  /** The daemon's metrics by name, without the `nextring_` before them. */
  async metrics() {
    const text = await (await fetch(`http://127.0.0.1:${this.adminPort}/metrics`)).text();
    return Object.fromEntries([...text.matchAll(/^nextring_(\w+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]));
  }

  /** Private memory, in MB. */
  memory() {
    return Number(/^RssAnon:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${this.daemon.pid}/status`, 'utf8'))[1]) / 1024;
  }

  /** What the system has written to disk for the daemon, in bytes. */
  written() {
    return Number(/^write_bytes: (\d+)/m.exec(fs.readFileSync(`/proc/${this.daemon.pid}/io`, 'utf8'))[1]);
  }

  /** One load of texts; its figures. Fails unless every answer was right, or `mayFail`. */
  load(args, mayFail = false) {
    const given = ['load', '--figures', '--server', `http://127.0.0.1:${this.port}`, '--pid', String(this.daemon.pid),
      '--public-url', PUBLIC_URL, '--token', TOKEN, '--account', ACCOUNT, '--expect', '<Response', '--status', '200',
      ...Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)])];
    return new Promise((resolve, reject) => {
      const child = spawn(path.join(build, 'nextring-sim'), given, { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
      let out = '';
      children.add(child);
      child.stdout.on('data', (part) => { out += part; });
      child.on('exit', (status) => {
        children.delete(child);
        if (status && !mayFail) return reject(new Error(`not every answer was right: ${out}\n${this.daemon.said}`));
        return resolve(Object.fromEntries(out.trim().split(' ').map((word) => word.split('=')).map(([k, v]) => [k, Number(v)])));
      });
    });
  }

  async close() {
    if (this.daemon && this.daemon.exitCode === null) await this.stop();
    this.sink.kill();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a command prints; fails with what it says. */
export function run(command, args, input) {
  const done = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ').slice(0, 200)}: ${done.stderr || done.error}`);
  return done.stdout;
}
