import { describe, expect, it } from '@jest/globals';
import { MissingProgramError, planInstallation } from './planInstallation.ts';

const bare = {
  missing: 'redis-server',
  aptScript: 'install-apt.sh',
  hasApt: false,
  hasBrew: false,
  isRoot: false,
  hasSudo: false,
} as const;

describe('planInstallation', () => {
  it.each([
    ['root with apt', { ...bare, hasApt: true, isRoot: true }, 'sh install-apt.sh redis-server'],
    ['passwordless sudo', { ...bare, hasApt: true, hasSudo: true }, 'sudo -n sh install-apt.sh redis-server'],
    ['Homebrew', { ...bare, hasBrew: true }, 'brew install --quiet redis'],
    [
      'MariaDB, the server without a service',
      { ...bare, missing: 'mariadbd', hasApt: true, isRoot: true } as const,
      'sh install-apt.sh mariadb-server-core',
    ],
    [
      'MariaDB by Homebrew',
      { ...bare, missing: 'mariadbd', hasBrew: true } as const,
      'brew install --quiet mariadb',
    ],
  ])('%s', (_, system, line) => {
    const { command, args } = planInstallation(system);
    expect([command, ...args].join(' ')).toBe(line);
  });

  it('names the one command to run where it needs a person', () => {
    const plan = () => planInstallation({ ...bare, hasApt: true });
    expect(plan).toThrow(MissingProgramError);
    expect(plan).toThrow('Please run: sudo sh install-apt.sh redis-server');
  });

  it('says what is needed where it knows no package manager', () => {
    expect(() => planInstallation(bare)).toThrow('Redis 7+ and MariaDB 10.11+');
  });
});
