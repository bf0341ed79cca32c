// ui/phones/main.tsx - the page of phones: puts its parts together and starts to listen.
import { effect } from '@preact/signals';
import { render } from 'preact';
import { answer, decline } from './calls';
import { Bar, LinkState, Panel } from './desk';
import { calls, clock, link, listen, tick, toast } from './model';
import { Icon, Words } from './parts';
import { AddPhone, PhoneCard, Switcher } from './phone';
import { panelOpen } from './prefs';
import { rings, startSound } from './sound';
import { ADD, current, ringing, selected, shown, startReading } from './view';
import { nameOf } from './words';

const TICK_MS = 200;
const narrow = matchMedia('(max-width: 759px)');

// At phone width another phone that rings is told above the one on the screen.
function Elsewhere() {
  const call = ringing.value.find((c) => c.phone !== current.value && rings(c));
  if (!call) return null;
  return (
    <div class="elsewhere" role="alert">
      <button type="button" class="grow" onClick={() => { selected.value = call.phone; }}><b><Words>{nameOf(call.phone)}</Words></b> rings<small><Words>{nameOf(call.other)}</Words></small></button>
      <button type="button" class="round no" aria-label={`Decline on ${nameOf(call.phone)}`} onClick={() => decline(call)}><Icon name="phone" /></button>
      <button type="button" class="round strong" aria-label={`Answer on ${nameOf(call.phone)}`} onClick={() => { selected.value = call.phone; answer(call); }}><Icon name="phone" /></button>
    </div>
  );
}

function Wall() {
  return (
    <div class="wall">
      {shown.value.map((phone) => <div key={phone.number} class={`slot ${current.value === phone.number ? 'here' : ''}`}><PhoneCard phone={phone} /></div>)}
      <div class={`slot ${current.value === ADD ? 'here' : ''}`}><AddPhone /></div>
    </div>
  );
}

function Loading() {
  return <div class="wall" role="status" aria-label="Loading">{[0, 1, 2].map((i) => <div key={i} class="slot here"><div class="phone skeleton" aria-hidden="true"><span /><span /><span /></div></div>)}</div>;
}

function Page() {
  return (
    <>
      <Bar />
      <LinkState />
      <Switcher />
      <main class={link.value === 'lost' ? 'stale' : ''}>
        {link.value === 'loading' ? <Loading /> : <Wall />}
        <Panel />
      </main>
      <Elsewhere />
      <p class={`toast ${toast.value ? 'on' : ''}`} role="alert">{toast.value}</p>
    </>
  );
}

// The title tells of a ring to whoever looks at another tab.
effect(() => {
  const call = ringing.value.find(rings);
  document.title = call ? `${nameOf(call.phone)} rings` : 'Phones';
});
effect(() => {
  if (link.value === 'live') startReading(clock.peek().now_ms);
});
effect(() => { // the first ring of a page on which nobody has chosen a phone
  if (!selected.value && narrow.matches && ringing.value[0] && calls.value.size) selected.value = ringing.value[0].phone;
});

if (narrow.matches) panelOpen.value = false;
const app = document.getElementById('app')!;
app.textContent = '';
render(<Page />, app);
setInterval(tick, TICK_MS);
startSound();
listen();
