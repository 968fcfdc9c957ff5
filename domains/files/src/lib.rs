//! Uploads: limits, type by content, storage, previews, signed links.
