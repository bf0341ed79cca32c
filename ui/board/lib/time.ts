// ui/board/lib/time.ts - one clock for the page, corrected to the server's, and instants in the
// tenant's zone. The clock stands still while nothing is heard: nothing ticks on as if live.
import { computed, signal } from '@preact/signals';

export const zone = signal('UTC');
export const now = signal(Date.now()); // ms, by the server; changes once a second
export const runs = signal(true);

let offset = 0; // the server's clock less performance.now()
let known = false;
const serverNow = (): number => Math.floor(offset + performance.now());

// An instant that the server named just now. What was long on its way would turn the clock back:
// between two of them within two seconds of ours, ours goes on.
export function hear(at: string | number): void {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  if (!ms || (known && Math.abs(ms - serverNow()) < 2000)) return;
  known = true;
  offset = ms - performance.now();
  tick();
}
export function tick(): void {
  if (!known) offset = Date.now() - performance.now();
  if (runs.value) now.value = serverNow();
}
export function startClock(): void {
  const next = (): void => {
    tick();
    setTimeout(next, 1000 - (Math.max(0, serverNow()) % 1000) + 5);
  };
  next();
}

// ---- formats ----

const formats = new Map<string, Intl.DateTimeFormat>();
function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone.value + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) {
    try {
      made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone.value });
    } catch {
      made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    }
    formats.set(key, made);
  }
  return made;
}
type At = string | number | null | undefined;
export const ms = (at: At): number => (at ? (typeof at === 'number' ? at : Date.parse(at)) : 0);
const by = (options: Intl.DateTimeFormatOptions) => (at: At): string => (ms(at) ? format(options).format(ms(at)) : '');

export const clockTime = by({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }); // 14:05
export const secondTime = by({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
export const dayName = by({ weekday: 'short', day: 'numeric', month: 'short' }); // Tue 24 Nov
export const dayTime = (at: At): string => (ms(at) ? `${dayName(at)}, ${clockTime(at)}` : '');
export const fullTime = (at: At): string => (ms(at) ? `${by({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })(at)}, ${secondTime(at)} ${zoneName.value}` : '');
export const isoDay = (at: At): string => {
  const parts = Object.fromEntries(format({ year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(ms(at)).map((p) => [p.type, p.value]));
  return `${parts['year']}-${parts['month']}-${parts['day']}`;
};
// "PST" as the zone says it today.
export const zoneName = computed(() => {
  const day = Math.floor(now.value / 86400000) * 86400000;
  return new Intl.DateTimeFormat('en-US', { timeZone: zone.value, timeZoneName: 'short' }).formatToParts(day).find((p) => p.type === 'timeZoneName')?.value ?? zone.value;
});
const today = computed(() => isoDay(now.value));
const yesterday = computed(() => isoDay(now.value - 86400000));
// As short as it can be: 14:05 today, "yesterday 14:05", Tue 24 Nov.
export function shortWhen(at: At): string {
  if (!ms(at)) return '';
  const day = isoDay(at);
  return day === today.value ? clockTime(at) : day === yesterday.value ? `yesterday ${clockTime(at)}` : dayName(at);
}
// Of a time to come, or near: "07:00", "Wed 07:00".
export function soonWhen(at: At): string {
  if (!ms(at)) return '';
  return isoDay(at) === today.value ? clockTime(at) : ms(at) - now.value < 6 * 86400000 ? `${by({ weekday: 'short' })(at)} ${clockTime(at)}` : dayTime(at);
}

// 1:05, 1:02:05.
export function lasted(length: number): string {
  const s = Math.max(0, Math.floor(length / 1000));
  const rest = `${String(Math.floor(s / 60) % 60).padStart(s >= 3600 ? 2 : 1, '0')}:${String(s % 60).padStart(2, '0')}`;
  return s >= 3600 ? `${Math.floor(s / 3600)}:${rest}` : rest;
}
// "45 s", "12 min", "3 h 20 min", "2 days".
export function inWords(length: number): string {
  const s = Math.max(0, Math.round(length / 1000));
  if (s < 90) return `${s} s`;
  const m = Math.round(s / 60);
  if (m < 90) return `${m} min`;
  const h = Math.floor(m / 60);
  if (h < 24) return m % 60 && h < 6 ? `${h} h ${m % 60} min` : `${h} h`;
  const d = Math.round(h / 24);
  return d === 1 ? '1 day' : `${d} days`;
}
