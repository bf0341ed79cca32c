// test/cluster/cluster.js - what script/cluster runs: puts up the namespaces, has a round played
// inside them, and takes everything away again, whatever happened. Needs root.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULTS, QUICK } from './faults.js';
import { judge } from './history_check.js';
import { CARRIER, down, space, up } from './net.js';
import { BUGS, planted } from './plant.js';
import { table } from './report.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const results = path.join(root, 'build/cluster');
// Where the user of PostgreSQL may go too. On one disk, the flushes of all nine servers wait for one another.
const ON_DISK = '/tmp/nextring-cluster', IN_MEMORY = '/dev/shm/nextring-cluster';
const HELP = `script/cluster [FAULT...] [--quick] [--rate TEXTS] [--memory] [--keep]   plays a round and judges it
script/cluster --plant BUG|all    plants a bug into the last round's history: is it found?
script/cluster --report           prints the last round's figures
script/cluster --clean            takes away what a broken run left

faults: ${Object.keys(FAULTS).join(', ')}; none: nothing breaks
--memory: databases and spools in memory, where the one disk of this machine would stall all servers at once
--quick: ${QUICK.join(', ')} alone, with less of a wait before
bugs: ${Object.keys(BUGS).join(', ')}`;

class Wrong extends Error {}

function parse(argv) {
  const o = { faults: [], rate: 10 };
  const take = argv[Symbol.iterator]();
  const value = (name) => take.next().value ?? fail(`${name} wants a value`);
  for (const word of take) {
    if (['--quick', '--memory', '--keep', '--report', '--clean', '--help'].includes(word)) o[word.slice(2)] = true;
    else if (word === '--rate') o.rate = Number(value(word));
    else if (word === '--plant') o.plant = value(word);
    else if (word === 'none') o.isCalm = true;
    else if (FAULTS[word]) o.faults.push(word);
    else fail(`"${word}" is neither a fault nor an option: script/cluster --help lists them`);
  }
  if (!(o.rate > 0 && o.rate <= 200)) fail('--rate is a number of texts a second, up to 200');
  if (o.plant && o.plant !== 'all' && !BUGS[o.plant]) fail(`"${o.plant}" is no bug: ${Object.keys(BUGS).join(', ')}`);
  return o;
}
function fail(why) {
  throw new Wrong(why);
}

function lastResult(name) {
  const file = path.join(results, name);
  if (!fs.existsSync(file)) fail('no round has been played yet: script/cluster --quick plays a short one');
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

// Plants bugs into the last round, one at a time: is something found that was not there before?
function plant(which) {
  const history = lastResult('history.json');
  const before = new Set(judge(history).findings.flatMap((f) => f.words));
  let missed = 0;
  for (const name of which === 'all' ? Object.keys(BUGS) : [which]) {
    const changed = planted(history, name);
    const all = changed ? judge(changed).findings.find((f) => f.kind === BUGS[name].finding)?.words : [];
    const found = all?.find((each) => !before.has(each));
    if (!found) missed++;
    console.log(found ? `found   ${name}: ${BUGS[name].finding}: ${found}` : `${changed ? 'MISSED ' : 'no room'} ${name}`);
  }
  // One bug: as a round with it would have ended. All: whether the checker is any good.
  return which === 'all' ? Number(missed > 0) : 1;
}

async function clean(keep) {
  await down();
  for (const folder of keep ? [] : [ON_DISK, IN_MEMORY]) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function round(o) {
  const work = o.memory ? IN_MEMORY : ON_DISK;
  const faults = o.faults.length || o.isCalm ? o.faults : o.quick ? QUICK : Object.keys(FAULTS);
  let child = null;
  let isEnding = false;
  const stop = () => {
    isEnding = true;
    child?.kill('SIGKILL');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  await clean(false); // of an earlier run that was killed
  fs.rmSync(path.join(results, 'log'), { recursive: true, force: true });
  fs.mkdirSync(work, { recursive: true, mode: 0o755 });
  try {
    await up();
    if (isEnding) return 1;
    child = spawn('ip', ['netns', 'exec', space(CARRIER), process.execPath, path.join(here, 'round.js')], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        PATH: process.env.PATH,
        LANG: 'C.UTF-8',
        NEXTRING_CLUSTER_ROUND: JSON.stringify({
          work, logs: path.join(results, 'log'), results, faults, rate: o.rate, calls: Math.max(0.5, o.rate / 20),
          build: path.resolve(root, process.env.NEXTRING_BUILD ?? 'build'),
          programs: process.env.NEXTRING_POSTGRES_PROGRAMS ?? '/usr/lib/postgresql/15/bin',
          quiet: o.quick || o.faults.length ? 15 : 60,
        }),
      },
    });
    return await new Promise((done) => { child.on('exit', (code) => done(code ?? 1)); });
  } finally {
    await clean(o.keep);
  }
}

async function main() {
  const o = parse(process.argv.slice(2));
  if (o.help) return console.log(HELP) ?? 0;
  if (o.report) return console.log(table(lastResult('verdict.json').figures)) ?? 0;
  if (o.plant) return plant(o.plant);
  if (process.getuid() !== 0) fail('namespaces are made by root alone: run it as root');
  fs.mkdirSync(results, { recursive: true });
  if (o.clean) return (await clean(false)) ?? 0;
  return round(o);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`script/cluster: ${error instanceof Wrong ? error.message : error.stack}`);
  process.exitCode = error instanceof Wrong ? 2 : 3;
}
