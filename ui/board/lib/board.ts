// ui/board/lib/board.ts - what is live: calls, what waits, who is on duty, how the machine is. One
// fetch, then the stream. Each row has a signal of its own: what changes is drawn, nothing else.
import { batch, computed, effect, signal, type Signal } from '@preact/signals';
import { get, tenant } from './api';
import { region } from './number';
import type { Board, Call, Change, Counts, Event, Health, LineDuty, Relay } from './rows';
import { session } from './session';
import { onChange, onHealth, onReload, startStream, stopStream } from './stream';
import { hear, ms, now, zone } from './time';

export const boardState = signal<'loading' | 'ready' | 'failed'>('loading');
export const boardError = signal<unknown>(null);
export const duty = signal<readonly LineDuty[]>([]);
export const health = signal<Health | null>(null);
export const rehearsal = signal<string | null>(null); // where the simulated phones are
export const alarms = signal<readonly Event[]>([]);
export const counts = signal<Counts>({ threads_open: 0, relays_waiting: 0, calls_live: 0, jobs_active: 0 });

// Rows by their id, each in a signal; `ids` changes only when a row comes or goes.
export class Live<T extends { id: string }> {
  readonly rows = new Map<string, Signal<T>>();
  readonly ids = signal<readonly string[]>([]);
  constructor(private readonly order: (a: T, b: T) => number) {}
  put(row: T): void {
    const held = this.rows.get(row.id);
    if (held) {
      const moves = this.order(held.value, row) !== 0;
      held.value = row;
      if (!moves) return;
    } else this.rows.set(row.id, signal(row));
    this.sort();
  }
  drop(id: string): void {
    if (this.rows.delete(id)) this.ids.value = this.ids.value.filter((i) => i !== id);
  }
  fill(rows: readonly T[]): void {
    const stay = new Set(rows.map((r) => r.id));
    for (const id of this.rows.keys()) if (!stay.has(id)) this.rows.delete(id);
    for (const row of rows) {
      const held = this.rows.get(row.id);
      if (held) held.value = row;
      else this.rows.set(row.id, signal(row));
    }
    this.sort();
  }
  private due = false;
  private sort(): void { // once for all that comes together
    if (this.due) return;
    this.due = true;
    queueMicrotask(() => {
      this.due = false;
      const all = [...this.rows.values()].map((s) => s.peek());
      this.ids.value = all.sort((a, b) => this.order(a, b) || (a.id < b.id ? -1 : 1)).map((r) => r.id);
    });
  }
}

const rank = (r: Relay): number => (r.state === 'exhausted' ? 0 : r.state === 'open' ? 1 : 2);
export const calls = new Live<Call>((a, b) => ms(a.started_at) - ms(b.started_at));
export const waiting = new Live<Relay>((a, b) => rank(a) - rank(b) || (rank(a) === 1 ? ms(a.due_at) - ms(b.due_at) : ms(a.raised_at) - ms(b.raised_at)));
export const loud = computed(() => waiting.ids.value.length + calls.ids.value.length);

export const isOver = (call: Call): boolean => call.state === 'over' || !!call.ended_at;
export const isWaiting = (relay: Relay): boolean => ['open', 'idle', 'exhausted'].includes(relay.state) && !relay.acked_at;

// What somebody has done here and the stream has not told yet: the row as it will be.
const hopes = new Map<string, { hope: (r: Relay) => Relay | null; was: Relay }>();
export async function hopefully(relay: Relay, hope: (r: Relay) => Relay | null, act: () => Promise<unknown>): Promise<void> {
  hopes.set(relay.id, { hope, was: relay });
  put(relay);
  try {
    await act();
    setTimeout(() => settle(relay.id), 4000); // the stream has told by then
  } catch (e) {
    const held = hopes.get(relay.id);
    hopes.delete(relay.id);
    if (held) put(held.was);
    throw e;
  }
}
function settle(id: string): void {
  const held = hopes.get(id);
  hopes.delete(id);
  if (held) put(held.was);
}
function put(relay: Relay): void {
  const held = hopes.get(relay.id);
  const shown = held ? held.hope(relay) : relay;
  if (held) held.was = relay;
  if (shown && isWaiting(shown)) waiting.put(shown);
  else waiting.drop(relay.id);
}

function merge<T extends object>(old: T | undefined, fresh: T): T {
  return old ? { ...old, ...fresh } : fresh;
}

