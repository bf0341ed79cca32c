// test/node/sim_server.js - a customer's server for tests of the simulated carrier alone: each
// path has its answer, and what the carrier asked is kept.
import assert from 'node:assert/strict';
import http from 'node:http';
import twilio from 'twilio';
import { ACCOUNT, TOKEN, closeCarrier, freePort, openCarrier } from './stage.js';

// An answer is the inside of a <Response>, a function of (params, request) that returns one, or
// an object {status, type, body, headers} as it goes out.
export class SimServer {
  async open() {
    this.port = await freePort();
    this.clear();
    this.server = http.createServer((rq, rs) => {
      let body = '';
      rq.on('data', (part) => { body += part; });
      rq.on('end', () => this.answer(rq, rs, body));
    });
    await new Promise((done) => { this.server.listen(this.port, '127.0.0.1', done); });
  }
  answer(rq, rs, body) {
    const [path, query = ''] = rq.url.split('?');
    const params = Object.fromEntries(new URLSearchParams(rq.method === 'GET' ? query : body));
    const seen = { path, params, method: rq.method, query, headers: rq.headers };
    this.seen.push(seen);
    let answer = this.answers[path] ?? '';
    if (typeof answer === 'function') answer = answer(params, seen);
    const { status = 200, type = 'text/xml', headers = {}, body: words } = typeof answer === 'string' ? { body: `<Response>${answer}</Response>` } : answer;
    rs.writeHead(status, { ...(type ? { 'Content-Type': type } : {}), ...headers });
    rs.end(words);
  }
  clear() {
    this.seen = [];
    this.answers = {};
  }
  requests(path) { return this.seen.filter((s) => s.path === path); }
  at(path) { return this.requests(path).map((s) => s.params); }
  last(path) { return this.at(path).at(-1); }
  close() {
    return new Promise((done) => { this.server.close(done); this.server.closeAllConnections(); });
  }
}

// A sound of so many seconds, as WAV.
export function wav(seconds, rate = 8000) {
  const out = Buffer.alloc(44 + seconds * rate, 0x80);
  out.write('RIFF', 0);
  out.writeUInt32LE(36 + seconds * rate, 4);
  out.write('WAVEfmt ', 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(rate, 24);
  out.writeUInt32LE(rate, 28);
  out.writeUInt16LE(1, 32);
  out.writeUInt16LE(8, 34);
  out.write('data', 36);
  out.writeUInt32LE(seconds * rate, 40);
  return out;
}

// The customer's server and a simulated carrier whose line asks it, with the official client.
export async function openBoth(server, args = []) {
  await server.open();
  const stage = await openCarrier(server.port, args);
  const client = twilio(ACCOUNT, TOKEN);
  client.api.baseUrl = `http://127.0.0.1:${stage.simPort}`;
  return { stage, client };
}

export async function closeBoth(server, stage) {
  await closeCarrier(stage);
  await server.close();
  assert.equal(stage.how, 0, 'ended cleanly');
}
