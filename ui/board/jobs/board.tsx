// ui/board/jobs/board.tsx - the columns, and how a card goes from one to another: by dragging, by
// keys, by its menu. What docs/states.md does not allow is not offered.
import { signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { nameOf, pretty } from '../lib/number';
import { operatorName } from '../lib/people';
import { link } from '../lib/route';
import type { Job, JobState } from '../lib/rows';
import { may } from '../lib/session';
import { inWords, ms, now } from '../lib/time';
import { Button, Chip, Dialog, Empty, Failed, Loading, Menu, Rows, When, Words } from '../parts';
import { EXCEPTIONS, movesOf, refusal, STATE_WORDS, STATES, wayTo } from './moves';
import { columns, countOf, inState, jobs, load, move } from './store';

const CARD_PX = 104;
const LONG_PRESS_MS = 350;
const DRAG_PX = 6;
const EDGE_PX = 48;

interface Held { job: Job; to: JobState | undefined; x: number; y: number; byKey: boolean }
const held = signal<Held | undefined>(undefined); // the card that somebody has in hand
const cancels = signal<Job | undefined>(undefined); // who cancels is asked once more: people are told
const said = signal(''); // for screen readers

function drop(job: Job, to: JobState | undefined): void {
  held.value = undefined;
  if (!to || to === job.state) return;
  if (to === 'cancelled') cancels.value = job;
  else {
    said.value = wayTo(job.state, to) ? `${job.title || job.job_id}: ${STATE_WORDS[to]}` : '';
    void move(job, to);
  }
}

export function Cancelling() {
  const job = cancels.value;
  if (!job) return null;
  const close = (): void => { cancels.value = undefined; };
  return (
    <Dialog title={`Cancel job ${job.job_id}?`} close={close} foot={<><Button press={close}>Keep it</Button><Button kind="danger" press={() => { close(); return move(job, 'cancelled'); }}>Cancel the job</Button></>}>
      <p>The crew is told by text{job.started_at ? ', and so are the stakeholders, because it had started' : ''}.</p>
    </Dialog>
  );
}

export const moveChoices = (job: Job) => movesOf(job.state).map((m) => ({ words: m.words, danger: m.to === 'cancelled', press: () => drop(job, m.to) }));

// Who has it, or whose turn it is.
export function holderWords(job: Job): string {
  const of = (who: string | null): string => job.crew?.find((p) => p.phone === who)?.name || (who?.startsWith('+') ? pretty(who) : operatorName(who));
  if (job.claimed_by) return of(job.claimed_by);
  if (job.handed_to) return `${of(job.handed_to)}, asked`;
  const crew = (job.crew ?? []).map((p) => p.name || pretty(p.phone)).join(', ');
  return job.state === 'assigned' && crew ? `${crew}, asked` : crew || operatorName(job.operator) || 'Nobody yet';
}
const since = (j: Job): string | null => ({ pending: j.created_at, assigned: j.assigned_at, 'in-progress': j.started_at, completed: j.completed_at, cancelled: j.cancelled_at })[j.state] ?? j.changed_at;

// ---- dragging ----

const stateAt = (x: number, y: number): JobState | undefined =>
  document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-state]')?.dataset['state'] as JobState | undefined;

