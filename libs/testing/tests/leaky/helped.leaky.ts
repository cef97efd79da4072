// No test of this project: leakCheck.itest.ts runs it to see it fail.
import { expect, it } from '@jest/globals';
import { itIsTrue } from './helper.ts';

it('is here', () => expect(true).toBe(true));
itIsTrue();
