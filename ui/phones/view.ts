// ui/phones/view.ts - what each phone on the page shows just now, and what was read of it.
import { computed, signal } from '@preact/signals';
import { isRinging, liveCalls, phones, texts } from './model';
import { hidden } from './prefs';

export type Tab = 'calls' | 'texts' | 'settings';

export const ignored = signal<ReadonlySet<string>>(new Set()); // calls that ring on without sound
export const ignore = (sid: string): void => { ignored.value = new Set(ignored.value).add(sid); };

export const tabs = signal<ReadonlyMap<string, Tab>>(new Map());
export const tabOf = (number: string): Tab => tabs.value.get(number) ?? 'calls';
export function showTab(number: string, tab: Tab): void {
  tabs.value = new Map(tabs.value).set(number, tab);
}

// The open thread of a phone: the other number, "" while a new one is begun.
export const threads = signal<ReadonlyMap<string, string | undefined>>(new Map());
export function openThread(number: string, other: string | undefined): void {
  threads.value = new Map(threads.value).set(number, other);
}

// Drafts outlive the view that writes them.
export const drafts = new Map<string, string>();

// Texts that came before the page was opened count as read.
export const readUntil = signal<ReadonlyMap<string, number>>(new Map());
export const threadKey = (number: string, other: string): string => `${number} ${other}`;
const opened = signal(Infinity);
export function isUnread(key: string, arrivedMs: number): boolean {
  return arrivedMs > (readUntil.value.get(key) ?? opened.value);
}
export function markRead(key: string, untilMs: number): void {
  if ((readUntil.value.get(key) ?? opened.value) < untilMs) readUntil.value = new Map(readUntil.value).set(key, untilMs);
}
export function startReading(nowMs: number): void {
  if (opened.value === Infinity) opened.value = nowMs;
}

export const unread = computed(() => {
  const count = new Map<string, number>();
  for (const t of texts.value.values())
    if (!t.placed && t.arrived_ms && isUnread(threadKey(t.phone, t.other), t.arrived_ms)) count.set(t.phone, (count.get(t.phone) ?? 0) + 1);
  return count;
});

export const shown = computed(() => [...phones.value.values()].filter((p) => !hidden.value.includes(p.number)));
export const ringing = computed(() => liveCalls.value.filter((c) => isRinging(c) && !hidden.value.includes(c.phone)));

// At phone width one phone is seen: this one, or the form that adds one.
export const ADD = '+';
export const selected = signal('');
export const current = computed(() => {
  if (selected.value === ADD || shown.value.some((p) => p.number === selected.value)) return selected.value;
  return shown.value[0]?.number ?? ADD;
});
