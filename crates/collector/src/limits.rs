//! Every limit of the collector, in one place, with its default. What a site may change stands in
//! [`crate::config::LimitsSection`], which takes its defaults from here; docs/api.md tells clients.

use std::time::Duration;

use chrono::TimeDelta;

/// Largest report body, in bytes.
pub const REPORT_BYTES: u64 = report::MAX_REPORT_BYTES as u64;
/// Largest attachment, in bytes.
pub const ATTACHMENT_BYTES: u64 = report::MAX_ATTACHMENT_BYTES;
/// Most pixels a picture may unpack to (an 8K screen has 33 million).
pub const PICTURE_PIXELS: u64 = 64_000_000;
/// Largest other JSON body, in bytes.
pub const JSON_BYTES: u64 = 64 * 1024;
/// Deepest nesting of JSON; refused before anything is built from it.
pub const JSON_DEPTH: usize = 32;
/// How far ahead of the collector's clock `pressed_at` and the request's `Date` may be.
pub const CLOCK_AHEAD: Duration = Duration::from_secs(24 * 3600);
/// How far behind the collector's clock `pressed_at` may be: a report may wait in an outbox.
pub const CLOCK_BEHIND: Duration = Duration::from_secs(90 * 24 * 3600);
/// Steady requests of one device a minute.
pub const DEVICE_REQUESTS_PER_MINUTE: u32 = 60;
/// Requests one device may make at once after a pause.
pub const DEVICE_BURST: u32 = 20;
/// Failed sign-ins per login and address within [`SIGN_IN_WINDOW`].
pub const SIGN_IN_ATTEMPTS: u32 = 10;
/// Window in which failed sign-ins are counted.
pub const SIGN_IN_WINDOW: Duration = Duration::from_secs(15 * 60);
/// How long a request may take, its body included.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the upload of one attachment may take: 20 MiB at 0.6 Mbit/s.
pub const UPLOAD_TIMEOUT: Duration = Duration::from_secs(300);
/// How long a stop waits for requests under way.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(10);
/// Password hashes computed at the same time; each takes 19 MiB (OWASP's first choice for Argon2id).
pub const PASSWORDS_AT_ONCE: usize = 2;
/// How much of a body over its limit is still read, so that the client gets to read the refusal.
pub const DRAIN_BYTES: u64 = 1024 * 1024;
/// How long a staff member stays signed in.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(12 * 3600);
/// Shortest password staff may have (NIST SP 800-63B: 8; ours are typed by people who have managers of passwords).
pub const PASSWORD_CHARS: usize = 10;
/// Longest password, in bytes; Argon2 would take more, a person does not.
pub const PASSWORD_MAX_BYTES: usize = 1024;
/// Longest host name, in characters (RFC 1035: 253 and a dot).
pub const HOSTNAME_CHARS: usize = 255;
/// Longest name of a person, program version or monitor, in characters.
pub const NAME_CHARS: usize = 256;
/// Most omissions a report may name.
pub const OMISSIONS: usize = 128;
/// Tickets on one page.
pub const TICKETS_PER_PAGE: u64 = 50;
/// Events on one page.
pub const EVENTS_PER_PAGE: u64 = 100;
/// Longest search text, in characters.
pub const SEARCH_CHARS: usize = 200;
/// Keywords of a notice.
pub const NOTICE_KEYWORDS: usize = 32;
/// How often a live stream without news says that it is alive, so that proxies keep it.
pub const STREAM_KEEPALIVE: Duration = Duration::from_secs(15);
/// How often an open ticket gauge is refreshed at most, when metrics are asked for.
pub const GAUGE_REFRESH: Duration = Duration::from_secs(5);
/// A report joins an open ticket of the same person and signature when that had a report within this time: a Friday's
/// press and a Monday's are one incident.
pub const JOIN_WINDOW: Duration = Duration::from_secs(3 * 24 * 3600);
/// A live stream is closed after this time; the browser comes back and proves anew who it is.
pub const STREAM_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How often a live stream looks for changes made by other collectors on the same database.
pub const STREAM_POLL: Duration = Duration::from_secs(2);
/// How long reading one screen may take; a screen of 4K takes some 10 seconds of a core.
pub const SCREEN_TIME: Duration = Duration::from_secs(60);
/// Most that may be allowed for it.
pub const SCREEN_TIME_MOST: Duration = Duration::from_secs(15 * 60);
/// Largest screen that is read, in megapixels (an 8K screen has 33).
pub const SCREEN_MEGAPIXELS: u32 = 40;
/// What a lease on a screen has beside the time of reading: unpacking, and a busy machine.
pub const SCREEN_LEASE_MARGIN: Duration = Duration::from_secs(30);
/// Pause before a screen is tried a second time; four times as long before the third.
pub const SCREEN_BACK_OFF: Duration = Duration::from_secs(30);
/// How often the queue of screens is looked at when nothing was heard: for other collectors' and for second tries.
pub const SCREEN_POLL: Duration = Duration::from_secs(15);
/// Older screens are not read any more, when reading was impossible so long: their tickets were worked without.
pub const SCREEN_WORTH_READING: Duration = Duration::from_secs(3 * 24 * 3600);
/// Bytes of an upload gathered before they are written: fewer, larger writes; memory is this times uploads under way.
pub const UPLOAD_CHUNK_BYTES: usize = 256 * 1024;
/// Largest JSON body that carries a file of rules of one's own ([`triage::OWN_BYTES`]): what is escaped in it takes up to
/// four times the room.
pub const RULES_BODY_BYTES: u64 = 1024 * 1024;
/// Longest note on a version of rules, in characters.
pub const RULES_NOTE_CHARS: usize = 500;
/// Most reports a check of rules judges.
pub const RULES_CHECK_REPORTS: u32 = 2_000;
/// Reports a publication of rules is measured on.
pub const RULES_MEASURED_REPORTS: u32 = 200;
/// Reports read at once while rules are checked; bounds the memory of a check.
pub const RULES_CHECK_PAGE: u64 = 50;
/// How long a check of rules goes on; then it says how many reports it judged.
pub const RULES_CHECK_TIME: Duration = Duration::from_secs(15);
/// Rules may take this long a report, whatever the shipped ones take…
pub const RULES_BUDGET: Duration = Duration::from_millis(5);
/// …and longer only up to this many times what the shipped ones take.
pub const RULES_BUDGET_TIMES: u32 = 5;
/// How often a collector looks whether another one activated rules or a text model.
pub const CLASSIFIER_CHECK: Duration = Duration::from_secs(3);
/// Corrections learned from, the newest.
pub const LEARNED_CORRECTIONS: usize = 5_000;
/// Corrected tickets read at once while learning.
pub const LEARNING_PAGE: u64 = 100;
/// New corrections after which the text model learns at once.
pub const LEARNING_BATCH: u32 = 5;
/// How long after the last correction it learns from fewer.
pub const LEARNING_DELAY: Duration = Duration::from_secs(10 * 60);
/// How often it is looked whether there is something to learn.
pub const LEARNING_BEAT: Duration = Duration::from_secs(30);
/// Most days a quality report looks back.
pub const QUALITY_DAYS: u32 = 3_650;
/// Weeks of drift a quality report shows at least.
pub const QUALITY_WEEKS: u32 = 12;
/// Fewest tickets of a week from which its stability is computed.
pub const QUALITY_WEEK_TICKETS: u32 = 20;
/// Members of a ticket that are looked at for what they share when it becomes a major incident.
pub const MEMBERS_COMPARED: u64 = 100;
/// How far back similar tickets are looked for.
pub const SIMILAR_WITHIN: Duration = Duration::from_secs(72 * 3600);
/// Most similar tickets suggested.
pub const SIMILAR_TICKETS: usize = 5;
/// Tickets with one factor that are counted and looked at, the newest: what so many share in [`SIMILAR_WITHIN`] says little of
/// a cause, however many more they are.
pub const SIMILAR_COUNTED: u64 = 250;
/// Fewer tickets of that time than this are no measure of what is usual.
pub const SIMILAR_USUAL_TICKETS: usize = 40;
/// Most tickets that are looked at closely, the most promising first.
pub const SIMILAR_LOOKED_AT: usize = 200;
/// Newest open tickets whose words are compared.
pub const SIMILAR_TEXTS: u64 = 500;
/// Largest body of alerts, in bytes.
pub const ALERTS_BYTES: u64 = 1024 * 1024;
/// Most alerts of one request that open or change a notice.
pub const ALERTS: usize = 500;
/// How long an alert counts that is not told again; longer than any `repeat_interval` of sense (4 hours unless set).
pub const ALERT_HEARD: TimeDelta = TimeDelta::hours(48);
/// Longest key of an alert, in characters.
pub const ALERT_KEY_CHARS: usize = 1_000;
/// How often the grouping of reports looks for what other collectors stored on the same database.
pub const GROUPING_POLL: Duration = Duration::from_millis(500);
/// How often it lets time pass where nobody else stores anything.
pub const GROUPING_BEAT: Duration = Duration::from_secs(20);
/// Entries of the log it reads at once.
pub const GROUPING_BATCH: u64 = 200;
/// For how long a collector has the grouping of an organisation unless it renews that.
pub const GROUPING_LEASE: Duration = Duration::from_secs(60);
/// What the detector knows is kept after this many entries…
pub const GROUPING_KEPT_ENTRIES: i64 = 500;
/// …or after this time.
pub const GROUPING_KEPT_FOR: Duration = Duration::from_secs(30);
/// Entries a new detector learns from on a database that is there already.
pub const GROUPING_HISTORY: i64 = 50_000;
/// An incident nobody joined for this time is not proposed.
pub const GROUPING_FRESH: Duration = Duration::from_secs(4 * 3600);
/// For how long what staff dismissed is not proposed again.
pub const GROUPING_MUTED: Duration = Duration::from_secs(24 * 3600);
