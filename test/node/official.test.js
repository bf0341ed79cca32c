// The carrier's official library is the judge: it signs our webhooks and builds the documents
// that ours must equal.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import twilio from 'twilio';
import { BACKUP, CUSTOMER, LINE, PRIMARY, Stage, sid } from './stage.js';

const parser = new XMLParser({ ignoreAttributes: false, preserveOrder: true, trimValues: true });
const tree = (text) => parser.parse(text.replace(/^<\?xml[^>]*\?>/, ''));
const same = (ours, theirs) => assert.deepEqual(tree(ours), tree(theirs.toString()));

let stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

const call = (more = {}) => ({
  CallSid: more.CallSid ?? sid('CA'), From: CUSTOMER, To: LINE, CallStatus: 'ringing',
  Direction: 'inbound', ...more,
});

test('a text signed by the official package is accepted and answered with the empty document', async () => {
  const answer = await stage.webhook('/sms/inbound', {
    MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'Grüße & <tags> "quoted" 🚚', NumMedia: '0',
  });
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-type'], /^text\/xml/);
  same(answer.body, new twilio.twiml.MessagingResponse());
});

test('a call signed by the official package rings the first step with the document its builder gives', async () => {
  const params = call();
  const answer = await stage.webhook('/webhook/twilio/voice', params);
  assert.equal(answer.status, 200);
  const number = tree(answer.body)[0].Response[0].Dial[0];
  const attributes = number[':@'];
  const [id] = attributes['@_url'].match(/c=[0-9a-z]+/);
  const expected = new twilio.twiml.VoiceResponse();
  expected
    .dial({
      answerOnBridge: true, timeout: 15, callerId: CUSTOMER,
      action: `${stage.base}/webhook/twilio/voice?attempt=1&${id}`, method: 'POST',
    })
    .number({
      url: attributes['@_url'], statusCallback: attributes['@_statusCallback'],
      statusCallbackEvent: 'initiated ringing answered completed',
    }, PRIMARY);
  same(answer.body, expected);
  assert.ok(attributes['@_url'].startsWith(`${stage.base}/webhook/twilio/voice/screen?`));

  const next = await stage.webhook('/webhook/twilio/voice?attempt=1', {
    ...params, DialCallStatus: 'no-answer', DialCallSid: sid('CA'),
  });
  assert.equal(next.status, 200);
  assert.ok(next.body.includes(BACKUP));
  assert.ok(next.body.includes('attempt=2'));

  const repeated = await stage.webhook('/webhook/twilio/voice', params);
  assert.equal(repeated.body, next.body, 'a late repeat gets what stored state gives now');
});

test('the screening document is the one the builder gives', async () => {
  const params = call();
  const ring = await stage.webhook('/webhook/twilio/voice', params);
  const url = new URL(tree(ring.body)[0].Response[0].Dial[0][':@']['@_url'].replaceAll('&amp;', '&'));
  const leg = {
    CallSid: sid('CA'), ParentCallSid: params.CallSid, From: CUSTOMER, To: PRIMARY,
    CallStatus: 'in-progress', Direction: 'outbound-dial',
  };
  const answer = await stage.webhook(url.pathname + url.search, leg);
  assert.equal(answer.status, 200);
  const response = tree(answer.body)[0].Response;
  const say = (gather) => gather.Gather[0].Say[0]['#text'];
  const action = response[0][':@']['@_action'].replaceAll('&amp;', '&');
  const expected = new twilio.twiml.VoiceResponse();
  for (const prompt of [response[0], response[1]]) {
    expected.gather({ numDigits: 1, timeout: 4, action, method: 'POST' }).say(say(prompt));
  }
  expected.hangup();
  same(answer.body, expected);

  const press = new URL(action);
  const accepted = await stage.webhook(press.pathname + press.search, { ...leg, Digits: '1' });
  same(accepted.body, new twilio.twiml.VoiceResponse());
  const over = await stage.webhook('/webhook/twilio/voice?attempt=1', {
    ...params, DialCallStatus: 'completed', DialBridged: 'true', CallStatus: 'in-progress',
  });
  const hangup = new twilio.twiml.VoiceResponse();
  hangup.hangup();
  same(over.body, hangup);
});
