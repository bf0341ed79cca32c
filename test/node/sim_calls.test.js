// The simulated carrier's calls by themselves, judged by the carrier's official client and by a
// server of the test's own: several numbers at once, conferences, phones of every temper,
// recordings, caller ids, and documents that are warned of.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import twilio from 'twilio';
import { ACCOUNT, BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, TOKEN, closeCarrier, freePort, openCarrier, request } from './stage.js';

// Answers each path with its document and keeps what the carrier asked.
class Customer {
  async open() {
    this.port = await freePort();
    this.clear();
    this.server = http.createServer((rq, rs) => {
      let body = '';
      rq.on('data', (part) => { body += part; });
      rq.on('end', () => {
        const path = rq.url.split('?')[0];
        const params = Object.fromEntries(new URLSearchParams(body));
        this.seen.push({ path, params });
        const answer = this.answers[path] ?? '';
        rs.writeHead(200, { 'Content-Type': 'text/xml' });
        rs.end(`<Response>${typeof answer === 'function' ? answer(params) : answer}</Response>`);
      });
    });
    await new Promise((done) => { this.server.listen(this.port, '127.0.0.1', done); });
  }
  clear() {
    this.seen = [];
    this.answers = {};
  }
  at(path) { return this.seen.filter((s) => s.path === path).map((s) => s.params); }
  close() { return new Promise((done) => { this.server.close(done); this.server.closeAllConnections(); }); }
}

const VOICE = '/webhook/twilio/voice';
let customer, stage, client, since;
before(async () => {
  customer = new Customer();
  await customer.open();
  stage = await openCarrier(customer.port, ['--call-rate', '100']);
  client = twilio(ACCOUNT, TOKEN);
  client.api.baseUrl = `http://127.0.0.1:${stage.simPort}`;
});
after(async () => {
  await closeCarrier(stage);
  await customer.close();
  assert.equal(stage.how, 0, 'ended cleanly');
});
beforeEach(async () => {
  await stage.carrier('DELETE', '/sim/fault');
  await stage.turn(120); // what the test before left behind
  for (const number of [PRIMARY, BACKUP, OWNER]) await stage.phone(number, {});
  customer.clear();
  since = (await stage.carrier('GET', '/sim/timeline?after=999999999')).last;
  await setup({ dial_drops_others: 'pickup', dial_action_after_hangup: true });
});

const setup = (document) => stage.carrier('POST', '/sim/setup', document);
const answers = (more = {}) => ({ on_call: [{ do: 'answer', ...more }] });
const calls = async (number) => (await stage.phone(number)).calls;
const last = async (number) => (await calls(number)).at(-1);
const hand = (sid, what) => stage.carrier('POST', `/sim/calls/${sid}`, what);
const timeline = async () => (await stage.carrier('GET', `/sim/timeline?after=${since}`)).entries;
const talks = async () => (await timeline()).filter((e) => e.talk).map((e) => e.words);
const warnings = async () => (await stage.carrier('GET', `/sim/warnings?after=${since}`)).warnings;
const url = (path) => `${stage.base}${path}`;
const outcome = (promise) => promise.then((c) => ({ sid: c.sid }), (e) => ({ status: e.status, code: e.code }));
const dialled = () => {
  const { DialCallStatus, DialBridged, DialCallDuration, DialCallSid, CallStatus } = customer.at('/dialled').at(-1);
  return { DialCallStatus, DialBridged, DialCallDuration, DialCallSid, CallStatus };
};
const dial = (inside, attributes = 'timeout="20"') =>
  `<Dial ${attributes} answerOnBridge="true" action="${url('/dialled')}">${inside}</Dial>`;
const screened = (number) =>
  `<Number url="${url('/screen')}" statusCallback="${url('/leg')}" statusCallbackEvent="initiated ringing answered completed">${number}</Number>`;
const gather = () => `<Gather numDigits="1" timeout="8" action="${url('/pressed')}"><Say>Press 1.</Say></Gather><Hangup/>`;

