// ui/phones/desk.tsx - beside the phones: the clock and its hands, the journal, faults, options.
import { useSignal } from '@preact/signals';
import { clock, faults, link, notes, now, order, setRate, trouble, turn, turning, type Note } from './model';
import { Icon, IconButton, Log, Switch } from './parts';
import { clockWaits, panelOpen, sound, voice } from './prefs';
import { clockDate, clockTime, journalWords } from './words';

// ---- the clock ----

const rates: [number, string, string][] = [[0, '', 'The clock stands'], [1, '×1', 'As fast as real time'], [10, '×10', 'Ten times as fast'], [60, '×60', 'A minute a second']];
const turns: [number, string, string][] = [[1000, '+1 s', 'Turn the clock on by 1 second'], [10_000, '+10 s', 'Turn the clock on by 10 seconds'], [60_000, '+1 min', 'Turn the clock on by 1 minute']];

function Rates() {
  return (
    <div class="segments" role="group" aria-label="Speed of the clock">
      {rates.map(([times, label, title]) => (
        <button key={times} type="button" title={title} aria-label={title} aria-pressed={clock.value.rate === times * 1000} onClick={() => void setRate(times)}>
          {label || <Icon name="pause" />}
        </button>
      ))}
    </div>
  );
}

export function Turns() {
  return (
    <div class="segments turns" role="group" aria-label="Turn the clock">
      {turns.map(([ms, label, title]) => <button key={ms} type="button" title={title} aria-label={title} disabled={turning.value} onClick={() => void turn({ for_ms: ms })}>{label}</button>)}
      <button type="button" title="Turn the clock to the next event" aria-label="Turn the clock to the next event" disabled={turning.value} onClick={() => void turn({ next: true })}><Icon name="next" /></button>
    </div>
  );
}

function Time() {
  const at = now.value;
  return (
    <p class="time" title="The simulator's clock, UTC">
      <strong class="figures">{at ? clockTime(at) : '--:--:--'}</strong>
      <small>{at ? clockDate(at) : ''} UTC</small>
    </p>
  );
}

export function Bar() {
  return (
    <header class="bar">
      <h1>Phones</h1>
      <Time />
      <Rates />
      <Turns />
      <span class="grow" />
      <IconButton icon={sound.value ? 'sound' : 'mute'} label="Sound" on={sound.value} press={() => { sound.value = !sound.value; }} />
      <IconButton icon="voice" label="Read prompts aloud" on={voice.value} press={() => { voice.value = !voice.value; }} class="desk-only" />
      <IconButton icon="panel" label="Journal, faults and options" on={panelOpen.value} press={() => { panelOpen.value = !panelOpen.value; }} />
    </header>
  );
}

export function LinkState() {
  if (link.value !== 'lost') return null;
  return <p class="lost" role="status"><span class="dots" aria-hidden="true">···</span>{trouble.value || 'The simulator does not answer. Trying again.'}</p>;
}

// ---- the journal ----

const usualKinds = ['phone', 'call', 'text', 'webhook', 'rest', 'fault', 'warning'];

function Entry({ note }: { note: Note }) {
  return (
    <li class={`note k-${note.kind}`} title={note.words}>
      <time class="figures">{note.at.slice(11, 19)}</time>
      <span class="kind">{note.kind}</span>
      <bdi dir="ltr">{journalWords(note.words)}</bdi>
    </li>
  );
}

function Journal() {
  const words = useSignal('');
  const off = useSignal<ReadonlySet<string>>(new Set());
  const wanted = words.value.toLowerCase();
  const kinds = [...new Set([...usualKinds, ...notes.value.map((n) => n.kind)])];
  const seen = notes.value.filter((n) => !off.value.has(n.kind) && (!wanted || n.words.toLowerCase().includes(wanted))).slice(-300);
  const flip = (kind: string): void => {
    const next = new Set(off.value);
    if (!next.delete(kind)) next.add(kind);
    off.value = next;
  };
  return (
    <>
      <div class="filter">
        <input class="field" type="search" placeholder="Filter" aria-label="Filter the journal" value={words.value} onInput={(e) => { words.value = e.currentTarget.value; }} />
        <p class="kinds">{kinds.map((k) => <button key={k} type="button" class="tag" aria-pressed={!off.value.has(k)} onClick={() => flip(k)}>{k}</button>)}</p>
      </div>
      <Log class="notes" count={seen.at(-1)?.n ?? 0} label="Journal">
        {seen.length ? <ol>{seen.map((note) => <Entry key={note.n} note={note} />)}</ol>
          : <p class="quiet pad">{notes.value.length ? 'Nothing fits the filter.' : 'Whatever happens is told here.'}</p>}
      </Log>
    </>
  );
}

// ---- faults and options ----

function Faults() {
  return (
    <div class="scroll pad">
      <p class="quiet">A fault that is on happens whenever it can, until it is switched off.</p>
      {faults.value.map((f) => (
        <Switch key={f.what} label={f.what.replaceAll('_', ' ')} hint={[f.help ?? '', f.hits ? `happened ${f.hits}×` : ''].filter(Boolean).join(' · ')} on={f.waiting > 0}
          set={(on) => void (on ? order('POST', '/sim/fault', { what: f.what, count: 0 }) : order('DELETE', `/sim/fault?what=${f.what}`))} />
      ))}
    </div>
  );
}

function Options() {
  return (
    <div class="scroll pad">
      <div class="phone-only"><p class="quiet">Turn the clock</p><Turns /></div>
      <Switch label="Sound" hint="Bell and ping; phones vibrate where they can" on={sound.value} set={(on) => { sound.value = on; }} />
      <Switch label="Read prompts aloud" hint="What a call says is spoken by the browser" on={voice.value} set={(on) => { voice.value = on; }} />
      <Switch label="The clock waits while I type" hint="Speaking takes less time than typing" on={clockWaits.value} set={(on) => { clockWaits.value = on; }} />
      <p class="quiet">Keys: Enter answers, Escape declines, digits go to the call. Tab walks from phone to phone.</p>
    </div>
  );
}

const parts = { Journal, Faults, Options };

export function Panel() {
  const part = useSignal<keyof typeof parts>('Journal');
  if (!panelOpen.value) return null;
  const Part = parts[part.value];
  return (
    <aside class="panel" aria-label="Journal, faults and options" onKeyDown={(e) => { if (e.key === 'Escape') panelOpen.value = false; }}>
      <div class="parts" role="group" aria-label="Show">
        {(Object.keys(parts) as (keyof typeof parts)[]).map((name) => (
          <button key={name} type="button" aria-pressed={part.value === name} onClick={() => { part.value = name; }}>{name}
            {name === 'Faults' && faults.value.some((f) => f.waiting) && <b class="count" aria-label="some are on">{faults.value.filter((f) => f.waiting).length}</b>}</button>
        ))}
        <IconButton icon="close" label="Close" press={() => { panelOpen.value = false; }} class="phone-only" />
      </div>
      <Part />
    </aside>
  );
}
