// Each verb of a call's document in the simulated carrier: what it does by default, what each of
// its attributes changes, and what is warned of. Dial, queues and conferences have files of
// their own (sim_twiml_dial, sim_twiml_rooms), and so have the rules of documents.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { SimServer, wav } from './sim_server.js';
import { CUSTOMER, LINE, OTHERS, PRIMARY, closeCarrier, openCarrier } from './stage.js';

const VOICE = '/webhook/twilio/voice';
const server = new SimServer();
let stage, since;
before(async () => {
  await server.open();
  stage = await openCarrier(server.port);
});
after(async () => {
  await closeCarrier(stage);
  await server.close();
  assert.equal(stage.how, 0, 'ended cleanly');
});
beforeEach(async () => {
  await stage.turn(120); // what the test before left behind
  await stage.phone(PRIMARY, {});
  server.clear();
  await mark();
});

const url = (path) => `${stage.base}${path}`;
const mark = async () => { since = (await stage.carrier('GET', '/sim/timeline?after=999999999')).last; };
const last = async (number) => (await stage.phone(number)).calls.at(-1);
const hand = (sid, what) => stage.carrier('POST', `/sim/calls/${sid}`, what);
const warnings = async () => (await stage.carrier('GET', `/sim/warnings?after=${since}`)).warnings;
const codes = async () => (await warnings()).map((w) => w.code);
// Plays a document to a caller, and returns what he heard, with seconds since he was answered.
const play = async (document, { seconds = 60, call = {} } = {}) => {
  if (document !== undefined) server.answers[VOICE] = document;
  const { sid } = await stage.call(CUSTOMER, call);
  await stage.turn(seconds);
  const leg = await last(CUSTOMER);
  const start = leg.answered_at ?? leg.rang_at;
  return {
    sid, status: leg.status, rang: (start - leg.rang_at) / 1000,
    heard: leg.heard.map((h) => h.words), at: leg.heard.map((h) => (h.at_ms - start) / 1000),
    lasted: leg.ended_at ? (leg.ended_at - start) / 1000 : null,
  };
};

describe('Say', () => {
  test('words are heard, marks of speech left out, for as long as they take', async () => {
    const { heard, status, lasted } = await play('<Say>Hello <break time="1s"/><prosody rate="slow">there</prosody>.</Say>');
    assert.deepEqual([heard, status, lasted], [['Hello there.'], 'completed', 1.72]);
    assert.deepEqual(await codes(), []);
  });
  test('loop repeats; 0 goes on until the caller hangs up', async () => {
    assert.equal((await play('<Say loop="3">ten chars.</Say>')).lasted, 1.8);
    assert.equal((await play('<Say loop="0">ten chars.</Say>', { call: { hangup_after_ms: 50000 } })).lasted, 50);
  });
  test('a bad loop, voice or language, no words and too many are warned of', async () => {
    const rows = [
      ['<Say loop="-1">x</Say>', 13510], ['<Say voice="robot">x</Say>', 13511], ['<Say language="klingon!">x</Say>', 13512], ['<Say> </Say>', 13520],
      [`<Say>${'x'.repeat(4097)}</Say>`, 13521], [`<Say voice="Polly.Joanna">${'x'.repeat(3001)}</Say>`, 13521], ['<Say pitch="2">x</Say>', 12200],
    ];
    for (const [document, code] of rows) {
      await mark();
      const { status } = await play(document, { seconds: 1 });
      assert.deepEqual([await codes(), status === 'failed'], [[code], false], document.slice(0, 60));
      const [warning] = await warnings();
      assert.deepEqual([warning.level, warning.url, warning.method], ['warning', url(VOICE), 'POST']);
      await stage.turn(300);
    }
  });
});

