/** A piece of a mail, rendered once as plain text and once as HTML. */
export type Block =
  | { type: 'paragraph'; text: string }
  | { type: 'link'; label: string; url: string }
  /** Lines to be copied as they are. */
  | { type: 'command'; lines: readonly string[] };

/** Plain text; a paragraph is a line of its own between empty lines. */
export function asText(blocks: readonly Block[]): string {
  return `${blocks.map(blockAsText).join('\n\n')}\n`;
}

function blockAsText(block: Block): string {
  if (block.type === 'paragraph') return block.text;
  if (block.type === 'link') return `${block.label}:\n${block.url}`;
  return block.lines.join('\n');
}

/**
 * A small HTML page that loads nothing and sets no colours: with `color-scheme` the reader's own colours, dark
 * or light, are used.
 */
export function asHtml(title: string, blocks: readonly Block[]): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(title)}</title></head>`,
    '<body style="font:16px/1.5 sans-serif;max-width:40em;margin:1em auto;padding:0 1em">',
    ...blocks.map(blockAsHtml),
    '</body></html>',
    '',
  ].join('\n');
}

function blockAsHtml(block: Block): string {
  if (block.type === 'paragraph') return `<p>${escapeHtml(block.text)}</p>`;
  if (block.type === 'link') {
    const url = escapeHtml(block.url);
    return `<p>${escapeHtml(block.label)}:<br><a href="${url}">${url}</a></p>`;
  }
  const style = 'white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 monospace';
  return `<pre style="${style}">${escapeHtml(block.lines.join('\n'))}</pre>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as the content of an element or of a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
