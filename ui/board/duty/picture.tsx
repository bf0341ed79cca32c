// ui/board/duty/picture.tsx - the week as a picture: a row for each operator, a column for each
// day, and in the first row where nobody is. One draws along a row for an override, and moves a
// stretch to another's row (or chooses the row by the arrow keys) for a swap.
import { useRef, useState } from 'preact/hooks';
import { localOf } from '../lib/local';
import { clockTime, dayName, now } from '../lib/time';
import type { Draft } from './override';
import { hours, isOn, reasonWords, spanWords, type Chosen, type Week } from './words';
import { instantAt, placeOf, stretched, type Day, type Stretch } from './week';

const DRAWN_PX = 5; // less is a click
const WIDE = 0.06, SOME = 0.045; // shares of the week that have room for words, for times

interface Held {
  row: string; // the operator in whose row it began
  shift: Stretch | null; // null: one draws along the row
  x: number;
  share: number;
  to: string; // the row it is over
  end: number; // share
  isDrawn: boolean;
}
const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

export function Picture({ week, days, acts, choose, begin }: {
  week: Week; days: Day[]; acts: boolean; choose: (c: Chosen) => void; begin: (d: Draft) => void;
}) {
  const grid = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState<Held | null>(null);
  const [target, setTarget] = useState<{ row: string; a: number; to: string } | null>(null); // by keys
  const first = days[0]!.from, last = days[days.length - 1]!.to;
  const place = (a: number, b: number) => ({ left: percent(placeOf(days, a)), width: percent(placeOf(days, b) - placeOf(days, a)) });
  const nameOf = (id: string): string => week.operators.find((o) => o.operator === id)?.name ?? id;

  const shareAt = (x: number): number => {
    const track = grid.current!.querySelector('.duty-track')!.getBoundingClientRect();
    return Math.min(1, Math.max(0, (x - track.left) / track.width));
  };
  const swap = (shift: Stretch, from: string, to: string): void =>
    begin({ what: 'swap', operator: to, instead_of: from, from: localOf(Math.max(shift.a, first)), to: localOf(Math.min(shift.b, last)) });

  const down = (e: PointerEvent, row: string, shift: Stretch | null): void => {
    if (!acts || e.button || e.pointerType === 'touch') return;
    e.stopPropagation();
    grid.current!.setPointerCapture(e.pointerId);
    setHeld({ row, shift, x: e.clientX, share: shareAt(e.clientX), to: row, end: shareAt(e.clientX), isDrawn: false });
  };
  const move = (e: PointerEvent): void => {
    if (!held) return;
    const over = (document.elementFromPoint(e.clientX, e.clientY)?.closest('[data-row]') as HTMLElement | null)?.dataset['row'];
    setHeld({ ...held, to: over ?? held.to, end: shareAt(e.clientX), isDrawn: held.isDrawn || Math.abs(e.clientX - held.x) > DRAWN_PX || (!!over && over !== held.row) });
  };
  const up = (): void => {
    if (!held) return;
    setHeld(null);
    if (held.shift) {
      if (held.isDrawn && held.to !== held.row) swap(held.shift, held.row, held.to);
      else if (!held.isDrawn) choose({ operator: held.row, name: nameOf(held.row), shift: held.shift });
    } else if (held.isDrawn) {
      const [a, b] = [held.share, held.end].sort((x, y) => x - y) as [number, number];
      begin({ what: 'on', operator: held.row, instead_of: '', from: localOf(instantAt(days, a)), to: localOf(instantAt(days, b)) });
    }
  };
  const keys = (e: KeyboardEvent, row: string, shift: Stretch): void => {
    const isMine = target?.row === row && target.a === shift.a;
    if (e.key === 'Escape' && isMine) setTarget(null);
    else if (e.key === 'Enter' && isMine && target.to !== row) {
      setTarget(null);
      swap(shift, row, target.to);
    } else if (acts && isOn(shift.reason) && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
      const rows = week.operators.map((o) => o.operator);
      const at = rows.indexOf(isMine ? target.to : row) + (e.key === 'ArrowDown' ? 1 : -1);
      setTarget({ row, a: shift.a, to: rows[(at + rows.length) % rows.length]! });
    } else if (e.key === 'ArrowLeft' || e.key === 'ArrowRight') {
      const all = [...grid.current!.querySelectorAll<HTMLElement>('.duty-stretch')];
      all[all.indexOf(e.currentTarget as HTMLElement) + (e.key === 'ArrowLeft' ? -1 : 1)]?.focus();
    } else return;
    e.preventDefault();
    e.stopPropagation();
  };

  const aimed = target && week.operators.find((o) => o.operator === target.row)?.shifts.map(stretched).find((s) => s.a === target.a);
  const ghost = held?.isDrawn
    ? held.shift
      ? held.to !== held.row ? { row: held.to, ...place(held.shift.a, held.shift.b), words: `instead of ${nameOf(held.row)}` } : null
      : { row: held.row, left: percent(Math.min(held.share, held.end)), width: percent(Math.abs(held.end - held.share)),
        words: [held.share, held.end].sort((x, y) => x - y).map((s) => clockTime(instantAt(days, s))).join('–') }
    : target && aimed && target.to !== target.row ? { row: target.to, ...place(aimed.a, aimed.b), words: `instead of ${nameOf(target.row)}` } : null;

  return (
    <div class="duty-picture" ref={grid} onPointerMove={move} onPointerUp={up} onPointerCancel={() => setHeld(null)}>
      <div class="duty-row duty-head" aria-hidden="true">
        <span />
        <div class="duty-days">{days.map((d) => (
          <span key={d.date} class={now.value >= d.from && now.value < d.to ? 'duty-today' : ''}>
            {dayName(d.from)}{d.to - d.from !== 86400000 && <small> {(d.to - d.from) / 3600000} h</small>}
          </span>
        ))}</div>
      </div>
      {week.gaps.length > 0 && (
        <div class="duty-row duty-nobody-row" role="group" aria-label="Nobody is on duty">
          <b>Nobody</b>
          <div class="duty-track">{week.gaps.map((g) => {
            const a = Math.max(Date.parse(g.from), first), b = Math.min(g.to ? Date.parse(g.to) : last, last);
            return <span key={g.from} class="duty-nobody" role="img" aria-label={spanWords(a, b)} title={spanWords(a, b)} style={place(a, b)}>{placeOf(days, b) - placeOf(days, a) > WIDE && 'nobody'}</span>;
          })}</div>
        </div>
      )}
      {week.operators.map((o) => (
        <div key={o.operator} class="duty-row" role="group" aria-label={o.name} data-row={o.operator}>
          {acts
            ? <button type="button" class="duty-name" aria-label={`Add an override for ${o.name}`} onClick={() => begin({ what: 'on', operator: o.operator, instead_of: '', from: localOf(Math.max(now.value, first)), to: localOf(Math.max(now.value, first) + 14400000) })}><bdi>{o.name}</bdi></button>
            : <span class="duty-name"><bdi>{o.name}</bdi></span>}
          <div class={acts ? 'duty-track duty-drawn' : 'duty-track'} onPointerDown={(e) => down(e, o.operator, null)}>
            {o.shifts.map(stretched).map((s) => {
              const a = Math.max(s.a, first), b = Math.min(s.b, last);
              const share = placeOf(days, b) - placeOf(days, a);
              return (
                <button key={s.from + s.reason} type="button" class={`duty-stretch duty-is-${s.reason}`} style={place(a, b)} title={`${spanWords(s.a, s.b)}: ${reasonWords(s.reason)}`}
                  onPointerDown={(e) => down(e, o.operator, s)} onKeyDown={(e) => keys(e, o.operator, s)}
                  onClick={(e) => { if (!acts || !e.detail || (e as unknown as PointerEvent).pointerType === 'touch') choose({ operator: o.operator, name: o.name, shift: s }); }}>
                  <span class="hush">{o.name}, {spanWords(s.a, s.b)}, {reasonWords(s.reason)}</span>
                  {share > SOME && <span aria-hidden="true">{s.a <= first && s.b >= last ? 'all week' : hours(s.a, s.b)}</span>}{share > WIDE && s.reason !== 'on_duty' && <small aria-hidden="true">{reasonWords(s.reason)}</small>}
                </button>
              );
            })}
            {ghost?.row === o.operator && <span class="duty-ghost" style={{ left: ghost.left, width: ghost.width }}>{ghost.words}</span>}
          </div>
        </div>
      ))}
      {now.value >= first && now.value < last && <div class="duty-now" aria-hidden="true"><i style={{ left: percent(placeOf(days, now.value)) }} /></div>}
      <p class="hush" aria-live="polite">{target && aimed ? (target.to === target.row ? '' : `${nameOf(target.to)} instead of ${nameOf(target.row)}, ${spanWords(aimed.a, aimed.b)}. Enter to go on, Escape to leave it.`) : ''}</p>
    </div>
  );
}
