#!/bin/sh
# Draws every icon of the app from the SVGs here. Needs rsvg-convert (librsvg2-bin), convert (imagemagick) and
# png2icns (icnsutils). What it draws is committed; run it after an SVG was changed.
set -eu
cd "$(dirname "$0")"

# The tray: 32 px is what panels scale from; Windows and HiDPI panels take 64.
for state in idle sending waiting answered; do
  for px in 32 64; do rsvg-convert -w "$px" -h "$px" "tray/$state.svg" -o "tray/$state-$px.png"; done
done

# The program: names are those Tauri's bundler looks for.
drawn=$(mktemp -d)
trap 'rm -rf "$drawn"' EXIT
for px in 16 24 32 48 64 128 256 512; do rsvg-convert -w "$px" -h "$px" app.svg -o "$drawn/$px.png"; done
# Below 64 px the gradient only blurs: the flat button of the tray is the same thing, drawn for that size.
for px in 16 24 32 48; do rsvg-convert -w "$px" -h "$px" tray/idle.svg -o "$drawn/$px.png"; done
cp "$drawn/32.png" 32x32.png
cp "$drawn/128.png" 128x128.png
cp "$drawn/256.png" 128x128@2x.png
cp "$drawn/512.png" icon.png
convert "$drawn/16.png" "$drawn/24.png" "$drawn/32.png" "$drawn/48.png" "$drawn/64.png" "$drawn/256.png" icon.ico
png2icns icon.icns "$drawn/16.png" "$drawn/32.png" "$drawn/48.png" "$drawn/128.png" "$drawn/256.png" "$drawn/512.png" >/dev/null
