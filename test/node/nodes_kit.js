// test/node/nodes_kit.js - several nodes over one PostgreSQL, with one simulated carrier, behind a
// balancer that the test holds in its hand.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { makeSchema, server } from './schema.js';
import { ACCOUNT, Stage, TOKEN, alwaysOnCall, freePort, request, start } from './stage.js';

// Why these tests cannot run here; false when they can.
export const skip = server ? false : 'NEXTRING_TEST_DATABASE names no PostgreSQL (script/test does)';

const KEY = 'SK00000000000000000000000000000001';
const SECRET = 'rehearsal-only-secret';

export async function until(what, found, ms = 20000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await found();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export class Nodes extends Stage {
  nodes = [];
  turn_of = 0;
  seen = []; // what went through the balancer: {node, target, status}

  static async open({ count = 2, roster = alwaysOnCall(), env = {}, lines = [], phones = [], simArgs = [] } = {}) {
    const all = new Nodes();
    all.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-nodes-'));
    all.clock = fs.openSync(path.join(all.folder, 'clock'), 'w+');
    all.port = await freePort();
    all.simPort = await freePort();
    all.base = `http://127.0.0.1:${all.port}`;
    all.env = env;
    all.lines.push(...lines);
    all.phones.push(...phones);
    all.database = makeSchema();
    await all.openBalancer();
    await all.startSim(simArgs);
    for (let i = 0; i < count; i++) {
      await all.startNode(i);
      if (i === 0) await all.ask(0, 'PUT', '/api/v1/roster?tenant=acme', { document: { ...roster, tenant: 'acme' } });
    }
    await until('all know the roster', async () => {
      const versions = await Promise.all(all.nodes.map((_, i) => all.api('/api/v1/roster', 'GET', undefined, i)));
      return versions.every((v) => v.version > 0);
    });
    return all;
  }

  async startNode(i) {
    const folder = path.join(this.folder, `node${i}`);
    const port = this.nodes[i]?.port ?? (await freePort());
    const child = await start(
      'nextring',
      ['serve', '--clock-fd', '3'],
      {
        NEXTRING_LISTEN: `127.0.0.1:${port}`,
        NEXTRING_PUBLIC_URL: this.base,
        NEXTRING_DATA: folder,
        NEXTRING_ROSTER: 'database',
        NEXTRING_DATABASE: this.database,
        NEXTRING_CARRIER_API: `http://127.0.0.1:${this.simPort}`,
        NEXTRING_ADMIN_LISTEN: '127.0.0.1:0',
        TWILIO_ACCOUNT_SID: ACCOUNT,
        TWILIO_AUTH_TOKEN: TOKEN,
        TWILIO_API_KEY: KEY,
        TWILIO_API_SECRET: SECRET,
        ...this.env,
      },
      this.clock, 'ready',
    );
    this.nodes[i] = { child, port, folder, lives: true };
    this.daemon = this.nodes[0].child;
  }

  // ---- the balancer ----

  // Which node gets a request; the next one when it does not answer.
  choose = () => this.turn_of++;

  async openBalancer() {
    this.balancer = http.createServer((rq, answer) => {
      const parts = [];
      rq.on('data', (part) => parts.push(part));
      rq.on('end', () => this.pass(rq, Buffer.concat(parts), answer));
    });
    await new Promise((resolve) => this.balancer.listen(this.port, '127.0.0.1', resolve));
  }

  async pass(rq, body, answer) {
    const first = this.choose(rq, body.toString());
    for (let i = 0; i < this.nodes.length; i++) {
      const node = (first + i) % this.nodes.length;
      if (!this.nodes[node].lives) continue;
      try {
        const got = await this.forward(node, rq, body);
        this.seen.push({ node, target: rq.url, status: got.status, body: body.toString() });
        answer.writeHead(got.status, got.headers).end(got.body);
        return;
      } catch {
        this.nodes[node].refused = (this.nodes[node].refused ?? 0) + 1;
      }
    }
    answer.destroy();
  }

  forward(node, rq, body) {
    return new Promise((resolve, reject) => {
      const on = http.request(
        { host: '127.0.0.1', port: this.nodes[node].port, method: rq.method, path: rq.url,
          headers: { ...rq.headers, connection: 'close' }, agent: false, timeout: 8000 },
        (got) => {
          const parts = [];
          got.on('data', (part) => parts.push(part));
          got.on('error', reject);
          got.on('end', () => resolve({ status: got.statusCode, headers: got.headers, body: Buffer.concat(parts) }));
        },
      );
      on.on('timeout', () => on.destroy(new Error('no answer')));
      on.on('error', reject);
      on.end(body);
    });
  }

  // ---- one node ----

  async ask(i, method, target, body, headers = {}) {
    const answer = await request({
      method,
      socketPath: path.join(this.nodes[i].folder, 'control.sock'),
      target,
      headers: { 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, etag: answer.headers.etag, body: answer.body ? JSON.parse(answer.body) : {} };
  }
  async api(target, method = 'GET', body = undefined, i = 0) {
    const got = await this.ask(i, method, target, body);
    return { status: got.status, ...got.body };
  }
  async edit(i, method, target, body) {
    const { etag } = await this.ask(i, 'GET', '/api/v1/roster');
    const got = await this.ask(i, method, target, body, { 'If-Match': etag });
    if (got.status >= 300) throw new Error(`${method} ${target}: ${got.status} ${JSON.stringify(got.body)}`);
    return got;
  }

  async kill(i, signal = 'SIGKILL') {
    const node = this.nodes[i];
    node.lives = false;
    node.child.kill(signal);
    return node.child.ended;
  }
  // Time runs as it does outside.
  run() {
    return this.carrier('POST', '/sim/clock', { rate: 1 });
  }

  async close() {
    for (const node of this.nodes) if (node.lives) node.child.kill('SIGKILL');
    await Promise.all(this.nodes.map((node) => node.child.ended));
    this.daemon = { kill() {}, ended: Promise.resolve(0) };
    await new Promise((resolve) => this.balancer.close(resolve) || this.balancer.closeAllConnections());
    return super.close();
  }
}
