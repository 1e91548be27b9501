import { describe, expect, it } from "vitest";
import { ProblemError, problemOf, type Problem } from "./problem";

const named = (name: string) => Object.assign(new Error("x"), { name });

describe("problemOf", () => {
  it.each<[string, unknown, Problem]>([
    ["our own", new ProblemError("picture"), "picture"],
    ["nothing answers", new TypeError("Failed to fetch"), "offline"],
    ["Cognito's", named("CodeMismatchException"), "wrongCode"],
    ["a wrong password", named("NotAuthorizedException"), "wrongPassword"],
    ["the API's", { data: null, errors: [{ message: "there is no such member", errorType: "NotFound" }] }, "notFound"],
    ["a token that ran out", { errors: [{ message: "Token has expired.", errorType: "UnauthorizedException" }] }, "session"],
    ["an answer without a type", { errors: [{ message: "Request failed with status code 401" }] }, "session"],
    ["a network that is gone", { errors: [{ message: "Network Error", originalError: named("NetworkError") }] }, "offline"],
    ["unknown", named("Else"), "server"],
    ["nonsense", 7, "server"],
    ["of the API, unknown", { errors: [{ message: "boom" }] }, "server"],
  ])("%s", (_what, error, problem) => {
    expect(problemOf(error)).toBe(problem);
  });
});
