use report::Report;

/// Everything a verdict is made from. Each part is optional: no facts, no text and no screen is an abstention.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The report as it came. Its own `text` is read as well; do not repeat it in `texts`.
    pub report: &'a Report,
    /// Sentences the user added later, oldest first.
    pub texts: &'a [&'a str],
    /// Text read from screenshots.
    pub screen_texts: &'a [ScreenText<'a>],
    /// People in the same major incident, this one included, where there is one.
    pub affected: Option<u32>,
}

impl<'a> Input<'a> {
    /// A report alone, as it is when it arrives.
    pub fn new(report: &'a Report) -> Self {
        Self { report, texts: &[], screen_texts: &[], affected: None }
    }

    /// The user's sentences: the report's own first, then those added later.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = &'a str> {
        self.report.text.as_deref().into_iter().chain(self.texts.iter().copied())
    }
}

/// Text read from one screenshot.
#[derive(Debug, Clone, Copy)]
pub struct ScreenText<'a> {
    /// The attachment it was read from ([`report::AttachmentPlan::n`]).
    pub attachment: u8,
    /// What was read, as it was read.
    pub text: &'a str,
}
