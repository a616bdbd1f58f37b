use report::{Dimension, Factor};

/// Most factors a key joins: three name a cause well, and more would only be rarer.
pub(super) const MAX_JOINED: u32 = 3;

/// FNV-1a, 64 bits, of a factor's dimension and value: the same in every version, so that snapshots stay readable.
pub(super) fn hash(factor: &Factor) -> u64 {
    let bytes = factor.dimension.as_str().bytes().chain([0]).chain(factor.value.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The key of the factors whose bits are set in `mask`, whatever their order.
pub(super) fn key_of(hashes: &[u64], mask: u16) -> u64 {
    let chosen = hashes.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, hash)| *hash);
    mix(chosen.fold(u64::from(mask.count_ones()), |sum, hash| sum.wrapping_add(mix(hash))))
}

/// Every set of one to [`MAX_JOINED`] of `count` factors, small ones first.
pub(super) fn masks(count: usize) -> Vec<u16> {
    let mut all: Vec<u16> = (1..1_u16 << count).filter(|mask| mask.count_ones() <= MAX_JOINED).collect();
    all.sort_by_key(|mask| (mask.count_ones(), *mask));
    all
}

/// Which of `mine` are among `theirs`, as bits.
pub(super) fn shared(mine: &[u64], theirs: &[u64]) -> u16 {
    mine.iter().enumerate().filter(|(_, hash)| theirs.contains(hash)).fold(0, |mask, (i, _)| mask | 1 << i)
}

/// Whether a factor says where rather than what.
pub(crate) fn is_place(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::Site | Dimension::Subnet | Dimension::Gateway)
}

/// Whether two kinds of factor tell the same thing: site, gateway and subnet are one place, a program and its version one
/// program.
pub(super) fn is_same_thing(one: Dimension, other: Dimension) -> bool {
    let is_program = |dimension| matches!(dimension, Dimension::Application | Dimension::Version);
    is_place(one) && is_place(other) || is_program(one) && is_program(other)
}

/// Whether a factor says what is wrong, and not only where somebody sits and which program is in front of them.
pub(crate) fn is_trouble(dimension: Dimension) -> bool {
    match dimension {
        Dimension::Category | Dimension::Code | Dimension::Rung | Dimension::Service | Dimension::Finding => true,
        Dimension::Site | Dimension::Subnet | Dimension::Gateway | Dimension::Application | Dimension::Version => false,
    }
}

/// Which of a report's factors say what is wrong, as bits.
pub(super) fn troubles(factors: &[Factor]) -> u16 {
    let wrong = factors.iter().enumerate().filter(|(_, factor)| is_trouble(factor.dimension));
    wrong.fold(0, |mask, (i, _)| mask | 1 << i)
}

/// Whether no two factors of `mask` tell the same thing: such a key is as wide as one factor.
pub(super) fn tells_each_once(factors: &[Factor], mask: u16) -> bool {
    let chosen: Vec<Dimension> =
        factors.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, factor)| factor.dimension).collect();
    (0..chosen.len()).all(|i| chosen[..i].iter().all(|other| !is_same_thing(chosen[i], *other)))
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
