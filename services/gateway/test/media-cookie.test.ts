import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import { succeededJob } from './job-maker.ts';
import { expectProblem } from './problem.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

async function cookieFor(person: Person, jobId: string): Promise<{ pair: string; attributes: string[] }> {
  const answer = await gateway.as(person).post(`/jobs/${jobId}/media-cookie`).expect(204);
  const [cookie = ''] = answer.headers['set-cookie'] as unknown as string[]; // set-cookie is always a list
  const [pair = '', ...attributes] = cookie.split('; ');
  return { pair, attributes };
}

describe('the cookie for players and downloads', () => {
  it('goes to this job alone, is read by no script and sent by no other site', async () => {
    const { id } = await succeededJob(gateway, auth.ada);
    const { attributes } = await cookieFor(auth.ada, id);
    expect(attributes).toEqual(
      expect.arrayContaining([`Path=/jobs/${id}`, 'HttpOnly', 'SameSite=Strict', 'Max-Age=3600']),
    );
  });

  it.each(['audio', 'transcript?format=srt', 'transcripts/1'])('opens /%s, with ranges', async (what) => {
    const { id } = await succeededJob(gateway, auth.ada);
    const { pair } = await cookieFor(auth.ada, id);
    const headers = { Cookie: `other=1; ${pair}`, Range: 'bytes=0-0', 'Sec-Fetch-Site': 'same-origin' };
    await gateway.client.get(`/jobs/${id}/${what}`).set(headers).expect(206);
  });

  it.each([
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/retry'],
    ['POST', '/media-cookie'],
    ['GET', '/transcripts'],
    ['GET', '/webhooks'],
  ])('opens nothing else: %s /jobs/ID%s', async (method, suffix) => {
    const { id } = await succeededJob(gateway, auth.ada);
    const { pair } = await cookieFor(auth.ada, id);
    const path = `/jobs/${id}${suffix}`;
    const test = gateway.client[method.toLowerCase() as 'get'](path); // supertest has one for each method of HTTP
    expectProblem(await test.set('Cookie', pair), 'NO_TOKEN');
  });

  it.each(['cross-site', 'same-site'])('is not looked at when the request is %s', async (site) => {
    const { id } = await succeededJob(gateway, auth.ada);
    const { pair } = await cookieFor(auth.ada, id);
    const headers = { Cookie: pair, 'Sec-Fetch-Site': site };
    expectProblem(await gateway.client.get(`/jobs/${id}/audio`).set(headers), 'NO_TOKEN');
  });

  it("does not open another's job", async () => {
    const { id } = await succeededJob(gateway, auth.ada);
    const own = await succeededJob(gateway, auth.bob);
    const { pair } = await cookieFor(auth.bob, own.id);
    expectProblem(await gateway.client.get(`/jobs/${id}/audio`).set('Cookie', pair), 'NOT_FOUND');
  });

  it('ends with the login that it came from', async () => {
    const { id } = await succeededJob(gateway, auth.ada);
    const person = await auth.signIn(auth.ada.email);
    const { pair } = await cookieFor(person, id);
    await gateway.as(person).post('/logout').expect(204);
    expectProblem(await gateway.client.get(`/jobs/${id}/audio`).set('Cookie', pair), 'INVALID_TOKEN');
  });

  it('counts for nothing beside a header', async () => {
    const { id } = await succeededJob(gateway, auth.ada);
    const { pair } = await cookieFor(auth.ada, id);
    const answer = await gateway.as(auth.bob).get(`/jobs/${id}/audio`).set('Cookie', pair);
    expectProblem(answer, 'NOT_FOUND');
  });

  it.each(['clipscribe_media=', `clipscribe_media=${'x'.repeat(5000)}`, 'clipscribe_media=a.b.c'])(
    'is refused when it is none: %.30s',
    async (pair) => {
      const { id } = await succeededJob(gateway, auth.ada);
      expectProblem(await gateway.client.get(`/jobs/${id}/audio`).set('Cookie', pair), 'INVALID_TOKEN');
    },
  );
});
