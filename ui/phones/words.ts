// ui/phones/words.ts - numbers, instants and states in the words of people. Pure but for the
// names, which are the model's.
import { lines, phones, type Call, type Text } from './model';

export function pretty(number: string): string {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return us ? `(${us[1]}) ${us[2]}-${us[3]}` : number;
}

export function nameOf(number: string): string {
  const phone = phones.value.get(number);
  if (phone?.name) return phone.name.replace(/[\u202a-\u202e\u2066-\u2069]/g, ''); // marks that turn the rest around
  if (lines.value.includes(number)) return `Line ${pretty(number)}`;
  return pretty(number);
}

export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const first = words[0] ?? '';
  if (!words.length || /^\p{N}/u.test(first)) return name.replace(/\D/g, '').slice(-2) || '?';
  return [...words.slice(0, 2)].map((word) => [...word][0]).join('').toUpperCase();
}

// The simulator's instants are shown as they stand in its timeline: UTC.
export function clockTime(ms: number): string {
  return ms ? new Date(ms).toISOString().slice(11, 19) : '';
}
export function shortTime(ms: number, nowMs: number): string {
  const at = new Date(ms).toISOString();
  return at.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10) ? at.slice(11, 16) : at.slice(5, 10);
}
export function clockDate(ms: number): string {
  return new Date(ms).toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
}

export function lasted(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const rest = `${String(Math.floor(s / 60) % 60).padStart(s >= 3600 ? 2 : 1, '0')}:${String(s % 60).padStart(2, '0')}`;
  return s >= 3600 ? `${Math.floor(s / 3600)}:${rest}` : rest;
}

const ends: Record<string, string> = {
  busy: 'busy', failed: 'failed', 'no-answer': 'no answer', canceled: 'given up',
};

export function callWords(call: Call): string {
  if (call.kept_by === 'voicemail') return 'voicemail';
  if (call.kept_by === 'screening') return 'screened';
  if (call.answered_ms) return lasted(call.ended_ms - call.answered_ms);
  if (!call.placed) return call.state === 'busy' ? 'declined' : 'missed';
  return ends[call.state] ?? call.state;
}

export function receiptWords(text: Text): string {
  if (text.placed) return 'sent';
  if (text.state === 'queued') return 'queued';
  if (text.state === 'sent') return 'on its way';
  if (text.state === 'delivered') return `delivered ${clockTime(text.arrived_ms)}`;
  return text.error ? `${text.state}, ${text.error}` : text.state;
}
export const hasFailed = (text: Text): boolean => ['undelivered', 'failed', 'canceled'].includes(text.state);

// An entry of the journal, as short as it can be: names for numbers, no host, no account.
export function journalWords(words: string): string {
  return words
    .replace(/https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(?=\/)/g, '')
    .replace(/(\/\S*)\?\S{12,}/g, '$1?…')
    .replace(/\/2010-04-01\/Accounts\/AC\w+/g, '')
    .replace(/\+\d{8,15}\b/g, (number) => nameOf(number))
    .replaceAll(' -> ', ' → ');
}

// The addresses in a text, apart from the rest of it: only those that a browser would open.
export function parted(body: string): { text: string; link: boolean }[] {
  return body.split(/(https?:\/\/[^\s<>"]{4,500})/).map((text, i) => ({ text, link: i % 2 === 1 })).filter((p) => p.text);
}