describe('Play', () => {
  test('the sound is fetched, signed, without the parameters of the call, and lasts as long as it is', async () => {
    server.answers['/sound.wav'] = { type: 'audio/x-wav', body: wav(7) };
    const { heard, lasted } = await play('<Play>/sound.wav</Play>');
    assert.deepEqual([heard, lasted], [[`[play ${url('/sound.wav')}]`], 7]);
    const [asked] = server.requests('/sound.wav');
    assert.deepEqual([asked.method, asked.query, !!asked.headers['x-twilio-signature']], ['GET', '', true]);
    assert.equal((await play('<Play loop="3">/sound.wav</Play>')).lasted, 21);
  });
  test('digits are played: half a second a key, one for W', async () => {
    const { heard, lasted } = await play('<Play digits="1w2W#"/>');
    assert.deepEqual([heard, lasted], [['[play 1w2W#]'], 3]);
  });
  test('a sound of another type, or none, is an error, and the next verb follows', async () => {
    server.answers['/page'] = { type: 'text/html', body: '<p>' };
    server.answers['/gone'] = { status: 404, type: 'audio/wav', body: '' };
    for (const [path, code] of [['/page', 13420], ['/gone', 11200]]) {
      await mark();
      const { heard } = await play(`<Play>${path}</Play><Say>Next.</Say>`);
      assert.deepEqual([heard, await codes()], [['Next.'], [code]]);
      assert.equal((await warnings())[0].level, 'error');
    }
  });
  test('a sound with an ETag is asked for anew, and kept when it is the same', async () => {
    server.answers['/sound.wav'] = (params, { headers }) => (headers['if-none-match'] === '"a1"' ? { status: 304, type: '', body: '' } : { type: 'audio/wav', headers: { ETag: '"a1"' }, body: wav(4) });
    assert.equal((await play('<Play>/sound.wav</Play><Play>/sound.wav</Play>')).lasted, 8);
    assert.deepEqual(server.requests('/sound.wav').map((r) => r.headers['if-none-match']), [undefined, '"a1"']);
  });
  test('a bad loop is warned of, and digits in a Gather', async () => {
    server.answers['/sound.wav'] = { type: 'audio/wav', body: wav(1) };
    await play('<Play loop="x">/sound.wav</Play><Gather timeout="1"><Play digits="1"/></Gather>');
    assert.deepEqual(await codes(), [13410, 12200]);
  });
});

describe('Pause, Hangup, Redirect, Reject', () => {
  test('a first Pause delays the pick-up; a later one does not; a bad length is one second', async () => {
    const first = await play('<Pause length="4"/><Say>x</Say>');
    assert.deepEqual([first.rang, first.at], [4, [0]]);
    const later = await play('<Say>ten chars.</Say><Pause length="4"/><Say>y</Say>');
    assert.deepEqual([later.rang, later.at], [0, [0, 4.6]]);
    assert.equal((await play('<Say>ten chars.</Say><Pause length="0"/><Say>y</Say>')).at[1], 1.6);
    assert.deepEqual(await codes(), [13910]);
  });
  test('after a first Pause the call can still be rejected', async () => {
    const { status, heard } = await play('<Pause length="2"/><Reject/>');
    assert.deepEqual([status, heard], ['no-answer', []]);
  });
  test('Hangup ends; so does the end of the document', async () => {
    assert.deepEqual((await play('<Say>x</Say><Hangup/><Say>never</Say>')).heard, ['x']);
    assert.equal((await play('<Hangup/>')).status, 'completed');
  });
  test('Redirect goes elsewhere, by its method; what follows is never reached', async () => {
    server.answers['/next'] = '<Say>there</Say>';
    assert.deepEqual((await play('<Redirect method="GET">/next</Redirect><Say>never</Say>')).heard, ['there']);
    const [asked] = server.requests('/next');
    assert.deepEqual([asked.method, asked.params.CallStatus], ['GET', 'ringing']);
    await play('<Say>x</Say><Redirect method="PUT">next</Redirect>');
    assert.deepEqual([server.requests('/webhook/twilio/next')[0].method, await codes()], ['POST', [13710]]);
  });
  test('Reject never answers: no-answer, or busy; a bad reason is rejected', async () => {
    for (const [attributes, status, code] of [['', 'no-answer', []], [' reason="busy"', 'busy', []], [' reason="tired"', 'no-answer', [13810]]]) {
      await mark();
      assert.equal((await play(`<Reject${attributes}/>`, { seconds: 2 })).status, status);
      assert.deepEqual(await codes(), code);
    }
  });
  test('Leave outside a queue is skipped', async () => {
    assert.deepEqual((await play('<Leave/><Say>on</Say>')).heard, ['on']);
    assert.deepEqual(await codes(), [12200]);
  });
});

