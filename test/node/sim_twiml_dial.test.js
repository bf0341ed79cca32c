// Dial in the simulated carrier: each attribute, and the nouns that ring somewhere.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import twilio from 'twilio';
import { SimServer, closeBoth, openBoth } from './sim_server.js';
import { BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY } from './stage.js';

const VOICE = '/webhook/twilio/voice';
const server = new SimServer();
let stage, client, since;
before(async () => {
  ({ stage, client } = await openBoth(server));
});
after(() => closeBoth(server, stage));
beforeEach(async () => {
  await stage.turn(120);
  for (const number of [PRIMARY, BACKUP, OWNER, 'client:ann', 'sip:desk@pbx.example.com']) await stage.phone(number, {});
  server.clear();
  await mark();
});

const url = (path) => `${stage.base}${path}`;
const mark = async () => { since = (await stage.carrier('GET', '/sim/timeline?after=999999999')).last; };
const last = async (number) => (await stage.phone(number)).calls.at(-1);
const answers = (more = {}) => ({ on_call: [{ do: 'answer', ...more }] });
const talks = (talk_ms) => answers({ after_ms: 2000, then: [{ talk_ms }, { hangup: true }] });
const codes = async () => (await stage.carrier('GET', `/sim/warnings?after=${since}`)).warnings.map((w) => w.code);
const dial = (attributes, inside = PRIMARY) => `<Dial action="${url('/dialled')}" ${attributes}>${inside}</Dial><Say>never</Say>`;
const play = async (document, { seconds = 60, call = {} } = {}) => {
  server.answers[VOICE] = document;
  const { sid } = await stage.call(CUSTOMER, call);
  await stage.turn(seconds);
  return { sid, ...(await last(CUSTOMER)) };
};
const pick = (o, ...names) => names.map((n) => o?.[n]);
const heard = (leg) => leg.heard.map((h) => h.words);

