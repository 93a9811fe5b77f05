import { ConfigError } from '@clipscribe/runtime';

/** The broker is asked for a sign of life so often; it counts as gone when two in a row are missing. */
const HEARTBEAT_SECONDS = 10;

/**
 * The address for the driver, out of QUEUE_URL: `amqp://user:password@host:5672/vhost`, or `amqps:`. A slash in the
 * name of the virtual host is written `%2F`.
 * @throws ConfigError when it cannot be one; without a cause, since that would hold the password
 */
export function brokerAddress(url: string, heartbeatSeconds = HEARTBEAT_SECONDS): string {
  const address = URL.parse(url);
  const isBroker = address?.protocol === 'amqp:' || address?.protocol === 'amqps:';
  if (!isBroker || address.hostname === '' || address.pathname.slice(1).includes('/')) {
    throw new ConfigError('QUEUE_URL must be an address such as amqp://user:password@host:5672/vhost');
  }
  const { searchParams } = address;
  if (!searchParams.has('heartbeat')) searchParams.set('heartbeat', String(heartbeatSeconds));
  return address.href;
}
