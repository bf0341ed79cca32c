// ui/board/jobs/moves.ts - which move takes a job from one state to another, as docs/states.md
// has it for the office: where none is written, none is offered. Pure.
import type { JobState } from '../lib/rows';

export const STATES: readonly JobState[] = ['pending', 'assigned', 'in-progress', 'completed', 'cancelled'];

export const STATE_WORDS: Record<JobState, string> = {
  pending: 'Pending', assigned: 'Assigned', 'in-progress': 'At work', completed: 'Completed', cancelled: 'Cancelled',
};

const WAYS: Record<JobState, Partial<Record<JobState, string>>> = {
  pending: { assigned: 'assign', 'in-progress': 'start', completed: 'complete', cancelled: 'cancel' },
  assigned: { pending: 'reopen', 'in-progress': 'start', completed: 'complete', cancelled: 'cancel' },
  'in-progress': { pending: 'give back', completed: 'complete', cancelled: 'cancel' },
  completed: { pending: 'reopen' },
  cancelled: { pending: 'reopen' },
};
export const wayTo = (from: JobState, to: JobState): string | undefined => WAYS[from][to];

const MOVE_WORDS: Record<string, string> = {
  assign: 'Assign', start: 'Start', complete: 'Complete', cancel: 'Cancel the job', reopen: 'Back to pending', 'give back': 'Give back',
};
// What the menu of a job offers, and to which state it leads.
export const movesOf = (from: JobState): { to: JobState; action: string; words: string }[] =>
  STATES.flatMap((to) => {
    const action = WAYS[from][to];
    return action ? [{ to, action, words: MOVE_WORDS[action]! }] : [];
  });

// Why a job cannot go there, in words.
export function refusal(from: JobState, to: JobState): string {
  const can = movesOf(from).map((m) => STATE_WORDS[m.to].toLowerCase());
  return `${STATE_WORDS[from]} cannot become ${STATE_WORDS[to].toLowerCase()}: only ${can.join(', ')}.`;
}

export const EXCEPTIONS: Record<string, string> = {
  'not-claimed': 'Not claimed in time', 'given-back': 'Given back', 'no-progress': 'No progress',
  'cancelled-in-progress': 'Cancelled at work', unreachable: 'Crew cannot be reached',
};
