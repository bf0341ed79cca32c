// ui/board/threads/story.ts - one thread: its rows oldest first, older ones on request, what comes
// by the stream, and what was written here and is not on record yet. No document.
import { signal, type Signal } from '@preact/signals';
import { freshKey, get, send, why } from '../lib/api';
import type { Change, Item, List, Relay, Thread } from '../lib/rows';

const PAGE = 60;
// What is a row here, as the timeline of the API has it: calls and texts tell the rest themselves.
export const SAID = /^(inbound|reply|customer|held_back|crew)$/;
const TOLD = /^(relay\.(?!raised)|thread\.|consent\.|call-back\.|customer\.|question\.|call\.late|text\.(failed|reply-lost|given-up|flood|over-budget|sent-again|held-back))/;

export interface Draft { key: string; body: string; operator: string; at: string; error: string; id: string; after: string }

export interface Story {
  id: string;
  thread: Signal<Thread | undefined>;
  relay: Signal<Relay | undefined>;
  items: Signal<readonly Item[]>;
  drafts: Signal<readonly Draft[]>;
  older: Signal<'none' | 'some' | 'loading' | 'failed'>;
  state: Signal<'loading' | 'ready' | 'failed'>;
  trouble: Signal<unknown>;
  next: string | null;
}

export function begin(id: string): Story {
  const story: Story = {
    id, thread: signal(undefined), relay: signal(undefined), items: signal([]), drafts: signal([]),
    older: signal('none'), state: signal('loading'), trouble: signal(undefined), next: null,
  };
  void load(story);
  return story;
}

const same = (a: Item, b: Item): boolean => a.type === b.type && a.id === b.id;
function merged(old: readonly Item[], news: readonly Item[]): readonly Item[] {
  const all = old.filter((o) => !news.some((n) => same(n, o)));
  return [...all, ...news].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
}

async function loadRelay(s: Story): Promise<void> {
  const id = s.thread.peek()?.relay_id;
  if (id) s.relay.value = await get<Relay>(`relays/${id}`);
}

export async function load(s: Story): Promise<void> {
  try {
    const [thread, page] = await Promise.all([
      get<Thread>(`threads/${s.id}`),
      get<List<Item>>(`threads/${s.id}/timeline`, { limit: PAGE }),
    ]);
    s.thread.value = thread;
    if (!s.items.peek().length) {
      s.next = page.next;
      s.older.value = page.next ? 'some' : 'none';
    }
    s.items.value = merged(s.items.peek(), page.items);
    s.state.value = 'ready';
    await loadRelay(s);
  } catch (e) {
    s.trouble.value = e;
    if (s.state.peek() === 'loading') s.state.value = 'failed';
  }
}

export async function loadOlder(s: Story): Promise<void> {
  if (!s.next || s.older.peek() === 'loading') return;
  s.older.value = 'loading';
  try {
    const page = await get<List<Item>>(`threads/${s.id}/timeline`, { limit: PAGE, after: s.next });
    s.next = page.next;
    s.items.value = merged(s.items.peek(), page.items);
    s.older.value = page.next ? 'some' : 'none';
  } catch {
    s.older.value = 'failed';
  }
}

export function take(s: Story, { thread, relay, message, call, job, event }: Change): void {
  if (thread?.id === s.id) s.thread.value = thread;
  if (relay?.thread_id === s.id) s.relay.value = relay;
  const news: Item[] = [];
  if (message?.thread_id === s.id && SAID.test(message.kind)) {
    const note = event?.subject_id === message.id && event.kind === 'text.replied' ? String(event.detail ?? '') : null;
    news.push({ ...message, type: 'message', at: message.created_at, ...(note ? { note } : {}) });
  }
  if (call?.thread_id === s.id) news.push({ ...call, type: 'call', at: call.started_at });
  if (event?.kind.startsWith('job.') && job && (job.thread_id === s.id || job.job_id === s.thread.peek()?.job_id))
    news.push({ ...event, type: 'job', at: event.created_at, job_id: job.job_id, title: job.title, state: job.state });
  else if (event?.thread_id === s.id && TOLD.test(event.kind)) news.push({ ...event, type: 'event', at: event.created_at });
  if (!news.length) return;
  // What a touch brings of an older page is no news of this one.
  const known = s.items.peek();
  const first = known[0]?.at ?? '';
  const shown = news.map((n) => ({ ...known.find((k) => same(k, n)), ...n }) as Item).filter((n) => !s.next || n.at >= first);
  s.items.value = merged(known, shown);
  settle(s);
}

// A draft whose row has come is the row; one that the stream brings before the answer, or whose
// answer was lost, is known by its words.
function settle(s: Story): void {
  const taken = new Set<string>();
  const left = s.drafts.peek().filter((d) => {
    const row = s.items.peek().find((i) => i.type === 'message' && !taken.has(i.id)
      && (d.id ? i.id === d.id : i.kind === 'reply' && i.id > d.after && i.body.trim() === d.body));
    if (row) taken.add(row.id);
    return !row;
  });
  if (left.length !== s.drafts.peek().length) s.drafts.value = left;
}

const change = (s: Story, key: string, to: Partial<Draft>): void => {
  s.drafts.value = s.drafts.peek().map((d) => (d.key === key ? { ...d, ...to } : d));
};

// Ids come from one clock: what is above this one is newer.
const lastId = (s: Story): string => s.items.peek().reduce((last, i) => (i.id > last ? i.id : last), '');

// The same key goes with each try, so that a text whose answer was lost is not sent twice.
export async function reply(s: Story, body: string, operator: string, nowMs: number): Promise<void> {
  const draft: Draft = { key: freshKey(), body, operator, at: new Date(nowMs).toISOString(), error: '', id: '', after: lastId(s) };
  s.drafts.value = [...s.drafts.peek(), draft];
  await retry(s, draft);
}
export async function retry(s: Story, { key, body, operator }: Draft): Promise<void> {
  change(s, key, { error: '' });
  try {
    const { message_id } = await send<{ message_id: string }>('POST', `threads/${s.id}/reply`, { body, ...(operator ? { operator } : {}) }, { key });
    change(s, key, { id: message_id });
    settle(s);
  } catch (e) {
    change(s, key, { error: why(e) });
  }
}
export const drop = (s: Story, key: string): void => {
  s.drafts.value = s.drafts.peek().filter((d) => d.key !== key);
};
