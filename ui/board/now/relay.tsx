// ui/board/now/relay.tsx - what waits for a human: its words, who has it, its clock, and the acts.
import { computed, useComputed, useSignal, type ReadonlySignal, type Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ApiError, freshKey, send, why } from '../lib/api';
import { duty, hopefully } from '../lib/board';
import { nameOf, pretty } from '../lib/number';
import { operators } from '../lib/people';
import { link as to } from '../lib/route';
import type { Person, Relay } from '../lib/rows';
import { may, session } from '../lib/session';
import { inWords, lasted, ms, now, soonWhen } from '../lib/time';
import { Button, Chip, Clock, Icon, JobId, Menu, Phone, say, Words } from '../parts';
import { segmentsOf } from '../threads/segments';
import { Open, ToLine } from './side';

const names = (people: readonly Person[]): string => people.map((p) => p.name).join(', ');
const mine = computed(() => session.value?.user.operator ?? '');
const KIND: Record<string, readonly ['phone' | 'voicemail' | 'jobs' | 'text', string]> = {
  text: ['text', ''], missed_call: ['phone', 'Missed call'], voicemail: ['voicemail', 'Voicemail'], job: ['jobs', 'Job'],
};

// ---- its clock ----

const ROUND = 2 * Math.PI * 19;
const URGENT_MS = 120000;
function Due({ relay }: { relay: Relay }) {
  const due = ms(relay.due_at);
  const step = relay.plan?.filter((r) => r.step === relay.step + 1).map((r) => (r.ack_seconds ?? 0) * 1000) ?? [];
  const from = relay.step ? relay.forwarded_to_backup_at ?? relay.raised_at : relay.raised_at;
  const whole = Math.max(1000, ...step, relay.plan ? 0 : due - ms(from));
  const left = useComputed(() => Math.max(0, due - now.value));
  const text = useComputed(() => (!left.value ? 'due' : left.value > 5940000 ? inWords(left.value).replace(' min', '') : lasted(left.value)));
  const offset = useComputed(() => String(Math.round(ROUND * (1 - Math.min(1, left.value / whole)))));
  const tone = useComputed(() => `now-due ${left.value < Math.min(URGENT_MS, whole / 4) ? 'urgent' : ''}`);
  return (
    <span class={tone as unknown as string} role="timer" aria-label={`Passes on at ${soonWhen(relay.due_at)}`} title={`Passes on at ${soonWhen(relay.due_at)}`}>
      <svg viewBox="0 0 44 44" aria-hidden="true"><circle cx="22" cy="22" r="19" /><circle class="left" cx="22" cy="22" r="19" stroke-dasharray={`${ROUND}`} stroke-dashoffset={offset as unknown as string} /></svg>
      <span class="figures">{text as ReadonlySignal<string>}</span>
    </span>
  );
}

function Whose({ relay }: { relay: Relay }) {
  if (relay.state === 'exhausted') return <p class="now-whose bad"><b>Nobody took it.</b> Everybody was asked; somebody has to.</p>;
  if (relay.state === 'idle') {
    const next = duty.value.find((d) => d.line === relay.line)?.next;
    return <p class="now-whose warn"><b>Nobody is on duty.</b> {next ? <>It goes to <Words>{next.name}</Words> at {soonWhen(next.at)}.</> : 'It waits for whoever comes on.'}</p>;
  }
  return <p class="now-whose quiet">{relay.holders.length ? <><b><Words>{names(relay.holders)}</Words></b> {relay.holders.length > 1 ? 'are asked' : 'is asked'}</> : 'It is on its way'}{relay.next_holders.length ? <>, then <Words>{names(relay.next_holders)}</Words></> : relay.state === 'open' ? ', and nobody is after that' : ''}</p>;
}

// ---- the acts ----

const drafts = new Map<string, string>(); // what was begun stays, also when the row is drawn anew

async function acknowledge(relay: Relay): Promise<void> {
  await hopefully(relay, () => null, () => send('POST', `relays/${relay.id}/ack`, {}));
  say(`Acknowledged: ${nameOf(relay.customer_name, relay.customer_phone)}`);
}
async function passOn(relay: Relay): Promise<void> {
  const next = relay.next_holders;
  await hopefully(relay, (r) => (next.length ? { ...r, holders: next, next_holders: [], step: r.step === relay.step ? r.step + 1 : r.step } : { ...r, state: 'exhausted', due_at: null, holders: [] }),
    () => send('POST', `relays/${relay.id}/pass`, {}));
  say(next.length ? `Passed on to ${names(next)}` : 'Passed on: nobody is left to ask');
}
async function callBack(relay: Relay, operator: string, name: string): Promise<void> {
  await send('POST', `threads/${relay.thread_id}/call`, { operator });
  say(`${name}’s phone rings, then the customer’s`);
}

