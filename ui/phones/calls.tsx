// ui/phones/calls.tsx - a phone's calls: the one that rings, the one that is up, those that were.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { act, calls, clock, isOver, isRinging, lines, now, setRate, type Call, type Phone, type Said } from './model';
import { Avatar, Icon, Log, Since, Words } from './parts';
import { clockWaits } from './prefs';
import { key as keySound } from './sound';
import { drafts, ignore, ignored, openThread, showTab } from './view';
import { callWords, nameOf, pretty, shortTime } from './words';

export const KEYS = [...'123456789*0#'];
const letters: Record<string, string> = { 2: 'ABC', 3: 'DEF', 4: 'GHI', 5: 'JKL', 6: 'MNO', 7: 'PQRS', 8: 'TUV', 9: 'WXYZ' };

export const callsOf = (number: string): Call[] => [...calls.value.values()].filter((c) => c.phone === number);
export const liveOf = (number: string): Call[] => callsOf(number).filter((c) => !isOver(c));

export function press(call: Call, keys: string): void {
  keySound();
  void act(call.phone, 'press', { call: call.sid, keys });
}

// ---- what is said ----

const who: Record<Said['by'], string> = { line: 'The line', party: 'You', keys: 'Keys', other: 'The other side' };

// Keys pressed one after the other are shown together.
function together(said: Said[]): Said[] {
  const rows: Said[] = [];
  for (const s of said) {
    const last = rows.at(-1);
    if (s.by === 'keys' && last?.by === 'keys') rows[rows.length - 1] = { ...last, words: last.words + s.words };
    else rows.push(s);
  }
  return rows;
}