describe('several numbers in one Dial', () => {
  beforeEach(() => {
    customer.answers = {
      [VOICE]: dial([PRIMARY, BACKUP, OWNER].map(screened).join('')),
      '/screen': gather(),
      '/pressed': ({ Digits }) => (Digits === '1' ? '' : '<Hangup/>'),
    };
  });

  test('at pick-up the others are dropped, and a screening that is refused ends the Dial', async () => {
    await stage.phone(PRIMARY, answers({ after_ms: 3000, then: [{ press: '2', after_ms: 1000 }] }));
    await stage.phone(BACKUP, answers({ after_ms: 5000, then: [{ press: '1', after_ms: 1000 }] }));
    await stage.call(CUSTOMER);
    await stage.turn(60);
    const leg = await last(PRIMARY);
    assert.deepEqual(dialled(), { DialCallStatus: 'completed', DialBridged: 'false', DialCallDuration: '1', DialCallSid: leg.sid, CallStatus: 'ringing' });
    assert.equal((await last(BACKUP)).status, 'canceled');
    assert.deepEqual(await talks(), []);
  });

  test('at bridge they ring on: the second accepts, the third is dropped', async () => {
    await setup({ dial_drops_others: 'bridge' });
    await stage.phone(PRIMARY, answers({ after_ms: 3000, then: [{ press: '2', after_ms: 1000 }] }));
    await stage.phone(BACKUP, answers({ after_ms: 5000, then: [{ press: '1', after_ms: 1000 }, { talk_ms: 7000 }, { hangup: true }] }));
    await stage.call(CUSTOMER);
    await stage.turn(60);
    const leg = await last(BACKUP);
    assert.deepEqual(dialled(), { DialCallStatus: 'completed', DialBridged: 'true', DialCallDuration: '8', DialCallSid: leg.sid, CallStatus: 'in-progress' });
    assert.equal((await last(OWNER)).status, 'canceled');
    assert.deepEqual(await talks(), [`${CUSTOMER} and ${BACKUP} talk`]);
  });

  test('at bridge two hear the question at once, and the one who presses later is hung up on', async () => {
    await setup({ dial_drops_others: 'bridge' });
    await stage.phone(PRIMARY, answers({ after_ms: 3000, then: [{ press: '1', after_ms: 3000 }] }));
    await stage.phone(BACKUP, answers({ after_ms: 3000, then: [{ press: '1', after_ms: 2000 }] }));
    await stage.call(CUSTOMER, { hangup_after_ms: 20000 });
    await stage.turn(60);
    assert.deepEqual(await talks(), [`${CUSTOMER} and ${BACKUP} talk`]);
    const lost = await last(PRIMARY);
    assert.deepEqual([lost.status, lost.bridged_at, lost.ended_at - lost.answered_at], ['completed', null, 2000]);
  });

  test('each leg tells its own callback, in order', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'busy' }] });
    await stage.phone(BACKUP, answers({ after_ms: 5000, then: [{ press: '1' }, { talk_ms: 3000 }, { hangup: true }] }));
    await stage.call(CUSTOMER);
    await stage.turn(60);
    const told = (to) => customer.at('/leg').filter((p) => p.To === to).map((p) => p.CallStatus).join(' ');
    assert.equal(told(PRIMARY), 'initiated ringing busy');
    assert.equal(told(BACKUP), 'initiated ringing in-progress completed');
    assert.equal(told(OWNER), 'initiated ringing canceled');
    assert.ok(customer.at('/leg').every((p) => p.ParentCallSid && p.Direction === 'outbound-dial'));
  });

  test('sequential rings one after the other', async () => {
    customer.answers[VOICE] = dial([PRIMARY, BACKUP].map(screened).join(''), 'timeout="10" sequential="true"');
    await stage.phone(BACKUP, answers({ then: [{ press: '1', after_ms: 1000 }, { talk_ms: 1000 }, { hangup: true }] }));
    await stage.call(CUSTOMER);
    await stage.turn(60);
    assert.equal((await last(PRIMARY)).status, 'no-answer');
    assert.ok((await last(BACKUP)).rang_at >= (await last(PRIMARY)).ended_at);
    assert.equal(dialled().DialBridged, 'true');
  });

  test('nobody: the last failure is the result; a number that cannot be is one', async () => {
    customer.answers[VOICE] = dial(`<Number>${PRIMARY}</Number>`);
    for (const [script, status] of [[{ do: 'busy' }, 'busy'], [{ do: 'decline' }, 'busy'], [{ do: 'unreachable' }, 'failed'], [{ do: 'ignore' }, 'no-answer'], [{ do: 'unavailable' }, 'no-answer']]) {
      await stage.phone(PRIMARY, { on_call: [script] });
      await stage.call(CUSTOMER);
      await stage.turn(30);
      assert.deepEqual([script.do, dialled().DialCallStatus, dialled().DialBridged], [script.do, status, 'false']);
    }
    customer.answers[VOICE] = dial('<Number>12</Number>');
    await stage.call(CUSTOMER);
    await stage.turn(5);
    assert.equal(dialled().DialCallStatus, 'failed');
  });

  test('the caller hangs up at any instant: every leg ends with it, and action is asked for, or not', async () => {
    await setup({ dial_drops_others: 'bridge' });
    await stage.phone(PRIMARY, answers({ after_ms: 3000, then: [{ press: '1', after_ms: 2000 }, { talk_ms: 60000 }] }));
    for (const action of [true, false]) {
      await setup({ dial_action_after_hangup: action });
      for (const ms of [0, 1, 100, 101, 3000, 3100, 3101, 5099, 5100, 5101, 9000]) {
        const asked = customer.at('/dialled').length;
        await stage.call(CUSTOMER, { hangup_after_ms: ms });
        await stage.turn(15);
        for (const number of [CUSTOMER, PRIMARY, BACKUP, OWNER])
          for (const call of await calls(number)) assert.ok(call.ended_at, `${number} still on the line after ${ms} ms`);
        assert.ok(customer.at('/dialled').length <= asked + (action ? 1 : 0));
        if (action && ms > 100) assert.equal(dialled().CallStatus, 'completed');
      }
    }
  });
});

