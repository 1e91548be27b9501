/** Members: who they are is the user pool's business. Amplify keeps their tokens and renews them when they run out. */
import { Amplify } from "aws-amplify";
import {
  confirmResetPassword,
  confirmSignUp,
  fetchAuthSession,
  resendSignUpCode,
  resetPassword,
  signIn,
  signOut,
  signUp,
} from "aws-amplify/auth";
import type { Clock } from "../app/clock";
import type { Config } from "../config";
import { ProblemError } from "./problem";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What signing in comes to: one is in, or the address must be confirmed first, or the password must be a new one. */
export type SignedIn = "in" | "confirm" | "reset";

/** Tells Amplify of the pools and of the API. */
export function configure(config: Config): void {
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: config.userPoolId,
        userPoolClientId: config.userPoolClientId,
        identityPoolId: config.identityPoolId,
        allowGuestAccess: false,
        loginWith: { email: true },
        ...(config.endpoint && { userPoolEndpoint: config.endpoint, identityPoolEndpoint: config.endpoint }),
      },
    },
    API: {
      GraphQL: { endpoint: config.graphqlUrl, region: config.region, apiKey: config.apiKey, defaultAuthMode: "userPool" },
    },
  });
}

export class Session {
  readonly #clock: Clock;
  readonly #ended: () => void;
  #lastToken = "";

  /** `ended` is told when tokens cannot be renewed any more. */
  constructor(clock: Clock, ended: () => void) {
    this.#clock = clock;
    this.#ended = ended;
  }

  /** The userId of who is signed in. */
  async member(): Promise<string | undefined> {
    const tokens = await Amplify.getTokens({});
    this.#lastToken = tokens?.accessToken.toString() ?? "";
    return tokens?.accessToken.payload.sub;
  }

  /** The token that says who one is; `fresh` after the one before was refused. It asks the user pool alone. */
  async token(fresh = false): Promise<string> {
    const tokens = await Amplify.getTokens({ forceRefresh: fresh });
    if (!tokens) {
      this.#ended();
      throw new ProblemError("session");
    }
    if (fresh) this.#hear(tokens.accessToken.payload.iat);
    return (this.#lastToken = tokens.accessToken.toString());
  }

  /** The token as last seen, for the moment when a page goes and cannot wait. */
  get lastToken(): string {
    return this.#lastToken;
  }

  /** What requests to S3 are signed with; `fresh` after they were refused. */
  async credentials(fresh = false): Promise<Credentials> {
    if (fresh) await this.token(true);
    const { credentials } = await fetchAuthSession({ forceRefresh: fresh }).catch(async (error: unknown) => {
      // The identity pool refuses a token that has run out by the cloud's clock, not yet by ours.
      if (fresh || (error as Error).name !== "NotAuthorizedException") throw error;
      await this.token(true);
      return fetchAuthSession({ forceRefresh: true });
    });
    if (!credentials) throw new ProblemError("session");
    return credentials;
  }

  /** A token that has just been issued tells what time it is. */
  #hear(issuedAt: number | undefined): void {
    if (issuedAt !== undefined) this.#clock.heard(issuedAt * 1000);
  }

  async signUp(email: string, nickname: string, password: string): Promise<void> {
    await signUp({ username: email, password, options: { userAttributes: { email, nickname } } });
  }

  async confirm(email: string, code: string): Promise<void> {
    await confirmSignUp({ username: email, confirmationCode: code });
  }

  async resend(email: string): Promise<void> {
    await resendSignUpCode({ username: email });
  }

  async signIn(email: string, password: string): Promise<SignedIn> {
    // Another tab may have left somebody signed in, which Amplify would refuse.
    await signOut().catch(() => undefined);
    const { nextStep } = await signIn({ username: email, password, options: { authFlowType: "USER_SRP_AUTH" } });
    switch (nextStep.signInStep) {
      case "DONE":
        return "in";
      case "CONFIRM_SIGN_UP":
        return "confirm";
      case "RESET_PASSWORD":
        return "reset";
      default:
        throw new ProblemError("server", `the step ${nextStep.signInStep} of signing in is not known here`);
    }
  }

  async forgot(email: string): Promise<void> {
    await resetPassword({ username: email });
  }

  async reset(email: string, code: string, password: string): Promise<void> {
    await confirmResetPassword({ username: email, confirmationCode: code, newPassword: password });
  }

  async signOut(): Promise<void> {
    await signOut();
  }
}
