// ui/board/lib/local.ts - what the clocks of the tenant's zone show, as the fields of a form have
// it: 2026-11-24T18:00.
import { clockTime, isoDay } from './time';

const HALF_DAY_MS = 43200000;

export const localOf = (ms: number): string => `${isoDay(ms)}T${clockTime(ms)}`;

// Of a time that comes twice the first; one that a change skips is as late as it would have been.
export function instantOf(local: string): number {
  const wall = Date.parse(`${local.slice(0, 16)}Z`);
  const beside = (at: number): number => wall - (Date.parse(`${localOf(at)}Z`) - at);
  if (Number.isNaN(wall)) return NaN;
  const first = beside(wall - HALF_DAY_MS), second = beside(wall + HALF_DAY_MS);
  return localOf(first) !== local.slice(0, 16) && localOf(second) === local.slice(0, 16) ? second : first;
}
