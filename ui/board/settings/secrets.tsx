// ui/board/settings/secrets.tsx - who may come in: tokens of programs and users of the board. A
// secret is shown once, here, and never again.
import { useState } from 'preact/hooks';
import { send } from '../lib/api';
import { useLoad } from '../lib/load';
import { operatorName, operators } from '../lib/people';
import type { List, Role } from '../lib/rows';
import { session } from '../lib/session';
import { shortWhen } from '../lib/time';
import { Button, Chip, Dialog, Empty, Failed, Field, Loading, Menu, oops, say, Select, When, Words } from '../parts';

const roles = [['viewer', 'viewer: looks'], ['dispatcher', 'dispatcher: looks and acts'], ['admin', 'admin: sets everything']] as const;

export function Once({ title, secret, until, close, children }: { title: string; secret: string; until?: string | null; close: () => void; children: string }) {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(secret);
    say('Copied.');
  };
  return (
    <Dialog title={title} foot={<Button kind="strong" press={close}>I have it</Button>}>
      <p>{children}{until && ` It is good until ${shortWhen(until)}.`}</p>
      <div class="settings-secret"><code>{secret}</code><Button icon="copy" press={copy}>Copy</Button></div>
    </Dialog>
  );
}

function Sure({ title, words, act, press, close }: { title: string; words: string; act: string; press: () => Promise<unknown>; close: () => void }) {
  return <Dialog title={title} close={close} foot={<><Button press={close}>Cancel</Button><Button kind="danger" press={async () => { await press(); close(); }}>{act}</Button></>}><p>{words}</p></Dialog>;
}

// ---- tokens ----

interface Token {
  id: string;
  name: string;
  role: Role;
  created_at: string;
  used_at: string | null;
  revoked_at: string | null;
}

