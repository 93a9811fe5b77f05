/* global CSS, DOMException, DataTransfer, DragEvent, Event, File, PerformanceObserver, document, location, requestAnimationFrame, requestIdleCallback, scrollBy, sessionStorage, window */
/**
 * What tests have done inside of the page: each function is sent there by itself, and sees nothing of this file.
 */

/** Before everything else in the page: notes what its policy stops, and what moves by itself. */
export function watch() {
  window.watched = { violations: [], shift: 0 };
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    window.watched.violations.push(`policy: ${violatedDirective} ${blockedURI}`);
  });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      window.watched.shift += value;
      const moved = sources.map(({ node }) => node?.className || node?.nodeName).join(', ');
      window.watched.violations.push(`moved: ${value.toFixed(4)} ${moved}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Waits until what is there now has been painted, and what was measured of that has been told. */
export async function untilPainted() {
  for (let pictures = 0; pictures < 3; pictures += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  await new Promise((resolve) => requestIdleCallback(resolve));
}

/** @returns {string[]} what the policy stopped */
export const violations = () => window.watched.violations.filter((text) => !text.startsWith('moved'));

/** @returns {string[]} what moved by itself */
export const shifts = () => window.watched.violations.filter((text) => text.startsWith('moved'));

/** @returns {string} the token that the page keeps for this tab */
export const storedToken = () => JSON.parse(sessionStorage.getItem('clipscribe.session') ?? '{}').token;

/** Before everything else in the page: as in a browser that was told to keep nothing of any site. */
export function forbidStorage() {
  for (const name of ['localStorage', 'sessionStorage']) {
    Object.defineProperty(window, name, {
      get() {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      },
    });
  }
}

/** @returns {string[]} what the search has marked as its present place */
export const marked = () => [...(CSS.highlights.get('hit') ?? [])].map(String);

/** @returns {number} pixels by which the page is wider than the window */
export const overflow = () =>
  Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** A file as it is held over a page. */
export function draggedFile(name) {
  const transfer = new DataTransfer();
  transfer.items.add(new File(['bytes that are no video'], name, { type: 'video/mp4' }));
  return transfer;
}

/**
 * Scrolls down until a job of this name is in view.
 * @param {string} last
 * @returns {Promise<number[]>} the times between two pictures, in ms
 */
export async function scrollToTheEnd(last) {
  const isInView = (row) => row !== undefined && row.getBoundingClientRect().top < window.innerHeight;
  const times = [];
  let before = await new Promise((resolve) => requestAnimationFrame(resolve));
  while (!isInView([...document.querySelectorAll('.job-name')].find((row) => row.textContent === last))) {
    scrollBy(0, 400);
    const now = await new Promise((resolve) => requestAnimationFrame(resolve));
    times.push(now - before);
    before = now;
  }
  return times;
}

/**
 * Opens the page of a job with so many sentences.
 * @param {{id: string, sentences: number}} job
 * @returns {Promise<number>} ms until the last sentence was there and painted
 */
export async function openJob({ id, sentences }) {
  const from = performance.now();
  location.hash = `#/jobs/${id}`;
  while (document.querySelectorAll('.sentence').length < sentences) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - from;
}

/**
 * Types letter by letter into a field, faster than anything else in the page can happen.
 * @param {{value: string, dispatchEvent: (event: unknown) => void}} field
 * @param {string} text
 */
export function typeAtOnce(field, text) {
  for (const letter of text) {
    field.value += letter;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

/**
 * What is wider or higher than its element shows.
 * @param {string} selector
 * @returns {string[]} how the text of each such element begins
 */
export function cutOff(selector) {
  return [...document.querySelectorAll(selector)]
    .filter((one) => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1)
    .map((one) => one.textContent.slice(0, 40));
}

/** @returns {string} what would be copied */
export function selectAllIn(selector) {
  const selection = window.getSelection();
  selection.selectAllChildren(document.querySelector(selector));
  return selection.toString();
}

/** Before everything else in the page: as in a browser that has no room left for this site. */
export function fillStorage() {
  Object.getPrototypeOf(sessionStorage).setItem = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
  };
}

/**
 * Lets something go over an element.
 * @param {{selector: string, type: string, isFile: boolean}} what
 * @returns {boolean} whether the browser is kept from what it would do by itself
 */
export function letGo({ selector, type, isFile }) {
  const dataTransfer = new DataTransfer();
  if (isFile) dataTransfer.items.add(new File(['bytes'], 'dropped.mp4', { type: 'video/mp4' }));
  else dataTransfer.setData('text/plain', 'some words');
  const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer });
  return !document.querySelector(selector).dispatchEvent(event);
}

/**
 * @param {{selector: string, property: string}} what
 * @returns {string} the value that counts, of the first such element
 */
export function styleOf({ selector, property }) {
  return window.getComputedStyle(document.querySelector(selector)).getPropertyValue(property);
}