describe('attributes of Dial', () => {
  test('without action the next verb follows; with it the answer takes over, and says how it went', async () => {
    await stage.phone(PRIMARY, talks(7000));
    assert.deepEqual(heard(await play(`<Dial>${PRIMARY}</Dial><Say>Goodbye.</Say>`)), ['Goodbye.']);
    server.answers['/dialled'] = '<Say>Done.</Say>';
    const caller = await play(dial(''));
    assert.deepEqual(heard(caller), ['Done.']);
    const child = await last(PRIMARY);
    assert.deepEqual(pick(server.last('/dialled'), 'DialCallStatus', 'DialCallSid', 'DialCallDuration', 'DialBridged', 'CallSid', 'RecordingUrl'), ['completed', child.sid, '7', 'true', caller.sid, undefined]);
  });
  test('method, and the caller answered at once, or only when bridged', async () => {
    await stage.phone(PRIMARY, talks(1000));
    const early = await play(dial('method="GET"'));
    assert.deepEqual([server.requests('/dialled')[0].method, early.answered_at - early.rang_at], ['GET', 0]);
    const late = await play(dial('answerOnBridge="true"'));
    assert.equal(late.answered_at - late.rang_at, 2100);
  });
  test('timeout, 30 seconds by default', async () => {
    for (const [attributes, ms] of [['', 30000], ['timeout="12"', 12000], ['timeout="4"', 30000]]) {
      await play(dial(attributes));
      const leg = await last(PRIMARY);
      assert.deepEqual([leg.status, leg.ended_at - leg.rang_at + 100, server.last('/dialled').DialCallStatus], ['no-answer', ms, 'no-answer']);
    }
    assert.deepEqual(await codes(), [13212]);
  });
  test('timeLimit ends the talk; the star key does where it may', async () => {
    await stage.phone(PRIMARY, talks(600000));
    await play(dial('timeLimit="20"'));
    assert.deepEqual(pick(server.last('/dialled'), 'DialCallDuration', 'CallStatus'), ['20', 'in-progress']);
    const star = { call: { then: [{ press: '*', after_ms: 9000 }], hangup_after_ms: 40000 } };
    await play(dial('hangupOnStar="true"'), star);
    assert.equal(server.last('/dialled').DialCallDuration, '7');
    await play(dial(''), star);
    assert.equal(server.last('/dialled').DialCallDuration, '38');
  });
  test('callerId: that of the caller, or a number of the account; another is 13214, and the Dial fails', async () => {
    await stage.phone(PRIMARY, talks(1000));
    for (const [attributes, from] of [['', CUSTOMER], [`callerId="${LINE}"`, LINE], [`callerId="${CUSTOMER}"`, CUSTOMER]]) {
      await play(dial(attributes));
      assert.equal((await last(PRIMARY)).from, from);
    }
    await play(dial(`callerId="${OTHERS[0]}"`));
    assert.deepEqual([server.last('/dialled').DialCallStatus, await codes()], ['failed', [13214]]);
  });
  test('ringTone is heard; ringing as usual is no line of what is heard', async () => {
    assert.deepEqual(heard(await play(dial('ringTone="us-old" timeout="5"'))), ['[ringing us-old]']);
    for (const usual of ['', 'ringTone="us"'])
      assert.deepEqual(heard(await play(dial(`${usual} timeout="5"`))), []);
  });
  test('a recording: from the answer or from the first ring, of one channel or two', async () => {
    await stage.phone(PRIMARY, talks(8000));
    const rows = [['record-from-answer', '8', '1'], ['true', '8', '1'], ['record-from-ringing', '10', '1'], ['record-from-answer-dual', '8', '2'], ['record-from-ringing-dual', '10', '2']];
    for (const [record, seconds, channels] of rows) {
      const { sid } = await play(dial(`record="${record}" recordingTrack="outbound" recordingStatusCallback="/told" recordingStatusCallbackEvent="in-progress completed"`));
      const told = server.at('/told').slice(-2);
      assert.deepEqual(told.map((p) => pick(p, 'RecordingStatus', 'RecordingDuration', 'RecordingChannels', 'RecordingSource', 'RecordingTrack', 'CallSid')), [['in-progress', undefined, channels, 'DialVerb', 'outbound', sid], ['completed', seconds, channels, 'DialVerb', 'outbound', sid]], record);
      assert.deepEqual(pick(server.last('/dialled'), 'RecordingSid', 'RecordingDuration'), [told[1].RecordingSid, seconds]);
      assert.equal(server.last('/dialled').RecordingUrl, told[1].RecordingUrl);
    }
  });
  test('a recording ends with the caller, too; nothing is absent', async () => {
    await stage.phone(PRIMARY, talks(60000));
    await play(dial('record="record-from-answer" recordingStatusCallback="/told"'), { call: { hangup_after_ms: 12000 } });
    assert.deepEqual(pick(server.last('/told'), 'RecordingStatus', 'RecordingDuration'), ['completed', '9']);
    await stage.phone(PRIMARY, { on_call: [{ do: 'busy' }] });
    await play(dial('record="record-from-answer" recordingStatusCallback="/told" recordingStatusCallbackEvent="absent"'));
    assert.equal(server.last('/told').RecordingStatus, 'absent');
    assert.equal(server.last('/dialled').RecordingUrl, undefined);
  });
  test('bad values have their own codes', async () => {
    const rows = [
      ['method="x"', 13210], ['hangupOnStar="x"', 13213], ['timeLimit="0"', 13216], ['record="maybe"', 13217], ['sequential="x"', 13218], ['answerOnBridge="x"', 13219], ['ringTone="xx"', 13220],
      ['recordingStatusCallbackEvent="x"', 13621], [`callReason="${'x'.repeat(51)}"`, 12200],
    ];
    for (const [attributes, code] of rows) {
      await mark();
      await play(dial(attributes), { seconds: 1, call: { hangup_after_ms: 10 } });
      assert.deepEqual(await codes(), [code], attributes);
    }
    for (const [inside, code] of [['<Say>x</Say>', 13215], [`<Number method="x">${PRIMARY}</Number>`, 13221], [`<Number sendDigits="x">${PRIMARY}</Number>`, 13222]]) {
      await mark();
      await play(dial('', inside), { seconds: 1, call: { hangup_after_ms: 10 } });
      assert.deepEqual(await codes(), [code], inside);
    }
  });
});