// A mouse takes a card by moving it, a finger by resting on it: a finger that moves scrolls.
function startDrag(e: PointerEvent & { currentTarget: HTMLElement }, job: Job): void {
  if (e.button || (e.target as Element).closest('.menu')) return;
  const card = e.currentTarget;
  const { pointerId, clientX, clientY } = e;
  const touch = e.pointerType !== 'mouse';
  let on = false;
  let timer = 0;
  const begin = (x: number, y: number): void => {
    on = true;
    card.setPointerCapture?.(pointerId);
    held.value = { job, to: undefined, x, y, byKey: false };
  };
  const onMove = (m: PointerEvent): void => {
    if (m.pointerId !== pointerId) return;
    const far = Math.hypot(m.clientX - clientX, m.clientY - clientY) > DRAG_PX;
    if (!on && touch && far) end();
    else if (!on && far) begin(m.clientX, m.clientY);
    if (!on) return;
    const board = card.closest('.jobs-columns');
    if (board) board.scrollLeft += m.clientX > innerWidth - EDGE_PX ? 12 : m.clientX < EDGE_PX ? -12 : 0;
    held.value = { job, to: stateAt(m.clientX, m.clientY), x: m.clientX, y: m.clientY, byKey: false };
  };
  const hold = (t: Event): void => { if (on) t.preventDefault(); };
  const noClick = (c: Event): void => { c.preventDefault(); c.stopPropagation(); };
  const end = (u?: PointerEvent): void => {
    clearTimeout(timer);
    for (const [name, f] of [['pointermove', onMove], ['pointerup', end], ['pointercancel', quit]] as const) removeEventListener(name, f as EventListener);
    removeEventListener('touchmove', hold);
    removeEventListener('contextmenu', hold);
    removeEventListener('keydown', onKey, true);
    if (!on) return;
    addEventListener('click', noClick, { capture: true, once: true });
    setTimeout(() => removeEventListener('click', noClick, true));
    const h = held.value;
    if (u && h) drop(job, h.to);
    held.value = undefined;
  };
  const quit = (): void => end();
  const onKey = (k: KeyboardEvent): void => { if (k.key === 'Escape' && on) { k.stopPropagation(); end(); } };
  addEventListener('pointermove', onMove);
  addEventListener('pointerup', end);
  addEventListener('pointercancel', quit);
  addEventListener('touchmove', hold, { passive: false });
  addEventListener('contextmenu', hold);
  addEventListener('keydown', onKey, true);
  if (touch) timer = window.setTimeout(() => { navigator.vibrate?.(10); begin(clientX, clientY); }, LONG_PRESS_MS);
}

// ---- keys ----

