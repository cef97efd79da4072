import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '#libs/config/loadConfig.ts';
import { withOwnSettings } from '../ownSettings.ts';

const SERVERS = { REDIS_URL: 'redis://127.0.0.1:1/0', DATABASE_URL: 'mysql://a:b@127.0.0.1:1/c' };

describe('the settings that npm start makes itself', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postrider-settings-'));
    path = join(folder, 'data', 'start.env');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are valid, made once, and readable by their owner only', async () => {
    const first = await withOwnSettings({}, path);
    expect(first.made).toEqual(['ENCRYPTION_KEY', 'API_CREDENTIALS']);
    expect(loadConfig({ ...first.settings, ...SERVERS }).apiCredentials).toMatchObject([
      { user: 'operator', clientId: null },
    ]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await withOwnSettings({}, path)).toEqual({ settings: first.settings, made: [] });
  });

  it('give way to what the environment names, and stay in the file', async () => {
    const { settings } = await withOwnSettings({}, path);
    const given = { ENCRYPTION_KEY: 'another', OTHER: 'kept' };
    expect((await withOwnSettings(given, path)).settings).toEqual({
      ...given,
      API_CREDENTIALS: settings.API_CREDENTIALS,
    });
    expect((await withOwnSettings({}, path)).settings).toEqual(settings);
  });
});
