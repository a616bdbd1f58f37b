use std::sync::Arc;

use report::{Category, EvidenceRef, Finding, LocalText, Severity};

use super::bytes::ModelError;
use super::measure::best;
use super::model::TextModel;
use super::phrases::category;
use crate::text::MAX_SCREEN_CHARS;
use crate::{Blend, ScreenText};

/// Words of haste, of feeling and of courtesy. They tell how somebody writes, not what is broken, and must not move the
/// verdict, whatever the training sentences happened to pair them with.
const LOUD: &[&str] = &[
    "очень",
    "срочно",
    "срочная",
    "срочный",
    "срочное",
    "немедленно",
    "быстрее",
    "скорее",
    "критично",
    "критическая",
    "ужасно",
    "ужас",
    "катастрофа",
    "кошмар",
    "пожалуйста",
    "прошу",
    "плиз",
    "помогите",
    "спасибо",
    "здравствуйте",
    "привет",
    "добрый",
    "умоляю",
    "директор",
    "начальник",
    "very",
    "urgent",
    "urgently",
    "asap",
    "immediately",
    "critical",
    "terrible",
    "horrible",
    "disaster",
    "nightmare",
    "please",
    "pls",
    "thanks",
    "hello",
    "hi",
    "hey",
    "help",
    "emergency",
    "ceo",
    "boss",
];
/// Id of the finding in which the model says what it thinks.
pub const RULE: &str = "text.model";
/// Share of a text's letters in known words under which the model keeps silent: another language, or none.
const LEAST_KNOWN: f32 = 0.5;
/// Share of the telling words' weight from which a word is quoted.
const WORTH_QUOTING: f32 = 0.3;
const MAX_QUOTES: usize = 3;
/// Most log-odds words are worth, however sure: less than what a machine measured.
const MOST_SUPPORT: f32 = 5.0;
/// A line of a screen is read when it has this many words and nearly all of it is known; noise has not.
const SCREEN_LINE_WORDS: usize = 3;
const SCREEN_LINE_KNOWN: f32 = 0.85;
/// Most characters of such lines: titles and dialogs, not documents.
const SCREEN_CHARS: usize = 400;

/// The model with the categories its classes stand for.
#[derive(Debug, Clone)]
pub(crate) struct SentenceReader {
    model: Arc<TextModel>,
    categories: Vec<Category>,
}

/// What the model thinks a text is about.
#[derive(Debug, Clone)]
pub(crate) struct Opinion {
    /// Support for every category more probable than by chance, in log-odds; the first is that of the finding.
    pub supports: Vec<(Category, f32)>,
    pub finding: Finding,
}

/// Whose text is read.
enum Text<'a> {
    Sentences(Vec<&'a str>),
    Screen(&'a ScreenText<'a>),
}

impl SentenceReader {
    /// Fails when the model knows a class that is no category.
    pub(crate) fn new(model: Arc<TextModel>) -> Result<Self, ModelError> {
        let of = |class: &String| category(class).filter(|category| *category != Category::Other);
        let categories = model.classes().iter().map(of).collect::<Option<Vec<_>>>();
        let categories = categories.ok_or(ModelError::Foreign("a class of it is no category"))?;
        Ok(Self { model, categories })
    }

    /// Of the user's sentences together; of the screens where the sentences tell nothing, with less weight.
    pub(crate) fn opinion<'a>(
        &self,
        sentences: impl Iterator<Item = &'a str>,
        screens: &[ScreenText<'a>],
        blend: &Blend,
    ) -> Option<Opinion> {
        self.of_text(&Text::Sentences(sentences.collect()), blend)
            .or_else(|| screens.iter().find_map(|screen| self.of_text(&Text::Screen(screen), blend)))
    }

