import type { JSX } from 'preact';
import { Icon, type IconName } from './icons.tsx';

interface Props {
  icon: IconName;
  /** What it does, for screen readers and as a tip. */
  label: string;
  onClick: () => void;
  class?: string;
  disabled?: boolean;
}

export function IconButton({ icon, label, onClick, disabled = false, class: name = '' }: Props): JSX.Element {
  return (
    <button
      type="button"
      class={`icon-button ${name}`}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