describe('nouns of Dial', () => {
  test('an eleventh number does not ring; a number that is none is 13223, and the others ring', async () => {
    await play(dial('timeout="5"', [...Array(11)].map((_, i) => `<Number>+16195550${120 + i}</Number>`).join('')), { seconds: 10 });
    assert.deepEqual([await codes(), (await last('+16195550129')).status, await last('+16195550130').catch(() => 'unknown')], [[13250], 'no-answer', 'unknown']);
    await mark();
    await stage.phone(PRIMARY, talks(1000));
    await play(dial('', `<Number>12</Number><Number>${PRIMARY}</Number>`));
    assert.deepEqual([server.last('/dialled').DialCallStatus, await codes()], ['completed', [13223]]);
  });
  test('sendDigits are sent once it has picked up, and take their time; nobody is detected then', async () => {
    await stage.phone(PRIMARY, talks(5000));
    await play(dial('', `<Number sendDigits="wW12" machineDetection="Enable" amdStatusCallback="/amd">${PRIMARY}</Number>`));
    const leg = await last(PRIMARY);
    assert.deepEqual([heard(leg), leg.bridged_at - leg.answered_at], [['[keys wW12]'], 2500]);
    assert.deepEqual(server.at('/amd'), []);
  });
  test('url: a document for the one who picked up, about his leg; Hangup there refuses', async () => {
    await stage.phone(PRIMARY, talks(5000));
    server.answers['/whisper'] = '<Say>A call from your customer.</Say>';
    const { sid } = await play(dial('', `<Number url="/whisper" method="GET">${PRIMARY}</Number>`));
    const leg = await last(PRIMARY);
    assert.deepEqual(heard(leg), ['A call from your customer.']);
    const [asked] = server.requests('/whisper');
    assert.deepEqual([asked.method, ...pick(asked.params, 'CallSid', 'ParentCallSid', 'Direction')], ['GET', leg.sid, sid, 'outbound-dial']);
    server.answers['/whisper'] = '<Hangup/>';
    await play(dial('', `<Number url="/whisper">${PRIMARY}</Number>`));
    assert.deepEqual(pick(server.last('/dialled'), 'DialCallStatus', 'DialBridged'), ['completed', 'false']);
  });
  test('a Dial within is 13201, and ends that leg; any other verb that may not stand there is skipped', async () => {
    await stage.phone(PRIMARY, talks(5000));
    server.answers['/whisper'] = `<Dial>${BACKUP}</Dial>`;
    await play(dial('', `<Number url="/whisper">${PRIMARY}</Number>`));
    assert.deepEqual([await codes(), server.last('/dialled').DialBridged], [[13201], 'false']);
    await mark();
    server.answers['/whisper'] = '<Record/><Reject/><Say>Hello.</Say>';
    await play(dial('', `<Number url="/whisper">${PRIMARY}</Number>`));
    assert.deepEqual([await codes(), server.last('/dialled').DialBridged], [[12200, 12200], 'true']);
  });
  test('statusCallback: completed alone, or what is asked for, by its method', async () => {
    await stage.phone(PRIMARY, talks(3000));
    await play(dial('', `<Number statusCallback="/leg">${PRIMARY}</Number>`));
    assert.deepEqual(server.at('/leg').map((p) => pick(p, 'CallStatus', 'CallDuration', 'SequenceNumber')), [['completed', '3', '0']]);
    await play(dial('', `<Number statusCallback="/all" statusCallbackMethod="GET" statusCallbackEvent="initiated ringing answered completed">${PRIMARY}</Number>`));
    assert.deepEqual(server.requests('/all').map((r) => [r.method, r.params.CallStatus]), ['initiated', 'ringing', 'in-progress', 'completed'].map((s) => ['GET', s]));
  });
  test('machineDetection tells amdStatusCallback who picked up, in time, or not', async () => {
    const number = (more) => `<Number machineDetection="DetectMessageEnd" ${more} amdStatusCallback="/amd">${PRIMARY}</Number>`;
    await stage.phone(PRIMARY, { on_call: [{ do: 'voicemail', greeting_ms: 9000 }] });
    await play(dial('', number('')), { call: { hangup_after_ms: 40000 } });
    assert.deepEqual(pick(server.last('/amd'), 'AnsweredBy', 'MachineDetectionDuration'), ['machine_end_beep', '9500']);
    await play(dial('', number('machineDetectionTimeout="5"')), { call: { hangup_after_ms: 40000 } });
    assert.deepEqual(pick(server.last('/amd'), 'AnsweredBy', 'MachineDetectionDuration'), ['unknown', '5000']);
  });
  test('a client by its name or its Identity, a sip: address by its text or its Uri', async () => {
    await stage.phone('client:ann', talks(2000));
    await stage.phone('sip:desk@pbx.example.com', talks(2000));
    for (const inside of ['<Client>ann</Client>', '<Client><Identity>ann</Identity><Parameter name="job" value="K7F"/></Client>', '<Sip>sip:desk@pbx.example.com</Sip>', '<Sip><Uri>sip:desk@pbx.example.com</Uri></Sip>']) {
      await play(dial('', inside));
      assert.deepEqual(pick(server.last('/dialled'), 'DialCallStatus', 'DialBridged'), ['completed', 'true'], inside);
    }
    assert.deepEqual(await codes(), []);
    await play(dial('', '<Sip>desk</Sip>'));
    assert.deepEqual([server.last('/dialled').DialCallStatus, await codes()], ['failed', [13243]]);
  });
  test('an application is a call of its own, that the caller hears and answers', async () => {
    const app = await client.applications.create({ friendlyName: 'menu', voiceUrl: url('/app') });
    server.answers['/app'] = '<Gather numDigits="1" action="/chosen"><Say>Press a key.</Say></Gather>';
    server.answers['/chosen'] = '<Say>Thank you.</Say>';
    const document = dial('', `<Application statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"><ApplicationSid>${app.sid}</ApplicationSid><Parameter name="job" value="K7F"/></Application>`);
    const { sid, ...caller } = await play(document, { call: { then: [{ press: '4', after_ms: 3000 }] } });
    assert.deepEqual([heard(caller), server.last('/chosen').Digits], [['Press a key.', 'Thank you.'], '4']);
    const [asked] = server.at('/app');
    assert.deepEqual(pick(asked, 'ParentCallSid', 'Direction', 'To', 'ApplicationSid', 'job'), [sid, 'outbound-dial', `app:${app.sid}`, app.sid, 'K7F']);
    assert.deepEqual(server.at('/leg').map((p) => p.CallStatus), ['initiated', 'ringing', 'in-progress', 'completed']);
    assert.deepEqual(pick(server.last('/dialled'), 'DialCallStatus', 'DialBridged'), ['completed', 'true']);
    await play(document, { call: { hangup_after_ms: 2000 } });
    assert.equal(server.at('/leg').at(-1).CallStatus, 'completed');
    assert.deepEqual(await codes(), []);
    await play(dial('', '<Application>AP00000000000000000000000000000000</Application>'));
    assert.deepEqual([server.last('/dialled').DialCallStatus, await codes()], ['failed', [21218]]);
  });
  test('nouns that are not simulated are said, and the Dial fails', async () => {
    for (const noun of ['WhatsApp', 'Sim']) {
      await mark();
      await play(dial('', `<${noun}>x</${noun}>`));
      assert.deepEqual([server.last('/dialled').DialCallStatus, await codes()], ['failed', [12200]], noun);
    }
  });
});
