import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { validate } from 'dockerfile-utils';
import { ROOT, readJson, readText } from './files.ts';
import { readStage } from './imageStage.ts';

const dockerfile = await readText('docker/Dockerfile');

/** The arguments of each instruction of that name. */
const instructions = (name: string) =>
  [...dockerfile.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, text = '']) => text);

describe('docker/Dockerfile', () => {
  it('has nothing that a linter of Dockerfiles objects to', () => {
    expect(validate(dockerfile)).toEqual([]);
    expect(validate(`${dockerfile}\nEXPOZE 3000\nCMD ["sh"]`)).not.toEqual([]);
  });

  it('builds on the Node.js that npm brings, and ends with a user that is not root', async () => {
    const { optionalDependencies } = await readJson<{ optionalDependencies: Record<string, string> }>(
      'package.json',
    );
    const majors = Object.values(optionalDependencies).map((version) => version.split('.')[0]);
    const bases = instructions('FROM').map((text) => text.split(' ')[0]);
    expect(new Set(bases)).toEqual(new Set(majors.map((major) => `node:${major}-slim`)));
    expect(dockerfile.slice(dockerfile.lastIndexOf('FROM'))).toMatch(/^USER 1000:1000$/m);
  });

  it.each(['dependencies', 'console', ''])(
    'copies only what it is given, for its stage "%s"',
    async (name) => {
      const { sources, has } = await readStage(name);
      expect(sources).toContain('package.json');
      expect(sources.filter((source) => !has(source))).toEqual([]);
    },
  );

  it('gets every file and every package that a process of it imports, and no test', async () => {
    const { has, missingFor } = await readStage('');
    for (const app of ['api', 'worker', 'migrate', 'apiUser', 'rotateKeys', 'cli']) {
      expect(await missingFor(`apps/${app}/main.ts`)).toEqual([]);
    }
    const without = await readStage('', ['libs/router']);
    expect(await without.missingFor('apps/worker/main.ts')).toContain('libs/router/routerWorker.ts');
    const ofTests = ['apps/api/tests/httpClient.ts', 'apps/api/problem.test.ts', 'libs/testing/servers.ts'];
    expect(ofTests.filter(has)).toEqual([]);
  });

  it('builds the console of all that it imports', async () => {
    expect(await (await readStage('console')).missingFor('apps/console/src/main.tsx')).toEqual([]);
  });
});

describe('docker/healthcheck.mjs', () => {
  async function checkedAt(status: number): Promise<number> {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/health/ready' ? status : 404).end();
    }).listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const env = { PORT: '1', WORKER_PORT: String(port) };
    const [code] = await once(execFile(process.execPath, [`${ROOT}docker/healthcheck.mjs`], { env }), 'exit');
    await once(server.close(), 'close');
    return code;
  }

  it('is what the image asks, and passes while one of its ports says that it is ready', async () => {
    expect(instructions('HEALTHCHECK').join()).toContain('CMD ["node", "docker/healthcheck.mjs"]');
    expect([await checkedAt(200), await checkedAt(503)]).toEqual([0, 1]);
  });
});
