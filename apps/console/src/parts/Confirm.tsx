import { useEffect, useRef } from 'preact/hooks';

interface ConfirmProps {
  readonly question: string;
  readonly consequence: string;
  readonly yes: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

/** Asks before what can't be undone. The browser keeps the focus inside, and gives it back. */
export function Confirm({ question, consequence, yes, onYes, onClose }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const answer = (work?: () => void) => {
    dialog.current?.close();
    work?.();
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="question" aria-describedby="consequence">
      <h2 id="question">{question}</h2>
      <p id="consequence">{consequence}</p>
      <div class="buttons">
        <button type="button" onClick={() => answer()}>
          Cancel
        </button>
        <button type="button" class="danger" onClick={() => answer(onYes)}>
          {yes}
        </button>
      </div>
    </dialog>
  );
}
