import { describe, expect, it } from '@jest/globals';
import { connectionOf } from './connection.ts';

const ENVIRONMENT = { POSTRIDER_USER: 'anna', POSTRIDER_PASSWORD: 'secret', POSTRIDER_CLIENT: '7' };

describe('where the API is, and who is asking', () => {
  it('comes from the environment', () => {
    expect(connectionOf({}, ENVIRONMENT)).toEqual({
      baseUrl: 'http://localhost:3000',
      user: 'anna',
      password: 'secret',
      clientId: 7,
      warning: null,
    });
  });

  it('comes from options before it', () => {
    const options = { url: 'https://example.com/postrider/?x#y', user: 'bernd', client: '8' };
    expect(connectionOf(options, ENVIRONMENT)).toMatchObject({
      baseUrl: 'https://example.com/postrider',
      user: 'bernd',
      clientId: 8,
      warning: null,
    });
  });

  it('has no password yet where there is none', () => {
    expect(connectionOf({}, { ...ENVIRONMENT, POSTRIDER_PASSWORD: '' }).password).toBeUndefined();
  });

  it('warns of a password that goes over the network in the clear', () => {
    const { warning } = connectionOf({ url: 'http://example.com:3000' }, ENVIRONMENT);
    expect(warning).toContain('to example.com:3000 unencrypted');
  });

  it.each([
    [{ POSTRIDER_USER: '' }, 'Set POSTRIDER_USER'],
    [{ POSTRIDER_USER: 'anna:secret' }, 'must not have a colon'],
    [{ POSTRIDER_CLIENT: '' }, 'Set POSTRIDER_CLIENT'],
    [{ POSTRIDER_CLIENT: '07' }, 'a positive integer, got "07"'],
    [{ POSTRIDER_CLIENT: '9007199254740993' }, 'a positive integer'],
    [{ POSTRIDER_URL: 'localhost:3000' }, 'must be like https://'],
    [{ POSTRIDER_URL: 'http://anna:secret@localhost' }, 'must not have a user in it'],
  ])('%j is refused, with what to do', (more, problem) => {
    const connect = () => connectionOf({}, { ...ENVIRONMENT, ...more });
    expect(connect).toThrow(problem);
    expect(connect).not.toThrow('secret');
  });

  it('tells all problems at once', () => {
    expect(() => connectionOf({ url: 'x' }, {})).toThrow(/URL.*\n.*USER.*\n.*CLIENT/s);
  });
});
