//! press → capture → diagnose → redact → outbox → deliver → follow
