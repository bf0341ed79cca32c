// test/cluster/load.js - what the customers and operators of the made-up firms do: texts and calls
// at a steady rate that waits for nobody, and operators who acknowledge, answer, or stay silent.
import http from 'node:http';
import { SIM_PORT, customer, firms, personOf } from './world.js';

const THINK_MS = 1500; // until an operator answers
const CALL_MS = 40000; // a caller who is not answered puts the phone down

// What becomes of a text, by its number: who acknowledges it, and how.
const STORIES = [
  'first ok', 'first ok', 'first ok', 'first reply', 'first reply', 'second ok', 'first ok', 'third ok', 'first reply', 'second ok',
];
export const storyOf = (n) => STORIES[n % STORIES.length];
export const markerOf = (body) => /\bm(\d{6}) /.exec(body)?.[0].trim() ?? null;

const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
function hand(target, body) {
  return new Promise((resolve, reject) => {
    const words = JSON.stringify(body);
    const rq = http.request({
      host: '127.0.0.1', port: SIM_PORT, method: 'POST', path: target, agent,
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(words) },
    }, (answer) => {
      let said = '';
      answer.on('data', (part) => { said += part; });
      answer.on('end', () => (answer.statusCode < 300 ? resolve(said) : reject(new Error(`${target}: ${said}`))));
    });
    rq.on('error', reject);
    rq.end(words);
  });
}

export class Load {
  constructor(exchange) {
    Object.assign(this, { exchange, texts: 0, calls: 0, people: 0, failed: 0, timers: [], answered: new Set() });
    exchange.on('rest', (entry) => this.heard(entry));
  }

  order(target, body) {
    hand(target, body).catch((error) => {
      this.failed++;
      this.exchange.note({ k: 'load', t: Date.now(), what: 'refused', why: error.message });
    });
  }

  // Open loop: what is due by the clock is sent, however slow the answers are.
  every(perSecond, act) {
    if (!perSecond) return;
    const begin = performance.now();
    let done = 0;
    this.timers.push(setInterval(() => {
      const due = Math.floor(((performance.now() - begin) / 1000) * perSecond);
      while (done < due) {
        done++;
        act();
      }
    }, 5));
  }

  start({ texts, calls }) {
    this.every(texts, () => this.text());
    this.every(calls, () => this.call());
  }

  text() {
    const n = this.texts++;
    const firm = firms[n % firms.length];
    const body = `m${String(n).padStart(6, '0')} please call me back`;
    this.order('/sim/texts', { from: customer(this.people++), to: firm.line, body });
  }

  call() {
    const n = this.calls++;
    const { line } = firms[n % firms.length];
    this.order('/sim/calls', { from: customer(this.people++), to: line, hangup_after_ms: CALL_MS, voicemail_ms: 3000 });
  }

  // A text of ours reached an operator's phone: he does what the story says, once.
  heard({ m, path, f, s, sid }) {
    if (m !== 'POST' || s !== 201 || !path.endsWith('/Messages.json') || !personOf.has(f.To)) return;
    const { name } = personOf.get(f.To);
    const marker = markerOf(f.Body ?? '');
    const tag = /^([A-Z][2-9][A-Z])\b/.exec(f.Body ?? '')?.[1];
    const [who, what] = marker ? storyOf(Number(marker.slice(1))).split(' ') : ['first', 'ok'];
    const isHis = name === who || (who === 'second' && name === 'fourth') || (who === 'third' && name === 'fifth');
    if (!tag || !isHis || this.answered.has(marker ?? sid)) return;
    if (!marker && !/voicemail|missed|called/i.test(f.Body)) return;
    this.answered.add(marker ?? sid);
    const body = what === 'ok' ? `${tag} ok` : `${tag} on our way, ${marker}`;
    setTimeout(() => this.order('/sim/texts', { from: f.To, to: f.From, body }), THINK_MS);
  }

  stop() {
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
  }
}
