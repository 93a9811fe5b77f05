import { stripTypeScriptTypes } from 'node:module';

/**
 * Jest transformer for TypeScript: the same type stripping that Node uses at run time, so that tests run the
 * code that ships. Types become spaces, so lines and columns in stack traces stay right without source maps.
 */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
};
