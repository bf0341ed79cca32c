#!/usr/bin/env node
// bench/growth.mjs - what a text costs as the database grows, from a thousand threads on.
//
//   node bench/growth.mjs [--back-ends sqlite,postgres] [--sizes 1000,10000,100000,1000000] [--tenants 100]
//                         [--seconds 5] [--rounds 3] [--rate 200] [--svg FILE] [--keep FILE]
//
// For each size: a fresh database is filled by its own engine's SQL with threads that have each had
// a text, a relay that was taken, its claim and its events; then signed texts come to the daemon
// from customers of all these threads, first as fast as the answers come (CPU and texts a second, until all that follows
// from them is done), then at a fixed rate (p50, p99). CPU is the daemon's, on PostgreSQL the server's too. Prints a
// table, and draws it; the size after the last is extrapolated, and marked so.
// PostgreSQL is a cluster of the run's own (script/postgres), which flushes to disk.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Machine, build, median, options, roster, root, run } from './parts.mjs';
import { drawGrowth } from './growth_svg.mjs';

const given = options(
  { 'back-ends': 'sqlite,postgres', sizes: '1000,10000,100000,1000000', tenants: 100, seconds: 5, rounds: 3, rate: 200, svg: '', keep: '' },
  'bench/growth.mjs [--back-ends LIST] [--sizes LIST] [--tenants N] [--seconds N] [--rounds N] [--rate N] [--svg FILE] [--keep FILE]',
);
const FIRST_LINE = 18582000000;
const line = (n) => `+${FIRST_LINE + n}`;
const { tenants } = given;

// ---- filling ----

/** Inserts of threads FROM..FROM+COUNT-1 of SIZE, in words both databases know but for DIALECT's. */
function fill({ series, sid, number }, size) {
  const now = Date.now();
  const month = Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth(), 1);
  const begin = Math.max(month, now - 20 * 86400000), step = Math.max(1, Math.floor((now - 60000 - begin) / size));
  const at = `(${begin} + i * ${step})`, id = `((${at} - 1577836800000) * 2097152)`;
  const customer = `'+1' || ${number(`200 + i / ${tenants} / 100`, 3)} || '55501' || ${number(`i / ${tenants} % 100`, 2)}`;
  const from = `FROM ${series} JOIN tenant ON tenant.slug = 't' || (i % ${tenants})`;
  const the = `'+' || (${FIRST_LINE} + i % ${tenants})`;
  return [
    `INSERT INTO thread (tenant, id, line, customer_phone, opened_at, last_at, is_closed, relay_id)
     SELECT tenant.id, ${id}, ${the}, ${customer}, ${at}, ${at}, 0, ${id} ${from} ON CONFLICT DO NOTHING`,
    `INSERT INTO relay (tenant, id, thread_id, kind, raised_at, customer_phone, message_id, state, step, body, plan, acked_by, acked_at, final_status)
     SELECT tenant.id, ${id}, ${id}, 'text', ${at}, ${customer}, ${id}, 'taken', 0, 'Hello from the load generator, please answer.',
     (SELECT plan FROM relay WHERE plan IS NOT NULL LIMIT 1), 'primary', ${at} + 60000, 'acked' ${from}`,
    `INSERT INTO message (tenant, id, thread_id, direction, origin, kind, sender, recipient, customer_phone, created_at, relay_id, delivery, body, sid)
     SELECT tenant.id, ${id}, ${id}, 'in', 'customer', 'text', ${customer}, ${the}, ${customer}, ${at}, ${id}, 'received',
     'Hello from the load generator, please answer.', 'SM' || ${sid} ${from}`,
    `INSERT INTO message (tenant, id, thread_id, direction, origin, kind, sender, recipient, customer_phone, operator, created_at, relay_id, delivery, body, sid)
     SELECT tenant.id, ${id} + 1, ${id}, 'out', 'system', (SELECT kind FROM message WHERE direction = 'out' LIMIT 1), ${the}, '+16195550111', ${customer},
     'primary', ${at}, ${id}, 'delivered', 'Hello from the load generator, please answer. Reply to it.', 'SM' || ${sid} ${from}`,
    ...['text.received', 'relay.raised', 'relay.acked'].map((kind, n) =>
      `INSERT INTO event (tenant, id, kind, created_at, thread_id, subject_id, is_alarm)
       SELECT tenant.id, ${id} + ${n}, '${kind}', ${at}, ${id}, ${id}, 0 ${from}`),
    `INSERT INTO claim (tenant, key, event_id) SELECT tenant.id, 'm:SM' || ${sid}, ${id} ${from}`,
  ];
}

