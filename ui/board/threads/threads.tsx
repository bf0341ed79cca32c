// ui/board/threads/threads.tsx - the inbox: every thread by its last activity, and the one that is
// open. On a desk side by side, in a hand one after the other.
import { useEffect, useRef } from 'preact/hooks';
import { waiting } from '../lib/board';
import { nameOf, pretty } from '../lib/number';
import { lines, operatorName } from '../lib/people';
import { go, link, route } from '../lib/route';
import type { Thread } from '../lib/rows';
import { isLive, onChange, onReload } from '../lib/stream';
import { now, ms } from '../lib/time';
import { Clock, Count, Empty, Failed, Field, Loading, Rows, Segmented, Select, When, Words } from '../parts';
import { again, ask, asked, found, isWaiting, more, refresh, rows, state, take, trouble } from './inbox';
import { ThreadView } from './thread';
import { lastWords } from './words';
import './threads.css';

const ROW_PX = 76;

const Late = ({ due }: { due: string }) =>
  (ms(due) > now.value ? <Clock class="threads-clock" until={due} /> : <span class="threads-clock">due</span>);

function ThreadRow({ t, isHere }: { t: Thread; isHere: boolean }) {
  const waits = isWaiting(t);
  const tone = t.relay_state === 'exhausted' ? 'lost' : t.relay_state === 'idle' ? 'idle' : '';
  const how = t.relay_state === 'exhausted' ? 'Nobody answered' : t.relay_state === 'idle' ? 'Nobody on duty' : 'Waiting';
  return (
    <a class={`threads-item ${waits ? `waits ${tone}` : ''} ${t.state}`} href={link('threads', [t.id])} {...(isHere ? { 'aria-current': 'true' as const } : {})}>
      <span class="threads-name"><Words>{nameOf(t.customer_name, t.customer_phone)}</Words></span>
      <When at={t.last_at} />
      <span class="threads-last"><Words>{lastWords(t, found.value.q)}</Words></span>
      {waits ? <b>{how}{t.due_at && <> <Late due={t.due_at} /></>}</b> : t.owner && <small><Words>{operatorName(t.owner)}</Words></small>}
    </a>
  );
}

// The arrows go from row to row; what stands beyond the window is drawn as the focus nears it.
function onArrow(e: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (!step) return;
  const all = [...e.currentTarget.querySelectorAll<HTMLElement>('.threads-item')];
  const to = all[all.indexOf(document.activeElement as HTMLElement) + step];
  if (!to) return;
  e.preventDefault();
  to.focus();
  to.scrollIntoView({ block: 'nearest' });
}

function What() {
  const a = found.value;
  const words = a.q ? <>No name, number, job or text of the {a.show} threads has “<Words>{a.q}</Words>”.</> : null;
  if (words) return <Empty icon="search" title="Nothing found">{words}</Empty>;
  if (a.show === 'waiting') return <Empty icon="check" title="Nobody waits">Each text, missed call and voicemail has been taken by somebody.</Empty>;
  if (a.show === 'closed') return <Empty icon="threads" title="Nothing closed yet">A thread closes when somebody says so, or after a quiet day.</Empty>;
  return <Empty icon="threads" title="No threads yet">Who calls or texts a line appears here.</Empty>;
}

function Inbox({ here }: { here: string | undefined }) {
  const a = asked.value;
  const options = lines.value.map((l) => [l.number, l.name || pretty(l.number)] as const);
  const box = useRef<HTMLElement>(null);
  const find = route.value.query.has('find');
  useEffect(() => { if (find) box.current?.querySelector('input')?.focus(); }, [find]);
  return (
    <section ref={box} class="threads-inbox" aria-label="Threads">
      <header>
        <h1 class="hush">Threads</h1>
        <Field label="Search names, numbers and texts" hush type="search" placeholder="Search names, numbers and texts" value={a.q} set={(q) => ask({ q }, true)} maxLength={100} autocomplete="off" />
        <div class="threads-filter">
          <Segmented label="Which threads" value={a.show} set={(show) => ask({ show })} options={[['open', 'Open'], ['waiting', <>Waiting <Count n={waiting.ids.value.length} /></>], ['closed', 'Closed']] as const} />
          {options.length > 1 && <Select label="Line" hush value={a.line} set={(line) => ask({ line })} options={[['', 'All lines'], ...options]} />}
        </div>
        <p class="threads-searched" role="status">{found.value.q && state.value === 'ready' && rows.value.length > 0 ? `Looked in names, numbers, jobs and what was said, of ${found.value.show} threads` : ''}</p>
      </header>
      <div class="threads-list" onKeyDown={onArrow}>
        {state.value === 'loading' ? <Loading rows={7} label="Loading threads" />
          : state.value === 'failed' ? <Failed error={trouble.value} again={again} />
            : rows.value.length ? <Rows items={rows.value} id={(t) => t.id} guess={ROW_PX} label="Threads" end={more} row={(t) => <ThreadRow t={t} isHere={t.id === here} />} />
              : <What />}
      </div>
    </section>
  );
}

export function Threads() {
  const here = route.value.rest[0];
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    refresh();
    const ends = [onChange(take), onReload(refresh)];
    return () => { for (const end of ends) end(); };
  }, []);
  useEffect(() => { if (isLive.value && state.peek() === 'failed') again(); }, [isLive.value]);
  return (
    <div ref={box} class={`threads ${here ? 'one' : ''}`} onKeyDown={(e) => {
      if (e.key !== 'Escape' || !here || e.defaultPrevented) return;
      go(link('threads'));
      box.current?.querySelector<HTMLElement>('.threads-item[aria-current]')?.focus();
    }}>
      <Inbox here={here} />
      {here ? <ThreadView key={here} id={here} /> : <div class="threads-none"><Empty icon="threads" title="Choose a thread">Its calls, texts and voicemails stand here in one line.</Empty></div>}
    </div>
  );
}
