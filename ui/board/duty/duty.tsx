// ui/board/duty/duty.tsx - who is on duty and who decides it: its pages, and whether the roster
// can be changed here.
import { useEffect } from 'preact/hooks';
import { useLoad } from '../lib/load';
import { loadPeople } from '../lib/people';
import { route } from '../lib/route';
import { onChange } from '../lib/stream';
import { Failed, Loading, Tabs } from '../parts';
import { ChainsPage } from './chains';
import { edition, type Roster } from './model';
import { PeoplePage } from './people';
import { DocumentPage, VersionsPage } from './versions';
import './duty.css';
import { WeekPage } from './week_page';
import { WhoPage } from './who';

const tabs = [['week', 'Week'], ['who', 'Who at'], ['people', 'People'], ['chains', 'Chains'], ['versions', 'Versions'], ['document', 'Document']] as const;
const HEAR = /^(roster|duty|shift)\b/; // events after which it looks different

// How long a caller waits at most.
const waitOf = (document: unknown): number => Number((document as { wait_seconds?: unknown } | null)?.wait_seconds) || 75;

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.$/, '')}.`;

export function Duty() {
  const tab = route.value.rest[0] ?? 'week';
  const { data: roster, error, again } = useLoad<Roster>('roster', {}, edition.value);
  useEffect(() => onChange(({ event }) => { if (event && HEAR.test(event.kind)) edition.value++; }), []);
  useEffect(() => { if (roster) void loadPeople().catch(() => undefined); }, [roster?.version]);
  const shared = roster && { version: roster.version, isEditable: roster.source.is_editable };
  return (
    <section class="page duty">
      <header><h2>Duty</h2></header>
      <Tabs page="duty" label="Duty" tabs={tabs} current={tab} />
      {error && !roster ? <Failed error={error} again={again} /> : !roster || !shared ? <Loading /> : (
        <>
          {!roster.source.is_editable && (
            <p class="duty-warn" role="note"><b>To look at only.</b> {sentence(roster.source.why ?? 'the roster is kept elsewhere')} To edit it here, start nextring with <code>NEXTRING_ROSTER=database</code>: what is in force stays.</p>
          )}
          {tab === 'who' ? <WhoPage version={edition.value} />
            : tab === 'people' ? <PeoplePage {...shared} />
            : tab === 'chains' ? <ChainsPage {...shared} wait={waitOf(roster.document)} />
            : tab === 'versions' ? <VersionsPage {...shared} />
            : tab === 'document' ? <DocumentPage key={roster.version} roster={roster} isEditable={shared.isEditable} />
            : <WeekPage {...shared} seen={edition.value} />}
        </>
      )}
    </section>
  );
}
