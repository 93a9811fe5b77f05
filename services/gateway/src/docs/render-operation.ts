import { curlOf } from './curl.ts';
import {
  nameOf,
  type Answer,
  type Document,
  type Media,
  type Operation,
  type Parameter,
} from './document-parts.ts';
import { html, inline, prose, type Html } from './html.ts';
import { table, typeOf } from './render-schema.ts';

/** A route with its parameters, bodies, answers and refusals. */
export function renderOperation(
  document: Document,
  method: string,
  path: string,
  operation: Operation,
): Html {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const answers = Object.entries(responses).map(
    ([status, answer]) => [status, resolved(document, answer)] as const,
  );
  const good = answers.filter(([, answer]) => !isRefusal(answer));
  const refusals = answers.filter(([, answer]) => isRefusal(answer));
  const isAsked = path.startsWith('/'); // a webhook has a name instead: it is we who call
  return html`<article id="${operationId}">
    <h3><span class="method">${method.toUpperCase()}</span> <code>${path}</code></h3>
    <p class="summary">${inline(summary)}. ${isAsked ? accessOf(operation) : ''}</p>
    ${prose(description)} ${isAsked ? html`<pre>${curlOf(method, path, operation)}</pre>` : ''}
    ${
      parameters.length === 0
        ? ''
        : html`<h4>Parameters</h4>
            ${parametersTable(parameters)}`
    }
    ${
      requestBody === undefined
        ? ''
        : html`<h4>Body</h4>
            ${mediaList(requestBody.content)}`
    }
    <h4>Answers</h4>
    ${good.map(([status, answer]) => renderAnswer(status, answer))}
    ${
      refusals.length === 0
        ? ''
        : html`<h4>Refusals</h4>
            ${refusalsTable(refusals)}`
    }
  </article>`;
}

function resolved({ components }: Document, answer: Answer): Answer {
  return answer.$ref === undefined ? answer : (components.responses[nameOf(answer.$ref)] ?? answer);
}

const PROBLEM = 'application/problem+json';

function isRefusal({ content = {} }: Answer): boolean {
  return PROBLEM in content;
}

function accessOf({ security }: Operation): Html {
  if (security.some((one) => 'password' in one)) return html`With a password.`;
  return security.some((one) => 'token' in one) ? html`With a token.` : html`For everybody.`;
}

function parametersTable(parameters: readonly Parameter[]): Html {
  const rows = parameters.map(({ name, in: place, required, schema, description }) => [
    html`<code>${name}</code> <small>${place}${required === true ? '' : ', optional'}</small>`,
    typeOf(schema),
    inline(description),
  ]);
  return table(['Name', 'Value', 'Meaning'], rows);
}

function renderAnswer(status: string, { description, content = {}, headers = {} }: Answer): Html {
  const named = Object.entries(headers).map(([name, header]) => ({ ...header, name, in: 'header' }));
  return html`<p><strong>${status}</strong> ${inline(description)}</p>
    ${named.length === 0 ? '' : parametersTable(named)} ${mediaList(content)}`;
}

function mediaList(content: Readonly<Record<string, Media>>): Html {
  return html`${Object.entries(content).map(
    ([type, { schema, example }]) =>
      html`<p><code>${type}</code>: ${typeOf(schema)}</p>
        <details>
          <summary>Example</summary>
          <pre>${typeof example === 'string' ? example : JSON.stringify(example, null, 2)}</pre>
        </details>`,
  )}`;
}

function refusalsTable(refusals: readonly (readonly [string, Answer])[]): Html {
  const rows = refusals.flatMap(([status, { content = {} }]) =>
    Object.entries(content[PROBLEM]?.examples ?? {}).map(([code, { summary = '' }]) => [
      html`${status}`,
      html`<a href="#code-${code}"><code>${code}</code></a>`,
      html`${summary}`,
    ]),
  );
  return table(['Status', 'Code', 'Meaning'], rows);
}
