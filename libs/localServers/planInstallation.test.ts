import { describe, expect, it } from '@jest/globals';
import { MissingProgramError, planInstallation, type System } from './planInstallation.ts';

const bare: System = {
  missing: ['redis-server', 'mariadbd'],
  aptScript: 'install-apt.sh',
  hasApt: false,
  hasBrew: false,
  isRoot: false,
  hasSudo: false,
};
const apt = { ...bare, hasApt: true };

describe('planInstallation', () => {
  it.each<[string, System, string]>([
    ['root with apt', { ...apt, isRoot: true }, 'sh install-apt.sh redis-server mariadb-server-core'],
    ['one program', { ...apt, isRoot: true, missing: ['mariadbd'] }, 'sh install-apt.sh mariadb-server-core'],
    ['sudo', { ...apt, hasSudo: true }, 'sudo -n sh install-apt.sh redis-server mariadb-server-core'],
    ['a browser', { ...apt, isRoot: true, missing: ['chromium'] }, 'sh install-apt.sh chromium'],
    ['Homebrew', { ...bare, hasBrew: true }, 'brew install --quiet redis mariadb'],
  ])('%s', (_, system, line) => {
    const { command, args } = planInstallation(system);
    expect([command, ...args].join(' ')).toBe(line);
  });

  it('names the one command to run where it needs a person', () => {
    const plan = () => planInstallation(apt);
    expect(plan).toThrow(MissingProgramError);
    expect(plan).toThrow('Please run: sudo sh install-apt.sh redis-server mariadb-server-core');
  });

  it('speaks of servers only where one is missing', () => {
    const missing = (program: 'chromium' | 'mariadbd') => () =>
      planInstallation({ ...apt, missing: [program] });
    expect(missing('mariadbd')).toThrow('REDIS_URL');
    expect(missing('chromium')).toThrow(/Please run: sudo sh install-apt.sh chromium$/);
  });

  it('says what is needed where it knows no package manager', () => {
    expect(() => planInstallation(bare)).toThrow('Redis 7+ and MariaDB 10.11+');
  });
});
