//! /proc/net/wireless: signal per interface, from any driver, for everybody.

use super::Radio;

/// One radio per line after the two of the heading: `wlan0: 0000   54.  -56.  -256        0 …`.
pub(super) fn parse(text: &str) -> Vec<Radio> {
    text.lines()
        .skip(2)
        .filter_map(|line| {
            let (interface, rest) = line.split_once(':')?;
            let mut fields =
                rest.split_whitespace().skip(1).map(|field| field.trim_end_matches('.').parse::<i32>().ok());
            let (quality, level) = (fields.next()??, fields.next()??);
            Some(Radio {
                // A quality of nothing is how "not associated" looks here.
                connected: quality > 0,
                // Some drivers count in a scale of their own, which is never below zero.
                signal_dbm: (level < 0 && quality > 0).then_some(level),
                // The scale of cfg80211 ends at 70.
                signal_percent: (quality > 0).then(|| u8::try_from((quality * 100 / 70).clamp(0, 100)).unwrap_or(100)),
                interface: interface.trim().to_owned(),
                ..Radio::default()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_signal_of_each_interface() {
        let text = "Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n \
                    face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n\
                    wlp2s0: 0000   54.  -56.  -256        0      0      0      0   1024        0\n\
                    wlan1: 0000    0.  -256.  -256        0      0      0      0      0        0\n";
        let radios = parse(text);
        assert_eq!(radios.len(), 2);
        assert_eq!(
            (radios[0].interface.as_str(), radios[0].signal_dbm, radios[0].signal_percent),
            ("wlp2s0", Some(-56), Some(77))
        );
        assert!(!radios[1].connected);
        assert_eq!(parse(""), []);
    }
}
