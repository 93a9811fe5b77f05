import { it } from '@jest/globals';
import { describeWorlds } from '../../support/matrix/describe-worlds.ts';

describeWorlds('the notification service killed', (world) => {
  const options = { fields: { transcript: 'false' } };

  it('notification killed before send: one mail', async () => {
    await world().dies('notification', 'mail.send:before', () => world().upload(world().short, options));
    await world().kept();
  });

  it('notification killed after the server’s 250: at most two with one Message-ID', async () => {
    await world().dies('notification', 'mail.send:after', () => world().upload(world().short, options));
    await world().kept({ maxSecondCopies: 1 });
  });

  it('notification killed after it is written down, before ack: one mail', async () => {
    await world().dies('notification', 'queue.handle:after@mp3', () =>
      world().upload(world().short, options),
    );
    await world().kept();
  });
});
