// ui/board/lib/stream.ts - what happens, as it happens. It is read by fetch and not by EventSource:
// so the comments that keep it alive are heard too, and silence is known for what it is.
import { computed, signal } from '@preact/signals';
import { address, reached, untilSignedIn } from './api';
import type { Change, Health } from './rows';
import { hear, runs, tick } from './time';

export const link = signal<'starting' | 'live' | 'reconnecting' | 'offline'>('starting');
export const heardAt = signal(0); // Date.now() of the last byte
export const isLive = computed(() => link.value === 'live');

const SILENCE_MS = 40000; // a comment comes every 15 s
const WAITS_MS = [300, 1000, 2000, 5000, 10000];
const OFFLINE_AFTER = 3; // tries in vain

type Heard = (change: Change) => void;
const listeners = new Set<Heard>();
// Called for each change, also those that happened while we were away. Returns what ends it.
export function onChange(f: Heard): () => void {
  listeners.add(f);
  return () => listeners.delete(f);
}
const reloads = new Set<() => void>();
// Called when too much was missed: what one shows is to be fetched anew.
export function onReload(f: () => void): () => void {
  reloads.add(f);
  return () => reloads.delete(f);
}
const healths = new Set<(h: Health) => void>();
export function onHealth(f: (h: Health) => void): () => void {
  healths.add(f);
  return () => healths.delete(f);
}

let cursor = '';
let running: AbortController | undefined;
let fails = 0;
let timer = 0;
let run = 0;

function hearEvent(kind: string, id: string, text: string): void {
  if (id) cursor = id;
  if (kind === 'reload') {
    for (const f of [...reloads]) f();
    return;
  }
  if (!text) return;
  if (kind === 'health') {
    const { health } = JSON.parse(text) as { health: Health };
    for (const f of [...healths]) f(health);
  } else if (kind === 'change' || kind === 'touch') {
    const data = JSON.parse(text) as Change;
    if (data.now) hear(data.now);
    for (const f of [...listeners]) f(data);
  }
}

function parser(): (text: string) => void {
  let rest = '', kind = '', id = '', data = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (!line) {
        if (kind || data) hearEvent(kind, id, data);
        kind = id = data = '';
      } else if (line.startsWith(': ')) {
        const at = Date.parse(line.slice(2));
        if (at) hear(at);
      } else if (line.startsWith('event: ')) kind = line.slice(7);
      else if (line.startsWith('id: ')) id = line.slice(4);
      else if (line.startsWith('data: ')) data += line.slice(6);
    }
  };
}

function lost(): void {
  fails++;
  runs.value = false;
  link.value = fails > OFFLINE_AFTER || !navigator.onLine ? 'offline' : 'reconnecting';
  clearTimeout(timer);
  timer = window.setTimeout(() => void listen(), WAITS_MS[Math.min(fails, WAITS_MS.length) - 1]! * (0.75 + Math.random() / 2));
}

async function listen(): Promise<void> {
  const mine = ++run;
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  try {
    const answer = await fetch(address('stream', { after: cursor }), { signal, headers: { Accept: 'text/event-stream' } });
    if (mine !== run) return;
    if (answer.status === 401) {
      await untilSignedIn();
      if (mine === run) void listen();
      return;
    }
    if (!answer.ok || !answer.body) throw new Error(String(answer.status));
    const reader = answer.body.getReader();
    const text = new TextDecoder();
    const parse = parser();
    heardAt.value = Date.now();
    reached.value = true;
    runs.value = true;
    tick();
    link.value = 'live';
    for (;;) {
      const { done, value } = await reader.read();
      if (mine !== run) return;
      if (done) break;
      fails = 0;
      heardAt.value = Date.now();
      parse(text.decode(value, { stream: true }));
    }
  } catch { /* told by lost() */ }
  if (mine === run) lost();
}

// Begins behind `after`, the cursor of a board.
export function startStream(after: string): void {
  cursor = after;
  fails = 0;
  void listen();
}
export function stopStream(): void {
  run++;
  running?.abort();
  clearTimeout(timer);
}

// A machine that wakes does not wait: what sleeps too long, or is silent, is begun anew.
function look(): void {
  if (link.value !== 'live' || Date.now() - heardAt.value < SILENCE_MS) return;
  runs.value = false;
  link.value = 'reconnecting';
  tryNow();
}
export function tryNow(): void {
  clearTimeout(timer);
  void listen();
}
setInterval(look, 5000);
addEventListener('online', () => { if (link.value !== 'live' && link.value !== 'starting') tryNow(); });
addEventListener('offline', () => { if (link.value === 'live') { link.value = 'offline'; runs.value = false; } });
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  if (link.value === 'reconnecting' || link.value === 'offline') tryNow();
  else look();
});
