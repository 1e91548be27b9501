// Makes a long song of a short one, by playing it over and over: node longsong.mjs SHORT.mp3 LONG.mp3 TIMES
//
// A browser that is asked to jump a little ahead waits for what it is reading anyway. Only in a song of some megabytes is
// a seek a request of its own.
import fs from "node:fs";

/** The audio of an MP3: its frames without the tags around them and the frame that tells of the others. */
export function frames(mp3) {
  let start = 0;
  while (mp3.toString("latin1", start, start + 3) === "ID3") {
    start += 10 + ((mp3[start + 6] << 21) | (mp3[start + 7] << 14) | (mp3[start + 8] << 7) | mp3[start + 9]);
  }
  const end = mp3.toString("latin1", mp3.length - 128, mp3.length - 125) === "TAG" ? mp3.length - 128 : mp3.length;
  const length = frameLength(mp3, start);
  const first = mp3.subarray(start, start + length);
  const tells = ["Xing", "Info", "VBRI"].some((mark) => first.includes(mark, 0, "latin1"));
  return mp3.subarray(tells ? start + length : start, end);
}

/** The length of the MPEG-1 layer III frame at `at`. */
function frameLength(mp3, at) {
  const rates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
  const header = mp3.readUInt32BE(at);
  if (header >>> 17 !== 0xfffb >>> 1) throw new Error(`no MPEG-1 layer III frame at ${at}`);
  const rate = rates[(header >>> 12) & 15] * 1000;
  const samples = [44100, 48000, 32000][(header >>> 10) & 3];
  return Math.floor((144 * rate) / samples) + ((header >>> 9) & 1);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [short, long, times] = process.argv.slice(2);
  const once = frames(fs.readFileSync(short));
  fs.writeFileSync(long, Buffer.concat(Array(Number(times)).fill(once)));
}
