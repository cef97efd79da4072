import { describe, expect, it } from '@jest/globals';
import { parseCommand } from './parseCommand.ts';

describe('npm run api-user', () => {
  it.each([
    ['list', { kind: 'list' }],
    ['add anna --client 7', { kind: 'add', name: 'anna', clientId: 7, fromInput: false }],
    ['add anna --operator', { kind: 'add', name: 'anna', clientId: null, fromInput: false }],
    ['add anna --operator --password-stdin', { kind: 'add', name: 'anna', clientId: null, fromInput: true }],
    ['rotate anna', { kind: 'rotate', name: 'anna', fromInput: false }],
    ['remove anna', { kind: 'remove', name: 'anna' }],
  ])('%s', (line, command) => {
    expect(parseCommand(line.split(' '))).toEqual(command);
  });

  it.each([
    ['', 'Say add, rotate, remove or list.'],
    ['delete anna', 'Say add'],
    ['add', 'NAME must have'],
    ['add a:b --operator', 'NAME must have'],
    [`remove ${'x'.repeat(256)}`, 'NAME must have'],
    ['add anna', 'either --client ID or --operator'],
    ['add anna --client 7 --operator', 'either --client ID or --operator'],
    ['add anna --client 0', '--client must be a positive integer'],
    ['add anna --client 9007199254740993', '--client must be a positive integer'],
    ['add anna bernd --operator', 'one thing too many: bernd'],
    ['add anna --password secret', "'--password'"],
  ])('%s is refused, with the reason', (line, reason) => {
    expect(parseCommand(line.split(' '))).toContain(reason);
  });
});
