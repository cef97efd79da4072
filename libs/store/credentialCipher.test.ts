import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CredentialCipher, CredentialUnreadable } from './credentialCipher.ts';

const key = randomBytes(32);
const cipher = new CredentialCipher({ keys: [key] });

describe('credential cipher', () => {
  it.each(['', 'correct horse', 'pässwörd 🔑', 'x'.repeat(4096)])('gives back what it sealed', (secret) => {
    expect(cipher.decrypt(cipher.encrypt(secret, 7), 7)).toBe(secret);
  });

  it('never seals the same secret to the same bytes', () => {
    expect(cipher.encrypt('secret', 7)).not.toEqual(cipher.encrypt('secret', 7));
  });

  it('holds nothing of the secret in the clear', () => {
    expect(cipher.encrypt('correct horse', 7).includes('correct')).toBe(false);
  });

  it('does not open a ciphertext that was moved to another row', () => {
    const sealed = cipher.encrypt('secret', 7);
    expect(() => cipher.decrypt(sealed, 8)).toThrow(CredentialUnreadable);
  });

  it('does not open a ciphertext of which any byte was changed', () => {
    const sealed = cipher.encrypt('secret', 7);
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(() => cipher.decrypt(changed, 7)).toThrow(CredentialUnreadable);
    }
  });

  it.each([0, 1, 5, 17, 32])('does not open a ciphertext cut to %i bytes', (bytes) => {
    expect(() => cipher.decrypt(cipher.encrypt('secret', 7).subarray(0, bytes), 7)).toThrow(
      CredentialUnreadable,
    );
  });

  it('opens what an older key sealed, and seals with the first', () => {
    const newKey = randomBytes(32);
    const rotated = new CredentialCipher({ keys: [newKey, key] });
    expect(rotated.decrypt(cipher.encrypt('old', 7), 7)).toBe('old');
    expect(() => cipher.decrypt(rotated.encrypt('new', 7), 7)).toThrow('no ENCRYPTION_KEY fits');
  });
});
