//! Lists read from their first page on.