describe('a conference', () => {
  const room = (attributes = '') =>
    `<Dial action="${url('/dialled')}"><Conference ${attributes} statusCallback="${url('/room')}" statusCallbackEvent="start end join leave">K7F</Conference></Dial>`;
  const rang = () => customer.at('/room').map((p) => p.StatusCallbackEvent);

  test('two calls that enter one name talk; who ends it ends it for both', async () => {
    customer.answers = { [VOICE]: room('endConferenceOnExit="true"'), '/leg': room(), '/dialled': '<Say>Goodbye.</Say>' };
    await stage.phone(PRIMARY, answers({ after_ms: 2000 }));
    await stage.call(CUSTOMER, { hangup_after_ms: 20000 });
    const { sid } = await client.calls.create({ to: PRIMARY, from: LINE, url: url('/leg') });
    await stage.turn(10);
    assert.deepEqual(await talks(), [`${CUSTOMER} and ${PRIMARY} talk`]);
    await stage.turn(20);
    assert.deepEqual(rang(), ['participant-join', 'participant-join', 'conference-start', 'participant-leave', 'participant-leave', 'conference-end']);
    const end = customer.at('/room').at(-1);
    assert.deepEqual([end.FriendlyName, end.ReasonConferenceEnded, end.CallSidEndingConference], ['K7F', 'participant-with-end-conference-on-exit-left', (await last(CUSTOMER)).sid]);
    const [left] = customer.at('/dialled').filter((p) => p.CallSid === sid);
    assert.deepEqual([left.DialCallStatus, left.DialCallSid, left.CallStatus], ['answered', undefined, 'in-progress']);
    assert.equal((await last(PRIMARY)).heard.at(-1).words, 'Goodbye.');
  });

  test('without the right to start it waits with its waitUrl, again and again, until one comes who may', async () => {
    customer.answers = {
      [VOICE]: room(`startConferenceOnEnter="false" waitUrl="${url('/wait')}"`),
      '/leg': room('endConferenceOnExit="true"'),
      '/wait': '<Say>One moment please.</Say>',
    };
    await stage.phone(PRIMARY, answers({ then: [{ wait_ms: 5000 }, { hangup: true }] }));
    await stage.call(CUSTOMER);
    await stage.turn(10);
    assert.ok(customer.at('/wait').length > 3);
    assert.deepEqual(rang(), ['participant-join']);
    await client.calls.create({ to: PRIMARY, from: LINE, url: url('/leg') });
    await stage.turn(1);
    const asked = customer.at('/wait').length;
    await stage.turn(10);
    assert.equal(customer.at('/wait').length, asked, 'no music once it has begun');
    assert.equal(rang().at(-1), 'conference-end');
    assert.equal((await last(CUSTOMER)).status, 'completed');
  });

  test('a REST redirect takes a call out; the other stays; names differ by account and by name', async () => {
    customer.answers = { [VOICE]: room(), '/leg': room(), '/away': '<Say>Elsewhere.</Say><Pause length="30"/>' };
    await stage.phone(PRIMARY, answers());
    const { sid } = await stage.call(CUSTOMER);
    await client.calls.create({ to: PRIMARY, from: LINE, url: url('/leg') });
    await stage.turn(3);
    await client.calls(sid).update({ url: url('/away') });
    await stage.turn(5);
    assert.equal((await last(CUSTOMER)).heard.at(-1).words, 'Elsewhere.');
    assert.equal((await last(PRIMARY)).status, 'in-progress');
    assert.equal(rang().at(-1), 'participant-leave');
    assert.equal(customer.at('/dialled').length, 0, 'a call sent elsewhere asks for no action');
  });
});

