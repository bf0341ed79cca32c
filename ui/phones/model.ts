// ui/phones/model.ts - what the page knows: phones, calls, texts, the clock, the journal.
// The simulator tells it: the whole by GET /sim/phones, then what changes by /sim/stream. A
// change older than the whole is dropped by its version. Nothing here touches the document.
import { batch, computed, signal } from '@preact/signals';

export interface Phone {
  number: string;
  name: string;
  held: boolean;
  scripted: boolean;
  voicemail: boolean;
  voicemail_after_s: number;
  greeting: string;
  screening: boolean;
  silent: boolean;
  unreachable: boolean;
  landline: boolean;
}

export interface Said {
  at_ms: number;
  by: 'line' | 'party' | 'keys' | 'other';
  words: string;
}

export interface Call {
  sid: string;
  phone: string;
  other: string;
  placed: boolean;
  state: string;
  kept_by: '' | 'screening' | 'voicemail';
  began_ms: number;
  answered_ms: number;
  ended_ms: number;
  with: string | null;
  keys_wanted: boolean;
  words_wanted: boolean;
  said: Said[];
}

export interface Medium {
  key: string;
  type: string;
  bytes: number;
}

export interface Text {
  sid: string;
  phone: string;
  other: string;
  placed: boolean;
  body: string;
  state: string;
  error: number;
  at_ms: number;
  arrived_ms: number;
  media: Medium[];
}

export interface Fault {
  what: string;
  help?: string;
  waiting: number;
  hits: number;
}

export interface Clock {
  now_ms: number;
  rate: number; // thousandths of real time
  next_ms: number | null;
}

export interface Note {
  n: number;
  at: string;
  kind: string;
  words: string;
}

interface Changes {
  version: number;
  clock?: Clock;
  lines?: string[];
  faults?: Fault[];
  phones?: Phone[];
  calls?: Call[];
  texts?: Text[];
}

const CALLS_KEPT = 400;
const TEXTS_KEPT = 1500;
const NOTES_KEPT = 600;

export const link = signal<'loading' | 'live' | 'lost'>('loading');
export const trouble = signal('');
export const phones = signal<ReadonlyMap<string, Phone>>(new Map());
export const calls = signal<ReadonlyMap<string, Call>>(new Map());
export const texts = signal<ReadonlyMap<string, Text>>(new Map());
export const lines = signal<readonly string[]>([]);
export const faults = signal<readonly Fault[]>([]);
export const notes = signal<readonly Note[]>([]);
export const clock = signal<Clock>({ now_ms: 0, rate: 0, next_ms: null });

// The instant now, as the clock runs on between two words of the simulator.
let clockHeard = performance.now();
export const now = signal(0);
export function tick(): void {
  const { now_ms, rate } = clock.value;
  now.value = Math.floor(now_ms + ((performance.now() - clockHeard) * rate) / 1000);
}

export function isOver(call: Call): boolean {
  return !['queued', 'initiated', 'ringing', 'in-progress'].includes(call.state);
}
export function isRinging(call: Call): boolean {
  return !call.placed && call.state === 'ringing';
}

export const liveCalls = computed(() => [...calls.value.values()].filter((call) => !isOver(call)));

// ---- the stream ----

let version = -1; // of the whole; -1: it is still to come
let boot = '';
let waiting: Changes[] = []; // changes that are not shown yet, and those that came before the whole
let fresh: Note[] = [];
let lastNote = 0;
let due = 0;

// What comes in a burst is shown together: a page that draws each step falls behind a storm. No
// animation frame, because a hidden page has none and still has to ring.
const SHOWN_AFTER_MS = 25;
function showSoon(): void {
  due ||= window.setTimeout(show, SHOWN_AFTER_MS);
}
function show(): void {
  due = 0;
  batch(() => {
    if (version >= 0) {
      for (const changes of waiting) if (changes.version > version) apply(changes);
      waiting = [];
    }
    if (fresh.length) notes.value = [...notes.value, ...fresh].slice(-NOTES_KEPT);
    fresh = [];
  });
}

