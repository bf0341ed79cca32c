// ui/board/reports/figures.ts - a report as the server sends it.
import { inWords } from '../lib/time';

export interface Spread {
  p50: number | null;
  p90: number | null;
}
export interface DayRow {
  day: string;
  calls: number;
  answered: number;
  missed: number;
  voicemail: number;
  abandoned: number;
  refused: number;
  answer_p50?: number | null;
  answer_p90?: number | null;
  ack_p50?: number | null;
  ack_p90?: number | null;
  [more: string]: unknown;
}
export interface OperatorRow {
  operator: string;
  name: string;
  rung: number;
  accepted: number;
  passed_on: number;
  not_answered: number;
  answer_p50: number | null;
  answer_p90: number | null;
  relays: number;
  acked: number;
  ack_p50: number | null;
  ack_p90: number | null;
}
export interface Report {
  from: string;
  to: string;
  time_zone: string;
  calls: { total: number; answered: number; missed: number; voicemail: number; abandoned: number; refused: number; answered_share: number | null; answer_seconds: Spread };
  texts: { in: number; out: number; relays: number; acked: number; exhausted: number; ack_seconds: Spread };
  by_day: DayRow[];
  by_operator: OperatorRow[];
  by_hour: { calls: number[][]; texts: number[][]; missed: number[][] };
  missed: { id: string; thread_id: string | null; at: string; customer_phone: string | null; customer_name: string | null; kind: string; why: string }[];
  spend: { day: string; texts: number; calls: number }[];
  budget: { texts_per_day: number | null; calls_per_day: number | null; [more: string]: unknown } | null;
}

export const time = (s: number | null | undefined): string => (s === null || s === undefined ? '–' : inWords(s * 1000));
