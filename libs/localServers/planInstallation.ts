/** The command that installs a missing program, and what to tell the person who waits. */
export interface Installation {
  readonly says: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** It can't be installed without a person here: the message holds the one command to run. */
export class MissingProgramError extends Error {
  override readonly name = 'MissingProgramError';
}

/** `mariadb-server-core` is the server without a service. */
const APT_PACKAGES = { 'redis-server': 'redis-server', mariadbd: 'mariadb-server-core' };
const BREW_PACKAGES = { 'redis-server': 'redis', mariadbd: 'mariadb' };

/** Pure: what installs it on such a system; throws a MissingProgramError where that needs a person. */
export function planInstallation(system: {
  readonly missing: 'redis-server' | 'mariadbd';
  readonly aptScript: string;
  readonly hasApt: boolean;
  readonly hasBrew: boolean;
  readonly isRoot: boolean;
  /** Without asking for a password. */
  readonly hasSudo: boolean;
}): Installation {
  const { missing, aptScript } = system;
  if (system.hasApt && (system.isRoot || system.hasSudo)) {
    const script = ['sh', aptScript, APT_PACKAGES[missing]];
    const [command = 'sh', ...args] = system.isRoot ? script : ['sudo', '-n', ...script];
    return {
      says: `Installing the package ${APT_PACKAGES[missing]} with apt-get; no service is started or enabled.`,
      command,
      args,
    };
  }
  if (system.hasBrew) {
    return {
      says: `Installing ${BREW_PACKAGES[missing]} with Homebrew; no service is started.`,
      command: 'brew',
      args: ['install', '--quiet', BREW_PACKAGES[missing]],
    };
  }
  const advice = system.hasApt
    ? `sudo sh ${aptScript} ${APT_PACKAGES[missing]}`
    : 'the install command of your package manager for Redis 7+ and MariaDB 10.11+ (servers only)';
  throw new MissingProgramError(
    `${missing} is not installed, and installing it needs your rights. Please run: ${advice}\n` +
      'Or set REDIS_URL and DATABASE_URL to servers that are running.',
  );
}
