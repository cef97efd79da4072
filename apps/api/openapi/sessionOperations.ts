import { sessionSchema } from '../sessionRoutes.ts';
import { type Operation, WITH_BODY } from './operation.ts';

/** Of people who use a browser. */
export const SESSION_OPERATIONS: readonly Operation[] = [
  {
    id: 'signIn',
    method: 'post',
    path: '/rest/session',
    tag: 'Session',
    summary: 'Sign in',
    description:
      'Sets a cookie that pages of this server may use in place of HTTP Basic. It ends after ' +
      'SESSION_LIFETIME_MS, or when the user is removed or gets another password.',
    body: sessionSchema,
    answer: { status: 201, description: 'Who that is.', schema: 'Session' },
    problems: WITH_BODY,
    isOpen: true,
  },
  {
    id: 'getSession',
    method: 'get',
    path: '/rest/session',
    tag: 'Session',
    summary: 'Who is asking',
    answer: { status: 200, description: 'Whose credentials these are.', schema: 'Session' },
    problems: [],
  },
  {
    id: 'signOut',
    method: 'delete',
    path: '/rest/session',
    tag: 'Session',
    summary: 'Sign out',
    answer: { status: 204, description: 'There is no session any more.' },
    problems: ['cross-site'],
    isOpen: true,
  },
];