describe('Refer, Sms and what is not simulated', () => {
  test('Refer is for calls from SIP: there it ends the call, or asks for its action', async () => {
    assert.deepEqual((await play('<Refer><Sip>sip:a@b.example.com</Sip></Refer><Say>on</Say>')).heard, ['on']);
    assert.deepEqual(await codes(), [13801]);
    assert.equal((await warnings())[0].level, 'error');
    server.answers[VOICE] = `<Refer action="${url('/referred')}"><Sip>sip:a@b.example.com</Sip></Refer>`;
    await stage.call('sip:bob@pbx.example.com');
    await stage.turn(5);
    assert.deepEqual([server.last('/referred').ReferCallStatus, server.last('/referred').ReferSipResponseCode], ['completed', '202']);
  });
  test('Sms sends a text with receipts, to the caller unless it says otherwise, and asks for its action', async () => {
    await play(`<Sms statusCallback="/receipt" action="/sent">Thank you.</Sms><Say>never</Say>`);
    const { texts } = await stage.phone(CUSTOMER);
    assert.deepEqual([texts.at(-1).body, texts.at(-1).from], ['Thank you.', LINE]);
    assert.match(server.last('/sent').SmsSid, /^SM/);
    assert.deepEqual(server.at('/receipt').map((p) => p.MessageStatus), ['sent', 'delivered']);
    await play(`<Sms to="${OTHERS[3]}">Else.</Sms><Say>on</Say>`);
    assert.equal((await stage.phone(OTHERS[3])).texts.at(-1).body, 'Else.');
    assert.equal(await play('<Sms to="12">x</Sms><Say>on</Say>').then((r) => r.heard.at(-1)), 'on');
    assert.deepEqual(await codes(), [14101]);
  });
  test('what is not simulated is said, and skipped', async () => {
    for (const verb of ['Connect', 'Stop', 'Pay', 'Prompt', 'Start']) {
      await mark();
      const { heard } = await play(`<${verb}><Stream url="wss://a.example.com"/></${verb}><Say>on</Say>`);
      assert.deepEqual(heard, ['on']);
      assert.match((await warnings())[0].words, /is not simulated/);
    }
  });
  test('Start Recording records on while the verbs go on', async () => {
    await play(`<Start><Recording recordingStatusCallback="${url('/told')}" recordingStatusCallbackEvent="in-progress completed" channels="mono"/></Start><Pause length="9"/>`);
    const told = server.at('/told');
    assert.deepEqual(told.map((p) => [p.RecordingStatus, p.RecordingDuration, p.RecordingChannels]), [['in-progress', undefined, '1'], ['completed', '9', '1']]);
    assert.equal(told[0].RecordingSid, told[1].RecordingSid);
  });
});

