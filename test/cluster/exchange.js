// test/cluster/exchange.js - stands between the carrier and the nodes, both ways, and writes down
// what passes: the history that the checker judges.
//
// Webhooks go round robin to the nodes that answered their last look, as a balancer has it: a
// connection that fails is tried once more at another node, a status callback never. A request that
// a node has taken and does not answer is not repeated, for nobody knows what became of it.
// REST calls of the nodes go to the simulated carrier as they are.
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import { NODES, address, machineAt } from './net.js';
import { BALANCER_PORT, REST_PORT, SIM_PORT } from './world.js';

const CONNECT_MS = 500;
const ANSWER_MS = 5000;
const CARRIER_MS = 20000;
const LOOK_EVERY_MS = 300;
const LOOK_MS = 600;
const NODE_PORT = 8080;
const BODY_KEPT = 600;

// What the checker looks at; the rest would make the history ten times as large.
const KEPT = ['MessageSid', 'CallSid', 'From', 'To', 'Body', 'MessageStatus', 'CallStatus', 'Digits', 'Direction',
  'DialCallStatus', 'DialCallSid', 'DialBridged', 'StatusCallback', 'Url'];
const fields = (body) => {
  const all = new URLSearchParams(body.toString());
  return Object.fromEntries(KEPT.filter((name) => all.has(name)).map((name) => [name, all.get(name)]));
};

const isCallback = (path) => /^\/(sms\/status|webhook\/twilio\/call-status)/.test(path);

const readAll = (stream) => new Promise((resolve, reject) => {
  const parts = [];
  stream.on('data', (part) => parts.push(part));
  stream.on('end', () => resolve(Buffer.concat(parts)));
  stream.on('error', reject);
  stream.on('aborted', () => reject(new Error('aborted')));
});

// One request on a connection of its own. Rejects with `stage`: connect (nothing has left) or answer.
function ask({ host, port, method, path, headers, body, answerMs = ANSWER_MS }) {
  return new Promise((resolve, reject) => {
    let stage = 'connect';
    const fail = (words) => {
      clearTimeout(timer);
      rq.destroy();
      reject(Object.assign(new Error(words), { stage }));
    };
    const rq = http.request({ host, port, method, path, headers, agent: false }, async (answer) => {
      try {
        const bytes = await readAll(answer);
        clearTimeout(timer);
        resolve({ status: answer.statusCode, headers: answer.headers, body: bytes });
      } catch {
        fail('broken off');
      }
    });
    let timer = setTimeout(() => fail('no connection'), CONNECT_MS);
    rq.on('socket', (socket) => socket.on('connect', () => {
      stage = 'answer';
      clearTimeout(timer);
      timer = setTimeout(() => fail('no answer'), answerMs);
    }));
    rq.on('error', (error) => fail(error.code ?? error.message));
    rq.end(body);
  });
}

const copied = (headers) => {
  const out = { ...headers };
  for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'host', 'content-length']) delete out[name];
  return out;
};

const same = (rq, body) => ({ method: rq.method, path: rq.url, headers: copied(rq.headers), body });

export class Exchange extends EventEmitter {
  constructor(file, nodes = NODES) {
    super();
    Object.assign(this, { nodes, up: new Set(nodes), next: 0, out: fs.createWriteStream(file, { flags: 'a' }) });
  }

  note(entry) {
    this.out.write(`${JSON.stringify(entry)}\n`);
  }

  async open() {
    this.balancer = http.createServer((rq, rs) => { this.webhook(rq, rs).catch(() => rs.destroy()); });
    this.rest = http.createServer((rq, rs) => { this.call(rq, rs).catch(() => rs.destroy()); });
    await new Promise((done) => { this.balancer.listen(BALANCER_PORT, '127.0.0.1', done); });
    await new Promise((done) => { this.rest.listen(REST_PORT, '0.0.0.0', done); });
    this.looks = this.nodes.map((node) => setInterval(() => this.look(node), LOOK_EVERY_MS));
  }

  // Whether a node is to get webhooks; it answers, and does not drain.
  async look(node) {
    let isUp = true;
    try {
      const { status } = await ask({ host: address(node), port: NODE_PORT, method: 'GET', path: '/readyz', answerMs: LOOK_MS });
      isUp = status === 200;
    } catch {
      isUp = false;
    }
    if (isUp === this.up.has(node)) return;
    this.note({ k: 'look', t: Date.now(), node, up: isUp });
    if (isUp) this.up.add(node);
    else this.up.delete(node);
  }

  // In which order nodes are tried: those that are up in turn; when none is, all of them.
  order() {
    const all = this.up.size ? this.nodes.filter((node) => this.up.has(node)) : this.nodes;
    const first = this.next++ % all.length;
    return [...all.slice(first), ...all.slice(0, first)];
  }

  async webhook(rq, rs) {
    const t = Date.now();
    const body = await readAll(rq);
    const tries = [];
    let answer = null;

    const order = this.order();
    for (const node of order.slice(0, isCallback(rq.url) ? 1 : 2)) {
      const from = performance.now();
      const took = () => Math.round((performance.now() - from) * 10) / 10;
      try {
        answer = await ask({ ...same(rq, body), host: address(node), port: NODE_PORT });
        tries.push({ n: node, ms: took(), r: answer.status });
        break;
      } catch (error) {
        tries.push({ n: node, ms: took(), r: error.stage, why: error.message });
        if (error.stage !== 'connect') break;
        this.up.delete(node); // until it is looked at again
      }
    }
    const entry = {
      k: 'hook', t, ms: Date.now() - t, path: rq.url, f: fields(body),
      tries, s: answer?.status ?? 0, b: answer?.body.toString().slice(0, BODY_KEPT) ?? '',
    };
    this.note(entry);
    this.emit('hook', entry);
    if (!answer) return rs.destroy();
    rs.writeHead(answer.status, copied(answer.headers));
    return rs.end(answer.body);
  }

  async call(rq, rs) {
    const t = Date.now();
    const body = await readAll(rq);
    const answer = await ask({ ...same(rq, body), host: '127.0.0.1', port: SIM_PORT, answerMs: CARRIER_MS });
    const words = answer.body.toString();
    const entry = {
      k: 'rest', t, ms: Date.now() - t, from: machineAt(rq.socket.remoteAddress ?? ''),
      m: rq.method, path: rq.url, s: answer.status,
    };
    if (rq.method === 'POST') {
      entry.f = fields(body);
      entry.sid = /"sid": ?"([A-Z]{2}[0-9a-f]{32})"/.exec(words)?.[1] ?? null;
      if (answer.status >= 300) entry.b = words.slice(0, BODY_KEPT);
    }
    this.note(entry);
    this.emit('rest', entry);
    rs.writeHead(answer.status, copied(answer.headers));
    rs.end(answer.body);
  }

  async close() {
    for (const look of this.looks) clearInterval(look);
    this.balancer.close();
    this.rest.close();
    this.balancer.closeAllConnections?.();
    this.rest.closeAllConnections?.();
    await new Promise((done) => { this.out.end(done); });
  }
}
