import { problems } from '@clipscribe/contracts';
import { problemDetails } from '../openapi/problem-details.ts';
import type { Document, Operation } from './document-parts.ts';
import { Html, html, inline, prose } from './html.ts';
import { renderOperation } from './render-operation.ts';
import { fieldsTable, table } from './render-schema.ts';

interface Listed {
  method: string;
  path: string;
  operation: Operation;
}

const preparation = `URL=http://127.0.0.1:8080
TOKEN=$(curl -s -X POST -u 'EMAIL:PASSWORD' "$URL/login")`;

/** The page that shows the document to people: no scripts, nothing from elsewhere, one style sheet, which is in it. */
export function renderDocs(document: Document, css: string): string {
  const { info, tags, components } = document;
  const operations = listed(document);
  const ofTag = (name: string): Listed[] => operations.filter(({ operation }) => operation.tags[0] === name);
  const style = new Html(`<style>${css}</style>`); // it counts to the byte: the policy has its hash
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title}: the API</title>
        ${style}
      </head>
      <body>
        <a class="skip" href="#main">Skip the list of calls</a>
        <nav aria-label="Calls">
          ${tags.map(
            ({ name }) =>
              html`<h2>${name}</h2>
                <ul>
                  ${ofTag(name).map(entry)}
                </ul>`,
          )}
          <h2>More</h2>
          <ul>
            <li><a href="#codes">Error codes</a></li>
            <li><a href="#schemas">Schemas</a></li>
          </ul>
        </nav>
        <main id="main">
          <h1>${info.title} <small>${info.version}</small></h1>
          ${prose(info.description)}
          <p>For programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
          <p>The commands on this page take the address of the server and your token from these:</p>
          <pre>${preparation}</pre>
          ${tags.map(({ name, description }) => section(document, name, description, ofTag(name)))}
          <section id="codes">
            <h2>Error codes</h2>
            ${codesTable()}
          </section>
          <section id="schemas">
            <h2>Schemas</h2>
            ${Object.entries(components.schemas).map(
              ([name, schema]) =>
                html`<article id="schema-${name}">
                  <h3>${name}</h3>
                  ${prose(schema.description)}${fieldsTable(schema)}
                </article>`,
            )}
          </section>
        </main>
      </body>
    </html>`;
  return page.text.replace(/\n +</g, '\n<');
}

/** `HEAD` goes without saying where there is `GET`. */
function listed({ paths, webhooks }: Document): Listed[] {
  const all = [...Object.entries(paths), ...Object.entries(webhooks)];
  return all.flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== 'head' || !('get' in item))
      .map(([method, operation]) => ({ method, path, operation })),
  );
}

function entry({ method, path, operation }: Listed): Html {
  return html`<li>
    <a href="#${operation.operationId}"><span class="method">${method.toUpperCase()}</span> ${path}</a>
  </li>`;
}

function section(document: Document, name: string, description: string, all: readonly Listed[]): Html {
  return html`<section>
    <h2>${name}</h2>
    <p>${inline(description)}</p>
    ${all.map(({ method, path, operation }) => renderOperation(document, method, path, operation))}
  </section>`;
}

function codesTable(): Html {
  const rows = Object.entries(problems).map(([code, { status, title }]) => [
    html`${status}`,
    html`<code id="code-${code}">${code}</code>`,
    html`${title}. <small>${problemDetails[code as keyof typeof problems]}</small>`, // a key of that very table
  ]);
  return table(['Status', 'Code', 'Meaning, and what is said'], rows);
}
