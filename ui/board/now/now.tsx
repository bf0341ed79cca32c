// ui/board/now/now.tsx - what one sees all night: who rings, who waits, who is on duty, how it is.
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { boardError, boardState, calls, loadBoard, rehearsal, waiting } from '../lib/board';
import { pretty } from '../lib/number';
import { lines } from '../lib/people';
import { Chip, Count, Empty, Failed, Loading, Rows } from '../parts';
import { CallCard } from './call';
import './now.css';
import { RelayCard } from './relay';
import { Side, StateLine } from './side';

interface Item {
  kind: 'calls' | 'waiting' | 'call' | 'relay';
  id: string;
}
const GUESS: Record<Item['kind'], number> = { calls: 40, waiting: 40, call: 196, relay: 168 };

function AllAnswered() {
  const line = lines.value[0]?.number;
  return (
    <Empty icon="check" title="All is answered">
      <p>No call rings and no text waits. What comes in appears here by itself.</p>
      {rehearsal.value && (
        <div class="now-try card">
          <b>Try it</b>
          <p>Open <a href={rehearsal.value} target="_blank" rel="noopener">the simulated phones</a>{line ? <> and text or call the line {pretty(line)} from the customer’s</> : null}. The call climbs the ladder here, second by second; the text waits here with its clock until somebody has it.</p>
        </div>
      )}
    </Empty>
  );
}

// What rings or waits anew is said once to whoever reads by ear.
function Herald() {
  const said = useComputed(() => {
    const call = calls.rows.get(calls.ids.value.at(-1) ?? '')?.value;
    const n = waiting.ids.value.length;
    const rung = call?.plan?.find((r) => r.state === 'told');
    return [call && call.state === 'ringing' ? `A call from ${call.customer_name ?? pretty(call.customer_phone)} rings${rung ? ` ${rung.name}` : ''}.` : '', n ? `${n} wait.` : ''].join(' ');
  });
  return <p class="hush" aria-live="polite">{said}</p>;
}

const ACTS: Record<string, string> = { a: '.now-ack', p: '.now-pass', r: '.now-write', c: '.now-call-back button' };
function useCardKeys(): (e: KeyboardEvent) => void {
  return (e) => {
    const target = e.target as HTMLElement;
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('.menu.open')) return;
    const card = target.closest<HTMLElement>('.now-card');
    const cards = [...document.querySelectorAll<HTMLElement>('.now-card')];
    const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
    if (step) {
      const next = card ? cards[cards.indexOf(card) + step] : cards[0];
      next?.focus();
      next?.scrollIntoView({ block: 'nearest' });
      e.preventDefault();
      return;
    }
    const act = ACTS[e.key] ?? (e.key === 'Enter' && target === card ? '.now-open' : '');
    const button = act ? card?.querySelector<HTMLElement>(act) : null;
    if (!button) return;
    e.preventDefault();
    button.click();
  };
}

export function Now() {
  const wide = useSignal(matchMedia('(min-width: 1000px)').matches);
  const box = useRef<HTMLElement>(null);
  const keys = useCardKeys();
  useEffect(() => {
    const query = matchMedia('(min-width: 1000px)');
    const change = (): void => { wide.value = query.matches; };
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  useEffect(() => { // the arrows work without a press on the page first
    const onKey = (e: KeyboardEvent): void => {
      if ((e.target === document.body || e.target === document.getElementById('main')) && !document.querySelector('dialog[open]')) keys(e);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const items = useComputed<Item[]>(() => {
    const ringing = calls.ids.value, texts = waiting.ids.value;
    return [
      ...(ringing.length ? [{ kind: 'calls' as const, id: 'calls' }] : []),
      ...ringing.map((id) => ({ kind: 'call' as const, id })),
      ...(texts.length ? [{ kind: 'waiting' as const, id: 'waiting' }] : []),
      ...texts.map((id) => ({ kind: 'relay' as const, id })),
    ];
  });
  const row = (item: Item) => {
    if (item.kind === 'calls') return <h2 class="now-head">Calls <Count n={calls.ids.value.length} tone="mute" /></h2>;
    if (item.kind === 'waiting') return <h2 class="now-head">Waiting <Count n={waiting.ids.value.length} tone="mute" />{waiting.ids.value.length >= 1000 ? <Chip tone="warn">the newest 1,000</Chip> : null}</h2>;
    const held = item.kind === 'call' ? calls.rows.get(item.id) : waiting.rows.get(item.id);
    if (!held) return null;
    return item.kind === 'call' ? <CallCard row={calls.rows.get(item.id)!} /> : <RelayCard row={waiting.rows.get(item.id)!} />;
  };
  if (boardState.value !== 'ready' && !items.value.length)
    return <section class="page">{boardState.value === 'failed' ? <Failed error={boardError.value} again={loadBoard} /> : <Loading label="Loading the board" />}</section>;
  const list = items.value.length ? <Rows items={items.value} id={(i) => i.id} guess={(i) => GUESS[i.kind]} row={row} label="Calls and what waits" /> : <AllAnswered />;
  return (
    <section ref={box} class={`page now ${wide.value ? 'now-wide' : ''}`} onKeyDown={keys}>
      <Herald />
      <div class="now-list"><StateLine />{list}{!wide.value && <Side />}</div>
      {wide.value && <aside class="now-aside" aria-label="Duty and health"><Side /></aside>}
    </section>
  );
}
