import type { UploadOptions } from '@clipscribe/contracts';
import { HttpProblem } from '@clipscribe/runtime';
import type { AddressRules } from '@clipscribe/webhooks';

/** @throws HttpProblem WEBHOOK_URL_REFUSED for an address that no webhook would ever be sent to */
export function requireCallable(rules: AddressRules, url: string): void {
  const refusal = rules.refusal(new URL(url));
  if (refusal !== null) throw new HttpProblem('WEBHOOK_URL_REFUSED', `url: ${refusal}.`);
}

/** The same for the option of an upload. @throws HttpProblem INVALID_OPTION */
export function requireCallableOption(rules: AddressRules, { webhook }: UploadOptions): void {
  const refusal = webhook === undefined ? null : rules.refusal(new URL(webhook));
  if (refusal !== null) throw new HttpProblem('INVALID_OPTION', `webhook: ${refusal}.`);
}
