import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { project } from '../../../jest.config.ts';

const ROOT = dirname(fileURLToPath(new URL('../../../jest.config.ts', import.meta.url)));

it('a test file fails that leaves a server open or can’t be loaded, and one that tidies up passes', async () => {
  const config = {
    ...project,
    rootDir: ROOT,
    testMatch: ['<rootDir>/libs/testing/tests/leaky/*.leaky.ts'],
    testEnvironmentOptions: { settleMs: 1_000 },
    globalSetup: undefined,
    globalTeardown: undefined,
  };
  const output = await runJest(['--config', JSON.stringify(config), '--runInBand', '--forceExit']);
  expect(output).toContain('FAIL libs/testing/tests/leaky/server.leaky.ts');
  expect(output).toContain('This test file left open: TCPServerWrap.');
  expect(output).toContain('FAIL libs/testing/tests/leaky/helped.leaky.ts');
  expect(output).toContain("'@jest/globals' does not provide an export named 'it'");
  expect(output).toContain('PASS libs/testing/tests/leaky/tidy.leaky.ts');
});

function runJest(args: readonly string[]): Promise<string> {
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [jest, ...args], { cwd: ROOT }, (_failed, _stdout, stderr) => resolve(stderr));
  });
}
