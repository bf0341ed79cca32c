// test/node/carrier_story.js - a simulated carrier with one of everything in it: texts, calls that are
// over and calls that last, recordings, mistakes, a conference, a queue, and a customer's server
// that keeps what it was asked. The tests of its shapes begin here.
import assert from 'node:assert/strict';
import http from 'node:http';
import { XMLParser } from 'fast-xml-parser';
import { judgeHeaders } from './carrier_shapes.js';
import { ACCOUNT, BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, TOKEN, closeCarrier, freePort, openCarrier, request } from './stage.js';

export const ROOT = `/2010-04-01/Accounts/${ACCOUNT}`;
export const MINUTE = 60;
export const good = (complaints, what = '') => assert.deepEqual(complaints, [], what);
export const xml = new XMLParser({ ignoreAttributes: false, parseTagValue: false, parseAttributeValue: false, trimValues: false });

// The customer's server: answers each path with its document, and keeps what it was asked.
class Customer {
  async open() {
    this.seen = [];
    this.answers = { '/talk': '<Pause length="600"/><Redirect>/talk</Redirect>' };
    this.port = await freePort();
    this.server = http.createServer((rq, rs) => {
      let body = '';
      rq.on('data', (part) => { body += part; });
      rq.on('end', () => this.take(rq, rs, body));
    });
    await new Promise((done) => { this.server.listen(this.port, '127.0.0.1', done); });
  }
  take(rq, rs, body) {
    const [path, query = ''] = rq.url.split('?');
    const text = rq.method === 'POST' ? body : query;
    const params = Object.fromEntries(new URLSearchParams(text));
    this.seen.push({ path, params, method: rq.method, headers: rq.headers, url: rq.url });
    const answer = this.answers[path] ?? '';
    const { status = 200, type = 'text/xml', body: words } = typeof answer === 'object' ? answer : {};
    rs.writeHead(status, { 'Content-Type': type });
    rs.end(words ?? `<Response>${typeof answer === 'function' ? answer(params) : answer}</Response>`);
  }
  at(path) { return this.seen.filter((s) => s.path === path); }
  params(path) { return this.at(path).map((s) => s.params); }
  close() { return new Promise((done) => { this.server.close(done); this.server.closeAllConnections(); }); }
}

export const customer = new Customer();
export const asked = []; // each request and its status, for the table at the end
export const made = {}; // SIDs by the name of their family
export let stage; // of the story, when it is open
export const at = (path) => `${stage.base}${path}`;
export const here = () => `http://127.0.0.1:${stage.simPort}`;

// One request to the API; a path that does not begin with '/' is one of the account's.
export async function ask(method, path, form, { auth = `${ACCOUNT}:${TOKEN}`, headers = {} } = {}) {
  const target = path.startsWith('/') ? path : `${ROOT}/${path}`;
  const posted = form && method !== 'GET';
  const pairs = new URLSearchParams(Object.entries(form ?? {}).flatMap(([k, v]) => [v].flat().map((one) => [k, one])));
  const answer = await request({
    method, port: stage.simPort, target: !posted && form ? `${target}?${pairs}` : target,
    headers: { ...(auth ? { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {}),
      ...(posted ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}), ...headers },
    body: posted ? pairs.toString() : undefined,
  });
  const json = /^application\/json/.test(answer.headers['content-type'] ?? '');
  asked.push({ method, path: target.split('?')[0], status: answer.status });
  return { ...answer, text: answer.body, body: json && answer.body ? JSON.parse(answer.body) : answer.body };
}

export async function take(status, method, path, form, more) {
  const answer = await ask(method, path, form, more);
  assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
  good(judgeHeaders('answer', answer.headers), `headers of ${method} ${path}`);
  return answer.body;
}
export const create = (path, form) => take(201, 'POST', path, form);
export const fetch = (path, form) => take(200, 'GET', path, form);
export const phone = (number, ...behaviours) => stage.phone(number, { on_call: behaviours });
export const staysFor = (minutes, ...steps) => ({ do: 'answer', then: [...steps, { wait_ms: minutes * 60000 }, { hangup: true }] });

