import type { ComponentChildren } from 'preact';

/** What went wrong, told at once by a screen reader. */
export function Trouble({ children }: { readonly children: ComponentChildren }) {
  return (
    <p class="trouble" role="alert">
      {children}
    </p>
  );
}

/** Nothing to show, and why. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
