// Screenshots made of rectangles: a desktop with windows, as a PNG, without a picture library.
import { crc32, deflateSync } from 'node:zlib';

const made = new Map();

/** The picture of screen `n`. */
export function picture(n) {
  if (!made.has(n)) made.set(n, n === 1 ? draw(1280, 1024, document) : draw(1920, 1080, desktop));
  return made.get(n);
}

function desktop(rect) {
  for (let y = 0; y < 1080; y += 4) rect(0, y, 1920, 4, [24 + y / 30, 60 + y / 22, 110 + y / 16]);
  rect(0, 1036, 1920, 44, [28, 30, 38]);
  for (let i = 0; i < 7; i += 1) rect(700 + i * 56, 1046, 26, 26, [[64, 124, 255], [230, 180, 60], [70, 190, 120], [220, 80, 80], [150, 120, 240], [90, 200, 220], [240, 140, 60]][i]);
  window(rect, 160, 90, 1180, 780, [250, 250, 252]);
  rect(160, 124, 240, 746, [240, 242, 246]);
  for (let i = 0; i < 14; i += 1) rect(184, 152 + i * 44, 120 + ((i * 53) % 70), 12, [150, 156, 170]);
  for (let i = 0; i < 18; i += 1) {
    rect(400, 164 + i * 38, 940, 1, [226, 228, 234]);
    for (const [x, width] of [[424, 180], [660, 240], [960, 110], [1140, 140]]) rect(x, 178 + i * 38, width - ((i * 37) % 60), 11, [120, 126, 142]);
  }
  window(rect, 720, 400, 560, 250, [255, 255, 255]);
  rect(752, 470, 44, 44, [214, 62, 62]);
  rect(820, 474, 380, 13, [50, 54, 64]);
  rect(820, 502, 300, 11, [120, 126, 142]);
  rect(820, 526, 340, 11, [120, 126, 142]);
  rect(1120, 592, 128, 34, [58, 92, 214]);
  rect(976, 592, 128, 34, [232, 234, 240]);
}

function document(rect) {
  rect(0, 0, 1280, 1024, [206, 210, 218]);
  window(rect, 40, 30, 1200, 950, [232, 234, 238]);
  rect(260, 90, 760, 880, [255, 255, 255]);
  rect(330, 150, 420, 22, [40, 44, 54]);
  for (let i = 0; i < 24; i += 1) rect(330, 204 + i * 30, 620 - ((i * 71) % 180), 10, [150, 154, 166]);
}

function window(rect, x, y, width, height, colour) {
  rect(x - 2, y - 2, width + 4, height + 6, [20, 24, 34]);
  rect(x, y, width, height, colour);
  rect(x, y, width, 34, [44, 50, 66]);
  for (let i = 0; i < 3; i += 1) rect(x + width - 34 - i * 40, y + 12, 12, 10, [180, 186, 200]);
}

function draw(width, height, paint) {
  const row = width * 3 + 1;
  const pixels = Buffer.alloc(row * height);
  paint((x0, y0, w, h, [r, g, b]) => {
    for (let y = Math.max(0, y0); y < Math.min(height, y0 + h); y += 1) {
      for (let x = Math.max(0, x0); x < Math.min(width, x0 + w); x += 1) {
        const at = y * row + 1 + x * 3;
        pixels[at] = r;
        pixels[at + 1] = g;
        pixels[at + 2] = b;
      }
    }
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', deflateSync(pixels, { level: 6 })), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([size, body, sum]);
}

/** CRC-32 (ISO 3309); the library's own where Node has it. */
function crc(bytes) {
  if (typeof crc32 === 'function') return crc32(bytes);
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
