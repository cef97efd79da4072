import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface PageTitleProps {
  /** Of the window; and what a page is known by: another one takes the focus. */
  readonly title: string;
  readonly children?: ComponentChildren;
}

let isFirstPage = true;

/** The heading of a page. It takes the focus when one gets there, so that a screen reader tells where that is. */
export function PageTitle({ title, children }: PageTitleProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Postrider`;
    if (!isFirstPage) heading.current?.focus();
    isFirstPage = false;
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}
