// ui/board/duty/who.tsx - who would be asked at an instant, in which order, and why; and who not.
import { useState } from 'preact/hooks';
import { useLoad } from '../lib/load';
import { instantOf, localOf } from '../lib/local';
import { pretty } from '../lib/number';
import { lines } from '../lib/people';
import { dayTime, inWords, now, zoneName } from '../lib/time';
import { Button, Empty, Failed, Field, Loading, Select, Words } from '../parts';

interface Asked {
  operator: string;
  name: string;
  step: number;
  ring_seconds: number;
  ack_seconds: number;
  reason: string;
  words: string;
}
interface Answer {
  at: string;
  plan: Asked[];
  left_out: Asked[];
}

export function WhoPage({ version }: { version: number }) {
  const [line, setLine] = useState('');
  const [local, setLocal] = useState(localOf(now.peek()));
  const [job, setJob] = useState('');
  const at = instantOf(local);
  const number = line || lines.value[0]?.number;
  const { data, error, again } = useLoad<Answer>(number && at ? 'duty' : null, { line: number, at: at ? new Date(at).toISOString() : '', job: job.trim() }, version);
  return (
    <>
      <form class="bar" onSubmit={(e) => e.preventDefault()}>
        <Select label="Line" value={number ?? ''} set={setLine} options={lines.value.map((l) => [l.number, pretty(l.number)])} />
        <Field label={`At (${zoneName.value})`} type="datetime-local" value={local} set={setLocal} wrong={at ? null : 'This is no time.'} />
        <Field label="Job" value={job} set={setJob} maxLength={63} placeholder="any" />
        <Button press={() => setLocal(localOf(now.peek()))}>Now</Button>
      </form>
      {error ? <Failed error={error} again={again} /> : !data ? <Loading /> : (
        <div aria-live="polite">
          <h3>On {dayTime(data.at)}</h3>
          {!data.plan.length && <Empty icon="alarm" title="Nobody would be asked">Callers go to voicemail; texts wait for whoever comes on duty next.</Empty>}
          <ol class="duty-plan">
            {data.plan.map((p) => <li key={p.operator + p.step}><b>{p.step}</b><span><Words>{p.name}</Words><small>{p.words}</small></span><span class="quiet">rings {p.ring_seconds} s, a text waits {inWords(p.ack_seconds * 1000)}</span></li>)}
          </ol>
          {data.left_out.length > 0 && <><h3>Left out</h3><ul class="duty-plan duty-left">{data.left_out.map((p, i) => <li key={i}><span><Words>{p.name}</Words><small>{p.words}</small></span></li>)}</ul></>}
        </div>
      )}
    </>
  );
}
