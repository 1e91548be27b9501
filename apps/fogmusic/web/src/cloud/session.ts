/** The guest: an anonymous identity of the identity pool, made at the first visit and kept by the browser. */
import { Amplify } from "aws-amplify";
import { fetchAuthSession } from "aws-amplify/auth";
import type { Credentials } from "../aws/sigv4";
import type { Config } from "../config";

export interface Guest {
  /** The key of the guest's own row in table Usuarios. */
  readonly identityId: string;
  readonly credentials: Credentials;
}

/** What gives the guest; `fresh` after the credentials given before were refused. */
export type GuestSource = (fresh?: boolean) => Promise<Guest>;

/** Tells Amplify of the pool, and gives the source of guests. Amplify keeps credentials and renews them when they run out. */
export function openSession(config: Config): GuestSource {
  Amplify.configure({
    Auth: {
      Cognito: {
        identityPoolId: config.identityPoolId,
        allowGuestAccess: true,
        ...(config.endpoint && { identityPoolEndpoint: config.endpoint }),
      },
    },
  });
  return async (fresh = false) => {
    try {
      return await guest(fresh);
    } catch (error) {
      if (!forgotten(error)) throw error;
      // The identity the browser kept is not known any more: the guest starts anew.
      await Amplify.clearCredentials();
      return guest(true);
    }
  };
}

async function guest(forceRefresh: boolean): Promise<Guest> {
  const { identityId, credentials } = await fetchAuthSession({ forceRefresh });
  if (!identityId || !credentials) throw new Error("the identity pool gave no guest");
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  return { identityId, credentials: { accessKeyId, secretAccessKey, sessionToken, expiration: expiration?.getTime() } };
}

function forgotten(error: unknown): boolean {
  return error instanceof Error && error.name === "ResourceNotFoundException";
}
