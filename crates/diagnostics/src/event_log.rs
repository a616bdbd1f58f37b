//! The event log of Windows (Windows Event Log API, wevtapi). Behind a trait, so that everything made of events is
//! tested from recorded XML on any machine.

use chrono::{DateTime, Utc};

use crate::ProbeError;

/// An event as the log gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// The event (schemas.microsoft.com/win/2004/08/events/event).
    pub xml: String,
    /// Its provider's text, where that was asked for and is installed.
    pub message: Option<String>,
}

/// Something that has events.
pub(crate) trait EventLog {
    /// The newest `most` events of a channel that match an XPath query, newest first. `with_messages` fetches the
    /// text of the first event of each kind, which is dear.
    fn query(&self, channel: &str, xpath: &str, most: usize, with_messages: bool) -> Result<Vec<Recorded>, ProbeError>;
}

/// What is common to every event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub provider: String,
    pub id: String,
    /// 1 is critical, 2 an error (winmeta.xml).
    pub level: Option<u8>,
    pub at: DateTime<Utc>,
}

/// A parsed event.
pub(crate) struct Parsed<'a> {
    document: roxmltree::Document<'a>,
}

impl<'a> Parsed<'a> {
    /// `None` if it is not XML.
    pub(crate) fn new(xml: &'a str) -> Option<Self> {
        Some(Self { document: roxmltree::Document::parse(xml).ok()? })
    }

    /// The `System` part; `None` if one of its parts is missing.
    pub(crate) fn head(&self) -> Option<Head> {
        let system = self.all("System").next()?;
        let part = |name: &str| system.children().find(|child| child.tag_name().name() == name);
        let provider = part("Provider")?;
        let provider = provider
            .attribute("Name")
            .filter(|name| !name.is_empty())
            .or_else(|| provider.attribute("EventSourceName"))?;
        Some(Head {
            provider: provider.to_owned(),
            id: part("EventID")?.text()?.trim().to_owned(),
            level: part("Level").and_then(|level| level.text()?.trim().parse().ok()),
            at: part("TimeCreated")?.attribute("SystemTime")?.parse().ok()?,
        })
    }

    /// A named value of the event's data.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.all("Data").find(|node| node.attribute("Name") == Some(name))?.text().map(str::trim)
    }

    /// The text, where the event was rendered with it; else its values, for people.
    pub(crate) fn text(&self) -> String {
        if let Some(text) = self.all("Message").find_map(|node| node.text()) {
            return text.trim().to_owned();
        }
        let values: Vec<String> = self
            .all("Data")
            .filter_map(|node| {
                let value = node.text()?.split_whitespace().collect::<Vec<_>>().join(" ");
                (!value.is_empty()).then(|| match node.attribute("Name") {
                    Some(name) => format!("{name}={value}"),
                    None => value,
                })
            })
            .collect();
        values.join("; ")
    }

    /// Elements by local name: events have one namespace.
    fn all(&self, name: &'static str) -> impl Iterator<Item = roxmltree::Node<'_, 'a>> {
        self.document.descendants().filter(move |node| node.tag_name().name() == name)
    }
}

#[cfg(windows)]
pub(crate) use api::System;

#[cfg(windows)]
mod api {
    use std::collections::{HashMap, HashSet};

    use windows::Win32::Foundation::{ERROR_ACCESS_DENIED, ERROR_EVT_CHANNEL_NOT_FOUND};
    use windows::Win32::System::EventLog::{
        EVT_HANDLE, EvtClose, EvtFormatMessage, EvtFormatMessageEvent, EvtNext, EvtOpenPublisherMetadata, EvtQuery,
        EvtQueryChannelPath, EvtQueryReverseDirection, EvtRender, EvtRenderEventXml,
    };
    use windows::core::PCWSTR;

    use super::{EventLog, Parsed, Recorded};
    use crate::ProbeError;
    use crate::wide::{from_wide, to_wide};

    /// This machine's log.
    pub(crate) struct System;

    /// Closed when dropped.
    struct Handle(EVT_HANDLE);

    impl Drop for Handle {
        fn drop(&mut self) {
            // SAFETY: the handle is open, and this is its only owner. Nothing could be done about a failure.
            let _ = unsafe { EvtClose(self.0) };
        }
    }

