/**
 * Sees to it that the web page is built from its sources as they are. Call it after the dependencies are installed. What
 * is served does not depend on it: without a page browsers get the text for everybody else.
 * @returns {Promise<boolean>} false when it cannot be built, which has been said then
 */
export async function ensureWebPage() {
  try {
    // Its bundler is there only after the installation.
    const { ensurePage } = await import('../../packages/web/build/index.mjs');
    await ensurePage();
    return true;
  } catch (error) {
    console.error(`clipscribe: the web page cannot be built, and browsers get a text: ${error.message}`);
    return false;
  }
}
