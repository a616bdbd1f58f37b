#!/usr/bin/env bash
# Sets up cross-building for Windows (x86_64-pc-windows-gnu) on Debian 12, as root. Safe to repeat: about four minutes the
# first time, seconds afterwards.
#
#   installer/windows/cross-setup.sh          compiler, standard library, linker
#   installer/windows/cross-setup.sh --wine   also wine, to run Windows programs and their tests
#
# Then:  source /opt/win-cross/env.sh
#        wcargo check | clippy | build --release | test
#
# Debian's rustc-web comes with its source, from which the standard library for Windows is built once; your own toolchain
# stays the default. Compiler and library must be the same version, so the library is built anew when Debian moves on.
set -euo pipefail
cd "$(dirname "$0")/../.."

prefix=${REDBUTTON_WIN_CROSS:-/opt/win-cross}
target=x86_64-pc-windows-gnu
rustc=/usr/bin/rustc cargo=/usr/bin/cargo # by full path: the ones first in PATH are rustup's

with_wine=
for argument in "$@"; do
    case $argument in
        --wine) with_wine=1 ;;
        *) echo "usage: $0 [--wine]" >&2; exit 2 ;;
    esac
done

echo "[1/3] system packages"
cargo xtask packages windows
if [ -n "$with_wine" ]; then
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends wine wine64 xvfb xauth
fi

echo "[2/3] standard library for $target"
version=$($rustc -V)
library=/usr/lib/rustlib/$target/lib
if [ "$(cat "$library/.built-by" 2>/dev/null)" = "$version" ]; then
    echo "      is there, built by $version"
else
    # A fixed folder: the same compiler then gives the same crate hashes, and old target folders stay valid.
    build=$prefix/stdbuild
    rm -rf "$build"
    mkdir -p "$build/src"
    : > "$build/src/lib.rs"
    cat > "$build/Cargo.toml" <<'TOML'
[package]
name = "stdbuild"
version = "0.0.0"
edition = "2021"

[profile.release]
opt-level = 3
debug = 1
TOML
    (
        cd "$build"
        env -u CARGO_BUILD_TARGET -u RUSTUP_TOOLCHAIN RUSTC=$rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Cembed-bitcode=yes" \
            CARGO_TARGET_DIR="$build/target" \
            $cargo build --release -Zbuild-std=std,panic_unwind,panic_abort,test,proc_macro --target "$target"
    )
    rm -rf "$library"
    mkdir -p "$library"
    cp "$build/target/$target"/release/deps/*.rlib "$library/"
    rm -f "$library"/libstdbuild-*
    echo "$version" > "$library/.built-by"
    rm -rf "$build"
fi

echo "[3/3] $prefix/env.sh"
mkdir -p "$prefix"
cat > "$prefix/env.sh" <<SH
export WINEPREFIX=$prefix/wine WINEARCH=win64 WINEDEBUG=\${WINEDEBUG:--all} WINEDLLOVERRIDES="\${WINEDLLOVERRIDES:-mscoree,mshtml=;pdh=n}"
# A target folder of its own: two compilers would invalidate each other's work. PATH: clippy finds the driver beside its cargo.
wcargo() {
    PATH=/usr/bin:\$PATH RUSTC=$rustc RUSTDOC=/usr/bin/rustdoc CARGO_TARGET_DIR=\${WIN_TARGET_DIR:-target/win} \\
        CARGO_BUILD_TARGET=$target CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=$prefix/wrun $cargo "\$@"
}
SH

if [ -n "$with_wine" ]; then
    cat > "$prefix/wrun" <<SH
#!/bin/sh
export WINEPREFIX=\${WINEPREFIX:-$prefix/wine} WINEARCH=win64 WINEDEBUG=\${WINEDEBUG:--all} WINEDLLOVERRIDES="\${WINEDLLOVERRIDES:-mscoree,mshtml=;pdh=n}"
exec /usr/lib/wine/wine64 "\$@"
SH
    chmod +x "$prefix/wrun"
    # wine 8 lacks ProcessPrng, which every Rust program imports, and two functions of pdh, which sysinfo imports; a
    # program that misses one ends without a word.
    shims=$(mktemp -d)
    trap 'rm -rf "$shims"' EXIT
    cat > "$shims/prng.c" <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) {
  while (n) { ULONG k = n > 0x10000 ? 0x10000 : (ULONG)n; if (!SystemFunction036(p, k)) return FALSE; p += k; n -= k; }
  return TRUE;
}
C
    cat > "$shims/pdh.c" <<'C'
#include <windows.h>
__declspec(dllexport) LONG WINAPI PdhEnumObjectsW(LPCWSTR a, LPCWSTR b, LPWSTR c, LPDWORD n, DWORD d, BOOL r) { if (n) *n = 0; return 0; }
__declspec(dllexport) LONG WINAPI PdhGetFormattedCounterArrayW(HANDLE h, DWORD f, LPDWORD n, LPDWORD c, void *b) {
  if (n) *n = 0;
  if (c) *c = 0;
  return 0x800007D5; /* PDH_NO_DATA */
}
C
    {
        printf 'LIBRARY pdh.dll\nEXPORTS\nPdhEnumObjectsW\nPdhGetFormattedCounterArrayW\n'
        for name in AddEnglishCounterW AddCounterW CloseQuery CollectQueryData GetFormattedCounterValue OpenQueryW RemoveCounter; do
            echo "Pdh$name = pdhw.Pdh$name"
        done
    } > "$shims/pdh.def"
    x86_64-w64-mingw32-gcc -O1 -s -shared -o "$shims/bcryptprimitives.dll" "$shims/prng.c" -ladvapi32
    x86_64-w64-mingw32-gcc -O1 -s -shared -o "$shims/pdh.dll" "$shims/pdh.c" "$shims/pdh.def"
    export WINEPREFIX=$prefix/wine WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES=mscoree,mshtml=
    [ -f "$WINEPREFIX/system.reg" ] || DISPLAY='' timeout 300 wineboot -i > /dev/null 2>&1
    wineserver -w
    system=$WINEPREFIX/drive_c/windows/system32
    [ -f "$system/pdhw.dll" ] || cp "$system/pdh.dll" "$system/pdhw.dll"
    cp "$shims/bcryptprimitives.dll" "$shims/pdh.dll" "$system/"
    # wine poses as Windows 7; say 10.
    DISPLAY='' timeout 60 /usr/lib/wine/wine64 winecfg -v win10 > /dev/null 2>&1 || echo "      could not set the version to Windows 10" >&2
    wineserver -w
fi
echo "ready: source $prefix/env.sh; wcargo check"
