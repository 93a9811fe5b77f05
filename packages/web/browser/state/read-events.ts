/** One server-sent event. */
export interface ServerEvent {
  event: string;
  data: string;
}

/**
 * Takes a stream of server-sent events apart (https://html.spec.whatwg.org/#event-stream-interpretation), as far as the
 * gateway sends them: `event` and `data`, a line each. EventSource would do that, but cannot send a token.
 */
export async function* readEvents(stream: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let rest = '';
  for await (const piece of stream) {
    rest += piece;
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventOf(block);
      if (event.data !== '') yield event;
    }
  }
}

function eventOf(block: string): ServerEvent {
  const event: ServerEvent = { event: 'message', data: '' };
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event.event = line.slice(7);
    if (line.startsWith('data: ')) event.data += line.slice(6);
  }
  return event;
}
