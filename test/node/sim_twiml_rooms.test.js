// Where calls meet in the simulated carrier: queues (Enqueue, Leave, Dial Queue) and conferences.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import twilio from 'twilio';
import { SimServer, closeBoth, openBoth } from './sim_server.js';
import { BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY } from './stage.js';

const VOICE = '/webhook/twilio/voice';
const [SECOND, THIRD] = OTHERS;
const server = new SimServer();
let stage, client, since;
before(async () => {
  ({ stage, client } = await openBoth(server, ['--call-rate', '100']));
});
after(() => closeBoth(server, stage));
beforeEach(async () => {
  await stage.turn(600);
  for (const number of [PRIMARY, BACKUP, OWNER]) await stage.phone(number, {});
  server.clear();
  await mark();
});

const url = (path) => `${stage.base}${path}`;
const mark = async () => { since = (await stage.carrier('GET', '/sim/timeline?after=999999999')).last; };
const last = async (number) => (await stage.phone(number)).calls.at(-1);
const hand = (sid, what) => stage.carrier('POST', `/sim/calls/${sid}`, what);
const talks = async () => (await stage.carrier('GET', `/sim/timeline?after=${since}`)).entries.filter((e) => e.talk).map((e) => e.words);
const codes = async () => (await stage.carrier('GET', `/sim/warnings?after=${since}`)).warnings.map((w) => w.code);
const pick = (o, ...names) => names.map((n) => o?.[n]);
const heard = async (number) => (await last(number)).heard.map((h) => h.words);
// Whom the line sends where, by who calls.
const route = (byNumber) => { server.answers[VOICE] = ({ From }) => byNumber[From] ?? byNumber.other; };

