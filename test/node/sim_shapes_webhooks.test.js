// Every webhook of the simulated carrier against the shapes of its reference, as a server of the
// customer's own gets them: parameters, headers, signatures, their order.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import twilio from 'twilio';
import { judgeHeaders, judgeWebhook } from './carrier_shapes.js';
import { MINUTE, at, closeStory, create, customer, good, made, openStory, stage, take } from './carrier_story.js';
import { CUSTOMER, LINE, OTHERS, TOKEN } from './stage.js';

let broken; // parts of the story that could not be told
before(async () => { broken = await openStory(); });
after(closeStory);
test('the story of everything is told', () => assert.deepEqual(broken, {}));

describe('webhooks', () => {
  before(async () => { // what comes at the end, and where there is another place to ask
    await take(204, 'DELETE', `Conferences/${made.Conference}/Participants/${made.second}.json`);
    await take(200, 'POST', `Conferences/${made.Conference}.json`, { Status: 'completed' });
    customer.answers['/broken-text'] = { status: 503, type: 'text/plain', body: '' };
    await create('IncomingPhoneNumbers.json', { PhoneNumber: '+16195550193',
      SmsUrl: at('/broken-text'), SmsFallbackUrl: at('/text-fallback'), VoiceUrl: at('/broken'), VoiceFallbackUrl: at('/fallback') });
    await create('Calls.json', { To: OTHERS[3], From: LINE, Url: at('/by-get?a=b&c='), Method: 'GET', StatusCallback: at('/status-by-get'), StatusCallbackMethod: 'GET' });
    await create('IncomingPhoneNumbers.json', { PhoneNumber: '+16195550194', SmsUrl: at('/text-by-get?x=%20y'), SmsMethod: 'GET' });
    await stage.text(CUSTOMER, 'Grüße & + 100%', '+16195550194');
    await stage.text(CUSTOMER, 'anybody?', '+16195550193');
    await stage.call(CUSTOMER, { to: '+16195550193' });
    await stage.turn(MINUTE);
  });
  const rows = [
    ['a text', '/sms/inbound', 'Text', 2],
    ['what becomes of a text', '/text-status', 'TextStatus', 4],
    ['a text, asked for again elsewhere', '/text-fallback', 'TextFallback', 1],
    ['a call', '/webhook/twilio/voice', 'Voice', 1],
    ['a call by the API', '/record', 'Voice', 1],
    ['a call, asked for again elsewhere', '/fallback', 'VoiceFallback', 2],
    ['what becomes of a call', '/call-status', 'CallStatus', 9],
    ['the end of a call', '/call-status', 'CallEnd', 6, (p) => !['initiated', 'ringing', 'in-progress'].includes(p.CallStatus)],
    ['the end of a call to the line', '/webhook/twilio/call-status', 'LineStatus', 1],
    ['keys', '/gathered', 'GatherAction', 1],
    ['the end of a Dial', '/dialled', 'DialAction', 1],
    ['a whisper', '/whisper', 'Whisper', 1],
    ['what becomes of a leg', '/leg-status', 'CallStatus', 4],
    ['a record', '/recorded', 'RecordAction', 1],
    ['what becomes of a recording', '/recording-status', 'RecordingStatus', 2],
    ['a transcription', '/transcribed', 'TranscriptionStatus', 1],
    ['who answered', '/machine', 'Machine', 1],
    ['a conference', '/room-status', 'Conference', 6],
    ['waiting', '/wait', 'Wait', 2],
    ['leaving a queue', '/left', 'EnqueueAction', 1],
    ['a text by GET', '/text-by-get', 'Text', 1],
    ['the end of a call by GET', '/status-by-get', 'CallEnd', 1],
    ['a call by GET', '/by-get', 'Voice', 1],
  ];
  const inAddress = { '/by-get': ['a', 'c'], '/text-by-get': ['x'] }; // by the address itself
  for (const [what, path, shape, least, which = () => true] of rows) {
    test(`${what}: ${shape}`, () => {
      const all = customer.params(path).filter(which);
      assert.ok(all.length >= least, `${all.length} requests to ${path}, not ${least}`);
      for (const params of all) {
        const own = Object.entries(params).filter(([name]) => !inAddress[path]?.includes(name));
        good(judgeWebhook(shape, Object.fromEntries(own)));
      }
    });
  }
  test('what the address had stays, and words come as they were', () => {
    const [{ url, params }] = customer.at('/text-by-get');
    assert.ok(url.startsWith('/text-by-get?x=%20y&'), url);
    assert.equal(params.Body, 'Grüße & + 100%');
    assert.ok(customer.at('/by-get')[0].url.startsWith('/by-get?a=b&c=&'));
  });
  test('all have the carrier\'s headers', () => {
    for (const { path, headers, method } of customer.seen.filter((s) => s.path !== '/a.png')) {
      good(judgeHeaders('webhook', headers), path);
      if (method === 'POST') assert.equal(headers['content-type'], 'application/x-www-form-urlencoded; charset=utf-8');
    }
  });
  test('all are signed as the official package expects', () => {
    for (const { url, headers, method, params } of customer.seen.filter((s) => s.path !== '/a.png')) {
      const signed = method === 'POST' ? params : {}; // the parameters of a GET are in its address
      assert.ok(twilio.validateRequest(TOKEN, headers['x-twilio-signature'], at(url), signed), `${method} ${url}`);
    }
  });
  test('a token is the same for repeats only', () => {
    const tokens = customer.seen.filter((s) => !/fallback|png/.test(s.path)).map((s) => s.headers['i-twilio-idempotency-token']);
    assert.equal(new Set(tokens).size, tokens.length);
  });
  test('a leg counts its callbacks from 0', () => {
    for (const path of ['/call-status', '/leg-status']) {
      for (const call of new Set(customer.params(path).map((p) => p.CallSid))) {
        const told = customer.params(path).filter((p) => p.CallSid === call).sort((a, b) => a.SequenceNumber - b.SequenceNumber);
        assert.deepEqual(told.map((p) => Number(p.SequenceNumber)), told.map((_, i) => i), call);
        const times = told.map((p) => Date.parse(p.Timestamp));
        assert.deepEqual(times, [...times].sort((a, b) => a - b), 'the time goes back');
      }
    }
  });
  test('a recording begins once', () => {
    for (const one of new Set(customer.params('/recording-status').map((p) => p.RecordingSid))) {
      const begun = customer.params('/recording-status').filter((p) => p.RecordingSid === one).map((p) => p.RecordingStartTime);
      assert.equal(new Set(begun).size, 1, `${one} began ${begun.join(' and ')}`);
    }
  });
  test('a call ends in every way', () => {
    const ends = new Set(customer.params('/call-status').map((p) => p.CallStatus));
    for (const state of ['completed', 'busy', 'no-answer', 'failed', 'canceled']) assert.ok(ends.has(state), state);
  });
});
