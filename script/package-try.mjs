// script/package-try.mjs OLD.deb NEW.deb - called by script/package --try, as root: an empty Debian
// 12 gets the old package, serves calls and texts, gets the new one meanwhile, loses both.
//
// The root is a chroot, so systemd is not there: test/node/manager.py starts the daemon as the
// unit's user and keeps its sockets, and a `systemctl` in the root hands the packages' own requests
// on to it. Everything else is what the packages and their scripts do.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import twilio from 'twilio';

const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [oldPackage, newPackage] = process.argv.slice(2).map((p) => path.resolve(p));
const PORT = 18080, SIM = 18090, RATE_MS = 20, AROUND_MS = 5000;
const ACCOUNT = 'AC00000000000000000000000000000001', TOKEN = '0123456789abcdef0123456789abcdef';
const LINE = '+16195550100';
const say = (...words) => console.log(...words);
const run = (program, args, options = {}) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26, ...options });

let found = 0;
function holds(is, words, more = '') {
  say(`${is ? 'yes' : 'NO '}  ${words}${more ? `: ${more}` : ''}`);
  if (!is) found += 1;
}

// ---- an empty Debian ----

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-try-'));
const root = path.join(work, 'root');
const mounts = ['proc', 'dev', 'sys'];
const inside = (...args) =>
  run('chroot', [root, '/usr/bin/env', '-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'HOME=/root', 'LANG=C.UTF-8', 'DEBIAN_FRONTEND=noninteractive', ...args]);

function makeRoot() {
  const [mirror] = run('apt-get', ['indextargets', '--format', '$(REPO_URI)']).split('\n');
  run('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', root, mirror]);
  // Where packages come from, and by which way, is as on this machine.
  fs.rmSync(path.join(root, 'etc/apt/sources.list'), { force: true });
  run('cp', ['-a', '/etc/apt/.', path.join(root, 'etc/apt/')]);
  run('cp', ['-r', '/etc/ssl/certs/.', path.join(root, 'etc/ssl/certs/')]);
  for (const file of ['resolv.conf', 'hosts'])
    if (fs.existsSync(`/etc/${file}`)) fs.copyFileSync(`/etc/${file}`, path.join(root, 'etc', file));
  for (const m of mounts) {
    run('mount', ['--rbind', `/${m}`, path.join(root, m)]);
    run('mount', ['--make-rslave', path.join(root, m)]);
  }
  inside('apt-get', 'update');
}

function dropRoot() {
  for (const m of mounts)
    try {
      run('umount', ['-l', path.join(root, m)]);
    } catch {
      // it was not mounted yet
    }
  run('rm', ['-rf', '--one-file-system', work]);
}

// ---- systemd's part ----

const words = [];
let waiting = [];
let manager;
function told(is, from) {
  return new Promise((resolve) => {
    const look = () => {
      const at = words.findIndex((w, i) => i >= from && is(w));
      if (at >= 0) resolve(words[at]);
      return at >= 0;
    };
    if (!look()) waiting.push(look);
  });
}
async function doIt(word, is) {
  const from = words.length;
  manager.stdin.write(`${word}\n`);
  const got = await Promise.race([told(is, from), told((w) => 'ended' in w, from)]);
  if (!is(got)) throw new Error(`${word}: it ended with ${got.ended}`);
}
const start = () => doIt('start', (w) => w.said?.READY === '1');
const stop = () => doIt('signal TERM', (w) => 'ended' in w);

// What the packages' scripts ask systemctl is written to one pipe; the answer comes by another.
function makeSystemctl() {
  fs.mkdirSync(path.join(root, 'run/systemd/system'), { recursive: true });
  fs.writeFileSync(path.join(root, 'usr/bin/systemctl'), `#!/bin/sh
case " $* " in
*restart*nextring.service*) echo restart >/run/asked && read -r said </run/answered && [ "$said" = done ] ;;
*is-active*nextring.service*) exit 0 ;;
*is-enabled*nextring.service*) echo enabled ;;
*is-active*|*is-enabled*) exit 3 ;;
esac
`, { mode: 0o755 });
  run('mkfifo', [path.join(root, 'run/asked'), path.join(root, 'run/answered')]);
  const asked = fs.createReadStream(null, { fd: fs.openSync(path.join(root, 'run/asked'), 'r+') });
  readline.createInterface({ input: asked }).on('line', async () => {
    await stop();
    await start();
    restarts += 1;
    fs.writeFileSync(path.join(root, 'run/answered'), 'done\n');
  });
  return asked;
}
let restarts = 0;

function openManager() {
  const heard = path.join(root, 'run/systemd/notify');
  manager = spawn('python3', [path.join(top, 'test/node/manager.py'), heard, '/usr/sbin/chroot',
    '--userspec=nextring:nextring', root, '/usr/bin/nextring', 'serve'],
  { env: { PATH: process.env.PATH, NOTIFY_SOCKET: '/run/systemd/notify' }, stdio: ['pipe', 'pipe', fs.openSync(path.join(work, 'daemon.log'), 'a')] });
  readline.createInterface({ input: manager.stdout }).on('line', (line) => {
    words.push(JSON.parse(line));
    waiting = waiting.filter((w) => !w());
  });
}

// ---- the carrier's part ----

let serial = 0;
const sid = (prefix) => prefix + (serial += 1).toString(16).padStart(32, '0');
const counts = { sent: 0, answered: 0, again: 0, failed: 0, slowest: 0 };
const answered = { texts: new Set(), calls: new Set() };

function once_(target, params) {
  const base = `http://127.0.0.1:${PORT}`;
  const body = new URLSearchParams(params).toString();
  return new Promise((resolve, reject) => {
    const rq = http.request({ host: '127.0.0.1', port: PORT, path: target, method: 'POST', agent: false, timeout: 15000,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body),
        'X-Twilio-Signature': twilio.getExpectedTwilioSignature(TOKEN, base + target, params) } }, (answer) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () => resolve(answer.statusCode));
    });
    rq.on('timeout', () => rq.destroy(new Error('15 s')));
    rq.on('error', reject);
    rq.end(body);
  });
}

