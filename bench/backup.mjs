#!/usr/bin/env node
// bench/backup.mjs - a backup of a large SQLite database under traffic, what it costs those who wait,
// and whether what comes back is what was there.
//
//   node bench/backup.mjs [--threads 730000] [--tenants 100] [--rate 200] [--seconds 5]
//
// The database is filled by SQL; then signed texts come at a fixed rate, in rounds of some seconds,
// before, during and after `nextring backup`. The daemon is then stopped, the backup restored into
// another folder, and every table held against the source: whatever is only ever added must be the
// same up to the last row of the backup, and of whatever changes no row may be missing.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Machine, build, median, options, quantile, roster, run } from './parts.mjs';

const given = options({ threads: 730000, tenants: 100, rate: 200, seconds: 5 },
  'bench/backup.mjs [--threads N] [--tenants N] [--rate N] [--seconds N]');
const FIRST_LINE = 18582000000;
const line = (n) => `+${FIRST_LINE + n}`;
const { tenants, threads } = given;
const sqlite = (file, text) => run('sqlite3', ['-bail', file], text).trim();
const say = (text) => process.stderr.write(`${text}\n`);

function fill() {
  const now = Date.now(), begin = now - 20 * 86400000, step = Math.max(1, Math.floor((now - 60000 - begin) / threads));
  const at = `(${begin} + i * ${step})`, id = `((${at} - 1577836800000) * 2097152)`;
  const customer = `'+1' || printf('%03d', 200 + i / ${tenants} / 100) || '55501' || printf('%02d', i / ${tenants} % 100)`;
  const from = `FROM (WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${threads - 1}) SELECT i FROM n) AS s
    JOIN tenant ON tenant.slug = 't' || (i % ${tenants})`;
  const the = `'+' || (${FIRST_LINE} + i % ${tenants})`, sid = 'lower(hex(randomblob(16)))';
  const words = "'Hello, this is about the boiler in the basement: it drips again, and the valve is hot. Order ' || i";
  return [
    `INSERT INTO thread (tenant, id, line, customer_phone, opened_at, last_at, is_closed, relay_id)
     SELECT tenant.id, ${id}, ${the}, ${customer}, ${at}, ${at}, 0, ${id} ${from} ON CONFLICT DO NOTHING`,
    `INSERT INTO relay (tenant, id, thread_id, kind, raised_at, customer_phone, message_id, state, step, body, acked_by, acked_at, final_status)
     SELECT tenant.id, ${id}, ${id}, 'text', ${at}, ${customer}, ${id}, 'taken', 0, ${words}, 'primary', ${at} + 60000, 'acked' ${from}`,
    `INSERT INTO message (tenant, id, thread_id, direction, origin, kind, sender, recipient, customer_phone, created_at, relay_id, delivery, body, sid)
     SELECT tenant.id, ${id}, ${id}, 'in', 'customer', 'inbound', ${customer}, ${the}, ${customer}, ${at}, ${id}, 'none', ${words}, 'SM' || ${sid} ${from}`,
    `INSERT INTO message (tenant, id, thread_id, direction, origin, kind, sender, recipient, customer_phone, operator, created_at, relay_id, delivery, body, sid)
     SELECT tenant.id, ${id} + 1, ${id}, 'out', 'system', 'forward', ${the}, '+16195550111', ${customer}, 'primary', ${at}, ${id}, 'delivered', ${words}, 'SM' || ${sid} ${from}`,
    ...['text.received', 'relay.raised', 'relay.acked'].map((kind, n) =>
      `INSERT INTO event (tenant, id, kind, created_at, thread_id, subject_id, is_alarm)
       SELECT tenant.id, ${id} + ${n}, '${kind}', ${at}, ${id}, ${id}, 0 ${from}`),
    `INSERT INTO claim (tenant, key, event_id) SELECT tenant.id, 'm:SM' || ${sid}, ${id} ${from}`,
  ];
}