describe('calls by REST', () => {
  const create = (more = {}) => outcome(client.calls.create({ to: PRIMARY, from: LINE, url: url('/leg'), ...more }));

  test('a live call is redirected; an ended one is 21220; one that rings is canceled', async () => {
    customer.answers['/leg'] = '<Pause length="60"/>';
    const { sid } = await create({ statusCallback: url('/status') });
    await stage.turn(2);
    assert.equal((await outcome(client.calls(sid).update({ twiml: '<Response><Say>x</Say></Response>' }))).code, 21220);
    await client.calls(sid).update({ status: 'canceled' });
    await stage.turn(1);
    assert.deepEqual(customer.at('/status').map((p) => p.CallStatus), ['canceled']);
    for (const change of [{ status: 'completed' }, { url: url('/leg') }]) assert.equal((await outcome(client.calls(sid).update(change))).code, 21220);
    await stage.phone(PRIMARY, answers());
    const second = await create();
    await stage.turn(2);
    await client.calls(second.sid).update({ twiml: '<Response><Say>moved</Say><Pause length="9"/></Response>' });
    await stage.turn(2);
    assert.equal((await last(PRIMARY)).heard.at(-1).words, 'moved');
    await client.calls(second.sid).update({ status: 'completed' });
    assert.equal((await last(PRIMARY)).status, 'completed');
  });

  test('a child of a Dial that is redirected leaves it, and the Dial reports no duration', async () => {
    customer.answers = { [VOICE]: dial(`<Number>${PRIMARY}</Number>`), '/dialled': '<Pause length="5"/>' };
    await stage.phone(PRIMARY, answers());
    await stage.call(CUSTOMER);
    await stage.turn(3);
    const { sid } = await last(PRIMARY);
    await client.calls(sid).update({ twiml: '<Response><Say>You are on your own.</Say></Response>' });
    await stage.turn(1);
    assert.deepEqual([dialled().DialCallStatus, dialled().DialBridged, dialled().DialCallDuration], ['completed', 'true', undefined]);
    await stage.turn(10);
    assert.equal((await last(PRIMARY)).heard.at(-1).words, 'You are on your own.');
  });

  test('Timeout, and the SIP codes of those who do not take it', async () => {
    const rows = [
      [{ do: 'ignore' }, 'no-answer', '487'], [{ do: 'unavailable' }, 'no-answer', '480'], [{ do: 'busy' }, 'busy', '486'],
      [{ do: 'decline', after_ms: 3000, sip_code: 603 }, 'busy', '603'], [{ do: 'unreachable' }, 'failed', '404'],
      [{ do: 'unavailable', status: 'failed', sip_code: 480 }, 'failed', '480'], [{ do: 'answer', after_ms: 9000, hangup_ms: 4000 }, 'busy', '486'],
    ];
    for (const [script, status, code] of rows) {
      await stage.phone(PRIMARY, { on_call: [script] });
      await create({ timeout: 12, statusCallback: url('/status') });
      await stage.turn(20);
      const told = customer.at('/status').at(-1);
      assert.deepEqual([told.CallStatus, told.SipResponseCode, told.CallDuration], [status, code, '0'], JSON.stringify(script));
    }
  });

  test('who answered: found before the document, or told beside it', async () => {
    customer.answers['/leg'] = '<Pause length="9"/>';
    const rows = [
      [{ do: 'answer' }, 'Enable', 'human'], [{ do: 'voicemail' }, 'Enable', 'machine_start'],
      [{ do: 'voicemail' }, 'DetectMessageEnd', 'machine_end_beep'], [{ do: 'answer', answered_by: 'fax' }, 'Enable', 'fax'],
    ];
    for (const [script, machineDetection, found] of rows) {
      await stage.phone(PRIMARY, { on_call: [script] });
      const { sid } = await create({ machineDetection });
      await stage.turn(20);
      assert.equal(customer.at('/leg').at(-1).AnsweredBy, found);
      assert.equal((await client.calls(sid).fetch()).answeredBy, found);
    }
    customer.seen = [];
    await create({ machineDetection: 'Enable', asyncAmd: 'true', asyncAmdStatusCallback: url('/amd') });
    await stage.turn(20);
    assert.deepEqual([customer.at('/leg')[0].AnsweredBy, customer.at('/amd')[0].AnsweredBy], [undefined, 'fax']);
  });

  test('From must be owned, unless the account may show any number, or brings the caller\'s token', async () => {
    customer.answers[VOICE] = '<Pause length="30"/>';
    assert.equal((await create({ from: CUSTOMER })).code, 21210);
    await stage.call(CUSTOMER);
    await stage.turn(1);
    const { CallToken: callToken } = customer.at(VOICE)[0];
    assert.ok((await create({ from: CUSTOMER, callToken })).sid);
    assert.equal((await create({ from: OTHERS[0], callToken })).code, 21210);
    await stage.carrier('POST', '/sim/fault', { what: 'caller_id_refused' });
    assert.equal((await create({ from: CUSTOMER, callToken })).code, 21210);
    assert.ok((await create({ from: CUSTOMER, callToken })).sid, 'once');
  });

  test('an account starts so many calls a second, the others queue', async () => {
    const sid = 'AC00000000000000000000000000000077';
    await setup({ accounts: [{ sid, auth_token: TOKEN, call_rate: 2, any_caller_id: true, numbers: [{ phone_number: '+16195550177' }] }] });
    const other = twilio(sid, TOKEN);
    other.api.baseUrl = `http://127.0.0.1:${stage.simPort}`;
    for (let i = 0; i < 5; i++) await other.calls.create({ to: OTHERS[1], from: CUSTOMER, twiml: '<Response/>' });
    await stage.turn(5);
    const at = (await calls(OTHERS[1])).map((c) => c.rang_at);
    assert.deepEqual(at.map((ms) => ms - at[0]), [0, 500, 1000, 1500, 2000]);
  });
});

