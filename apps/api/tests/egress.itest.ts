import { afterEach, describe, expect, it } from '@jest/globals';
import { startConnectProxy } from '#libs/target/tests/connectProxy.ts';
import { type Customer, startCustomer } from '#libs/testing/customer.ts';
import { CLIENT, startTestApi, type TestApi } from './apiFixture.ts';
import { expectFields, expectProblem, FIELDS } from './contractClient.ts';
import { expectDocumented } from './documented.ts';

let api: TestApi;
let customer: Customer | undefined;

afterEach(async () => {
  await api.stop();
  await customer?.close();
  customer = undefined;
});

const create = (targetUrl: string) =>
  api.call({ method: 'POST', path: '/rest/1/webhooks', json: { ...FIELDS, targetUrl } });

async function verify(targetUrl: string) {
  const { body } = await create(targetUrl);
  const answer = await api.call({ method: 'GET', path: `/rest/1/webhooks/${body.id}/verify?mailingId=1` });
  return answer.body[0];
}

describe('GET /rest/egress', () => {
  const path = '/rest/egress';

  it('tells every user the addresses to let in', async () => {
    api = await startTestApi({ PUBLIC_EGRESS_ADDRESSES: '203.0.113.7, 2001:db8::/64' });
    for (const auth of [CLIENT, 'operator:open_sesame']) {
      const answer = await api.call({ method: 'GET', path, auth });
      expect(answer).toMatchObject({ status: 200, body: { addresses: ['203.0.113.7', '2001:db8::/64'] } });
      expectDocumented('GET', path, answer);
    }
    expectProblem(await api.call({ method: 'GET', path, auth: null }), 'unauthorized');
    expectProblem(await api.call({ method: 'POST', path }), 'method-not-allowed');
  });

  it('tells none when none are set', async () => {
    api = await startTestApi();
    expect(await api.call({ method: 'GET', path })).toMatchObject({ status: 200, body: { addresses: [] } });
  });
});

describe('TARGET_ALLOW', () => {
  it('opens the ranges that it names, and no others', async () => {
    api = await startTestApi({ TARGET_ALLOW: '10.1.0.0/16,fd00:1::/32' });
    for (const target of ['https://10.1.2.3/', 'https://[fd00:1::7]/']) {
      expect(await create(target)).toMatchObject({ status: 201 });
    }
    for (const target of ['https://10.2.0.1/', 'https://127.0.0.1/', 'https://[fd00:2::7]/']) {
      expectFields(await create(target), ['targetUrl']);
    }
  });
});

describe('EGRESS_PROXY', () => {
  it('takes verify through the proxy, and leaves names to it', async () => {
    customer = await startCustomer();
    const proxy = await startConnectProxy();
    api = await startTestApi({
      TARGET_POLICY: 'development',
      EGRESS_PROXY: `http://user:proxy-secret@127.0.0.1:${proxy.port}`,
    });
    expect(await verify(customer.url)).toMatchObject({ httpStatusCode: 200 });
    expect(proxy.asked).toHaveLength(1);
    expect(api.lines.join()).not.toContain('proxy-secret');
    await proxy.close();
  });
});

describe('EGRESS_ADDRESS', () => {
  it('is where verify comes from', async () => {
    customer = await startCustomer();
    api = await startTestApi({ TARGET_POLICY: 'development', EGRESS_ADDRESS: '192.0.2.1' });
    // An address that this machine does not have: only a connection that is bound to it fails so.
    expect(await verify(customer.url)).toMatchObject({
      httpStatusCode: 0,
      responseBody: expect.stringContaining('EADDRNOTAVAIL'),
    });
  });
});
