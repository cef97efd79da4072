import { describe, expect, it } from '@jest/globals';
import { HeldBytes } from './heldBytes.ts';

describe('what is held of bodies', () => {
  it('is bounded for a client, and for all together; what is given back can be taken again', () => {
    const held = new HeldBytes({ total: 100, perClient: 60 });
    const [first, second, other] = [held.room(1), held.room(1), held.room(2)];
    expect(first.resize(50)).toBeNull();
    expect(second.resize(11)).toBe('client');
    expect(second.resize(10)).toBeNull();
    expect(other.resize(41)).toBe('all');
    expect(other.resize(40)).toBeNull();
    expect(first.resize(51)).toBe('client');
    expect(first.resize(20)).toBeNull();
    expect(second.resize(0)).toBeNull();
    expect(other.resize(60)).toBeNull();
    expect(first.resize(40)).toBeNull();
    expect(first.resize(41)).toBe('all');
  });
});