describe('Gather', () => {
  const keys = (press, after_ms = 1000) => ({ then: [{ press, after_ms }] });
  const gather = (attributes, inside = '<Say>Ten chars.</Say>') => `<Gather action="/got" ${attributes}>${inside}</Gather><Say>Nothing.</Say>`;
  test('without input the verb after it follows, five seconds after the prompts', async () => {
    const { heard, at } = await play(gather(''));
    assert.deepEqual([heard, at], [['Ten chars.', 'Nothing.'], [0, 5.6]]);
    assert.deepEqual(server.at('/got'), []);
  });
  test('digits, the finish key, numDigits and the end of a wait that starts anew with each key', async () => {
    const rows = [
      ['', keys('12#'), { Digits: '12', FinishedOnKey: '#' }], ['numDigits="2"', keys('1234'), { Digits: '12', FinishedOnKey: '' }],
      ['finishOnKey="*"', keys('1#2*'), { Digits: '1#2', FinishedOnKey: '*' }], ['finishOnKey=""', keys('1#2'), { Digits: '1#2', FinishedOnKey: '' }],
      ['timeout="3"', { then: [{ press: '1', after_ms: 1000 }, { press: '2', after_ms: 2500 }, { press: '3', after_ms: 3500 }] }, { Digits: '12', FinishedOnKey: '' }],
    ];
    for (const [attributes, call, want] of rows) {
      await play(gather(attributes), { call });
      const { Digits, FinishedOnKey, msg, SpeechResult } = server.last('/got');
      assert.deepEqual({ Digits, FinishedOnKey, msg, SpeechResult }, { ...want, msg: 'Gather End', SpeechResult: undefined }, attributes);
    }
  });
  test('the finish key alone is no input; actionOnEmptyResult asks anyhow', async () => {
    assert.equal((await play(gather(''), { call: keys('#') })).heard.at(-1), 'Nothing.');
    await play(gather('actionOnEmptyResult="true"'));
    assert.deepEqual([server.last('/got').Digits, server.last('/got').FinishedOnKey], ['', '']);
  });
  test('a key stops the prompts, unless bargeIn is false', async () => {
    server.answers['/got'] = '<Hangup/>';
    const long = `<Say>${'x'.repeat(100)}</Say><Pause length="2"/><Say>Second.</Say>`;
    const stopped = await play(gather('numDigits="1"', long), { call: keys('7') });
    assert.deepEqual([stopped.heard.length, stopped.lasted], [1, 1]);
    const whole = await play(gather('numDigits="1" bargeIn="false"', long), { call: keys('7') });
    assert.deepEqual([whole.heard.length, whole.lasted, server.at('/got').length], [2, 6 + 2 + 0.42, 2]);
  });
  test('a sound that is on its way when the key comes is not played any more', async () => {
    server.answers['/sound.wav'] = { type: 'audio/wav', body: wav(30) };
    server.answers['/got'] = '<Hangup/>';
    const { lasted } = await play(gather('numDigits="1"', '<Play>/sound.wav</Play>'), { call: keys('7', 2000) });
    assert.equal(lasted, 2);
  });
  test('speech: result, confidence, language; pieces are told as they come; silence ends it', async () => {
    server.answers['/got'] = '<Say>Thanks.</Say>';
    const call = { then: [{ say: 'I need', confidence: 80, after_ms: 1000 }, { say: 'a plumber', confidence: 95, after_ms: 1500 }] };
    const { at } = await play(gather('input="speech" speechTimeout="2" language="en-GB" partialResultCallback="/piece"'), { call });
    const { SpeechResult, Confidence, Language, Digits } = server.last('/got');
    assert.deepEqual([SpeechResult, Confidence, Language, Digits], ['I need a plumber', '0.95', 'en-GB', undefined]);
    assert.deepEqual(server.at('/piece').map((p) => [p.SequenceNumber, p.UnstableSpeechResult, p.Stability]), [['0', 'I need', '0.80'], ['1', 'I need a plumber', '0.95']]);
    assert.equal(at.at(-1), 1 + 1.5 + 2);
    await play(gather('input="speech" timeout="3"'), { call: { then: [{ press: '1', after_ms: 500 }] } });
    assert.equal(server.at('/got').length, 1, 'keys are not listened for');
  });
  test('maxSpeechTime cuts a speaker short', async () => {
    server.answers['/got'] = '<Hangup/>';
    const call = { then: [0, 1, 2, 3, 4, 5].map(() => ({ say: 'on', after_ms: 2000 })) };
    await play(gather('input="speech" speechTimeout="3" maxSpeechTime="5"'), { call });
    assert.equal(server.last('/got').SpeechResult, 'on on on');
  });
  test('without action its own document is asked for again; a 3xx loses the digits', async () => {
    server.answers[VOICE] = ({ Digits }) => (Digits ? `<Say>You pressed ${Digits}.</Say>` : '<Gather numDigits="1"/>');
    assert.deepEqual((await play(undefined, { call: keys('4') })).heard, ['You pressed 4.']);
    server.answers['/got'] = { status: 302, headers: { Location: url('/else') }, body: '' };
    await play(gather('numDigits="1"'), { call: keys('4') });
    assert.deepEqual([server.requests('/else')[0].method, server.last('/else').Digits], ['GET', undefined]);
  });
  test('nobody is asked once the caller has hung up', async () => {
    await play(gather(''), { call: { then: [{ press: '1', after_ms: 1000 }], hangup_after_ms: 2000 } });
    assert.deepEqual(server.at('/got'), []);
  });
  test('bad values have their own codes', async () => {
    const rows = [
      ['finishOnKey="ab"', 13310], ['method="PUT"', 13312], ['timeout="-1"', 13313], ['numDigits="0"', 13314], ['input="voice"', 13326], ['speechTimeout="soon"', 13327],
      ['maxSpeechTime="0"', 13328], ['partialResultCallbackMethod="x"', 13329], [`hints="${'x'.repeat(101)}"`, 13330], ['language="1"', 13331], ['bargeIn="yes"', 13332],
      ['profanityFilter="no"', 13333], ['speechTimeout="auto"', 13335],
    ];
    for (const [attributes, code] of rows) {
      await mark();
      await play(gather(attributes), { seconds: 1, call: { hangup_after_ms: 10 } });
      assert.deepEqual(await codes(), [code], attributes);
    }
    for (const [inside, code] of [['<Hangup/>', 13320], ['<Say voice="robot">x</Say>', 13321], ['<Say loop="x">x</Say>', 13322]]) {
      await mark();
      await play(gather('', inside), { seconds: 1, call: { hangup_after_ms: 10 } });
      assert.deepEqual(await codes(), [code], inside);
    }
  });
  test('a sound in a Gather that cannot be played is 13325, and the wait begins', async () => {
    server.answers['/page'] = { type: 'text/plain', body: 'x' };
    const { heard } = await play(gather('', '<Play>/page</Play>'));
    assert.deepEqual([heard, await codes()], [['Nothing.'], [13325]]);
  });
});

