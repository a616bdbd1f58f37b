use report::Category;

use crate::product::Product;
use crate::text::Tokens;
use crate::words::Said;

/// Raised when the meaning of a signature changes, so that old and new ones never compare equal by accident.
const SIGNATURE_VERSION: u32 = 1;

/// Stable key of what went wrong: `1:{category}|{key}|{key}…`, keys sorted, each `name=value`.
///
/// Keys come from the strongest rule behind the category that has any (`signature` in its file: the failing rung of the
/// network, the failing disk), from error codes, and for programs from the program itself. Readings that wander, such as load
/// or free memory, are never keys. Where there is none, the words tell two troubles of one category apart: by `heard`, the
/// strongest rule that rests on them alone, so that the same trouble told in other words joins; where only the text model
/// understood them, by a hash of the words. Two requests differ in nothing but their words, so theirs is always among the keys.
/// An abstention's key is what the words have in common: the known lists they hit, or, where they hit none, a hash of the
/// words, so that two unlike sentences nobody understood do not join.
pub(crate) fn signature(
    category: Category,
    keys: &[&str],
    app: Option<&Product>,
    heard: Option<&str>,
    said: &Said<'_>,
    sentences: &[Tokens],
) -> String {
    let mut keys: Vec<String> = keys.iter().map(|key| key.to_lowercase()).collect();
    if let Some(app) =
        app.filter(|_| matches!(category, Category::Application | Category::Conferencing | Category::Email))
    {
        keys.push(format!("app={}", app.key));
    }
    let hash = || words_hash(sentences).map(|hash| format!("words={hash:016x}"));
    let lists: Vec<&str> = said.hit_lists().collect();
    match category {
        Category::Other if !lists.is_empty() => keys.push(format!("said={}", lists.join("+"))),
        Category::Other | Category::Request => keys.extend(hash()),
        _ if keys.is_empty() => keys.extend(heard.map(|rule| format!("rule={rule}")).or_else(hash)),
        _ => {}
    }
    keys.sort();
    keys.dedup();
    let mut signature = format!("{SIGNATURE_VERSION}:{}", category.as_str());
    for key in keys {
        signature.push('|');
        signature.push_str(&key);
    }
    signature
}

/// FNV-1a, 64 bits, over the distinct words in alphabetical order; `None` without words.
fn words_hash(sentences: &[Tokens]) -> Option<u64> {
    let mut words: Vec<&str> = sentences.iter().flat_map(|tokens| &tokens.words).map(|t| t.word.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    (!words.is_empty()).then(|| {
        words
            .iter()
            .flat_map(|word| word.bytes().chain([b' ']))
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    })
}