describe('a queue', () => {
  const enqueue = (attributes = '', name = 'support') => `<Enqueue action="${url('/queued')}" ${attributes}>${name}</Enqueue><Say>Still here.</Say>`;
  const take = (attributes = '', noun = '') => `<Dial action="${url('/taken')}" ${attributes}><Queue ${noun}>support</Queue></Dial>`;
  const hangUp = async (...callers) => {
    for (const number of callers) await hand((await last(number)).sid, { hangup: true });
    await stage.turn(1);
  };

  test('who waits hears music, or its waitUrl again and again with the place in line', async () => {
    route({ [CUSTOMER]: enqueue(), other: enqueue('waitUrl="/wait" waitUrlMethod="GET"') });
    server.answers['/wait'] = '<Say>You are next but one, or so.</Say>';
    await stage.call(CUSTOMER);
    await stage.turn(5);
    await stage.call(SECOND);
    await stage.turn(10);
    assert.deepEqual(await heard(CUSTOMER), ['[hold music]']);
    assert.ok((await heard(SECOND)).length > 3);
    const [first, second] = server.requests('/wait');
    assert.deepEqual([first.method, ...pick(first.params, 'QueuePosition', 'QueueTime', 'AvgQueueTime', 'CurrentQueueSize', 'MaxQueueSize', 'From')], ['GET', '2', '0', '2', '2', '1000', SECOND]);
    assert.match(first.params.QueueSid, /^QU[0-9a-f]{32}$/);
    assert.equal(second.params.QueueTime, '1');
    await hangUp(CUSTOMER, SECOND);
    assert.deepEqual(server.at('/queued').map((p) => pick(p, 'QueueResult', 'QueueTime', 'CallStatus')), [['hangup', '15', 'completed'], ['hangup', '10', 'completed']]);
  });

  test('Leave goes on after Enqueue, or at its action; keys are heard while waiting', async () => {
    server.answers = { [VOICE]: `<Enqueue waitUrl="/wait">support</Enqueue><Say>Still here.</Say>`, '/wait': '<Gather numDigits="1" action="/key"><Say>Press a key to leave.</Say></Gather>', '/key': '<Leave/>' };
    await stage.call(CUSTOMER, { then: [{ press: '1', after_ms: 4000 }], hangup_after_ms: 30000 });
    await stage.turn(10);
    assert.equal((await heard(CUSTOMER)).at(-1), 'Still here.');
    server.answers[VOICE] = enqueue('waitUrl="/key"');
    server.answers['/queued'] = '<Say>Bye.</Say>';
    await stage.call(CUSTOMER);
    await stage.turn(5);
    assert.deepEqual([server.last('/queued').QueueResult, (await heard(CUSTOMER)).at(-1)], ['leave', 'Bye.']);
  });

  test('Dial Queue takes the first, says so to him, and they talk; both have their actions', async () => {
    route({ [CUSTOMER]: enqueue(), [SECOND]: enqueue(), [THIRD]: take('', 'url="/whisper"') });
    server.answers['/whisper'] = '<Say>You are connected now.</Say>';
    server.answers['/queued'] = '<Say>Thank you.</Say>';
    const { sid } = await stage.call(CUSTOMER);
    await stage.turn(3);
    await stage.call(SECOND);
    await stage.turn(4);
    const { sid: third } = await stage.call(THIRD, { hangup_after_ms: 20000 });
    await stage.turn(40);
    assert.deepEqual(await talks(), [`${THIRD} and ${CUSTOMER} talk`]);
    assert.deepEqual(pick(server.last('/whisper'), 'CallSid', 'QueueTime', 'DequeingCallSid'), [sid, '7', third]);
    assert.deepEqual(pick(server.last('/queued'), 'QueueResult', 'QueueTime', 'CallSid'), ['bridged', '7', sid]);
    const taken = server.last('/taken');
    assert.deepEqual(pick(taken, 'DialCallStatus', 'DialBridged', 'DequeueResult', 'DequeuedCallSid', 'DequeuedCallQueueTime', 'DequeuedCallDuration', 'CallSid'), ['completed', 'true', 'bridged', sid, '7', taken.DialCallDuration, third]);
    assert.equal((await heard(CUSTOMER)).at(-1), 'Thank you.');
    assert.equal((await last(SECOND)).status, 'in-progress');
    await hangUp(SECOND);
  });

  test('the one who waited hangs up: the other one goes on', async () => {
    route({ [CUSTOMER]: enqueue(), other: take() });
    server.answers['/taken'] = '<Say>Next please.</Say>';
    await stage.call(CUSTOMER);
    await stage.turn(2);
    await stage.call(SECOND);
    await stage.turn(10);
    await hangUp(CUSTOMER);
    assert.deepEqual(pick(server.last('/queued'), 'QueueResult', 'CallStatus'), ['bridged', 'completed']);
    assert.deepEqual(pick(server.last('/taken'), 'DialCallStatus', 'DequeuedCallDuration', 'CallStatus'), ['completed', '10', 'in-progress']);
    assert.equal((await heard(SECOND)).at(-1), 'Next please.');
  });

  test('an empty queue is waited at, until somebody comes, or for the timeout; one that is not there fails', async () => {
    route({ [CUSTOMER]: enqueue(), other: take('timeout="20"') });
    server.answers[VOICE] = `<Dial action="/taken"><Queue>nobody made it</Queue></Dial>`;
    await stage.call(SECOND);
    await stage.turn(2);
    assert.deepEqual(pick(server.last('/taken'), 'DialCallStatus', 'DequeueResult'), ['failed', 'error']);
    route({ [CUSTOMER]: enqueue(), other: take('timeout="20"') });
    await stage.call(CUSTOMER);
    await stage.turn(2);
    await hangUp(CUSTOMER);
    server.seen = [];
    await stage.call(SECOND);
    await stage.turn(15);
    assert.deepEqual(server.at('/taken'), []);
    await stage.turn(10);
    assert.deepEqual(pick(server.last('/taken'), 'DialCallStatus', 'DequeueResult', 'DialBridged'), ['no-answer', 'queue-empty', 'false']);
    await stage.call(SECOND, { hangup_after_ms: 30000 });
    await stage.turn(10);
    await stage.call(CUSTOMER);
    await stage.turn(5);
    assert.deepEqual(await talks(), [`${SECOND} and ${CUSTOMER} talk`]);
    await stage.turn(30);
  });

  test('a queue that is full, a name too short or too long', async () => {
    route({ other: enqueue('maxQueueSize="1"') });
    server.answers['/queued'] = '<Say>Call again.</Say>';
    await stage.call(CUSTOMER);
    await stage.turn(1);
    await stage.call(SECOND);
    await stage.turn(5);
    assert.deepEqual([server.last('/queued').QueueResult, (await heard(SECOND)).at(-1), await codes()], ['queue-full', 'Call again.', [14207]]);
    await hangUp(CUSTOMER);
    for (const [name, code] of [['', 14204], ['x'.repeat(65), 14205]]) {
      await mark();
      route({ other: enqueue('', name) });
      await stage.call(SECOND);
      await stage.turn(5);
      assert.deepEqual([server.last('/queued').QueueResult, await codes()], ['error', [code]]);
    }
  });

  test('a workflow is not simulated: said, and skipped', async () => {
    route({ other: '<Enqueue workflowSid="WW00000000000000000000000000000001"><Task>{}</Task></Enqueue><Say>On.</Say>' });
    await stage.call(CUSTOMER);
    await stage.turn(5);
    assert.deepEqual([await heard(CUSTOMER), await codes()], [['On.'], [12200]]);
  });

  test('bad addresses and methods have their own codes', async () => {
    const rows = [['method="x"', 14201], ['waitUrl="a b"', 14202], ['action="a b"', 14203], ['waitUrlMethod="x"', 14206]];
    for (const [attributes, code] of rows) {
      await mark();
      route({ other: `<Enqueue ${attributes}>support</Enqueue>` });
      await stage.call(CUSTOMER, { hangup_after_ms: 10 });
      await stage.turn(1);
      assert.deepEqual(await codes(), [code], attributes);
    }
    for (const [noun, code] of [['method="x"', 14210], ['url="a b"', 14211]]) {
      await mark();
      route({ other: take('', noun) });
      await stage.call(CUSTOMER, { hangup_after_ms: 10 });
      await stage.turn(1);
      assert.deepEqual(await codes(), [code], noun);
    }
  });

  test('a redirect by the REST API takes a call out of it: redirected, or from the bridge', async () => {
    route({ [CUSTOMER]: enqueue(), other: take() });
    server.answers['/away'] = '<Say>Elsewhere.</Say><Pause length="5"/>';
    const { sid } = await stage.call(CUSTOMER);
    await stage.turn(2);
    await client.calls(sid).update({ url: url('/away') });
    await stage.turn(2);
    assert.deepEqual([server.last('/queued').QueueResult, (await heard(CUSTOMER)).at(-1)], ['redirected', 'Elsewhere.']);
    await stage.turn(10);
    const { sid: second } = await stage.call(CUSTOMER);
    await stage.turn(2);
    await stage.call(SECOND);
    await stage.turn(2);
    await client.calls(second).update({ url: url('/away') });
    await stage.turn(2);
    assert.deepEqual([server.last('/queued').QueueResult, (await heard(CUSTOMER)).at(-1)], ['redirected-from-bridged', 'Elsewhere.']);
    assert.equal((await last(SECOND)).status, 'completed');
  });

  test('whoever leaves at any instant: nobody is left behind', async () => {
    server.answers['/whisper'] = '<Say>You are connected now, at last.</Say>';
    server.answers['/wait'] = '<Say>x</Say>';
    for (const [waits, dials] of [[1, 9000], [2001, 9000], [3000, 9000], [9000, 2001], [9000, 3000], [9000, 3900], [9000, 5000], [5000, 9000], [4000, 4000]]) {
      route({ [CUSTOMER]: enqueue('waitUrl="/wait"'), other: take('', 'url="/whisper"') });
      await stage.call(CUSTOMER, { hangup_after_ms: waits });
      await stage.turn(2);
      await stage.call(SECOND, { hangup_after_ms: dials });
      await stage.turn(60);
      for (const number of [CUSTOMER, SECOND]) assert.ok((await last(number)).ended_at, `${number} at ${waits} and ${dials}`);
    }
  });
});

