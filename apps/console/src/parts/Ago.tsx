import { ago, moment } from '#libs/apiClient/format.ts';

/** How long ago; the time itself, where the mouse stays. */
export function Ago({ iso, now }: { readonly iso: string; readonly now: number }) {
  return (
    <time dateTime={iso} title={moment(iso)}>
      {ago(iso, now)}
    </time>
  );
}
