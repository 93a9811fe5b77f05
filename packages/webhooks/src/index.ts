export { AddressRules } from './address-rules.ts';
export type { Resolvers } from './guarded-lookup.ts';
export { resolvePublicName, type NameResolver } from './resolve-name.ts';
export { newSecret, rotated, ROTATION_MS, signing } from './secrets.ts';
export { signedHeaders, type SignedContent } from './sign.ts';
export { uploadSecretsOf } from './upload-secrets.ts';
export { webhookAllowSchema } from './webhook-allow.ts';
export * from './webhook-sender.ts';
