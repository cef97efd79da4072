import type { Request, Response } from 'express';
import session from 'express-session';
import type { Cluster, Redis } from 'ioredis';
import { SessionStore } from './sessionStore.ts';

declare module 'express-session' {
  interface SessionData {
    user: string;
    proof: string;
  }
}

/** Who has signed in, and what proves that they still may. */
export interface SignedIn {
  readonly user: string;
  readonly proof: string;
}

export const SESSION_COOKIE = 'postrider_session';

/**
 * Sessions of people who have signed in with a browser. The cookie has a random id, signed, out of the reach of
 * scripts and of other sites; the rest is in Redis. A session ends after its lifetime, however much it is used.
 */
export class Sessions {
  readonly #open: ReturnType<typeof session>;

  constructor(parts: {
    redis: Redis | Cluster;
    /** Of the keys in Redis. */
    prefix: string;
    /** The first signs, all are believed. */
    keys: readonly string[];
    lifetimeMs: number;
  }) {
    const { redis, prefix, keys, lifetimeMs } = parts;
    this.#open = session({
      name: SESSION_COOKIE,
      secret: [...keys],
      store: new SessionStore({ redis, prefix, lifetimeMs }),
      resave: false,
      saveUninitialized: false,
      // Secure wherever the request came by TLS, be it up to a trusted proxy.
      cookie: { httpOnly: true, sameSite: 'strict', secure: 'auto', path: '/', maxAge: lifetimeMs },
    });
  }

  /** Null: there is no session, or not any more. */
  async find(request: Request, response: Response): Promise<SignedIn | null> {
    if (!request.headers.cookie?.includes(`${SESSION_COOKIE}=`)) return null;
    await this.#load(request, response);
    const { user, proof } = request.session;
    return user === undefined || proof === undefined ? null : { user, proof };
  }

  /** Under a new id, whatever cookie came: nobody can know it beforehand. */
  async begin(request: Request, response: Response, signedIn: SignedIn): Promise<void> {
    await this.#load(request, response);
    await settled((done) => request.session.regenerate(done));
    Object.assign(request.session, signedIn);
    await settled((done) => request.session.save(done));
  }

  async end(request: Request, response: Response): Promise<void> {
    if ((await this.find(request, response)) === null) return;
    await settled((done) => request.session.destroy(done));
    response.clearCookie(SESSION_COOKIE, { httpOnly: true, sameSite: 'strict', path: '/' });
  }

  async #load(request: Request, response: Response): Promise<void> {
    if (request.session) return;
    await settled((done) => this.#open(request, response, done));
  }
}

function settled(begin: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    begin((error) => (error ? reject(error) : resolve()));
  });
}
