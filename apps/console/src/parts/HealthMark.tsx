import { HEALTH_NAMES, type Health } from '../lib/health.ts';

/** Told apart by their shape, not by their colour alone. */
const SHAPES: Readonly<Record<Health, preact.JSX.Element>> = {
  healthy: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M4.8 8.2l2.2 2.2 4.2-4.6" class="cut" />
    </>
  ),
  failing: (
    <>
      <path d="M8 1l7.4 13.4H.6z" fill="currentColor" />
      <path d="M8 5.6v4.2m0 2v.4" class="cut" />
    </>
  ),
  suspended: (
    <>
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor" />
      <path d="M4.6 8h6.8" class="cut" />
    </>
  ),
  deactivated: (
    <>
      <rect x="1.5" y="1.5" width="13" height="13" rx="2.5" fill="currentColor" />
      <path d="M6.2 5.2v5.6m3.6-5.6v5.6" class="cut" />
    </>
  ),
  created: <circle cx="8" cy="8" r="6" class="line" stroke-dasharray="3 2.3" />,
  unknown: <circle cx="8" cy="8" r="6" class="line" />,
};

export function HealthMark({ health }: { readonly health: Health }) {
  return (
    <span class={`health health-${health}`}>
      <svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true" focusable="false">
        {SHAPES[health]}
      </svg>
      {HEALTH_NAMES[health]}
    </span>
  );
}
