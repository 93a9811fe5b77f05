import { nameOf, type Schema } from './document-parts.ts';
import { html, inline, type Html } from './html.ts';

/** What values there are, in a few words. */
export function typeOf(schema: Schema = {}): Html {
  const { $ref, enum: values, const: only, anyOf, allOf, items, type, format } = schema;
  if ($ref !== undefined) return html`<a href="#schema-${nameOf($ref)}">${nameOf($ref)}</a>`;
  if (only !== undefined) return html`<code>${String(only)}</code>`;
  if (values !== undefined)
    return html`${joined(
      values.map((value) => html`<code>${String(value)}</code>`),
      ' ',
    )}`;
  const several = anyOf ?? allOf;
  if (several !== undefined) return joined(several.filter(saysType).map(typeOf), ' or ');
  if (items !== undefined) return html`list of ${typeOf(items)}`;
  return html`${String(type ?? 'anything')}${format === undefined ? '' : ` (${format})`}${limits(schema)}`;
}

function saysType({ $ref, type, anyOf }: Schema): boolean {
  return $ref !== undefined || type !== undefined || anyOf !== undefined;
}

function joined(parts: readonly Html[], between: string): Html {
  return html`${parts.map((part, index) => (index === 0 ? part : html`${between}${part}`))}`;
}

function limits({ minimum, maximum, minLength, maxLength }: Schema): string {
  const [least, most, unit] =
    minLength === undefined && maxLength === undefined
      ? [minimum, maximum, '']
      : [minLength, maxLength, ' characters'];
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}${unit}`;
  if (most !== undefined) return `, at most ${most}${unit}`;
  return least === undefined ? '' : `, at least ${least}${unit}`;
}

/** The fields of an object, those of objects in it by their paths. */
export function fieldsTable(schema: Schema): Html {
  const rows = rowsOf(schema, '');
  if (rows.length === 0) return html`<p>${typeOf(schema)}</p>`;
  return table(['Field', 'Value', 'Meaning'], rows);
}

function rowsOf({ properties = {}, required = [] }: Schema, before: string): Html[][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${before}${name}`;
    const inner = field.items ?? field;
    const suffix = field.items === undefined ? '.' : '[].';
    const optional = required.includes(name) ? '' : html` <small>optional</small>`;
    const row = [html`<code>${path}</code>${optional}`, typeOf(field), meaningOf(field)];
    return [row, ...rowsOf(inner, `${path}${suffix}`)];
  });
}

function meaningOf(schema: Schema): Html {
  const known = schema['x-known-values'];
  const values =
    known === undefined
      ? ''
      : html` Today:
        ${joined(
          known.map((value) => html`<code>${value}</code>`),
          ' ',
        )}`;
  const fallback =
    schema.default === undefined ? '' : html` Default: <code>${JSON.stringify(schema.default)}</code>.`;
  return html`${inline(schema.description)}${fallback}${values}`;
}

/** A table whose cells break anywhere, so that it fits into any screen. */
export function table(heads: readonly string[], rows: readonly (readonly Html[])[]): Html {
  const head = heads.map((name) => html`<th scope="col">${name}</th>`);
  const body = rows.map(
    (cells) =>
      html`<tr>
        ${cells.map((cell) => html`<td>${cell}</td>`)}
      </tr>`,
  );
  return html`<table>
    <thead>
      <tr>
        ${head}
      </tr>
    </thead>
    <tbody>
      ${body}
    </tbody>
  </table>`;
}