function focusNear(card: HTMLElement, key: string): void {
  const column = card.closest<HTMLElement>('.jobs-column')!;
  const cards = (of: Element | null): HTMLElement[] => [...(of?.querySelectorAll<HTMLElement>('.jobs-card a') ?? [])];
  const mine = cards(column), at = mine.indexOf(document.activeElement as HTMLElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (step) {
    mine[at + step]?.focus();
    return;
  }
  for (let c: Element | null = column; (c = key === 'ArrowRight' ? c.nextElementSibling : c.previousElementSibling);) {
    const there = cards(c);
    if (!there.length) continue;
    there[Math.min(at, there.length - 1)]!.focus();
    return;
  }
}

function onKey(e: KeyboardEvent & { currentTarget: HTMLElement }, job: Job): void {
  if ((e.target as Element).closest('.menu')) return;
  const h = held.value?.byKey && held.value.job.job_id === job.job_id ? held.value : undefined;
  const arrow = e.key.startsWith('Arrow');
  if (!h && arrow) focusNear(e.currentTarget, e.key);
  else if (!h && e.key === ' ' && may('dispatcher')) {
    held.value = { job, to: job.state, x: 0, y: 0, byKey: true };
    said.value = `Taken. Left and right choose among ${movesOf(job.state).map((m) => STATE_WORDS[m.to]).join(', ')}; Enter drops, Escape puts it back.`;
  } else if (h && (e.key === 'ArrowLeft' || e.key === 'ArrowRight')) {
    const can = STATES.filter((s) => s === job.state || wayTo(job.state, s));
    const to = can[can.indexOf(h.to!) + (e.key === 'ArrowRight' ? 1 : -1)];
    if (to) {
      held.value = { ...h, to };
      said.value = STATE_WORDS[to];
      document.querySelector(`.jobs-column[data-state="${to}"]`)?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
    }
  } else if (h && (e.key === 'Enter' || e.key === ' ')) drop(job, h.to);
  else if (h && e.key === 'Escape') {
    held.value = undefined;
    said.value = 'Put back';
    e.stopPropagation();
  } else if (!h) return;
  e.preventDefault();
}

// ---- what is seen ----

const Since = ({ job }: { job: Job }) => (since(job) ? <span class="figures">{inWords(now.value - ms(since(job)))}</span> : null);

function Card({ job }: { job: Job }) {
  const taken = held.value?.job.job_id === job.job_id;
  const acts = may('dispatcher');
  const over = job.state === 'completed' || job.state === 'cancelled';
  return (
    <article class={`jobs-card ${taken ? 'taken' : ''} ${job.exception && !over ? 'loud' : ''}`} onKeyDown={(e) => onKey(e, job)}
      onPointerDown={acts ? (e) => startDrag(e, job) : undefined}>
      <a href={link('jobs', [job.job_id])} draggable={false} {...(acts ? { 'aria-description': 'Space takes it, to be moved by the arrows' } : {})}><Words>{job.title || `Job ${job.job_id}`}</Words></a>
      {acts && <Menu icon="more" label={`Move job ${job.job_id}`} side="end" kind="quiet" choices={moveChoices(job)} />}
      {(job.customer_name || job.customer_phone) && <p class="jobs-customer"><Words>{nameOf(job.customer_name, job.customer_phone)}</Words></p>}
      {job.exception && !over && <p class="jobs-wrong">{EXCEPTIONS[job.exception] ?? job.exception}</p>}
      <p class="jobs-foot"><span><Words>{over && !job.claimed_by ? '' : holderWords(job)}</Words></span>{(job.priority === 'urgent' || job.priority === 'high') && !over && <Chip tone={job.priority === 'urgent' ? 'bad' : 'warn'}>{job.priority}</Chip>}{over ? <When at={since(job)} /> : <Since job={job} />}</p>
    </article>
  );
}

function ColumnView({ state, here }: { state: JobState; here: boolean }) {
  const box = useRef<HTMLElement>(null);
  const column = columns.value[state];
  const rows = inState(jobs.value, state);
  useEffect(() => { // what is over is loaded once it is looked at
    if (column.state !== 'none') return undefined;
    const seen = new IntersectionObserver((is) => { if (is.some((i) => i.isIntersecting)) void load(state); });
    seen.observe(box.current!);
    return () => seen.disconnect();
  }, [column.state, here]);
  const h = held.value;
  const can = h && h.job.state !== state ? (wayTo(h.job.state, state) ? 'can' : 'cannot') : '';
  return (
    <section ref={box} class={`jobs-column ${here ? 'here' : ''} ${can} ${h?.to === state && h.job.state !== state ? 'aimed' : ''}`} data-state={state} aria-label={STATE_WORDS[state]}>
      <h2>{STATE_WORDS[state]} {countOf(state) !== null && <small class="figures">{countOf(state)}</small>}</h2>
      {h && can === 'cannot' && h.to === state && !h.byKey && <p class="jobs-why">{refusal(h.job.state, state)}</p>}
      <div class="jobs-list">
        {rows.length ? <Rows items={rows} id={(j) => j.job_id} guess={CARD_PX} label={STATE_WORDS[state]} end={() => void load(state)} row={(j) => <Card job={j} />} />
          : column.state === 'failed' ? <Failed error={column.trouble} again={() => load(state, true)} />
            : column.state === 'ready' ? <Empty title="None" /> : <Loading rows={3} label={`Loading ${STATE_WORDS[state]}`} />}
      </div>
    </section>
  );
}

export function Columns() {
  const shown = useSignal<JobState>('pending');
  const h = held.value;
  return (
    <>
      <div class="segments jobs-tabs" role="group" aria-label="Which jobs">
        {STATES.map((s) => <button key={s} type="button" data-state={s} aria-pressed={s === shown.value} class={h && h.job.state !== s ? (wayTo(h.job.state, s) ? `can ${h.to === s ? 'aimed' : ''}` : 'cannot') : ''} onClick={() => { shown.value = s; }}>{STATE_WORDS[s]}{STATES.indexOf(s) < 3 && <small>{countOf(s) || ''}</small>}</button>)}
      </div>
      <div class="jobs-columns">{STATES.map((s) => <ColumnView key={s} state={s} here={s === shown.value} />)}</div>
      {h && !h.byKey && <div class="jobs-ghost" style={{ left: `${h.x}px`, top: `${h.y}px` }}><Words>{h.job.title || `Job ${h.job.job_id}`}</Words></div>}
      <p class="hush" role="status">{said.value}</p>
    </>
  );
}