    fn of_text(&self, text: &Text<'_>, blend: &Blend) -> Option<Opinion> {
        let (joined, strength) = match text {
            Text::Sentences(sentences) => (sentences.join("\n"), blend.sentence),
            Text::Screen(screen) => (self.dialog_lines(screen.text), blend.screen),
        };
        let mut read = self.model.read(&joined);
        read.words.retain(|word| !LOUD.contains(&word.text.as_str()));
        let known = self.model.known_share(&read);
        if read.words.is_empty() || known < LEAST_KNOWN {
            return None;
        }
        let (probabilities, contributions) = self.model.judged(&read);
        let odds = |probability: f32| probability / (1.0 - probability).max(f32::EPSILON);
        let by_chance = odds(1.0 / self.categories.len() as f32);
        let mut supports: Vec<(Category, f32)> = self
            .categories
            .iter()
            .zip(&probabilities)
            .map(|(category, probability)| {
                let beyond_chance = (odds(*probability) / by_chance).ln();
                (*category, saturated(strength * known * beyond_chance))
            })
            .filter(|(_, support)| *support > 0.0)
            .collect();
        supports.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let class = best(&probabilities).0;
        let mut telling: Vec<(usize, f32)> =
            contributions.iter().copied().enumerate().filter(|(_, c)| *c > 0.0).collect();
        telling.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let least = telling.first()?.1 * WORTH_QUOTING;
        let mut quotes: Vec<(usize, &str)> = Vec::new();
        for (at, contribution) in telling {
            let word = &read.words[at];
            let quote = &joined[word.start..word.end];
            let is_new = quotes.iter().all(|(_, other)| !other.eq_ignore_ascii_case(quote));
            if contribution >= least && quotes.len() < MAX_QUOTES && is_new {
                quotes.push((at, quote));
            }
        }
        quotes.sort_unstable();
        let quotes: Vec<&str> = quotes.into_iter().map(|(_, quote)| quote).collect();
        let category = self.categories[class];
        Some(Opinion { supports, finding: finding(category, &quotes, text) })
    }

    /// The lines that read like a title or a sentence, from the top.
    fn dialog_lines(&self, screen: &str) -> String {
        let end = screen.char_indices().nth(MAX_SCREEN_CHARS).map_or(screen.len(), |(at, _)| at);
        let mut kept = String::new();
        for line in screen[..end].lines() {
            let read = self.model.read(line);
            if read.words.len() >= SCREEN_LINE_WORDS && self.model.known_share(&read) >= SCREEN_LINE_KNOWN {
                kept.push_str(line);
                kept.push('\n');
            }
            if kept.chars().count() >= SCREEN_CHARS {
                break;
            }
        }
        kept
    }
}

/// Support that approaches [`MOST_SUPPORT`] and never loses the order: of two sure texts the surer one still has more.
fn saturated(support: f32) -> f32 {
    MOST_SUPPORT * (support / MOST_SUPPORT).tanh()
}

fn finding(category: Category, quotes: &[&str], text: &Text<'_>) -> Finding {
    let list = |open: char, close: char| -> String {
        quotes.iter().map(|quote| format!("{open}{quote}{close}")).collect::<Vec<_>>().join(", ")
    };
    let (en, ru) = subject(category);
    let says = match text {
        Text::Sentences(_) => LocalText::new(
            format!("Words like {} usually mean {en}", list('"', '"')),
            format!("Слова {} обычно означают: {ru}", list('«', '»')),
        ),
        Text::Screen(_) => LocalText::new(
            format!("Words on the screen like {} usually mean {en}", list('"', '"')),
            format!("Слова на экране {} обычно означают: {ru}", list('«', '»')),
        ),
    };
    let evidence = |quote: &&str| match text {
        Text::Sentences(_) => EvidenceRef::Text { quote: (*quote).to_owned() },
        Text::Screen(screen) => EvidenceRef::Screen { attachment: screen.attachment, quote: (*quote).to_owned() },
    };
    Finding { rule: RULE.to_owned(), says, severity: Severity::Info, evidence: quotes.iter().map(evidence).collect() }
}

/// What a sentence of a category is about.
fn subject(category: Category) -> (&'static str, &'static str) {
    match category {
        Category::Network => ("the network or the connection", "сеть или связь"),
        Category::Access => ("an account, a password or access", "учётная запись, пароль или доступ"),
        Category::Email => ("email", "почта"),
        Category::Printing => ("printing", "печать"),
        Category::Hardware => ("the equipment", "оборудование"),
        Category::Performance => ("a slow computer", "медленная работа компьютера"),
        Category::Application => ("a program", "программа"),
        Category::Storage => ("files or shared folders", "файлы или общие папки"),
        Category::Conferencing => ("calls or meetings", "звонки или видеовстречи"),
        Category::Security => ("a security matter", "безопасность"),
        Category::OperatingSystem => ("the operating system", "операционная система"),
        Category::Request => ("a request", "заявка"),
        Category::Other => ("something else", "что-то другое"),
    }
}
