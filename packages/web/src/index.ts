export { encodings, loadPage, pageOf, type Encoding, type Page, type PageFile } from './page.ts';
