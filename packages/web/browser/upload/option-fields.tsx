import { languages } from '@clipscribe/contracts';
import type { JSX } from 'preact';
import { options } from './uploads.ts';

const names = Object.entries(languages).sort(([, one], [, other]) => one.localeCompare(other));

/** What may be said of the files that are chosen next. */
export function OptionFields(): JSX.Element {
  const { language, prompt, transcript } = options.value;
  const set = (changes: Partial<typeof options.value>): void => {
    options.value = { ...options.value, ...changes };
  };
  return (
    <details class="options">
      <summary>Options</summary>
      <div class="fields">
        <label class="check">
          <input
            type="checkbox"
            checked={transcript}
            onChange={({ currentTarget }) => {
              set({ transcript: currentTarget.checked });
            }}
          />
          Write a transcript
        </label>
        <LanguageField
          value={language}
          onChange={(code) => {
            set({ language: code });
          }}
        />
        <PromptField
          value={prompt}
          onChange={(text) => {
            set({ prompt: text });
          }}
        />
      </div>
    </details>
  );
}

interface FieldProps {
  value: string;
  onChange: (value: string) => void;
}

export function LanguageField({ value, onChange }: FieldProps): JSX.Element {
  return (
    <label>
      Language
      <select
        value={value}
        onChange={({ currentTarget }) => {
          onChange(currentTarget.value);
        }}
      >
        <option value="">Find out</option>
        {names.map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function PromptField({ value, onChange }: FieldProps): JSX.Element {
  return (
    <label>
      Names and terms to expect
      <input
        type="text"
        maxLength={1000}
        value={value}
        placeholder="Ada Lovelace, analytical engine"
        onInput={({ currentTarget }) => {
          onChange(currentTarget.value);
        }}
      />
    </label>
  );
}
