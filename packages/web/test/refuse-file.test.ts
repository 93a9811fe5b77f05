import { describe, expect, it } from '@jest/globals';
import { refuseFile } from '../browser/upload/refuse-file.ts';

const head = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = { name: 'talk.mp4', size: 1000, type: 'video/mp4', head: head('\0\0\0 ftypisom') };

describe('refuseFile', () => {
  it.each([
    { ...file },
    { ...file, name: 'TALK.MOV', type: '' },
    { ...file, name: 'memo', type: '' },
    { ...file, name: 'song.flac', type: 'audio/flac', head: head('fLaC') },
    { ...file, name: 'clip.ts', type: 'video/mp2t' },
    { ...file, name: 'clip.ts', type: '' },
  ])('lets $name through ($type)', (candidate) => {
    expect(refuseFile(candidate, 5000)).toBeUndefined();
  });

  it.each([
    [{ ...file, size: 0 }, 'The file is empty.'],
    [
      { ...file, name: 'My folder', size: 4096, type: '', head: null },
      'This is a folder, or a file that cannot be read. Choose the recordings themselves.',
    ],
    [{ ...file, size: 6000 }, 'The file has 6 kB; this server takes at most 5 kB.'],
    [{ ...file, head: head('%PDF-1.7') }, 'This is a PDF, neither video nor sound.'],
    [{ ...file, head: head('PK\u0003\u0004') }, 'This is an archive or a document, neither video nor sound.'],
    [{ ...file, name: 'a.txt', type: 'text/plain' }, 'This is a text, neither video nor sound.'],
    [{ ...file, name: 'a.heic', type: 'image/heic' }, 'This is a picture, neither video nor sound.'],
    [{ ...file, name: 'a.sqlite', type: '' }, 'Files that end in .sqlite are neither video nor sound.'],
  ])('%j: %s', (candidate, reason) => {
    expect(refuseFile(candidate, 5000)).toBe(reason);
  });

  it('takes any size while the limit is not known', () => {
    expect(refuseFile({ ...file, size: 1e15 }, undefined)).toBeUndefined();
  });
});
