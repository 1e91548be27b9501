import { describe, expect, it } from "vitest";
import { parseConfig } from "../config";
import { songOf } from "./tables";

const config = parseConfig({ region: "eu-west-3", endpoint: "http://localhost:4566", identityPoolId: "p", mediaBucket: "media", catalogTable: "Catalogo", usersTable: "Usuarios" });
const item = {
  song_id: { S: "00ff" },
  title: { S: "Bruma" },
  artist: { S: "Nadie" },
  album: { S: "Puerto" },
  genre: { S: "Rock" },
  duration: { N: "12.345" },
  audio_key: { S: "songs/00ff.enc" },
  cover_key: { S: "thumbnails/00ff.jpg" },
};

describe("an item of the catalogue", () => {
  it("is a song", () => {
    expect(songOf(item, config)).toEqual({
      id: "00ff",
      title: "Bruma",
      artist: "Nadie",
      album: "Puerto",
      genre: "Rock",
      duration: 12.345,
      audioUrl: "http://localhost:4566/media/songs/00ff.enc",
      coverUrl: "http://localhost:4566/media/thumbnails/00ff.jpg",
    });
  });

  it("is a song without what playing does not take", () => {
    const { song_id, audio_key } = item;
    expect(songOf({ song_id, audio_key, duration: { N: "x" } }, config)).toMatchObject({ title: "00ff", artist: "", duration: 0, coverUrl: "" });
  });

  it("is left out without what playing takes", () => {
    const { audio_key, ...silent } = item;
    expect(songOf(silent, config)).toBeUndefined();
    expect(songOf({ audio_key }, config)).toBeUndefined();
  });
});
