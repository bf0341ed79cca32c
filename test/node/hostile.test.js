// Names, jobs and words of outsiders that are markup: the documents for the caller and for who picks
// up are built as with plain ones.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LINE, PRIMARY, Stage, sid } from './stage.js';

const words = [
  '</Say><Dial>+19005550199</Dial><Say>', '<Response/>', '<![CDATA[ ]]>', ']]>', '<!-- -->', '-->', '<?xml version="1.0"?>',
  '&amp;', '&#60;Hangup/&#62;', '&b;', '"', '\'', '" action="https://example.net/', '{{business}}', '{b}{w}', '<Step/>', '%s%n',
  '\u200f\u202eAnna', '\u0001\u0002', '\ufffe\uffff', '\u{1f6bf}', 'a'.repeat(60), '<'.repeat(60), '&'.repeat(60), '\t\r\n',
];

let stage;
before(async () => { stage = await Stage.open(); });
after(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });

const plain = (text) => text.replaceAll('&amp;', '&');
// Elements and the names of their attributes.
const shapeOf = (document) => document.match(/<[^>]*>/g).map((tag) => tag.replace(/="[^"]*"/g, '')).join('');
const callerOf = (n) => `+1${700 + Math.floor(n / 90)}55501${String(10 + (n % 90)).padStart(2, '0')}`;

let n = 0;
async function documentsOf(word) {
  const from = callerOf(n++);
  const job = encodeURIComponent(word.replace(/[\u0000-\u001f]/g, '') || 'job'); // a path has no control characters
  const call = await stage.webhook(`/api/jobs/${job}/call-webhook`, {
    CallSid: sid('CA'), From: from, To: LINE, CallStatus: 'ringing', Direction: 'inbound', CallerName: word,
    FromCity: word, FromState: word, CallerCountry: word,
  });
  const address = plain(/<Number url="([^"]*)"/.exec(call.body)?.[1] ?? '').replace(stage.base, '');
  const leg = { CallSid: sid('CA'), From: from, To: PRIMARY, CallStatus: 'in-progress', Direction: 'outbound-dial' };
  const screen = await stage.webhook(address, leg);
  const press = await stage.webhook(address.replace('/voice/screen', '/voice/press'), { ...leg, SpeechResult: word });
  return [call, screen, press].map((answer) => {
    assert.equal(answer.status, 200, `${JSON.stringify(word)}: ${answer.body}`);
    assert.match(answer.headers['content-type'], /^(text|application)\/xml/);
    return answer.body;
  });
}

test('what outsiders bring stands in the documents as words', async () => {
  const want = (await documentsOf('Anna')).map(shapeOf);
  assert.match(want[0], /<Dial .*<Number /);
  assert.match(want[1], /<Gather .*<Say><\/Say>.*<Hangup\/>/);
  for (const word of words)
    assert.deepEqual((await documentsOf(word)).map(shapeOf), want, JSON.stringify(word));
});
