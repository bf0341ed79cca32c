// test/cluster/nodes.js - the simulated carrier, and three nodes of nextring on one database.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { NODES, address, call, start, until } from './net.js';
import { ACCOUNT, CARRIER_API, KEY, PUBLIC_URL, SECRET, SIM_PORT, TOKEN, firms, roster, simSetup } from './world.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const READY_MS = 30000;

function isReady(node) {
  return new Promise((resolve) => {
    const rq = http.get({ host: address(node), port: 8080, path: '/readyz', timeout: 1000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    rq.on('timeout', () => rq.destroy());
    rq.on('error', () => resolve(false));
  });
}

export class Nodes {
  constructor({ folder, logs, build, database, nodes = NODES }) {
    Object.assign(this, { folder, logs, build, database, nodes, daemon: {} });
    this.rosters = path.join(folder, 'rosters');
  }

  prepare() {
    fs.mkdirSync(this.rosters, { recursive: true });
    for (const firm of firms)
      fs.writeFileSync(path.join(this.rosters, `${firm.slug}.json`), JSON.stringify(roster(firm), null, 2));
    fs.writeFileSync(path.join(this.folder, 'setup.json'), JSON.stringify(simSetup()));
  }

  settings(node) {
    return {
      NEXTRING_LISTEN: `${address(node)}:8080`,
      NEXTRING_PUBLIC_URL: PUBLIC_URL,
      NEXTRING_DATA: path.join(this.folder, node, 'data'),
      ...(this.database ? { NEXTRING_DATABASE: this.database } : {}),
      NEXTRING_ROSTER: this.rosters,
      NEXTRING_CARRIER_API: CARRIER_API,
      NEXTRING_CALL_RATE: '20',
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: TOKEN,
      TWILIO_API_KEY: KEY,
      TWILIO_API_SECRET: SECRET,
    };
  }

  async startCarrier(history) {
    this.sim = start('c', path.join(this.logs, 'carrier-sim.log'), [path.join(this.build, 'nextring-sim'),
      '--listen', `127.0.0.1:${SIM_PORT}`, '--setup', path.join(this.folder, 'setup.json'), '--quiet']);
    // This process is in the carrier's namespace already.
    const log = fs.openSync(path.join(this.logs, 'carrier.log'), 'a');
    this.carrier = spawn(process.execPath, [path.join(here, 'carrier.js'), history, this.nodes.join(',')], {
      stdio: ['pipe', 'pipe', log],
    });
    this.carrier.ended = new Promise((done) => { this.carrier.on('exit', done); });
    const lines = readline.createInterface({ input: this.carrier.stdout });
    await new Promise((resolve, reject) => {
      lines.once('line', resolve);
      this.carrier.ended.then((how) => reject(new Error(`the carrier ended with ${how}: see ${this.logs}/carrier.log`)));
    });
  }
  order(words) {
    this.carrier.stdin.write(`${JSON.stringify(words)}\n`);
  }

  start(node) {
    fs.mkdirSync(path.join(this.folder, node, 'data'), { recursive: true, mode: 0o700 });
    const log = path.join(this.logs, `nextring-${node}.log`);
    const daemon = start(node, log, [path.join(this.build, 'nextring'), 'serve'], { env: this.settings(node) });
    this.daemon[node] = daemon;
    const before = daemon.ended.then((how) => {
      throw new Error(`nextring on ${node} ended with ${how}: see ${log}`);
    });
    before.catch(() => {}); // later it ends as it is told to
    return Promise.race([until(`${node} is ready`, READY_MS, () => isReady(node)), before]);
  }

  isRunning(node) {
    return this.daemon[node]?.exitCode === null && this.daemon[node].signalCode === null;
  }

  async end(node, signal) {
    this.daemon[node].kill(signal);
    return this.daemon[node].ended;
  }

  // A subcommand of nextring on a node, with its settings.
  tool(node, words) {
    return call(node, [path.join(this.build, 'nextring'), ...words], { env: this.settings(node) });
  }

  // How many events wait in a node's spool for the database; -1 when it does not say.
  spooled(node) {
    return new Promise((resolve) => {
      const unknown = () => resolve({ count: -1 });
      http.get({ host: address(node), port: 8080, path: '/readyz', timeout: 2000 }, async (answer) => {
        let body = '';
        for await (const part of answer) body += part;
        resolve({ count: JSON.parse(body).spooled });
      }).on('error', unknown).on('timeout', unknown);
    });
  }
}
