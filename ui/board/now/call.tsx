// ui/board/now/call.tsx - a live call: its caller, and the ladder of people it climbs.
import { useComputed, type ReadonlySignal, type Signal } from '@preact/signals';
import { calls, isOver } from '../lib/board';
import { nameOf } from '../lib/number';
import { operatorName } from '../lib/people';
import { link as to } from '../lib/route';
import type { Call, Rung } from '../lib/rows';
import { ms, now } from '../lib/time';
import { Chip, Clock, Icon, JobId, Phone, Words } from '../parts';
import { callWords, reasonWords } from '../threads/words';
import { Open, ToLine } from './side';

const RINGS = ['told', 'reached'];
const PAST: Record<string, string> = { passed: 'passed it on', missed: 'did not answer', busy: 'busy', failed: 'not reached', accepted: 'took it' };

// What goes on, in one line.
function stateWords(call: Call): string {
  if (isOver(call)) return callWords(call, operatorName(call.accepted_by)).words;
  const rung = (call.plan ?? []).filter((r) => r.state === 'told');
  const hears = (call.plan ?? []).find((r) => r.state === 'reached');
  switch (call.state) {
    case 'accepted': return `${operatorName(call.accepted_by) || 'Somebody'} talks`;
    case 'voicemail': return 'Leaves a message';
    case 'closed': return 'Hears that nobody is on duty';
    case 'asked': return 'Is asked to press a key';
    case 'menu': return 'Calls the line: hears the menu';
    default: return hears ? `${hears.name} has picked up, and is asked to take it` : rung.length > 1 ? `${rung.length} phones ring` : rung[0] ? `${rung[0].name}’s phone rings` : 'Rings';
  }
}

// Seconds that a phone has rung, of how many; the bar moves with the clock alone.
function Ring({ call, rung }: { call: Call; rung: Rung }) {
  const from = ms(call.rang_at ?? call.started_at);
  const of = call.ring_s || rung.ring_seconds || 15; // what the wait has left of the rung's seconds
  const done = useComputed(() => Math.min(of, Math.max(0, Math.floor((now.value - from) / 1000))));
  const part = useComputed(() => done.value / of);
  return (
    <span class="now-ring">
      <span class="figures">{done as ReadonlySignal<number>} of {of} s</span>
      <span class="now-bar" aria-hidden="true"><Bar part={part} /></span>
    </span>
  );
}
// Scaled, not widened: what moves all night is the compositor's work.
function Bar({ part }: { part: ReadonlySignal<number> }) {
  return <i style={{ transform: `scaleX(${part.value})` }} />;
}

function Person({ call, rung, next }: { call: Call; rung: Rung; next: boolean }) {
  const over = isOver(call);
  const talks = rung.state === 'accepted' && call.state === 'accepted' && !over;
  const rings = RINGS.includes(rung.state) && call.state === 'ringing' && !over;
  const kind = rung.state === 'accepted' ? 'took' : rings ? 'rings' : rung.state === 'waiting' ? 'waits' : 'past';
  return (
    <li class={`now-rung ${kind}`} {...(rings ? { 'aria-current': 'step' as const } : {})}>
      <i aria-hidden="true" />
      <Words class="now-name">{rung.name}</Words>
      <span class="now-said">
        {talks ? <>talks <Clock since={call.accepted_at} /></>
          : rings ? (rung.state === 'reached' ? 'picked up' : <Ring call={call} rung={rung} />)
            : rung.state === 'waiting' ? (call.state !== 'ringing' ? 'not rung' : next ? `next, ${rung.ring_seconds} s` : `${rung.ring_seconds} s`)
              : PAST[rung.state] ?? (RINGS.includes(rung.state) ? 'rang' : rung.state)}
      </span>
      {rung.reason && rung.reason !== 'on_duty' && <small class="now-why">{reasonWords(rung.reason)}</small>}
    </li>
  );
}

const SHOWN = 8, SHOWN_OF_MANY = 3, MANY = 3; // people on a ladder: with many calls fewer, so that what waits is in sight
export function CallCard({ row }: { row: Signal<Call> }) {
  const call = row.value;
  const talks = call.state === 'accepted' || isOver(call);
  const plan = (call.plan ?? []).filter((r) => !talks || r.state !== 'waiting');
  const rings = plan.findIndex((r) => RINGS.includes(r.state));
  const first = plan.findIndex((r) => r.state === 'waiting');
  const nextStep = first >= 0 ? plan[first]!.step : -1;
  const shown = calls.ids.value.length >= MANY ? SHOWN_OF_MANY : SHOWN;
  const from = Math.max(0, Math.min(plan.length - shown, Math.max(rings, first - 1) - (shown === SHOWN ? 2 : 1)));
  const over = isOver(call);
  const out = call.left_out ?? [];
  return (
    <article class={`now-card now-call card ${over ? 'over' : call.state}`} tabIndex={0} aria-label={`Call from ${nameOf(call.customer_name, call.customer_phone)}: ${stateWords(call)}`}>
      <header>
        <span class="now-mark" aria-hidden="true"><Icon name={call.state === 'voicemail' ? 'voicemail' : 'phone'} /></span>
        <div class="grow">
          <h3 class="clip"><Phone number={call.customer_phone} name={call.customer_name} both /></h3>
          <p class="quiet clip">{stateWords(call)}<ToLine number={call.line} /></p>
        </div>
        <div class="now-waits">
          {call.state === 'ringing' && !over ? <><Clock since={call.started_at} class="now-big" /><small>waits</small></>
            : call.state === 'accepted' && !over ? <><Clock since={call.accepted_at} class="now-big" /><small>talk</small></>
              : !over ? <><Clock since={call.started_at} class="now-big" /><small>so far</small></> : null}
        </div>
        <Open thread={call.thread_id} />
      </header>
      {plan.length > 0 && (
        <ol class="now-ladder" aria-label="Who is rung, in order">
          {from > 0 && <li class="now-rung past"><i aria-hidden="true" /><span class="now-said">{from} before</span></li>}
          {plan.slice(from, from + shown).map((r, i) => <Person key={`${r.operator}${from + i}`} call={call} rung={r} next={r.step === nextStep} />)}
          {from + shown < plan.length && <li class="now-rung waits"><i aria-hidden="true" /><span class="now-said">{plan.length - from - shown} more</span></li>}
        </ol>
      )}
      {!plan.length && !over && call.state !== 'menu' && <p class="warn">Nobody is on duty to be rung.</p>}
      {(call.job_id || out.length > 0 || over) && <footer>
        {call.job_id && <a class="chip accent" href={to('jobs', [call.job_id])}><JobId id={call.job_id} /></a>}
        {out.length > 0 && <details class="now-out"><summary class="quiet">{out.length === 1 ? '1 person' : `${out.length} people`} left out</summary><ul>{out.map((o) => <li key={o.operator}><Words>{o.name}</Words> <span class="quiet">{reasonWords(o.reason)}</span></li>)}</ul></details>}
        {over && <Chip tone={call.accepted_at ? 'good' : 'warn'}>ended</Chip>}
      </footer>}
    </article>
  );
}
