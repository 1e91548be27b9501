/** The two tables: the catalogue that everybody reads, and the guest's own row. */
import { DynamoDBClient, ScanCommand, UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { mediaUrl, type Config } from "../config";
import type { GuestSource } from "./session";

export interface Song {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly album: string;
  readonly genre: string;
  /** Seconds. */
  readonly duration: number;
  readonly audioUrl: string;
  readonly coverUrl: string;
}

export type Tastes = Readonly<Record<string, number>>;

export class Tables {
  readonly #config: Config;
  readonly #guest: GuestSource;
  readonly #client: DynamoDBClient;

  constructor(config: Config, guest: GuestSource) {
    this.#config = config;
    this.#guest = guest;
    this.#client = new DynamoDBClient({
      region: config.region,
      ...(config.endpoint && { endpoint: config.endpoint }),
      credentials: async () => {
        const { credentials } = await guest();
        const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
        return {
          accessKeyId,
          secretAccessKey,
          ...(sessionToken && { sessionToken }),
          ...(expiration && { expiration: new Date(expiration) }),
        };
      },
    });
  }

  /** All songs, by artist and title. */
  async songs(): Promise<Song[]> {
    const songs: Song[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#client.send(new ScanCommand({ TableName: this.#config.catalogTable, ExclusiveStartKey: from }));
      for (const item of page.Items ?? []) {
        const song = songOf(item, this.#config);
        if (song) songs.push(song);
      }
      from = page.LastEvaluatedKey;
    } while (from);
    return songs.sort((a, b) => a.artist.localeCompare(b.artist) || a.title.localeCompare(b.title));
  }

  /** Writes the guest's tastes as they stand: writing them twice does no harm. */
  async saveTastes(tastes: Tastes): Promise<void> {
    const { identityId } = await this.#guest();
    const counts = Object.entries(tastes).map(([genre, plays]) => [genre, { N: String(plays) }]);
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#config.usersTable,
        Key: { device_id: { S: identityId } },
        UpdateExpression: "SET tastes = :tastes",
        ExpressionAttributeValues: { ":tastes": { M: Object.fromEntries(counts) } },
      }),
    );
  }
}

/** Reads an item of the catalogue (docs/container.md); one without what playing takes is left out of the list. */
export function songOf(item: Record<string, AttributeValue>, config: Config): Song | undefined {
  const text = (name: string) => item[name]?.S ?? "";
  const id = text("song_id");
  const audio = text("audio_key");
  if (!id || !audio) return undefined;
  const cover = text("cover_key");
  return {
    id,
    title: text("title") || id,
    artist: text("artist"),
    album: text("album"),
    genre: text("genre"),
    duration: Number(item["duration"]?.N ?? 0) || 0,
    audioUrl: mediaUrl(config, audio),
    coverUrl: cover && mediaUrl(config, cover),
  };
}
