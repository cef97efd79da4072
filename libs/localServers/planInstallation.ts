export type LocalProgram = 'redis-server' | 'mariadbd' | 'chromium';

/** The command that installs missing programs, and what to tell the person who waits. */
export interface Installation {
  readonly says: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** They can't be installed without a person here: the message holds the one command to run. */
export class MissingProgramError extends Error {
  override readonly name = 'MissingProgramError';
}

/** `mariadb-server-core` is the server without a service. */
const APT_PACKAGES = {
  'redis-server': 'redis-server',
  mariadbd: 'mariadb-server-core',
  chromium: 'chromium',
};
const BREW_PACKAGES = { 'redis-server': 'redis', mariadbd: 'mariadb', chromium: 'chromium' };
/** What a person has to look for elsewhere. */
const TITLES = { 'redis-server': 'Redis 7+', mariadbd: 'MariaDB 10.11+', chromium: 'Chromium' };

export interface System {
  readonly missing: readonly LocalProgram[];
  readonly aptScript: string;
  readonly hasApt: boolean;
  readonly hasBrew: boolean;
  readonly isRoot: boolean;
  /** Without asking for a password. */
  readonly hasSudo: boolean;
}

/** Pure: what installs them on such a system; throws a MissingProgramError where that needs a person. */
export function planInstallation(system: System): Installation {
  const missing = system.missing.join(' and ');
  const aptArgs = [system.aptScript, ...system.missing.map((program) => APT_PACKAGES[program])];
  if (system.hasApt && (system.isRoot || system.hasSudo)) {
    return {
      says: `${missing} not found: installing with apt-get, without starting or enabling a service …`,
      ...(system.isRoot
        ? { command: 'sh', args: aptArgs }
        : { command: 'sudo', args: ['-n', 'sh', ...aptArgs] }),
    };
  }
  if (system.hasBrew) {
    const packages = system.missing.map((program) => BREW_PACKAGES[program]);
    return {
      says: `${missing} not found: installing with Homebrew, without starting a service …`,
      command: 'brew',
      args: ['install', '--quiet', ...packages],
    };
  }
  const titles = system.missing.map((program) => TITLES[program]).join(' and ');
  const advice = system.hasApt
    ? `sudo sh ${aptArgs.join(' ')}`
    : `the install command of your package manager for ${titles} (servers only)`;
  const areServers = system.missing.some((program) => program !== 'chromium');
  const instead = areServers ? '\nOr set REDIS_URL and DATABASE_URL to servers that are running.' : '';
  throw new MissingProgramError(
    `${missing} not found, and installing needs your rights. Please run: ${advice}${instead}`,
  );
}
