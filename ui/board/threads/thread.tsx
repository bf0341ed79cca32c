// ui/board/threads/thread.tsx - one customer's calls and texts, what one does about them, and the
// line of time that stays where it is read.
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { send } from '../lib/api';
import { nameOf } from '../lib/number';
import { lines, operatorName, operators } from '../lib/people';
import { go, link } from '../lib/route';
import type { Item, Relay, Thread } from '../lib/rows';
import { may, session } from '../lib/session';
import { isLive, onChange, onReload } from '../lib/stream';
import { clockTime, dayName, isoDay, now } from '../lib/time';
import { Button, Clock, Failed, Icon, JobId, Loading, Menu, oops, Phone, say, type Choice, Words } from '../parts';
import { Compose } from './compose';
import { isWaiting } from './inbox';
import { Row } from './items';
import { begin, drop, load, loadOlder, retry, take, type Draft, type Story } from './story';

// ---- how it stands ----

function Standing({ thread, relay }: { thread: Thread; relay: Relay | undefined }) {
  if (isWaiting(thread)) {
    const holders = (relay?.holders ?? []).map((h) => h.name).join(', ');
    const next = (relay?.next_holders ?? []).map((h) => h.name).join(', ');
    const words = thread.relay_state === 'exhausted' ? 'Nobody acknowledged' : thread.relay_state === 'idle' ? 'Nobody is on duty' : holders ? `With ${holders}` : 'Waiting';
    return <p class="threads-standing waits" role="status"><span><Words>{words}</Words>{next && <small>, then <Words>{next}</Words></small>}</span>{thread.due_at && <Clock until={thread.due_at} />}</p>;
  }
  const words = thread.state === 'closed' ? 'Closed' : thread.owner ? `${operatorName(thread.owner)} has it` : thread.relay_state === 'taken' ? 'The office has it' : 'Open';
  return <p class="threads-standing"><Words>{words}</Words></p>;
}

// A choice of a menu: what goes wrong is told.
const quiet = (f: () => Promise<void>) => (): void => void f().catch(oops);

function Acts({ story, thread }: { story: Story; thread: Thread }) {
  const act = (path: string, then: Partial<Thread>, done = '', body = {}) => async (): Promise<void> => {
    story.thread.value = { ...thread, ...then };
    try {
      await send('POST', path, body);
      if (done) say(done);
    } catch (e) {
      story.thread.value = thread;
      throw e;
    }
  };
  const own = session.value?.user.operator || null;
  const acts = may('dispatcher');
  const waits = acts && isWaiting(thread) && thread.relay_id;
  const path = `threads/${thread.id}`;
  const rare: Choice[] = [{ words: 'All that happened', hint: 'in the log', press: () => go(link('log', [], { thread: thread.id })) }];
  if (acts && thread.state === 'closed') rare.push({ words: 'Open it again', press: quiet(act(`${path}/reopen`, { state: 'open' })) });
  else if (acts) rare.push({ words: 'Close it', press: quiet(act(`${path}/close`, { state: 'closed', owner: null }, 'Closed. Their next text opens it again.')) });
  return (
    <>
      <div class="threads-acts">
        {waits && <Button kind="strong" press={act(`relays/${thread.relay_id}/ack`, { relay_state: 'taken', due_at: null, owner: own })}>Acknowledge</Button>}
        {waits && thread.relay_state === 'open' && <Button press={act(`relays/${thread.relay_id}/pass`, {})}>Pass on</Button>}
        {acts && (own
          ? <Button icon="phone" press={act(`${path}/call`, {}, 'Your phone rings first, then theirs.')}>Call back</Button>
          : <Menu icon="phone" head="Whose phone rings first" choices={operators.value.map((o) => ({ words: o.name, press: quiet(act(`${path}/call`, {}, `The phone of ${o.name} rings first.`, { operator: o.id })) }))}>Call back</Menu>)}
      </div>
      <Menu icon="more" label="More" side="end" kind="quiet" choices={rare} />
    </>
  );
}

// ---- the line of time ----

function DraftBubble({ story, d }: { story: Story; d: Draft }) {
  return (
    <div class={`threads-text mine ${d.error ? 'failed' : 'pending'}`}>
      <p><bdi dir="auto">{d.body}</bdi></p>
      {d.error
        ? <small><span class="bad" role="alert">{d.error}</span> <button type="button" onClick={() => void retry(story, d)}>Try again</button> <button type="button" onClick={() => drop(story, d.key)}>Discard</button></small>
        : <small>{clockTime(d.at)} · sending</small>}
    </div>
  );
}

const END_PX = 48;
const OLDER_PX = 400;

