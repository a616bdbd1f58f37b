//! One table, one file: entity, columns as they were created, queries.

pub(crate) mod attachment;
pub(crate) mod correction;
pub(crate) mod device;
pub(crate) mod device_event;
pub(crate) mod enrolment_token;
pub(crate) mod follow_up;
pub(crate) mod notice;
pub(crate) mod organisation;
pub(crate) mod report;
pub(crate) mod report_body;
pub(crate) mod rule_set;
pub(crate) mod session;
pub(crate) mod staff;
pub(crate) mod text_model;
pub(crate) mod ticket;
pub(crate) mod ticket_actions;
pub(crate) mod ticket_event;
pub(crate) mod ticket_quality;
pub(crate) mod ticket_queue;
