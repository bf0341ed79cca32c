// ui/board/duty/difference.tsx - what an edit changes and what is wrong with it, for people.
import { pretty } from '../lib/number';
import { operatorName } from '../lib/people';
import { dayTime } from '../lib/time';
import type { Difference, Mistake, Warning } from './model';

const LONG = 240;
const nouns: Record<string, string> = { dispatchers: 'operator', chains: 'chain', overrides: 'override', lines: 'line', rotations: 'rotation', fallback_chain: 'fallback chain' };

// "chains.dispatch[0].ring_seconds": chain dispatch, step 1, ring seconds.
export function placeWords(path: string): string {
  const parts = path.split(/[.[\]/]+/).filter(Boolean);
  const steps = parts[0] === 'chains' ? 2 : parts[0] === 'fallback_chain' ? 1 : -1;
  let words = '';
  parts.forEach((part, i) => {
    const number = /^\d+$/.test(part) ? Number(part) + 1 : 0;
    const word = i === 0 ? (nouns[part] ?? part) : part.startsWith('+') ? pretty(part) : number ? (i === steps ? `step ${number}` : String(number)) : part;
    words += i === 0 ? word : i === 1 && nouns[parts[0]!] && i !== steps ? ` ${word}` : `, ${word}`;
  });
  return words.replace(/_/g, ' ') || 'the whole document';
}

export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(valueWords).join(', ') || 'nothing';
  if (typeof value === 'object') {
    return Object.entries(value).filter(([, v]) => v !== null).map(([k, v]) => (
      k === 'on' ? (v ? 'on duty' : 'off duty') : `${k.replace(/_/g, ' ')} ${/^(operators?|instead_of)$/.test(k) ? [v].flat().map((id) => operatorName(String(id))).join(', ') : valueWords(v)}`
    )).join('; ');
  }
  const text = String(value);
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? dayTime(text) : text;
}

const has = (value: unknown): boolean => value !== null && value !== undefined;
const short = (value: unknown): string => {
  const words = valueWords(value);
  return words.length > LONG ? `${words.slice(0, LONG)}…` : words;
};

export function Differences({ items }: { items: Difference[] }) {
  return (
    <ul class="duty-diff">
      {items.map((d, i) => (
        <li key={i}>
          <strong><bdi>{placeWords(d.path)}</bdi></strong>
          {d.change === 'moved' ? <ins>from place {short(d.before)} to {short(d.after)}</ins>
            : <>{has(d.before) && <del><bdi>{short(d.before)}</bdi></del>}{has(d.after) ? <ins><bdi>{short(d.after)}</bdi></ins> : <ins>taken away</ins>}</>}
        </li>
      ))}
    </ul>
  );
}

export function Mistakes({ items }: { items: Mistake[] }) {
  return (
    <ul class="duty-mistakes" role="alert">
      {items.map((m, i) => (
        <li key={i}>
          {(m.path || (m.line ?? 0) > 1) && <b><bdi>{m.path ? placeWords(m.path) : ''}</bdi>{(m.line ?? 0) > 1 && ` line ${m.line}`}: </b>}
          <bdi>{m.message}</bdi> {m.help}
        </li>
      ))}
    </ul>
  );
}

// What the edit brings with it and no mistake: nobody on duty, a step that is never reached.
export function Warnings({ items }: { items: Warning[] }) {
  return items.length > 0 ? <ul class="duty-warn" role="status">{items.map((w) => <li key={w.path + w.message}><b><bdi>{placeWords(w.path)}</bdi></b>: <bdi>{w.message}</bdi></li>)}</ul> : null;
}
