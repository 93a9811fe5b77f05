import {
  createHttpApp,
  healthRoutes,
  methodNotAllowed,
  notFoundHandler,
  problemHandler,
  type Health,
  type Log,
  type Metrics,
  type Tracer,
} from '@clipscribe/runtime';
import type { UserStore } from '@clipscribe/user-store';
import type { Express } from 'express';
import type { PasswordHasher } from './password-hasher.ts';
import type { Rehash } from './rehash.ts';
import { loginRoute } from './routes/login.ts';
import { logoutRoute } from './routes/logout.ts';
import { passwordRoute } from './routes/password.ts';
import { registerRoute } from './routes/register.ts';
import { validateRoute } from './routes/validate.ts';
import { createAuthenticate } from './sessions.ts';
import type { SignInGuard } from './sign-in-guard.ts';
import type { Tokens } from './tokens.ts';

export interface AuthDeps {
  users: UserStore;
  hasher: PasswordHasher;
  guard: SignInGuard;
  rehash: Rehash;
  tokens: Tokens;
  /** ms since the epoch. */
  clock: () => number;
  log: Log;
  metrics: Metrics;
  /** Absent while nothing is traced. */
  tracer?: Tracer | undefined;
  health: Health;
  registration: 'open' | 'closed';
}

/** The HTTP side of the service: who may do what, and nothing that listens or connects. */
export function createAuthApp(deps: AuthDeps): Express {
  const authenticate = createAuthenticate(deps);
  const routes = {
    '/login': loginRoute(deps),
    '/validate': validateRoute(authenticate),
    '/register': registerRoute(deps),
    '/logout': logoutRoute(authenticate, deps),
    '/password': passwordRoute(authenticate, deps),
  };
  const app = createHttpApp(deps);
  app.use(healthRoutes(deps.health));
  for (const [path, handler] of Object.entries(routes))
    app.route(path).post(handler).all(methodNotAllowed('POST'));
  app.use(notFoundHandler, problemHandler(deps.log));
  return app;
}
