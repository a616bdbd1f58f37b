//! What must survive: parts are killed, cut off and filled up while reports are on their way.

#![cfg(target_os = "linux")]

mod killed_collector;
mod killed_while_grouping;
mod killed_while_reading;