function Reply({ relay, close }: { relay: Relay; close: () => void }) {
  const body = useSignal(drafts.get(relay.id) ?? '');
  const wrong = useSignal('');
  const area = useRef<HTMLTextAreaElement>(null);
  const key = useRef(freshKey()); // the same text is sent once, however often one tries
  const size = useComputed(() => segmentsOf(body.value));
  useLayoutEffect(() => {
    area.current!.focus();
    area.current!.setSelectionRange(body.value.length, body.value.length);
  }, []);
  const go = async (): Promise<void> => {
    const text = body.value.trim();
    if (!text) return;
    close();
    try {
      await hopefully(relay, () => null, () => send('POST', `threads/${relay.thread_id}/reply`, { body: text }, { key: key.current }));
      drafts.delete(relay.id);
      say(`Sent to ${nameOf(relay.customer_name, relay.customer_phone)}`);
    } catch (e) {
      failed.set(relay.id, e instanceof ApiError ? why(e) : String(e));
      throw e;
    }
  };
  return (
    <form class="now-reply" onSubmit={(e) => { e.preventDefault(); }} onKeyDown={(e) => { if (e.key === 'Escape') { e.stopPropagation(); close(); } }}>
      <textarea ref={area} class="input" rows={2} aria-label={`Text to ${nameOf(relay.customer_name, relay.customer_phone)}`} maxLength={1500} placeholder="Write a text" value={body.value}
        onInput={(e) => { body.value = e.currentTarget.value; drafts.set(relay.id, body.value); key.current = freshKey(); }}
        onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); (e.currentTarget.form!.querySelector('.now-send') as HTMLElement).click(); } }} />
      {(wrong.value || failed.get(relay.id)) && <p class="bad" role="alert">Not sent. {wrong.value || failed.get(relay.id)}</p>}
      <div class="row-line">
        <small class="figures grow">{size.value.units} {size.value.units === 1 ? 'character' : 'characters'}{size.value.count > 1 ? `, ${size.value.count} segments` : ''}{size.value.odd ? `, because of “${size.value.odd}” fewer fit` : ''}</small>
        <Button kind="quiet" press={close}>Cancel</Button>
        <Button kind="strong" icon="send" class="now-send" disabled={!body.value.trim()} press={go}>Send</Button>
      </div>
    </form>
  );
}
const failed = new Map<string, string>(); // why a reply came back, until it is tried again

function Acts({ relay, write }: { relay: Relay; write: () => void }) {
  const people = [...operators.value].sort((a, b) => Number(b.id === mine.value) - Number(a.id === mine.value));
  const choices = people.map((o) => ({
    words: <Words>{o.id === mine.value ? `${o.name} (you)` : o.name}</Words>, hint: o.phone ? pretty(o.phone) : undefined,
    press: () => callBack(relay, o.id, o.name),
  }));
  return (
    <>
      <Button kind="strong" icon="check" class="now-ack" press={() => acknowledge(relay)}>Acknowledge</Button>
      <Button icon="reply" class="now-write" press={write}>Reply</Button>
      {relay.state === 'open' && <Button icon="next" class="now-pass" press={() => passOn(relay)}>Pass on</Button>}
      <span class="now-call-back"><Menu icon="phone" head="Whose phone rings first?" choices={choices} disabled={!choices.length}>Call back</Menu></span>
    </>
  );
}

export function RelayCard({ row }: { row: Signal<Relay> }) {
  const relay = row.value;
  const writes = useSignal(failed.has(relay.id));
  const [icon, kind] = KIND[relay.kind] ?? KIND['text']!;
  const who = nameOf(relay.customer_name, relay.customer_phone);
  const close = (): void => {
    writes.value = false;
    failed.delete(relay.id);
  };
  return (
    <article class={`now-card now-relay card ${relay.state}`} tabIndex={0} aria-label={`${kind || 'Text'} from ${who}`}>
      <header>
        {relay.state === 'open' && relay.due_at ? <Due relay={relay} /> : <span class="now-mark" aria-hidden="true"><Icon name={relay.state === 'exhausted' ? 'alarm' : icon} /></span>}
        <div class="grow">
          <h3 class="clip"><Phone number={relay.customer_phone} name={relay.customer_name} both /></h3>
          <p class="quiet clip">{kind && <Chip tone={relay.state === 'exhausted' ? 'bad' : 'plain'}>{kind}</Chip>} waits <Clock since={relay.raised_at} /><ToLine number={relay.line} /></p>
        </div>
        <Open thread={relay.thread_id} />
      </header>
      {relay.body && relay.body.toLowerCase() !== kind.toLowerCase() && <blockquote class="now-body"><p dir="auto">{relay.body}</p></blockquote>}
      <Whose relay={relay} />
      {writes.value ? <Reply relay={relay} close={close} /> : (may('dispatcher') || relay.job_id) && (
        <footer>
          {may('dispatcher') && <Acts relay={relay} write={() => { writes.value = true; }} />}
          {relay.job_id && <a class="chip accent" href={to('jobs', [relay.job_id])}><JobId id={relay.job_id} /></a>}
        </footer>
      )}
    </article>
  );
}
