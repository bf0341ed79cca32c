// ui/board/log/log.tsx - every event, newest first and live; to be narrowed, taken out, verified.
import { signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { address, get, tenant, why } from '../lib/api';
import { operatorName, operators } from '../lib/people';
import { go, link, route } from '../lib/route';
import type { Event, List } from '../lib/rows';
import { isLive, onChange, onReload } from '../lib/stream';
import { instantOf } from '../lib/local';
import { dayName, dayTime, fullTime, isoDay, secondTime, zoneName } from '../lib/time';
import { Button, Chip, Dialog, Empty, Failed, Field, Icon, Loading, Rows, Segmented, Select, Words } from '../parts';
import { byWhom, kindWords } from './words';
import './log.css';

const PAGE = 100;
const ROW_PX = 56;
const TYPED_MS = 250;
const TOP_PX = 40;

interface Asked { kind: string; alarm: string; operator: string; from: string; to: string; q: string; thread: string }
const NOTHING: Asked = { kind: '', alarm: '', operator: '', from: '', to: '', q: '', thread: '' };
const GROUPS = { 'call.': 'Calls', 'text.': 'Texts', 'relay.': 'Relays', 'thread.': 'Threads', 'job.': 'Jobs', 'duty.': 'Duty', 'operator.': 'Operators', 'roster.': 'Roster', 'user.': 'Users', 'token.': 'Tokens' };

const rows = signal<readonly Event[]>([]);
const held = signal<readonly Event[]>([]); // came while somebody reads further down
const state = signal<'loading' | 'ready' | 'failed'>('loading');
const trouble = signal<unknown>(undefined);
let next: string | null = null;
let running: AbortController | undefined;
let timer = 0;

const asked = (): Asked => Object.fromEntries(Object.keys(NOTHING).map((k) => [k, route.peek().query.get(k) ?? ''])) as unknown as Asked;
const isoOf = (local: string): string => (local ? new Date(instantOf(local)).toISOString() : '');
const range = (a: Asked): { from: string; to: string } => ({ from: isoOf(a.from), to: isoOf(a.to) });

async function load(from: string | null): Promise<void> {
  running?.abort();
  const mine = (running = new AbortController());
  const a = asked();
  try {
    const page = await get<List<Event>>('events', { ...a, ...range(a), limit: PAGE, after: from }, mine.signal);
    rows.value = from ? [...rows.peek(), ...page.items] : page.items;
    if (!from) held.value = [];
    next = page.next;
    state.value = 'ready';
  } catch (e) {
    if (mine.signal.aborted) return;
    trouble.value = e;
    if (!from) state.value = 'failed';
  } finally {
    if (running === mine) running = undefined;
  }
}
const more = (): void => { if (next && !running) void load(next); };

function fits(e: Event, a: Asked): boolean {
  return (!a.kind || e.kind.startsWith(a.kind)) && (!a.alarm || e.is_alarm) && (!a.operator || e.operator === a.operator) && (!a.thread || e.thread_id === a.thread)
    && !a.to && (!a.q || `${e.kind} ${detailOf(e)}`.toLowerCase().includes(a.q.toLowerCase()));
}

const detailOf = (e: Event): string => (typeof e.detail === 'string' ? e.detail : e.detail ? JSON.stringify(e.detail) : '');

// What it is about: a call and a text stand in their thread, a job by itself.
const whereOf = (e: Event): string | undefined =>
  (e.thread_id ? link('threads', [e.thread_id]) : e.kind.startsWith('job.') && e.subject_id ? link('jobs', [e.subject_id]) : undefined);

function Line({ e, before }: { e: Event; before: Event | undefined }) {
  const where = whereOf(e);
  const detail = detailOf(e);
  const who = operatorName(e.operator) || byWhom(e.detail);
  const words = kindWords(e.kind, who);
  return (
    <div class={`log-line ${e.is_alarm ? 'alarm' : ''}`}>
      {(!before || isoDay(before.created_at) !== isoDay(e.created_at)) && <h2>{dayName(e.created_at)}</h2>}
      <time dateTime={e.created_at} title={`${fullTime(e.created_at)}\n${e.created_at} UTC`}>{secondTime(e.created_at)}</time>
      <p>
        <b><Words>{words}</Words></b>{e.is_alarm && <> <Chip tone="bad">alarm</Chip></>}
        {detail && <span class="log-detail"><Words>{detail}</Words></span>}
      </p>
      <small><span>{e.kind}</span>{who && !words.includes(who) && <Words>{who}</Words>}</small>
      {where && <a href={where} aria-label={`${words}: open ${e.thread_id ? 'its thread' : 'the job'}`}><Icon name="open" /></a>}
    </div>
  );
}

// ---- whether the chain is whole, and taking it out ----

interface Verified { is_whole: boolean; count: number; first_at: string | null; last_at: string | null; broken_at: string | null; words: string }

function Verdict({ v }: { v: Verified }) {
  const between = v.first_at ? ` from ${dayTime(v.first_at)} to ${dayTime(v.last_at)} ${zoneName.value}` : '';
  const one = v.count === 1;
  const words = v.words.charAt(0).toUpperCase() + v.words.slice(1);
  return (
    <div class={`log-verdict ${v.is_whole ? 'good' : 'broken'}`} role="status">
      <Icon name={v.is_whole ? 'check' : 'alarm'} />
      {!v.is_whole ? <p><b>Broken{v.broken_at && ` at ${fullTime(v.broken_at)}`}.</b> Of {v.count.toLocaleString('en-US')} events{between} not all stand as they were written. <Words>{words}</Words>.</p>
        : /^whole:/.test(v.words) ? <p><b>Whole.</b> {one ? 'The one event' : `All ${v.count.toLocaleString('en-US')} events`}{between} {one ? 'stands' : 'stand'} as written: none was changed, added or taken out.</p>
          : <p><Words>{words}</Words>.</p>}
    </div>
  );
}

function Export({ a, close }: { a: Asked; close: () => void }) {
  const from = useSignal(a.from);
  const to = useSignal(a.to);
  const format = useSignal<'jsonl' | 'csv'>('jsonl');
  const verdict = useSignal<Verified | undefined>(undefined);
  const wrong = useSignal('');
  const span = range({ ...NOTHING, from: from.value, to: to.value });
  const verify = async (): Promise<void> => {
    verdict.value = undefined;
    wrong.value = '';
    try {
      verdict.value = await get<Verified>('events/verify', span);
    } catch (e) {
      wrong.value = why(e);
    }
  };
  return (
    <Dialog title="Verify and export" close={close} foot={<>
      <Button press={verify}>Verify</Button>
      <a class="button strong" href={address('events/export', { ...span, format: format.value })} download><Icon name="download" /><span>Export</span></a>
    </>}>
      <p class="quiet">Each event is chained to the one before it, so that a change of what is on record shows.</p>
      <div class="log-span">
        <Field label={`From (${zoneName.value})`} type="datetime-local" value={from.value} set={(v) => { from.value = v; verdict.value = undefined; }} />
        <Field label={`Until (${zoneName.value})`} type="datetime-local" value={to.value} set={(v) => { to.value = v; verdict.value = undefined; }} />
      </div>
      <Segmented label="Format of the export" value={format.value} set={(v) => { format.value = v; }} options={[['jsonl', 'JSON lines'], ['csv', 'CSV']]} />
      {verdict.value && <Verdict v={verdict.value} />}
      {wrong.value && <p class="log-verdict broken" role="alert"><Icon name="alarm" />{wrong.value}</p>}
    </Dialog>
  );
}

// ---- the page ----

export function Log() {
  const a = (void route.value, asked());
  const exports = useSignal(false);
  const filters = useSignal(false); // in a hand they are shown on request
  const list = useRef<HTMLDivElement>(null);
  const query = route.value.query.toString();
  const narrowed = query !== '';
  useEffect(() => {
    clearTimeout(timer);
    running?.abort();
    timer = window.setTimeout(() => void load(null), state.peek() === 'loading' ? 0 : TYPED_MS);
  }, [query]);
  useEffect(() => {
    rows.value = held.value = [];
    state.value = 'loading';
    const ends = [
      onChange(({ event }) => {
        if (!event || state.peek() !== 'ready' || !fits(event, asked()) || [...held.peek(), ...rows.peek().slice(0, PAGE)].some((e) => e.id === event.id)) return;
        if ((list.current?.scrollTop ?? 0) > TOP_PX) held.value = [event, ...held.peek()];
        else rows.value = [event, ...rows.peek()];
      }),
      onReload(() => void load(null)),
    ];
    return () => { for (const end of ends) end(); };
  }, [tenant.value]);
  useEffect(() => { if (isLive.value && state.peek() === 'failed') void load(null); }, [isLive.value]);
  const show = (): void => {
    rows.value = [...held.peek(), ...rows.peek()];
    held.value = [];
    if (list.current) list.current.scrollTop = 0;
  };
  const set = (k: keyof Asked) => (v: string): void => go(link('log', [], { ...a, [k]: v }), true);
  return (
    <div class="log">
      <header>
        <div class="log-head"><h1>Log</h1><span class="log-acts"><Button class="narrow-only" icon="settings" pressed={filters.value} press={() => { filters.value = !filters.value; }}>Filter</Button><Button icon="check" press={() => { exports.value = true; }}>Verify, export</Button></span></div>
        <div class={`log-filter ${filters.value ? 'open' : ''}`} role="search">
          <Field label="Search the words of the log" hush type="search" placeholder="Search" value={a.q} set={set('q')} maxLength={100} autocomplete="off" />
          <Select label="Kind" hush value={a.kind} set={set('kind')} options={[['', 'Everything'], ...Object.entries(GROUPS)]} />
          <Select label="Operator" hush value={a.operator} set={set('operator')} options={[['', 'Anybody'], ...operators.value.map((o) => [o.id, o.name] as const)]} />
          <Button pressed={!!a.alarm} press={() => set('alarm')(a.alarm ? '' : '1')} icon="alarm">Alarms</Button>
          <Field label={`From, ${zoneName.value}`} hush type="datetime-local" value={a.from} set={set('from')} />
          <Field label={`Until, ${zoneName.value}`} hush type="datetime-local" value={a.to} set={set('to')} />
          {narrowed && <Button kind="quiet" icon="close" press={() => go(link('log'), true)}>Show all</Button>}
        </div>
      </header>
      {held.value.length > 0 && <button type="button" class="log-new" onClick={show}>{held.value.length} new above</button>}
      <div ref={list} class="log-list" tabIndex={0} role="region" aria-label="Events" onScroll={({ currentTarget: b }) => { if (b.scrollTop < TOP_PX / 2 && held.peek().length) show(); }}>
        {state.value === 'loading' ? <Loading rows={8} label="Loading the log" />
          : state.value === 'failed' ? <Failed error={trouble.value} again={() => { state.value = 'loading'; void load(null); }} />
            : rows.value.length ? <Rows items={rows.value} id={(e) => e.id} guess={ROW_PX} label="Events, newest first" end={more} row={(e, i) => <Line e={e} before={rows.value[i - 1]} />} />
              : narrowed ? <Empty icon="search" title="Nothing found">No event is so. Widen the time, or show all.</Empty>
                : <Empty icon="log" title="Nothing has happened yet">Each call, text and change leaves a line here.</Empty>}
      </div>
      {exports.value && <Export a={a} close={() => { exports.value = false; }} />}
    </div>
  );
}
