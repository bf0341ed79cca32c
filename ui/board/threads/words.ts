// ui/board/threads/words.ts - deliveries, calls and last words as people say them. Pure.
import type { Call, Rung, Thread } from '../lib/rows';
import { inWords, ms } from '../lib/time';

const DELIVERY: Record<string, string> = {
  queued: 'waiting to be sent', unsure: 'being looked for at the carrier', accepted: 'on its way', sent: 'sent',
  delivered: 'delivered', undelivered: 'not delivered', failed: 'failed', dropped: 'not sent',
};
export const hasFailed = (delivery: string): boolean => /^(undelivered|failed|dropped)$/.test(delivery);
export const deliveryWords = (delivery: string, error?: string | null): string => (DELIVERY[delivery] ?? '') + (error ? `: ${error}` : '');

const RUNGS: Record<string, string> = {
  waiting: 'not reached', told: 'ringing', reached: 'picked up', passed: 'passed it on', missed: 'did not answer',
  busy: 'was busy', failed: 'could not be reached', accepted: 'took it',
};
const REASONS: Record<string, string> = {
  on_duty: 'on duty', job: 'the job is theirs', owner: 'the thread is theirs', off_duty: 'off duty', away: 'away', caller: 'is the caller',
  earlier: 'asked earlier', opted_out: 'refused texts', turn: 'their turn', override_on: 'put on duty', stands_in: 'stands in',
  override_off: 'put off duty', vacation: 'on vacation', not_his_turn: 'not their turn', swapped: 'somebody stands in', job_load: 'the job is theirs',
};
export const rungWords = (r: Rung): string => RUNGS[r.state] ?? r.state;
export const reasonWords = (reason: string): string => REASONS[reason] ?? reason.replace(/_/g, ' ');

// What became of a call: a headline and the rest.
export function callWords(c: Call, who: string): { words: string; more: string; isMissed: boolean } {
  if (c.accepted_at) {
    const talk = c.ended_at ? `, ${inWords(ms(c.ended_at) - ms(c.accepted_at))}` : '';
    return { words: `${who || 'Somebody'} answered`, more: `after ${inWords(ms(c.accepted_at) - ms(c.started_at))}${talk}`, isMissed: false };
  }
  if (c.state !== 'over') return { words: c.state === 'voicemail' ? 'Speaks to the voicemail' : 'Ringing', more: '', isMissed: false };
  const waited = c.ended_at ? `waited ${inWords(ms(c.ended_at) - ms(c.started_at))}` : '';
  const rung = (c.plan ?? []).filter((r) => r.state !== 'waiting').length;
  const why = rung ? `${rung === 1 ? 'one phone' : `${rung} phones`} rang` : (c.plan ?? []).length ? 'no phone rang' : 'nobody was on duty';
  switch (c.outcome) {
    case 'voicemail': return { words: 'Left a voicemail', more: why, isMissed: true };
    case 'abandoned': return { words: 'Hung up', more: [waited, why].filter(Boolean).join(', '), isMissed: true };
    case 'refused': return { words: 'Not let in', more: '', isMissed: false };
    case 'menu': return { words: 'Called the line', more: '', isMissed: false };
    default: return { words: 'Missed', more: [why, waited].filter(Boolean).join(', '), isMissed: true };
  }
}

const LAST: Record<string, string> = { missed: 'Missed call', voicemail: 'Voicemail', answered: 'Call', abandoned: 'Missed call', none: 'A call now' };
const BEFORE = 24; // characters of what was found before the words that were looked for
export function lastWords(t: Thread, q = ''): string {
  const { last, found } = t;
  if (q && found?.body) {
    const at = found.body.toLowerCase().indexOf(q.toLowerCase()) - BEFORE;
    return at > 0 ? `…${found.body.slice(at).replace(/^[\udc00-\udfff]/, '')}` : found.body;
  }
  if (!last) return 'Nothing yet';
  if (last.kind === 'call') return (LAST[last.outcome ?? ''] ?? 'Call') + (last.body ? `: ${last.body}` : '');
  return (last.direction === 'in' ? '' : last.kind === 'customer' ? 'Automatic: ' : 'You: ') + (last.body || 'Photo');
}
