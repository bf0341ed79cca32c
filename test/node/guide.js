// test/node/guide.js - follows a paper's own commands, word by word.
//
// A walk goes through one paper: `run` and `start` take a command that stands in it, `file` takes a
// block of it as a file, `left` names a command that is not run here and why. At the end every
// command of the paper has been named, so that one which is new is tried or told. What a command
// touches is as it stands there but for folders (/etc/nextring, ...), ports and names of hosts,
// which are the walk's own; `sudo` and `install` of the walk do without the user nextring.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACCOUNT, KEY, SECRET, TOKEN, build, freePort, request } from './stage.js';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const PROGRAMS = ['nextring', 'nextring-sim', 'sudo', 'systemctl', 'journalctl', 'curl', 'mkdir', 'export', 'promtool',
  'pg_dump', 'pg_restore', 'pg_basebackup', 'install', 'apt', 'cd', 'cp', 'touch', 'chmod', 'openssl', 'printf'];
const isCommand = (line) => PROGRAMS.includes(line.split(' ')[0]) || /^script\/[a-z]/.test(line) || /^[A-Z_]+=\S+ nextring /.test(line);
// Behind a command stands, after three blanks or a sign, what it is for.
const withoutWords = (line) => line.replace(/\s+#\s.*$/, '').replace(/ {3,}\S.*$/, '').trim();

// The blocks of a paper: indented by four or fenced; {line, lines}.
export function blocks(text) {
  const found = [];
  let block, fence = false;
  text.split('\n').forEach((line, i) => {
    if (/^ *```/.test(line)) {
      fence = !fence;
      block = undefined;
      return;
    }
    const indented = /^ {4,}\S/.test(line);
    if (fence || indented) {
      if (!block) found.push((block = { line: i + 1, lines: [] }));
      block.lines.push(fence ? line : line.slice(4));
    } else if (line.trim()) block = undefined;
    else if (block) block.lines.push('');
  });
  for (const b of found) {
    const margin = Math.min(...b.lines.filter((l) => l).map((l) => l.match(/^ */)[0].length));
    b.text = `${b.lines.map((l) => l.slice(margin)).join('\n').trimEnd()}\n`;
  }
  return found;
}

// The commands that stand in blocks; {line, command}.
export function commands(text) {
  const found = [];
  for (const block of blocks(text)) {
    const lines = block.text.split('\n');
    for (let i = 0; i < lines.length; i += 1) {
      const line = block.line + i;
      let one = lines[i];
      if (!isCommand(one.trim())) continue;
      while (one.endsWith('\\') && i + 1 < lines.length) one = `${one.slice(0, -1).trimEnd()} ${lines[(i += 1)].trim()}`;
      found.push({ line, command: withoutWords(one) });
    }
  }
  return found;
}

// Those that stand within sentences, between backquotes.
export function spoken(text) {
  const found = [];
  for (const m of text.matchAll(/`((?:sudo )?(?:-u nextring )?nextring(?:-sim)? [^`]+)`/g))
    found.push({ line: text.slice(0, m.index).split('\n').length, command: m[1].replaceAll(/\s+/g, ' ') });
  return found;
}

const SUDO = `#!/bin/sh
[ "$1" != -u ] || shift 2
exec "$@"
`;
const INSTALL = `#!/bin/bash
words=()
while [ $# -gt 0 ]; do
    case $1 in -o | -g) shift ;; *) words+=("$1") ;; esac
    shift
done
exec /usr/bin/install "\${words[@]}"
`;

// For another process to do what it does at once: a hang is told with its place.
export const PATIENCE_MS = 20000;

// The machine on which a walk takes place.
export class World {
  static async open() {
    const world = new this();
    world.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
    for (const name of ['bin', 'work', 'etc/nextring', 'var/lib/nextring', 'srv']) fs.mkdirSync(path.join(world.folder, name), { recursive: true });
    fs.writeFileSync(path.join(world.folder, 'bin/sudo'), SUDO, { mode: 0o755 });
    fs.writeFileSync(path.join(world.folder, 'bin/install'), INSTALL, { mode: 0o755 });
    world.ports = { 8080: await freePort(), 8082: await freePort(), 8083: await freePort(), 9580: await freePort(), 3000: await freePort() };
    world.base = `http://127.0.0.1:${world.ports[8080]}`;
    world.sim = `http://127.0.0.1:${world.ports[8082]}`;
    world.cwd = path.join(world.folder, 'work');
    world.env = {
      PATH: `${world.folder}/bin:${build}:${process.env.PATH}`, HOME: world.folder, TZ: 'UTC', LANG: 'C.UTF-8',
      NEXTRING_CARRIER_API: world.sim, NEXTRING_ADMIN_LISTEN: `127.0.0.1:${world.ports[9580]}`, NEXTRING_LISTEN: `127.0.0.1:${world.ports[8080]}`,
    };
    world.running = new Set();
    return world;
  }

  // What the papers say, as it is here.
  here(text) {
    return text
      .replaceAll(/\/(etc\/nextring|var\/lib\/nextring|srv\/\w+)/g, `${this.folder}/$1`)
      .replaceAll(/https:\/\/(calls|ring)\.example\.com/g, this.base)
      .replaceAll(/127\.0\.0\.1:(8080|8082|8083|9580|3000)\b/g, (all, port) => `127.0.0.1:${this.ports[port]}`);
  }
  path(name) { return this.here(name.startsWith('/') ? name : path.join(this.cwd, name)); }
  write(name, text, mode = 0o644) { fs.writeFileSync(this.path(name), text, { mode }); }

  // The account's secrets, as whoever follows a paper has them.
  credentials() {
    return `TWILIO_ACCOUNT_SID=${ACCOUNT}\nTWILIO_AUTH_TOKEN=${TOKEN}\nTWILIO_API_KEY=${KEY}\nTWILIO_API_SECRET=${SECRET}\n`;
  }

  run(command, input) {
    const how = spawnSync('bash', ['-c', this.here(command)], { cwd: this.cwd, env: this.env, encoding: 'utf8', timeout: 60000, ...(input === undefined ? {} : { input }) });
    return { status: how.status, text: how.stdout + how.stderr, out: how.stdout, err: how.stderr };
  }
  // Until it has said `ready`, which is a string or an expression.
  spawn(command, ready) {
    const child = spawn('bash', ['-c', `exec ${this.here(command)}`], { cwd: this.cwd, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.running.add(child);
    let said = '';
    const waiting = [];
    child.said = () => said;
    child.ended = new Promise((done) => child.on('exit', (code, signal) => { this.running.delete(child); done(signal ?? code); }));
    // Resolves once it has said that; rejects when it ends before.
    child.says = (what) => new Promise((resolve, reject) => {
      const look = () => (typeof what === 'string' ? said.includes(what) : what.test(said)) && (resolve(said), true);
      if (!look()) waiting.push(look);
      const broken = (how) => reject(new Error(`${command} ${how}, and has not said ${what}:\n${said}`));
      child.ended.then((how) => broken(`ended with ${how}`));
      setTimeout(broken, PATIENCE_MS, 'goes on').unref();
    });
    const hear = (part) => {
      said += part;
      for (let i = waiting.length - 1; i >= 0; i -= 1) if (waiting[i]()) waiting.splice(i, 1);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.stop = (signal = 'SIGTERM') => { child.kill(signal); return child.ended; };
    return child.says(ready).then(() => child);
  }
  // Settings of the simulated carrier: lines, with addresses or without, and people.
  setup(numbers, people) {
    return JSON.stringify({
      accounts: [{ sid: ACCOUNT, auth_token: TOKEN, api_keys: [{ sid: KEY, secret: SECRET }], numbers }],
      phones: Object.entries(people).map(([name, number]) => ({ name, number })),
    });
  }
  async carrier(method, target, body) {
    const answer = await request({ method, port: this.ports[8082], target, headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
    assert.ok(answer.status < 300, `${method} ${target}: ${answer.status} ${answer.body}`);
    return answer.body ? JSON.parse(answer.body) : {};
  }
  async close() {
    for (const child of [...this.running]) await child.stop('SIGKILL');
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Guide {
  static async open(name, world) {
    const guide = new this();
    guide.name = name;
    guide.text = fs.readFileSync(path.join(root, name), 'utf8');
    guide.commands = commands(guide.text);
    guide.spoken = spoken(guide.text);
    guide.blocks = blocks(guide.text);
    guide.world = world ?? (await World.open());
    return guide;
  }
  // The place of a command, which has to stand in the paper.
  place(command) {
    const found = [...this.commands, ...this.spoken].filter((c) => c.command === command);
    assert.ok(found.length, `${this.name} has no command: ${command}`);
    for (const c of found) c.named = true;
    return `${this.name}:${found[0].line}: ${command}`;
  }
  // Runs it. `as`: with what stands in the paper for an example put right, [[from, to], ...].
  run(command, { status = 0, says = [], as = [], input } = {}) {
    const place = this.place(command);
    const how = this.world.run(as.reduce((text, [from, to]) => text.replaceAll(from, to), command), input);
    assert.equal(how.status, status, `${place}\n${how.text}`);
    for (const what of [says].flat()) assert.ok(typeof what === 'string' ? how.text.includes(what) : what.test(how.text), `${place} does not say ${what}:\n${how.text}`);
    return how;
  }
  // Settings that it leaves in the environment hold from here on.
  exports(command) {
    const { out } = this.run(command);
    assert.equal(out, '');
    const after = this.world.run(`${command}; env -0`).out;
    for (const pair of after.split('\0')) {
      const [, key, value] = pair.match(/^(NEXTRING_\w+|TWILIO_\w+|AWS_\w+)=([^]*)$/) ?? [];
      if (key) this.world.env[key] = value;
    }
  }
  start(command, ready, as = []) {
    this.place(command);
    return this.world.spawn(as.reduce((text, [from, to]) => text.replaceAll(from, to), command), ready);
  }
  left(command, why) {
    assert.ok(why);
    this.place(command);
  }
  // The block that contains `words`, as it stands in the paper.
  block(words) {
    const found = this.blocks.filter((b) => b.text.includes(words));
    assert.equal(found.length, 1, `${this.name}: ${found.length} blocks have ${words}`);
    return found[0].text;
  }
  file(name, words, mode = 0o644) {
    const text = this.world.here(this.block(words));
    this.world.write(name, text, mode);
    return text;
  }
  end() {
    assert.deepEqual(this.commands.filter((c) => !c.named).map((c) => `${this.name}:${c.line}: ${c.command}`), [], 'commands that nobody has tried');
  }
}
