import { newId } from '@clipscribe/contracts';
import { defaultSettings, type OwnerSettings } from '../src/owner-settings.ts';

/** Settings of a fresh owner, with one webhook; every field may be overridden. */
export function sampleSettings(overrides: Partial<OwnerSettings> = {}): OwnerSettings {
  return {
    ...defaultSettings(newId()),
    webhooks: [
      {
        id: newId(),
        url: 'https://example.org/hook?who=ada',
        events: ['job.succeeded', 'job.failed'],
        secrets: [
          { value: 'whsec_bmV3', createdAt: 2 },
          { value: 'whsec_b2xk', createdAt: 1, validUntil: 9 },
        ],
        enabled: true,
        createdAt: 1,
      },
    ],
    uploadSecrets: [{ value: 'whsec_dXBsb2Fk', createdAt: 3 }],
    ...overrides,
  };
}
