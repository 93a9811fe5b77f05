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
import type { Express, RequestHandler } from 'express';
import { adminOnly } from './admin-only.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { Rehash } from './rehash.ts';
import { addUserRoute } from './routes/add-user.ts';
import { changeUserRoute } from './routes/change-user.ts';
import { listUsersRoute } from './routes/list-users.ts';
import { loginRoute } from './routes/login.ts';
import { logoutRoute } from './routes/logout.ts';
import { passwordRoute } from './routes/password.ts';
import { registerRoute } from './routes/register.ts';
import { resetPasswordRoute } from './routes/reset-password.ts';
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

type Method = 'get' | 'post' | 'patch';

/** The HTTP side of the service: who may do what, and nothing that listens or connects. */
export function createAuthApp(deps: AuthDeps): Express {
  const authenticate = createAuthenticate(deps);
  const admin = adminOnly(authenticate);
  const routes: Record<string, Partial<Record<Method, RequestHandler>>> = {
    '/login': { post: loginRoute(deps) },
    '/validate': { post: validateRoute(authenticate) },
    '/register': { post: registerRoute(deps) },
    '/logout': { post: logoutRoute(authenticate, deps) },
    '/password': { post: passwordRoute(authenticate, deps) },
    '/admin/users': { get: listUsersRoute(admin, deps), post: addUserRoute(admin, deps) },
    '/admin/users/:id': { patch: changeUserRoute(admin, deps) },
    '/admin/users/:id/reset-password': { post: resetPasswordRoute(admin, deps) },
  };
  const app = createHttpApp(deps);
  app.use(healthRoutes(deps.health));
  for (const [path, handlers] of Object.entries(routes)) addRoute(app, path, handlers);
  app.use(notFoundHandler, problemHandler(deps.log));
  return app;
}

/** Other methods are told which ones there are. Express would answer `HEAD` by itself where there is `GET`. */
function addRoute(app: Express, path: string, handlers: Partial<Record<Method, RequestHandler>>): void {
  const methods = Object.keys(handlers).map((method) => method.toUpperCase());
  const refuse = methodNotAllowed(...methods);
  const route = app.route(path).all((req, res, next) => {
    if (methods.includes(req.method)) next();
    else refuse(req, res, next);
  });
  if (handlers.get !== undefined) route.get(handlers.get);
  if (handlers.post !== undefined) route.post(handlers.post);
  if (handlers.patch !== undefined) route.patch(handlers.patch);
}
