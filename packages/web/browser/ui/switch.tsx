import type { JSX } from 'preact';
import { tell } from '../state/job-actions.ts';

interface Props {
  label: string;
  isOn: boolean;
  disabled?: boolean;
  /** Asks the gateway for it. @throws Refusal, Unreachable */
  change: (wanted: boolean) => Promise<void>;
}

/** A box that shows what the gateway keeps: when a change is refused, it is as it was. */
export function Switch({ label, isOn, disabled = false, change }: Props): JSX.Element {
  const press = async (box: HTMLInputElement): Promise<void> => {
    const wanted = box.checked;
    try {
      await change(wanted);
    } catch (error) {
      box.checked = !wanted;
      throw error;
    }
  };
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isOn}
        disabled={disabled}
        onChange={({ currentTarget }) => void tell(() => press(currentTarget))}
      />
      {label}
    </label>
  );
}
