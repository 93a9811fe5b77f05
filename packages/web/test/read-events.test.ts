import { describe, expect, it } from '@jest/globals';
import { readEvents, type ServerEvent } from '../browser/state/read-events.ts';

async function read(...pieces: string[]): Promise<ServerEvent[]> {
  async function* stream(): AsyncGenerator<string> {
    for (const piece of pieces) yield await Promise.resolve(piece);
  }
  const events: ServerEvent[] = [];
  for await (const event of readEvents(stream())) events.push(event);
  return events;
}

describe('readEvents', () => {
  it('gives events whole, however they are cut, and no comments', async () => {
    const text = ': open\n\nevent: job\ndata: {"id":1}\n\n: still here\n\nevent: gone\ndata: {"id":2}\n\n';
    const wanted = [
      { event: 'job', data: '{"id":1}' },
      { event: 'gone', data: '{"id":2}' },
    ];
    expect(await read(text)).toEqual(wanted);
    expect(await read(...Array.from(text))).toEqual(wanted);
  });

  it('drops what is not complete when the stream ends', async () => {
    expect(await read('event: job\ndata: {"id":')).toEqual([]);
  });
});
