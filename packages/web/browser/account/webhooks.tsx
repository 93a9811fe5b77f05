import type { WebhookView } from '@clipscribe/contracts';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { ask, call, wordsFor } from '../state/api.ts';
import { tell } from '../state/job-actions.ts';
import { focusBeside } from '../ui/focus-beside.ts';
import { WebhookRow } from './webhook-row.tsx';

/** Addresses that are told when a recording is ready. */
export function Webhooks(): JSX.Element {
  const [webhooks, setWebhooks] = useState<readonly WebhookView[]>([]);
  const title = useRef<HTMLHeadingElement>(null);
  const load = async (): Promise<void> => {
    setWebhooks((await ask<{ webhooks: WebhookView[] }>('/webhooks')).webhooks);
  };
  useEffect(() => void tell(load), []);
  const replace = (changed: WebhookView): void => {
    setWebhooks(webhooks.map((one) => (one.id === changed.id ? changed : one)));
  };
  return (
    <section class="card" aria-labelledby="webhooks-title">
      <h2 id="webhooks-title" ref={title} tabIndex={-1}>
        Webhooks
      </h2>
      <p class="hint">
        A program of yours is told how each recording ended, signed as Standard Webhooks has it.
      </p>
      <ul class="webhooks">
        {webhooks.map((webhook) => (
          <WebhookRow
            key={webhook.id}
            webhook={webhook}
            onChange={replace}
            onDelete={(row) =>
              void tell(async () => {
                await call(`/webhooks/${webhook.id}`, { method: 'DELETE' });
                if (row !== null) focusBeside(row, title.current);
                setWebhooks(webhooks.filter(({ id }) => id !== webhook.id));
              })
            }
          />
        ))}
      </ul>
      <AddWebhook onAdded={load} />
    </section>
  );
}

function AddWebhook({ onAdded }: { onAdded: () => Promise<void> }): JSX.Element {
  const [reason, setReason] = useState('');
  const submit = async (form: HTMLFormElement): Promise<void> => {
    setReason('');
    try {
      await ask('/webhooks', { method: 'POST', json: { url: new FormData(form).get('url') } });
      form.reset();
      await onAdded();
    } catch (error) {
      setReason(wordsFor(error));
    }
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <label>
        New address
        <input name="url" type="url" required placeholder="https://example.org/hook" />
      </label>
      <p class="form-error" role="alert">
        {reason}
      </p>
      <button type="submit">Add webhook</button>
    </form>
  );
}
