//! persistence: one query layer over SQLite and PostgreSQL
