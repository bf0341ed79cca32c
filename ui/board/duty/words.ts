// ui/board/duty/words.ts - the week as the server tells it, and the words for what is in it.
import { clockTime, dayName, isoDay } from '../lib/time';
import type { Shift, Stretch } from './week';

export interface Override {
  n: number;
  operator: string;
  instead_of: string | null;
  from: string;
  to: string;
  is_on: boolean;
}
export interface Week {
  from: string;
  to: string;
  time_zone: string;
  operators: { operator: string; name: string; shifts: Shift[] }[];
  gaps: { from: string; to: string | null }[];
  overrides: Override[];
}
export interface Chosen {
  operator: string;
  name: string;
  shift: Stretch;
}

const reasons: Record<string, string> = {
  on_duty: 'by hours', turn: 'his turn', override_on: 'put on duty', stands_in: 'stands in',
  override_off: 'taken off duty', vacation: 'on vacation', away: 'away', swapped: 'swapped', off_duty: 'off duty', said: 'said so',
};
export const reasonWords = (reason: string): string => reasons[reason] ?? reason.replace(/_/g, ' ');
export const isOn = (reason: string): boolean => !['override_off', 'vacation', 'away', 'swapped', 'off_duty', 'not_his_turn'].includes(reason);
export const hours = (a: number, b: number): string => [a, b].map((t) => clockTime(t).replace(':00', '')).join('–'); // 07–19, 07:30–19
export const spanWords = (a: number, b: number): string => `${dayName(a)}, ${clockTime(a)} to ${isoDay(a) === isoDay(b) ? '' : `${dayName(b)}, `}${clockTime(b)}`;
