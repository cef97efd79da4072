import { STATUS_CODES } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { PROBLEMS } from './problem.ts';

describe('the catalogue of problems', () => {
  it.each(Object.entries(PROBLEMS))(
    '%s has a name for a URN, an error status and a title of its own',
    (name, problem) => {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(problem.status).toBeGreaterThanOrEqual(400);
      expect(STATUS_CODES).toHaveProperty(String(problem.status));
      expect(problem.title).toMatch(/^[A-Z].*[^.]$/);
      const titles = Object.values(PROBLEMS).filter(({ title }) => title === problem.title);
      expect(titles).toHaveLength(1);
    },
  );
});