// Of more than `kept` the oldest go, but for those that `stays` holds.
function merged<T>(old: ReadonlyMap<string, T>, news: T[] | undefined, key: (t: T) => string, kept = Infinity, stays = (_: T): boolean => false): ReadonlyMap<string, T> {
  if (!news?.length) return old;
  const all = new Map(old);
  for (const one of news) all.set(key(one), one);
  for (const [first, one] of all) {
    if (all.size <= kept) break;
    if (!stays(one)) all.delete(first);
  }
  return all;
}

function apply(changes: Changes): void {
  if (changes.clock) {
    clock.value = changes.clock;
    clockHeard = performance.now();
    tick();
  }
  if (changes.lines) lines.value = changes.lines;
  if (changes.faults) faults.value = changes.faults;
  phones.value = merged(phones.value, changes.phones, (p) => p.number);
  calls.value = merged(calls.value, changes.calls, (c) => c.sid, CALLS_KEPT, (c) => !isOver(c));
  texts.value = merged(texts.value, changes.texts, (t) => t.sid, TEXTS_KEPT);
}

async function fetchWhole(): Promise<void> {
  version = -1;
  try {
    const answer = await fetch('/sim/phones');
    if (!answer.ok) throw new Error(await wordsOf(answer));
    const whole = (await answer.json()) as Changes;
    batch(() => {
      phones.value = new Map();
      calls.value = new Map();
      texts.value = new Map();
      apply(whole);
      version = whole.version;
      link.value = 'live';
    });
    showSoon();
  } catch (e) {
    link.value = 'lost';
    trouble.value = e instanceof Error ? e.message : String(e);
    setTimeout(() => void fetchWhole(), 2000);
  }
}

function onHello(event: MessageEvent<string>): void {
  const hello = JSON.parse(event.data) as { boot: string };
  waiting = [];
  if (hello.boot !== boot) {
    notes.value = fresh = [];
    lastNote = 0;
  }
  boot = hello.boot;
  void fetchWhole();
}

function onState(event: MessageEvent<string>): void {
  waiting.push(JSON.parse(event.data) as Changes);
  showSoon();
}
function onNote(event: MessageEvent<string>): void {
  const note = JSON.parse(event.data) as Note;
  if (note.n <= lastNote) return;
  lastNote = note.n;
  fresh.push(note);
  showSoon();
}

export function listen(): void {
  const stream = new EventSource(`/sim/stream${lastNote ? `?after=${lastNote}` : ''}`);
  stream.addEventListener('hello', onHello as EventListener);
  stream.addEventListener('state', onState as EventListener);
  stream.addEventListener('whole', () => void fetchWhole());
  stream.addEventListener('note', onNote as EventListener);
  stream.onerror = () => {
    link.value = 'lost';
    trouble.value = '';
    if (stream.readyState !== EventSource.CLOSED) return; // it tries again by itself
    setTimeout(listen, 2000);
  };
}

// ---- orders to the simulator ----

async function wordsOf(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    return (JSON.parse(text) as { error?: string }).error ?? text;
  } catch {
    return text || `status ${answer.status}`;
  }
}

export const toast = signal('');
let toastTimer = 0;
export function say(words: string): void {
  toast.value = words;
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => { toast.value = ''; }, 6000);
}

// Sends an order; a refusal is shown. Resolves to true when it was taken.
export async function order(method: string, path: string, body?: unknown): Promise<boolean> {
  try {
    const answer = await fetch(path, {
      method,
      keepalive: !body || JSON.stringify(body).length < 1000, // it goes out even when the page goes
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.ok) return true;
    say(await wordsOf(answer));
  } catch {
    say('The simulator does not answer.');
  }
  return false;
}

export function act(number: string, action: string, body: object = {}): Promise<boolean> {
  return order('POST', `/sim/phones/${encodeURIComponent(number)}/${action}`, body);
}

export const setRate = (times: number): Promise<boolean> => order('POST', '/sim/clock', { rate: times });

export const turning = signal(false);
export async function turn(body: { for_ms: number } | { next: true }): Promise<void> {
  if (turning.value) return;
  turning.value = true;
  await order('POST', '/sim/turn', body);
  turning.value = false;
}
