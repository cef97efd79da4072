import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asTerm, findTerms } from './searchTerms.ts';

/** As the delivery sends them, without the brackets of the array. */
function sent(...events: object[]): Buffer {
  return Buffer.from(events.map((event) => JSON.stringify({ ...event, attempt: 1 })).join(',\n'));
}

function termsOf(json: Buffer): string[] {
  return findTerms(json).map(({ start, end }) => json.toString('utf8', start, end));
}

describe('what an event is found by', () => {
  it('is its id, mailId and recipientId', () => {
    const event = { type: 'open', id: 'e-1', mailId: 'M-1', recipientId: 'anna@example.com', mailingId: 7 };
    expect(termsOf(sent(event))).toEqual(['e-1', 'M-1', 'anna@example.com']);
  });

  it.each([
    [{ id: 17 }, ['17']],
    [{ id: -17 }, ['-17']],
    [{ id: 17.5, other: 1 }, ['17.5']],
    [{ id: '' }, []],
    [{ id: null, mailId: true, recipientId: { a: 1 } }, []],
    [{ id: ['x'] }, []],
    [{ recipientId: 'jürgen@müller.example' }, ['jürgen@müller.example']],
    [{ recipientId: 'say "hi"\\' }, ['say \\"hi\\"\\\\']],
    [{ userListId: 1, subscriptionId: 's', fooid: 'x' }, []],
    [{ text: '"id":"no"', '"id":': 1 }, []],
  ])('of %j is %j', (event, expected) => {
    expect(termsOf(sent(event))).toEqual(expected);
  });

  it('comes once where it repeats from event to event', () => {
    const events = ['a', 'b', 'c'].map((id) => ({ id, mailId: 'same', recipientId: id === 'c' ? 2 : 1 }));
    expect(termsOf(sent(...events))).toEqual(['a', 'same', '1', 'b', 'c', '2']);
  });

  it('is what a search for the same text looks for', () => {
    const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const value = fc.oneof(texts, fc.integer());
    const event = fc.record({ id: value, mailId: value, recipientId: value, other: texts });
    fc.assert(
      fc.property(event, (one) => {
        const { id, mailId, recipientId } = one;
        const searched = [id, mailId, recipientId].map((each) => asTerm(String(each)).toString());
        expect(termsOf(sent(one))).toEqual(searched);
      }),
    );
  });

  it('ends with what was cut off, rather than never', () => {
    expect(termsOf(Buffer.from('{"id":"no end'))).toEqual([]);
    expect(termsOf(Buffer.from('{"id":12'))).toEqual(['12']);
    expect(termsOf(Buffer.from('{"id":'))).toEqual([]);
  });
});
