import express from 'express';

/** Reads a body as it is, for auth, which judges it. @throws 413 for more than 10 kB */
export const authBody = express.raw({ type: () => true, limit: 10_000, inflate: false });