describe('phones that are not simply answered', () => {
  beforeEach(() => {
    customer.answers = {
      [VOICE]: dial(`<Number url="${url('/screen')}">${PRIMARY}</Number>`),
      '/screen': gather(),
      '/pressed': ({ Digits }) => (Digits === '1' ? '' : '<Hangup/>'),
    };
  });

  test('voicemail after some seconds presses nothing and is not bridged', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'voicemail', after_ms: 12000 }] });
    await stage.call(CUSTOMER);
    await stage.turn(60);
    assert.deepEqual([dialled().DialCallStatus, dialled().DialBridged], ['completed', 'false']);
  });

  test('a screening phone asks, presses nothing and drops, or puts through to somebody who presses', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'screening', after_ms: 2000 }] });
    await stage.call(CUSTOMER);
    await stage.turn(60);
    assert.equal(dialled().DialBridged, 'false');
    await stage.phone(PRIMARY, { on_call: [{ do: 'screening', greeting_ms: 2000, record_ms: 3000, then: [{ press: '1', after_ms: 1000 }, { talk_ms: 4000 }, { hangup: true }] }] });
    await stage.call(CUSTOMER);
    await stage.turn(60);
    assert.equal(dialled().DialBridged, 'true');
  });

  test('a listener for speech hears people, greetings and screenings alike', async () => {
    const listen = (more = '') => `<Gather input="speech dtmf" timeout="6" speechTimeout="2" ${more} action="${url('/heard')}"><Say>Say yes or press 1.</Say></Gather><Hangup/>`;
    customer.answers['/screen'] = listen();
    const rows = [
      [{ do: 'answer', then: [{ say: 'yes, "I" <do>', confidence: 83, after_ms: 1000 }] }, { SpeechResult: 'yes, "I" <do>', Confidence: '0.83', Digits: undefined }],
      [{ do: 'answer', then: [{ say: 'yes', after_ms: 1000 }, { say: 'please', after_ms: 1500 }] }, { SpeechResult: 'yes please', Confidence: '0.90', Digits: undefined }],
      [{ do: 'answer', then: [{ press: '1#', after_ms: 1000 }] }, { SpeechResult: undefined, Confidence: undefined, Digits: '1' }],
      [{ do: 'voicemail', greeting_ms: 3000, says: 'leave a message' }, { SpeechResult: 'leave a message', Confidence: '0.90', Digits: undefined }],
      [{ do: 'screening', greeting_ms: 3000, says: 'who is calling' }, { SpeechResult: 'who is calling', Confidence: '0.90', Digits: undefined }],
    ];
    for (const [script, want] of rows) {
      await stage.phone(PRIMARY, { on_call: [script] });
      await stage.call(CUSTOMER);
      await stage.turn(60);
      const { SpeechResult, Confidence, Digits } = customer.at('/heard').at(-1);
      assert.deepEqual({ SpeechResult, Confidence, Digits }, want);
    }
  });

  test('a hand on the phone: answers, presses, speaks and hangs up when the test says', async () => {
    const { sid: caller } = await stage.call(CUSTOMER);
    await stage.turn(4);
    const { sid } = await last(PRIMARY);
    await hand(sid, { answer: true });
    await stage.turn(1);
    await hand(sid, { press: '1' });
    await stage.turn(2);
    assert.deepEqual(await talks(), [`${CUSTOMER} and ${PRIMARY} talk`]);
    await hand(caller, { hangup: true });
    await stage.turn(1);
    assert.equal((await last(PRIMARY)).status, 'completed');
    await stage.call(CUSTOMER);
    await stage.turn(4);
    await hand((await last(PRIMARY)).sid, { hangup: true });
    await stage.turn(1);
    assert.equal(dialled().DialCallStatus, 'busy');
  });
});

