import type { ReactNode } from "react";

export function SubmitButton({ busy, children }: { busy: boolean; children: ReactNode }) {
  return (
    <button type="submit" className="button main wide" aria-disabled={busy} aria-busy={busy}>
      {busy && <span className="spinner" />}
      {children}
    </button>
  );
}
