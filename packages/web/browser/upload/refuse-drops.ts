/**
 * Where no files are taken, browsers would open one that is dropped, in place of this page and of all that is under way
 * in it. To be called before anybody takes files.
 */
export function refuseDrops(): void {
  addEventListener('dragover', (event) => {
    if (!hasFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'none';
  });
  addEventListener('drop', (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
}

/** False for text and links, which may be dropped into fields. */
export function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true;
}