// As the carrier does: 15 s, and once more when the connection fails.
async function send(kind) {
  const from = `+161955501${String(50 + (serial % 40)).padStart(2, '0')}`;
  const id = sid(kind === 'texts' ? 'SM' : 'CA');
  const all = { AccountSid: ACCOUNT, ApiVersion: '2010-04-01', From: from, To: LINE };
  const [target, params] = kind === 'texts'
    ? ['/sms/inbound', { ...all, MessageSid: id, Body: `Text ${serial}`, NumMedia: '0', NumSegments: '1' }]
    : ['/webhook/twilio/voice', { ...all, CallSid: id, CallStatus: 'ringing', Direction: 'inbound', Called: LINE, Caller: from }];
  const begun = performance.now();
  counts.sent += 1;
  let status = await once_(target, params).catch(() => 0);
  if (status === 0) {
    counts.again += 1;
    status = await once_(target, params).catch(() => 0);
  }
  counts.slowest = Math.max(counts.slowest, performance.now() - begun);
  if (status === 200) {
    counts.answered += 1;
    answered[kind].add(id);
  } else counts.failed += 1;
}

function traffic() {
  const under = new Set();
  let n = 0;
  const timer = setInterval(() => {
    const one = send((n += 1) % 5 === 0 ? 'calls' : 'texts').finally(() => under.delete(one));
    under.add(one);
  }, RATE_MS);
  return async () => {
    clearInterval(timer);
    await Promise.all(under);
  };
}

function sqlite(query) {
  return run('sqlite3', ['-readonly', path.join(root, 'var/lib/nextring/nextring.db'), query]).trim().split('\n').filter(Boolean);
}
function lost() {
  const texts = new Set(sqlite("SELECT sid FROM message WHERE sid LIKE 'SM0000%'"));
  const calls = new Set(sqlite("SELECT call_sid FROM twilio_call_events WHERE call_sid LIKE 'CA0000%'"));
  return [...answered.texts].filter((s) => !texts.has(s)).length + [...answered.calls].filter((s) => !calls.has(s)).length;
}

// ---- the trial ----

