// ui/board/now/side.tsx - who is on duty now and next, and how carrier and machine are.
import { signal } from '@preact/signals';
import { alarms, duty, health } from '../lib/board';
import { pretty } from '../lib/number';
import { lines, operatorName } from '../lib/people';
import { link as to } from '../lib/route';
import type { Healthy, LineDuty, OnDuty } from '../lib/rows';
import { ms, now, soonWhen, zoneName } from '../lib/time';
import { Chip, Icon, When, Words } from '../parts';
import { reasonWords } from '../threads/words';

export function lineName(number: string): string {
  return lines.value.find((l) => l.number === number)?.name || pretty(number);
}

export function Open({ thread }: { thread: string }) {
  return <a class="round now-open" href={to('threads', [thread])} aria-label="Open the thread" title="Open the thread (Enter)"><Icon name="open" /></a>;
}

// Which line, where there are several.
export function ToLine({ number }: { number: string }) {
  return number && lines.value.length > 1 ? <> · to <Words>{lineName(number)}</Words></> : null;
}

const ORDINAL = ['first', 'second', 'third'];
function steps(people: readonly OnDuty[]): OnDuty[][] {
  const by = new Map<number, OnDuty[]>();
  for (const p of people) by.set(p.step, [...(by.get(p.step) ?? []), p]);
  return [...by.entries()].sort((a, b) => a[0] - b[0]).map(([, who]) => who);
}

const GAP_SHOWN_MS = 7 * 86400000;
function Line({ line }: { line: LineDuty }) {
  const gap = line.gap && ms(line.gap.from) - now.value < GAP_SHOWN_MS ? line.gap : null;
  const all = steps(line.now);
  return (
    <li class="now-line">
      <h3><Words>{lineName(line.line)}</Words> <small class="clip"><Words>{line.chain}</Words></small></h3>
      {all.length ? (
        <ol>
          {all.map((who, i) => who.map((p) => (
            <li key={p.operator}>
              <span class={`now-dot ${i ? '' : 'first'}`} aria-hidden="true" />
              <Words class="named">{p.name}</Words>
              <span class="quiet">{i ? (ORDINAL[i] ?? `${i + 1}th`) : 'now'}{p.until ? `, until ${soonWhen(p.until)}` : ''}{p.reason !== 'on_duty' ? `, ${reasonWords(p.reason)}` : ''}</span>
            </li>
          )))}
        </ol>
      ) : <p class="warn"><b>Nobody is on duty.</b></p>}
      {line.next && <p class="quiet">Next: <Words>{line.next.name}</Words> at {soonWhen(line.next.at)}</p>}
      {gap && <p><Chip tone="warn">Nobody {ms(gap.from) <= now.value ? 'now' : `from ${soonWhen(gap.from)}`}{gap.to ? ` to ${soonWhen(gap.to)}` : ''}</Chip></p>}
    </li>
  );
}

function Health() {
  const h = health.value;
  if (!h) return null;
  const rank = { bad: 0, warn: 1, ok: 2 };
  const all: Healthy[] = [...(h.items ?? [])].sort((a, b) => rank[a.state] - rank[b.state]);
  return (
    <details class={`now-health ${h.state}`}>
      <summary><span class={`now-dot ${h.state}`} aria-hidden="true" /><span class="grow">{h.state === 'ok' ? 'Carrier and machine are well' : h.words}</span></summary>
      <ul>{all.map((i) => <li key={i.name}><span class={`now-dot ${i.state}`} aria-hidden="true" /><b>{i.name.charAt(0).toUpperCase() + i.name.slice(1)}</b> <span class="quiet">{i.words}{i.since && i.state !== 'ok' ? <> since <When at={i.since} /></> : null}</span></li>)}</ul>
    </details>
  );
}

// The words of the log come with the log, or when they are wanted here.
const words = signal<((kind: string, name: string) => string) | null>(null);
const fetchWords = (): void => { if (!words.peek()) import('../log/words').then((log) => { words.value = log.kindWords; }, () => undefined); };

function Alarms() {
  const all = alarms.value;
  if (!all.length) return null;
  return (
    <details class="now-health" onToggle={fetchWords}>
      <summary><Icon name="alarm" /><span class="grow">{all.length === 1 ? '1 alarm' : `${all.length >= 20 ? '20 or more' : all.length} alarms`} in the last day</span></summary>
      <ul>{all.map((e) => (
        <li key={e.id}><When at={e.created_at} /> <span>{words.value?.(e.kind, operatorName(e.operator)) ?? e.kind}</span>{e.thread_id && <a href={to('threads', [e.thread_id])}>thread</a>}</li>
      ))}</ul>
      <a href={to('log', [], { alarm: '1' })}>All of them in the log</a>
    </details>
  );
}

// What is wrong is told above the list too.
export function StateLine() {
  const h = health.value;
  if (!h || h.state === 'ok') return null;
  return <p class={`now-state ${h.state}`} role="status"><Icon name="alarm" /><span>{h.words}</span></p>;
}

export function Side() {
  return (
    <>
      <section class="now-side card" aria-label="On duty">
        <h2>On duty <small>{zoneName.value}</small></h2>
        {duty.value.length ? <ul>{duty.value.map((d) => <Line key={d.line} line={d} />)}</ul> : <p class="quiet">No line is on the roster.</p>}
        <a href={to('duty')}>The week</a>
      </section>
      <section class="now-side card" aria-label="Health"><Health /><Alarms /></section>
    </>
  );
}
