// ui/board/main.tsx - the board: its pages, and what starts them.
import { effect } from '@preact/signals';
import { render, type FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import './style.css';
import { Frame, type Page } from './frame';
import { ended } from './lib/api';
import { startAlerts } from './lib/alerts';
import { startBoard } from './lib/board';
import { route } from './lib/route';
import { asked, lookWhoIsHere, session } from './lib/session';
import { startClock } from './lib/time';
import { Failed, Loading, Toast } from './parts';

// A page that comes when it is wanted, or once the first one stands.
const parts = new Map<FunctionComponent, () => Promise<unknown>>();
function later(load: () => Promise<FunctionComponent>): FunctionComponent {
  let here: FunctionComponent | undefined;
  const fetched = async (): Promise<void> => { here ??= await load(); };
  const Part = () => {
    const [error, setError] = useState<unknown>(null);
    const [, again] = useState(0);
    const start = (): void => {
      setError(null);
      fetched().then(() => again((n) => n + 1), setError);
    };
    useEffect(start, []); // also when it has come since this was drawn
    if (here) return <Here page={here} />;
    return <section class="page">{error ? <Failed error={error} again={start} /> : <Loading />}</section>;
  };
  parts.set(Part, fetched);
  return Part;
}
const Here = ({ page: Page }: { page: FunctionComponent }) => <Page />;

const Enter = later(async () => (await import('./enter/enter')).Enter);
const SignInAgain = later(async () => (await import('./enter/enter')).SignInAgain);

// Those of the bar at the bottom of a phone come first; the rest is behind More.
const pages: readonly Page[] = [
  { id: 'now', title: 'Now', icon: 'now', key: 'n', page: later(async () => (await import('./now/now')).Now) },
  { id: 'threads', title: 'Threads', icon: 'threads', key: 't', page: later(async () => (await import('./threads/threads')).Threads) },
  { id: 'jobs', title: 'Jobs', icon: 'jobs', key: 'j', page: later(async () => (await import('./jobs/jobs')).Jobs) },
  { id: 'duty', title: 'Duty', icon: 'duty', key: 'd', page: later(async () => (await import('./duty/duty')).Duty) },
  { id: 'reports', title: 'Reports', icon: 'reports', key: 'r', page: later(async () => (await import('./reports/reports')).Reports) },
  { id: 'log', title: 'Log', icon: 'log', key: 'l', page: later(async () => (await import('./log/log')).Log) },
  { id: 'settings', title: 'Settings', icon: 'settings', key: 's', page: later(async () => (await import('./settings/settings')).Settings) },
];

function Board() {
  const setup = route.value.page === 'setup';
  return (
    <>
      {setup ? <Enter /> : !asked.value ? <div class="starting"><Loading rows={3} /></div> : session.value ? <Frame pages={pages} /> : <Enter />}
      {ended.value && session.value && <SignInAgain />}
      <Toast />
    </>
  );
}

const app = document.getElementById('app')!;
app.textContent = '';
startClock();
startBoard();
startAlerts();
render(<Board />, app);
const first = pages.find((p) => p.id === route.value.page);
if (first) parts.get(first.page)!().catch(() => undefined); // while we ask who is here
setTimeout(() => { for (const fetched of parts.values()) fetched().catch(() => undefined); }, 3000);
effect(() => {
  if (!asked.value && route.value.page !== 'setup') void lookWhoIsHere();
});
