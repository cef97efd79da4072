import { expect, it } from '@jest/globals';
import { queueNameOn } from './queueNames.ts';

it.each([
  ['on one server', false, 'postrider', 'events-open'],
  ['in a cluster', true, 'postrider', '{events-open}'],
  ['in a cluster, where the prefix has a hash tag', true, '{postrider}', 'events-open'],
  ['in a cluster, where the braces of the prefix are none', true, 'post{}rider', '{events-open}'],
])('the name of a queue %s', (_where, isCluster, prefix, expected) => {
  expect(queueNameOn({ isCluster }, prefix, 'events-open')).toBe(expected);
});