// What the story leaves behind: one of everything that no POST makes, or that needs time.
const story = {
  async texts() {
    made.Message = (await create('Messages.json', { To: PRIMARY, From: LINE, Body: 'a text', StatusCallback: at('/text-status') })).sid;
    await stage.phone(BACKUP, { receipt_error: 30005 });
    made.failed = (await create('Messages.json', { To: BACKUP, From: LINE, Body: 'in vain', StatusCallback: at('/text-status') })).sid;
    const media = ['iVBORw0KGgo=', 'iVBORw0KGgo='].map((base64) => ({ type: 'image/png', base64 }));
    made.picture = (await stage.carrier('POST', '/sim/texts', { from: CUSTOMER, to: LINE, body: 'look', media })).sid;
    await stage.text(OTHERS[0], 'a plain one');
    await stage.turn(MINUTE);
  },
  async recordings() {
    customer.answers['/record'] = `<Record maxLength="20" transcribe="true" action="${at('/recorded')}" transcribeCallback="${at('/transcribed')}"
      recordingStatusCallback="${at('/recording-status')}" recordingStatusCallbackEvent="in-progress completed absent"/>`;
    customer.answers['/recorded'] = '<Hangup/>';
    const says = (words) => ({ say: words, after_ms: 3000 });
    await phone(PRIMARY, { do: 'answer', then: [says('this is'), says('what'), says('I say'), { press: '#', after_ms: 1000 }] });
    const place = async () => {
      const { sid: given } = await create('Calls.json', {
        To: PRIMARY, From: LINE, Url: at('/record'), Record: 'true', StatusCallback: at('/call-status'),
        StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'], RecordingStatusCallback: at('/recording-status'),
      });
      await stage.turn(2 * MINUTE);
      return given;
    };
    made.recorded = await place();
    made.Call = await place();
    made.Recording = (await fetch('Recordings.json')).recordings.find((r) => r.source === 'RecordVerb')?.sid;
    made.Transcription = (await fetch('Transcriptions.json')).transcriptions?.[0]?.sid;
  },
  async mistakes() {
    customer.answers['/mistaken'] = `<Whistle/><Redirect>${at('/broken')}</Redirect>`;
    customer.answers['/broken'] = { status: 500, type: 'text/plain', body: 'out of order' };
    await phone(PRIMARY, staysFor(1));
    made.mistaken = (await create('Calls.json', { To: PRIMARY, From: LINE, Url: at('/mistaken'), FallbackUrl: at('/fallback') })).sid;
    await stage.turn(MINUTE);
    made.Notification = (await fetch('Notifications.json')).notifications[0]?.sid;
    made.CallNotification = (await fetch(`Calls/${made.mistaken}/Notifications.json`)).notifications[0]?.sid;
    made.Alert = (await fetch('/v1/Alerts')).alerts[0]?.sid;
  },
  async dials() {
    customer.answers['/webhook/twilio/voice'] = `<Gather numDigits="1" timeout="5" action="${at('/gathered')}"><Say>Press.</Say></Gather>`;
    customer.answers['/gathered'] = `<Dial action="${at('/dialled')}"><Number url="${at('/whisper')}" statusCallback="${at('/leg-status')}"
      statusCallbackEvent="initiated ringing answered completed">${OWNER}</Number></Dial>`;
    await phone(OWNER, { do: 'answer', after_ms: 3000, then: [{ talk_ms: 8000 }, { hangup: true }] });
    made.inbound = (await stage.call(CUSTOMER, { then: [{ press: '1', after_ms: 2000 }] })).sid;
    await stage.turn(2 * MINUTE);
    await phone(PRIMARY, { do: 'voicemail' });
    await create('Calls.json', { To: PRIMARY, From: LINE, Url: at('/talk'), MachineDetection: 'Enable', AsyncAmd: 'true',
      AsyncAmdStatusCallback: at('/machine') });
    await stage.turn(2 * MINUTE);
  },
  async endings() { // in every way that a call can end
    for (const [number, what] of [[OTHERS[0], 'busy'], [OTHERS[1], 'decline'], [OTHERS[2], 'unreachable'], [OTHERS[3], 'ignore']]) {
      await phone(number, { do: what });
      await create('Calls.json', { To: number, From: LINE, Url: at('/hello'), Timeout: '10', StatusCallback: at('/call-status') });
    }
    await phone(BACKUP, { do: 'ignore' });
    const { sid: given } = await create('Calls.json', { To: BACKUP, From: LINE, Url: at('/hello'), StatusCallback: at('/call-status') });
    await stage.turn(5);
    await take(200, 'POST', `Calls/${given}.json`, { Status: 'canceled' });
    await stage.turn(MINUTE);
  },
  async live() {
    customer.answers['/room'] = `<Dial record="do-not-record"><Conference record="record-from-start" statusCallback="${at('/room-status')}"
      statusCallbackEvent="start end join leave mute hold" recordingStatusCallback="${at('/recording-status')}">room one</Conference></Dial>`;
    customer.answers['/line-up'] = `<Enqueue action="${at('/left')}" waitUrl="${at('/wait')}">support</Enqueue>`;
    customer.answers['/line-up-briefly'] = `<Enqueue action="${at('/left')}" waitUrl="${at('/wait-briefly')}">support</Enqueue>`;
    customer.answers['/wait-briefly'] = '<Leave/>';
    customer.answers['/wait'] = '<Say>Please wait.</Say><Pause length="600"/>';
    for (const number of [PRIMARY, OWNER, ...OTHERS]) await phone(number, staysFor(600));
    const place = async (to, path) => (await create('Calls.json', { To: to, From: LINE, Url: at(path) })).sid;
    [made.participant, made.second] = [await place(PRIMARY, '/room'), await place(OWNER, '/room')];
    [made.Member, made.next] = [await place(OTHERS[0], '/line-up'), await place(OTHERS[1], '/line-up')];
    await place(OTHERS[3], '/line-up-briefly');
    made.live = await place(OTHERS[2], '/talk');
    await stage.turn(MINUTE);
    made.Conference = (await fetch('Conferences.json')).conferences[0]?.sid;
    made.Queue = (await fetch('Queues.json')).queues[0]?.sid;
  },
  async office() {
    const [bought, service, caller] = await Promise.allSettled([
      create('IncomingPhoneNumbers.json', { PhoneNumber: '+16195550190' }),
      create('/v1/Services', { FriendlyName: 'senders' }),
      take(200, 'POST', 'OutgoingCallerIds.json', { PhoneNumber: CUSTOMER, FriendlyName: 'my phone' }),
    ]);
    made.bought = bought.value?.sid;
    made.Service = service.value?.sid;
    made.validation = caller.value;
    await stage.turn(2 * MINUTE);
    for (const { reason } of [bought, service, caller]) if (reason) throw reason;
  },
};

// Opens the carrier and tells the story; resolves to what of it could not be told.
export async function openStory() {
  const broken = {};
  await customer.open();
  stage = await openCarrier(customer.port, ['--call-rate', '100']);
  for (const [name, tell] of Object.entries(story)) await tell().catch((e) => { broken[name] = e.message; });
  return broken;
}
export async function closeStory() {
  await closeCarrier(stage);
  await customer.close();
  assert.equal(stage.how, 0, 'ended cleanly');
}
