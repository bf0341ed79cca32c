// ui/board/duty/week.ts - where an instant stands in the picture of a week, and back. A column is
// a day of the tenant's zone, however many hours the clocks give it. Pure.
export interface Day {
  date: string; // 2026-11-24
  from: number;
  to: number;
}
export interface Shift {
  from: string;
  to: string;
  reason: string;
}

export const DAYS = 7;
const DAY_MS = 86400000;

export const addDays = (date: string, days: number): string => new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
export const mondayOf = (date: string): string => addDays(date, -((new Date(date).getUTCDay() + 6) % 7));

export function daysFrom(date: string, instantOf: (local: string) => number): Day[] {
  const starts = Array.from({ length: DAYS + 1 }, (_, i) => instantOf(`${addDays(date, i)}T00:00`));
  return starts.slice(0, DAYS).map((from, i) => ({ date: addDays(date, i), from, to: starts[i + 1]! }));
}

// As a share of the week's width, 0 to 1.
export function placeOf(days: Day[], ms: number): number {
  const i = days.findIndex((d) => ms < d.to);
  if (i < 0) return 1;
  const d = days[i]!;
  return (i + Math.max(0, ms - d.from) / (d.to - d.from)) / days.length;
}

// The instant at a share of the width, by the half hour (or `step_ms`).
export function instantAt(days: Day[], share: number, step_ms = 1800000): number {
  const at = Math.min(Math.max(share, 0), 1) * days.length;
  const i = Math.min(Math.floor(at), days.length - 1);
  const d = days[i]!;
  return d.from + Math.round(((at - i) * (d.to - d.from)) / step_ms) * step_ms;
}

export interface Stretch extends Shift {
  a: number;
  b: number;
}
export const stretched = (s: Shift): Stretch => ({ ...s, a: Date.parse(s.from), b: Date.parse(s.to) });

// What of it lies in a day; null when nothing does.
export function within<T extends { a: number; b: number }>(s: T, day: Day): T | null {
  return s.a < day.to && s.b > day.from ? { ...s, a: Math.max(s.a, day.from), b: Math.min(s.b, day.to) } : null;
}
