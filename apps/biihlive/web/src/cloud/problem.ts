/** Why something did not work, each with its own words for people. */
export type Problem =
  | "offline"
  | "session"
  | "server"
  | "busy"
  | "notFound"
  | "invalid"
  | "exists"
  | "wrongPassword"
  | "wrongCode"
  | "expiredCode"
  | "weakPassword"
  | "tooMany"
  | "upload"
  | "picture"
  | "video";

/** An error of our own, with what it is. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem, message: string = problem) {
    super(message);
    this.problem = problem;
  }
}

const byName: Readonly<Record<string, Problem>> = {
  NetworkError: "offline",
  UsernameExistsException: "exists",
  AliasExistsException: "exists",
  NotAuthorizedException: "wrongPassword",
  UserNotFoundException: "wrongPassword",
  CodeMismatchException: "wrongCode",
  ExpiredCodeException: "expiredCode",
  InvalidPasswordException: "weakPassword",
  LimitExceededException: "tooMany",
  TooManyRequestsException: "tooMany",
  TooManyFailedAttemptsException: "tooMany",
  InvalidParameterException: "invalid",
  UnauthorizedException: "session",
  Unauthorized: "session",
  UserUnAuthenticatedException: "session",
  NotFound: "notFound",
  BadRequest: "invalid",
  "DynamoDB:ProvisionedThroughputExceededException": "busy",
  "DynamoDB:ThrottlingException": "busy",
};

/** Tells what an error is: of our own, of Cognito by its name, or of the API by its errors' type. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof TypeError) return "offline"; // what fetch throws when nothing answers
  if (typeof error !== "object" || error === null) return "server";
  const { name, errors } = error as { name?: unknown; errors?: unknown };
  if (Array.isArray(errors)) return ofAnswer(errors as readonly AnswerError[]);
  return (typeof name === "string" && byName[name]) || "server";
}

export interface AnswerError {
  readonly message?: string;
  readonly errorType?: string | null;
  readonly originalError?: { readonly name?: string } | null;
}

/** Tells what the errors of a GraphQL answer are. */
function ofAnswer(errors: readonly AnswerError[]): Problem {
  for (const { errorType, message, originalError } of errors) {
    const known = byName[errorType ?? ""] ?? byName[originalError?.name ?? ""];
    if (known) return known;
    if (message === "Network Error" || /failed to fetch|NetworkError/i.test(message ?? "")) return "offline";
    if (/\b401\b|token has expired|Not Authorized|Unauthorized/i.test(message ?? "")) return "session";
  }
  return "server";
}
