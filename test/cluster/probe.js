// test/cluster/probe.js - a small writer beside nextring: one row about ten times a second through
// libpq (psql), so that one knows when the database took writes, and whether it kept them.
import { spawn } from 'node:child_process';
import { addressOf } from './database.js';
import { sleep } from './net.js';

const BESIDE = 'probe'; // a database of its own
const EVERY_MS = 100;
const PATIENCE_MS = 6000; // a statement that nobody answers: its connection is given up

export class Probe {
  constructor(database) {
    Object.assign(this, { database, acked: [], times: [], last: 0, isOver: false });
  }

  async start() {
    await this.database.create(BESIDE);
    await this.database.sql('CREATE TABLE written (n bigint PRIMARY KEY)', BESIDE);
    this.work = this.loop();
  }

  connect() {
    const psql = spawn('psql', ['-qAtX', '-v', 'ON_ERROR_STOP=1', '-d', addressOf(BESIDE)], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    psql.stdin.on('error', () => {});
    psql.isOver = new Promise((done) => { psql.on('exit', () => done(null)); });
    psql.on('error', () => {});
    return psql;
  }

  // Resolves to the row's number when it was committed, to null when the connection broke.
  write(psql, n) {
    const answer = new Promise((done) => { psql.stdout.once('data', (part) => done(Number(String(part)))); });
    psql.stdin.write(`INSERT INTO written VALUES (${n}) RETURNING n;\n`);
    return Promise.race([answer, psql.isOver, sleep(PATIENCE_MS).then(() => null)]);
  }

  async loop() {
    let psql = this.connect();
    while (!this.isOver) {
      const n = ++this.last;
      if ((await this.write(psql, n)) === n) {
        this.acked.push(n);
        this.times.push(Date.now());
      } else {
        psql.kill('SIGKILL');
        await sleep(EVERY_MS);
        psql = this.connect();
      }
      await sleep(EVERY_MS);
    }
    psql.kill('SIGKILL');
  }

  // When the database took no writes: [from, to], of those longer than `ms`.
  outages(ms) {
    const out = [];
    for (let i = 1; i < this.times.length; i++)
      if (this.times[i] - this.times[i - 1] > ms) out.push([this.times[i - 1], this.times[i]]);
    return out;
  }

  // Ends the writer; resolves to the rows that were acknowledged and are not there.
  async stop() {
    this.isOver = true;
    await this.work;
    const there = new Set((await this.database.rows('SELECT n FROM written', BESIDE)).map((row) => row.n));
    return this.acked.filter((n) => !there.has(n));
  }
}