const ALARMS = 20;
const OVER_SHOWN_MS = 6000;
const COUNTS_AFTER_MS = 8000;
let queue: Change[] = [];
let timer = 0;
let timerOfRefresh = 0, refreshAt = 0;
let meanwhile: Change[] | null = null; // what came while the board was asked: newer than its answer
// What comes in a burst is shown together. No animation frame: a hidden page has none.
const SHOWN_AFTER_MS = 20;
function show(): void {
  timer = 0;
  const all = queue;
  queue = [];
  batch(() => {
    for (const c of all) {
      if (c.call) {
        const held = calls.rows.get(c.call.id)?.peek();
        if (!isOver(c.call)) calls.put(merge(held, c.call));
        else if (held && !isOver(held)) { // how it ended stays in sight for a moment
          calls.put(merge(held, c.call));
          setTimeout(() => calls.drop(c.call!.id), OVER_SHOWN_MS);
        }
      }
      if (c.relay) {
        const held = hopes.get(c.relay.id)?.was ?? waiting.rows.get(c.relay.id)?.peek();
        if (held && (held.state !== c.relay.state || held.step !== c.relay.step)) hopes.delete(c.relay.id); // it came true, or another thing did
        put(merge(held, c.relay));
      }
      if (c.counts) counts.value = c.counts;
      if (c.event?.is_alarm && !alarms.value.some((e) => e.id === c.event!.id)) alarms.value = [c.event, ...alarms.value].slice(0, ALARMS);
      if (c.event && /duty|roster/.test(c.event.kind)) refreshSoon(300);
      else if (c.event && /^job|^thread|^text.received|^call.arrived/.test(c.event.kind)) refreshSoon(COUNTS_AFTER_MS);
    }
    counts.value = { ...counts.value, relays_waiting: Math.max(waiting.rows.size, counts.value.relays_waiting > 1000 ? counts.value.relays_waiting : 0), calls_live: calls.rows.size };
  });
}
// Counts and duty come with the board alone; asked again once for all that happens meanwhile.
function refreshSoon(wait: number): void {
  const at = Date.now() + wait;
  if (refreshAt && refreshAt <= at) return;
  clearTimeout(timerOfRefresh);
  refreshAt = at;
  timerOfRefresh = window.setTimeout(() => {
    refreshAt = 0;
    void refresh().catch(() => undefined);
  }, wait);
}

function take(b: Board): void {
  batch(() => {
    hear(b.now);
    zone.value = b.tenant.time_zone || zone.peek();
    region.value = b.tenant.region || 'US';
    calls.fill(b.calls.filter((c) => !isOver(c)));
    waiting.fill(b.waiting.filter(isWaiting));
    duty.value = b.duty ?? [];
    health.value = b.health ?? null;
    alarms.value = b.alarms ?? [];
    rehearsal.value = b.rehearsal?.phones ?? null;
    counts.value = b.counts;
    boardState.value = 'ready';
    boardError.value = null;
  });
}

// When who is on duty is another: the next of the instants that the board names.
let asked = 0; // what has passed by then was asked about
const turnAt = computed(() => Math.min(...duty.value.flatMap((d) => [d.next?.at, d.gap?.from, d.gap?.to, ...d.now.map((p) => p.until)]).map(ms).filter((at) => at > asked)));

let run = 0;
async function refresh(): Promise<void> {
  const mine = run;
  meanwhile = [];
  const b = await get<Board>('board');
  if (mine !== run) return;
  queue.unshift(...meanwhile);
  meanwhile = null;
  timer ||= window.setTimeout(show, SHOWN_AFTER_MS);
  for (const [id, h] of hopes) { // a hope outlives what was read before it came true
    const row = b.waiting.find((r) => r.id === id);
    if (row) h.was = row;
  }
  take({ ...b, waiting: b.waiting.map((r) => (hopes.has(r.id) ? hopes.get(r.id)!.hope(r) : r)).filter((r): r is Relay => !!r) });
}
async function begin(): Promise<void> {
  const mine = ++run;
  stopStream();
  boardState.value = 'loading';
  queue = [];
  hopes.clear();
  try {
    const b = await get<Board>('board');
    if (mine !== run) return;
    take(b);
    startStream(b.cursor);
  } catch (e) {
    if (mine !== run) return;
    boardError.value = e;
    boardState.value = 'failed';
    setTimeout(() => { if (mine === run) void begin(); }, 4000);
  }
}
export const loadBoard = begin;

export function startBoard(): void {
  onChange((c) => {
    queue.push(c);
    meanwhile?.push(c);
    timer ||= window.setTimeout(show, SHOWN_AFTER_MS);
  });
  onHealth((h) => { health.value = h; });
  onReload(() => void refresh().catch(() => undefined));
  effect(() => {
    void tenant.value;
    if (session.value) void begin();
  });
  effect(() => { // shifts begin and end without an event
    if (now.value < turnAt.value || now.peek() - asked < 5000) return;
    asked = now.peek();
    refreshSoon(500);
  });
  setInterval(() => refreshSoon(0), 300000);
}
