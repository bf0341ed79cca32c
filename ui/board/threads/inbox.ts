// ui/board/threads/inbox.ts - the list of threads: pages of it as one scrolls, kept true by the
// stream. Nothing here touches the document.
import { signal } from '@preact/signals';
import { get, tenant } from '../lib/api';
import type { Change, List, Thread } from '../lib/rows';

export type Show = 'open' | 'waiting' | 'closed';
export interface Asked { show: Show; line: string; q: string }

const PAGE = 100;
const TYPED_MS = 200; // a search waits for the next letter so long

export const asked = signal<Asked>({ show: 'open', line: '', q: '' });
export const rows = signal<readonly Thread[]>([]);
export const state = signal<'loading' | 'ready' | 'failed'>('loading');
export const trouble = signal<unknown>(undefined);
export const found = signal<Asked>(asked.value); // what the rows are the answer to

let of: string | null = null; // whose rows they are
let next: string | null = null;
let running: AbortController | undefined;
let timer = 0;

export const isWaiting = (t: Thread): boolean => t.state !== 'closed' && /^(idle|open|exhausted)$/.test(t.relay_state ?? '');
function fits(t: Thread, a: Asked): boolean {
  if (a.line && t.line !== a.line) return false;
  return a.show === 'closed' ? t.state === 'closed' : a.show === 'waiting' ? isWaiting(t) : t.state !== 'closed';
}

async function load(from: string | null, quietly = false): Promise<void> {
  running?.abort();
  const mine = (running = new AbortController());
  const a = asked.peek();
  try {
    const page = await get<List<Thread>>('threads', { limit: PAGE, state: a.show, line: a.line, q: a.q, after: from }, mine.signal);
    const have = new Set(from ? rows.peek().map((t) => t.id) : []);
    rows.value = from ? [...rows.peek(), ...page.items.filter((t) => !have.has(t.id))] : page.items;
    next = page.next;
    found.value = a;
    state.value = 'ready';
  } catch (e) {
    if (mine.signal.aborted) return;
    trouble.value = e;
    if (!from && !quietly) state.value = 'failed';
  } finally {
    if (running === mine) running = undefined;
  }
}

export function again(): void {
  rows.value = [];
  of = tenant.peek();
  state.value = 'loading';
  void load(null);
}
// What is shown stays until the new is there: of a page that is come back to, and as the stream
// says that it lost its place.
export function refresh(): void {
  if (state.peek() === 'ready' && of === tenant.peek()) void load(null, true);
  else again();
}
export function more(): void {
  if (next && !running) void load(next);
}
export function ask(change: Partial<Asked>, typed = false): void {
  asked.value = { ...asked.peek(), ...change };
  clearTimeout(timer);
  running?.abort();
  timer = window.setTimeout(() => void load(null), typed ? TYPED_MS : 0);
}

// A thread in which something happened goes to the top, as long as it belongs to what is shown; of
// a search, only what is there changes.
export function take({ thread }: Change): void {
  if (!thread || state.peek() !== 'ready') return;
  const a = found.peek();
  const old = rows.peek();
  const at = old.findIndex((t) => t.id === thread.id);
  if (at < 0 && a.q) return;
  if (at >= 0 && fits(thread, a) && old[at]!.last_at >= thread.last_at) {
    rows.value = old.map((t, i) => (i === at ? { ...thread, found: t.found ?? null } : t));
    return;
  }
  const rest = at < 0 ? old : old.filter((_, i) => i !== at);
  if (!fits(thread, a)) {
    if (at >= 0) rows.value = rest;
    return;
  }
  const place = rest.findIndex((t) => t.last_at <= thread.last_at);
  if (place < 0 && next) rows.value = rest; // it stands on a page that is still to come
  else rows.value = place < 0 ? [...rest, thread] : [...rest.slice(0, place), thread, ...rest.slice(place)];
}
