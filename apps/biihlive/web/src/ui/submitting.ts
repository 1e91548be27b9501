import { useState, type FormEvent } from "react";
import { problemOf, type Problem } from "../cloud/problem";

/** A form that is sent once at a time, and what went wrong with it. */
export function useSubmitting(send: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await send();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, submit };
}
