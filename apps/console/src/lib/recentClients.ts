const KEY = 'postrider:recent-clients';
const MOST = 12;

/** The clients that an operator has looked at in this browser, the last first. */
export function recentClients(): readonly number[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter((id) => Number.isSafeInteger(id) && id > 0) : [];
  } catch {
    return [];
  }
}

export function noteClient(clientId: number): void {
  const others = recentClients().filter((id) => id !== clientId);
  try {
    localStorage.setItem(KEY, JSON.stringify([clientId, ...others].slice(0, MOST)));
  } catch {
    // A browser may forbid to keep anything. Then there is no list.
  }
}
