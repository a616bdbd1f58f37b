/** How a picture lies in its frame: `scale` in frame pixels per picture pixel, `x` and `y` of its centre from the frame's centre. */
export interface Placement {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

const MAX_SCALE = 8;

/** The whole picture in the frame, never enlarged. */
export function fit(picture: Size, frame: Size): Placement {
  const scale = Math.min(1, frame.width / Math.max(1, picture.width), frame.height / Math.max(1, picture.height));
  return { scale, x: 0, y: 0 };
}

/** Zooms so that the point of the picture under (`atX`, `atY`), from the frame's centre, stays where it is. */
export function zoom(from: Placement, factor: number, picture: Size, frame: Size, atX = 0, atY = 0): Placement {
  const least = Math.min(fit(picture, frame).scale, 1);
  const scale = Math.min(MAX_SCALE, Math.max(least, from.scale * factor));
  const ratio = scale / from.scale;
  return clamp({ scale, x: atX - (atX - from.x) * ratio, y: atY - (atY - from.y) * ratio }, picture, frame);
}

/** Moves by frame pixels. */
export function pan(from: Placement, dx: number, dy: number, picture: Size, frame: Size): Placement {
  return clamp({ ...from, x: from.x + dx, y: from.y + dy }, picture, frame);
}

/** No further than the picture's edge; a picture smaller than its frame stays in the middle. */
function clamp(placement: Placement, picture: Size, frame: Size): Placement {
  const roomX = Math.max(0, (picture.width * placement.scale - frame.width) / 2);
  const roomY = Math.max(0, (picture.height * placement.scale - frame.height) / 2);
  // `+ 0` turns −0 into 0.
  return {
    scale: placement.scale,
    x: Math.min(roomX, Math.max(-roomX, placement.x)) + 0,
    y: Math.min(roomY, Math.max(-roomY, placement.y)) + 0,
  };
}