const backEnds = {
  sqlite: {
    label: 'SQLite',
    open: () => ({}),
    fill(machine, size) {
      const dialect = { series: `(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${size - 1}) SELECT i FROM n) AS s`,
        sid: 'lower(hex(randomblob(16)))', number: (x, digits) => `printf('%0${digits}d', ${x})` };
      run('sqlite3', [machine.file('data/nextring.db')], `PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN; ${fill(dialect, size).join(';')}; COMMIT; PRAGMA wal_checkpoint(TRUNCATE);`);
    },
    bytes: (machine) => fs.readdirSync(machine.file('data')).filter((f) => f.startsWith('nextring.db'))
      .reduce((sum, f) => sum + fs.statSync(machine.file(`data/${f}`)).size, 0),
    cpu: () => 0,
    close() {},
  },
  postgres: {
    label: 'PostgreSQL',
    open(name) {
      if (!this.folder) {
        this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-growth-'));
        fs.chmodSync(this.folder, 0o755);
        this.address = run(path.join(root, 'script/postgres'), ['start', '--durable', path.join(this.folder, 'pg')]).trim();
        process.on('exit', () => this.end());
      }
      this.schema = name;
      this.ask(`CREATE SCHEMA ${name}`, false);
      return { NEXTRING_DATABASE: `${this.address}${this.address.includes('?') ? '&' : '?'}options=-csearch_path%3D${name}` };
    },
    ask(text, inside = true) {
      return run('psql', [this.address, '-qAtX', '-v', 'ON_ERROR_STOP=1'], `${inside ? `SET search_path = ${this.schema};` : ''}${text};`).trim();
    },
    fill(machine, size) {
      const dialect = { series: `generate_series(0::bigint, ${size - 1}) AS i`, sid: 'md5(random()::text || i)',
        number: (x, digits) => `lpad((${x})::text, ${digits}, '0')` };
      this.ask(`SET synchronous_commit = off; SET work_mem = '256MB'; ${fill(dialect, size).join(';')}; VACUUM (ANALYZE)`); // its autovacuum would fall into the rounds
    },
    bytes() {
      return Number(this.ask(`SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '${this.schema}' AND c.relkind = 'r'`));
    },
    /** Of the server's processes that live; those of this run's connections do, as long as it lasts. */
    cpu() {
      const port = new URL(this.address).port;
      const master = fs.readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && isServer(pid, this.folder, port));
      let ticks = 0;
      for (const pid of fs.readdirSync('/proc')) {
        const stat = /^\d+$/.test(pid) && read(`/proc/${pid}/stat`);
        const words = stat && stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (words && (pid === master || words[1] === master)) ticks += Number(words[11]) + Number(words[12]) + (pid === master ? Number(words[13]) + Number(words[14]) : 0);
      }
      return ticks / 100;
    },
    close() { this.ask(`DROP SCHEMA ${this.schema} CASCADE`, false); },
    end() {
      if (!this.folder) return;
      run(path.join(root, 'script/postgres'), ['stop', path.join(this.folder, 'pg')]);
      fs.rmSync(this.folder, { recursive: true, force: true });
      this.folder = '';
    },
  },
};

function read(file) {
  try { return fs.readFileSync(file, 'utf8'); } catch { return ''; }
}
function isServer(pid, folder) {
  const words = read(`/proc/${pid}/cmdline`).split('\0');
  return /postgres$/.test(words[0]) && words.includes(path.join(folder, 'pg')) || (words[0].endsWith('postgres') && words.some((w) => w.startsWith(folder)));
}

// ---- measuring ----

/** Until what the load has left is done too: what waits or was spooled is stored, and texts to
 *  operators are sent. Returns the seconds, and the metrics as they then are. */
async function atRest(machine) {
  const began = Date.now();
  for (let sent = -1; ;) {
    const now = await machine.metrics();
    if (now.spooled + now.waiting + now.outbox_busy === 0 && now.sent_total === sent) {
      return { waited: (Date.now() - began - 500) / 1000, metrics: now };
    }
    if (Date.now() - began > 60000) throw new Error(`it does not come to rest: ${JSON.stringify(now)}`);
    sent = now.sent_total;
    await new Promise((done) => { setTimeout(done, 500); });
  }
}

