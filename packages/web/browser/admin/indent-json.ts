const INDENT = '  ';

/** A text, something that opens or closes, a comma, a colon; numbers and the three names are what is left. */
const tokens = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g;

/**
 * JSON with a line for each of its members. Everything else of it stays as it was written: numbers of any length, members
 * of the same name, escapes. What is no JSON comes back unchanged.
 */
export function indentJson(text: string): string {
  if (!isJson(text)) return text;
  let depth = 0;
  let before = '';
  let indented = '';
  for (const [token] of text.matchAll(tokens)) {
    const isClosing = token === '}' || token === ']';
    const wasOpening = before === '{' || before === '[';
    if (isClosing) depth -= 1;
    const isEmpty = isClosing && wasOpening;
    if (before === ',' || (wasOpening && !isEmpty) || (isClosing && !isEmpty))
      indented += `\n${INDENT.repeat(depth)}`;
    indented += token === ':' ? ': ' : token;
    if (token === '{' || token === '[') depth += 1;
    before = token;
  }
  return indented;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