function Time({ story }: { story: Story }) {
  const box = useRef<HTMLDivElement>(null);
  const below = useSignal(0);
  const at = useRef({ end: true, height: 0, first: '', last: '', drafts: 0 });
  const drawn = useRef(new WeakMap<Item, { its: string; row: VNode }>()).current; // a row is drawn once for all of its life
  const items = story.items.value;
  const drafts = story.drafts.value;
  const key = (i: Item | undefined): string => (i ? i.type + i.id : '');

  // What is added above moves nothing; what is added below is followed only from the end.
  useLayoutEffect(() => {
    const b = box.current!;
    const was = at.current;
    const first = key(items[0]), last = key(items.at(-1));
    if (was.end || drafts.length > was.drafts) b.scrollTop = b.scrollHeight;
    else if (first !== was.first) b.scrollTop += b.scrollHeight - was.height;
    else if (last !== was.last) below.value += items.length - 1 - items.findIndex((i) => key(i) === was.last);
    at.current = { end: b.scrollHeight - b.scrollTop - b.clientHeight < END_PX, height: b.scrollHeight, first, last, drafts: drafts.length };
    if (b.scrollTop < OLDER_PX && b.scrollHeight <= b.clientHeight && story.older.value === 'some') void loadOlder(story);
  });
  const toEnd = (): void => {
    const b = box.current!;
    b.scrollTop = b.scrollHeight;
  };
  let day = '';
  return (
    <div class="threads-time">
      <div ref={box} class="threads-scroll" role="log" aria-label="Calls and texts" tabIndex={0}
        onLoadCapture={() => { if (at.current.end) toEnd(); }}
        onScroll={({ currentTarget: b }) => {
          at.current.end = b.scrollHeight - b.scrollTop - b.clientHeight < END_PX;
          at.current.height = b.scrollHeight;
          if (at.current.end) below.value = 0;
          if (b.scrollTop < OLDER_PX && story.older.value === 'some') void loadOlder(story);
        }}>
        <p class="threads-older" role="status">
          {story.older.value === 'loading' ? 'Loading what was before' : story.older.value === 'failed'
            ? <button type="button" onClick={() => void loadOlder(story)}>What was before could not be loaded. Try again</button>
            : story.older.value === 'none' ? 'It began here' : ''}
        </p>
        {items.map((item) => {
          if (!drawn.has(item)) drawn.set(item, { its: isoDay(item.at), row: <Row item={item} /> });
          const { its, row } = drawn.get(item)!;
          const fresh = its !== day;
          day = its;
          return (
            <div key={key(item)} class="threads-row">
              {fresh && <h3>{its === isoDay(now.value) ? 'Today' : dayName(item.at)}</h3>}
              {row}
            </div>
          );
        })}
        {drafts.map((d) => <DraftBubble key={d.key} story={story} d={d} />)}
      </div>
      {below.value > 0 && <button type="button" class="threads-below" onClick={toEnd}>{below.value} new below</button>}
    </div>
  );
}

export function ThreadView({ id }: { id: string }) {
  const story = useMemo(() => begin(id), [id]);
  useEffect(() => {
    const ends = [onChange((c) => take(story, c)), onReload(() => void load(story))];
    return () => { for (const end of ends) end(); };
  }, [story]);
  useEffect(() => { if (isLive.value && story.state.peek() === 'failed') void load(story); }, [isLive.value]);
  const thread = story.thread.value;
  const back = <a class="threads-back" href={link('threads')} aria-label="All threads"><Icon name="back" /></a>;
  if (story.state.value === 'failed') return <section class="threads-one">{back}<Failed error={story.trouble.value} again={() => { story.state.value = 'loading'; void load(story); }} /></section>;
  if (!thread) return <section class="threads-one">{back}<Loading label="Loading the thread" /></section>;
  return (
    <section class="threads-one" aria-label={nameOf(thread.customer_name, thread.customer_phone)}>
      <header>
        {back}
        <div class="threads-who">
          <h2>{thread.customer_name ? <Words>{nameOf(thread.customer_name, null)}</Words> : <Phone number={thread.customer_phone} />}</h2>
          <p>
            {thread.customer_name && <Phone number={thread.customer_phone} />}
            {lines.value.length > 1 && <small>on <Phone number={thread.line} /></small>}
            {thread.job_id && <a href={link('jobs', [thread.job_id])}><JobId id={thread.job_id} /></a>}
          </p>
        </div>
        <Acts story={story} thread={thread} />
      </header>
      <Standing thread={thread} relay={story.relay.value?.id === thread.relay_id ? story.relay.value : undefined} />
      <Time story={story} />
      {may('dispatcher') && <Compose key={id} story={story} />}
    </section>
  );
}
