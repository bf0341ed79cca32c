// ui/phones/phone.tsx - one phone: its head, what it shows, its three tabs, and its settings.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { answer, Calls, decline, KEYS, Live, liveOf, press } from './calls';
import { act, isRinging, type Call, type Phone } from './model';
import { Avatar, Icon, Switch, Words } from './parts';
import { hidden } from './prefs';
import { Texts } from './texts';
import { ADD, current, ignored, selected, shown, showTab, tabOf, unread, type Tab } from './view';
import { nameOf, pretty } from './words';

function badges(phone: Phone): string[] {
  return [
    phone.unreachable ? 'Unreachable' : '',
    phone.scripted && !phone.held ? 'By script' : '',
    phone.silent ? 'Do not disturb' : '',
    phone.held && phone.screening ? 'Screening' : '',
    phone.held && phone.voicemail ? 'Voicemail' : '',
    phone.landline ? 'Landline' : '',
  ].filter(Boolean);
}

function Head({ phone }: { phone: Phone }) {
  const marks = badges(phone);
  return (
    <header class="phonehead">
      <Avatar name={nameOf(phone.number)} />
      <div class="grow">
        <h2><Words>{nameOf(phone.number)}</Words></h2>
        <p class="quiet figures">{phone.name ? pretty(phone.number) : 'no name yet'}</p>
        {marks.length > 0 && <p class="badges">{marks.map((mark) => <span key={mark} class="badge">{mark}</span>)}</p>}
      </div>
    </header>
  );
}

// A field that is taken over when one leaves it or presses Enter.
function Field({ label, value, max, set, hint, type }: { label: string; value: string; max: number; set: (v: string) => void; hint?: string; type?: string }) {
  return (
    <label class="setting">
      <span>{label}</span>
      <input class="field" type={type ?? 'text'} maxLength={max} placeholder={hint ?? ''} defaultValue={value} key={value}
        onKeyDown={(e) => { if (e.key === 'Enter') e.currentTarget.blur(); }}
        onBlur={(e) => { if (e.currentTarget.value !== value) set(e.currentTarget.value); }} />
    </label>
  );
}

function Settings({ phone }: { phone: Phone }) {
  const set = (what: object): void => void act(phone.number, 'set', what);
  return (
    <div class="view">
      <div class="scroll settings">
        <Field label="Name" value={phone.name} max={60} hint="Who holds it" set={(name) => set({ name })} />
        {phone.scripted && <Switch label="In your hand" hint="Off: it does what its script says" on={phone.held} set={(held) => set({ held })} />}
        <Switch label="Voicemail" hint="Takes the call when you do not" on={phone.held && phone.voicemail} set={(voicemail) => set({ voicemail })} />
        {phone.held && phone.voicemail && (
          <>
            <label class="setting short"><span>After seconds</span>
              <input class="field figures" type="number" min={0} max={120} value={phone.voicemail_after_s}
                onChange={(e) => { if (e.currentTarget.checkValidity() && e.currentTarget.value) set({ voicemail_after_s: Number(e.currentTarget.value) }); }} /></label>
            <Field label="Greeting" value={phone.greeting} max={200} hint="Nobody is here now." set={(greeting) => set({ greeting })} />
          </>
        )}
        <Switch label="Call screening" hint="The phone picks up and asks who is calling" on={phone.held && phone.screening} set={(screening) => set({ screening })} />
        <Switch label="Do not disturb" hint="Calls and texts come without sound" on={phone.silent} set={(silent) => set({ silent })} />
        <Switch label="Unreachable" hint="Calls fail, texts come back" on={phone.unreachable} set={(unreachable) => set({ unreachable })} />
        <button type="button" class="pill" onClick={() => { hidden.value = [...hidden.value, phone.number]; }}>Hide this phone</button>
      </div>
    </div>
  );
}

function Tabs({ phone, live }: { phone: Phone; live: Call[] }) {
  const news = unread.value.get(phone.number) ?? 0;
  const tab = tabOf(phone.number);
  const all: [Tab, 'phone' | 'text' | 'sliders', string, boolean][] = [
    ['calls', 'phone', 'Calls', live.length > 0], ['texts', 'text', 'Texts', news > 0], ['settings', 'sliders', 'Settings', false],
  ];
  return (
    <nav class="tabs" aria-label={`Parts of ${nameOf(phone.number)}`}>
      {all.map(([name, icon, label, dot]) => (
        <button key={name} type="button" aria-current={tab === name ? 'page' : undefined} onClick={() => showTab(phone.number, name)}>
          <span class={dot ? 'dotted' : ''}><Icon name={icon} /></span>{label}
          {dot && <span class="hush">{name === 'calls' ? ', a call' : `, ${news} unread`}</span>}
        </button>
      ))}
    </nav>
  );
}

