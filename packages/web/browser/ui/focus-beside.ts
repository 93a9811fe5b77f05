/**
 * For a row that goes away with the button in it that was pressed: somebody at the keyboard goes on in the next row, or
 * in the one before; with the last row, at the title of the list.
 */
export function focusBeside(row: Element, title: HTMLElement | null): void {
  if (!row.contains(document.activeElement)) return;
  const other = row.nextElementSibling ?? row.previousElementSibling;
  (other?.querySelector('button') ?? title)?.focus();
}