describe('recordings', () => {
  const basic = { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}` };
  const get = (address, headers = basic) => request({ port: stage.simPort, target: address.slice(address.indexOf('/', 8)), headers });
  const record = () => `<Record maxLength="60" action="${url('/kept')}" recordingStatusCallback="${url('/recording')}" recordingStatusCallbackEvent="completed absent" transcribe="true" transcribeCallback="${url('/words')}"/><Say>Nothing was recorded.</Say>`;

  test('what the caller says is kept, told of, fetched with credentials, understood and deleted', async () => {
    customer.answers[VOICE] = record();
    const { sid } = await stage.call(CUSTOMER, { voicemail_ms: 12000, voicemail_words: 'my pump & <tank>' });
    await stage.turn(30);
    const [kept] = customer.at('/kept');
    assert.deepEqual([kept.RecordingDuration, kept.Digits, kept.CallStatus], ['12', 'hangup', 'completed']);
    const [told] = customer.at('/recording');
    assert.deepEqual([told.RecordingStatus, told.RecordingUrl, told.CallSid, told.From], ['completed', kept.RecordingUrl, sid, undefined]);
    const [words] = customer.at('/words');
    assert.deepEqual([words.TranscriptionStatus, words.TranscriptionText, words.RecordingSid], ['completed', 'my pump & <tank>', kept.RecordingSid]);
    assert.equal((await get(kept.RecordingUrl, {})).status, 401);
    for (const [suffix, type, start] of [['', 'audio/x-wav', 'RIFF'], ['.wav', 'audio/x-wav', 'RIFF'], ['.mp3', 'audio/mpeg', '\ufffd\ufffd\x18']]) {
      const sound = await get(kept.RecordingUrl + suffix);
      assert.deepEqual([sound.status, sound.headers['content-type'], sound.body.slice(0, start.length)], [200, type, start]);
    }
    assert.equal(+(await get(kept.RecordingUrl)).headers['content-length'], 44 + 12 * 8000);
    const row = await client.recordings(kept.RecordingSid).fetch();
    assert.deepEqual([row.callSid, row.duration, row.status, row.source], [sid, '12', 'completed', 'RecordVerb']);
    assert.deepEqual((await client.recordings.list({ callSid: sid })).map((r) => r.sid), [kept.RecordingSid]);
    assert.deepEqual((await client.calls(sid).recordings.list()).map((r) => r.sid), [kept.RecordingSid]);
    await stage.carrier('POST', '/sim/fault', { what: 'recording_late' });
    assert.equal((await get(kept.RecordingUrl)).status, 404, 'not there yet');
    assert.equal((await get(kept.RecordingUrl)).status, 200);
    assert.equal(await client.recordings(kept.RecordingSid).remove(), true);
    assert.equal((await get(kept.RecordingUrl)).status, 404);
    assert.deepEqual(await client.recordings.list({ callSid: sid }), []);
  });

  test('a key ends it; words nobody wrote are not understood; silence is absent', async () => {
    customer.answers[VOICE] = record();
    await stage.call(CUSTOMER, { voicemail_ms: 5000, voicemail_key: '#' });
    await stage.turn(20);
    assert.equal(customer.at('/kept')[0].Digits, '#');
    assert.equal(customer.at('/words')[0].TranscriptionStatus, 'failed');
    await stage.call(CUSTOMER);
    await stage.turn(30);
    assert.equal(customer.at('/recording').at(-1).RecordingStatus, 'absent');
    assert.equal((await last(CUSTOMER)).heard.at(-1).words, 'Nothing was recorded.');
  });
});

describe('who calls', () => {
  test('name, place, who forwarded; anonymous callers; sip addresses', async () => {
    customer.answers[VOICE] = '<Reject/>';
    await setup({ accounts: [{ sid: 'AC00000000000000000000000000000078', auth_token: TOKEN, numbers: [{ phone_number: '+16195550178', voice_url: url(VOICE), caller_name: true }] }] });
    await stage.phone(OTHERS[2], { caller_name: 'O\'NEIL & SONS' });
    await stage.call(OTHERS[2], { to: '+16195550178', forwarded_from: OWNER, city: '<SAN DIEGO>', state: 'CA' });
    await stage.turn(1);
    const asked = customer.at(VOICE).at(-1);
    assert.deepEqual([asked.CallerName, asked.ForwardedFrom, asked.FromCity, asked.CallerState, asked.ToCity], ['O\'NEIL & SONS', OWNER, '<SAN DIEGO>', 'CA', '']);
    await stage.call(OTHERS[2]);
    await stage.turn(1);
    assert.equal(customer.at(VOICE).at(-1).CallerName, undefined, 'nobody pays for it');
    for (const from of ['anonymous', '+266696687', 'sip:bob@pbx.example.com']) {
      await stage.call(from);
      await stage.turn(1);
      assert.equal(customer.at(VOICE).at(-1).From, from);
    }
    const to = `sip:${LINE}@nextring.sip.example.com`;
    await stage.call(CUSTOMER, { to });
    await stage.turn(1);
    const sip = customer.at(VOICE).at(-1);
    assert.deepEqual([sip.To, sip.SipDomain, sip.SipUsername], [to, 'nextring.sip.example.com', LINE]);
  });

  test('a sip address is dialled, and called by REST', async () => {
    const sip = 'sip:desk@pbx.example.com';
    await stage.phone(sip, answers({ then: [{ talk_ms: 2000 }, { hangup: true }] }));
    customer.answers[VOICE] = dial(`<Sip>${sip}</Sip>`);
    await stage.call(CUSTOMER);
    await stage.turn(20);
    assert.equal(dialled().DialBridged, 'true');
    const { sid } = await client.calls.create({ to: sip, from: LINE, twiml: '<Response/>' });
    await stage.turn(5);
    assert.equal((await client.calls(sid).fetch()).status, 'completed');
  });
});

describe('documents are checked', () => {
  const warned = async (document, seconds = 1) => {
    customer.answers[VOICE] = document;
    await stage.call(CUSTOMER, { hangup_after_ms: 0 });
    await stage.turn(seconds);
    return warnings();
  };

  test('whatever is unknown or misplaced is warned of, with its line, and listed', async () => {
    const rows = [
      ['<say>x</say>', /<say> in <Response> is unknown/],
      ['<Say colour="red">x</Say>', /<Say> has no attribute colour/],
      ['<Say/>', /^13520/],
      ['<Dial timeout="4"/>', /timeout="4"/],
      ['<Dial answerOnBridge="yes"/>', /answerOnBridge="yes"/],
      ['<Gather><Hangup/></Gather>', /<Hangup> in <Gather>/],
      ['<Gather input="voice"/>', /input="voice"/],
      ['<Number>1</Number>', /<Number> in <Response>/],
      ['<Dial><Number statusCallbackEvent="answer">+16195550111</Number></Dial>', /statusCallbackEvent/],
      ['<Dial><Conference beep="loud">x</Conference></Dial>', /beep/],
    ];
    for (const [document, words] of rows) {
      since = (await stage.carrier('GET', '/sim/timeline?after=999999999')).last;
      const [warning, ...more] = await warned(document);
      assert.match(warning.words, words);
      assert.deepEqual([more, warning.kind, warning.subject.slice(0, 2)], [[], 'warning', 'CA']);
    }
  });

  test('whatever the tables allow is not', async () => {
    const all = '<Gather input="dtmf speech" speechTimeout="auto" speechModel="phone_call" numDigits="1" finishOnKey="" actionOnEmptyResult="true" bargeIn="true"><Say voice="Polly.Joanna" language="en-US" loop="2">a<break time="1s"/></Say><Play>https://example.com/a.mp3</Play><Pause length="2"/></Gather>' +
      '<Record transcribe="true" maxLength="120" playBeep="false" trim="do-not-trim" recordingStatusCallbackEvent="in-progress completed absent"/>' +
      '<Dial timeout="600" timeLimit="14400" callerId="+16195550100" hangupOnStar="true" ringTone="us-old" record="record-from-answer-dual" sequential="true" callReason="job"><Number sendDigits="w1" machineDetection="Enable" amdStatusCallback="https://example.com/">+16195550111</Number><Sip username="a" password="b">sip:a@b.example.com</Sip></Dial>' +
      '<Dial><Conference muted="false" beep="onEnter" startConferenceOnEnter="true" endConferenceOnExit="false" waitUrl="" maxParticipants="2" jitterBufferSize="small" participantLabel="x" statusCallbackEvent="start end join leave mute hold">K7F</Conference></Dial>' +
      '<Redirect method="GET">/next</Redirect><Reject reason="busy"/><Hangup/>';
    assert.deepEqual(await warned(all), []);
  });

  test('so are documents of texts, and a server that answers nothing is a warning too', async () => {
    customer.answers['/sms/inbound'] = '<Message colour="red">x</Message>';
    await stage.text(CUSTOMER, 'hello');
    await stage.turn(2);
    const [text] = await warnings();
    assert.match(text.words, /<Message> has no attribute colour/);
    assert.match(text.subject, /^SM/);
  });
});
