// ui/board/lib/alerts.ts - what reaches whoever looks elsewhere: the title, the mark in the tab,
// and, where it was switched on, a sound and a notification of the browser.
import { effect } from '@preact/signals';
import { calls, waiting } from './board';
import { nameOf } from './number';
import { notices, sound } from './prefs';
import type { Call, Relay } from './rows';
import { route } from './route';
import { isLive, link } from './stream';

const titles: Record<string, string> = { now: 'Now', threads: 'Threads', jobs: 'Jobs', duty: 'Duty', reports: 'Reports', log: 'Log', settings: 'Settings' };

let audio: AudioContext | undefined;
function wake(): void {
  if (!sound.value) return;
  audio ??= new AudioContext();
  if (audio.state === 'suspended') void audio.resume();
}
function tone(frequency: number, after: number, seconds: number): void {
  if (audio?.state !== 'running') return;
  const at = audio.currentTime + after;
  const gain = audio.createGain();
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.06, at + 0.03);
  gain.gain.linearRampToValueAtTime(0, at + seconds);
  gain.connect(audio.destination);
  const source = audio.createOscillator();
  source.frequency.value = frequency;
  source.connect(gain);
  source.start(at);
  source.stop(at + seconds);
}
const chimes: Record<'call' | 'text', () => void> = {
  call: () => { for (const t of [0, 0.5]) { tone(523, t, 0.4); tone(659, t, 0.4); } },
  text: () => { tone(880, 0, 0.15); tone(1175, 0.12, 0.25); },
};
export function tryChime(): void {
  audio ??= new AudioContext();
  void audio.resume().then(chimes.text);
}

function tell(kind: 'call' | 'text', title: string, body: string, tag: string): void {
  if (sound.value) chimes[kind]();
  if (!notices.value || !document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return;
  const shown = new Notification(title, { body, tag });
  shown.onclick = () => { focus(); location.hash = '#/now'; shown.close(); };
}

// The mark: a ring; full and red when something waits, grey when nothing is heard.
function mark(waits: boolean, live: boolean): string {
  const colour = !live ? '%238b8f86' : waits ? '%23b3261e' : '%230f766e';
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='6' fill='${waits ? colour : 'none'}' stroke='${colour}' stroke-width='3'/%3E%3C/svg%3E`;
}

export function startAlerts(): void {
  for (const what of ['pointerdown', 'keydown']) addEventListener(what, wake, { passive: true });
  effect(() => {
    const n = calls.ids.value.length + waiting.ids.value.length;
    const title = titles[route.value.page] ?? 'nextring';
    document.title = `${link.value === 'offline' ? 'Offline: ' : n ? `(${n}) ` : ''}${title}`;
    const live = isLive.value || link.value === 'starting';
    document.querySelector<HTMLLinkElement>('link[rel=icon]')!.href = mark(n > 0, live);
  });
  const known = new Set<string>();
  let quiet = true; // what stood there when the page came is not news
  effect(() => {
    const ringing = calls.ids.value, texts = waiting.ids.value;
    if (link.value === 'starting') { quiet = true; return; }
    for (const id of ringing) {
      if (known.has(id)) continue;
      known.add(id);
      const call: Call | undefined = calls.rows.get(id)?.peek();
      if (!quiet && call) tell('call', `${nameOf(call.customer_name, call.customer_phone)} calls`, 'Open the board', id);
    }
    for (const id of texts) {
      if (known.has(id)) continue;
      known.add(id);
      const relay: Relay | undefined = waiting.rows.get(id)?.peek();
      if (!quiet && relay) tell('text', `${nameOf(relay.customer_name, relay.customer_phone)} waits`, relay.body.slice(0, 120), id);
    }
    quiet = false;
  });
}