// What is no speech stands in brackets: [beep], [play ADDRESS].
function sound(words: string): string | undefined {
  const inside = /^\[(.*)\]$/s.exec(words)?.[1];
  return inside?.replace(/^play .*\//s, 'play ').replace(/^play /, 'plays ');
}

function Lines({ said }: { said: Said[] }) {
  return (
    <>
      {together(said).map((s, i) => (
        <p key={i} class={`said ${s.by}`}>
          <span class="hush">{who[s.by]}: </span>
          {sound(s.words) !== undefined ? <em><Words>{sound(s.words)!}</Words></em> : <Words>{s.words}</Words>}
        </p>
      ))}
    </>
  );
}

function Transcript({ call }: { call: Call }) {
  return (
    <Log class="transcript" count={call.said.length} label="What is said">
      {call.said.length ? <Lines said={call.said} />
        : <p class="quiet">{call.answered_ms ? 'Nothing has been said yet.' : 'It rings on the other side.'}</p>}
    </Log>
  );
}

// While somebody types what he would say, the clock waits: people speak faster than they type.
let clockKept: { rate: number; by: string } | undefined;
function keepClock(sid: string): void {
  if (!clockWaits.value || clockKept || !clock.value.rate) return;
  clockKept = { rate: clock.value.rate / 1000, by: sid };
  void setRate(0);
}
function releaseClock(sid: string): void {
  if (clockKept?.by !== sid) return;
  if (!clock.value.rate) void setRate(clockKept.rate); // or somebody has turned it meanwhile
  clockKept = undefined;
}
addEventListener('pagehide', () => {
  if (clockKept) releaseClock(clockKept.by);
});

function SayBox({ call }: { call: Call }) {
  const words = useSignal('');
  useEffect(() => () => releaseClock(call.sid), [call.sid]);
  const send = (): void => {
    const said = words.value.trim();
    if (!said) return;
    words.value = '';
    void act(call.phone, 'say', { call: call.sid, words: said }).then(() => releaseClock(call.sid));
  };
  return (
    <form class="compose" onSubmit={(e) => { e.preventDefault(); send(); }}>
      <input class="field" aria-label="Say something" maxLength={600} autocomplete="off"
        placeholder={call.words_wanted ? 'The line listens. Say something' : 'Say something'}
        value={words.value}
        onInput={(e) => {
          words.value = e.currentTarget.value;
          if (words.value) keepClock(call.sid);
          else releaseClock(call.sid);
        }}
        onBlur={() => releaseClock(call.sid)} />
      <button class="round strong" aria-label="Say it" title="Say it" disabled={!words.value.trim()}><Icon name="send" /></button>
    </form>
  );
}

function Keypad({ call }: { call: Call }) {
  return (
    <div class={`keypad ${call.keys_wanted ? 'wanted' : ''}`} role="group" aria-label="Keypad">
      {KEYS.map((k) => (
        <button key={k} type="button" aria-label={k === '*' ? 'star' : k === '#' ? 'pound' : k} onClick={() => press(call, k)}>
          <span class="figures">{k}</span><small aria-hidden="true">{letters[k]}</small>
        </button>
      ))}
    </div>
  );
}

// ---- live calls ----

function Voicemail({ phone, call }: { phone: Phone; call: Call }) {
  if (!phone.held || !phone.voicemail || ignored.value.has(call.sid)) return null;
  const left = Math.ceil((call.began_ms + phone.voicemail_after_s * 1000 - now.value) / 1000);
  return left > 0 ? <p class="quiet figures">Voicemail in {left} s</p> : null;
}

export function answer(call: Call): void {
  void act(call.phone, 'answer', { call: call.sid });
}
export function decline(call: Call): void {
  void act(call.phone, 'decline', { call: call.sid });
}

function Ringing({ phone, call }: { phone: Phone; call: Call }) {
  const quiet = ignored.value.has(call.sid);
  const box = phone.held && phone.voicemail;
  return (
    <div class={`incoming ${quiet || phone.silent ? 'hushed' : ''}`}>
      <div class="caller">
        <Avatar name={nameOf(call.other)} />
        <h3><Words>{nameOf(call.other)}</Words></h3>
        <p class="quiet">{quiet || phone.silent ? 'rings without sound' : 'is calling'} · <Since ms={call.began_ms} /></p>
        <Voicemail phone={phone} call={call} />
      </div>
      <div class="choices">
        <button type="button" class="choice no" onClick={() => decline(call)}><span><Icon name="phone" /></span>{box ? 'Voicemail' : 'Decline'}</button>
        <button type="button" class="choice" disabled={quiet} onClick={() => ignore(call.sid)}><span><Icon name="mute" /></span>Ignore</button>
        <button type="button" class="choice yes" onClick={() => answer(call)}><span><Icon name="phone" /></span>Answer</button>
      </div>
    </div>
  );
}

// The phone itself has the call: it asks who is there, or takes a message.
function Kept({ call }: { call: Call }) {
  const screening = call.kept_by === 'screening';
  return (
    <div class="oncall">
      <CallHead call={call} words={screening ? 'Your phone asks who is calling' : 'Voicemail takes a message'} />
      <Transcript call={call} />
      <div class="choices">
        <button type="button" class="choice no" onClick={() => decline(call)}><span><Icon name="phone" /></span>{screening ? 'Decline' : 'End'}</button>
        <button type="button" class="choice yes" onClick={() => answer(call)}><span><Icon name="phone" /></span>Take call</button>
      </div>
    </div>
  );
}

function CallHead({ call, words }: { call: Call; words?: string }) {
  const talks = call.with !== null && call.with !== call.other;
  return (
    <div class="callhead">
      <div>
        <h3><Words>{talks ? nameOf(call.with!) : nameOf(call.other)}</Words></h3>
        <p class="quiet">{words ?? (talks ? `through ${nameOf(call.other)}` : call.answered_ms ? 'On the line' : 'Calling')}</p>
      </div>
      <p class="length">{call.answered_ms ? <Since ms={call.answered_ms} /> : <span class="dots">···</span>}</p>
    </div>
  );
}

// The keypad is there while keys are wanted, and otherwise when somebody asks for it.
function Up({ call }: { call: Call }) {
  const asked = useSignal<boolean | undefined>(undefined);
  const up = call.answered_ms > 0;
  const pad = up && (asked.value ?? call.keys_wanted);
  return (
    <div class="oncall">
      <CallHead call={call} />
      <Transcript call={call} />
      {up && <SayBox call={call} />}
      {pad && <Keypad call={call} />}
      <div class="ends">
        {up && <button type="button" class="pill" aria-expanded={pad} onClick={() => { asked.value = !pad; }}><Icon name="keypad" />Keys</button>}
        <button type="button" class="end" onClick={() => void act(call.phone, 'hangup', { call: call.sid })}><Icon name="phone" />Hang up</button>
      </div>
    </div>
  );
}

export function Live({ phone, call }: { phone: Phone; call: Call }) {
  if (isRinging(call)) return <Ringing phone={phone} call={call} />;
  if (call.kept_by) return <Kept call={call} />;
  return <Up call={call} />;
}

// ---- no call: whom to call, and who called ----

export function LinePicker({ id, value, set }: { id: string; value: string; set: (to: string) => void }) {
  return (
    <>
      <input id={id} class="field figures" type="tel" list={`${id}-lines`} aria-label="Number" placeholder="A line's number"
        autocomplete="off" value={value} onInput={(e) => set(e.currentTarget.value)} />
      <datalist id={`${id}-lines`}>{lines.value.map((line) => <option key={line} value={pretty(line)}>{line}</option>)}</datalist>
    </>
  );
}

function Dialler({ phone }: { phone: Phone }) {
  const to = useSignal(drafts.get(`call ${phone.number}`) ?? pretty(lines.value[0] ?? ''));
  if (!to.value && lines.value[0] && !drafts.has(`call ${phone.number}`)) to.value = pretty(lines.value[0]);
  return (
    <form class="dialler" onSubmit={(e) => { e.preventDefault(); void act(phone.number, 'call', { to: to.value }); }}>
      <LinePicker id={`to-${phone.number}`} value={to.value} set={(v) => { to.value = v; drafts.set(`call ${phone.number}`, v); }} />
      <button class="pill strong" disabled={!to.value.trim()}><Icon name="phone" />Call</button>
    </form>
  );
}

function Recent({ call }: { call: Call }) {
  const missed = !call.placed && !call.answered_ms;
  return (
    <details class={`recent ${missed ? 'missed' : ''}`}>
      <summary>
        <Icon name={call.kept_by === 'voicemail' ? 'tape' : call.placed ? 'out' : 'in'} />
        <span class="grow"><Words>{nameOf(call.other)}</Words><small>{callWords(call)}</small></span>
        <time class="figures">{shortTime(call.began_ms, now.peek())}</time>
      </summary>
      <div class="after">
        {call.said.length ? <Lines said={call.said} /> : <p class="quiet">Nothing was said.</p>}
        <p class="actions">
          <button type="button" class="pill" onClick={() => void act(call.phone, 'call', { to: call.other })}>Call</button>
          <button type="button" class="pill" onClick={() => { openThread(call.phone, call.other); showTab(call.phone, 'texts'); }}>Text</button>
        </p>
      </div>
    </details>
  );
}

export function Calls({ phone }: { phone: Phone }) {
  const past = callsOf(phone.number).filter(isOver).reverse().slice(0, 40);
  return (
    <div class="view">
      <div class="scroll">
        {past.length ? past.map((call) => <Recent key={call.sid} call={call} />)
          : <div class="empty"><Icon name="phone" /><p>No calls yet</p><small>It rings here when a line forwards a call to this number.</small></div>}
      </div>
      <Dialler phone={phone} />
    </div>
  );
}
