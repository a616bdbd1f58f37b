//! Counts what test runners report on their own output: cargo's libtest, vitest, Playwright, Node's runner.

use std::ops::AddAssign;

/// How many tests did what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Ran and held.
    pub passed: u64,
    /// Ran and broke.
    pub failed: u64,
    /// Did not run, and the runner said so.
    pub skipped: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

impl Tally {
    /// Counts one line of a runner's output, if it is a summary.
    pub fn read(&mut self, line: &str) {
        let line = without_colour(line);
        let line = line.trim();
        if let Some(counts) = line.strip_prefix("test result:") {
            // cargo: `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`
            let counts = counts.split_once('.').map_or("", |(_, counts)| counts);
            counts.split(';').for_each(|part| self.count(part));
        } else if let Some(counts) =
            line.strip_prefix("Tests ").filter(|rest| rest.starts_with(' ') && rest.contains('('))
        {
            // vitest: `Tests  1 failed | 12 passed | 2 skipped (15)`
            counts.split('(').next().unwrap_or_default().split('|').for_each(|part| self.count(part));
        } else if let Some(counts) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
            // Node: `# pass 3`
            match counts.split_once(' ') {
                Some(("pass", n)) => self.passed += n.parse().unwrap_or(0),
                Some(("fail", n)) => self.failed += n.parse().unwrap_or(0),
                Some(("skipped" | "todo", n)) => self.skipped += n.parse().unwrap_or(0),
                _ => {}
            }
        } else if line.starts_with(|c: char| c.is_ascii_digit()) {
            // Playwright: `12 passed (30.1s)`, `1 failed`, `2 skipped`; and `12 passed, 0 failed` on one line
            let plain = line.split(" (").next().unwrap_or_default();
            let parts: Vec<&str> = plain.split(", ").collect();
            if parts.iter().all(|part| part.split(' ').count() == 2) {
                parts.into_iter().for_each(|part| self.count(part));
            }
        }
    }

    /// `12 passed`
    fn count(&mut self, part: &str) {
        let mut words = part.split_whitespace();
        let (Some(Ok(n)), Some(what)) = (words.next().map(str::parse::<u64>), words.next()) else { return };
        match what {
            "passed" | "flaky" => self.passed += n,
            "failed" | "interrupted" => self.failed += n,
            "ignored" | "skipped" | "todo" => self.skipped += n,
            _ => {}
        }
    }
}

/// Removes ANSI colour sequences.
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        if c == '\u{1b}' {
            characters.by_ref().find(|c| c.is_ascii_alphabetic());
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(output: &str) -> Tally {
        let mut tally = Tally::default();
        output.lines().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn counts_every_suite_of_cargo_test() {
        let output = "running 3 tests\ntest a ... ok\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.01s\n";
        assert_eq!(read(output), Tally { passed: 7, failed: 2, skipped: 1 });
    }

    #[test]
    fn counts_vitest_with_and_without_colour() {
        let output = " Test Files  2 passed (2)\n      Tests  1 failed | 12 passed | 2 skipped (15)\n";
        assert_eq!(read(output), Tally { passed: 12, failed: 1, skipped: 2 });
        let coloured =
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m5 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (5)\u{1b}[39m\n";
        assert_eq!(read(coloured), Tally { passed: 5, failed: 0, skipped: 0 });
    }

    #[test]
    fn counts_playwright_and_node() {
        assert_eq!(
            read("  1 failed\n    [chromium] › a.spec.ts:3\n  2 skipped\n  12 passed (30.1s)\n"),
            Tally { passed: 12, failed: 1, skipped: 2 }
        );
        assert_eq!(read("# tests 3\n# pass 2\n# fail 1\n# skipped 0\n"), Tally { passed: 2, failed: 1, skipped: 0 });
        assert_eq!(read("9 passed, 1 failed\n"), Tally { passed: 9, failed: 1, skipped: 0 });
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(
            read("12 reports passed the filter\n3 warnings\ntest passed ... ok\nTests are fun\n"),
            Tally::default()
        );
    }

    #[test]
    fn the_last_line_names_skipped_ones_only_where_there_are_some() {
        assert_eq!(Tally { passed: 3, failed: 0, skipped: 0 }.to_string(), "3 passed, 0 failed");
        assert_eq!(Tally { passed: 3, failed: 1, skipped: 2 }.to_string(), "3 passed, 1 failed, 2 skipped");
    }
}
