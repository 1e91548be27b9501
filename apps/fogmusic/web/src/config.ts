/**
 * What the player must know of the stack it belongs to. It is fetched at start from config.json, which the deployment
 * writes beside the page from the stack's outputs: one build serves every stack.
 */
export interface Config {
  readonly region: string;
  /** Where all services answer, in a Niebla; absent on AWS, where each has its own address. */
  readonly endpoint?: string;
  readonly identityPoolId: string;
  readonly mediaBucket: string;
  readonly catalogTable: string;
  readonly usersTable: string;
  /** Whether the stack is for trials, where songs under the key everybody knows are accepted. */
  readonly trials: boolean;
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
    ...(endpoint && { endpoint: endpoint.replace(/\/$/, "") }),
    identityPoolId: required(members, "identityPoolId"),
    mediaBucket: required(members, "mediaBucket"),
    catalogTable: required(members, "catalogTable"),
    usersTable: required(members, "usersTable"),
    // Outputs of a stack may come as text.
    trials: members["trials"] === true || members["trials"] === "true",
  };
}

/** The address of a service of the stack. */
export function serviceUrl(config: Config, service: "s3" | "kms"): string {
  return config.endpoint ?? `https://${service}.${config.region}.amazonaws.com`;
}

/** The address of an object of the media bucket, in path style. */
export function mediaUrl(config: Config, key: string): string {
  return `${serviceUrl(config, "s3")}/${config.mediaBucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
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