    impl EventLog for System {
        fn query(
            &self,
            channel: &str,
            xpath: &str,
            most: usize,
            with_messages: bool,
        ) -> Result<Vec<Recorded>, ProbeError> {
            const BATCH: usize = 64;
            // An empty log is asked no longer than this.
            const WAIT_MS: u32 = 500;
            let (path, query) = (to_wide(channel), to_wide(xpath));
            let flags = EvtQueryChannelPath.0 | EvtQueryReverseDirection.0;
            // SAFETY: both texts end with NUL and outlive the call.
            let results = unsafe { EvtQuery(None, PCWSTR(path.as_ptr()), PCWSTR(query.as_ptr()), flags) }
                .map(Handle)
                .map_err(|error| {
                let text = format!("query {channel}: {error}");
                if error.code() == ERROR_ACCESS_DENIED.to_hresult() {
                    ProbeError::AccessDenied(text)
                } else if error.code() == ERROR_EVT_CHANNEL_NOT_FOUND.to_hresult() {
                    ProbeError::NotPresent(text)
                } else {
                    ProbeError::Failed(text)
                }
            })?;
            let mut events = Vec::new();
            let mut told = HashSet::new();
            let mut providers = HashMap::new();
            loop {
                let mut batch = [0_isize; BATCH];
                let mut returned = 0;
                // SAFETY: the slice and the counter are live. Failure means no more events, or an end of patience.
                if unsafe { EvtNext(results.0, &mut batch, WAIT_MS, 0, &raw mut returned) }.is_err() {
                    return Ok(events);
                }
                // All are owned at once, so that each is closed however this ends.
                let batch: Vec<Handle> =
                    batch.iter().take(returned as usize).map(|handle| Handle(EVT_HANDLE(*handle))).collect();
                for event in &batch {
                    if events.len() == most {
                        return Ok(events);
                    }
                    let Some(xml) = render(event) else { continue };
                    let message = if with_messages {
                        Parsed::new(&xml).and_then(|parsed| parsed.head()).and_then(|head| {
                            let first = told.insert((head.provider.clone(), head.id));
                            if first { message(event, head.provider, &mut providers) } else { Some(String::new()) }
                        })
                    } else {
                        None
                    };
                    events.push(Recorded { xml, message });
                }
            }
        }
    }

    fn render(event: &Handle) -> Option<String> {
        let (mut used, mut properties) = (0, 0);
        // SAFETY: a first call without a buffer only tells the size in bytes, by failing.
        let _ = unsafe { EvtRender(None, event.0, EvtRenderEventXml.0, 0, None, &raw mut used, &raw mut properties) };
        let mut buffer = vec![0_u16; (used as usize).div_ceil(2)];
        let size = u32::try_from(buffer.len() * 2).ok()?;
        // SAFETY: the buffer has `size` bytes.
        unsafe {
            EvtRender(
                None,
                event.0,
                EvtRenderEventXml.0,
                size,
                Some(buffer.as_mut_ptr().cast()),
                &raw mut used,
                &raw mut properties,
            )
        }
        .ok()?;
        Some(from_wide(&buffer))
    }

    /// The provider's text in the user's language; providers' metadata are opened once.
    fn message(event: &Handle, provider: String, providers: &mut HashMap<String, Option<Handle>>) -> Option<String> {
        let name = to_wide(&provider);
        let metadata = providers.entry(provider).or_insert_with(|| {
            // SAFETY: the name ends with NUL and outlives the call.
            unsafe { EvtOpenPublisherMetadata(None, PCWSTR(name.as_ptr()), PCWSTR::null(), 0, 0) }.ok().map(Handle)
        });
        let metadata = metadata.as_ref()?.0;
        let mut used = 0;
        let flags = EvtFormatMessageEvent.0;
        // SAFETY: a first call without a buffer only tells the size in UTF-16 units, by failing.
        let _ = unsafe { EvtFormatMessage(Some(metadata), Some(event.0), 0, None, flags, None, &raw mut used) };
        let mut buffer = vec![0_u16; used as usize];
        // SAFETY: the buffer is a live slice.
        unsafe { EvtFormatMessage(Some(metadata), Some(event.0), 0, None, flags, Some(&mut buffer), &raw mut used) }
            .ok()?;
        Some(from_wide(&buffer)).filter(|text| !text.is_empty())
    }
}