describe('Record', () => {
  const record = (attributes = '') => `<Record action="/kept" ${attributes}/><Say>Nothing was said.</Say>`;
  const speaks = (voicemail_ms, more = {}) => ({ call: { voicemail_ms, ...more } });
  test('by default it beeps, keeps what is said, and any key ends it', async () => {
    server.answers['/kept'] = '<Say>Thanks.</Say>';
    const { heard } = await play(record(), speaks(6000, { voicemail_key: '5' }));
    const { Digits, RecordingDuration, RecordingUrl, RecordingSid, CallStatus } = server.last('/kept');
    assert.deepEqual([heard, Digits, RecordingDuration, CallStatus], [['[beep]', 'Thanks.'], '5', '6', 'in-progress']);
    assert.ok(RecordingUrl.endsWith(`/Recordings/${RecordingSid}`));
  });
  test('playBeep, finishOnKey and maxLength', async () => {
    assert.ok(!(await play(record('playBeep="false"'), speaks(4000))).heard.includes('[beep]'));
    await play(record('finishOnKey="*"'), speaks(4000, { voicemail_key: '5', hangup_after_ms: 9000 }));
    assert.equal(server.last('/kept').Digits, 'hangup', 'five does not end it');
    await play(record('maxLength="3"'), speaks(60000));
    assert.deepEqual([server.last('/kept').Digits, server.last('/kept').RecordingDuration], ['', '3']);
  });
  test('a hang-up: the action is asked for with Digits=hangup, and reaches nobody', async () => {
    server.answers['/kept'] = '<Say>never</Say>';
    const { heard } = await play(record(), speaks(7000));
    assert.deepEqual([server.last('/kept').Digits, server.last('/kept').CallStatus, heard], ['hangup', 'completed', ['[beep]']]);
  });
  test('silence is absent, after the timeout; 0 never ends it', async () => {
    const { heard, at } = await play(record('timeout="8" recordingStatusCallback="/told" recordingStatusCallbackEvent="absent"'));
    assert.deepEqual([heard.at(-1), at.at(-1), server.last('/told').RecordingStatus], ['Nothing was said.', 8, 'absent']);
    assert.equal((await play(record('timeout="0" maxLength="30"'))).at.at(-1), 30);
  });
  test('what a hand says is kept until it is silent, and trimmed, or not', async () => {
    for (const [trim, seconds] of [['trim-silence', '2'], ['do-not-trim', '8']]) {
      server.answers[VOICE] = record(`trim="${trim}" timeout="4" transcribe="true" transcribeCallback="/words"`);
      const { sid } = await stage.call(CUSTOMER);
      await stage.turn(3);
      await hand(sid, { say: 'the pump at unit nine is broken' });
      await stage.turn(30);
      const { Digits, RecordingDuration } = server.last('/kept');
      assert.deepEqual([Digits, RecordingDuration], ['', seconds], trim);
    }
    assert.equal(server.last('/words').TranscriptionText, 'the pump at unit nine is broken');
  });
  test('statuses are told as they are asked for; two seconds are too short to transcribe', async () => {
    await play(record('recordingStatusCallback="/told" recordingStatusCallbackMethod="GET" recordingStatusCallbackEvent="in-progress completed" transcribe="true"'), speaks(2000));
    assert.deepEqual(server.requests('/told').map((r) => [r.method, r.params.RecordingStatus, r.params.RecordingSource, r.params.RecordingTrack]), [['GET', 'in-progress', 'RecordVerb', 'inbound'], ['GET', 'completed', 'RecordVerb', 'inbound']]);
    assert.deepEqual(await codes(), [13617]);
  });
  test('bad values have their own codes', async () => {
    const rows = [
      ['method="x"', 13610], ['timeout="x"', 13611], ['maxLength="1"', 13612], ['finishOnKey="x"', 13613], ['transcribe="x"', 13614],
      ['transcribe="true" maxLength="121"', 13615], ['playBeep="x"', 13616], ['recordingStatusCallbackEvent="x"', 13621],
    ];
    for (const [attributes, code] of rows) {
      await mark();
      await play(record(attributes), { seconds: 1, call: { hangup_after_ms: 10 } });
      assert.deepEqual(await codes(), [code], attributes);
    }
    assert.equal((await warnings())[0].level, 'error');
  });
});
