// test/cluster/world.js - the made-up firms of the round: who is on their chains, and what their
// phones do by themselves. Three manners, so that all kinds of call steps are played.
import { CARRIER, address } from './net.js';

export const ACCOUNT = 'AC00000000000000000000000000000001';
export const TOKEN = '0123456789abcdef0123456789abcdef';
export const KEY = 'SK00000000000000000000000000000001';
export const SECRET = 'rehearsal-only-secret';

export const BALANCER_PORT = 8100; // where the carrier believes nextring to be
export const REST_PORT = 8200; // where nextring believes the carrier to be
export const SIM_PORT = 8300;
export const PUBLIC_URL = `http://127.0.0.1:${BALANCER_PORT}`;
export const CARRIER_API = `http://${address(CARRIER)}:${REST_PORT}`;

export const ACK_SECONDS = 8;
export const RING_SECONDS = 5;

const AREAS = [202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215];
const MANNERS = ['strict', 'parallel', 'overlap', 'voicemail'];

const STEPS = {
  strict: [['first'], ['second'], ['third']],
  parallel: [['first', 'second', 'third'], ['fourth'], ['fifth']],
  overlap: [['first', 'second', 'third'], ['fourth'], ['fifth']],
  voicemail: [['first'], ['second'], ['third']],
};

// What a phone does with a call: at most one of a step answers in time, but of `parallel` all at once.
const ignores = { do: 'ignore' };
const takes = (after_ms, press_ms, talk_ms) => ({
  do: 'answer', after_ms, then: [{ press: '1', after_ms: press_ms }, { talk_ms }, { hangup: true }],
});
const PHONES = {
  strict: { first: ignores, second: takes(1000, 1500, 3000) },
  parallel: { first: takes(1000, 2000, 3000), second: takes(1000, 2000, 3000), third: takes(1000, 2000, 3000) },
  overlap: { first: ignores, second: ignores, third: takes(1000, 1500, 3000) },
  voicemail: { first: ignores, second: ignores, third: ignores },
};

const people = ['first', 'second', 'third', 'fourth', 'fifth'];

function makeFirm(area, n) {
  const manner = MANNERS[n % MANNERS.length];
  const names = people.slice(0, manner === 'strict' || manner === 'voicemail' ? 3 : 5);
  return {
    slug: `firm-${String(n + 1).padStart(2, '0')}`,
    manner,
    line: `+1${area}5550100`,
    phones: Object.fromEntries(names.map((name, i) => [name, `+1${area}555011${i + 1}`])),
    steps: STEPS[manner],
  };
}

export const firms = AREAS.map(makeFirm);
export const firmOfLine = new Map(firms.map((firm) => [firm.line, firm]));
// Whose phone a number is: {firm, name}.
export const personOf = new Map(
  firms.flatMap((firm) => Object.entries(firm.phones).map(([name, number]) => [number, { firm, name }])),
);

// Each customer writes or calls once, so a thread holds one relay and its clock is the step's.
const CUSTOMER_AREAS = [];
for (let area = 301; area < 790; area++)
  if (area % 100 !== 11 && Math.floor(area / 10) % 10 !== 9 && area % 100 !== 0) CUSTOMER_AREAS.push(area);
export const customer = (n) =>
  `+1${CUSTOMER_AREAS[Math.floor(n / 100) % CUSTOMER_AREAS.length]}55501${String(n % 100).padStart(2, '0')}`;

export function roster(firm) {
  const how = firm.manner === 'parallel' || firm.manner === 'overlap' ? firm.manner : 'strict';
  return {
    tenant: firm.slug,
    name: `Firm ${firm.slug.slice(-2)}`,
    region: 'US',
    time_zone: 'America/Los_Angeles',
    account_sid: ACCOUNT,
    relays_per_minute: 0,
    budget: { texts_per_day: 0, calls_per_day: 0, texts_per_number_per_day: 0 },
    lines: [{ number: firm.line, chain: 'all', relays_per_minute: 0, texts_per_second: 100 }],
    dispatchers: Object.entries(firm.phones).map(([id, phone]) => ({ id, name: `The ${id}`, phone, prealert: 'never' })),
    chains: {
      all: firm.steps.map((operators) => ({
        operators, how: operators.length > 1 ? how : 'strict', ring_seconds: RING_SECONDS, ack_seconds: ACK_SECONDS,
      })),
    },
  };
}

export const simSetup = () => ({
  accounts: [{
    sid: ACCOUNT,
    auth_token: TOKEN,
    api_keys: [{ sid: KEY, secret: SECRET }],
    numbers: firms.map((firm) => ({
      phone_number: firm.line,
      voice_url: `${PUBLIC_URL}/webhook/twilio/voice`,
      voice_fallback_url: `${PUBLIC_URL}/voice/fallback`,
      sms_url: `${PUBLIC_URL}/sms/inbound`,
      status_callback: `${PUBLIC_URL}/webhook/twilio/call-status`,
    })),
  }],
  dial_drops_others: 'bridge', // all who pick up are asked, so several press at once
  phones: firms.flatMap((firm) => Object.entries(firm.phones).map(([name, number]) => ({
    number, on_call: [PHONES[firm.manner][name] ?? ignores],
  }))),
});
