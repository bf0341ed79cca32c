// ui/board/jobs/jobs.tsx - the page of jobs: the columns, one of them, and the form for a new one.
import { useEffect } from 'preact/hooks';
import { go, link, route } from '../lib/route';
import { may } from '../lib/session';
import { isLive, onChange, onReload } from '../lib/stream';
import { Button } from '../parts';
import { Cancelling, Columns } from './board';
import { JobForm } from './form';
import { JobView } from './job';
import { reload, retry, take } from './store';
import './jobs.css';

export function Jobs() {
  const [one] = route.value.rest;
  const isNew = route.value.query.has('new') && may('dispatcher');
  useEffect(() => {
    reload();
    const ends = [onChange(take), onReload(reload)];
    return () => { for (const end of ends) end(); };
  }, []);
  useEffect(() => { if (isLive.value) retry(); }, [isLive.value]);
  return (
    <div class="jobs">
      {one ? <JobView key={one} id={one} /> : (
        <>
          <header class="jobs-head"><h1>Jobs</h1>{may('dispatcher') && <Button kind="strong" icon="plus" press={() => go(link('jobs', [], { new: '1' }))}>New job</Button>}</header>
          <Columns />
          {isNew && <JobForm close={() => go(link('jobs'))} />}
        </>
      )}
      <Cancelling />
    </div>
  );
}
