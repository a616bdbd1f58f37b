import { describe, expect, it } from 'vitest';
import { fit, pan, zoom } from './zoom';

const picture = { width: 1920, height: 1080 };
const frame = { width: 960, height: 540 };

describe('a picture in its frame', () => {
  it('fits whole and is never enlarged to fit', () => {
    expect(fit(picture, frame)).toEqual({ scale: 0.5, x: 0, y: 0 });
    expect(fit({ width: 100, height: 100 }, frame).scale).toBe(1);
  });
  it('keeps the point under the cursor in its place', () => {
    const zoomed = zoom(fit(picture, frame), 2, picture, frame, 100, 50);
    expect(zoomed).toEqual({ scale: 1, x: -100, y: -50 });
  });
  it('stops at its edges and at its limits', () => {
    expect(pan({ scale: 1, x: 0, y: 0 }, 9999, -9999, picture, frame)).toEqual({ scale: 1, x: 480, y: -270 });
    expect(zoom({ scale: 1, x: 0, y: 0 }, 1000, picture, frame).scale).toBe(8);
    expect(zoom({ scale: 1, x: 0, y: 0 }, 0.001, picture, frame)).toEqual({ scale: 0.5, x: 0, y: 0 });
  });
});
