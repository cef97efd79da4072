import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderInUse, openServerFolder } from '../serverFolder.ts';

describe('a lasting server folder', () => {
  let path: string;
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'postrider-lasting-'));
  });
  afterEach(() => rm(path, { recursive: true }));

  it('is for one process at a time, and stays when it is closed', async () => {
    const first = await openServerFolder({ path });
    await expect(openServerFolder({ path })).rejects.toThrow(FolderInUse);
    await first.close();
    const second = await openServerFolder({ path });
    await second.close();
    expect(existsSync(path)).toBe(true);
    expect(existsSync(join(path, 'in-use'))).toBe(false);
  });

  it('takes over the lock of a guard that is no more', async () => {
    // This test's own process has that number now, and is no guard.
    await writeFile(join(path, 'in-use'), `${process.pid}\n`);
    const folder = await openServerFolder({ path });
    await folder.close();
  });
});
