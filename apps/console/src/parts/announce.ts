const LIVE_REGION = 'announcements';

/** Said by a screen reader, when it has nothing else to say. The region stands in the layout. */
export function announce(text: string): void {
  const region = document.getElementById(LIVE_REGION);
  if (region) region.textContent = text;
}
