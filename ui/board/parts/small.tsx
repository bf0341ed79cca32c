// ui/board/parts/small.tsx - words, numbers, instants and marks as they stand in a line.
import { useComputed, type ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { nameOf, plainName, pretty } from '../lib/number';
import { fullTime, lasted, ms, now, shortWhen } from '../lib/time';
import { say } from './told';

// Text of strangers: its direction is its own, and no letter of it leaves its box.
export function Words({ children, class: c }: { children: string | null | undefined; class?: string }) {
  return <bdi class={c ?? ''} dir="auto">{children}</bdi>;
}

// A customer: the name, or the number for reading. A number is copied as E.164 by a press.
export function Phone({ number, name, both }: { number: string | null | undefined; name?: string | null; both?: boolean }) {
  const copied = (): void => {
    void navigator.clipboard?.writeText(number ?? '').then(() => say(`${number} copied`), () => say(number ?? ''));
  };
  const shown = number ? <button type="button" class="number" title={`Copy ${number}`} onClick={(e) => { e.stopPropagation(); e.preventDefault(); copied(); }}>{pretty(number)}</button> : <span>No number</span>;
  if (!name || !plainName(name)) return shown;
  return both ? <><Words class="named">{plainName(name)}</Words> {shown}</> : <Words class="named">{nameOf(name, number)}</Words>;
}

// How long it has been since `since`, or is until `until`; it alone changes with the clock.
export function Clock({ since, until, class: c }: { since?: string | null; until?: string | null; class?: string }) {
  const text = useComputed(() => lasted(until ? ms(until) - now.value : now.value - ms(since)));
  return <span class={`figures ${c ?? ''}`}>{text as ReadonlySignal<string>}</span>;
}
// An instant of the past, short; whole when pointed at.
export function When({ at }: { at: string | null | undefined }) {
  return at ? <time dateTime={at} title={fullTime(at)}>{shortWhen(at)}</time> : null;
}

// A job's id: with the word where the id does not say it.
export function JobId({ id }: { id: string }) {
  return <>{/^job/i.test(id) ? '' : 'Job '}<Words>{id}</Words></>;
}

export function Chip({ children, tone = 'plain' }: { children: ComponentChildren; tone?: 'plain' | 'good' | 'warn' | 'bad' | 'accent' }) {
  return <span class={`chip ${tone}`}>{children}</span>;
}
export function Count({ n, tone = 'accent', label }: { n: number; tone?: 'accent' | 'bad' | 'mute'; label?: string }) {
  return n > 0 ? <span class={`count ${tone}`} {...(label ? { 'aria-label': `${n} ${label}` } : {})}>{n > 999 ? '999+' : n}</span> : null;
}
export function Avatar({ name }: { name: string }) {
  const words = plainName(name).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const text = words.length ? [...words.slice(0, 2)].map((w) => [...w][0]).join('').toUpperCase() : '?';
  return <span class="avatar" aria-hidden="true">{text}</span>;
}

export function Segmented<T extends string>({ label, value, set, options }: {
  label: string; value: T; set: (value: T) => void; options: readonly (readonly [T, ComponentChildren])[];
}) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map(([key, words]) => <button key={key} type="button" aria-pressed={key === value} onClick={() => set(key)}>{words}</button>)}
    </div>
  );
}
