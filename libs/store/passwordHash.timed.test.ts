import { describe, expect, it } from '@jest/globals';
import { hashPassword, verifyPassword } from './passwordHash.ts';

describe('a stored password', () => {
  it('verifies with the right password only', async () => {
    const stored = await hashPassword('pässword 🔑');
    expect(await verifyPassword('pässword 🔑', stored)).toBe(true);
    expect(await verifyPassword('passwörd 🔑', stored)).toBe(false);
    expect(await verifyPassword('', stored)).toBe(false);
  });

  it('holds no password, and differs each time', async () => {
    const [one, other] = await Promise.all([hashPassword('same'), hashPassword('same')]);
    expect(one).toMatch(/^scrypt\$32768\$8\$1\$[\w+/=]{24}\$[\w+/=]{44}$/);
    expect(one).not.toBe(other);
  });

  it('verifies with the parameters that it was made with', async () => {
    // scrypt('older', 16 zero bytes, N = 1024, r = 8, p = 1)
    const older = await import('node:crypto').then(({ scryptSync }) =>
      scryptSync('older', Buffer.alloc(16), 32, { N: 1024, r: 8, p: 1 }).toString('base64'),
    );
    const stored = `scrypt$1024$8$1$${Buffer.alloc(16).toString('base64')}$${older}`;
    expect(await verifyPassword('older', stored)).toBe(true);
  });

  it('of nobody is never right, and costs the same work', async () => {
    expect(await verifyPassword('anything', null)).toBe(false);
    const stored = await hashPassword('right');
    const time = async (hash: string | null) => {
      const began = performance.now();
      await verifyPassword('wrong', hash);
      return performance.now() - began;
    };
    const known = Math.min(await time(stored), await time(stored));
    const unknown = Math.min(await time(null), await time(null));
    // A lookup that skipped scrypt would be a thousand times as fast.
    expect(unknown).toBeGreaterThan(known / 3);
    expect(unknown).toBeLessThan(known * 3);
  });
});