const isField = (e: Event): boolean => e.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName);

// Enter answers, Escape declines, digits are keys; not while somebody writes.
function onKey(e: KeyboardEvent, call: Call | undefined): void {
  if (!call || isField(e) || e.ctrlKey || e.metaKey || e.altKey) return;
  const own = e.target === e.currentTarget;
  if (isRinging(call) && e.key === 'Enter' && own) answer(call);
  else if (isRinging(call) && e.key === 'Escape') decline(call);
  else if (call.state === 'in-progress' && !call.kept_by && KEYS.includes(e.key)) press(call, e.key);
  else return;
  e.preventDefault();
}

export function PhoneCard({ phone }: { phone: Phone }) {
  const live = liveOf(phone.number);
  const call = live.find(isRinging) ?? live.at(-1);
  const rings = call !== undefined && isRinging(call) && !ignored.value.has(call.sid);
  const card = useRef<HTMLElement>(null);
  const tab = tabOf(phone.number);
  const sid = call?.sid;
  useEffect(() => {
    if (!sid) return;
    showTab(phone.number, 'calls');
    if (rings && (document.activeElement === document.body || !document.activeElement)) card.current?.focus({ preventScroll: true });
  }, [sid]);
  return (
    <section ref={card} class={`phone ${rings ? (phone.silent ? 'rings softly' : 'rings') : call ? 'busy' : ''} ${phone.unreachable ? 'away' : ''}`}
      data-number={phone.number} tabIndex={-1} aria-label={`${nameOf(phone.number)}, ${pretty(phone.number)}`} onKeyDown={(e) => onKey(e, call)}>
      <Head phone={phone} />
      {tab === 'texts' ? <Texts phone={phone} /> : tab === 'settings' ? <Settings phone={phone} />
        : call ? <Live key={call.sid} phone={phone} call={call} /> : <Calls phone={phone} />}
      <Tabs phone={phone} live={live} />
    </section>
  );
}

// ---- beside the phones: one more ----

export function AddPhone() {
  const number = useSignal('');
  const name = useSignal('');
  const add = async (): Promise<void> => {
    if (!(await act(number.value.trim(), 'set', { name: name.value.trim(), held: true }))) return;
    number.value = name.value = '';
    selected.value = shown.value.at(-1)?.number ?? '';
  };
  return (
    <section class="phone ghost" aria-label="Add a phone">
      <form onSubmit={(e) => { e.preventDefault(); void add(); }}>
        <h2>{shown.value.length ? 'Another phone' : 'No phone is here yet'}</h2>
        <p class="quiet">Any number will do. (619) 555-01xx belongs to nobody.</p>
        <label class="setting"><span>Number</span><input class="field figures" type="tel" placeholder="(619) 555-0123" autocomplete="off" required value={number.value} onInput={(e) => { number.value = e.currentTarget.value; }} /></label>
        <label class="setting"><span>Name</span><input class="field" placeholder="Who holds it" maxLength={60} autocomplete="off" value={name.value} onInput={(e) => { name.value = e.currentTarget.value; }} /></label>
        <button class="pill strong wide" disabled={!number.value.trim()}><Icon name="plus" />Add</button>
        {hidden.value.length > 0 && (
          <div class="hidden-list"><p class="quiet">Hidden</p>
            {hidden.value.map((n) => <button key={n} type="button" class="pill" onClick={() => { hidden.value = hidden.value.filter((h) => h !== n); }}>Show <Words>{nameOf(n)}</Words></button>)}
          </div>
        )}
      </form>
    </section>
  );
}

// At phone width: whose phone is on the screen.
export function Switcher() {
  return (
    <nav class="switcher" aria-label="Phones">
      {shown.value.map((p) => {
        const live = liveOf(p.number);
        const state = live.some((c) => isRinging(c) && !ignored.value.has(c.sid)) ? 'rings' : live.length ? 'busy' : '';
        const news = unread.value.get(p.number) ?? 0;
        return (
          <button key={p.number} type="button" class={`chip ${state}`} aria-current={current.value === p.number ? 'true' : undefined} onClick={() => { selected.value = p.number; }}>
            <Words>{nameOf(p.number)}</Words>
            {state && <span class="hush">{state === 'rings' ? ', rings' : ', in a call'}</span>}
            {news > 0 && <b class="count" aria-label={`${news} unread`}>{news}</b>}
          </button>
        );
      })}
      <button type="button" class="chip" aria-label="Add a phone" aria-current={current.value === ADD ? 'true' : undefined} onClick={() => { selected.value = ADD; }}><Icon name="plus" /></button>
    </nav>
  );
}
