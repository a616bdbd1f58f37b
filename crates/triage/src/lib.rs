//! report → verdict: rules, grouping, notices
