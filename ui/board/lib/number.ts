// ui/board/lib/number.ts - phone numbers for reading; what is copied stays E.164.
import { signal } from '@preact/signals';

export const region = signal('US'); // the tenant's

export function pretty(number: string | null | undefined): string {
  if (!number) return 'No number';
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (us) return ['US', 'CA'].includes(region.value) ? `(${us[1]}) ${us[2]}-${us[3]}` : `+1 ${us[1]} ${us[2]} ${us[3]}`;
  const other = /^\+(2[1-689]\d|3[578]\d|42\d|5[09]\d|6[789]\d|8[578]\d|9[679]\d|7|\d\d)(\d+)$/.exec(number);
  if (!other) return number;
  return `+${other[1]} ${other[2]!.replace(/(\d{3})(?=\d{3,})/g, '$1 ')}`;
}

// A name without the marks that turn the rest of a line around; without one the number.
export const plainName = (name: string): string => name.replace(/[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/g, ' ').trim();
export function nameOf(name: string | null | undefined, number: string | null | undefined): string {
  return (name && plainName(name)) || pretty(number);
}
