import type { Transcript } from '@clipscribe/contracts';

/** The canonical form itself: every segment and every word on a line of its own, to be read and searched. */
export function* renderJson(transcript: Transcript): Generator<string> {
  let before = '{\n';
  for (const [name, value] of Object.entries(transcript)) {
    if (value === undefined) continue;
    yield `${before}  ${JSON.stringify(name)}: `;
    if (Array.isArray(value)) yield* renderList(value);
    else yield JSON.stringify(value);
    before = ',\n';
  }
  yield '\n}\n';
}

function* renderList(items: readonly unknown[]): Generator<string> {
  for (const [index, item] of items.entries()) {
    yield `${index === 0 ? '[' : ','}\n    ${JSON.stringify(item)}`;
  }
  yield items.length === 0 ? '[]' : '\n  ]';
}
