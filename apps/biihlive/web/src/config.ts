/**
 * What the page must know of the stack it belongs to. It is fetched at start from config.json, which the deployment
 * writes beside the page from the stack's outputs: one build serves every stack.
 */
export interface Config {
  readonly region: string;
  readonly graphqlUrl: string;
  readonly apiKey: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly identityPoolId: string;
  readonly mediaBucket: string;
  /** Where all services answer, in a Niebla; absent on AWS, where each has its own address. */
  readonly endpoint?: string;
}

/** config.json is missing or is not what a deployment writes. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Fetches config.json; the worker answers with the last one seen when there is no network. */
export async function loadConfig(fetcher: typeof fetch = fetch): Promise<Config> {
  const response = await fetcher("config.json", { cache: "no-cache" });
  if (!response.ok) throw new ConfigError(`config.json: ${response.status}`);
  let value: unknown;
  try {
    value = await response.json();
  } catch {
    throw new ConfigError("config.json is not JSON");
  }
  return parseConfig(value);
}

/** Checks a configuration's members. Those it does not know are left alone: a deployment may write all outputs. */
export function parseConfig(value: unknown): Config {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ConfigError("config.json is not an object");
  const members = value as Record<string, unknown>;
  const endpoint = optional(members, "endpoint");
  if (endpoint !== undefined && !/^https?:\/\/[^/]+\/?$/.test(endpoint)) {
    throw new ConfigError(`config.json: endpoint ${JSON.stringify(endpoint)} is not an address such as http://localhost:4566`);
  }
  return {
    region: required(members, "region"),
    graphqlUrl: required(members, "graphqlUrl"),
    apiKey: required(members, "apiKey"),
    userPoolId: required(members, "userPoolId"),
    userPoolClientId: required(members, "userPoolClientId"),
    identityPoolId: required(members, "identityPoolId"),
    mediaBucket: required(members, "mediaBucket"),
    ...(endpoint && { endpoint: endpoint.replace(/\/$/, "") }),
  };
}

/** The address of an object of the media bucket: in path style in a Niebla, whose bucket names need not resolve. */
export function objectUrl(config: Config, key: string): URL {
  const path = key.split("/").map(encodeURIComponent).join("/");
  return new URL(
    config.endpoint
      ? `${config.endpoint}/${config.mediaBucket}/${path}`
      : `https://${config.mediaBucket}.s3.${config.region}.amazonaws.com/${path}`,
  );
}

function required(members: Record<string, unknown>, name: string): string {
  const value = optional(members, name);
  if (!value) throw new ConfigError(`config.json: ${name} is missing`);
  return value;
}

function optional(members: Record<string, unknown>, name: string): string | undefined {
  const value = members[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw new ConfigError(`config.json: ${name} is not text`);
  return value;
}
