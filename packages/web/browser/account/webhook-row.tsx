import type { WebhookDeliveryView, WebhookSecretView, WebhookView } from '@clipscribe/contracts';
import { useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { ask } from '../state/api.ts';
import { tell } from '../state/job-actions.ts';
import { moment } from '../state/words.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Switch } from '../ui/switch.tsx';

interface Props {
  webhook: WebhookView;
  onChange: (webhook: WebhookView) => void;
  /** Told with the row that will go away. */
  onDelete: (row: HTMLElement | null) => void;
}

/** An address with its switch, its secret and what was delivered. */
export function WebhookRow({ webhook, onChange, onDelete }: Props): JSX.Element {
  const { id, url, enabled } = webhook;
  const [secret, setSecret] = useState<string>();
  const row = useRef<HTMLLIElement>(null);
  const showSecret = (path: string, method: 'GET' | 'POST'): void =>
    void tell(async () => {
      setSecret((await ask<WebhookSecretView>(`/webhooks/${id}/${path}`, { method })).secret);
    });
  return (
    <li ref={row} class="webhook">
      <div class="webhook-head">
        <span class="webhook-url">{url}</span>
        <IconButton
          icon="trash"
          label={`Delete the webhook ${url}`}
          onClick={() => {
            onDelete(row.current);
          }}
        />
      </div>
      <Switch
        label="On"
        isOn={enabled}
        change={async (wanted) => {
          const json = { enabled: wanted };
          onChange(await ask<WebhookView>(`/webhooks/${id}`, { method: 'PATCH', json }));
        }}
      />
      <div class="webhook-secret">
        {secret !== undefined && <code>{secret}</code>}
        {/* One button: the keyboard stays where it is. */}
        <button
          type="button"
          class="link-button"
          onClick={() => {
            if (secret === undefined) showSecret('secret', 'GET');
            else showSecret('rotate-secret', 'POST');
          }}
        >
          {secret === undefined ? 'Show the secret' : 'Make a new one'}
        </button>
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
