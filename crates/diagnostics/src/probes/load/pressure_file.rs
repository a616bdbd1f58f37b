//! /proc/pressure/*: `some avg10=1.53 avg60=0.87 avg300=0.22 total=157656722`.

/// The share of the last ten seconds in which some task waited.
pub(super) fn some_avg10(text: &str) -> Option<f64> {
    let some = text.lines().find_map(|line| line.strip_prefix("some "))?;
    some.split_whitespace().find_map(|pair| pair.strip_prefix("avg10="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_short_average_of_some() {
        let text = "some avg10=34.44 avg60=17.47 avg300=26.87 total=337715631\nfull avg10=1.00 avg60=0.00 avg300=0.00 total=0\n";
        assert_eq!(some_avg10(text), Some(34.44));
        assert_eq!(some_avg10("full avg10=1.00"), None);
        assert_eq!(some_avg10(""), None);
    }
}