describe('a conference', () => {
  const room = (attributes = '', name = 'K7F') => `<Dial action="${url('/dialled')}"><Conference ${attributes}>${name}</Conference></Dial>`;
  const told = 'statusCallback="/room" statusCallbackEvent="start end join leave mute hold modify speaker announcement"';
  const events = () => server.at('/room').map((p) => p.StatusCallbackEvent);

  test('participants and their attributes are told; beeps are heard by the others', async () => {
    route({ [CUSTOMER]: room(`${told} participantLabel="customer" muted="true"`), other: room('endConferenceOnExit="true" participantLabel="owner" beep="onEnter"') });
    const { sid } = await stage.call(CUSTOMER);
    await stage.turn(1);
    await stage.call(SECOND, { hangup_after_ms: 5000 });
    await stage.turn(1);
    const { sid: third } = await stage.call(THIRD, { hangup_after_ms: 10000 });
    await stage.turn(30);
    assert.deepEqual(pick(server.at('/room')[0], 'StatusCallbackEvent', 'CallSid', 'Muted', 'Hold', 'Coaching', 'EndConferenceOnExit', 'StartConferenceOnEnter', 'ParticipantLabel', 'FriendlyName'), ['participant-join', sid, 'true', 'false', 'false', 'false', 'true', 'customer', 'K7F']);
    assert.deepEqual((await heard(CUSTOMER)).filter((w) => w === '[beep]').length, 1, 'of who enters, once it has begun');
    assert.deepEqual(pick(server.at('/room').at(-1), 'StatusCallbackEvent', 'ReasonConferenceEnded'), ['conference-end', 'participant-with-end-conference-on-exit-left']);
    assert.ok(third);
    assert.deepEqual(server.at('/room').map((p) => +p.SequenceNumber), server.at('/room').map((_, i) => i + 1));
  });

  test('speech of somebody who is heard is told', async () => {
    route({ [CUSTOMER]: room(`${told} muted="true"`), other: room() });
    const { sid } = await stage.call(CUSTOMER, { hangup_after_ms: 20000 });
    const { sid: second } = await stage.call(SECOND, { hangup_after_ms: 20000 });
    await stage.turn(2);
    await hand(sid, { say: 'nobody hears me' });
    await hand(second, { say: 'hello' });
    await stage.turn(2);
    assert.deepEqual(server.at('/room').filter((p) => /speech/.test(p.StatusCallbackEvent)).map((p) => [p.StatusCallbackEvent, p.CallSid]), [['participant-speech-start', second], ['participant-speech-stop', second]]);
    await stage.turn(30);
  });

  test('it is recorded from its start to its end', async () => {
    route({ other: room('record="record-from-start" recordingStatusCallback="/told" recordingStatusCallbackEvent="in-progress completed" eventCallbackUrl="/recorded"') });
    await stage.call(CUSTOMER, { hangup_after_ms: 20000 });
    await stage.turn(5);
    await stage.call(SECOND, { hangup_after_ms: 20000 });
    await stage.turn(60);
    const all = server.at('/told');
    assert.deepEqual(all.map((p) => pick(p, 'RecordingStatus', 'RecordingDuration', 'RecordingSource')), [['in-progress', undefined, 'Conference'], ['completed', '20', 'Conference']]);
    assert.match(all[1].ConferenceSid, /^CF/);
    assert.deepEqual(server.at('/recorded').map((p) => pick(p, 'ConferenceSid', 'RecordingUrl', 'Duration')), [[all[1].ConferenceSid, all[1].RecordingUrl, '20']]);
  });

  test('maxParticipants; a name is needed; only some verbs may stand in what is heard while waiting', async () => {
    route({ other: room('maxParticipants="2"') });
    for (const number of [CUSTOMER, SECOND, THIRD]) await stage.call(number, { hangup_after_ms: 20000 });
    await stage.turn(5);
    assert.equal((await last(THIRD)).status, 'completed');
    assert.equal((await last(SECOND)).status, 'in-progress');
    await stage.turn(60);
    await mark();
    route({ other: room('', '') });
    await stage.call(CUSTOMER);
    await stage.turn(1);
    assert.deepEqual(await codes(), [13237]);
    await mark();
    server.answers['/wait'] = '<Gather/><Say>Wait.</Say>';
    route({ other: room('waitUrl="/wait" waitMethod="GET"') });
    await stage.call(CUSTOMER, { hangup_after_ms: 200 });
    await stage.turn(1);
    assert.deepEqual([await codes(), server.requests('/wait')[0].method, await heard(CUSTOMER)], [[13238], 'GET', ['Wait.']]);
  });

  test('hangupOnStar and timeLimit let one go on alone', async () => {
    server.answers['/dialled'] = '<Say>Out.</Say>';
    server.answers[VOICE] = `<Dial hangupOnStar="true" action="/dialled"><Conference>K7F</Conference></Dial>`;
    await stage.call(CUSTOMER, { then: [{ press: '*', after_ms: 3000 }] });
    await stage.turn(5);
    assert.deepEqual([server.last('/dialled').DialCallStatus, (await heard(CUSTOMER)).at(-1)], ['answered', 'Out.']);
    server.answers[VOICE] = `<Dial timeLimit="9" action="/dialled"><Conference>K7F</Conference></Dial>`;
    await stage.call(CUSTOMER);
    await stage.turn(20);
    const leg = await last(CUSTOMER);
    assert.equal(leg.heard.at(-1).at_ms - leg.answered_at, 9000);
  });

  test('bad values have their own codes', async () => {
    const rows = [
      ['muted="x"', 13230], ['endConferenceOnExit="x"', 13231], ['startConferenceOnEnter="x"', 13232], ['waitUrl="a b"', 13233], ['waitMethod="x"', 13234], ['beep="loud"', 13235],
      ['maxParticipants="1"', 12200], ['record="x"', 12200], ['jitterBufferSize="x"', 12200], ['statusCallbackEvent="x"', 12200],
    ];
    for (const [attributes, code] of rows) {
      await mark();
      route({ other: room(attributes) });
      await stage.call(CUSTOMER, { hangup_after_ms: 10 });
      await stage.turn(1);
      assert.deepEqual(await codes(), [code], attributes);
    }
  });
});
