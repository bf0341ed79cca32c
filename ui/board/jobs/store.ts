// ui/board/jobs/store.ts - the jobs by their states, and moving one: shown at once, held to the
// version that was seen, and put back when it is refused. No document.
import { effect, signal } from '@preact/signals';
import { ApiError, ask, get, tenant } from '../lib/api';
import type { Change, Job, JobState, List } from '../lib/rows';
import { oops, say } from '../parts';
import { refusal, STATE_WORDS, STATES, wayTo } from './moves';

const PAGE = 60;

export interface Column { state: 'none' | 'loading' | 'ready' | 'failed'; next: string | null; trouble?: unknown }
const none = (): Record<JobState, Column> => Object.fromEntries(STATES.map((s) => [s, { state: 'none', next: null }])) as unknown as Record<JobState, Column>;

export const jobs = signal<ReadonlyMap<string, Job>>(new Map());
export const columns = signal<Record<JobState, Column>>(none());
type Counts = Partial<Record<JobState, number>>;
const counts = signal<Counts | null>(null); // of all there are, loaded or not

effect(() => { // of another business nothing stays
  void tenant.value;
  jobs.value = new Map();
  columns.value = none();
  counts.value = null;
});

export function put(...news: readonly Job[]): void {
  const all = new Map(jobs.peek());
  for (const j of news) if ((all.get(j.job_id)?.version ?? 0) <= j.version) all.set(j.job_id, j);
  jobs.value = all;
}
const set = (state: JobState, to: Column): void => { columns.value = { ...columns.peek(), [state]: to }; };

// The first page of a column, or the next one.
export async function load(state: JobState, anew = false): Promise<void> {
  const c = columns.peek()[state];
  if (!anew && (c.state === 'loading' || (c.state === 'ready' && !c.next))) return;
  const after = anew ? null : c.next;
  if (!after && !anew) set(state, { state: 'loading', next: null });
  else if (!anew) set(state, { ...c, next: null });
  try {
    const page = await get<List<Job> & { counts: Counts }>('jobs', { state, limit: PAGE, after });
    put(...page.items);
    counts.value = page.counts;
    set(state, { state: 'ready', next: page.next });
  } catch (trouble) {
    set(state, after ? c : { state: 'failed', next: null, trouble });
  }
}
export function reload(): void {
  for (const s of STATES) if (columns.peek()[s].state !== 'none') void load(s, true);
}
export function retry(): void {
  for (const s of STATES) if (columns.peek()[s].state === 'failed') void load(s, true);
}
let counting: 'no' | 'now' | 'again' = 'no';
async function recount(): Promise<void> {
  if (counting !== 'no') {
    counting = 'again';
    return;
  }
  counting = 'now';
  const whose = tenant.peek();
  try {
    const page = await get<{ counts: Counts }>('jobs', { limit: 1 });
    if (tenant.peek() === whose) counts.value = page.counts;
  } catch { /* the figure stays as it was, until the next change */ }
  const more = (counting as string) === 'again';
  counting = 'no';
  if (more) void recount();
}
export function take({ job }: Change): void {
  if (!job) return;
  put(job);
  if (STATES.some((s) => columns.peek()[s].next)) void recount(); // else all are there to be counted
}
// How many there are of a state; null as long as that is not known.
export function countOf(state: JobState): number | null {
  const column = columns.value[state];
  const there = inState(jobs.value, state).length;
  if (column.state === 'ready' && !column.next) return there;
  return counts.value ? Math.max(counts.value[state] ?? 0, there) : null;
}

// What stands in a column: what waits longest first, what is over newest first.
export function inState(all: ReadonlyMap<string, Job>, state: JobState): Job[] {
  const rank: Record<string, number> = { urgent: 0, high: 1, normal: 2, low: 3 };
  const loud = (j: Job): number => (j.exception ? -1 : (rank[j.priority] ?? 2));
  const rows = [...all.values()].filter((j) => j.state === state);
  return state === 'completed' || state === 'cancelled' ? rows.sort((a, b) => (a.changed_at < b.changed_at ? 1 : -1))
    : rows.sort((a, b) => loud(a) - loud(b) || (a.created_at < b.created_at ? -1 : 1));
}

export interface Saved { job: Job; was?: Job }
// A change held to the version that was seen; 412 comes back as what the job is now.
export async function change(job: Job, body: Record<string, unknown>): Promise<Saved> {
  try {
    const { data } = await ask<Job>('PATCH', `jobs/${encodeURIComponent(job.job_id)}`, { body, match: `"${job.version}"` });
    put(data);
    return { job: data };
  } catch (e) {
    if (!(e instanceof ApiError && e.status === 412)) throw e;
    const now = await get<Job>(`jobs/${encodeURIComponent(job.job_id)}`);
    put(now);
    return { job: now, was: job };
  }
}

const FIELDS: Partial<Record<keyof Job, string>> = {
  state: 'State', title: 'Title', notes: 'Notes', address: 'Address', customer_phone: 'Customer', customer_name: 'Name', priority: 'Priority', operator: 'Operator',
  line: 'Line', crew: 'Crew', stakeholders: 'Stakeholders', claimed_by: 'Who has it', handed_to: 'Handed to', exception: 'What went wrong', claim_seconds: 'Time to claim',
};
const said = (value: unknown): string =>
  (Array.isArray(value) ? value.map((p: { name?: string; phone?: string }) => p.name || p.phone).join(', ') : STATE_WORDS[value as JobState] ?? String(value ?? '')) || 'nothing';
export function differences(was: Job, is: Job): { field: string; before: string; after: string }[] {
  return (Object.keys(FIELDS) as (keyof Job)[]).filter((k) => JSON.stringify(was[k]) !== JSON.stringify(is[k])).map((k) => ({ field: FIELDS[k]!, before: said(was[k]), after: said(is[k]) }));
}
export const changedWords = (was: Job, is: Job): string =>
  `Somebody changed it meanwhile. ${differences(was, is).map((d) => `${d.field}: ${d.before} → ${d.after}`).join('; ') || 'It is as you see it now'}.`;

export async function move(job: Job, to: JobState): Promise<void> {
  if (job.state === to) return;
  const action = wayTo(job.state, to);
  if (!action) {
    say(refusal(job.state, to));
    return;
  }
  jobs.value = new Map(jobs.peek()).set(job.job_id, { ...job, state: to });
  const back = (): void => {
    const now = jobs.peek().get(job.job_id);
    if (now?.version === job.version) jobs.value = new Map(jobs.peek()).set(job.job_id, job);
  };
  try {
    const { job: now, was } = await change(job, { action });
    if (was) {
      put(now);
      say(changedWords(was, now));
    }
  } catch (e) {
    back();
    oops(e);
  }
}
