// ui/board/parts/Toast.tsx - a short word at the edge of the page, with at most one way back.
import { Button } from './Button';
import { told } from './told';

export function Toast() {
  const t = told.value;
  return (
    <div class={`toast ${t ? 'on' : ''} ${t?.bad ? 'bad' : ''}`} role={t?.bad ? 'alert' : 'status'}>
      <span dir="auto">{t?.words}</span>
      {t?.undo && <Button kind="quiet" press={() => { told.value = null; return t.undo!(); }}>Undo</Button>}
      {t && <Button icon="close" label="Dismiss" kind="quiet" press={() => { told.value = null; }} />}
    </div>
  );
}