function configure() {
  const etc = (name) => path.join(root, 'etc/nextring', name);
  fs.writeFileSync(etc('nextring.conf'), fs.readFileSync(etc('nextring.conf'), 'utf8')
    .replace('127.0.0.1:8080', `127.0.0.1:${PORT}`)
    .replace('127.0.0.1:9580', `127.0.0.1:${PORT + 1}`)
    .replace(/^# (public-url) = .*$/m, `$1 = http://127.0.0.1:${PORT}\ncarrier-api = http://127.0.0.1:${SIM}`)
    .replace(/^# (roster|env-file) = /gm, '$1 = '));
  fs.copyFileSync(path.join(top, 'examples/roster.json'), etc('roster.json'));
  fs.writeFileSync(etc('env'), `TWILIO_ACCOUNT_SID=${ACCOUNT}\nTWILIO_AUTH_TOKEN=${TOKEN}\n` +
    'TWILIO_API_KEY=SK00000000000000000000000000000001\nTWILIO_API_SECRET=rehearsal-only-secret\n', { mode: 0o600 });
  inside('chown', 'nextring:nextring', '/etc/nextring/env');
}

async function openSim() {
  const setup = path.join(work, 'setup.json');
  fs.writeFileSync(setup, JSON.stringify({ accounts: [{ sid: ACCOUNT, auth_token: TOKEN,
    api_keys: [{ sid: 'SK00000000000000000000000000000001', secret: 'rehearsal-only-secret' }],
    numbers: [{ phone_number: LINE }] }], phones: [] }));
  const sim = spawn(path.resolve(top, process.env.NEXTRING_BUILD ?? 'build', 'nextring-sim'), ['--listen', `127.0.0.1:${SIM}`, '--setup', setup, '--quiet'],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise((resolve, reject) => {
    const hear = (part) => String(part).includes('listening on') && resolve();
    sim.stdout.on('data', hear);
    sim.stderr.on('data', hear);
    sim.on('exit', (code) => reject(new Error(`nextring-sim ended with ${code}`)));
  });
  return sim;
}

const install = (deb) => {
  fs.copyFileSync(deb, path.join(root, 'tmp', path.basename(deb)));
  return inside('apt-get', 'install', '-y', '--no-install-recommends', `/tmp/${path.basename(deb)}`);
};
const version = () => inside('dpkg-query', '-W', '-f', '${Version}', 'nextring');
const exists = (name) => fs.existsSync(path.join(root, name));

async function upgradeUnderTraffic() {
  const finish = traffic();
  await new Promise((resolve) => setTimeout(resolve, AROUND_MS));
  const child = spawn('chroot', [root, '/usr/bin/env', '-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', '--no-install-recommends', `/tmp/${path.basename(newPackage)}`],
  { stdio: ['ignore', fs.openSync(path.join(work, 'upgrade.log'), 'w'), 'inherit'] });
  const [code] = await once(child, 'exit');
  await new Promise((resolve) => setTimeout(resolve, AROUND_MS));
  await finish();
  holds(code === 0, 'the upgrade ends well', fs.readFileSync(path.join(work, 'upgrade.log'), 'utf8').trim().split('\n').at(-1));
}

function removal() {
  inside('apt-get', 'remove', '-y', 'nextring');
  holds(!exists('usr/bin/nextring') && exists('etc/nextring/nextring.conf') && exists('var/lib/nextring/nextring.db'),
    'removed: settings and data stay');
  inside('apt-get', 'purge', '-y', 'nextring');
  holds(!exists('etc/nextring/nextring.conf') && exists('var/lib/nextring/nextring.db'), 'purged with the answer no: data stays');
  install(newPackage);
  holds(exists('var/lib/nextring/nextring.db'), 'installed again: data is still there');
  inside('sh', '-c', "echo 'nextring nextring/purge-state boolean true' | debconf-set-selections");
  inside('apt-get', 'purge', '-y', 'nextring');
  holds(!exists('var/lib/nextring'), 'purged with the answer yes: data is gone');
}

async function main() {
  say('An empty Debian 12 ...');
  makeRoot();
  install(oldPackage);
  holds(true, 'installed', version());
  const before = version();
  holds(run('chroot', [root, 'id', '-un', 'nextring']).trim() === 'nextring' &&
    run('stat', ['-c', '%a', path.join(root, 'var/lib/nextring')]).trim() === '700', 'its user and its folder, 700, are there');
  configure();
  fs.copyFileSync(newPackage, path.join(root, 'tmp', path.basename(newPackage)));
  const sim = await openSim();
  openManager();
  const asked = makeSystemctl();
  try {
    await start();
    await upgradeUnderTraffic();
    holds(version() !== before && restarts === 1, 'it was restarted once', `${before} to ${version()}`);
    holds(counts.failed === 0, 'every call and text was answered 200', `${counts.answered} of ${counts.sent}, ` +
      `${counts.again} after a second try, the slowest in ${Math.round(counts.slowest)} ms`);
    await stop();
    holds(lost() === 0, 'and each is in the database', `${answered.texts.size} texts, ${answered.calls.size} calls`);
    removal();
  } finally {
    manager.stdin.write('quit\n');
    asked.destroy();
    sim.kill();
  }
}

try {
  await main();
} catch (error) {
  say(`NO   it broke off: ${error.stderr || error.stack}`);
  const log = path.join(work, 'daemon.log');
  if (fs.existsSync(log)) say(fs.readFileSync(log, 'utf8').slice(-3000));
  found += 1;
} finally {
  dropRoot();
}
process.exit(found ? 1 : 0);
