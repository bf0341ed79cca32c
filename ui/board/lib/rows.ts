// ui/board/lib/rows.ts - what the daemon sends, as it sends it.
export type Role = 'viewer' | 'dispatcher' | 'admin';

export interface User {
  id: string;
  login: string;
  name: string;
  role: Role;
  operator: string;
}
export interface Tenant {
  id: string; // the slug
  name: string;
  time_zone: string;
  is_suspended: boolean; // by the host
}
export interface Session {
  user: User;
  tenant: string | null;
  tenants: Tenant[];
  csrf: string;
  expires_at: string;
  server_time: string;
  version: string;
}

export interface List<T> {
  items: T[];
  next: string | null;
}

export interface Person {
  operator: string;
  name: string;
}

export interface Rung extends Person {
  step: number;
  ring_seconds: number;
  ack_seconds?: number;
  state: string; // waiting | told | reached | passed | missed | busy | failed | accepted
  reason: string;
  tag?: string | null;
}
export interface LeftOut extends Person {
  reason: string;
}

export interface Call {
  id: string;
  thread_id: string;
  line: string;
  customer_phone: string;
  customer_name: string | null;
  job_id: string | null;
  state: string; // ringing | accepted | voicemail | closed | asked | menu | over
  outcome: string | null; // none | answered | voicemail | missed | abandoned | refused | menu
  attempt: number;
  ring_s: number;
  started_at: string;
  rang_at: string | null;
  due_at: string | null;
  accepted_at: string | null;
  ended_at: string | null;
  accepted_by: string | null; // an operator's id
  recording_s: number | null;
  recording_url?: string | null;
  transcript: string | null;
  plan?: Rung[] | null;
  left_out?: LeftOut[] | null;
}

export type RelayKind = 'text' | 'missed_call' | 'voicemail' | 'job';
export interface Relay {
  id: string;
  thread_id: string;
  message_id?: string | null;
  line: string;
  customer_phone: string;
  customer_name: string | null;
  job_id?: string | null;
  body: string;
  kind: RelayKind;
  state: string; // open | idle | exhausted | taken
  step: number; // from 0; those of a plan count from 1
  raised_at: string;
  forwarded_to_backup_at?: string | null;
  due_at: string | null;
  acked_at?: string | null;
  acked_by?: string | null;
  holders: Person[];
  next_holders: Person[];
  plan?: Rung[] | null;
}

export interface Thread {
  id: string;
  line: string;
  customer_phone: string;
  customer_name: string | null;
  owner: string | null;
  owner_name?: string | null;
  job_id?: string | null;
  state: 'open' | 'closed' | 'waiting';
  relay_state: string | null; // idle | open | taken | exhausted
  relay_id?: string | null;
  due_at: string | null;
  last_at: string;
  last: { kind: string; direction: 'in' | 'out' | null; body: string; at: string; outcome?: string | null } | null; // outcome: of a call
  found?: { at: string; body: string } | null; // by a search: the latest words that have it
}

export interface Media {
  url: string;
  type?: string;
  bytes?: number;
}
export interface Message {
  id: string;
  thread_id: string;
  direction: 'in' | 'out';
  origin: string;
  kind: string; // inbound | reply | customer | forward | prealert | notice | ...
  operator: string | null;
  body: string;
  delivery: string; // none | queued | unsure | accepted | sent | delivered | undelivered | failed | dropped
  error?: string | null; // the carrier's, in words
  created_at: string;
  media?: Media[] | null;
  is_late?: boolean;
  is_duplicate?: boolean;
}

export interface Event {
  id: string;
  kind: string;
  created_at: string;
  thread_id: string | null;
  subject_id: string | null;
  operator: string | null;
  detail: string | Record<string, unknown> | null;
  is_alarm: boolean;
}

export interface JobPerson {
  name: string;
  phone: string;
  language: string | null;
}
export type JobState = 'pending' | 'assigned' | 'in-progress' | 'completed' | 'cancelled';
export interface Job {
  id: string;
  job_id: string; // as the business writes it: addresses name it
  state: JobState;
  priority: string;
  exception: string | null;
  title: string | null;
  notes: string | null;
  address: string | null;
  customer_phone: string | null;
  customer_name: string | null;
  language: string | null;
  operator: string | null;
  line: string | null;
  crew: JobPerson[] | null;
  stakeholders: JobPerson[] | null;
  claimed_by: string | null; // an operator's id, or a crew member's number
  handed_by: string | null;
  handed_to: string | null;
  claim_seconds: number;
  progress_seconds: number;
  created_at: string;
  created_by: string | null;
  assigned_at: string | null;
  claimed_at: string | null;
  started_at: string | null;
  completed_at: string | null;
  cancelled_at: string | null;
  changed_at: string;
  due_at: string | null;
  version: number;
  thread_id: string | null;
}

// One row of a thread's timeline: `type` says of which kind the rest is.
// A job's row is the event of its move, with the job as it is now.
export type Item = { at: string; note?: string | null } & (
  | ({ type: 'message' } & Message) | ({ type: 'call' } & Call) | ({ type: 'event' } & Event)
  | ({ type: 'job'; job_id: string; title: string | null; state: JobState } & Event));

export interface OnDuty extends Person {
  step: number;
  reason: string;
  until: string | null;
}
export interface LineDuty {
  line: string;
  chain: string;
  now: OnDuty[];
  next: { operator: string; name: string; at: string } | null;
  gap: { from: string; to: string | null } | null;
}

export interface Healthy {
  name: string; // store | queue | carrier | webhooks | roster | stream
  state: 'ok' | 'warn' | 'bad';
  words: string;
  since: string | null;
}
export interface Health extends Omit<Healthy, 'name'> { // the worst of its items
  items: Healthy[];
  version?: string;
  started_at?: string;
}

export interface Counts {
  threads_open: number;
  relays_waiting: number;
  calls_live: number;
  jobs_active: number;
}
export interface Board {
  cursor: string;
  now: string;
  tenant: { id: string; name: string; time_zone: string; region: string; is_suspended: boolean };
  calls: Call[];
  waiting: Relay[];
  duty: LineDuty[];
  health: Health;
  alarms: Event[];
  counts: Counts;
  rehearsal?: { phones: string } | null; // the carrier is a simulator on this machine
}

// One turn of the stream: what has changed, and the rows as they are now.
export interface Change {
  event?: Event;
  now?: string;
  relay?: Relay;
  call?: Call;
  thread?: Thread;
  job?: Job;
  message?: Message;
  counts?: Counts;
}

export interface Operator {
  id: string;
  name: string;
  phone?: string;
  [more: string]: unknown;
}
export interface Line {
  number: string;
  name?: string | null;
  [more: string]: unknown;
}