async function measure(name, size) {
  const back = backEnds[name];
  const machine = await Machine.open();
  Object.assign(machine.more, back.open(`growth_${size}`), { NEXTRING_ROSTER: machine.file('rosters') });
  fs.mkdirSync(machine.file('rosters'));
  for (let n = 0; n < tenants; n++) {
    fs.writeFileSync(machine.file(`rosters/t${n}.json`), JSON.stringify(roster(`t${n}`, line(n), 6192000000 + n * 3)));
  }
  const parties = { lines: tenants, line: line(0), customers: Math.max(1, Math.floor(size / tenants)) };
  await machine.serve();
  await machine.load({ line: line(0), customers: 1, connections: 1, count: 1, seconds: 60 });
  await atRest(machine); // its rows are what the filling takes after, and the month is there
  await machine.stop();
  const began = Date.now();
  back.fill(machine, size);
  const filled = (Date.now() - began) / 1000;
  const bytes = back.bytes(machine);
  await machine.serve();
  await machine.load({ ...parties, connections: 32, seconds: 3 }); // caches as they are in service
  const closed = [], open = [];
  for (let round = 0; round < given.rounds; round++) {
    const out = (await atRest(machine)).metrics.sent_total;
    const before = back.cpu(), own = machine.cpu(), put = machine.written();
    const c = await machine.load({ ...parties, connections: 128, seconds: given.seconds });
    const { waited, metrics } = await atRest(machine);
    c.cpu_us = (machine.cpu() - own) / c.good * 1e6;
    c.server_us = (back.cpu() - before) / c.good * 1e6;
    c.sends = (metrics.sent_total - out) / c.good;
    c.written = (machine.written() - put) / c.good;
    c.req_s = c.good / (c.seconds + waited);
    closed.push(c);
    open.push(await machine.load({ ...parties, connections: 64, rate: given.rate, seconds: given.seconds, 'warm-up': 1 }));
  }
  const of = (list, pick) => median(list.map(pick));
  const result = {
    back: name, size, filled, bytes, written: of(closed, (r) => r.written), sends: of(closed, (r) => r.sends),
    cpu: of(closed, (r) => r.cpu_us), server: of(closed, (r) => r.server_us), rate: of(closed, (r) => r.req_s),
    p50: of(open, (r) => r.p50_us) / 1000, p99: of(open, (r) => r.p99_us) / 1000,
  };
  await machine.stop();
  back.close();
  await machine.close();
  process.stderr.write(`${JSON.stringify(result)}\n`);
  return result;
}

/** The straight line through the last three points, both axes logarithmic. */
function next(points, pick) {
  const last = points.slice(-3).map((p) => ({ x: Math.log10(p.size), y: Math.log10(pick(p) || 1e-9) }));
  const mx = last.reduce((s, p) => s + p.x, 0) / last.length, my = last.reduce((s, p) => s + p.y, 0) / last.length;
  const up = last.reduce((s, p) => s + (p.x - mx) * (p.y - my), 0), under = last.reduce((s, p) => s + (p.x - mx) ** 2, 0);
  return 10 ** (my + (under ? up / under : 0) * (Math.log10(points.at(-1).size) + 1 - mx));
}
function extrapolate(points) {
  const guess = { back: points[0].back, size: points.at(-1).size * 10, isGuess: true };
  for (const name of ['cpu', 'server', 'rate', 'p50', 'p99', 'bytes']) guess[name] = next(points, (p) => p[name]);
  return guess;
}

const all = given.keep && fs.existsSync(given.keep) ? JSON.parse(fs.readFileSync(given.keep, 'utf8')) : [];
for (const name of given['back-ends'].split(',')) {
  for (const size of given.sizes.split(',').map(Number)) {
    if (all.some((r) => r.back === name && r.size === size)) continue;
    all.push(await measure(name, size));
    if (given.keep) fs.writeFileSync(given.keep, JSON.stringify(all));
  }
}
const lines = Object.keys(backEnds).map((name) => all.filter((r) => r.back === name).sort((a, b) => a.size - b.size))
  .filter((points) => points.length > 0).map((points) => (points.length > 1 ? [...points, extrapolate(points)] : points));
const size = (bytes) => (bytes > 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`);
console.log(`\nMedians of ${given.rounds} rounds of ${given.seconds} s, ${tenants} tenants; p50 and p99 at ${given.rate} texts a second\n
| back end | threads | CPU us a text: daemon | server | relays sent a text | written kB a text | texts/s | p50 ms | p99 ms | on disk | bytes a thread |
|---|---|---|---|---|---|---|---|---|---|---|`);
for (const r of lines.flat()) {
  console.log(`| ${backEnds[r.back].label} | ${r.size.toExponential(0).replace('e+', 'e')}${r.isGuess ? ' (extrapolated)' : ''} | ${r.cpu.toFixed(0)} | `
    + `${r.back === 'sqlite' ? '-' : r.server.toFixed(0)} | `
    + `${r.isGuess ? '-' : r.sends.toFixed(2)} | ${r.isGuess || r.back !== 'sqlite' ? '-' : (r.written / 1000).toFixed(0)} | ${r.rate.toFixed(0)} | ${r.p50.toFixed(2)} | ${r.p99.toFixed(1)} | ${size(r.bytes)} | ${(r.bytes / r.size).toFixed(0)} |`);
}
if (given.svg) {
  fs.writeFileSync(given.svg, drawGrowth(lines.map((points) => ({ label: backEnds[points[0].back].label, points }))));
  console.log(`\ndrawn: ${path.relative(root, given.svg)} (build: ${path.relative(root, build)})`);
}
backEnds.postgres.end();