function AddToken({ close, added }: { close: () => void; added: (secret: string) => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const add = async (): Promise<void> => added((await send<{ token: string }>('POST', 'tokens', { name: name.trim(), role })).token);
  return (
    <Dialog title="Add a token" close={close} foot={<><Button press={close}>Cancel</Button><Button kind="strong" disabled={!name.trim()} press={add}>Add it</Button></>}>
      <Field label="Name" value={name} set={setName} maxLength={63} hint="Which program bears it." />
      <Select label="Role" value={role} set={(r) => setRole(r as Role)} options={roles} />
    </Dialog>
  );
}

export function Tokens() {
  const { data, error, again } = useLoad<List<Token>>('tokens', { limit: 200 });
  const [isAdding, setAdding] = useState(false);
  const [secret, setSecret] = useState('');
  const [going, setGoing] = useState<Token | null>(null);
  if (error && !data) return <Failed error={error} again={again} />;
  if (!data) return <Loading />;
  return (
    <>
      <div class="bar"><p class="quiet">For programs that use the API.</p><Button icon="plus" kind="strong" press={() => setAdding(true)}>Add a token</Button></div>
      {!data.items.length && <Empty icon="keys" title="No tokens yet" />}
      <ul class="list">
        {data.items.map((t) => (
          <li key={t.id} class={t.revoked_at ? 'settings-off' : ''}>
            <div class="grow"><b><Words>{t.name || t.id}</Words></b><small>made <When at={t.created_at} />, {t.used_at ? <>last used <When at={t.used_at} /></> : 'never used'}</small></div>
            <Chip>{t.role}</Chip>
            {t.revoked_at ? <Chip tone="bad">revoked {shortWhen(t.revoked_at)}</Chip> : <Button kind="danger" label={`Revoke ${t.name || t.id}`} press={() => setGoing(t)}>Revoke</Button>}
          </li>
        ))}
      </ul>
      {isAdding && <AddToken close={() => setAdding(false)} added={(token) => { setAdding(false); setSecret(token); again(); }} />}
      {secret && <Once title="The token" secret={secret} close={() => setSecret('')}>It is shown this once; only its hash is kept.</Once>}
      {going && <Sure title={`Revoke ${going.name || going.id}`} act="Revoke it" words="Whatever bears it is refused from now on. This cannot be undone; a new token can be made." close={() => setGoing(null)} press={async () => { await send('DELETE', `tokens/${going.id}`); again(); }} />}
    </>
  );
}

// ---- users ----

interface User {
  id: string;
  login: string;
  name: string;
  role: Role;
  operator: string | null;
  is_disabled: boolean;
  is_set_up: boolean;
  seen_at: string | null;
  version: number;
}
interface Link {
  link: string;
  until: string | null;
}

const matching = (user: User) => ({ match: `"${user.version}"` });

function UserDialog({ user, close, done }: { user: User | null; close: () => void; done: (link: Link | null) => void }) {
  const [form, setForm] = useState({ login: user?.login ?? '', name: user?.name ?? '', role: user?.role ?? 'dispatcher', operator: user?.operator ?? '' });
  const put = (part: Partial<typeof form>): void => setForm({ ...form, ...part });
  const store = async (): Promise<void> => {
    const body = { ...form, operator: form.operator || null };
    if (user) {
      await send('PATCH', `users/${user.id}`, { name: body.name, role: body.role, operator: body.operator }, matching(user));
      return done(null);
    }
    const made = await send<User & Partial<Link>>('POST', 'users', body);
    done(made.link ? { link: made.link, until: made.until ?? null } : await send<Link>('POST', `users/${made.id}/link`, {}));
  };
  return (
    <Dialog title={user ? user.name || user.login : 'Add a user'} close={close} foot={<><Button press={close}>Cancel</Button><Button kind="strong" disabled={!form.login.trim()} press={store}>{user ? 'Save' : 'Add and make a link'}</Button></>}>
      {!user && <Field label="Login" value={form.login} set={(login) => put({ login })} maxLength={63} autocomplete="off" autocapitalize="none" hint="Short, or an e-mail address." />}
      <Field label="Name" value={form.name} set={(name) => put({ name })} maxLength={63} />
      <Select label="Role" value={form.role} set={(role) => put({ role: role as Role })} options={roles} />
      <Select label="Is the operator" value={form.operator} set={(operator) => put({ operator })} options={[['', 'nobody'], ...operators.value.map((o) => [o.id, o.name] as const)]} hint="Acknowledges and calls back as this operator." />
    </Dialog>
  );
}

export function Users() {
  const { data, error, again } = useLoad<List<User>>('users', { limit: 200 });
  const [open, setOpen] = useState<User | 'new' | null>(null);
  const [link, setLink] = useState<Link | null>(null);
  const [going, setGoing] = useState<User | null>(null);
  if (error && !data) return <Failed error={error} again={again} />;
  if (!data) return <Loading />;
  const turn = async (u: User): Promise<void> => {
    try {
      await send('PATCH', `users/${u.id}`, { is_disabled: !u.is_disabled }, matching(u));
      say(`${u.name || u.login} ${u.is_disabled ? 'may sign in again' : 'is signed out and may not sign in'}.`);
    } catch (e) {
      oops(e);
    }
    again();
  };
  const renew = async (u: User): Promise<void> => {
    try {
      setLink(await send<Link>('POST', `users/${u.id}/link`, {}));
      again();
    } catch (e) {
      oops(e);
    }
  };
  return (
    <>
      <div class="bar"><p class="quiet">People who sign in here.</p><Button icon="plus" kind="strong" press={() => setOpen('new')}>Add a user</Button></div>
      <ul class="list">
        {data.items.map((u) => (
            <li key={u.id} class={u.is_disabled ? 'settings-off' : ''}>
              <div class="grow"><b><Words>{u.name || u.login}</Words></b><small><bdi>{u.login}</bdi>{u.operator && <>, the operator <bdi>{operatorName(u.operator)}</bdi></>}{u.seen_at ? <>, here <When at={u.seen_at} /></> : u.is_set_up ? '' : ', has set no password yet'}</small></div>
              <Chip>{u.role}</Chip>{u.is_disabled && <Chip tone="bad">disabled</Chip>}
              <Menu icon="more" label={`What to do with ${u.name || u.login}`} kind="quiet" side="end" choices={[
                { words: 'Edit…', press: () => setOpen(u) },
                { words: 'New link to set a password', press: () => renew(u) },
                ...(u.id === session.value?.user.id ? [] : [
                  { words: u.is_disabled ? 'Let sign in again' : 'Disable', press: () => turn(u) },
                  { words: 'Delete…', danger: true, press: () => setGoing(u) },
                ]),
              ]} />
            </li>
        ))}
      </ul>
      {open && <UserDialog user={open === 'new' ? null : open} close={() => setOpen(null)} done={(made) => { setOpen(null); setLink(made); again(); }} />}
      {link && <Once title="The link" secret={link.link} until={link.until} close={() => setLink(null)}>Give it to the person it is for. It is shown this once, and works once, to set a password.</Once>}
      {going && <Sure title={`Delete ${going.name || going.login}`} act="Delete" words="The account and its sessions end now. What was done stays in the log." close={() => setGoing(null)} press={async () => { await send('DELETE', `users/${going.id}`, undefined, matching(going)); again(); }} />}
    </>
  );
}