const ask = (machine, args) => new Promise((resolve, reject) => {
  const began = Date.now();
  const child = spawn(path.join(build, 'nextring'), args, { env: { NEXTRING_DATA: machine.file('data') }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '', err = '';
  child.stdout.on('data', (part) => { out += part; });
  child.stderr.on('data', (part) => { err += part; });
  child.on('close', (status) => (status ? reject(new Error(`nextring ${args.join(' ')}: ${status}: ${err}`))
    : resolve({ out, err, seconds: (Date.now() - began) / 1000 })));
});

const machine = await Machine.open();
machine.more.NEXTRING_ROSTER = machine.file('rosters');
fs.mkdirSync(machine.file('rosters'));
for (let n = 0; n < tenants; n++)
  fs.writeFileSync(machine.file(`rosters/t${n}.json`), JSON.stringify(roster(`t${n}`, line(n), 6192000000 + n * 3)));
await machine.serve();
await machine.stop();
say(`filling: ${threads} threads`);
sqlite(machine.file('data/nextring.db'), `PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN; ${fill().join(';')}; COMMIT; PRAGMA wal_checkpoint(TRUNCATE);`);
const bytes = fs.statSync(machine.file('data/nextring.db')).size;
await machine.serve();

// ---- traffic, with a backup in the middle ----

const parties = { lines: tenants, line: line(0), customers: Math.max(1, Math.floor(threads / tenants)) };
const round = () => machine.load({ ...parties, connections: 64, rate: given.rate, seconds: given.seconds });
const rounds = { without: [], copying: [], verifying: [], after: [] };
await round(); // caches as they are in service
for (let n = 0; n < 4; n++) rounds.without.push(await round());
let made, hasBegun = false, copied = 0;
const began = Date.now();
const backup = ask(machine, ['backup', '--json', '--to', machine.file('kept')]).then((done) => { made = done; });
const copy = machine.file('data/backup.copy');
while (!made) {
  const state = await fetchState();
  hasBegun ||= state !== 'none';
  const result = await round();
  (state === 'done' ? rounds.verifying : rounds.copying).push(result);
  if (hasBegun && state === 'copying') copied = (Date.now() - began) / 1000;
}
await backup;
for (let n = 0; n < 4; n++) rounds.after.push(await round());
const log = fs.existsSync(machine.file('data/nextring.db-wal')) ? fs.statSync(machine.file('data/nextring.db-wal')).size : 0;
await machine.stop();
if (fs.existsSync(copy)) throw new Error('the copy was left behind');

function fetchState() {
  const child = spawn('curl', ['-s', '--unix-socket', machine.file('data/control.sock'), 'http://localhost/api/v1/host/backup'], { stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve) => {
    let out = '';
    child.stdout.on('data', (part) => { out += part; });
    child.on('close', () => { try { resolve(JSON.parse(out).state); } catch { resolve('unknown'); } });
  });
}

// ---- back again, and compared ----

const { backup: file } = JSON.parse(made.out);
const manifest = JSON.parse(fs.readFileSync(file.replace(/\.db\.zst$/, '.json')));
const restored = await ask(machine, ['restore', file, '--to', machine.file('back'), '--json']);
const source = machine.file('data/nextring.db'), back = machine.file('back/nextring.db');
const both = (text) => sqlite(back, `ATTACH '${source}' AS was; ${text}`);
const last = both("SELECT max(id) FROM main.event WHERE kind <> 'store.restored'");
const newest = Number(both("SELECT max(created_at) FROM main.event WHERE kind <> 'store.restored'"));
const wrong = [];
const report = [];
function same(table, what, up) {
  const count = Number(both(`SELECT count(*) FROM main.${table} WHERE ${what}`));
  const odd = Number(both(`SELECT count(*) FROM (SELECT * FROM main.${table} WHERE ${what} EXCEPT SELECT * FROM was.${table})`))
    + Number(both(`SELECT count(*) FROM (SELECT * FROM was.${table} WHERE ${up} EXCEPT SELECT * FROM main.${table})`));
  report.push(`| ${table} | ${count} | every value | ${odd} |`);
  if (odd) wrong.push(table);
}
function none(table, columns) {
  const count = Number(both(`SELECT count(*) FROM main.${table} WHERE id <= ${last}`));
  const odd = Number(both(`SELECT count(*) FROM (SELECT ${columns} FROM was.${table} WHERE id <= ${last} EXCEPT SELECT ${columns} FROM main.${table})`))
    + Number(both(`SELECT count(*) FROM (SELECT ${columns} FROM main.${table} WHERE id <= ${last} EXCEPT SELECT ${columns} FROM was.${table})`));
  report.push(`| ${table} | ${count} | ${columns} | ${odd} |`);
  if (odd) wrong.push(table);
}
same('event', "kind <> 'store.restored'", `id <= ${last}`);
same('claim', '1', `event_id <= ${last}`);
same('twilio_call_events', '1', `id <= ${last}`);
none('message', 'tenant, id, thread_id, direction, kind, sender, recipient, customer_phone, created_at, relay_id, body, media');
none('relay', 'tenant, id, thread_id, kind, raised_at, customer_phone, message_id, body, plan');
none('thread', 'tenant, id, line, customer_phone, opened_at');
none('cascade', 'tenant, id, call_sid, line, caller, started_at');
for (const table of ['tenant', 'roster_version', 'token', 'user', 'job', 'link', 'consent', 'parties', 'line_since']) same(table, '1', table === 'link' ? '0' : '1');
const integrity = sqlite(back, 'PRAGMA integrity_check');

const of = (list, q) => (list.length ? `${(median(list.map((r) => r[q])) / 1000).toFixed(2)} (${(quantile(list.map((r) => r[q]), 1) / 1000).toFixed(1)})` : '-');
console.log(`\n${(bytes / 1e9).toFixed(2)} GB, ${threads} threads of ${tenants} tenants; ${given.rate} texts a second, rounds of ${given.seconds} s\n
| round | of them | p50 ms, median (worst) | p99 ms, median (worst) |
|---|---|---|---|`);
for (const [name, list] of Object.entries(rounds)) console.log(`| ${name} | ${list.length} | ${of(list, 'p50_us')} | ${of(list, 'p99_us')} |`);
console.log(`\nbackup: ${made.seconds.toFixed(0)} s, of which the copy about ${copied.toFixed(0)}; packed into ${(manifest.packed.bytes / 1e6).toFixed(0)} MB; restore: ${restored.seconds.toFixed(0)} s;`
  + ` the write-ahead log has ${(log / 1e6).toFixed(0)} MB\nlatest event in the backup: ${((newest - Date.parse(manifest.made_at)) / 1000).toFixed(3)} s after the instant that it names\n
| table | rows | compared | differ |
|---|---|---|---|
${report.join('\n')}\n\nintegrity_check: ${integrity}`);
await machine.close();
if (wrong.length || integrity !== 'ok') {
  console.error(`not the same: ${wrong.join(' ')}`);
  process.exit(1);
}
