// ui/board/settings/settings.tsx - how it is set up, whether it is well, and who may come in.
import { useState } from 'preact/hooks';
import { tryChime } from '../lib/alerts';
import { send } from '../lib/api';
import { useLoad } from '../lib/load';
import { notices, sound } from '../lib/prefs';
import { link, route } from '../lib/route';
import type { Healthy, Role } from '../lib/rows';
import { business, may, session } from '../lib/session';
import { fullTime, now } from '../lib/time';
import { Button, Chip, Failed, Field, Loading, say, Switch, Tabs, When, Words } from '../parts';
import { Lines } from './lines';
import { Scripts } from './scripts';
import { Tokens, Users } from './secrets';
import './settings.css';

const tones = { ok: 'good', warn: 'warn', bad: 'bad' } as const;
const states = { ok: 'well', warn: 'look at it', bad: 'bad' } as const;
type State = keyof typeof tones;
interface Finding {
  check: string;
  state: State;
  what: string;
  why: string | null;
  mend: string | null;
}

function Doctor() {
  const { data, error, isLoading, again } = useLoad<{ items: Finding[] }>('doctor');
  if (error && !data) return <Failed error={error} again={again} />;
  if (!data) return <Loading label="Looking at everything" />;
  return (
    <>
      <div class="bar"><h3>Doctor</h3><Button busy={isLoading} press={again}>Look again</Button></div>
      {(['bad', 'warn', 'ok'] as const).map((state) => {
        const found = data.items.filter((f) => f.state === state);
        return found.length > 0 && (
          <details key={state} class="settings-found" open={state !== 'ok'}>
            <summary><Chip tone={tones[state]}>{states[state]}</Chip> {found.length}</summary>
            <ul class="list">{found.map((f, i) => <li key={i} class="settings-finding"><b><Words>{f.what}</Words></b>{f.why && <p><Words>{f.why}</Words></p>}{f.mend && <p class="settings-mend"><Words>{f.mend}</Words></p>}</li>)}</ul>
          </details>
        );
      })}
    </>
  );
}

function HealthPage() {
  const { data, error, again } = useLoad<{ items: (Healthy & { name: string })[] }>('health');
  return (
    <>
      {error && !data ? <Failed error={error} again={again} /> : !data ? <Loading /> : (
        <ul class="list">
          {data.items.map((h) => (
            <li key={h.name}><b class="settings-part">{h.name}</b><span class="grow"><Words>{h.words}</Words>{h.since && <small>since <When at={h.since} /></small>}</span><Chip tone={tones[h.state]}>{states[h.state]}</Chip></li>
          ))}
        </ul>
      )}
      <Doctor />
    </>
  );
}

function You() {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const store = async (): Promise<void> => {
    await send('POST', 'session/password', { old, new: next });
    setOld('');
    setNext('');
    say('The password is changed. Other sessions have ended.');
  };
  return (
    <div class="settings-narrow">
      <p><Words class="named">{session.value!.user.name || session.value!.user.login}</Words> <span class="quiet">{session.value!.user.role}</span></p>
      <Switch label="Sound" hint="when a call rings or a text comes" on={sound.value} set={(on) => { sound.value = on; if (on) tryChime(); }} />
      {'Notification' in window && <Switch label="Notifications" hint="when this page is out of sight" on={notices.value} set={(on) => { void (on ? Notification.requestPermission() : Promise.resolve('granted' as const)).then((p) => { notices.value = on && p === 'granted'; if (p !== 'granted') say('The browser does not allow notifications for this page.'); }); }} />}
      <h3>Password</h3>
      <form onSubmit={(e) => e.preventDefault()}>
        <input class="hush" tabIndex={-1} aria-hidden="true" autocomplete="username" value={session.value!.user.login} readOnly />
        <Field label="The one you have" type="password" value={old} set={setOld} autocomplete="current-password" maxLength={256} />
        <Field label="The new one" type="password" value={next} set={setNext} autocomplete="new-password" maxLength={256} hint="12 characters or more." />
        <Button kind="strong" disabled={!old || next.length < 12} press={store}>Change it</Button>
      </form>
    </div>
  );
}

function About() {
  const { data } = useLoad<{ version: number; digest: string; source: { kind: string; name: string } }>('roster');
  const rows: [string, preact.ComponentChildren][] = [
    ['nextring', session.value!.version],
    ['Business', <Words>{business.value?.name ?? ''}</Words>],
    ['Time zone', business.value?.time_zone ?? 'UTC'],
    ['Server time', fullTime(now.value)],
    ['Roster', data && <><a href={link('duty', ['versions'])}>version {data.version}</a>, {data.source.kind === 'database' ? 'edited on these pages' : <>from {data.source.kind} <bdi>{data.source.name}</bdi></>}</>],
    ['API', <a href="/openapi.json">openapi.json</a>],
  ];
  return <dl class="settings-about">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

const tabs: readonly [string, string, () => preact.JSX.Element | null, Role][] = [
  ['lines', 'Lines', Lines, 'viewer'], ['scripts', 'Scripts', Scripts, 'viewer'], ['health', 'Carrier and health', HealthPage, 'viewer'],
  ['users', 'Users', Users, 'admin'], ['tokens', 'Tokens', Tokens, 'admin'], ['you', 'You', You, 'viewer'], ['about', 'About', About, 'viewer'],
];

export function Settings() {
  const shown = tabs.filter(([, , , role]) => may(role));
  const [key, , Tab] = shown.find(([id]) => id === route.value.rest[0]) ?? shown[0]!;
  return (
    <section class="page settings">
      <header><h2>Settings</h2></header>
      <Tabs page="settings" label="Settings" tabs={shown.map(([id, words]) => [id, words] as const)} current={key} />
      <Tab />
    </section>
  );
}
