import type { WebhookDeliveryView, WebhookSecretView, WebhookView } from '@clipscribe/contracts';
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { ask } from '../state/api.ts';
import { tell } from '../state/job-actions.ts';
import { moment } from '../state/words.ts';
import { IconButton } from '../ui/icon-button.tsx';

interface Props {
  webhook: WebhookView;
  onChange: (webhook: WebhookView) => void;
  onDelete: () => void;
}

/** An address with its switch, its secret and what was delivered. */
export function WebhookRow({ webhook, onChange, onDelete }: Props): JSX.Element {
  const { id, url, enabled } = webhook;
  const [secret, setSecret] = useState<string>();
  const showSecret = (path: string, method: 'GET' | 'POST'): void =>
    void tell(async () => {
      setSecret((await ask<WebhookSecretView>(`/webhooks/${id}/${path}`, { method })).secret);
    });
  return (
    <li class="webhook">
      <div class="webhook-head">
        <span class="webhook-url">{url}</span>
        <IconButton icon="trash" label={`Delete the webhook ${url}`} onClick={onDelete} />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={enabled}
          onChange={({ currentTarget }) =>
            void tell(async () => {
              const json = { enabled: currentTarget.checked };
              onChange(await ask<WebhookView>(`/webhooks/${id}`, { method: 'PATCH', json }));
            })
          }
        />
        On
      </label>
      <div class="webhook-secret">
        {secret === undefined ? (
          <button
            type="button"
            class="link-button"
            onClick={() => {
              showSecret('secret', 'GET');
            }}
          >
            Show the secret
          </button>
        ) : (
          <>
            <code>{secret}</code>
            <button
              type="button"
              class="link-button"
              onClick={() => {
                showSecret('rotate-secret', 'POST');
              }}
            >
              Make a new one
            </button>
          </>
        )}
      </div>
      <Deliveries id={id} />
    </li>
  );
}

function Deliveries({ id }: { id: string }): JSX.Element {
  const [deliveries, setDeliveries] = useState<readonly WebhookDeliveryView[]>();
  const load = (): void =>
    void tell(async () => {
      const page = await ask<{ deliveries: WebhookDeliveryView[] }>(`/webhooks/${id}/deliveries`);
      setDeliveries(page.deliveries.slice(0, 20));
    });
  return (
    <details
      onToggle={({ currentTarget }) => {
        if (currentTarget.open) load();
      }}
    >
      <summary>Deliveries</summary>
      {deliveries?.length === 0 && (
        <p class="hint">Nothing was told to this address in the last 100 recordings.</p>
      )}
      <ul class="deliveries">
        {deliveries?.map((delivery) => (
          <Delivery key={delivery.id} delivery={delivery} onReplayed={load} />
        ))}
      </ul>
    </details>
  );
}

function Delivery({
  delivery,
  onReplayed,
}: {
  delivery: WebhookDeliveryView;
  onReplayed: () => void;
}): JSX.Element {
  const { event, state, createdAt, attempts, links } = delivery;
  const [last] = attempts;
  const outcome = last?.error?.reason ?? (last?.status === undefined ? '' : `Answered ${last.status}.`);
  const replay = links.replay;
  return (
    <li>
      <span>
        {event}, {state}, {moment(createdAt)}. {outcome}
      </span>
      {replay !== undefined && (
        <button
          type="button"
          class="link-button"
          onClick={() =>
            void tell(async () => {
              await ask(replay, { method: 'POST' });
              onReplayed();
            })
          }
        >
          Deliver again
        </button>
      )}
    </li>
  );
}
